"""Where the values of one blob lie over those of another, for cropping.

A map is ``(axis, scale, shift)``: place x of the first blob along each axis from ``axis`` on lies over ``scale · x + shift`` of the other.
``(None, 1, 0)`` leaves all places as they are. Long, Shelhamer, Darrell: "Fully convolutional networks for semantic segmentation", 2015.
"""

import numpy as np

from .net_spec import layers

PASS_THROUGH_LAYERS = [
    "AbsVal", "BatchNorm", "Bias", "BNLL", "Dropout", "Eltwise", "ELU", "Log", "LRN", "Exp", "MVN", "Power", "ReLU",
    "PReLU", "Scale", "Sigmoid", "Split", "TanH", "Threshold", "Clip", "Swish",
]

_IDENTITY = (None, 1, 0)


class UndefinedMapException(Exception):
    """The layer has no map of places: an inner product, for example."""


class AxisMismatchException(Exception):
    """The maps begin at different axes."""


def conv_params(fn):
    """The axis before the first that is mapped, and for each axis stride, extent of the kernel with its dilation, and padding."""
    own = fn.params.get("convolution_param", fn.params)
    apart = {"pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w"} & (set(own) | set(fn.params))
    assert not apart, "the layer has %s; give kernel_size, stride and pad" % ", ".join(sorted(apart))
    kernel = np.array(own["kernel_size"], ndmin=1)
    dilation = np.array(own.get("dilation", 1), ndmin=1)
    stride = np.array(own.get("stride", 1), ndmin=1)
    pad = np.array(own.get("pad", 0), ndmin=1)
    return own.get("axis", 1), stride, (kernel - 1) * dilation + 1, pad


def crop_params(fn):
    """The first axis that a Crop layer crops, and its offsets."""
    own = fn.params.get("crop_param", fn.params)
    return own.get("axis", 2), np.array(own.get("offset", 0), ndmin=1)


def coord_map(fn):
    """The map of one layer, from its bottom to its top.

    Raises:
        UndefinedMapException: The layer has none.
    """
    if fn.type_name in ("Convolution", "Pooling", "Im2col"):
        axis, stride, extent, pad = conv_params(fn)
        return axis, 1 / stride, (pad - (extent - 1) / 2) / stride
    if fn.type_name == "Deconvolution":
        axis, stride, extent, pad = conv_params(fn)
        return axis, stride, (extent - 1) / 2 - pad
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        return axis - 1, 1, -offset
    if fn.type_name in PASS_THROUGH_LAYERS:
        return _IDENTITY
    raise UndefinedMapException(fn.type_name)


def compose(base_map, next_map):
    """The map that takes ``next_map`` first and ``base_map`` then.

    Raises:
        AxisMismatchException: They begin at different axes.
    """
    axis, scale, shift = base_map
    next_axis, next_scale, next_shift = next_map
    if axis is not None and next_axis is not None and axis != next_axis:
        raise AxisMismatchException("axes %d and %d" % (axis, next_axis))
    return axis if axis is not None else next_axis, scale * next_scale, scale * next_shift + shift


def inverse(coord_map):
    """The map the other way."""
    axis, scale, shift = coord_map
    return axis, 1 / scale, -shift / scale


def _ancestors(top):
    """All blobs from which a map leads to ``top``, with their maps, nearest first."""
    maps = {top: _IDENTITY}
    waiting = [top]
    for blob in waiting:
        try:
            step = coord_map(blob.fn)
        except UndefinedMapException:
            continue
        # What a Crop layer crops to only gives sizes.
        bottoms = blob.fn.inputs[:1] if blob.fn.type_name == "Crop" else blob.fn.inputs
        for bottom in bottoms:
            if bottom not in maps:
                maps[bottom] = compose(maps[blob], step)
                waiting.append(bottom)
    return maps


def coord_map_from_to(top_from, top_to):
    """The map from one blob to another, by way of a blob that both come from.

    Raises:
        RuntimeError: There is none.
    """
    from_maps = _ancestors(top_from)
    for blob, to_map in _ancestors(top_to).items():
        if blob in from_maps:
            return compose(to_map, inverse(from_maps[blob]))
    raise RuntimeError("no layers with maps of places connect the two blobs")


def crop(top_from, top_to):
    """A Crop layer that cuts the first blob to what lies over the second.

    Raises:
        AssertionError: The scales differ, or the offset is negative or no whole number.
    """
    axis, scale, shift = coord_map_from_to(top_from, top_to)
    assert np.all(scale == 1), "the blobs' scales differ by %s" % (scale,)
    assert np.all(shift <= 0), "the offset would be negative, %s" % (-shift,)
    assert np.all(np.round(shift) == shift), "the offset would be no whole number, %s" % (-shift,)
    offset = [int(value) for value in np.atleast_1d(-np.round(shift))]
    return layers.Crop(top_from, top_to, crop_param=dict(axis=axis + 1, offset=offset))
