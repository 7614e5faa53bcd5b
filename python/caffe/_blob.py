"""Blobs: arrays with gradients."""

import ctypes
import math
from ctypes import byref, c_int64, c_void_p

import numpy as np

from ._library import given, integers, library

_view = library.caffe_blob_view
_shape = library.caffe_blob_shape
_free_view = library.caffe_view_free
_free_blob = library.caffe_blob_free
_DATA, _DIFF = 0, 1
_MAXIMUM_AXES = 32


class _Window:
    """What an array of a blob stands on: it keeps the memory as long as the array lives."""

    __slots__ = ("handle", "__array_interface__")

    def __del__(self, free=_free_view):
        free(self.handle)


class Blob:
    """An n-dimensional array of float32 values, ``data``, with as many gradients, ``diff``.

    The blobs of a net come from ``net.blobs`` and ``net.params``; ``caffe.Blob(shape)`` makes one of its own, of zeros.
    """

    __slots__ = ("_handle", "_is_owned", "_extents", "__weakref__")

    def __init__(self, shape=()):
        extents = [int(extent) for extent in shape]
        self._is_owned = False
        self._handle = given(c_void_p, library.caffe_blob_create, integers(extents), len(extents))
        self._is_owned = True

    @classmethod
    def _wrap(cls, handle, is_owned=True):
        blob = cls.__new__(cls)
        blob._handle = handle
        blob._is_owned = is_owned
        return blob

    def __del__(self, free=_free_blob):
        if getattr(self, "_is_owned", False):
            free(self._handle)

    @property
    def shape(self):
        """The extents, a tuple of integers."""
        extents = (c_int64 * 8)()
        axes = c_int64()
        _shape(self._handle, extents, 8, byref(axes))
        if axes.value > 8:
            extents = (c_int64 * _MAXIMUM_AXES)()
            _shape(self._handle, extents, _MAXIMUM_AXES, byref(axes))
        return tuple(extents[: axes.value])

    @property
    def data(self):
        """The values: an array of ``shape``, float32, on the blob's own memory.

        What is written to it is what the net computes with; what the net computes is there after the next call. The array keeps its
        memory: after a reshape that moves the blob it still holds the old values.
        """
        return self._array(_DATA)

    @property
    def diff(self):
        """The gradients of the loss with respect to ``data``: an array like it."""
        return self._array(_DIFF)

    def _array(self, which):
        view, values, count = c_void_p(), c_void_p(), c_int64()
        while True:
            shape = self.shape
            _view(self._handle, which, byref(view), byref(values), byref(count))
            window = _Window()
            window.handle = view.value
            # Another thread may have changed the shape between the two calls.
            if math.prod(shape) == count.value:
                break
        window.__array_interface__ = {
            "shape": shape, "typestr": "<f4", "data": (values.value, False), "version": 3,
        }
        return np.asarray(window)

    @property
    def count(self):
        """The number of values."""
        return math.prod(self.shape)

    @property
    def num(self):
        """The first of four extents; 1 where there are fewer."""
        return self._legacy(0)

    @property
    def channels(self):
        """The second of four extents; 1 where there are fewer."""
        return self._legacy(1)

    @property
    def height(self):
        """The third of four extents; 1 where there are fewer."""
        return self._legacy(2)

    @property
    def width(self):
        """The fourth of four extents; 1 where there are fewer."""
        return self._legacy(3)

    def _legacy(self, axis):
        shape = self.shape
        if len(shape) > 4:
            raise ValueError(
                "num, channels, height and width are those of four axes, and this blob has %d; use shape" % len(shape)
            )
        return shape[axis] if axis < len(shape) else 1

    def reshape(self, *shape):
        """Changes the shape; values stay only where their number does.

        Args:
            shape: The extents, ``blob.reshape(1, 3, 227, 227)`` or ``blob.reshape((1, 3, 227, 227))``.
        """
        if len(shape) == 1 and hasattr(shape[0], "__len__"):
            shape = tuple(shape[0])
        extents = [_integer(extent) for extent in shape]
        library.caffe_blob_reshape(self._handle, integers(extents), len(extents))

    def __repr__(self):
        return "<caffe.Blob %s>" % " × ".join(map(str, self.shape)) if self.shape else "<caffe.Blob, one value>"


def _integer(value):
    number = int(value)
    if number != value:
        raise ValueError("%r is no extent; give whole numbers" % (value,))
    return number


class BlobVec(list):
    """The parameters of a layer: a list of blobs. A Python layer adds its own by ``add_blob`` in its ``setup``."""

    def __init__(self, blobs=(), layer=None):
        super().__init__(blobs)
        self._layer = layer

    def add_blob(self, *shape):
        """Adds a parameter of zeros of this shape; only in the ``setup`` of a Python layer."""
        if self._layer is None:
            raise RuntimeError("only a Python layer can add parameters, while its setup runs")
        extents = [_integer(extent) for extent in shape]
        handle = given(c_void_p, library.caffe_layer_add_parameter, self._layer, integers(extents), len(extents))
        self.append(Blob._wrap(handle, is_owned=False))


def assign(blob_name, target, values, what="blob"):
    """Copies ``values`` into the array ``target``, of the same shape, as float32."""
    array = np.asarray(values)
    if array.dtype == object or not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
        raise TypeError(
            "%s %r is given values of type %s; give an array of numbers" % (what, blob_name, array.dtype)
        )
    if np.issubdtype(array.dtype, np.complexfloating):
        raise TypeError("%s %r is given complex numbers; give real ones" % (what, blob_name))
    try:
        np.copyto(target, array, casting="unsafe")
    except ValueError:
        raise ValueError(
            "%s %r has the shape %s, but is given an array of shape %s; reshape the one or the other"
            % (what, blob_name, target.shape, array.shape)
        ) from None


def array_pointer(array):
    """The address of an array's values."""
    return array.ctypes.data_as(ctypes.c_void_p)
