"""What `caffe memory` forecasts, beside the peak (VmHWM) of `caffe train` and `caffe test` as they are used: from databases, with tests and
a snapshot.

Run it as `Benchmarks/run memory [NET …]`; it ends with status 1 where a forecast is off by more than a tenth.
"""

import argparse
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/tools"
# The net's file, the records of a batch, the iterations of the training, the batches of a test, of which there is one every second iteration.
NETS = {
    "lenet": ("examples/mnist/lenet_train_test.prototxt", 64, 1000, 1),
    "caffenet": ("models/bvlc_reference_caffenet/train_val.prototxt", 64, 3, 3),
    "resnet50": ("models/resnet50/train_val.prototxt", 16, 3, 3),
    "mobilenet": ("models/mobilenet/train_val.prototxt", 16, 3, 3),
}
SOLVER = """net: "{net}"
test_iter: {tests}
test_interval: 2
test_initialization: false
base_lr: 0.0001
momentum: 0.9
weight_decay: 0.0005
lr_policy: "fixed"
display: 0
max_iter: {iterations}
snapshot_prefix: "{folder}/made"
"""
PICTURES = 128


def run(command, cwd):
    """Runs a program; its output, and the peak of its resident memory in bytes."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=cwd)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, command))} failed:\n{errors.read()[-2000:]}")
        return output, usage.ru_maxrss * 1024


def noise(path, generator, size=256):
    """A PNG of random colours."""
    rows = b"".join(b"\0" + generator.randbytes(3 * size) for _ in range(size))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def make_pictures(folder):
    """A database of pictures and their mean, under the names that the models' files have."""
    generator = random.Random(1)
    for index in range(PICTURES):
        noise(folder / f"{index}.png", generator)
    (folder / "list.txt").write_text("".join(f"{index}.png {index}\n" for index in range(PICTURES)))
    (folder / "examples/imagenet").mkdir(parents=True)
    (folder / "data/ilsvrc12").mkdir(parents=True)
    database = folder / "examples/imagenet/ilsvrc12_train_lmdb"
    run([TOOLS / "convert_imageset", f"{folder}/", folder / "list.txt", database], folder)
    (folder / "examples/imagenet/ilsvrc12_val_lmdb").symlink_to(database)
    run([TOOLS / "compute_image_mean", database, folder / "data/ilsvrc12/imagenet_mean.binaryproto"], folder)


def make_digits(folder):
    """MNIST's databases, with drawn digits."""
    run([TOOLS / "caffe", "digits", f"--out={folder}/digits"], folder)
    (folder / "examples/mnist").mkdir(parents=True)
    for kind, name in (("train", "train"), ("test", "t10k")):
        files = [folder / f"digits/{name}-images-idx3-ubyte", folder / f"digits/{name}-labels-idx1-ubyte"]
        run([TOOLS / "convert_mnist_data", "--backend=lmdb", *files, folder / f"examples/mnist/mnist_{kind}_lmdb"], folder)


def compare(name, folder):
    """Forecast and measured bytes, by phase."""
    path, batch, iterations, tests = NETS[name]
    text = re.sub(r"batch_size: \d+", f"batch_size: {batch}", (ROOT / path).read_text())
    (folder / "net.prototxt").write_text(text)
    solver = SOLVER.format(net="net.prototxt", tests=tests, iterations=iterations, folder=folder)
    (folder / "solver.prototxt").write_text(solver)
    caffe = TOOLS / "caffe"
    common = ["--model=net.prototxt", f"--iterations={tests}"]
    told, _ = run([caffe, "memory", "--solver=solver.prototxt", "--json", *common], folder)
    phases = {phase["phase"]: phase for phase in json.loads(told)["phases"]}
    _, train = run([caffe, "train", "--solver=solver.prototxt", "--quiet"], folder)
    weights = folder / f"made_iter_{iterations}.caffemodel"
    _, test = run([caffe, "test", f"--weights={weights}", "--quiet", *common], folder)
    return {"TRAIN": (phases["TRAIN"], train), "TEST": (phases["TEST"], test)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", default=[], help=f"of {', '.join(NETS)}; all by default")
    parser.add_argument("--parts", action="store_true", help="show what the forecasts consist of")
    options = parser.parse_args()
    unknown = set(options.nets) - set(NETS)
    if unknown:
        sys.exit(f"there is no net {', '.join(sorted(unknown))} here; there is {', '.join(NETS)}")
    is_off = False
    print(f"{'net':12}{'batch':>6}  {'phase':6}{'forecast MB':>12}{'measured MB':>12}{'ratio':>7}", flush=True)
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        wanted = options.nets or list(NETS)
        if "lenet" in wanted:
            make_digits(folder)
        if set(wanted) != {"lenet"}:
            make_pictures(folder)
        for net in wanted:
            for phase, (forecast, measured) in compare(net, folder).items():
                ratio = forecast["peak"] / measured
                is_off = is_off or not 0.9 <= ratio <= 1.1
                print(
                    f"{net:12}{NETS[net][1]:6}  {phase:6}{forecast['peak'] / 1e6:12.1f}{measured / 1e6:12.1f}{ratio:7.3f}",
                    flush=True)
                if options.parts:
                    print("   ", ", ".join(f"{part} {size / 1e6:.1f}" for part, size in forecast["bytes"].items()), flush=True)
    sys.exit(1 if is_off else 0)


if __name__ == "__main__":
    main()
