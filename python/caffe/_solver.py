"""Solvers."""

import os
import signal
import threading
import weakref
from ctypes import c_float, c_int32, c_int64, c_void_p

from . import _callbacks
from ._library import encoded, given, library, taken
from ._net import Net

_INTERRUPTED = 1
_STOP = 2


class SolverParameters:
    """What a solver's prototxt says: the fields of ``SolverParameter`` by name. ``base_lr`` can be set."""

    def __init__(self, solver):
        from google.protobuf import text_format

        from .proto import caffe_pb2

        text = taken(library.caffe_solver_prototxt, solver._handle)
        self.__dict__["_message"] = text_format.Parse(text, caffe_pb2.SolverParameter())
        self.__dict__["_solver"] = weakref.ref(solver)

    def __getattr__(self, name):
        return getattr(self._message, name)

    def __setattr__(self, name, value):
        if name != "base_lr":
            raise AttributeError("only base_lr can be changed of a solver that is there; write the others into its prototxt")
        solver = self._solver()
        if solver is not None:
            library.caffe_solver_set_base_rate(solver._handle, value)
        self._message.base_lr = value

    def __repr__(self):
        return str(self._message)


class _Callbacks(_callbacks.Observer):
    """The two functions of ``add_callback``."""

    def __init__(self, on_start, on_gradients_ready):
        self._on_start = on_start
        self._on_gradients_ready = on_gradients_ready

    def begins(self):
        self._on_start()

    def has_gradients(self):
        self._on_gradients_ready()


class _Stopper(_callbacks.Observer):
    """Asks the solver to stop when Ctrl-C was pressed."""

    def __init__(self):
        self.is_asked = False

    def request(self):
        asked, self.is_asked = self.is_asked, False
        return _STOP if asked else 0


class Solver:
    """Trains a net. ``caffe.get_solver(file)`` makes one of the type that the file names, ``caffe.SGDSolver(file)`` and its like
    one of their own."""

    _type = None
    _handle = None

    def __init__(self, solver_file):
        type_name = encoded(self._type) if self._type else None
        handle = given(c_void_p, library.caffe_solver_open, encoded(os.fspath(solver_file)), type_name)
        self._begin(handle)

    @classmethod
    def from_prototxt(cls, text, name="<text>"):
        """Makes a solver of prototxt text, or of a ``SolverParameter`` message."""
        type_name = encoded(cls._type) if cls._type else None
        solver = Solver.__new__(cls)
        solver._begin(given(c_void_p, library.caffe_solver_parse, str(text).encode(), name.encode(), type_name))
        return solver

    def _begin(self, handle):
        self._handle = handle
        self._stopper = _Stopper()
        self._observe(self._stopper)

    def _observe(self, observer):
        number = _callbacks.observe(self._handle, observer)
        weakref.finalize(self, _callbacks.remove, number)

    def __del__(self, free=library.caffe_solver_free):
        if self._handle is not None:
            free(self._handle)

    @property
    def net(self):
        """The net that is trained."""
        net = self.__dict__.get("_net")
        if net is None:
            net = self._net = Net._wrap(given(c_void_p, library.caffe_solver_net, self._handle))
        return net

    @property
    def test_nets(self):
        """The nets that are tested, which use the parameters of ``net``: a list."""
        nets = self.__dict__.get("_test_nets")
        if nets is None:
            count = given(c_int64, library.caffe_solver_test_net_count, self._handle)
            nets = self._test_nets = [
                Net._wrap(given(c_void_p, library.caffe_solver_test_net, self._handle, index)) for index in range(count)
            ]
        return nets

    @property
    def param(self):
        """What the solver's prototxt says."""
        found = self.__dict__.get("_param")
        if found is None:
            found = self._param = SolverParameters(self)
        return found

    @property
    def iter(self):
        """The number of updates done."""
        return given(c_int64, library.caffe_solver_iteration, self._handle)

    @property
    def lr(self):
        """The learning rate of the next iteration."""
        return given(c_float, library.caffe_solver_rate, self._handle)

    @property
    def smoothed_loss(self):
        """The mean of the last losses, as many as ``average_loss`` says."""
        return given(c_float, library.caffe_solver_smoothed_loss, self._handle)

    def step(self, iterations):
        """Trains some iterations, with the tests, snapshots and log lines that are due. Ctrl-C stops after the current one."""
        if iterations == 1:
            library.caffe_solver_step(self._handle, 1)
        else:
            self._interruptible(lambda: library.caffe_solver_step(self._handle, iterations))

    def solve(self, resume_file=None):
        """Trains until ``max_iter``.

        Ctrl-C stops after the current iteration, with a snapshot where ``snapshot_prefix`` says, and raises KeyboardInterrupt.

        Args:
            resume_file: A ``.solverstate`` to go on from.
        """
        state = encoded(os.fspath(resume_file)) if resume_file is not None else None
        outcome = c_int32()
        self._interruptible(lambda: library.caffe_solver_solve(self._handle, state, outcome))

    def _interruptible(self, body):
        if threading.current_thread() is not threading.main_thread():
            return body()
        caught = []

        def stop(*_):
            caught.append(True)
            self._stopper.is_asked = True
            # A second Ctrl-C is Python's own.
            signal.signal(signal.SIGINT, earlier)

        earlier = signal.getsignal(signal.SIGINT)
        if earlier is not signal.default_int_handler:
            return body()
        signal.signal(signal.SIGINT, stop)
        try:
            body()
        finally:
            signal.signal(signal.SIGINT, earlier)
            self._stopper.is_asked = False
        if caught:
            raise KeyboardInterrupt

    def restore(self, state_file):
        """Goes on from a snapshot, a ``.solverstate``."""
        library.caffe_solver_restore(self._handle, encoded(os.fspath(state_file)))

    def snapshot(self):
        """Writes a snapshot and returns the name of its state file."""
        return taken(library.caffe_solver_snapshot, self._handle)

    def apply_update(self):
        """Updates the weights by the gradients that are there, and counts an iteration."""
        library.caffe_solver_apply_update(self._handle)

    def test(self):
        """Tests all test nets now.

        Returns:
            For each net a dictionary of the mean of each output, by name; an output of several values gives an array.
        """
        results = [{} for _ in self.test_nets]
        recorder = TestRecorder(lambda iteration, net, outputs: results[net].update(outputs))
        number = _callbacks.observe(self._handle, recorder)
        try:
            library.caffe_solver_test(self._handle)
        finally:
            _callbacks.remove(number)
        return results

    def share_weights(self, net):
        """Makes the parameters of ``net`` those of the net that is trained, from now on."""
        library.caffe_solver_share_weights(self._handle, net._handle)

    def add_callback(self, on_start, on_gradients_ready=None):
        """Has functions without arguments called in every iteration: ``on_start`` when it begins, ``on_gradients_ready`` before
        the update. An NCCL object, in place of both, has nothing to do in one process."""
        if on_gradients_ready is None and not callable(on_start):
            return
        self._observe(_Callbacks(on_start, on_gradients_ready))

    def __repr__(self):
        return "<caffe.%s of %r at iteration %d>" % (type(self).__name__, self.net.name, self.iter)


class TestRecorder(_callbacks.Observer):
    """Hands test runs on, values by name."""

    def __init__(self, take):
        self._take = take

    def tested(self, iteration, net, outputs):
        values = {}
        for name, value in outputs:
            values.setdefault(name, []).append(value)
        self._take(iteration, net, {name: found[0] if len(found) == 1 else found for name, found in values.items()})


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum."""

    _type = "SGD"


class NesterovSolver(SGDSolver):
    """Nesterov's accelerated gradient."""

    _type = "Nesterov"


class AdaGradSolver(SGDSolver):
    """AdaGrad: rates fall with the squares of the gradients."""

    _type = "AdaGrad"


class RMSPropSolver(SGDSolver):
    """RMSProp: rates follow the recent squares of the gradients."""

    _type = "RMSProp"


class AdaDeltaSolver(SGDSolver):
    """AdaDelta: rates follow from recent gradients and updates."""

    _type = "AdaDelta"


class AdamSolver(SGDSolver):
    """Adam: momentum, and rates that follow the squares of the gradients."""

    _type = "Adam"


class AdamWSolver(SGDSolver):
    """Adam with the weight decay apart from the gradients."""

    _type = "AdamW"


_KINDS = {
    kind._type: kind
    for kind in (SGDSolver, NesterovSolver, AdaGradSolver, RMSPropSolver, AdaDeltaSolver, AdamSolver, AdamWSolver)
}


def get_solver(solver_file):
    """Makes the solver of a prototxt file, of the type that it names."""
    solver = Solver(solver_file)
    solver.__class__ = _KINDS.get(solver.param.type or "SGD", Solver)
    return solver
