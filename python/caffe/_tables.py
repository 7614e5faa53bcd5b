"""Nets as text: tables for people, messages for pickles and dictionaries."""

import html as _html
import os
import tempfile

_HEAD = ("Layer", "Type", "Tops", "Shapes", "Parameters")


def _rows(net):
    seen = set()
    for name, layer in net.layer_dict.items():
        if layer.type == "Split":
            continue
        tops = net.top_names[name]
        shapes = ", ".join("×".join(map(str, net.blobs[top].shape)) or "1" for top in tops)
        count = sum(blob.count for blob in layer.blobs) if id(layer) not in seen else 0
        seen.add(id(layer))
        yield (name, layer.type, ", ".join(tops), shapes, format(count, ",") if count else "")


def _title(net, rows):
    phase = "TRAIN" if net.phase == 0 else "TEST"
    total = sum(int(row[4].replace(",", "")) for row in rows if row[4])
    layers = "1 layer" if len(rows) == 1 else "%d layers" % len(rows)
    return "%s, %s: %s, %s parameters" % (net.name or "A net", phase, layers, format(total, ","))


def text(net):
    """A table of the layers in plain text."""
    rows = list(_rows(net))
    widths = [max(len(row[column]) for row in [_HEAD] + rows) for column in range(len(_HEAD))]

    def line(row):
        cells = [cell.ljust(width) for cell, width in zip(row[:4], widths)] + [row[4].rjust(widths[4])]
        return "  ".join(cells).rstrip()

    return "\n".join([_title(net, rows), line(_HEAD)] + [line(row) for row in rows])


def html(net):
    """A table of the layers for a notebook."""
    rows = list(_rows(net))

    def cells(row, tag):
        return "".join("<%s>%s</%s>" % (tag, _html.escape(cell), tag) for cell in row)

    body = "".join("<tr>%s</tr>" % cells(row, "td") for row in rows)
    return "<table><caption>%s</caption><tr>%s</tr>%s</table>" % (
        _html.escape(_title(net, rows)), cells(_HEAD, "th"), body,
    )


def message_dict(prototxt):
    """A net's prototxt as plain Python values."""
    from google.protobuf import json_format, text_format

    from .proto import caffe_pb2

    message = text_format.Parse(prototxt, caffe_pb2.NetParameter())
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def weights_of(net):
    """The parameters as the bytes of a .caffemodel."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "net.caffemodel")
        net.save(file)
        with open(file, "rb") as stream:
            return stream.read()


def restore_net(kind, prototxt, phase, weights):
    """Makes a net again of what `Net.__reduce__` gave."""
    from ._net import Net

    net = Net.from_prototxt.__func__(kind, prototxt, phase)
    if any(layer.blobs for layer in net.layers):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "net.caffemodel")
            with open(file, "wb") as stream:
                stream.write(weights)
            net.copy_from(file)
    return net
