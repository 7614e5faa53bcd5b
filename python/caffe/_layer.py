"""Layers: those of the library as a net shows them, and those that are written in Python."""

import ctypes
import importlib
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int32, c_int64, c_void_p

from . import _callbacks
from ._blob import Blob, BlobVec
from ._library import encoded, keep_exception, library

_WRITE_FORWARD = "a Python layer computes in forward(self, bottom, top) and backward(self, top, propagate_down, bottom)"


class NetLayer:
    """A layer of a net that the library computes: its name, type and parameters."""

    def __init__(self, name, type, blobs):
        self.name = name
        self.type = type
        self.blobs = blobs

    def __repr__(self):
        return "<caffe layer %r of type %s, parameters %s>" % (
            self.name, self.type, [blob.shape for blob in self.blobs],
        )


class Layer:
    """The base of layers written in Python, for nets that say ``type: "Python"``.

    The net names the module and the class in ``python_param { module: "…" layer: "…" param_str: "…" }``. A subclass gives:

    * ``setup(bottom, top)``, once: checks, and parameters by ``self.blobs.add_blob(…)``;
    * ``reshape(bottom, top)``, before every forward: ``top[0].reshape(…)``;
    * ``forward(bottom, top)``: sets ``top[i].data``;
    * ``backward(top, propagate_down, bottom)``: sets ``bottom[i].diff`` where ``propagate_down[i]``, and adds to
      ``self.blobs[i].diff``.

    ``bottom`` and ``top`` are lists of :class:`caffe.Blob`. What such a method raises comes out where the net was called.

    Attributes:
        name: The layer's name.
        type: ``"Python"``.
        phase: ``caffe.TRAIN`` or ``caffe.TEST``.
        param_str: The text of ``param_str``; ``param_str_`` is the same.
        blobs: The layer's own parameters.
    """

    type = "Python"

    def __init__(self, param=None):
        pass

    @property
    def param_str_(self):
        """The older name of ``param_str``."""
        return self.param_str

    def setup(self, bottom, top):
        """Checks, and makes parameters."""

    def reshape(self, bottom, top):
        """Sets the tops' shapes."""

    def forward(self, bottom, top):
        """Computes the tops' data."""
        raise NotImplementedError("%s has no forward; %s" % (type(self).__name__, _WRITE_FORWARD))

    def backward(self, top, propagate_down, bottom):
        """Computes the bottoms' diff where ``propagate_down`` says so."""
        raise NotImplementedError("%s has no backward; %s" % (type(self).__name__, _WRITE_FORWARD))


class _Info(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p), ("type", c_char_p), ("phase", c_int32), ("module", c_char_p), ("layer", c_char_p),
        ("param_str", c_char_p), ("prototxt", c_char_p),
    ]


class _Call(ctypes.Structure):
    _fields_ = [
        ("layer", c_void_p), ("bottoms", POINTER(c_void_p)), ("bottom_count", c_int64), ("tops", POINTER(c_void_p)),
        ("top_count", c_int64), ("propagate_down", POINTER(c_int32)),
    ]


_CreateType = CFUNCTYPE(c_int32, c_void_p, POINTER(_Info), POINTER(c_void_p))
_CallType = CFUNCTYPE(c_int32, c_void_p, POINTER(_Call))
_DestroyType = CFUNCTYPE(None, c_void_p)


class _Callbacks(ctypes.Structure):
    _fields_ = [
        ("create", _CreateType), ("set_up", _CallType), ("reshape", _CallType), ("forward", _CallType),
        ("backward", _CallType), ("destroy", _DestroyType),
    ]


class _Running:
    """A layer with what is known of its blobs: their handles stay the same as long as the layer lives."""

    def __init__(self, layer):
        self.layer = layer
        self._blobs = {}

    def blobs(self, handles, count):
        return [self._blob(handles[index]) for index in range(count)]

    def _blob(self, handle):
        blob = self._blobs.get(handle)
        if blob is None:
            blob = self._blobs[handle] = Blob._wrap(handle, is_owned=False)
        return blob


def _find(module_name, layer_name):
    if not module_name or not layer_name:
        raise ValueError("python_param needs module and layer: which class of which module computes the layer")
    try:
        found = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name == module_name:
            raise ModuleNotFoundError(
                "there is no module %r for a Python layer; put its folder on PYTHONPATH" % module_name, name=module_name
            ) from error
        raise
    return getattr(found, layer_name)


@_CreateType
def _create(_user, info, instance):
    try:
        info = info[0]
        kind = _find(info.module.decode(), info.layer.decode())
        from google.protobuf import text_format

        from .proto import caffe_pb2

        message = text_format.Parse(info.prototxt.decode(), caffe_pb2.LayerParameter())
        layer = kind(message)
        layer.name = info.name.decode()
        layer.param_str = info.param_str.decode()
        layer.phase = info.phase
        layer.blobs = BlobVec()
        instance[0] = _callbacks.add(_Running(layer))
        return 0
    except BaseException as exception:
        return keep_exception(exception)


@_CallType
@_callbacks.guarded
def _set_up(number, call):
    running, call = _callbacks.target(number), call[0]
    running.layer.blobs._layer = call.layer
    try:
        running.layer.setup(running.blobs(call.bottoms, call.bottom_count), running.blobs(call.tops, call.top_count))
    finally:
        running.layer.blobs._layer = None


@_CallType
@_callbacks.guarded
def _reshape(number, call):
    running, call = _callbacks.target(number), call[0]
    running.layer.reshape(running.blobs(call.bottoms, call.bottom_count), running.blobs(call.tops, call.top_count))


@_CallType
@_callbacks.guarded
def _forward(number, call):
    running, call = _callbacks.target(number), call[0]
    running.layer.forward(running.blobs(call.bottoms, call.bottom_count), running.blobs(call.tops, call.top_count))


@_CallType
@_callbacks.guarded
def _backward(number, call):
    running, call = _callbacks.target(number), call[0]
    wanted = [bool(call.propagate_down[index]) for index in range(call.bottom_count)]
    running.layer.backward(
        running.blobs(call.tops, call.top_count), wanted, running.blobs(call.bottoms, call.bottom_count)
    )


@_DestroyType
def _destroy(number):
    _callbacks.remove(number)


_table = _Callbacks(_create, _set_up, _reshape, _forward, _backward, _destroy)
library.caffe_register_layer(encoded("Python"), ctypes.cast(ctypes.byref(_table), c_void_p), None)


def instance(net_handle, index):
    """The Python object that computes layer ``index``; None for a layer of the library."""
    number = c_void_p()
    library.caffe_net_layer_instance(net_handle, index, ctypes.byref(number))
    running = _callbacks.target(number.value) if number.value else None
    return running.layer if running is not None else None
