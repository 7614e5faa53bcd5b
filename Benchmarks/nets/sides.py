"""Who is compared: each side gives the milliseconds of some iterations when asked."""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CAFFE = ROOT / "build/tools/caffe"
FOLDERS = {"caffenet": "bvlc_reference_caffenet", "resnet50": "resnet50", "mobilenet": "mobilenet"}
SIZES = {"caffenet": 227}
CORES = len(os.sched_getaffinity(0))


def machine():
    """The machine in a line: vector instructions decide about half of the speed."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    model = re.search(r"model name\s*: (.*)", text)
    flags = re.search(r"flags\s*: (.*)", text)
    flags = flags.group(1).split() if flags else []
    vectors = next((name for flag, name in [("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in flags), "no AVX2")
    return f"{CORES} cores of {model.group(1) if model else 'an unknown processor'} ({vectors})"


def layers(text):
    """The layers of a prototxt, each with its braces."""
    start, depth = None, 0
    for match in re.finditer(r"^layer|[{}]", text, re.MULTILINE):
        if match.group() == "layer":
            start = match.start()
        else:
            depth += 1 if match.group() == "{" else -1
            if depth == 0:
                yield text[start:match.end()]


def stack(depth):
    names = [f"conv{number}" for number in range(1, depth + 1)]
    text = [
        f"""layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
  convolution_param {{ num_output: 64 kernel_size: 3 pad: 1 weight_filler {{ type: "msra" }} }} }}
layer {{ name: "relu_{name}" type: "ReLU" bottom: "{name}" top: "{name}" }}"""
        for bottom, name in zip(["data"] + names, names)]
    return text + [f"""layer {{ name: "pool" type: "Pooling" bottom: "{names[-1]}" top: "pool"
  pooling_param {{ pool: AVE global_pooling: true }} }}
layer {{ name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
  inner_product_param {{ num_output: 1000 weight_filler {{ type: "msra" }} }} }}"""]


def prototxt(net, batch, trains):
    """The net with data of DummyData; without losses and accuracies where it doesn't train."""
    if net.startswith("stack"):
        kept, size = stack(int(net[len("stack"):])), 56
    else:
        text = (ROOT / "models" / FOLDERS[net] / "train_val.prototxt").read_text()
        left_out = ["Data", "Accuracy"] + ([] if trains else ["SoftmaxWithLoss"])
        kept = [layer for layer in layers(text) if not any(f'type: "{kind}"' in layer for kind in left_out)]
        size = SIZES.get(net, 224)
    data = f"""layer {{ name: "data" type: "DummyData" top: "data"
  dummy_data_param {{ shape {{ dim: {batch} dim: 3 dim: {size} dim: {size} }}
    data_filler {{ type: "constant" value: 0.5 }} }} }}"""
    label = f"""layer {{ name: "label" type: "DummyData" top: "label"
  dummy_data_param {{ shape {{ dim: {batch} }} data_filler {{ type: "constant" value: 1 }} }} }}"""
    return "\n".join([f'name: "{net}"', data] + ([label] if trains else []) + kept) + "\n"


class Caffe:
    """`caffe time`, in a process of its own each time."""

    def __init__(self, net, batch, mode, threads=CORES):
        self.trains = mode == "train"
        self.threads = threads
        self.folder = tempfile.TemporaryDirectory(prefix="caffe-benchmark-")
        self.net = pathlib.Path(self.folder.name) / "net.prototxt"
        self.net.write_text(prototxt(net, batch, self.trains))

    def times(self, iterations):
        flags = ["--phase=TRAIN"] if self.trains else ["--phase=TEST", "--forward-only"]
        result = subprocess.run(
            [CAFFE, "time", f"--model={self.net}", f"--iterations={iterations}", "--warm-up=2", "--json",
             f"--threads={self.threads}"] + flags, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit("caffe time failed:\n" + result.stderr[-2000:])
        record = json.loads(result.stdout)
        made_up = sum(
            layer["forwardMilliseconds"] for layer in record["layers"] if layer["type"] == "DummyData")
        return [record["medianMilliseconds"] - made_up]

    def close(self):
        self.folder.cleanup()


def original_environment(threads=CORES):
    return dict(os.environ, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))


class Original:
    """BVLC Caffe's own `caffe time`, of the build that CAFFE_ROOT names. It reports averages."""

    def __init__(self, net, batch, mode, threads=CORES):
        self.trains = mode == "train"
        self.environment = original_environment(threads)
        self.folder = tempfile.TemporaryDirectory(prefix="caffe-benchmark-")
        self.net = pathlib.Path(self.folder.name) / "net.prototxt"
        self.net.write_text(prototxt(net, batch, self.trains))

    @staticmethod
    def program():
        root = os.environ.get("CAFFE_ROOT")
        found = [pathlib.Path(root) / place for place in ["build/tools/caffe", "tools/caffe"]] if root else []
        return next((path for path in found if path.exists()), None)

    def times(self, iterations):
        result = subprocess.run(
            [self.program(), "time", f"-model={self.net}", f"-iterations={iterations}"], capture_output=True,
            text=True, env=self.environment)
        if result.returncode != 0:
            sys.exit("the original's caffe time failed:\n" + result.stderr[-2000:])
        what = "Average Forward-Backward" if self.trains else "Average Forward pass"
        return [float(re.search(what + r": ([\d.e+]+)", result.stderr).group(1))]

    def close(self):
        self.folder.cleanup()


class Worker:
    """A side in Python, kept alive between the rounds."""

    def __init__(self, side, net, batch, threads=CORES):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", side, f"--net={net}", f"--batch={batch}", f"--threads={threads}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("a worker died; its error is above")
        return line

    def times(self, iterations):
        print(iterations, file=self.process.stdin, flush=True)
        return [float(word) for word in self.answer().split()]

    def close(self):
        """Ends it. Returns its peak memory in MiB."""
        self.process.stdin.close()
        peak = float(self.answer())
        self.process.wait()
        return peak


def make(side, net, batch, mode, threads=CORES):
    if side == "caffe":
        return Caffe(net, batch, mode, threads)
    if side == "original":
        return Original(net, batch, mode, threads)
    return Worker("torch-train" if side == "torch" and mode == "train" else side, net, batch, threads)


def medians(sides, rounds, iterations, report=lambda text: None):
    """The median of each round of each of the sides, which take turns."""
    results = {name: [] for name in sides}
    for index in range(rounds):
        for name, side in sides.items():
            results[name].append(statistics.median(side.times(iterations)))
        report(f"  round {index + 1}: " + ", ".join(f"{name} {times[-1]:.1f}" for name, times in results.items()))
    return results
