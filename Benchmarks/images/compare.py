"""Pictures a second from JPEG files to a batch: decoded, scaled to 256×256, a random 227×227 of it, mirrored, mean subtracted.

PyTorch's DataLoader with Pillow, one worker a core, and the ImageData layer, in turns. Run it as `Benchmarks/run images`; the pictures are those
of CAFFE_DATA_DIR/imagenet.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAFFE = ROOT / "build/tools/caffe"
CORES = len(os.sched_getaffinity(0))


def pytorch(list_file, batches):
    """Pictures a second of PyTorch."""
    worker = pathlib.Path(__file__).with_name("pytorch_images.py")
    output = subprocess.run(
        [sys.executable, worker, str(list_file), "--batches", str(batches), "--workers", str(CORES)], check=True,
        capture_output=True, text=True)
    return float(output.stdout.split()[-1])


def caffe(folder, list_file, batches):
    """Pictures a second of ours."""
    net = folder / "net.prototxt"
    net.write_text(f"""
layer {{ name: "data" type: "ImageData" top: "data" top: "label"
  transform_param {{ crop_size: 227 mirror: true mean_value: 104 mean_value: 117 mean_value: 123 }}
  image_data_param {{ source: "{list_file}" batch_size: 50 new_height: 256 new_width: 256 shuffle: true }} }}
layer {{ name: "end" type: "Silence" bottom: "data" bottom: "label" }}
""")
    output = subprocess.run(
        [CAFFE, "time", f"--model={net}", f"--iterations={batches}", "--warm-up=6", "--forward-only"], check=True,
        capture_output=True, text=True)
    milliseconds = float(re.search(r"Total Time: ([\d.e+]+) ms", output.stderr).group(1))
    return batches * 50 / milliseconds * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=40, help="batches of 50 in a run")
    options = parser.parse_args()
    source = pathlib.Path(os.environ.get("CAFFE_DATA_DIR", ROOT / "../shared/data")).resolve() / "imagenet"
    if not (source / "val.txt").exists():
        sys.exit("no pictures: CAFFE_DATA_DIR names no folder with imagenet/val.txt")
    try:
        import PIL  # noqa: F401
    except ImportError:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pillow", "numpy"], check=True)

    theirs, ours = [], []
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        list_file = folder / "list.txt"
        lines = (source / "val.txt").read_text().splitlines()
        list_file.write_text("".join(f"{source}/images/{line}\n" for line in lines if line.strip()))
        for index in range(options.rounds):
            theirs.append(pytorch(list_file, options.iterations))
            ours.append(caffe(folder, list_file, options.iterations))
            print(f"round {index + 1}: PyTorch {theirs[-1]:.0f}, caffe {ours[-1]:.0f} pictures/s", flush=True)
    ratio = statistics.median(b / a for a, b in zip(theirs, ours))
    print(f"\nJPEG to batch, {CORES} cores, medians of {options.rounds} rounds of {options.iterations} batches of 50")
    print(f"PyTorch DataLoader (Pillow)  {statistics.median(theirs):8.0f} pictures/s")
    print(f"ImageData layer              {statistics.median(ours):8.0f} pictures/s")
    print(f"ratio                        {ratio:8.2f} (median of the rounds' own)")


if __name__ == "__main__":
    main()
