"""The peak memory of a training of CaffeNet at batch 64, the solver's update included."""

import os
import pathlib
import subprocess
import sys
import tempfile

import results
import sides

TITLE = "CaffeNet training, batch 64, peak memory"

SOLVER = """net: "{net}"
base_lr: 0.001
momentum: 0.9
weight_decay: 0.0005
lr_policy: "fixed"
display: 0
max_iter: 3
snapshot_after_train: false
solver_mode: CPU
"""


def peak_of(command, cwd=None):
    """The peak resident memory of a program, in MB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=cwd)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{errors[-2000:]}")
    return usage.ru_maxrss * 1024 / 1e6


def measure():
    """Megabytes by side."""
    print(f"{TITLE}:", flush=True)
    peaks = {}
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        net = pathlib.Path(name) / "net.prototxt"
        net.write_text(sides.prototxt("caffenet", 64, trains=True))
        solver = pathlib.Path(name) / "solver.prototxt"
        solver.write_text(SOLVER.format(net=net))
        peaks["caffe"] = [peak_of([sides.CAFFE, "train", f"--solver={solver}"])]
        worker = sides.Worker("torch-update", "caffenet", 64)
        worker.times(2)
        peaks["torch"] = [worker.close() * 2**20 / 1e6]
        program = sides.Original.program()
        if program:
            peaks["original"] = [peak_of([program, "train", f"-solver={solver}"])]
    print("  " + ", ".join(f"{side} {amounts[0]:.0f} MB" for side, amounts in peaks.items()), flush=True)
    return results.Result.of_rounds(TITLE, peaks, most=1200, unit="MB")
