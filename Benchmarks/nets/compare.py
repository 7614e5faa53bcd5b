"""Nets for pictures against PyTorch, ONNX Runtime, OpenCV and, where CAFFE_ROOT names a build of it, the original Caffe.

Run it as `Benchmarks/run nets`, with names of rows to run only these. All sides use all cores and take turns; what is printed are medians
over the rounds, and the median of the rounds' own ratios.
"""

import argparse
import pathlib
import sys

import memory
import results
import rows
import sides

KNOWN = [*rows.ROWS, "memory", "growth"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="of " + ", ".join(KNOWN))
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    parser.add_argument("--out", type=pathlib.Path, default=sides.ROOT / "build/benchmarks",
                        help="where the table and the charts go")
    options = parser.parse_args()
    wanted = options.rows or [*rows.ROWS, "memory"]
    unknown = [name for name in wanted if name not in KNOWN]
    if unknown:
        sys.exit(f"no row is called {unknown[0]}; rows: {', '.join(KNOWN)}")
    options.out.mkdir(parents=True, exist_ok=True)

    measured = [rows.run(rows.ROWS[name], options.rounds) for name in wanted if name in rows.ROWS]
    if "memory" in wanted:
        measured.append(memory.measure())
    if measured:
        results.write(measured, options.out, sides.machine())
    if "growth" in wanted:
        rows.growth(options.out, min(options.rounds, 3))


if __name__ == "__main__":
    main()
