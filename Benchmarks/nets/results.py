"""What was measured: as a table in Markdown and a bar chart."""

import dataclasses
import statistics

import charts

NAMES = ["caffe", "torch", "torch-frozen", "onnx", "opencv", "original"]


@dataclasses.dataclass
class Result:
    """A piece of work, and what each side needs for it, in `unit`."""
    title: str
    amounts: dict
    ratios: dict
    # How many times better than another side we want to be.
    goals: dict = dataclasses.field(default_factory=dict)
    # The most that we want to need ourselves.
    most: float = None
    unit: str = "ms"
    # What the reader must know about a side's amount.
    notes: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of_rounds(cls, title, rounds, **options):
        """Medians by side, and medians of the rounds' own ratios to ours."""
        ours = rounds["caffe"]
        return cls(
            title, {name: statistics.median(amounts) for name, amounts in rounds.items()},
            {name: statistics.median(theirs / mine for theirs, mine in zip(amounts, ours))
             for name, amounts in rounds.items() if name != "caffe"}, **options)

    def cell(self, side):
        if side not in self.amounts:
            return ""
        ratio = f" ({self.ratios[side]:.2f}×)" if side in self.ratios else ""
        mark = "*" if side in self.notes else ""
        return f"{number(self.amounts[side])} {self.unit}{ratio}{mark}"

    def verdicts(self):
        """Every goal with what became of it."""
        texts = [
            f"{goal}× {side}: {'met' if self.ratios[side] >= goal else 'missed'}" if side in self.ratios
            else f"{goal}× {side}: not measured" for side, goal in self.goals.items()]
        if self.most is not None:
            texts.append(f"≤ {self.most:g} {self.unit}: {'met' if self.amounts['caffe'] <= self.most else 'missed'}")
        return texts


def number(amount):
    return f"{amount:.0f}" if amount >= 1000 else f"{amount:.3g}"


def names(results):
    return [name for name in NAMES if any(name in result.amounts for result in results)]


def table(results):
    """The results in Markdown: amounts, and in brackets how many times less we need."""
    columns = names(results)
    lines = ["| work | " + " | ".join(columns) + " | goal |", "|---" * (len(columns) + 2) + "|"]
    for result in results:
        cells = [result.title] + [result.cell(side) for side in columns] + [", ".join(result.verdicts())]
        lines.append("| " + " | ".join(cells) + " |")
    notes = [f"\\* {result.title}, {side}: {text}" for result in results for side, text in result.notes.items()]
    return "\n".join(lines) + "\n" + "".join(f"\n{note}\n" for note in notes)


def write(results, folder, heading):
    """Prints the table and leaves it, and the bars, in the folder."""
    text = table(results)
    print("\n" + text)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(f"{heading}\n\n{text}")
    charts.bars(
        folder / "bars.svg", f"{heading}; shorter is better",
        [(result.title, result.amounts, result.unit) for result in results], names(results))
