"""Layers written in Python."""

import gc
import sys
import traceback
import unittest

import numpy as np

import caffe
from support import FolderTest


class Scale(caffe.Layer):
    """Multiplies by a learned factor, which param_str gives at the start."""

    alive = 0

    def setup(self, bottom, top):
        if len(bottom) != 1:
            raise ValueError("Scale takes one bottom")
        self.blobs.add_blob(1)
        self.blobs[0].data[0] = float(self.param_str)
        Scale.alive += 1

    def __del__(self):
        Scale.alive -= 1

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = self.blobs[0].data[0] * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[0] += (top[0].diff * bottom[0].data).sum()
        if propagate_down[0]:
            bottom[0].diff[...] = self.blobs[0].data[0] * top[0].diff


class Facts(caffe.Layer):
    """Notes what it is told of itself."""

    def __init__(self, param):
        super().__init__(param)
        self.message = param

    def reshape(self, bottom, top):
        top[0].reshape(2)

    def forward(self, bottom, top):
        top[0].data[...] = [self.phase, len(self.param_str_)]


class Faulty(caffe.Layer):
    """Fails where param_str says."""

    def setup(self, bottom, top):
        self.fail("setup")

    def reshape(self, bottom, top):
        self.fail("reshape")
        top[0].reshape(1)

    def forward(self, bottom, top):
        self.fail("forward")

    def fail(self, place):
        if self.param_str == place:
            raise LookupError("failed in " + place)


class Forgetful(caffe.Layer):
    """Gives no forward."""

    def reshape(self, bottom, top):
        top[0].reshape(1)


def net(layer, param="", phase=caffe.TRAIN, module=__name__):
    """A net with one Python layer."""
    return caffe.Net.from_prototxt(
        """
        force_backward: true
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "own" type: "Python" bottom: "x" top: "y"
          python_param { module: "%s" layer: "%s" param_str: "%s" } }
        """ % (module, layer, param),
        phase,
    )


class PythonLayers(FolderTest):
    def test_forward_and_backward(self):
        scaled = net("Scale", "10")
        values = np.arange(6).reshape(2, 3)
        self.assertEqual(scaled.forward(x=values)["y"].tolist(), (10 * values).tolist())
        self.assertEqual(scaled.backward(y=np.ones((2, 3)))["x"].tolist(), [[10] * 3] * 2)
        self.assertEqual(scaled.params["own"][0].diff.tolist(), [15])
        self.assertEqual(scaled.layers[1].type, "Python")
        self.assertIsInstance(scaled.layers[1], Scale)

    def test_reshaping(self):
        scaled = net("Scale", "2")
        scaled.blobs["x"].reshape(4, 1, 2)
        scaled.blobs["x"].data[...] = 3
        self.assertEqual(scaled.forward()["y"].tolist(), np.full((4, 1, 2), 6).tolist())

    def test_what_a_layer_is_told(self):
        for phase in (caffe.TRAIN, caffe.TEST):
            told = net("Facts", "four", phase)
            self.assertEqual(told.forward()["y"].tolist(), [phase, 4])
            self.assertEqual((told.layers[1].name, told.layers[1].message.python_param.layer), ("own", "Facts"))

    def test_exceptions_come_out_as_they_are(self):
        for place in ("setup", "reshape"):
            trace = ""
            try:
                net("Faulty", place)
            except LookupError:
                trace = traceback.format_exc()
            self.assertIn("failed in " + place, trace)
            self.assertIn("in fail", trace)
        faulty = net("Faulty", "forward")
        for _ in range(2):
            with self.assertRaisesRegex(LookupError, "forward"):
                faulty.forward()
        with self.assertRaises(NotImplementedError):
            net("Forgetful").forward()
        with self.assertRaises(ValueError):
            net("Scale", "many")
        with self.assertRaises(AttributeError):
            net("Missing")
        with self.assertRaisesRegex(ModuleNotFoundError, "PYTHONPATH"):
            net("Scale", module="no_such_module")

    def test_weights_are_kept(self):
        one, two = net("Scale", "4"), net("Scale", "5")
        one.save(self.file("w.caffemodel"))
        two.copy_from(self.file("w.caffemodel"))
        self.assertEqual(two.layers[1].blobs[0].data[0], 4)
        two.share_with(one)
        one.params["own"][0].data[0] = 6
        self.assertEqual(two.layers[1].blobs[0].data[0], 6)

    def test_a_kept_view_of_a_layer_follows(self):
        scaled = net("Scale", "1")
        factor = scaled.layers[1].blobs[0].data
        for value in (2, 3):
            factor[0] = value
            self.assertEqual(scaled.forward(x=np.ones((2, 3)))["y"][0, 0], value)

    def test_a_python_layer_is_trained(self):
        solver = caffe.SGDSolver.from_prototxt(
            """
            base_lr: 0.1 lr_policy: "fixed" max_iter: 150
            train_net_param {
              layer { name: "x" type: "DummyData" top: "x"
                dummy_data_param { shape { dim: 8 dim: 1 } data_filler { type: "uniform" min: -1 max: 1 } } }
              layer { name: "goal" type: "Power" bottom: "x" top: "goal" power_param { scale: 3 } }
              layer { name: "own" type: "Python" bottom: "x" top: "y"
                python_param { module: "%s" layer: "Scale" param_str: "0" } }
              layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "goal" top: "loss" }
            }
            """ % __name__
        )
        solver.step(150)
        self.assertAlmostEqual(float(solver.net.params["own"][0].data[0]), 3, delta=0.3)

    def test_layers_go_with_their_net(self):
        gc.collect()
        before = Scale.alive
        kept = [net("Scale", "1") for _ in range(20)]
        self.assertEqual(Scale.alive, before + 20)
        kept.clear()
        gc.collect()
        self.assertEqual(Scale.alive, before)

    def test_parameters_are_only_added_in_setup(self):
        with self.assertRaises(RuntimeError):
            net("Scale", "1").layers[1].blobs.add_blob(1)


sys.modules.setdefault("test_python_layer", sys.modules[__name__])

if __name__ == "__main__":
    unittest.main()
