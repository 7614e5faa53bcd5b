"""LeNet's training: one iteration at batch 64, and the whole tutorial."""

import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks/nets"))

import sides
from results import Result

EXAMPLE = ROOT / "examples/mnist"
# Seconds of the original's tutorial, measured on two cores with AVX-512 and OpenBLAS 0.3.21; for where there is no build of it.
STATED_TUTORIAL = 229.0


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


class Run:
    """One training by a `caffe train`, ours or the original's, which log alike."""

    def __init__(self, program, solver):
        begin = time.perf_counter()
        process = subprocess.Popen(
            [program, "train", f"-solver={solver}"], cwd=ROOT, stderr=subprocess.PIPE, text=True,
            env=sides.original_environment() if program != sides.CAFFE else None)
        memory = PeakMemory(process.pid)
        memory.start()
        self.start = solving = done = None
        self.lines = []
        for line in process.stderr:
            self.lines.append(line)
            if "] Solving " in line:
                self.start, solving = time.perf_counter() - begin, time_of_day(line)
            elif "] Optimization Done." in line and done is None:
                done = time_of_day(line)
        process.wait()
        self.total = time.perf_counter() - begin
        self.peak = memory.peak
        if process.returncode != 0 or self.start is None or done is None:
            sys.exit(f"{program} train failed:\n" + "".join(self.lines[-5:]))
        self.solving = (done - solving) % 86400

    def accuracy(self):
        """What the last test said."""
        found = [re.search(r"Test net output #\d+: accuracy = ([\d.]+)", line) for line in self.lines]
        return [float(match.group(1)) for match in found if match][-1]


def time_of_day(line):
    """The seconds of a log line: `I1120 22:50:37.177337 …`."""
    hours, minutes, rest = line.split()[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


class Databases:
    """MNIST's LMDBs where they have been made, else as many synthetic digits: the time is the same."""

    def __init__(self, folder, training=60000, testing=10000):
        self.train, self.test = EXAMPLE / "mnist_train_lmdb", EXAMPLE / "mnist_test_lmdb"
        if (self.train / "data.mdb").exists() and (self.test / "data.mdb").exists():
            return
        print("examples/mnist has no databases: using synthetic digits", flush=True)
        self.train, self.test = folder / "train_lmdb", folder / "test_lmdb"
        subprocess.run(
            [sides.CAFFE, "digits", f"--train={training}", f"--test={testing}", f"--out={folder}"], check=True,
            capture_output=True)
        for prefix, target in [("train", self.train), ("t10k", self.test)]:
            subprocess.run(
                [ROOT / "build/examples/mnist/convert_mnist_data.bin", "--backend=lmdb",
                 folder / f"{prefix}-images-idx3-ubyte", folder / f"{prefix}-labels-idx1-ubyte", target], check=True,
                capture_output=True)

    def net(self, folder):
        """The tutorial's net, reading these."""
        text = (EXAMPLE / "lenet_train_test.prototxt").read_text()
        path = folder / "net.prototxt"
        path.write_text(text.replace("examples/mnist/mnist_train_lmdb", str(self.train)).replace(
            "examples/mnist/mnist_test_lmdb", str(self.test)))
        return path


def iteration_solver(folder, net, iterations):
    """A solver file that trains without display, test or snapshot."""
    path = folder / f"solver_{iterations}.prototxt"
    path.write_text(f"""
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
    return path


def pytorch(iterations):
    """Milliseconds per iteration of PyTorch."""
    worker = pathlib.Path(__file__).with_name("pytorch_lenet.py")
    output = subprocess.run(
        [sys.executable, worker, "--iterations", str(iterations)], check=True, capture_output=True, text=True)
    return float(output.stdout.split()[-1])


def iteration(rounds, iterations):
    """Milliseconds of a training iteration. Returns the result and the runs of ours."""
    title = "LeNet training iteration, batch 64"
    print(f"{title}:", flush=True)
    original = sides.Original.program()
    amounts = {side: [] for side in ["caffe", "torch"] + (["original"] if original else [])}
    ours = []
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        net = Databases(folder, training=6400, testing=100).net(folder)
        for index in range(rounds):
            amounts["torch"].append(pytorch(iterations))
            ours.append(Run(sides.CAFFE, iteration_solver(folder, net, iterations)))
            amounts["caffe"].append(ours[-1].solving * 1000 / iterations)
            if original:
                fewer = max(iterations // 5, 1)
                amounts["original"].append(
                    Run(original, iteration_solver(folder, net, fewer)).solving * 1000 / fewer)
            print(f"  round {index + 1}: " + ", ".join(
                f"{side} {values[-1]:.3f} ms" for side, values in amounts.items()), flush=True)
    return Result.of_rounds(title, amounts, goals={"torch": 4.5, "original": 8}), ours


def tutorial(rounds):
    """Seconds of the whole tutorial, from the start of the program to its end: 10,000 iterations and 21 tests, from LMDB."""
    title = "LeNet tutorial, 10,000 iterations and 21 tests"
    print(f"{title}:", flush=True)
    original = sides.Original.program()
    amounts = {side: [] for side in ["caffe"] + (["original"] if original else [])}
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        net = Databases(folder).net(folder)
        text = (EXAMPLE / "lenet_solver.prototxt").read_text().replace("solver_mode: GPU", "solver_mode: CPU")
        solver = folder / "solver.prototxt"
        solver.write_text(text.replace("examples/mnist/lenet_train_test.prototxt", str(net)).replace(
            "examples/mnist/lenet\"", f"{folder}/lenet\""))
        for index in range(rounds):
            for side, seconds in amounts.items():
                run = Run(sides.CAFFE if side == "caffe" else original, solver)
                seconds.append(run.total)
                print(f"  round {index + 1}: {side} {run.total:.2f} s, accuracy {run.accuracy():.4f}, "
                      f"peak anonymous memory {run.peak:.0f} MiB", flush=True)
    result = Result.of_rounds(title, amounts, goals={"original": 8}, unit="s")
    if not original:
        result.amounts["original"] = STATED_TUTORIAL
        result.ratios["original"] = STATED_TUTORIAL / result.amounts["caffe"]
        result.notes["original"] = (
            "not run here, since CAFFE_ROOT names no build of it; a time measured once on two cores with AVX-512")
    return result
