"""What Python costs: a call of `net.forward()` beside one from C, `solver.step(1)` in a loop beside `caffe train`, and writing to a blob.

Run it as `Benchmarks/run python`. The sides take turns; medians over the rounds.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "Benchmarks" / "lenet")]

import caffe  # noqa: E402
import numpy as np  # noqa: E402
import training  # noqa: E402

SMALL = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 16 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 8 } }
layer { name: "prob" type: "Softmax" bottom: "y" top: "prob" }
"""


def from_c(folder, passes):
    """Microseconds of a forward pass from C."""
    program = folder / "forward"
    if not program.exists():
        subprocess.run(
            ["cc", "-O2", "-I", ROOT / "build/include", ROOT / "Benchmarks/python/forward.c", "-L", ROOT / "build/lib", "-lcaffe",
             "-Wl,-rpath," + str(ROOT / "build/lib"), "-o", program], check=True)
    environment = dict(os.environ, GOMP_SPINCOUNT="2000")
    return float(subprocess.check_output([program, folder / "small.prototxt", str(passes)], env=environment))


def from_python(folder, passes):
    """Microseconds of a forward pass from Python, its result included."""
    net = caffe.Net(str(folder / "small.prototxt"), caffe.TEST)
    runs = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(passes):
            net.forward()
        runs.append((time.perf_counter() - start) / passes * 1e6)
    return statistics.median(runs[1:])


def stepping(solver_file, iterations):
    """Milliseconds per iteration of a loop in Python."""
    solver = caffe.get_solver(str(solver_file))
    solver.step(20)
    start = time.perf_counter()
    for _ in range(iterations):
        solver.step(1)
    return (time.perf_counter() - start) * 1000 / iterations


def writing():
    """GB/s of `blob.data[...] = x`, and of NumPy alone."""
    blob = caffe.Blob((64, 3, 227, 227))
    values = np.random.rand(64, 3, 227, 227).astype(np.float32)
    target = np.empty_like(values)

    def speed(write):
        times = []
        for _ in range(20):
            start = time.perf_counter()
            write()
            times.append(time.perf_counter() - start)
        return 2 * values.nbytes / statistics.median(times) / 1e9

    def to_blob():
        blob.data[...] = values

    def to_array():
        target[...] = values

    return speed(to_blob), speed(to_array)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=1000, help="training iterations in a run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        (folder / "small.prototxt").write_text(SMALL)
        pairs = [(from_c(folder, 5000), from_python(folder, 5000)) for _ in range(options.rounds)]
        net = training.Databases(folder, training=6400, testing=100).net(folder)
        solver = training.iteration_solver(folder, net, options.iterations)
        ratios, milliseconds = [], []
        for _ in range(options.rounds):
            theirs = training.Run(training.sides.CAFFE, solver).solving * 1000 / options.iterations
            ours = stepping(solver, options.iterations)
            ratios.append(theirs / ours)
            milliseconds.append((theirs, ours))
    blob, array = writing()
    c, python = (statistics.median(side) for side in zip(*pairs))
    train, steps = (statistics.median(side) for side in zip(*milliseconds))
    print("forward of a small net        %8.2f µs from C, %.2f µs from Python: %.2f µs more" % (c, python, python - c))
    print("LeNet, batch 64               %8.3f ms by caffe train, %.3f ms by solver.step(1): ratio %.3f"
          % (train, steps, statistics.median(ratios)))
    print("blob.data[...] = x            %8.2f GB/s, %.2f between two arrays" % (blob, array))


if __name__ == "__main__":
    main()
