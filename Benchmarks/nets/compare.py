"""Nets for pictures against PyTorch, ONNX Runtime, OpenCV and, where CAFFE_ROOT names a build of it, the original Caffe.

Run it as `Benchmarks/run nets`, with names of rows to run only these. All sides use all cores and take turns; what is printed are medians
over the rounds, and the median of the rounds' own ratios.
"""

import argparse
import dataclasses
import pathlib
import statistics
import sys

import charts
import memory
import sides


@dataclasses.dataclass
class Row:
    """What is timed, who else is, and how many times faster than each of these we want to be."""
    title: str
    net: str
    batch: int
    mode: str
    goals: dict
    iterations: int

    @property
    def others(self):
        usual = ["torch"] if self.mode == "train" else ["torch", "torch-frozen", "onnx", "opencv"]
        return usual + (["original"] if sides.Original.program() else [])


ROWS = {
    "caffenet-train-64": Row(
        "CaffeNet forward + backward, batch 64", "caffenet", 64, "train", {"torch": 2.2, "original": 3}, 3),
    "caffenet-64": Row("CaffeNet forward, batch 64", "caffenet", 64, "test", {"onnx": 2}, 5),
    "caffenet-1": Row("CaffeNet forward, batch 1", "caffenet", 1, "test", {"onnx": 1}, 60),
    "resnet50-1": Row("ResNet-50 forward, batch 1", "resnet50", 1, "test", {"torch-frozen": 1.3}, 30),
    "resnet50-16": Row("ResNet-50 forward, batch 16", "resnet50", 16, "test", {"torch-frozen": 1.4}, 4),
    "resnet50-train-16": Row(
        "ResNet-50 forward + backward, batch 16", "resnet50", 16, "train", {"torch": 1.5}, 2),
    "mobilenet-1": Row("MobileNet forward, batch 1", "mobilenet", 1, "test", {"torch": 1.2}, 40),
    "mobilenet-16": Row("MobileNet forward, batch 16", "mobilenet", 16, "test", {"torch": 1.2}, 6),
    "mobilenet-train-16": Row(
        "MobileNet forward + backward, batch 16", "mobilenet", 16, "train", {"torch": 1.2}, 2),
}
NAMES = ["caffe", "torch", "torch-frozen", "onnx", "opencv", "original"]


def run(row, rounds):
    """Medians by side, and by other side how many times faster we are."""
    print(f"{row.title}:", flush=True)
    made = {name: sides.make(name, row.net, row.batch, row.mode) for name in ["caffe"] + row.others}
    try:
        results = sides.medians(made, rounds, row.iterations, lambda text: print(text, flush=True))
    finally:
        for side in made.values():
            side.close()
    ratios = {
        name: statistics.median(theirs / ours for theirs, ours in zip(results[name], results["caffe"]))
        for name in row.others}
    return {name: statistics.median(times) for name, times in results.items()}, ratios


def table(measured):
    """The results in Markdown."""
    lines = ["| work | " + " | ".join(f"{name}, ms" for name in NAMES) + " | goal |"]
    lines.append("|---" * (len(NAMES) + 2) + "|")
    for name, (times, ratios) in measured.items():
        row = ROWS[name]
        cells = [
            "" if side not in times
            else f"{times[side]:.1f}" + (f" ({ratios[side]:.2f}×)" if side in ratios else "") for side in NAMES]
        goals = []
        for side, goal in row.goals.items():
            if side in ratios:
                goals.append(f"{goal}× {side}: {'met' if ratios[side] >= goal else 'missed'}")
        lines.append("| " + " | ".join([row.title] + cells + [", ".join(goals)]) + " |")
    return "\n".join(lines)


def growth(folder, rounds):
    """How the time grows with the batch, the threads and the depth, each against PyTorch."""
    plans = {
        "batch": ("CaffeNet forward", "images in the batch", [1, 2, 4, 8, 16, 32, 64, 128, 256],
                  lambda x: ("caffenet", x, sides.CORES)),
        "threads": ("CaffeNet forward, batch 16", "threads", [t for t in [1, 2, 4, 8, 16] if t <= sides.CORES],
                    lambda x: ("caffenet", 16, x)),
        "depth": ("3×3 convolutions of 64 channels over 56×56, batch 16", "convolutions", [1, 2, 4, 8, 16, 32],
                  lambda x: (f"stack{x}", 16, sides.CORES)),
    }
    for name, (title, horizontal, values, describe) in plans.items():
        series = {"caffe": [], "torch": []}
        for value in values:
            net, batch, threads = describe(value)
            made = {side: sides.make(side, net, batch, "test", threads) for side in series}
            results = sides.medians(made, rounds, max(2, min(20, 64 // batch)))
            for side, times in results.items():
                series[side].append((value, statistics.median(times)))
                made[side].close()
            print(f"{title}, {value} {horizontal}: " + ", ".join(
                f"{side} {points[-1][1]:.2f} ms" for side, points in series.items()), flush=True)
        charts.lines(folder / f"{name}.svg", title, horizontal, series)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="of " + ", ".join([*ROWS, "memory", "growth"]))
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--out", type=pathlib.Path, default=sides.ROOT / "build/benchmarks",
                        help="where the table and the charts go")
    options = parser.parse_args()
    wanted = options.rows or [*ROWS, "memory"]
    unknown = [name for name in wanted if name not in [*ROWS, "memory", "growth"]]
    if unknown:
        sys.exit(f"no row is called {unknown[0]}; rows: {', '.join([*ROWS, 'memory', 'growth'])}")
    options.out.mkdir(parents=True, exist_ok=True)

    measured = {name: run(ROWS[name], options.rounds) for name in wanted if name in ROWS}
    if measured:
        text = table(measured)
        print("\n" + text)
        (options.out / "table.md").write_text(text + "\n")
        charts.bars(
            options.out / "bars.svg", f"Milliseconds on {sides.CORES} cores, shorter is better",
            [(ROWS[name].title, times) for name, (times, _) in measured.items()],
            [name for name in NAMES if any(name in times for times, _ in measured.values())])
    if "memory" in wanted:
        peaks = memory.measure()
        print("\nCaffeNet training at batch 64, peak memory: " + ", ".join(
            f"{name} {peak:.0f} MiB" for name, peak in peaks.items()))
    if "growth" in wanted:
        growth(options.out, min(options.rounds, 3))


if __name__ == "__main__":
    main()
