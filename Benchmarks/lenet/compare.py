"""A LeNet training iteration at batch 64: PyTorch eager, `caffe train` from LMDB and, where CAFFE_ROOT names a build of it, the original's,
in turns, on all cores; with --tutorial, the whole tutorial.

Run it as `Benchmarks/run lenet`. Medians over the rounds; a busy machine makes all of them worse, the ratio least.
"""

import argparse
import statistics

import training
import results
import sides


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each side runs")
    parser.add_argument("--iterations", type=int, default=1000, help="training iterations in a run")
    parser.add_argument("--tutorial", action="store_true", help="10,000 iterations and 21 tests instead")
    options = parser.parse_args()

    print(sides.machine())
    if options.tutorial:
        print("\n" + results.table([training.tutorial(options.rounds)]))
        return
    result, ours = training.iteration(options.rounds, options.iterations)
    print("\n" + results.table([result]))
    print(f"caffe, peak anonymous memory  {max(run.peak for run in ours):8.1f} MiB")
    print(f"caffe, start to 'Solving'     {statistics.median(run.start for run in ours):8.3f} s")


if __name__ == "__main__":
    main()
