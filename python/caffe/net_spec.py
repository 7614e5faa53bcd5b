"""Nets written in Python: layers are functions of blobs.

>>> from caffe import layers as L, params as P
>>> net = caffe.NetSpec()
>>> net.data, net.label = L.Data(source="train_lmdb", backend=P.Data.LMDB, batch_size=64, ntop=2)
>>> net.score = L.InnerProduct(net.data, num_output=10, weight_filler=dict(type="xavier"))
>>> net.loss = L.SoftmaxWithLoss(net.score, net.label)
>>> print(net.to_proto())

Names of attributes become names of blobs and layers. Keywords are fields of the layer's own message, ``inner_product_param`` here, or of
the layer itself; ``ntop`` says how many tops it has (1), ``in_place=True`` writes over the bottoms. ``caffe.params`` has the enums.
"""

from collections import Counter, OrderedDict

from .proto import caffe_pb2


def param_name_dict():
    """The name of the parameter field of each message ``…Parameter``: ``{"InnerProduct": "inner_product", …}``."""
    names = {}
    for field in caffe_pb2.LayerParameter.DESCRIPTOR.fields:
        if field.name.endswith("_param") and field.message_type is not None:
            names[field.message_type.name[: -len("Parameter")]] = field.name[: -len("_param")]
    return names


def assign_proto(proto, name, val):
    """Sets the field ``name`` of a message: a dictionary sets fields of a message in it, a list a repeated field, for which a
    single value does, too."""
    field = proto.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise AttributeError("%s has no field %r" % (proto.DESCRIPTOR.name, name))
    is_repeated = hasattr(getattr(proto, name), "extend")
    if is_repeated:
        values = list(val) if isinstance(val, (list, tuple)) else [val]
        target = getattr(proto, name)
        if field.message_type is None:
            target.extend(values)
            return
        for value in values:
            _fill(target.add(), value)
    elif field.message_type is not None:
        # Also where the dictionary is empty, the field is there from now on.
        getattr(proto, name).SetInParent()
        _fill(getattr(proto, name), val)
    else:
        setattr(proto, name, val)


def _fill(message, value):
    if not isinstance(value, dict):
        message.MergeFrom(value)
        return
    for name, part in value.items():
        assign_proto(message, name, part)


class Top:
    """One of the blobs that a layer gives."""

    def __init__(self, fn, n):
        self.fn = fn
        self.n = n

    def to_proto(self):
        """The ``NetParameter`` of all that this blob needs, with names made up."""
        return to_proto(self)

    def _to_proto(self, layers, names, autonames):
        return self.fn._to_proto(layers, names, autonames)


class Function:
    """A layer: its type, its bottoms and its parameters."""

    def __init__(self, type_name, inputs, params):
        for index, bottom in enumerate(inputs):
            if not isinstance(bottom, Top):
                raise TypeError("%s input %d is not a Top (type is %s)" % (type_name, index, type(bottom)))
        self.type_name = type_name
        self.inputs = inputs
        self.params = dict(params)
        self.ntop = self.params.pop("ntop", 1)
        self.in_place = self.params.pop("in_place", False)
        self.tops = tuple(Top(self, index) for index in range(self.ntop))

    def _name(self, key, names, autonames):
        if key not in names:
            autonames[self.type_name] += 1
            names[key] = self.type_name + str(autonames[self.type_name])
        return names[key]

    def _to_proto(self, layers, names, autonames):
        if self in layers:
            return
        bottoms = []
        for bottom in self.inputs:
            bottom._to_proto(layers, names, autonames)
            bottoms.append(layers[bottom.fn].top[bottom.n])
        layer = caffe_pb2.LayerParameter(type=self.type_name, bottom=bottoms)
        if self.in_place:
            layer.top.extend(bottoms)
        else:
            layer.top.extend([self._name(top, names, autonames) for top in self.tops])
        # A layer is called like its first top; without tops it may have a name of its own.
        layer.name = self._name(self.tops[0] if self.tops else self, names, autonames)
        own_message = _parameter_names.get(self.type_name)
        for name, value in self.params.items():
            self._assign(layer, own_message, name, value)
        layers[self] = layer

    def _assign(self, layer, own_message, name, value):
        if not name.endswith("param") and own_message is not None:
            own = getattr(layer, own_message + "_param")
            if name in own.DESCRIPTOR.fields_by_name:
                assign_proto(own, name, value)
                return
        if name not in layer.DESCRIPTOR.fields_by_name:
            raise AttributeError("%s layers have no parameter %r" % (self.type_name, name))
        assign_proto(layer, name, value)


def to_proto(*tops):
    """The ``NetParameter`` of all layers that these blobs need, with names made up."""
    layers = OrderedDict()
    autonames = Counter()
    # One dictionary for all, so that a blob that two of them need keeps its name.
    names = {}
    for top in tops:
        top._to_proto(layers, names, autonames)
    return caffe_pb2.NetParameter(layer=layers.values())


class NetSpec:
    """A net in the making: attributes, or items, are its blobs by name."""

    def __init__(self):
        super().__setattr__("tops", OrderedDict())

    def __setattr__(self, name, value):
        self.tops[name] = value

    def __getattr__(self, name):
        try:
            return self.__dict__["tops"][name]
        except KeyError:
            raise AttributeError("the net has no blob %r yet" % name) from None

    def __setitem__(self, name, value):
        self.tops[name] = value

    def __getitem__(self, name):
        return self.tops[name]

    def __delitem__(self, name):
        del self.tops[name]

    def to_proto(self):
        """The ``NetParameter`` of all layers that the named blobs need."""
        names = {top: name for name, top in self.tops.items()}
        autonames = Counter()
        layers = OrderedDict()
        for top in self.tops.values():
            top._to_proto(layers, names, autonames)
        return caffe_pb2.NetParameter(layer=layers.values())


class Layers:
    """Makes layers: ``layers.Convolution(bottom, kernel_size=3, …)`` gives its top, a tuple of several, or the layer itself where it has
    none."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def make(*bottoms, **parameters):
            function = Function(name, bottoms, parameters)
            if function.ntop == 0:
                return function
            return function.tops[0] if function.ntop == 1 else function.tops

        make.__name__ = name
        return make


class Parameters:
    """The enums of the layers' messages: ``params.Pooling.MAX``."""

    def __getattr__(self, name):
        message = getattr(caffe_pb2, name + "Parameter", None)
        if message is None:
            raise AttributeError("there is no message %sParameter" % name)
        return message


_parameter_names = param_name_dict()
layers = Layers()
params = Parameters()
