"""Nets: what they consist of, what they compute, how they are kept."""

import pickle
import unittest

import numpy as np

import caffe
from support import CONVOLUTION, FolderTest, convolution_net


class Structure(unittest.TestCase):
    def setUp(self):
        self.net = convolution_net()

    def test_names(self):
        net = self.net
        self.assertEqual(list(net.blobs), ["data", "conv", "ip", "prob"])
        self.assertEqual(net._layer_names, ["data", "conv", "relu", "ip", "prob"])
        self.assertEqual([layer.type for layer in net.layers], ["Input", "Convolution", "ReLU", "InnerProduct", "Softmax"])
        self.assertEqual((net.inputs, net.outputs), (["data"], ["prob"]))
        self.assertEqual(net.bottom_names["ip"], ["conv"])
        self.assertEqual(net.top_names["conv"], ["conv"])
        self.assertEqual(list(net.params), ["conv", "ip"])
        self.assertEqual([blob.shape for blob in net.params["conv"]], [(4, 3, 3, 3), (4,)])
        self.assertIs(net.layer_dict["conv"], net.layers[1])
        self.assertEqual((net.name, net.phase), ("small", caffe.TEST))

    def test_a_wrong_name_lists_near_ones(self):
        with self.assertRaisesRegex(KeyError, "prop.*prob"):
            self.net.blobs["prop"]
        with self.assertRaisesRegex(KeyError, "convv.*conv"):
            self.net.forward(end="convv")
        with self.assertRaises(KeyError):
            self.net.params["relu"]

    def test_loss_weights(self):
        net = caffe.Net.from_prototxt(
            """
            layer { name: "d" type: "DummyData" top: "x" top: "y" dummy_data_param { shape { dim: 2 } } }
            layer { name: "l" type: "EuclideanLoss" bottom: "x" bottom: "y" top: "l" loss_weight: 0.5 }
            """,
            caffe.TRAIN,
        )
        self.assertEqual(dict(net.blob_loss_weights), {"x": 0, "y": 0, "l": 0.5})

    def test_tables(self):
        self.assertIn("4×3", repr(convolution_net(batch=4)))
        text, page = repr(self.net), self.net._repr_html_()
        for part in ("small, TEST", "Convolution", "112", "2×4×6×6"):
            self.assertIn(part, text)
            self.assertIn(part, page)
        self.assertTrue(page.startswith("<table>") and "<td>ip</td>" in page)

    def test_dictionary(self):
        layers = self.net.to_dict()["layer"]
        self.assertEqual(layers[1]["convolution_param"]["num_output"], 4)
        self.assertEqual([layer["name"] for layer in layers], self.net._layer_names)

    def test_levels_and_stages(self):
        text = """
        layer { name: "d" type: "DummyData" top: "d" dummy_data_param { shape { dim: 1 } } }
        layer { name: "high" type: "ReLU" bottom: "d" top: "high" include { min_level: 2 } }
        layer { name: "staged" type: "ReLU" bottom: "d" top: "staged" include { stage: "s" } }
        layer { name: "train" type: "ReLU" bottom: "d" top: "train" include { phase: TRAIN } }
        """
        for keywords, expected in (
            ({}, ["train"]), ({"level": 2}, ["high", "train"]), ({"stages": ["s", "t"]}, ["staged", "train"]),
            ({"stages": "s"}, ["staged", "train"]),
        ):
            net = caffe.Net.from_prototxt(text, caffe.TRAIN, **keywords)
            self.assertEqual(net.outputs, sorted(expected))


class Computing(unittest.TestCase):
    def setUp(self):
        self.net = convolution_net()
        self.input = np.random.RandomState(1).rand(2, 3, 8, 8)

    def test_forward_takes_arrays_and_gives_views(self):
        result = self.net.forward(data=self.input, blobs=["ip"])
        self.assertEqual(sorted(result), ["ip", "prob"])
        np.testing.assert_allclose(result["prob"].sum(axis=1), 1, rtol=1e-5)
        before = result["prob"].copy()
        self.net.forward(data=1 - self.input)
        self.assertGreater(abs(result["prob"] - before).max(), 1e-6)
        self.assertEqual(self.net.forward(data=self.input.tolist())["prob"].tolist(), before.tolist())

    def test_a_convolution_is_what_numpy_says(self):
        values = self.net.forward(data=self.input, end="conv")["conv"].copy()
        weights, bias = (blob.data for blob in self.net.params["conv"])
        patch = self.input[1, :, 2:5, 3:6]
        expected = (weights * patch).sum(axis=(1, 2, 3)) + bias
        np.testing.assert_allclose(values[1, :, 2, 3], expected, rtol=1e-4)

    def test_parts_of_the_net(self):
        self.net.forward(data=self.input)
        self.net.blobs["ip"].data[...] = 0
        result = self.net.forward(start="prob")
        np.testing.assert_allclose(result["prob"], 0.2, rtol=1e-6)
        self.assertEqual(list(self.net.forward(end="ip")), ["ip"])

    def test_backward_gives_the_slope(self):
        seed = np.zeros((2, 5))
        seed[0, 2] = 1
        self.net.forward(data=self.input)
        slope = self.net.backward(prob=seed)["data"][0, 1, 4, 4]
        step = np.zeros_like(self.input)
        step[0, 1, 4, 4] = 0.01
        high = float(self.net.forward(data=self.input + step)["prob"][0, 2])
        low = float(self.net.forward(data=self.input - step)["prob"][0, 2])
        self.assertAlmostEqual(slope, (high - low) / 0.02, places=4)
        self.assertEqual(sorted(self.net.backward(diffs=["ip"], prob=seed)), ["data", "ip"])
        self.net.clear_param_diffs()
        self.assertEqual(abs(self.net.params["ip"][0].diff).max(), 0)

    def test_any_number_of_records(self):
        many = np.random.RandomState(2).rand(5, 3, 8, 8)
        one_by_one = [self.net.forward(data=np.stack([record, record]))["prob"][0].copy() for record in many]
        np.testing.assert_allclose(self.net.predict(many), one_by_one, rtol=1e-5)
        np.testing.assert_allclose(self.net.forward_all(data=many)["prob"], one_by_one, rtol=1e-5)
        outputs, gradients = self.net.forward_backward_all(data=many, blobs=["ip"], prob=np.ones((5, 5)))
        self.assertEqual((outputs["ip"].shape, gradients["data"].shape), ((5, 5), (5, 3, 8, 8)))
        with self.assertRaisesRegex(ValueError, "in a row"):
            self.net.predict(many[0])

    def test_arrays_that_do_not_fit(self):
        for wrong, error, words in (
            ({"data": np.zeros((2, 3, 8, 9))}, ValueError, "8, 9.*reshape"),
            ({"image": self.input}, ValueError, "image.*data"),
            ({"data": np.full((2, 3, 8, 8), "a")}, TypeError, "numbers"),
            ({"data": np.full((2, 3, 8, 8), None)}, TypeError, "numbers"),
            ({"data": np.zeros((2, 3, 8, 8), complex)}, TypeError, "complex"),
        ):
            with self.assertRaisesRegex(error, words):
                self.net.forward(**wrong)
        integers = np.arange(2 * 3 * 64).reshape(2, 3, 8, 8)
        turned = np.asfortranarray(integers.astype(np.float64))
        self.assertEqual(self.net.forward(data=integers)["prob"].tolist(), self.net.forward(data=turned)["prob"].tolist())

    def test_reshaping(self):
        self.net.blobs["data"].reshape(7, 3, 10, 10)
        with self.assertRaises(caffe.CaffeError) as caught:
            self.net.reshape()
        self.assertEqual((caught.exception.code, caught.exception.layer), ("shape", "ip"))
        self.net.blobs["data"].reshape(7, 3, 8, 8)
        self.net.reshape()
        self.assertEqual(self.net.blobs["prob"].shape, (7, 5))
        self.assertEqual(self.net.forward()["prob"].shape, (7, 5))

    def test_hooks(self):
        seen = []
        self.net.before_forward(lambda layer: seen.append(("f", layer)))
        self.net.after_backward(lambda layer: seen.append(("b", layer)))
        self.net.forward()
        self.net.backward()
        self.assertEqual([place for place in seen if place[0] == "f"], [("f", index) for index in range(5)])
        self.assertEqual([layer for what, layer in seen if what == "b"][0], 4)
        self.net.after_forward(lambda layer: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            self.net.forward()

    def test_a_closed_net(self):
        with convolution_net() as net:
            kept = net.forward()["prob"]
        self.assertEqual(kept.shape, (2, 5))
        for use in (net.forward, net.backward, net.reshape, lambda: net.blobs["data"], lambda: net.save("x")):
            with self.assertRaises(caffe.CaffeError) as caught:
                use()
            self.assertEqual(caught.exception.code, "handle")
        net.close()

    def test_memory_data(self):
        net = caffe.Net.from_prototxt(
            """
            layer { name: "m" type: "MemoryData" top: "x" top: "y"
              memory_data_param { batch_size: 2 channels: 1 height: 1 width: 3 } }
            """,
            caffe.TEST,
        )
        images = np.arange(12).reshape(4, 1, 1, 3)
        net.set_input_arrays(images, np.arange(4))
        net.forward()
        self.assertEqual(net.forward()["y"].tolist(), [2, 3])
        with self.assertRaises(caffe.CaffeError):
            net.set_input_arrays(images[:3], np.arange(3))
        with self.assertRaises(ValueError):
            net.set_input_arrays(images, np.arange(3))
        with self.assertRaisesRegex(caffe.CaffeError, "MemoryData"):
            self.net.set_input_arrays(images, np.arange(4))


class Weights(FolderTest):
    def assert_same_weights(self, one, two):
        for name in one.params:
            for a, b in zip(one.params[name], two.params[name]):
                self.assertEqual(a.data.tolist(), b.data.tolist())

    def test_files(self):
        first = convolution_net()
        model = self.file("net.prototxt", CONVOLUTION.format(batch=1))
        first.save(self.file("a.caffemodel"))
        first.save_hdf5(self.file("a.h5"))
        for weights in ("a.caffemodel", "a.h5"):
            self.assert_same_weights(first, caffe.Net(model, caffe.TEST, weights=self.file(weights)))
        second = caffe.Net(model, caffe.TEST)
        second.load_hdf5(self.file("a.h5"))
        self.assert_same_weights(first, second)
        with self.assertWarns(DeprecationWarning):
            self.assert_same_weights(first, caffe.Net(model, self.file("a.caffemodel"), caffe.TEST))

    def test_pickles(self):
        net = convolution_net()
        values = np.random.RandomState(3).rand(2, 3, 8, 8)
        again = pickle.loads(pickle.dumps(net))
        self.assert_same_weights(net, again)
        self.assertEqual(net.forward(data=values)["prob"].tolist(), again.forward(data=values)["prob"].tolist())

    def test_sharing(self):
        one, two = convolution_net(), convolution_net()
        two.share_with(one)
        one.params["ip"][0].data[...] = 7
        self.assertTrue((two.params["ip"][0].data == 7).all())
        held = two.params["ip"][0].data
        held[...] = 0
        np.testing.assert_allclose(one.forward()["prob"], 0.2, rtol=1e-6)

    def test_what_is_wrong_is_said(self):
        bad = self.file("bad.prototxt", 'name: "bad"\nlayer { name: "a" type: "Convolution" bottom: "none" top: "a" }\n')
        with self.assertRaises(caffe.CaffeError) as caught:
            caffe.Net(bad, caffe.TEST)
        error = caught.exception
        self.assertEqual((error.code, error.layer, error.file, error.line), ("graph", "a", bad, 2))
        self.assertIn(bad + ":2", str(error))
        self.assertEqual(str(pickle.loads(pickle.dumps(error))), str(error))
        with self.assertRaises(RuntimeError) as caught:
            caffe.Net(self.file("missing.prototxt"), caffe.TEST)
        self.assertEqual((caught.exception.code, caught.exception.file), ("file", self.file("missing.prototxt")))
        with self.assertRaises(caffe.CaffeError):
            convolution_net().copy_from(bad)
        with self.assertRaises(TypeError):
            caffe.Net(bad)
        with self.assertRaises(caffe.CaffeError):
            caffe.Net(bad, 5)


if __name__ == "__main__":
    unittest.main()
