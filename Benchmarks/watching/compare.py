"""What it costs LeNet's training at batch 64 to be watched: with the line of progress and --metrics, and without, in turns.

Run it as `Benchmarks/run watching`. Both sides log every 100 iterations.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lenet"))

import training  # noqa: E402


def milliseconds(solver, iterations, flags):
    """Milliseconds per iteration, by the log's own times."""
    run = subprocess.run(
        [training.sides.CAFFE, "train", f"--solver={solver}", *flags], cwd=training.ROOT, capture_output=True, text=True)
    # A line of progress may stand before a log line.
    lines = [line.rsplit("\x1b[2K", 1)[-1].rsplit("\r", 1)[-1] for line in run.stderr.splitlines()]
    times = {word: training.time_of_day(line) for line in lines for word in ("] Solving ", "] Optimization Done.") if word in line}
    if run.returncode != 0 or len(times) != 2:
        sys.exit("caffe train failed:\n" + "\n".join(lines[-5:]))
    return (times["] Optimization Done."] - times["] Solving "]) % 86400 * 1000 / iterations


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=1000, help="training iterations in a run")
    options = parser.parse_args()
    plain, watched = [], []
    with tempfile.TemporaryDirectory(prefix="caffe-benchmark-") as name:
        folder = pathlib.Path(name)
        net = training.Databases(folder, training=6400, testing=100).net(folder)
        solver = training.iteration_solver(folder, net, options.iterations)
        solver.write_text(solver.read_text().replace("display: 0", "display: 100"))
        flags = ["--progress=always", f"--metrics={folder}/run.jsonl"]
        milliseconds(solver, options.iterations, [])
        for index in range(options.rounds):
            # Whoever comes first may find a warmer machine.
            sides = [(plain, []), (watched, flags)]
            for times, side in sides if index % 2 == 0 else reversed(sides):
                times.append(milliseconds(solver, options.iterations, side))
            print(f"round {index + 1}: plain {plain[-1]:.3f} ms, watched {watched[-1]:.3f} ms", flush=True)
    ratio = statistics.median(b / a for a, b in zip(plain, watched))
    print(f"\nLeNet, batch 64, medians of {options.rounds} rounds of {options.iterations} iterations")
    print(f"plain                          {statistics.median(plain):8.3f} ms per iteration")
    print(f"with progress and metrics      {statistics.median(watched):8.3f} ms per iteration")
    print(f"cost                           {100 * (ratio - 1):8.2f} % (median of the rounds' own)")


if __name__ == "__main__":
    main()
