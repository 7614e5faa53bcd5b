"""Checks that an iteration of a training allocates nothing on the training thread: two trainings of different length must allocate as often.

Called by scripts/allocation-check. What oneDNN and libgomp allocate themselves isn't counted. Ends with status 1 where something is left, and
shows the stacks.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHORT, LONG = 10, 110
# A site below so many an iteration is one of the start, or of the end: how often they allocate differs a little from run to run.
LEAST = 0.1
# Innermost frames that stand for their callers, and libraries whose own allocations aren't ours.
RUNTIME = ("libc.so", "libstdc++", "libgcc", "ld-linux", "libswift")
EXCEPTED = ("libdnnl", "libgomp")
SOLVER = """net: "{net}"
base_lr: 0.01
momentum: 0.9
weight_decay: 0.0005
lr_policy: "inv"
gamma: 0.0001
power: 0.75
display: 0
max_iter: {iterations}
snapshot_after_train: false
"""


def run(command, folder, **variables):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **variables})
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{result.stderr[-2000:]}")


def make_digits(caffe, folder):
    run([caffe, "digits", "--train=512", "--test=64", f"--out={folder}"], folder)
    tool = folder / "convert_mnist_data"
    tool.symlink_to(caffe)
    (folder / "examples/mnist").mkdir(parents=True)
    files = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]
    run([tool, "--backend=lmdb", *files, "examples/mnist/mnist_train_lmdb"], folder)


def counts(caffe, library, net, solver, iterations, folder):
    """How often each stack allocated."""
    (folder / "solver.prototxt").write_text(solver.format(net=net, iterations=iterations))
    output = folder / "counts.txt"
    run([caffe, "train", "--solver=solver.prototxt", "--quiet"], folder, LD_PRELOAD=str(library), ALLOCATION_COUNTS=str(output))
    found = collections.Counter()
    for line in output.read_text().splitlines():
        if line == "full":
            sys.exit("more stacks than there is room for: make SITES in count.c larger")
        count, _, *frames = line.split(" ")
        # Addresses of libraries differ from run to run, their offsets don't.
        found[tuple(frames)] += int(count)
    return found


def owner(frames):
    """The library that allocates for itself."""
    for frame in frames:
        module = frame.rsplit("+", 1)[0].rsplit("/", 1)[-1]
        if not module.startswith(RUNTIME):
            return module
    return "?"


def named(frames, caffe):
    """The frames of the program in words."""
    own = [frame.rsplit("+", 1) for frame in frames]
    offsets = [offset for module, offset in own if os.path.realpath(module) == os.path.realpath(caffe)]
    # A return address is behind its call.
    before = [hex(int(offset, 16) - 1) for offset in offsets]
    try:
        result = subprocess.run(
            ["llvm-symbolizer", f"--obj={os.path.realpath(caffe)}", "--functions=linkage", "--output-style=GNU", *before],
            capture_output=True, text=True)
        names = result.stdout.splitlines()[::2]
        result = subprocess.run(["swift-demangle", "--compact"], input="\n".join(names), capture_output=True, text=True)
        return result.stdout.splitlines() or names
    except OSError:
        return [f"{module}+{offset}" for module, offset in own]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("caffe", type=pathlib.Path)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("nets", type=pathlib.Path, nargs="+")
    parser.add_argument("--frames", type=int, default=12, help="how many frames of a stack are shown")
    options = parser.parse_args()
    caffe, library = options.caffe.resolve(), options.library.resolve()
    is_clean = True
    with tempfile.TemporaryDirectory(prefix="caffe-allocations-") as name:
        folder = pathlib.Path(name)
        make_digits(caffe, folder)
        for net in options.nets:
            before = counts(caffe, library, net.resolve(), SOLVER, SHORT, folder)
            after = counts(caffe, library, net.resolve(), SOLVER, LONG, folder)
            grown = {frames: count - before[frames] for frames, count in after.items() if count > before[frames]}
            length = LONG - SHORT
            grown = {frames: count for frames, count in grown.items() if count >= LEAST * length}
            own = {frames: count for frames, count in grown.items() if not owner(frames).startswith(EXCEPTED)}
            total = sum(own.values())
            others = sum(grown.values()) - total
            print(f"{net}: {total / length:.2f} allocations an iteration, beside {others / length:.2f} of {', '.join(EXCEPTED)}")
            for frames, count in sorted(own.items(), key=lambda pair: -pair[1]):
                print(f"  {count / length:.2f} an iteration:")
                for text in named(frames, caffe)[: options.frames]:
                    print(f"    {text}")
            is_clean = is_clean and not own
    sys.exit(0 if is_clean else 1)


if __name__ == "__main__":
    main()
