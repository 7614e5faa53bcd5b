"""Pictures, messages and arrays: what goes into nets and comes out."""

import numpy as np

from . import _images
from .proto import caffe_pb2

# --- Messages ---


def blobproto_to_array(blob, return_diff=False):
    """The values of a ``BlobProto``, or its gradients, as an array of its shape.

    Raises:
        ValueError: The shape needs more values, or fewer, than are there.
    """
    values = np.array(blob.diff if return_diff else blob.data)
    if any(blob.HasField(name) for name in ("num", "channels", "height", "width")):
        return values.reshape(blob.num, blob.channels, blob.height, blob.width)
    return values.reshape(tuple(blob.shape.dim))


def array_to_blobproto(arr, diff=None):
    """An array as a ``BlobProto``; ``diff`` are gradients of the same shape."""
    arr = np.asarray(arr)
    blob = caffe_pb2.BlobProto()
    blob.shape.dim.extend(arr.shape)
    blob.data.extend(arr.astype(float).ravel().tolist())
    if diff is not None:
        diff = np.asarray(diff)
        if diff.shape != arr.shape:
            raise ValueError("gradients of shape %s given for values of shape %s" % (diff.shape, arr.shape))
        blob.diff.extend(diff.astype(float).ravel().tolist())
    return blob


def arraylist_to_blobprotovector_str(arraylist):
    """Arrays as the bytes of a ``BlobProtoVector``."""
    return caffe_pb2.BlobProtoVector(blobs=[array_to_blobproto(array) for array in arraylist]).SerializeToString()


def blobprotovector_str_to_arraylist(str):
    """The arrays of the bytes of a ``BlobProtoVector``."""
    return [blobproto_to_array(blob) for blob in caffe_pb2.BlobProtoVector.FromString(str).blobs]


def array_to_datum(arr, label=None):
    """An array, channels × height × width, as a ``Datum``: bytes for uint8, otherwise floats.

    Raises:
        ValueError: The array has other than three axes.
    """
    arr = np.asarray(arr)
    if arr.ndim != 3:
        raise ValueError("an array of shape %s given; give channels × height × width" % (arr.shape,))
    datum = caffe_pb2.Datum(channels=arr.shape[0], height=arr.shape[1], width=arr.shape[2])
    if arr.dtype == np.uint8:
        datum.data = arr.tobytes()
    else:
        datum.float_data.extend(arr.astype(float).ravel().tolist())
    if label is not None:
        datum.label = int(label)
    return datum


def datum_to_array(datum):
    """The values of a ``Datum``, channels × height × width: uint8 where it has bytes, else float64. Its label is ``datum.label``.

    Raises:
        ValueError: The datum is a picture file; decode its ``data`` first.
    """
    if datum.encoded:
        raise ValueError("the datum holds a picture file (encoded: true); decode its data first")
    shape = (datum.channels, datum.height, datum.width)
    if len(datum.data):
        return np.frombuffer(datum.data, dtype=np.uint8).reshape(shape).copy()
    return np.array(datum.float_data, dtype=float).reshape(shape)


# --- Preprocessing ---


class Transformer:
    """Makes a net's inputs of pictures, and pictures of its inputs.

    In this order: resizing to the input's height and width, ``transpose``, ``channel_swap``, times ``raw_scale``, minus ``mean``,
    times ``input_scale``. What isn't set isn't done.

    Args:
        inputs: The shape of each input, by name: ``{"data": net.blobs["data"].data.shape}``.
    """

    def __init__(self, inputs):
        self.inputs = {name: tuple(shape) for name, shape in inputs.items()}
        self.transpose = {}
        self.channel_swap = {}
        self.raw_scale = {}
        self.mean = {}
        self.input_scale = {}

    def _known(self, in_):
        if in_ not in self.inputs:
            raise ValueError("there is no input %r; there are: %s" % (in_, ", ".join(self.inputs)))
        return self.inputs[in_]

    def preprocess(self, in_, data):
        """Makes a net's input of a picture.

        Args:
            in_: The input's name.
            data: The picture, height × width × channels.

        Returns:
            The values for the net, float32.
        """
        size = tuple(self._known(in_)[2:])
        values = np.array(data, dtype=np.float32)
        if values.shape[:2] != size:
            values = resize_image(values, size)
        if in_ in self.transpose:
            values = values.transpose(self.transpose[in_])
        if in_ in self.channel_swap:
            values = values[list(self.channel_swap[in_])]
        if in_ in self.raw_scale:
            values = values * np.float32(self.raw_scale[in_])
        if in_ in self.mean:
            values = (values - self.mean[in_]).astype(np.float32)
        if in_ in self.input_scale:
            values = values * np.float32(self.input_scale[in_])
        return values

    def deprocess(self, in_, data):
        """Makes a picture of a net's input: the opposite of :meth:`preprocess`, but for the size."""
        self._known(in_)
        values = np.array(data).squeeze()
        if in_ in self.input_scale:
            values = values / self.input_scale[in_]
        if in_ in self.mean:
            values = values + self.mean[in_]
        if in_ in self.raw_scale:
            values = values / self.raw_scale[in_]
        if in_ in self.channel_swap:
            values = values[np.argsort(self.channel_swap[in_])]
        if in_ in self.transpose:
            values = values.transpose(np.argsort(self.transpose[in_]))
        return values

    def set_transpose(self, in_, order):
        """Sets the order of the axes: ``(2, 0, 1)`` makes channels × height × width of height × width × channels."""
        axes = len(self._known(in_)) - 1
        if sorted(order) != list(range(axes)):
            raise ValueError("the order %s given for %d axes; give each of 0 to %d once" % (order, axes, axes - 1))
        self.transpose[in_] = order

    def set_channel_swap(self, in_, order):
        """Sets the order of the channels, after ``transpose``: ``(2, 1, 0)`` makes BGR of RGB."""
        channels = self._known(in_)[1]
        if len(order) != channels:
            raise ValueError("an order of %d channels given, but the input has %d" % (len(order), channels))
        self.channel_swap[in_] = order

    def set_raw_scale(self, in_, scale):
        """Sets the factor before the mean: 255 for pictures in 0 … 1 and nets trained on 0 … 255."""
        self._known(in_)
        self.raw_scale[in_] = scale

    def set_mean(self, in_, mean):
        """Sets what is subtracted: a value for each channel, or a picture, which is resized to the input's size.

        Raises:
            ValueError: The mean doesn't fit the input.
        """
        shape = self._known(in_)
        mean = np.asarray(mean)
        if mean.ndim == 1:
            if len(mean) != shape[1]:
                raise ValueError("a mean of %d channels given, but the input has %d" % (len(mean), shape[1]))
            mean = mean[:, np.newaxis, np.newaxis]
        else:
            full = (1,) + mean.shape if mean.ndim == 2 else mean.shape
            if len(full) != 3:
                raise ValueError("a mean of shape %s given; give channels, or channels × height × width" % (mean.shape,))
            if full != shape[1:]:
                if full[0] not in (1, shape[1]):
                    raise ValueError("a mean of %d channels given, but the input has %d" % (full[0], shape[1]))
                picture = mean.reshape(full).transpose(1, 2, 0)
                mean = resize_image(picture, shape[2:]).transpose(2, 0, 1)
        self.mean[in_] = mean

    def set_input_scale(self, in_, scale):
        """Sets the factor after the mean."""
        self._known(in_)
        self.input_scale[in_] = scale


# --- Pictures ---


def load_image(filename, color=True):
    """Reads a picture file.

    Args:
        filename: The file, of any format that Pillow reads.
        color: Whether to give three channels, RGB, or one of brightness.

    Returns:
        Values in 0 … 1, float32, height × width × 3 or height × width × 1.
    """
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("reading pictures needs Pillow: pip install Pillow") from None
    with Image.open(filename) as picture:
        if picture.mode == "I;16" or picture.mode == "I":
            values = np.asarray(picture, dtype=np.float32) / 65535
        elif picture.mode in ("L", "1"):
            values = np.asarray(picture.convert("L"), dtype=np.float32) / 255
        elif color or picture.mode == "F":
            values = np.asarray(picture if picture.mode == "F" else picture.convert("RGB"), dtype=np.float32)
            values = values if picture.mode == "F" else values / 255
        else:
            rgb = np.asarray(picture.convert("RGB"), dtype=np.float64) / 255
            # The brightness of ITU-R BT.709.
            values = (rgb @ [0.2125, 0.7154, 0.0721]).astype(np.float32)
    if values.ndim == 2:
        values = values[:, :, np.newaxis]
        if color:
            values = np.tile(values, (1, 1, 3))
    return np.ascontiguousarray(values, dtype=np.float32)


def resize_image(im, new_dims, interp_order=1):
    """A picture in another size.

    Pictures of one or three channels are sampled at the centres of the new pixels, with the picture's smallest value around it; others
    so that the corners stay corners. This is what the original did, by two libraries.

    Args:
        im: The picture, height × width × channels.
        new_dims: The new height and width.
        interp_order: 1 interpolates linearly, 0 takes the nearest pixel; others need SciPy.

    Returns:
        The new picture, float32.
    """
    im = np.asarray(im)
    height, width = (int(extent) for extent in new_dims)
    if im.ndim != 3 or 0 in im.shape:
        raise ValueError("a picture of shape %s given; give height × width × channels" % (im.shape,))
    if interp_order == 0:
        return _images.nearest(im, height, width).astype(np.float32)
    if interp_order != 1:
        from scipy.ndimage import zoom

        return zoom(im, (height / im.shape[0], width / im.shape[1], 1), order=interp_order).astype(np.float32)
    if im.shape[-1] not in (1, 3):
        return _images.linear(im, height, width, corners=True).astype(np.float32)
    return _images.linear(im, height, width, outside=float(im.min())).astype(np.float32)


def oversample(images, crop_dims):
    """Ten crops of each picture: the four corners and the centre, and the same mirrored.

    Args:
        images: Pictures of one size, height × width × channels.
        crop_dims: Height and width of the crops.

    Returns:
        The crops, 10·N × height × width × channels, float32: the ten of the first picture, then those of the second.
    """
    images = [np.asarray(image) for image in images]
    full_height, full_width = images[0].shape[:2]
    height, width = (int(extent) for extent in crop_dims)
    if height > full_height or width > full_width:
        raise ValueError("crops of %d×%d asked for of pictures of %d×%d" % (height, width, full_height, full_width))
    bottom, right = full_height - height, full_width - width
    corners = [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    corners.append((int(full_height / 2.0 - height / 2.0), int(full_width / 2.0 - width / 2.0)))
    crops = np.empty((len(images), 2, 5, height, width, images[0].shape[2]), dtype=np.float32)
    for index, image in enumerate(images):
        for place, (top, left) in enumerate(corners):
            crops[index, 0, place] = image[top : top + height, left : left + width]
        crops[index, 1] = crops[index, 0][:, :, ::-1]
    return crops.reshape((-1,) + crops.shape[3:])
