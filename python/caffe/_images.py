"""Resizing and cropping of pictures in NumPy alone."""

import numpy as np


def _taps(count, wanted, corners):
    """For each place of a resized axis: the two old places around it, and the weight of the second.

    Places that are outside are -1 or `count`. With `corners` the first and last values of both grids coincide, otherwise their borders.
    """
    if corners:
        places = np.arange(wanted) * ((count - 1) / (wanted - 1) if wanted > 1 else 0.0)
    else:
        places = (np.arange(wanted) + 0.5) * (count / wanted) - 0.5
    below = np.floor(places).astype(int)
    return below, below + 1, (places - below)


def _linear_axis(values, axis, wanted, corners, outside):
    count = values.shape[axis]
    below, above, weight = _taps(count, wanted, corners)
    # One more value at each end stands for what is outside.
    padding = [(0, 0)] * values.ndim
    padding[axis] = (1, 1)
    if outside is None:
        padded = np.pad(values, padding, mode="edge")
    else:
        padded = np.pad(values, padding, mode="constant", constant_values=outside)
    shape = [1] * values.ndim
    shape[axis] = wanted
    weight = weight.reshape(shape)
    first = np.take(padded, np.clip(below + 1, 0, count + 1), axis)
    second = np.take(padded, np.clip(above + 1, 0, count + 1), axis)
    return first * (1 - weight) + second * weight


def linear(image, height, width, corners=False, outside=None):
    """`image`, H × W × K, in another size, linearly interpolated; `outside` is the value around it, the edge's own without."""
    image = np.asarray(image, dtype=np.float64)
    rows = _linear_axis(image, 0, height, corners, outside)
    return _linear_axis(rows, 1, width, corners, outside)


def nearest(image, height, width):
    """`image`, H × W × K, in another size, of the nearest pixels."""
    rows = np.minimum((np.arange(height) + 0.5) * (image.shape[0] / height), image.shape[0] - 1).astype(int)
    columns = np.minimum((np.arange(width) + 0.5) * (image.shape[1] / width), image.shape[1] - 1).astype(int)
    return np.asarray(image)[rows][:, columns]
