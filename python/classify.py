#!/usr/bin/env python
"""Classifies a picture, a folder of pictures or an array of them, and writes the scores as a NumPy file."""

import argparse
import glob
import os
import time

import numpy as np

import caffe

HERE = os.path.dirname(os.path.abspath(__file__))
MEAN = os.path.join(HERE, "caffe", "imagenet", "ilsvrc_2012_mean.npy")
MODEL = os.path.join(HERE, "..", "models", "bvlc_reference_caffenet")


def add_net_flags(parser):
    """The flags that classify.py and detect.py share."""
    parser.add_argument("--model_def", default=os.path.join(MODEL, "deploy.prototxt"), help="The net's prototxt.")
    parser.add_argument(
        "--pretrained_model", default=os.path.join(MODEL, "bvlc_reference_caffenet.caffemodel"), help="Its weights."
    )
    parser.add_argument("--gpu", action="store_true", help="Compute on a GPU.")
    parser.add_argument(
        "--mean_file", default=MEAN,
        help="The mean picture, channels × height × width, a NumPy file or a .binaryproto; '' for none.",
    )
    parser.add_argument("--input_scale", type=float, help="The factor after the mean.")
    parser.add_argument("--raw_scale", type=float, default=255.0, help="The factor before the mean.")
    parser.add_argument(
        "--channel_swap", default="2,1,0", help="The order of the channels; the default makes BGR of RGB; '' for none."
    )


def numbers(text):
    """The numbers of a list with commas; None for an empty one."""
    return [int(part) for part in text.split(",")] if text else None


def mean_picture(file):
    """The mean of a NumPy file or a .binaryproto; None for no name. Where the default isn't there, the one of data/ilsvrc12 does."""
    if not file:
        return None
    tutorial = os.path.join(HERE, "..", "data", "ilsvrc12", "imagenet_mean.binaryproto")
    if file == MEAN and not os.path.exists(file):
        file = tutorial
        if not os.path.exists(file):
            raise SystemExit("there is no mean of ImageNet: run data/ilsvrc12/get_ilsvrc_aux.sh, or give --mean_file ('' for none)")
    if not file.endswith(".binaryproto"):
        return np.load(file)
    with open(file, "rb") as stream:
        return caffe.io.blobproto_to_array(caffe.proto.caffe_pb2.BlobProto.FromString(stream.read()))[0]


def choose_device(is_gpu):
    """Sets the device that the flag asks for."""
    if is_gpu:
        caffe.set_mode_gpu()
    else:
        caffe.set_mode_cpu()
    print("GPU mode" if is_gpu else "CPU mode")


def pictures(path, ending):
    """The pictures of an array file, a folder or a picture file."""
    path = os.path.expanduser(path)
    if path.endswith(".npy"):
        return np.load(path)
    files = sorted(glob.glob(os.path.join(path, "*." + ending))) if os.path.isdir(path) else [path]
    if not files:
        raise SystemExit("%s: there are no files *.%s in this folder; --ext says what they end with" % (path, ending))
    return [caffe.io.load_image(file) for file in files]


def main():
    """Runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input_file", help="A picture, a folder of them, or an array file (.npy).")
    parser.add_argument("output_file", help="The NumPy file to write: scores, pictures × classes.")
    add_net_flags(parser)
    parser.add_argument("--center_only", action="store_true", help="Take the centre of a picture, not ten crops of it.")
    parser.add_argument("--images_dim", default="256,256", help="The height,width that pictures are brought to first.")
    parser.add_argument("--ext", default="jpg", help="What the pictures of a folder end with.")
    flags = parser.parse_args()

    choose_device(flags.gpu)
    classifier = caffe.Classifier(
        flags.model_def, flags.pretrained_model, image_dims=numbers(flags.images_dim),
        mean=mean_picture(flags.mean_file), input_scale=flags.input_scale,
        raw_scale=flags.raw_scale, channel_swap=numbers(flags.channel_swap),
    )
    inputs = pictures(flags.input_file, flags.ext)
    print("Classifying %d inputs." % len(inputs))
    start = time.time()
    scores = classifier.predict(inputs, not flags.center_only)
    print("Done in %.2f s." % (time.time() - start))
    print("Saving results into %s" % flags.output_file)
    # By the name itself: np.save would add an ending.
    with open(flags.output_file, "wb") as stream:
        np.save(stream, scores)


if __name__ == "__main__":
    main()
