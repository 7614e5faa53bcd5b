"""A LeNet training iteration at batch 64: PyTorch eager and `caffe train` from LMDB, in turns, on all cores.

Run it as `Benchmarks/run lenet`. Medians over the rounds; a busy machine makes all of them worse, the ratio least.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAFFE = ROOT / "build/tools/caffe"
NET = ROOT / "examples/mnist/lenet_train_test.prototxt"
TRAIN_DATABASE = ROOT / "examples/mnist/mnist_train_lmdb"


def pytorch(iterations):
    """Milliseconds per iteration of PyTorch."""
    worker = pathlib.Path(__file__).with_name("pytorch_lenet.py")
    output = subprocess.run(
        [sys.executable, worker, "--iterations", str(iterations)], check=True, capture_output=True, text=True)
    return float(output.stdout.split()[-1])


class PeakMemory(threading.Thread):
    """The largest RssAnon of a process, in MiB, sampled while it lives."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.peak = 0.0

    def run(self):
        while True:
            try:
                match = re.search(r"RssAnon:\s+(\d+) kB", self.status.read_text())
            except OSError:
                return
            if match is None:
                return
            self.peak = max(self.peak, int(match.group(1)) / 1024)
            time.sleep(0.01)


def seconds(line):
    """The time of day of a log line: `I1120 22:50:37.177337 …`."""
    hours, minutes, rest = line.split()[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def caffe(solver):
    """Milliseconds per iteration, seconds from start to `Solving`, and peak MiB of ours."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [CAFFE, "train", f"--solver={solver.path}"], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    memory = PeakMemory(process.pid)
    memory.start()
    lines, start, solving, done = [], None, None, None
    for line in process.stderr:
        lines.append(line)
        if "] Solving " in line:
            start, solving = time.perf_counter() - begin, seconds(line)
        elif "] Optimization Done." in line and done is None:
            done = seconds(line)
    process.wait()
    if process.returncode != 0 or start is None or done is None:
        sys.exit("caffe train failed:\n" + "".join(lines[-5:]))
    elapsed = (done - solving) % 86400
    return elapsed * 1000 / solver.iterations, start, memory.peak


class Solver:
    """A solver file that trains without display, test or snapshot."""

    def __init__(self, folder, iterations):
        self.iterations = iterations
        net = folder / "net.prototxt"
        text = NET.read_text()
        source = database(folder)
        net.write_text(text.replace("examples/mnist/mnist_train_lmdb", str(source)))
        self.path = folder / "solver.prototxt"
        self.path.write_text(f"""
train_net: "{net}"
base_lr: 0.01
momentum: 0.9
weight_decay: 0.0005
lr_policy: "inv"
gamma: 0.0001
power: 0.75
display: 0
max_iter: {iterations}
snapshot_after_train: false
snapshot_prefix: "{folder}/lenet"
solver_mode: CPU
""")


def database(folder):
    """MNIST's LMDB where it has been made, else one of synthetic digits: the time is the same."""
    if (TRAIN_DATABASE / "data.mdb").exists():
        return TRAIN_DATABASE
    print("examples/mnist/mnist_train_lmdb isn't there: using synthetic digits")
    subprocess.run([CAFFE, "digits", "--train=6400", "--test=100", f"--out={folder}"], check=True)
    target = folder / "digits_lmdb"
    subprocess.run(
        [ROOT / "build/examples/mnist/convert_mnist_data.bin", "--backend=lmdb", folder / "train-images-idx3-ubyte",
         folder / "train-labels-idx1-ubyte", target], check=True, stderr=subprocess.DEVNULL)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=1000, help="training iterations in a run")
    options = parser.parse_args()

    theirs, ours, starts, peaks = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        solver = Solver(pathlib.Path(name), options.iterations)
        for index in range(options.rounds):
            theirs.append(pytorch(options.iterations))
            milliseconds, start, peak = caffe(solver)
            ours.append(milliseconds)
            starts.append(start)
            peaks.append(peak)
            print(f"round {index + 1}: PyTorch {theirs[-1]:.3f} ms, caffe {milliseconds:.3f} ms", flush=True)

    theirs_median, ours_median = statistics.median(theirs), statistics.median(ours)
    ratio = statistics.median(a / b for a, b in zip(theirs, ours))
    cores = len(os.sched_getaffinity(0))
    print(f"\nLeNet, batch 64, {cores} cores, medians of {options.rounds} rounds of {options.iterations} iterations")
    print(f"PyTorch eager                 {theirs_median:8.3f} ms per iteration")
    print(f"caffe train (LMDB)            {ours_median:8.3f} ms per iteration")
    print(f"ratio                         {ratio:8.2f} (median of the rounds' own)")
    print(f"caffe, peak anonymous memory  {max(peaks):8.1f} MiB")
    print(f"caffe, start to 'Solving'     {statistics.median(starts):8.3f} s")


if __name__ == "__main__":
    main()
