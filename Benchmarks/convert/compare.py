"""Pictures a second of convert_imageset with one job and with two: JPEG files decoded, scaled to 256×256, written to an LMDB.

The two take turns. Run it as `Benchmarks/run convert`; the pictures are those of CAFFE_DATA_DIR/imagenet, several times over.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "build/tools/convert_imageset"


def convert(source, list_file, folder, jobs):
    """Seconds of a conversion, from start to end of the program; the database of the one before is removed outside of them."""
    shutil.rmtree(folder / "made_lmdb", ignore_errors=True)
    begin = time.perf_counter()
    subprocess.run(
        [TOOL, f"--jobs={jobs}", "--resize_height=256", "--resize_width=256", f"{source}/images/", list_file,
         folder / "made_lmdb"], check=True, capture_output=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each side runs")
    parser.add_argument("--pictures", type=int, default=1000, help="pictures in a run")
    options = parser.parse_args()
    source = pathlib.Path(os.environ.get("CAFFE_DATA_DIR", ROOT / "../shared/data")).resolve() / "imagenet"
    if not (source / "val.txt").exists():
        sys.exit("no pictures: CAFFE_DATA_DIR names no folder with imagenet/val.txt")
    lines = [line for line in (source / "val.txt").read_text().splitlines() if line.strip()]
    one, two = [], []
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        list_file = folder / "list.txt"
        list_file.write_text("".join(f"{lines[index % len(lines)]}\n" for index in range(options.pictures)))
        convert(source, list_file, folder, 2)
        for index in range(options.rounds):
            one.append(convert(source, list_file, folder, 1))
            two.append(convert(source, list_file, folder, 2))
            print(f"round {index + 1}: one job {one[-1]:.2f} s, two jobs {two[-1]:.2f} s", flush=True)
    print(f"\nconvert_imageset, {options.pictures} JPEG pictures to 256×256, medians of {options.rounds} rounds")
    print(f"--jobs=1   {options.pictures / statistics.median(one):8.0f} pictures/s")
    print(f"--jobs=2   {options.pictures / statistics.median(two):8.0f} pictures/s")
    print(f"ratio      {statistics.median(a / b for a, b in zip(one, two)):8.2f} (median of the rounds' own)")


if __name__ == "__main__":
    main()
