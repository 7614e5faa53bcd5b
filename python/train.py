#!/usr/bin/env python
"""Trains a net by a solver."""

import argparse

import caffe


def show_times(solver):
    """Logs, wherever the solver displays, how long each layer took."""
    net = solver.net
    names = net._layer_names
    forward = [caffe.Timer() for _ in names]
    backward = [caffe.Timer() for _ in names]
    total = caffe.Timer()
    display = solver.param.display

    def show():
        total.stop()
        if display and solver.iter % display == 0:
            lines = ["forw %3d %8s : %.2f" % (index, name, forward[index].ms) for index, name in enumerate(names)]
            lines += ["back %3d %8s : %.2f" % (index, names[index], backward[index].ms) for index in reversed(range(len(names)))]
            caffe.log("\n".join([""] + lines + ["solver total: %.2f" % total.ms]))

    net.before_forward(lambda layer: forward[layer].start())
    net.after_forward(lambda layer: forward[layer].stop())
    net.before_backward(lambda layer: backward[layer].start())
    net.after_backward(lambda layer: backward[layer].stop())
    solver.add_callback(total.start, show)


def choose_devices(gpus):
    """Sets the devices that the flag asks for."""
    if gpus:
        caffe.log("Using devices %s" % gpus)
        caffe.set_device(gpus[0])
        caffe.set_mode_gpu()
        caffe.set_solver_count(len(gpus))
        return
    try:
        caffe.set_mode_gpu()
        caffe.log("Using devices [0]")
    except caffe.CaffeError as error:
        caffe.log("Training on the CPU: %s" % error)


def main():
    """Runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--solver", required=True, help="The solver's prototxt.")
    parser.add_argument("--snapshot", help="A .solverstate to go on from.")
    parser.add_argument("--gpus", type=int, nargs="+", help="The GPUs; this version takes one. (default: the first, or the CPU where there is none)")
    parser.add_argument("--timing", action="store_true", help="Log how long each layer takes.")
    flags = parser.parse_args()

    caffe.init_log()
    choose_devices(flags.gpus)
    solver = caffe.get_solver(flags.solver)
    if flags.snapshot:
        solver.restore(flags.snapshot)
    if flags.timing:
        show_times(solver)
    solver.step(max(0, solver.param.max_iter - solver.iter))


if __name__ == "__main__":
    main()
