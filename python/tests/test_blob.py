"""Blobs: windows on the net's own memory."""

import gc
import unittest

import numpy as np

import caffe
from support import convolution_net


class Blobs(unittest.TestCase):
    def test_a_blob_of_its_own(self):
        blob = caffe.Blob((2, 3))
        self.assertEqual((blob.shape, blob.count, blob.data.tolist()), ((2, 3), 6, [[0] * 3] * 2))
        self.assertEqual((blob.num, blob.channels, blob.height, blob.width), (2, 3, 1, 1))
        self.assertEqual(caffe.Blob().data.shape, ())
        self.assertEqual(caffe.Blob((0, 4)).data.shape, (0, 4))
        with self.assertRaises(caffe.CaffeError):
            caffe.Blob((2, -1))
        many = caffe.Blob(range(1, 11))
        self.assertEqual(many.shape, tuple(range(1, 11)))
        with self.assertRaises(ValueError):
            many.num

    def test_arrays_are_the_memory_itself(self):
        blob = caffe.Blob((4,))
        one, two = blob.data, blob.data
        one[...] = [1, 2, 3, 4]
        self.assertEqual(two.tolist(), [1, 2, 3, 4])
        self.assertEqual((one.dtype, one.flags.writeable), (np.float32, True))
        blob.diff[1] = 5
        self.assertEqual(blob.diff.tolist(), [0, 5, 0, 0])
        with self.assertRaises(AttributeError):
            blob.data = one

    def test_views_that_are_kept_follow_the_net(self):
        net, other = convolution_net(), convolution_net()
        other.share_with(net)
        data, prob, bias = net.blobs["data"].data, net.blobs["prob"].data, net.params["ip"][1].data
        net.forward()
        for value in (1, 2):
            before = prob.copy()
            bias[0] = value
            data[...] = value
            net.forward()
            self.assertGreater(abs(prob - before).max(), 1e-5)
            fresh = other.forward(data=np.full((2, 3, 8, 8), value))["prob"]
            np.testing.assert_allclose(prob, fresh, rtol=1e-5)

    def test_a_view_keeps_its_memory(self):
        net = convolution_net()
        net.blobs["data"].data[...] = 3
        before = net.blobs["data"].data
        net.blobs["data"].reshape(50, 3, 20, 20)
        net.blobs["data"].data[...] = 4
        del net
        gc.collect()
        self.assertTrue((before == 3).all())

    def test_blobs_outlive_their_net(self):
        net = convolution_net()
        blobs, params = list(net.blobs.values()), list(net.params.values())
        del net
        gc.collect()
        self.assertEqual(sum(blob.data.sum() for blob in blobs[:1]), 0)
        self.assertGreater(sum(abs(blob.data).sum() for layer in params for blob in layer), 0)

    def test_dlpack_and_the_buffer_protocol(self):
        blob = caffe.Blob((3,))
        blob.data[...] = [1, 2, 3]
        shared = np.from_dlpack(blob.data)
        blob.data[0] = 9
        self.assertEqual(shared.tolist(), [9, 2, 3])
        self.assertEqual(memoryview(blob.data).nbytes, 12)

    def test_shapes_that_are_none(self):
        blob = caffe.Blob((3,))
        for wrong in ((1.5,), ("a",), (-1,), (2**40, 2**40)):
            with self.assertRaises((ValueError, TypeError, caffe.CaffeError)):
                blob.reshape(*wrong)
        blob.reshape((2, 2))
        self.assertEqual(blob.shape, (2, 2))
        blob.reshape()
        self.assertEqual(blob.shape, ())


if __name__ == "__main__":
    unittest.main()
