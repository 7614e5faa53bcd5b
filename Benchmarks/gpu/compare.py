"""Trainings on a GPU: gpu-bench and PyTorch on the same card, in turns; prints ratios of medians beside the goals.

    python3 Benchmarks/gpu/compare.py --bench=build/gpu-check/gpu-bench

needs a PyTorch with CUDA (pip install torch) and gpu-bench (scripts/build-gpu-check). PyTorch may choose channels-last layouts; of its
ways the fastest counts, but for LeNet, where eager and CUDA graph have goals of their own.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / "nets"), str(HERE.parent / "lenet")]

import sides
import torch
import torch_models
from pytorch_lenet import lenet

# net, batch, TF32, PyTorch's way, how many times as fast we are to be
GOALS = [
    ("lenet", 64, False, "eager", 5.0),
    ("lenet", 64, False, "graph", 1.3),
    ("caffenet", 256, False, "best", 1.1),
    ("caffenet", 256, True, "best", 1.1),
    ("resnet50", 128, False, "best", 1.0),
    ("resnet50", 128, True, "best", 1.0),
]


def dummy(shape, name, value):
    extents = " ".join(f"dim: {extent}" for extent in shape)
    return (f'layer {{ name: "{name}" type: "DummyData" top: "{name}"\n  dummy_data_param {{ shape {{ {extents} }} '
            f'data_filler {{ type: "constant" value: {value} }} }} }}')


def prototxt(net, batch):
    if net != "lenet":
        return sides.prototxt(net, batch, True)
    text = (ROOT / "examples/mnist/lenet_train_test.prototxt").read_text()
    kept = [layer for layer in sides.layers(text) if 'type: "Data"' not in layer and 'type: "Accuracy"' not in layer]
    return "\n".join([dummy([batch, 1, 28, 28], "data", 0.5), dummy([batch], "label", 1)] + kept)


class Torch:
    """PyTorch's training step, values held on the device."""

    def __init__(self, net, batch, tf32, way):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.benchmark_limit = 0
        torch.manual_seed(1)
        model = (lenet() if net == "lenet" else torch_models.model(net)).cuda().train()
        shape = (1, 28, 28) if net == "lenet" else (3, torch_models.image_size(net), torch_models.image_size(net))
        # As DummyData gives them to ours: how fast a GPU is depends on the values, too.
        images = torch.full((batch, *shape), 0.5, device="cuda")
        labels = torch.ones(batch, dtype=torch.long, device="cuda")
        if way == "channels-last":
            model, images = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
        criterion = torch.nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9, weight_decay=5e-4, fused=True)

        def step():
            optimizer.zero_grad(set_to_none=True)
            criterion(model(images), labels).backward()
            optimizer.step()

        self.optimizer = optimizer
        self.step = self.captured(step) if way == "graph" else step
        self.times(20)

    def captured(self, step):
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(5):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        # Gradients that are there would be added to in each replay.
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        return graph.replay

    def times(self, iterations):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(iterations):
            self.step()
        torch.cuda.synchronize()
        return (time.perf_counter() - start) * 1000 / iterations


class Ours:
    """gpu-bench, which times a round when it is asked to."""

    def __init__(self, bench, file, tf32, iterations):
        command = [bench, f"--net={file}", f"--iterations={iterations}", "--warm-up=20", "--on-request"]
        self.process = subprocess.Popen(
            command + (["--tf32"] if tf32 else []), env=os.environ | {"VIRTUAL_ENV": sys.prefix}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().startswith("ready"):
            sys.exit("gpu-bench failed")

    def time(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compared(options, net, batch, tf32, way, iterations):
    """The medians of both sides, which take turns; of several of PyTorch's ways that of the fastest."""
    with tempfile.NamedTemporaryFile("w", suffix=".prototxt") as file:
        file.write(prototxt(net, batch))
        file.flush()
        ours = Ours(options.bench, file.name, tf32, iterations)
        ways = ["eager", "channels-last"] if way == "best" else [way]
        theirs = {name: Torch(net, batch, tf32, name) for name in ways}
        times = {name: [] for name in ["ours", *ways]}
        for _ in range(options.rounds):
            times["ours"].append(ours.time())
            for name in ways:
                times[name].append(theirs[name].times(iterations))
        ours.close()
    medians = {name: statistics.median(all) for name, all in times.items()}
    fastest = min(ways, key=medians.get)
    del theirs
    torch.cuda.empty_cache()
    return fastest, medians[fastest], medians["ours"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", default=ROOT / "build/gpu-check/gpu-bench", help="the program gpu-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only nets whose names contain this")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("PyTorch finds no GPU here; this benchmark needs one")
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__} with cuDNN {torch.backends.cudnn.version()}, "
          f"medians of {options.rounds} rounds\n")
    print("| net | batch | math | PyTorch | ms | ours ms | ratio | goal |\n|---|---|---|---|---|---|---|---|", flush=True)
    missed = 0
    for net, batch, tf32, way, goal in GOALS:
        if options.only not in net:
            continue
        fastest, theirs, ours = compared(options, net, batch, tf32, way, 2000 if net == "lenet" else 20)
        missed += theirs / ours < goal
        print(f"| {net} | {batch} | {'TF32' if tf32 else 'fp32'} | {fastest} | {theirs:.3f} | {ours:.3f} "
              f"| {theirs / ours:.2f} | {goal} |", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
