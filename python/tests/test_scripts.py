"""Classifier and Detector, and the scripts beside the package."""

import os
import subprocess
import sys
import unittest

import numpy as np

import caffe
from support import FolderTest, solver_text

try:
    from PIL import Image
except ImportError:
    Image = None
try:
    import pandas
except ImportError:
    pandas = None

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

# The scores are the means of the three channels, as the net sees them.
MEANS = """
name: "means"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 dim: 6 dim: 6 } } }
layer { name: "scale" type: "Scale" bottom: "data" top: "scaled" scale_param { axis: 1 filler { type: "constant" value: 1 } } }
layer { name: "pool" type: "Pooling" bottom: "scaled" top: "pool" pooling_param { pool: AVE global_pooling: true } }
layer { name: "flat" type: "Flatten" bottom: "pool" top: "scores" }
"""


class Models(FolderTest):
    def setUp(self):
        super().setUp()
        self.model = self.file("net.prototxt", MEANS)
        self.weights = self.file("net.caffemodel")
        caffe.Net(self.model, caffe.TEST).save(self.weights)
        self.picture = np.zeros((8, 10, 3), np.float32)
        self.picture[..., 0], self.picture[..., 1], self.picture[..., 2] = 0.2, 0.4, 0.8

    def test_classifier(self):
        classifier = caffe.Classifier(
            self.model, self.weights, image_dims=(8, 8), mean=np.array([1, 2, 3]), raw_scale=10, channel_swap=(2, 1, 0)
        )
        for oversample in (True, False):
            scores = classifier.predict([self.picture] * 3, oversample)
            np.testing.assert_allclose(scores, [[8 - 1, 4 - 2, 2 - 3]] * 3, atol=1e-4)
        self.assertEqual(caffe.Classifier(self.model, self.weights).image_dims, (6, 6))

    def run_script(self, name, *arguments):
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
        done = subprocess.run(
            [sys.executable, os.path.join(SCRIPTS, name)] + list(arguments), cwd=self.folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    @unittest.skipIf(Image is None, "Pillow isn't there")
    def test_detector(self):
        Image.fromarray((255 * self.picture).astype(np.uint8)).save(self.file("picture.png"))
        for pad in (None, 1):
            detector = caffe.Detector(self.model, self.weights, mean=np.zeros(3), channel_swap=(2, 1, 0), context_pad=pad)
            found = detector.detect_windows([(self.file("picture.png"), np.array([[1, 1, 7, 7], [0, 0, 8, 10]]))])
            self.assertEqual([entry["window"].tolist() for entry in found], [[1, 1, 7, 7], [0, 0, 8, 10]])
            # With context the window grows beyond the picture, and the mean, zero, fills a third of the input.
            share = 1 if pad is None else 2 / 3
            np.testing.assert_allclose(found[0]["prediction"], share * np.array([0.8, 0.4, 0.2]), atol=0.01)
        with self.assertRaises(ValueError):
            detector.crop(self.picture, (30, 30, 40, 40))

    @unittest.skipIf(Image is None, "Pillow isn't there")
    def test_classify(self):
        Image.fromarray((255 * self.picture).astype(np.uint8)).save(self.file("picture.png"))
        common = ["--model_def", self.model, "--pretrained_model", self.weights, "--mean_file", "", "--images_dim", "8,8"]
        for source, extra in (("picture.png", []), (".", ["--ext", "png", "--center_only", "--gpu"])):
            self.run_script("classify.py", source, "scores.npy", *(common + extra))
            np.testing.assert_allclose(np.load(self.file("scores.npy")), [[204, 102, 51]], atol=0.1)

    @unittest.skipIf(Image is None, "Pillow isn't there")
    def test_classify_takes_a_mean_message(self):
        Image.fromarray((255 * self.picture).astype(np.uint8)).save(self.file("picture.png"))
        mean = caffe.io.array_to_blobproto(np.tile(np.array([4, 2, 1.0])[None, :, None, None], (1, 1, 6, 6)))
        with open(self.file("mean.binaryproto"), "wb") as stream:
            stream.write(mean.SerializeToString())
        self.run_script(
            "classify.py", "picture.png", "scores.npy", "--model_def", self.model, "--pretrained_model", self.weights,
            "--mean_file", "mean.binaryproto", "--images_dim", "8,8",
        )
        np.testing.assert_allclose(np.load(self.file("scores.npy")), [[200, 100, 50]], atol=0.1)

    @unittest.skipIf(Image is None or pandas is None, "Pillow or pandas isn't there")
    def test_detect(self):
        Image.fromarray((255 * self.picture).astype(np.uint8)).save(self.file("picture.png"))
        self.file("windows.csv", "filename,ymin,xmin,ymax,xmax\npicture.png,1,1,7,7\npicture.png,0,0,8,8\n")
        self.run_script(
            "detect.py", "windows.csv", "found.csv", "--crop_mode=list", "--model_def", self.model, "--pretrained_model",
            self.weights, "--mean_file", "", "--context_pad", "0",
        )
        table = pandas.read_csv(self.file("found.csv"))
        self.assertEqual(table["xmax"].tolist(), [7, 8])
        np.testing.assert_allclose(table[["class0", "class1", "class2"]].values, [[204, 102, 51]] * 2, atol=0.1)

    def test_draw_net(self):
        self.run_script("draw_net.py", self.model, "net.raw", "--phase", "TEST", "--rankdir", "TB", "--display_lrm")
        with open(self.file("net.raw")) as stream:
            self.assertIn("rankdir=TB", stream.read())

    def test_train(self):
        solver = self.file("solver.prototxt", solver_text(self.file("s"), iterations=20))
        output = self.run_script("train.py", "--solver", solver, "--timing")
        self.assertIn("Iteration 15", output)
        self.assertIn("solver total", output)


if __name__ == "__main__":
    unittest.main()
