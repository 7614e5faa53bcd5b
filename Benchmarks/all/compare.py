"""Everything that we claim about the speed of the processor's engine, in one table: LeNet, its tutorial, nets for pictures, memory, growth.

Run it as `Benchmarks/run all`.
"""

import argparse
import pathlib
import sys

BENCHMARKS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(BENCHMARKS / "nets"), str(BENCHMARKS / "lenet")]

import memory
import results
import rows
import sides
import training


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=1000, help="LeNet's training iterations in a run")
    parser.add_argument("--skip", nargs="*", default=[], choices=["tutorial", "growth"], help="what takes longest")
    parser.add_argument("--out", type=pathlib.Path, default=sides.ROOT / "build/benchmarks",
                        help="where the table and the charts go")
    options = parser.parse_args()

    heading = f"Medians of {options.rounds} rounds on {sides.machine()}"
    measured = [training.iteration(options.rounds, options.iterations)[0]]
    for row in rows.ROWS.values():
        measured.append(rows.run(row, options.rounds))
    measured.append(memory.measure())
    if "tutorial" not in options.skip:
        measured.append(training.tutorial(options.rounds))
    results.write(measured, options.out, heading)
    if "growth" not in options.skip:
        rows.growth(options.out, min(options.rounds, 3))
    print(f"Table and charts: {options.out}")


if __name__ == "__main__":
    main()
