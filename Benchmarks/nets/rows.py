"""The rows of nets for pictures, and how each is measured."""

import dataclasses

import charts
import sides
from results import Result


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


def report(text):
    print(text, flush=True)


def run(row, rounds):
    """A row's result."""
    report(f"{row.title}:")
    made = {name: sides.make(name, row.net, row.batch, row.mode) for name in ["caffe"] + row.others}
    try:
        results = sides.medians(made, rounds, row.iterations, report)
    finally:
        for side in made.values():
            side.close()
    return Result.of_rounds(row.title, results, goals=row.goals)


GROWTHS = {
    "batch": ("CaffeNet forward", "images in the batch", [1, 2, 4, 8, 16, 32, 64, 128, 256],
              lambda x: ("caffenet", x, sides.CORES)),
    "threads": ("CaffeNet forward, batch 16", "threads", [t for t in [1, 2, 4, 8, 16] if t <= sides.CORES],
                lambda x: ("caffenet", 16, x)),
    "depth": ("3×3 convolutions of 64 channels over 56×56, batch 16", "convolutions", [1, 2, 4, 8, 16, 32],
              lambda x: (f"stack{x}", 16, sides.CORES)),
}


def growth(folder, rounds, kinds=GROWTHS):
    """How the time grows with the batch, the threads and the depth, each against PyTorch: a plot each, and one file with the numbers."""
    lines = []
    for name in kinds:
        title, horizontal, values, describe = GROWTHS[name]
        series = {"caffe": [], "torch": []}
        for value in values:
            net, batch, threads = describe(value)
            made = {side: sides.make(side, net, batch, "test", threads) for side in series}
            results = sides.medians(made, rounds, max(2, min(20, 64 // batch)))
            for side in series:
                made[side].close()
            result = Result.of_rounds(f"{title}, {value} {horizontal}", results)
            for side, points in series.items():
                points.append((value, result.amounts[side]))
            lines.append(f"| {title} | {value} {horizontal} | {result.cell('caffe')} | {result.cell('torch')} |")
            report(lines[-1])
        charts.lines(folder / f"{name}.svg", title, horizontal, series)
    (folder / "growth.md").write_text("\n".join(["| net | size | caffe | torch |", "|---|---|---|---|"] + lines) + "\n")
