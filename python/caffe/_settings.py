"""What is set for the whole library: devices, seeds, threads, the log, processes."""

import atexit
import os
import sys
import threading
import time
from ctypes import CFUNCTYPE, c_char_p, c_int32, c_int64, c_void_p

from . import _callbacks
from ._library import encoded, given, library

_LogType = CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_int64, c_char_p)
_LETTERS = "IWE"
_state = {"solver_count": 1, "solver_rank": 0, "is_multiprocess": False, "log": None}


# --- Devices ---

def set_mode_cpu():
    """Has the nets and solvers made from now on compute on the CPU, as at the start."""
    library.caffe_set_mode(0)


def set_mode_gpu():
    """Has the nets and solvers made from now on compute on the GPU that ``set_device`` sets, the first without.

    Raises:
        CaffeError: There is no GPU, or one of NVIDIA's libraries is missing; the message says what to do.
    """
    library.caffe_set_mode(1)


def set_device(device):
    """Sets which GPU the nets and solvers made from now on compute on after ``set_mode_gpu``, from 0.

    Raises:
        CaffeError: There is no such GPU.
    """
    library.caffe_set_device(int(device))


# --- Numbers ---

def set_random_seed(seed):
    """Sets the seed of the nets made from now on: the same program then gives the same numbers."""
    library.caffe_set_random_seed(int(seed))


def set_threads(threads):
    """Sets how many threads the nets made from now on compute with; 0 for all cores."""
    library.caffe_set_threads(int(threads))


def layer_type_list():
    """The names of the layer types there are, sorted."""
    count = given(c_int64, library.caffe_layer_type_count)
    return [given(c_char_p, library.caffe_layer_type_name, index).decode() for index in range(count)]


# --- The log ---

def init_log(level=0, stderr=True):
    """Shows the library's log on standard error, from ``level`` on: 0 everything, 1 warnings, 2 errors, 3 nothing.

    Without a call warnings are shown; the environment variable ``GLOG_minloglevel`` says otherwise.
    """
    set_log(_write_line, level)


def set_log(function, level=0):
    """Has ``function(level, file, line, message)`` called for every line of the log from ``level`` on; None: nobody."""
    _state["log"] = function
    callback = None if function is None else _callbacks.address(_on_log)
    library.caffe_set_log(callback, None, int(level))


def log(message):
    """Writes a line to the log."""
    library.caffe_log(0, encoded(str(message)))


@_LogType
def _on_log(_user, level, file, line, message):
    function = _state["log"]
    if function is not None:
        function(level, file.decode("utf-8", "replace"), line, message.decode("utf-8", "replace"))


def _write_line(level, file, line, message):
    now = time.time()
    stamp = time.strftime("%m%d %H:%M:%S", time.localtime(now))
    thread = threading.get_native_id()
    sys.stderr.write(
        "%s%s.%06d %5d %s:%d] %s\n" % (_LETTERS[min(level, 2)], stamp, int(now % 1 * 1e6), thread, file, line, message)
    )


def _begin_log():
    try:
        level = int(os.environ.get("GLOG_minloglevel", "1"))
    except ValueError:
        level = 1
    init_log(level)
    # Threads of the library may log until the end, when there is no Python any more.
    atexit.register(set_log, None)


# --- Several processes ---

def solver_count():
    """How many solvers train together."""
    return _state["solver_count"]


def set_solver_count(count):
    """Says how many solvers train together; this version takes 1."""
    if count != 1:
        raise RuntimeError("%d solvers can't train together in this version; give one device" % count)


def solver_rank():
    """Which of them this one is."""
    return _state["solver_rank"]


def set_solver_rank(rank):
    """Says which of the solvers this one is."""
    _state["solver_rank"] = int(rank)


def set_multiprocess(is_multiprocess):
    """Says whether the solvers are processes."""
    _state["is_multiprocess"] = bool(is_multiprocess)


def has_nccl():
    """Whether solvers on several GPUs can exchange gradients: no."""
    return False


class NCCL:
    """Exchanges gradients between solvers; with one solver there is nothing to exchange."""

    def __init__(self, solver, uid):
        self.solver = solver
        self.uid = uid

    @staticmethod
    def new_uid():
        """A name for a training of several solvers."""
        return os.urandom(16)

    def bcast(self):
        """Gives all solvers the weights of the first."""


class Timer:
    """A stopwatch: ``start()``, ``stop()``, ``ms``."""

    def __init__(self):
        self._start = None
        self._seconds = 0.0

    def start(self):
        """Starts, from zero."""
        self._start = time.perf_counter()

    def stop(self):
        """Stops."""
        if self._start is not None:
            self._seconds = time.perf_counter() - self._start
            self._start = None

    @property
    def ms(self):
        """Milliseconds between start and stop, or up to now."""
        self_seconds = self._seconds if self._start is None else time.perf_counter() - self._start
        return 1000 * self_seconds
