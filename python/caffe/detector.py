"""A net that looks at windows of pictures: R-CNN's way (Girshick, Donahue, Darrell, Malik: "Rich feature hierarchies for accurate object
detection and semantic segmentation", 2014)."""

import os

import numpy as np

from . import io
from ._net import Net
from .classifier import transformer_of
from .proto.caffe_pb2 import TEST


class Detector(Net):
    """A net for windows of pictures, with its preprocessing.

    Args:
        model_file: The prototxt of a net with one input.
        pretrained_file: Its weights.
        mean, input_scale, raw_scale, channel_swap: As for :class:`caffe.Classifier`.
        context_pad: How many pixels of the net's input show what is around the window, on each side.
    """

    def __init__(
        self, model_file, pretrained_file, mean=None, input_scale=None, raw_scale=None, channel_swap=None, context_pad=None
    ):
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = transformer_of(self, mean, input_scale, raw_scale, channel_swap)
        self.configure_crop(context_pad)

    def detect_windows(self, images_windows):
        """Computes the net's output for windows, each warped to the size of its input.

        Args:
            images_windows: Pairs of a picture file and its windows, each ``ymin, xmin, ymax, xmax``.

        Returns:
            A dictionary for each window: ``window``, ``prediction``, ``filename``.
        """
        found = []
        inputs = []
        name = self.inputs[0]
        for file, windows in images_windows:
            picture = io.load_image(file)
            for window in windows:
                found.append({"window": window, "prediction": None, "filename": file})
                inputs.append(self.transformer.preprocess(name, self.crop(picture, window)))
        if not found:
            return found
        predictions = self.forward_all(**{name: np.stack(inputs)})[self.outputs[0]]
        for entry, prediction in zip(found, predictions):
            entry["prediction"] = prediction
        return found

    def detect_selective_search(self, image_fnames):
        """As :meth:`detect_windows`, with the windows of Selective Search, by the package ``selective_search_ijcv_with_python``."""
        import selective_search_ijcv_with_python as selective_search

        files = [os.path.abspath(file) for file in image_fnames]
        windows = selective_search.get_windows(files, cmd="selective_search_rcnn")
        return self.detect_windows(zip(files, windows))

    def crop(self, im, window):
        """Cuts a window out of a picture; with ``context_pad`` in the input's size, with what is around it.

        Args:
            im: The picture, height × width × channels.
            window: ``ymin, xmin, ymax, xmax``.
        """
        window = np.asarray(window)
        if not self.context_pad:
            top, left, bottom, right = window.astype(int)
            return im[top:bottom, left:right]
        side = self.blobs[self.inputs[0]].width
        # The window grows about its centre until it fills all but the border.
        grown = side / (side - 2.0 * self.context_pad)
        half = (window[2:] - window[:2] + 1) / 2.0
        centre = window[:2] + half
        box = np.round(np.concatenate([centre - grown * half, centre + grown * half]))
        scale = side / (box[2:] - box[:2] + 1)
        # Where the box hangs over the picture's edge, the mean shows.
        offset = np.round(np.maximum(0, -box[:2]) * scale).astype(int)
        limits = np.array(im.shape[:2])
        box = np.clip(box, 0, np.tile(limits, 2)).astype(int)
        extent = box[2:] - box[:2] + 1
        if (extent <= 0).any() or box[2] <= box[0] or box[3] <= box[1]:
            raise ValueError("the window %s is outside a picture of %d×%d" % (tuple(window), im.shape[0], im.shape[1]))
        size = np.minimum(np.round(extent * scale).astype(int), side - offset)
        part = io.resize_image(im[box[0] : box[2], box[1] : box[3]], size)
        whole = np.ones(self.crop_dims, dtype=np.float32) * self.crop_mean
        whole[offset[0] : offset[0] + size[0], offset[1] : offset[1] + size[1]] = part
        return whole

    def configure_crop(self, context_pad):
        """Sets how much of what is around a window is shown."""
        name = self.inputs[0]
        inverse = np.argsort(self.transformer.transpose[name])
        self.crop_dims = np.array(self.blobs[name].shape[1:])[inverse]
        self.context_pad = context_pad
        mean = self.transformer.mean.get(name)
        if mean is None:
            self.crop_mean = np.zeros(self.crop_dims, dtype=np.float32)
            return
        # The mean as a picture, before any preprocessing.
        picture = np.array(mean, dtype=np.float32).transpose(inverse)
        swap = self.transformer.channel_swap.get(name)
        if swap is not None:
            picture = picture[:, :, np.argsort(swap)]
        self.crop_mean = picture / self.transformer.raw_scale.get(name, 1)
