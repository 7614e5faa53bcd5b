"""Nets."""

import os
import warnings
import weakref
from collections import OrderedDict
from ctypes import byref, c_char_p, c_float, c_int32, c_int64, c_void_p

import numpy as np

from . import _batches, _callbacks, _layer, _tables
from ._blob import Blob, BlobVec, array_pointer, assign
from ._library import encoded, given, integers, library, taken
from ._names import NameDict

_forward_call = library.caffe_net_forward
_backward_call = library.caffe_net_backward
_BEFORE_FORWARD, _AFTER_FORWARD, _BEFORE_BACKWARD, _AFTER_BACKWARD = range(4)
_INPUTS, _OUTPUTS, _BOTTOMS, _TOPS = range(4)


def _path(name):
    return encoded(os.fspath(name))


def _stages(stages):
    names = [stages] if isinstance(stages, str) else list(stages or [])
    return (c_char_p * len(names))(*[name.encode() for name in names]), len(names)


class Net:
    """A net: layers, and the blobs between them.

    ``Net(network_file, phase, level=0, stages=None, weights=None)`` builds the net of a prototxt file for ``caffe.TRAIN`` or
    ``caffe.TEST`` and loads ``weights``, a ``.caffemodel`` or ``.caffemodel.h5``. ``Net(network_file, weights, phase)`` is the older
    form. What is wrong with the files is a :class:`caffe.CaffeError` that names the place.

    The library's lock is free while it computes, so several nets can run in several threads; calls for one net wait for each other.
    """

    _handle = None

    def __init__(self, network_file, phase=None, *arguments, level=0, stages=None, weights=None):
        if isinstance(phase, (str, bytes, os.PathLike)):
            if len(arguments) != 1:
                raise TypeError("the form Net(network_file, weights, phase) takes three arguments")
            warnings.warn(
                "Net(network_file, weights, phase) is the older form; write Net(network_file, phase, weights=weights)",
                DeprecationWarning, stacklevel=2,
            )
            phase, weights = arguments[0], phase
        elif arguments:
            names = ("level", "stages", "weights")
            if len(arguments) > len(names):
                raise TypeError("Net takes network_file, phase, level, stages and weights")
            rest = dict(zip(names, arguments))
            level, stages = rest.get("level", level), rest.get("stages", stages)
            weights = rest.get("weights", weights)
        if phase is None:
            raise TypeError("Net needs a phase: caffe.TRAIN or caffe.TEST")
        array, count = _stages(stages)
        self._handle = given(c_void_p, library.caffe_net_open, _path(network_file), int(phase), level, array, count)
        if weights is not None:
            self.copy_from(weights)

    @classmethod
    def from_prototxt(cls, text, phase, level=0, stages=None, weights=None, name="<text>"):
        """Builds a net of prototxt text, or of a ``NetParameter`` message, such as ``NetSpec.to_proto()`` gives."""
        array, count = _stages(stages)
        handle = given(
            c_void_p, library.caffe_net_parse, str(text).encode(), name.encode(), int(phase), level, array, count
        )
        net = cls._wrap(handle)
        if weights is not None:
            net.copy_from(weights)
        return net

    @classmethod
    def _wrap(cls, handle):
        net = Net.__new__(cls)
        net._handle = handle
        return net

    def __del__(self, free=library.caffe_net_free):
        if self._handle is not None:
            free(self._handle)

    def close(self):
        """Gives the net's memory back now; what is asked of it afterwards is a :class:`caffe.CaffeError`. Arrays of its blobs stay."""
        for name in [name for name in self.__dict__ if name.startswith("_c_")]:
            del self.__dict__[name]
        library.caffe_net_free(self._handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- What it consists of ---

    def _cached(self, name, make):
        value = self.__dict__.get(name)
        if value is None:
            value = self.__dict__[name] = make()
        return value

    def _texts(self, count, function):
        return [given(c_char_p, function, self._handle, index).decode() for index in range(count)]

    def _count(self, function, *arguments):
        return given(c_int64, function, self._handle, *arguments)

    def _indices(self, which, layer=0):
        count = c_int64()
        library.caffe_net_indices(self._handle, which, layer, None, 0, byref(count))
        found = integers([0] * count.value)
        library.caffe_net_indices(self._handle, which, layer, found, count.value, byref(count))
        return list(found)

    @property
    def name(self):
        """The net's name in its prototxt."""
        return given(c_char_p, library.caffe_net_name, self._handle).decode()

    @property
    def phase(self):
        """``caffe.TRAIN`` or ``caffe.TEST``."""
        return given(c_int32, library.caffe_net_phase, self._handle)

    @property
    def _layer_names(self):
        """The names of the layers in the order in which they compute, splits included."""
        return self._cached(
            "_c_layer_names",
            lambda: self._texts(self._count(library.caffe_net_layer_count), library.caffe_net_layer_name),
        )

    @property
    def _blob_names(self):
        return self._cached(
            "_c_blob_names", lambda: self._texts(self._count(library.caffe_net_blob_count), library.caffe_net_blob_name)
        )

    @property
    def _blobs(self):
        return list(self.blobs.values())

    @property
    def blobs(self):
        """The blobs by name, in the order in which they are first produced; a wrong name is a KeyError with near ones."""
        return self._cached("_c_blobs", self._make_blobs)

    def _make_blobs(self):
        return NameDict(
            "blob",
            [
                (name, Blob._wrap(given(c_void_p, library.caffe_net_blob, self._handle, index)))
                for index, name in enumerate(self._blob_names)
            ],
        )

    @property
    def blob_loss_weights(self):
        """The weight of each blob in the loss, by name; 0 where it isn't part of it."""
        return self._cached(
            "_c_loss_weights",
            lambda: NameDict("blob", zip(self._blob_names, self._blob_loss_weights)),
        )

    @property
    def _blob_loss_weights(self):
        return [
            given(c_float, library.caffe_net_blob_loss_weight, self._handle, index)
            for index in range(len(self._blob_names))
        ]

    @property
    def layers(self):
        """The layers in order. Each has ``name``, ``type`` and ``blobs``; that of a Python layer is your own object."""
        return self._cached("_c_layers", self._make_layers)

    def _make_layers(self):
        types = self._texts(len(self._layer_names), library.caffe_net_layer_type)
        layers = []
        for index, (name, type_name) in enumerate(zip(self._layer_names, types)):
            own = _layer.instance(self._handle, index)
            layers.append(own if own is not None else _layer.NetLayer(name, type_name, self._parameters(index)))
        return layers

    def _parameters(self, layer):
        count = self._count(library.caffe_net_parameter_count, layer)
        return BlobVec(
            Blob._wrap(given(c_void_p, library.caffe_net_parameter, self._handle, layer, index)) for index in range(count)
        )

    @property
    def layer_dict(self):
        """The layers by name, in order."""
        return self._cached("_c_layer_dict", lambda: NameDict("layer", zip(self._layer_names, self.layers)))

    @property
    def params(self):
        """The parameters by layer, in order: lists of blobs, weights first, then the bias."""
        return self._cached("_c_params", self._make_params)

    def _make_params(self):
        found = NameDict("layer with parameters")
        for index, name in enumerate(self._layer_names):
            blobs = self._parameters(index)
            if blobs:
                found[name] = blobs
        return found

    @property
    def _inputs(self):
        return self._cached("_c_input_indices", lambda: self._indices(_INPUTS))

    @property
    def _outputs(self):
        return self._cached("_c_output_indices", lambda: self._indices(_OUTPUTS))

    @property
    def inputs(self):
        """The names of the input blobs."""
        return self._cached("_c_inputs", lambda: [self._blob_names[index] for index in self._inputs])

    @property
    def outputs(self):
        """The names of the blobs that no layer reads."""
        return self._cached("_c_outputs", lambda: [self._blob_names[index] for index in self._outputs])

    def _bottom_ids(self, layer):
        return self._indices(_BOTTOMS, layer)

    def _top_ids(self, layer):
        return self._indices(_TOPS, layer)

    @property
    def bottom_names(self):
        """The names of each layer's bottoms, by layer."""
        return self._cached("_c_bottom_names", lambda: self._names_by_layer(_BOTTOMS))

    @property
    def top_names(self):
        """The names of each layer's tops, by layer."""
        return self._cached("_c_top_names", lambda: self._names_by_layer(_TOPS))

    def _names_by_layer(self, which):
        return OrderedDict(
            (name, [self._blob_names[blob] for blob in self._indices(which, layer)])
            for layer, name in enumerate(self._layer_names)
        )

    # --- Computing ---

    def _forward(self, start, end):
        loss = c_float()
        _forward_call(self._handle, start, end, byref(loss))
        return loss.value

    def _backward(self, start, end):
        _backward_call(self._handle, start, end)

    def _layer_index(self, name):
        try:
            return self._layer_names.index(name)
        except ValueError:
            self.layer_dict[name]  # raises the KeyError that lists near names
            raise

    def forward(self, blobs=None, start=None, end=None, **kwargs):
        """Computes the net, or the layers ``start`` to ``end``.

        Args:
            blobs: Names of blobs to return beside the outputs.
            start: The name of the first layer to compute; the first one there is without.
            end: The name of the last layer to compute, whose tops are then returned; the last one there is without.
            kwargs: Arrays for all inputs, by name, in the inputs' shapes.

        Returns:
            The arrays of the outputs by name. They are views: the next forward changes them.

        Raises:
            ValueError: An array doesn't fit, or not exactly the inputs are given.
            KeyError: There is no blob or layer of that name.
            CaffeError: A layer refused its input.
        """
        first = 0 if start is None else self._layer_index(start)
        last = -1 if end is None else self._layer_index(end)
        wanted = self.outputs if end is None else self.top_names[end]
        if kwargs:
            self._set_arrays(kwargs, self.inputs, "input")
        self._forward(first, last)
        every = self.blobs
        found = {name: every[name].data for name in wanted}
        for name in blobs or ():
            found[name] = every[name].data
        return found

    def backward(self, diffs=None, start=None, end=None, **kwargs):
        """Computes gradients from the losses, or from layer ``start``, back to layer ``end``.

        Those of parameters are added to what ``params[…][…].diff`` holds; ``clear_param_diffs`` sets it to zero.

        Args:
            diffs: Names of blobs whose gradients to return beside those of the inputs.
            start: The name of the layer to begin with; the last one there is without.
            end: The name of the last layer to compute, whose bottoms are then returned; the first one there is without.
            kwargs: Gradients of all outputs, by name; the losses' own without.

        Returns:
            The gradients of the inputs by name, as views.
        """
        first = -1 if start is None else self._layer_index(start)
        last = 0 if end is None else self._layer_index(end)
        wanted = self.inputs if end is None else self.bottom_names[end]
        if kwargs:
            self._set_arrays(kwargs, self.outputs, "output")
        self._backward(first, last)
        every = self.blobs
        return {name: every[name].diff for name in list(wanted) + list(diffs or ())}

    def _set_arrays(self, arrays, names, what):
        if set(arrays) != set(names):
            raise ValueError(
                "arrays for %s are given, but the net's %ss are %s; give one for each"
                % (", ".join(sorted(arrays)), what, ", ".join(names) or "none")
            )
        for name, values in arrays.items():
            blob = self.blobs[name]
            assign(name, blob.data if what == "input" else blob.diff, values, what)

    def forward_all(self, blobs=None, **kwargs):
        """Computes more records than fit into a batch: see :meth:`forward`. Arrays are returned whole, as copies."""
        return _batches.forward_all(self, blobs, kwargs)

    def forward_backward_all(self, blobs=None, diffs=None, **kwargs):
        """Computes values and gradients batch by batch.

        Returns:
            Two dictionaries: the arrays of the outputs, and the gradients of the inputs.
        """
        return _batches.forward_backward_all(self, blobs, diffs, kwargs)

    def _batch(self, blobs):
        return _batches.batches(self, blobs)

    def predict(self, inputs):
        """Computes the outputs for any number of records.

        Args:
            inputs: An array for the net's one input, or a dictionary of arrays by input; the first axis counts the records.

        Returns:
            The array of the one output, or a dictionary by output; its first axis counts the records.
        """
        return _batches.predict(self, inputs)

    def set_input_arrays(self, data, labels):
        """Gives a net whose first layer is MemoryData its data, which is copied.

        Args:
            data: Images, N × channels × height × width, N a multiple of the batch size.
            labels: N labels, of shape (N,) or (N, 1, 1, 1).
        """
        images = np.ascontiguousarray(data, dtype=np.float32)
        classes = np.ascontiguousarray(labels, dtype=np.float32)
        if images.ndim != 4:
            raise ValueError("images of shape %s given; give N × channels × height × width" % (images.shape,))
        if classes.size != len(images):
            raise ValueError("%d labels given for %d images; give one for each" % (classes.size, len(images)))
        first = self._layer_names[0]
        expected = self.blobs[self.top_names[first][0]].shape[1:]
        if self.layer_dict[first].type == "MemoryData" and images.shape[1:] != expected:
            raise ValueError("images of shape %s given, where the net's are %s" % (images.shape[1:], expected))
        library.caffe_net_set_memory_data(
            self._handle, array_pointer(images), images.size, array_pointer(classes), classes.size
        )

    def reshape(self):
        """Makes all shapes follow from those of the inputs; ``forward`` does so, too."""
        library.caffe_net_reshape(self._handle)

    def clear_param_diffs(self):
        """Sets the gradients of all parameters to zero."""
        library.caffe_net_clear_gradients(self._handle)

    # --- Weights ---

    def copy_from(self, weights):
        """Copies the parameters of a ``.caffemodel`` or HDF5 file to the layers of the same name."""
        library.caffe_net_load(self._handle, _path(weights))

    def load_hdf5(self, weights):
        """Copies the parameters of an HDF5 file to the layers of the same name."""
        self.copy_from(weights)

    def save(self, file):
        """Writes the parameters as a ``.caffemodel``: the whole file, or nothing."""
        library.caffe_net_save(self._handle, _path(file), 1, 0)

    def save_hdf5(self, file):
        """Writes the parameters as an HDF5 file: the whole file, or nothing."""
        library.caffe_net_save(self._handle, _path(file), 2, 0)

    def share_with(self, other):
        """Makes the parameters those of the layers of the same name in ``other``, from now on."""
        library.caffe_net_share(self._handle, other._handle)

    # --- Callbacks ---

    def before_forward(self, function):
        """Has ``function(layer)`` called before each layer computes; ``layer`` is its index."""
        self._add_hook(_BEFORE_FORWARD, function)

    def after_forward(self, function):
        """Has ``function(layer)`` called after each layer has computed."""
        self._add_hook(_AFTER_FORWARD, function)

    def before_backward(self, function):
        """Has ``function(layer)`` called before each layer computes gradients."""
        self._add_hook(_BEFORE_BACKWARD, function)

    def after_backward(self, function):
        """Has ``function(layer)`` called after each layer has computed gradients."""
        self._add_hook(_AFTER_BACKWARD, function)

    def _add_hook(self, moment, function):
        if not callable(function):
            # An NCCL object, which has nothing to do in one process.
            return
        number = _callbacks.add(function)
        weakref.finalize(self, _callbacks.remove, number)
        library.caffe_net_add_hook(self._handle, moment, _callbacks.address(_callbacks.hook), number)

    # --- As text ---

    def to_prototxt(self):
        """The layers as prototxt, as they were chosen by phase, level and stages."""
        return taken(library.caffe_net_prototxt, self._handle)

    def to_dict(self):
        """The layers as a dictionary of plain Python values: ``{"name": …, "layer": [{…}, …]}``, in the names of the schema."""
        return _tables.message_dict(self.to_prototxt())

    def __reduce__(self):
        return (_tables.restore_net, (type(self), self.to_prototxt(), self.phase, _tables.weights_of(self)))

    def __repr__(self):
        return _tables.text(self)

    def _repr_html_(self):
        return _tables.html(self)
