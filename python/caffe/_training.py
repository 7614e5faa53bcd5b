"""Trainings whose course a program follows."""

import os
from collections import namedtuple

from . import _callbacks
from ._solver import Solver, TestRecorder, get_solver

Metrics = namedtuple("Metrics", ["iteration", "loss", "lr", "outputs", "tests"])
Metrics.__doc__ = """What a training has come to.

Attributes:
    iteration: The number of updates done.
    loss: The loss, averaged as ``average_loss`` says.
    lr: The learning rate of the next iteration.
    outputs: The outputs of the training net, by name: numbers, or arrays of several.
    tests: What the test nets gave since the last time: a dictionary of outputs for each net that was tested, by its number.
"""


def train(solver, iterations=None, every=None):
    """Trains and yields a :class:`Metrics` now and then, for plots and decisions; leaving the loop ends the training.

    >>> for metrics in caffe.train("examples/mnist/lenet_solver.prototxt"):
    ...     plot(metrics.iteration, metrics.loss)

    Args:
        solver: A solver, or the file of one.
        iterations: How many iterations to train; up to ``max_iter`` without.
        every: After how many iterations to yield; ``display`` of the solver without, or 100.
    """
    if not isinstance(solver, Solver):
        solver = get_solver(os.fspath(solver))
    every = int(every or solver.param.display or 100)
    if every < 1:
        raise ValueError("every=%d iterations; give 1 or more" % every)
    end = solver.param.max_iter if iterations is None else solver.iter + iterations
    tests = {}
    number = _callbacks.observe(solver._handle, TestRecorder(lambda _, net, outputs: tests.update({net: outputs})))
    try:
        while solver.iter < end:
            begin = solver.iter
            solver.step(min(every, end - begin))
            if solver.iter == begin:
                return
            yield Metrics(solver.iter, solver.smoothed_loss, solver.lr, _outputs(solver.net), dict(tests))
            tests.clear()
    finally:
        _callbacks.remove(number)


def _outputs(net):
    found = {}
    for name in net.outputs:
        values = net.blobs[name].data
        found[name] = float(values.reshape(-1)[0]) if values.size == 1 else values.copy()
    return found
