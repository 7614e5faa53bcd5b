"""Pictures, messages and arrays."""

import os
import re
import unittest

import numpy as np

import caffe
from caffe import io
from caffe.proto import caffe_pb2
from support import FolderTest

try:
    from PIL import Image
except ImportError:
    Image = None


class Messages(unittest.TestCase):
    def test_blobs(self):
        values = np.arange(6.0).reshape(2, 3)
        blob = io.array_to_blobproto(values, diff=-values)
        self.assertEqual(io.blobproto_to_array(blob).tolist(), values.tolist())
        self.assertEqual(io.blobproto_to_array(blob, return_diff=True).tolist(), (-values).tolist())
        old = caffe_pb2.BlobProto(num=1, channels=2, height=3, width=1, data=range(6))
        self.assertEqual(io.blobproto_to_array(old).shape, (1, 2, 3, 1))
        self.assertEqual(io.blobproto_to_array(caffe_pb2.BlobProto(data=[5])).shape, ())
        with self.assertRaises(ValueError):
            io.blobproto_to_array(caffe_pb2.BlobProto(data=[1, 2]))
        with self.assertRaises(ValueError):
            io.array_to_blobproto(values, diff=values[0])
        again = io.blobprotovector_str_to_arraylist(io.arraylist_to_blobprotovector_str([values, values[0]]))
        self.assertEqual([array.shape for array in again], [(2, 3), (3,)])

    def test_datums(self):
        pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
        datum = io.array_to_datum(pixels, label=7)
        self.assertEqual((datum.channels, datum.height, datum.width, datum.label), (2, 3, 4, 7))
        self.assertEqual(io.datum_to_array(datum).tolist(), pixels.tolist())
        self.assertFalse(io.array_to_datum(pixels).HasField("label"))
        floats = io.array_to_datum(pixels / 2)
        self.assertEqual((len(floats.data), io.datum_to_array(floats).tolist()), (0, (pixels / 2).tolist()))
        with self.assertRaises(ValueError):
            io.array_to_datum(pixels[0])
        with self.assertRaises(ValueError):
            io.datum_to_array(caffe_pb2.Datum(encoded=True, data=b"x"))


class Schema(unittest.TestCase):
    def test_the_messages_are_those_of_the_program(self):
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "..", "..", "Sources", "CaffeProto", "Schema", "caffe.proto")) as stream:
            text = stream.read()
        message, count = None, 0
        for kind, name, field, number in re.findall(
            r"^(message) +(\w+)|^ +(?:optional|required|repeated) +[\w.]+ +(\w+) *= *(\d+)", text, re.MULTILINE
        ):
            if kind:
                message = getattr(caffe_pb2, name).DESCRIPTOR
            else:
                self.assertEqual(message.fields_by_name[field].number, int(number), message.name + "." + field)
                count += 1
        self.assertGreater(count, 400)


class Preprocessing(unittest.TestCase):
    def setUp(self):
        self.picture = np.random.RandomState(1).rand(5, 6, 3).astype(np.float32)

    def test_the_steps_in_their_order(self):
        transformer = io.Transformer({"data": (1, 3, 5, 6)})
        transformer.set_transpose("data", (2, 0, 1))
        transformer.set_channel_swap("data", (2, 1, 0))
        transformer.set_raw_scale("data", 255)
        transformer.set_mean("data", np.array([104, 117, 123]))
        transformer.set_input_scale("data", 0.5)
        values = transformer.preprocess("data", self.picture)
        expected = (255 * self.picture[2, 3, 2] - 104) * 0.5
        self.assertAlmostEqual(float(values[0, 2, 3]), float(expected), places=3)
        self.assertEqual((values.shape, values.dtype), ((3, 5, 6), np.float32))
        np.testing.assert_allclose(transformer.deprocess("data", values[None]), self.picture, atol=1e-5)

    def test_the_picture_stays_as_it_was(self):
        transformer = io.Transformer({"data": (1, 3, 5, 6)})
        transformer.set_raw_scale("data", 10)
        before = self.picture.copy()
        transformer.preprocess("data", self.picture)
        self.assertEqual(self.picture.tolist(), before.tolist())

    def test_means(self):
        transformer = io.Transformer({"data": (1, 3, 4, 4)})
        transformer.set_mean("data", np.arange(3 * 8 * 8).reshape(3, 8, 8))
        self.assertEqual(transformer.mean["data"].shape, (3, 4, 4))
        self.assertAlmostEqual(float(transformer.mean["data"][0].mean()), 31.5, places=4)
        for wrong in (np.zeros(4), np.zeros((2, 4, 4)), np.zeros((1, 3, 4, 4))):
            with self.assertRaises(ValueError):
                transformer.set_mean("data", wrong)

    def test_settings_that_do_not_fit(self):
        transformer = io.Transformer({"data": (1, 3, 5, 6)})
        for setting in (
            lambda: transformer.set_transpose("data", (0, 1)), lambda: transformer.set_transpose("data", (0, 1, 1)),
            lambda: transformer.set_channel_swap("data", (1, 0)), lambda: transformer.set_raw_scale("image", 1),
            lambda: transformer.preprocess("image", self.picture),
        ):
            with self.assertRaises(ValueError):
                setting()


class Pictures(FolderTest):
    def test_resizing(self):
        slope = np.tile(np.arange(8.0)[None, :, None], (8, 1, 3))
        half = io.resize_image(slope, (4, 4))
        self.assertEqual((half.shape, half.dtype), ((4, 4, 3), np.float32))
        np.testing.assert_allclose(half[1, :, 0], [0.5, 2.5, 4.5, 6.5])
        corners = io.resize_image(np.tile(slope, (1, 1, 2)), (8, 15))
        np.testing.assert_allclose(corners[3, :, 4], np.arange(15) / 2, atol=1e-6)
        self.assertTrue((io.resize_image(np.full((3, 3, 1), 7), (5, 9)) == 7).all())
        self.assertEqual(io.resize_image(slope, (2, 2), interp_order=0)[0, :, 0].tolist(), [2, 6])
        with self.assertRaises(ValueError):
            io.resize_image(slope[0], (2, 2))

    def test_ten_crops(self):
        picture = np.arange(6 * 8 * 1).reshape(6, 8, 1)
        crops = io.oversample([picture, -picture], (4, 4))
        self.assertEqual(crops.shape, (20, 4, 4, 1))
        self.assertEqual(crops[0].tolist(), picture[:4, :4].tolist())
        self.assertEqual(crops[3].tolist(), picture[2:, 4:].tolist())
        self.assertEqual(crops[4].tolist(), picture[1:5, 2:6].tolist())
        self.assertEqual(crops[5].tolist(), picture[:4, :4][:, ::-1].tolist())
        self.assertEqual(crops[10].tolist(), (-picture[:4, :4]).tolist())
        with self.assertRaises(ValueError):
            io.oversample([picture], (7, 4))

    @unittest.skipIf(Image is None, "Pillow isn't there")
    def test_reading(self):
        pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
        Image.fromarray(pixels).save(self.file("color.png"))
        Image.fromarray(pixels[:, :, 0]).save(self.file("gray.png"))
        color = io.load_image(self.file("color.png"))
        np.testing.assert_allclose(color, pixels / 255.0, atol=1e-6)
        self.assertEqual(io.load_image(self.file("color.png"), color=False).shape, (4, 5, 1))
        gray = io.load_image(self.file("gray.png"))
        self.assertEqual((gray.shape, gray.dtype), ((4, 5, 3), np.float32))
        self.assertEqual(io.load_image(self.file("gray.png"), color=False).shape, (4, 5, 1))
        with self.assertRaises(FileNotFoundError):
            io.load_image(os.path.join(self.folder, "none.png"))


if __name__ == "__main__":
    unittest.main()
