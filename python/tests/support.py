"""What the tests share."""

import os
import shutil
import tempfile
import unittest

import caffe

CONVOLUTION = """
name: "small" force_backward: true
layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ dim: {batch} dim: 3 dim: 8 dim: 8 }} }} }}
layer {{
  name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {{ num_output: 4 kernel_size: 3 weight_filler {{ type: "xavier" }} bias_filler {{ type: "constant" value: 1 }} }}
}}
layer {{ name: "relu" type: "ReLU" bottom: "conv" top: "conv" }}
layer {{
  name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param {{ num_output: 5 weight_filler {{ type: "xavier" }} }}
}}
layer {{ name: "prob" type: "Softmax" bottom: "ip" top: "prob" }}
"""

TRAINING = """
base_lr: 0.3 lr_policy: "fixed" max_iter: {iterations} test_iter: 3 test_interval: 10 display: 5
snapshot_after_train: {snapshots} snapshot_prefix: "{prefix}"
net_param {{
  name: "line"
  layer {{
    name: "x" type: "DummyData" top: "x"
    dummy_data_param {{ shape {{ dim: 32 dim: 1 }} data_filler {{ type: "uniform" min: -1 max: 1 }} }}
  }}
  layer {{ name: "goal" type: "Power" bottom: "x" top: "goal" power_param {{ scale: 3 shift: 2 }} }}
  layer {{ name: "line" type: "InnerProduct" bottom: "x" top: "y" inner_product_param {{ num_output: 1 }} }}
  layer {{ name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "goal" top: "loss" }}
}}
"""


def convolution_net(batch=2, phase=caffe.TEST):
    """A small net for pictures."""
    return caffe.Net.from_prototxt(CONVOLUTION.format(batch=batch), phase)


def solver_text(prefix, iterations=40, snapshots="false"):
    """A training of a straight line."""
    return TRAINING.format(prefix=prefix, iterations=iterations, snapshots=snapshots)


class FolderTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="caffe-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, text=None):
        """The path of a file in the folder, written if there is text."""
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w") as stream:
                stream.write(text)
        return path
