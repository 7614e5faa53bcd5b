"""Nets written in Python, the maps between their places, and their pictures."""

import shutil
import unittest

import numpy as np

import caffe
import caffe.draw
from caffe import layers as L, params as P
from caffe.coord_map import AxisMismatchException, compose, coord_map_from_to, crop, inverse
from support import FolderTest


def small_spec():
    """A convolution, a pooling, and the way back."""
    net = caffe.NetSpec()
    net.data = L.Input(shape=dict(dim=[1, 3, 32, 32]))
    net.conv = L.Convolution(net.data, num_output=4, kernel_size=3, stride=2, pad=1, weight_filler=dict(type="xavier"))
    net.relu = L.ReLU(net.conv, in_place=True)
    net.pool = L.Pooling(net.relu, pool=P.Pooling.AVE, kernel_size=2, stride=2)
    net.up = L.Deconvolution(net.pool, convolution_param=dict(num_output=2, kernel_size=8, stride=4, pad=2))
    return net


class Specifications(unittest.TestCase):
    def test_a_net_of_it_computes(self):
        message = small_spec().to_proto()
        self.assertEqual([layer.name for layer in message.layer], ["data", "conv", "relu", "pool", "up"])
        self.assertEqual(list(message.layer[2].top), ["conv"])
        self.assertEqual(message.layer[3].pooling_param.pool, P.Pooling.AVE)
        self.assertEqual(list(message.layer[4].convolution_param.kernel_size), [8])
        net = caffe.Net.from_prototxt(message, caffe.TEST)
        self.assertEqual(net.forward()["up"].shape, (1, 2, 32, 32))

    def test_names_are_made_up(self):
        data, label = L.DummyData(shape=[dict(dim=[2, 3]), dict(dim=2)], ntop=2)
        score = L.InnerProduct(data, num_output=4, param=[dict(lr_mult=1), dict(lr_mult=2)])
        message = L.SoftmaxWithLoss(score, label).to_proto()
        self.assertEqual([layer.name for layer in message.layer], ["DummyData1", "InnerProduct1", "SoftmaxWithLoss1"])
        self.assertEqual(message.layer[1].param[1].lr_mult, 2)
        both = caffe.to_proto(score, L.Softmax(score))
        self.assertEqual([layer.type for layer in both.layer], ["DummyData", "InnerProduct", "Softmax"])

    def test_layers_without_tops(self):
        net = caffe.NetSpec()
        net.x = L.DummyData(shape=dict(dim=2))
        net.quiet = L.Silence(net.x, ntop=0)
        message = net.to_proto()
        self.assertEqual((message.layer[1].name, list(message.layer[1].top)), ("quiet", []))
        self.assertEqual(caffe.Net.from_prototxt(message, caffe.TEST).forward(), {})

    def test_items_and_layer_fields(self):
        net = caffe.NetSpec()
        net["x"] = L.DummyData(shape=dict(dim=2), include=dict(phase=caffe.TRAIN))
        net.y = L.Python(net["x"], module="m", layer="l", param_str="s", loss_weight=1)
        layers = net.to_proto().layer
        self.assertEqual(layers[0].include[0].phase, caffe.TRAIN)
        self.assertEqual((layers[1].python_param.layer, layers[1].loss_weight[0]), ("l", 1))

    def test_what_is_wrong_is_said(self):
        net = small_spec()
        with self.assertRaisesRegex(TypeError, "input 0 is not a Top"):
            L.ReLU("data")
        with self.assertRaisesRegex(AttributeError, "kernel_sise"):
            L.Convolution(net.data, kernel_sise=3).to_proto()
        with self.assertRaisesRegex(AttributeError, "later"):
            net.later
        with self.assertRaises(AttributeError):
            P.Nonsense.MAX


class Maps(unittest.TestCase):
    def test_the_way_there_and_back(self):
        net = small_spec()
        axis, scale, shift = coord_map_from_to(net.up, net.data)
        self.assertEqual((axis, float(scale[0])), (1, 1))
        cropped = crop(net.up, net.data) if shift[0] <= 0 and shift[0] == round(shift[0]) else None
        back = compose((axis, scale, shift), inverse((axis, scale, shift)))
        self.assertEqual((float(back[1][0]), float(back[2][0])), (1, 0))
        self.assertTrue(cropped is None or cropped.fn.type_name == "Crop")

    def test_a_crop_is_what_the_layer_does(self):
        net = caffe.NetSpec()
        net.data = L.Input(shape=dict(dim=[1, 1, 9, 9]))
        net.conv = L.Convolution(net.data, num_output=1, kernel_size=5, weight_filler=dict(type="constant"))
        net.padded = L.Convolution(net.data, num_output=1, kernel_size=1, pad=3, weight_filler=dict(type="constant", value=1))
        net.crop = crop(net.padded, net.conv)
        self.assertEqual(list(net.to_proto().layer[-1].crop_param.offset), [5])
        values = np.arange(81).reshape(1, 1, 9, 9)
        found = caffe.Net.from_prototxt(net.to_proto(), caffe.TEST).forward(data=values)["crop"]
        self.assertEqual(found[0, 0].tolist(), values[0, 0, 2:7, 2:7].tolist())

    def test_maps_that_there_are_not(self):
        net = small_spec()
        net.score = L.InnerProduct(net.up, num_output=2)
        with self.assertRaises(RuntimeError):
            coord_map_from_to(net.score, net.data)
        with self.assertRaises(AssertionError):
            crop(net.pool, net.data)
        with self.assertRaises(AssertionError):
            coord_map_from_to(L.Convolution(net.data, num_output=1, kernel_h=3, kernel_w=3, kernel_size=3), net.data)
        with self.assertRaises(AxisMismatchException):
            compose((1, 1, 0), (2, 1, 0))


class Drawings(FolderTest):
    def test_the_text(self):
        message = small_spec().to_proto()
        text = caffe.draw.get_dot(message)
        for part in ("digraph", '"conv_Convolution"', "kernel size: 3", "Pooling AVE", '"conv_blob" -> "pool_Pooling"'):
            self.assertIn(part, text)
        self.assertIn("lr mult: 1.0, 1.0", caffe.draw.get_dot(message, display_lrm=True))
        caffe.draw.draw_net_to_file(message, self.file("net.raw"))
        with open(self.file("net.raw")) as stream:
            self.assertEqual(stream.read(), text)

    def test_phases(self):
        message = small_spec().to_proto()
        message.layer[1].include.add(phase=caffe.TRAIN)
        self.assertNotIn("conv_Convolution", caffe.draw.get_dot(message, phase=caffe.TEST))
        self.assertIn("conv_Convolution", caffe.draw.get_dot(message, phase=caffe.TRAIN))

    @unittest.skipIf(shutil.which("dot") is None, "Graphviz isn't there")
    def test_pictures(self):
        self.assertTrue(caffe.draw.draw_net(small_spec().to_proto(), "LR", "svg").lstrip().startswith(b"<?xml"))
        with self.assertRaises(RuntimeError):
            caffe.draw.draw_net(small_spec().to_proto(), "LR", "nonsense")


if __name__ == "__main__":
    unittest.main()
