"""The original's numbers, layer by layer: the cases of CAFFE_REFERENCE_DIR, or of Tests/Fixtures."""

import glob
import json
import os
import struct
import unittest

import numpy as np

import caffe

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
FOLDERS = [os.environ.get("CAFFE_REFERENCE_DIR", ""), os.path.join(ROOT, "Tests", "Fixtures")]
ELEMENTWISE = {
    "AbsVal", "BNLL", "Clip", "ELU", "Exp", "Log", "Power", "PReLU", "ReLU", "Sigmoid", "Swish", "TanH", "Threshold",
    "Dropout", "Eltwise", "Bias", "Scale",
}


def cases():
    """The folders of the cases."""
    for folder in FOLDERS:
        found = sorted(glob.glob(os.path.join(folder, "layers", "*", "case.json"))) if folder else []
        if found:
            return [os.path.dirname(file) for file in found]
    return []


def tensors(file):
    """The arrays of a safetensors file, by name."""
    with open(file, "rb") as stream:
        content = stream.read()
    (length,) = struct.unpack("<Q", content[:8])
    head = json.loads(content[8 : 8 + length])
    head.pop("__metadata__", None)
    return {
        name: np.frombuffer(content[8 + length :][slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in head.items()
    }


def assert_near(got, want, what, relative):
    """The tolerance that holds everywhere."""
    want = want.reshape(got.shape)
    allowed = relative * np.abs(want) + 2e-6 * max(1, np.abs(want).max(initial=0))
    distance = np.abs(got - want)
    fits = (distance <= allowed) | (got == want) | (np.isnan(got) & np.isnan(want))
    if not fits.all():
        place = np.argmin(fits)
        raise AssertionError(
            "%s: %g where the original has %g, at %d" % (what, got.flat[place], want.flat[place], place)
        )


def run(folder):
    """Runs one case."""
    with open(os.path.join(folder, "case.json")) as stream:
        case = json.load(stream)
    values = tensors(os.path.join(folder, "tensors.safetensors"))
    phase = case["phase"] if isinstance(case["phase"], int) else getattr(caffe, str(case["phase"]).upper())
    before = os.getcwd()
    os.chdir(folder)
    try:
        net = caffe.Net("net.prototxt", phase)
    finally:
        os.chdir(before)
    types = {layer.type for layer in net.layers} - {"Input", "Split", "DummyData"}
    relative = 1e-5 if types <= ELEMENTWISE else 1e-4

    def part(kind):
        return {name[len(kind) + 1 :]: array for name, array in values.items() if name.startswith(kind + "/")}

    def parameter(name):
        layer, index = name.rsplit("/", 1)
        return net.params[layer][int(index)]

    for name, array in part("in").items():
        if net.blobs[name].shape != array.shape:
            net.blobs[name].reshape(*array.shape)
        net.blobs[name].data[...] = array
    order = {name: index for index, name in enumerate(net._layer_names)}
    for name, array in sorted(part("param").items(), key=lambda entry: order[entry[0].rsplit("/", 1)[0]]):
        parameter(name).data[...] = array
    net.forward()
    for name, array in part("out").items():
        assert_near(net.blobs[name].data, array, "out/" + name, relative)
    for name, array in part("after").items():
        assert_near(parameter(name).data, array, "after/" + name, relative)
    if case["backward"]:
        net.clear_param_diffs()
        for name, array in part("seed").items():
            net.blobs[name].diff[...] = array
        net.backward()
        for name, array in part("grad").items():
            assert_near(net.blobs[name].diff, array, "grad/" + name, relative)
        for name, array in part("pgrad").items():
            assert_near(parameter(name).diff, array, "pgrad/" + name, relative)


class Reference(unittest.TestCase):
    def test_every_case(self):
        folders = cases()
        if not folders:
            self.skipTest("CAFFE_REFERENCE_DIR names no folder of reference cases")
        for folder in folders:
            with self.subTest(os.path.basename(folder)):
                run(folder)
        self.assertGreater(len(folders), 50)

    def test_a_wrong_number_is_noticed(self):
        assert_near(np.array([1.0]), np.array([1.00001]), "x", 1e-4)
        with self.assertRaisesRegex(AssertionError, "x: 1 where"):
            assert_near(np.array([1.0]), np.array([1.001]), "x", 1e-4)


if __name__ == "__main__":
    unittest.main()
