"""Pictures of nets, by Graphviz."""

import os
import subprocess

from .proto import caffe_pb2

LAYER_STYLE_DEFAULT = {"shape": "record", "fillcolor": "#6495ED", "style": "filled"}
NEURON_LAYER_STYLE = {"shape": "record", "fillcolor": "#90EE90", "style": "filled"}
BLOB_STYLE = {"shape": "octagon", "fillcolor": "#E0E0E0", "style": "filled"}

_COLORS = {
    "Convolution": "#FF5050", "Deconvolution": "#FF5050", "Pooling": "#FF9900", "InnerProduct": "#CC33FF",
}
_LEARNING = ("Convolution", "Deconvolution", "InnerProduct")


def get_pooling_types_dict():
    """The names of the kinds of pooling, by number."""
    return {number: name for name, number in caffe_pb2.PoolingParameter.PoolMethod.items()}


def get_edge_label(layer):
    """What stands at the arrow from a layer: how much it gives."""
    if layer.type == "Data":
        return "Batch %d" % layer.data_param.batch_size
    if layer.type in ("Convolution", "Deconvolution"):
        return str(layer.convolution_param.num_output)
    if layer.type == "InnerProduct":
        return str(layer.inner_product_param.num_output)
    return ""


def get_layer_lr_mult(layer):
    """The factors of the learning rate of a layer's weights and bias."""
    if layer.type not in _LEARNING:
        raise ValueError("%s layers have no weights and bias; there are those of %s" % (layer.type, ", ".join(_LEARNING)))
    if len(layer.param) > 2:
        raise ValueError("the layer %r has %d param, where 2 are expected" % (layer.name, len(layer.param)))
    given = [spec.lr_mult for spec in layer.param]
    return tuple(given + [1.0] * (2 - len(given)))


def get_layer_label(layer, rankdir, display_lrm=False):
    """What stands in the box of a layer: name, type, extents, and the factors of the rate if they are asked for."""
    lines = [layer.name]
    if layer.type == "Pooling":
        lines.append("(Pooling %s)" % get_pooling_types_dict()[layer.pooling_param.pool])
        pooling = layer.pooling_param
        extents = (pooling.kernel_size, pooling.stride, pooling.pad)
    else:
        lines.append("(%s)" % layer.type)
        convolution = layer.convolution_param
        extents = tuple(
            values[0] if values else default
            for values, default in ((convolution.kernel_size, 1), (convolution.stride, 1), (convolution.pad, 0))
        )
    # Where the net runs down there is room beside, otherwise below.
    separator = " " if rankdir in ("TB", "BT") else "\\n"
    if layer.type in ("Convolution", "Deconvolution", "Pooling"):
        lines.append(separator.join(("kernel size: %d", "stride: %d", "pad: %d")) % extents)
    if display_lrm and layer.type in _LEARNING and any(get_layer_lr_mult(layer)):
        lines.append("lr mult: %.1f, %.1f" % get_layer_lr_mult(layer))
    return separator.join(lines)


def choose_color_by_layertype(layertype):
    """The colour of a layer's box."""
    return _COLORS.get(layertype, LAYER_STYLE_DEFAULT["fillcolor"])


def _quoted(text):
    return '"%s"' % text.replace('"', '\\"')


def _attributes(values):
    return "[%s]" % ", ".join("%s=%s" % (name, _quoted(str(value))) for name, value in values.items())


def _belongs(layer, phase):
    if phase is None:
        return True
    if layer.include and layer.exclude:
        raise ValueError("the layer %r has both include and exclude; give one kind of rule" % layer.name)
    if layer.include:
        return any(not rule.HasField("phase") or rule.phase == phase for rule in layer.include)
    return not any(rule.phase == phase for rule in layer.exclude if rule.HasField("phase"))


def get_dot(caffe_net, rankdir="LR", label_edges=True, phase=None, display_lrm=False):
    """The net as text for Graphviz.

    Args:
        caffe_net: A ``NetParameter``.
        rankdir: The direction: ``LR``, ``TB`` or ``BT``.
        label_edges: Whether arrows say how much a layer gives.
        phase: ``caffe.TRAIN`` or ``caffe.TEST``: only layers of that phase.
        display_lrm: Whether boxes show the factors of the learning rate.
    """
    nodes, edges = {}, []
    for layer in caffe_net.layer:
        if not _belongs(layer, phase):
            continue
        node = "%s_%s" % (layer.name, layer.type)
        is_in_place = len(layer.bottom) == 1 and list(layer.bottom) == list(layer.top)
        color = choose_color_by_layertype(layer.type)
        style = NEURON_LAYER_STYLE if is_in_place else dict(LAYER_STYLE_DEFAULT, fillcolor=color)
        # Braces and bars mean something in a record.
        label = get_layer_label(layer, rankdir, display_lrm)
        for mark in "{}|<>":
            label = label.replace(mark, "\\" + mark)
        nodes[node] = dict(style, label=label)
        for bottom in layer.bottom:
            nodes[bottom + "_blob"] = dict(BLOB_STYLE, label=bottom)
            edges.append((bottom + "_blob", node, ""))
        for top in layer.top:
            nodes.setdefault(top + "_blob", {"label": top})
            edges.append((node, top + "_blob", get_edge_label(layer) if label_edges else ""))
    lines = ["digraph %s {" % _quoted(caffe_net.name or "Net"), "  rankdir=%s;" % rankdir]
    lines += ["  %s %s;" % (_quoted(name), _attributes(values)) for name, values in nodes.items()]
    lines += ["  %s -> %s [label=%s];" % (_quoted(one), _quoted(two), _quoted(label)) for one, two, label in edges]
    return "\n".join(lines + ["}", ""])


def get_pydot_graph(caffe_net, rankdir, label_edges=True, phase=None, display_lrm=False):
    """The net as a graph of pydot, a package of its own."""
    import pydot

    return pydot.graph_from_dot_data(get_dot(caffe_net, rankdir, label_edges, phase, display_lrm))[0]


def draw_net(caffe_net, rankdir, ext="png", phase=None, display_lrm=False):
    """A picture of the net, as bytes in the format ``ext``; ``raw`` is Graphviz's own text.

    Raises:
        RuntimeError: Graphviz isn't there, or refuses.
    """
    text = get_dot(caffe_net, rankdir, phase=phase, display_lrm=display_lrm).encode()
    if ext in ("raw", "dot", "gv"):
        return text
    try:
        done = subprocess.run(["dot", "-T" + ext], input=text, capture_output=True)
    except FileNotFoundError:
        raise RuntimeError("drawing needs Graphviz's program dot: apt-get install graphviz, or write a .raw file") from None
    if done.returncode != 0:
        raise RuntimeError("dot: %s" % done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def draw_net_to_file(caffe_net, filename, rankdir="LR", phase=None, display_lrm=False):
    """Draws the net into a file, in the format of its ending; ``.raw`` is Graphviz's own text."""
    ending = os.path.splitext(filename)[1][1:]
    picture = draw_net(caffe_net, rankdir, ending or "png", phase, display_lrm)
    with open(filename, "wb") as stream:
        stream.write(picture)
