"""A net that says what is in pictures."""

import numpy as np

from . import io
from ._net import Net
from .proto.caffe_pb2 import TEST


def transformer_of(net, mean, input_scale, raw_scale, channel_swap):
    """The preprocessing of a net whose one input takes pictures."""
    name = net.inputs[0]
    transformer = io.Transformer({name: net.blobs[name].shape})
    transformer.set_transpose(name, (2, 0, 1))
    if mean is not None:
        transformer.set_mean(name, mean)
    if input_scale is not None:
        transformer.set_input_scale(name, input_scale)
    if raw_scale is not None:
        transformer.set_raw_scale(name, raw_scale)
    if channel_swap is not None:
        transformer.set_channel_swap(name, channel_swap)
    return transformer


class Classifier(Net):
    """A net for pictures, with its preprocessing.

    Args:
        model_file: The prototxt of a net with one input.
        pretrained_file: Its weights.
        image_dims: Height and width to which pictures are brought before they are cropped; the net's own without.
        mean: What is subtracted: a value for each channel, or a picture.
        input_scale: The factor after the mean.
        raw_scale: The factor before it.
        channel_swap: The order of the channels, ``(2, 1, 0)`` for nets that take BGR.
    """

    def __init__(
        self, model_file, pretrained_file, image_dims=None, mean=None, input_scale=None, raw_scale=None, channel_swap=None
    ):
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = transformer_of(self, mean, input_scale, raw_scale, channel_swap)
        self.crop_dims = np.array(self.blobs[self.inputs[0]].shape[2:])
        self.image_dims = tuple(self.crop_dims) if image_dims is None else tuple(image_dims)

    def predict(self, inputs, oversample=True):
        """Classifies pictures.

        Args:
            inputs: Pictures, height × width × channels, such as ``caffe.io.load_image`` gives.
            oversample: Whether to take the mean over ten crops of each; otherwise the centre alone.

        Returns:
            Probabilities, pictures × classes.
        """
        pictures = np.stack([io.resize_image(picture, self.image_dims) for picture in inputs])
        if oversample:
            crops = io.oversample(pictures, self.crop_dims)
        else:
            top, left = ((np.array(self.image_dims) - self.crop_dims) / 2.0).astype(int)
            crops = pictures[:, top : top + self.crop_dims[0], left : left + self.crop_dims[1]]
        name = self.inputs[0]
        batch = np.stack([self.transformer.preprocess(name, crop) for crop in crops])
        scores = self.forward_all(**{name: batch})[self.outputs[0]]
        if oversample:
            scores = scores.reshape((len(scores) // 10, 10, -1)).mean(axis=1)
        return scores
