"""Gigabytes a second of raw records from an LMDB to batches: cut, mirrored, mean subtracted, scaled.

The Data layer, and what the memory allows: NumPy turning as many bytes, in memory, into floats, and copying as many floats. Run it as
`Benchmarks/run lmdb`.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAFFE = ROOT / "build/tools/caffe"
CORES = len(os.sched_getaffinity(0))
SIDE = 256
RECORD = 3 * SIDE * SIDE
BATCH = 64
TRANSFORMS = {
    "scale": "scale: 0.00390625",
    "mean": "mean_value: 104 mean_value: 117 mean_value: 123",
    "crop, mirror, mean": "crop_size: 227 mirror: true mean_value: 104 mean_value: 117 mean_value: 123",
}


def make_database(folder, records):
    """An LMDB of `records` pictures of 3×256×256."""
    picture = folder / "noise.ppm"
    picture.write_bytes(b"P6\n%d %d\n255\n" % (SIDE, SIDE) + os.urandom(RECORD))
    (folder / "list.txt").write_text("noise.ppm 1\n" * records)
    subprocess.run(
        [CAFFE, "convert_imageset", f"{folder}/", folder / "list.txt", folder / "db"], check=True, capture_output=True)


def caffe(folder, transform, batches, more):
    """Gigabytes of records a second of the Data layer."""
    net = folder / "net.prototxt"
    net.write_text(f"""
layer {{ name: "data" type: "Data" top: "data" top: "label" transform_param {{ {transform} }}
  data_param {{ source: "{folder}/db" backend: LMDB batch_size: {BATCH} }} }}
layer {{ name: "end" type: "Silence" bottom: "data" bottom: "label" }}
""")
    output = subprocess.run(
        [CAFFE, "time", f"--model={net}", f"--iterations={batches}", "--warm-up=8", "--forward-only", *more], check=True,
        capture_output=True, text=True)
    milliseconds = float(re.search(r"Total Time: ([\d.e+]+) ms", output.stderr).group(1))
    return batches * BATCH * RECORD / milliseconds / 1e6


def memory(batches):
    """Gigabytes of bytes a second that NumPy turns into floats, and copies as floats, on one core."""
    import numpy as np
    source = np.random.randint(0, 255, (8 * BATCH, RECORD), dtype=np.uint8)
    target = [np.zeros((BATCH, RECORD), dtype=np.float32) for _ in range(5)]
    begin = time.perf_counter()
    for index in range(batches):
        start = index % 8 * BATCH
        np.multiply(source[start:start + BATCH], np.float32(1 / 256), out=target[index % 5], dtype=np.float32)
    middle = time.perf_counter()
    for index in range(batches):
        np.copyto(target[index % 5], target[(index + 1) % 5])
    end = time.perf_counter()
    size = batches * BATCH * RECORD / 1e9
    return size / (middle - begin), size / (end - middle)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=100, help="batches of 64 in a run")
    parser.add_argument("--records", type=int, default=2048, help="records of 196,608 bytes in the database")
    options = parser.parse_args()

    rates = {}
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        make_database(folder, options.records)
        for index in range(options.rounds):
            for what, transform in TRANSFORMS.items():
                for threads in sorted({1, CORES}):
                    rate = caffe(folder, transform, options.iterations, [f"--data-threads={threads}"])
                    rates.setdefault(f"Data layer, {what}, {threads} thread{'s' * (threads > 1)}", []).append(rate)
            convert, copy = memory(options.iterations)
            rates.setdefault("NumPy, bytes to floats, 1 thread", []).append(convert)
            rates.setdefault("NumPy, floats copied, 1 thread", []).append(copy)
            print(f"round {index + 1}: " + ", ".join(f"{values[-1]:.2f}" for values in rates.values()), flush=True)
    print(f"\nLMDB records of 3×256×256 bytes to batches of {BATCH}, {CORES} cores, medians of {options.rounds} rounds")
    for what, values in rates.items():
        print(f"{what:48} {statistics.median(values):6.2f} GB/s of bytes")


if __name__ == "__main__":
    main()
