#!/usr/bin/env python
"""Draws the net of a prototxt."""

import argparse

from google.protobuf import text_format

import caffe
import caffe.draw
from caffe.proto import caffe_pb2

PHASES = {"TRAIN": caffe.TRAIN, "TEST": caffe.TEST, "ALL": None}


def main():
    """Runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("input_net_proto_file", help="The prototxt.")
    parser.add_argument("output_image_file", help="The picture to write; .raw for Graphviz's own text.")
    parser.add_argument("--rankdir", default="LR", help="The direction: LR, TB, BT or RL.")
    parser.add_argument("--phase", default="ALL", choices=sorted(PHASES), help="The phase whose layers to draw.")
    parser.add_argument("--display_lrm", action="store_true", help="Show the factors of the learning rate.")
    flags = parser.parse_args()
    with open(flags.input_net_proto_file) as stream:
        net = text_format.Merge(stream.read(), caffe_pb2.NetParameter())
    print("Drawing net to %s" % flags.output_image_file)
    caffe.draw.draw_net_to_file(net, flags.output_image_file, flags.rankdir, PHASES[flags.phase], flags.display_lrm)


if __name__ == "__main__":
    main()
