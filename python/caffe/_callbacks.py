"""Functions of Python that the library calls.

There is one C function for each kind, made once; which Python object it is for comes as a number. So nothing is ever called that has
been collected, and nothing is kept for a net that is gone.
"""

import ctypes
import itertools
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_float, c_int32, c_int64, c_void_p

from ._library import keep_exception, library

_numbers = itertools.count(1)
_targets: dict = {}


def add(target):
    """Keeps ``target`` and returns the number by which the library calls it."""
    number = next(_numbers)
    _targets[number] = target
    return number


def remove(number):
    """Forgets a target; calls for it do nothing from now on."""
    _targets.pop(number, None)


def target(number):
    """The target of a number; None when it is gone."""
    return _targets.get(number)


def guarded(function):
    """Makes of ``function`` one that keeps what it raises and returns a status."""

    def call(*arguments):
        try:
            function(*arguments)
            return 0
        except BaseException as exception:  # even KeyboardInterrupt must go the library's way
            return keep_exception(exception)

    return call


# --- Layers' hooks ---

_HookType = CFUNCTYPE(c_int32, c_void_p, c_int64)


@_HookType
@guarded
def hook(number, layer):
    function = target(number)
    if function is not None:
        function(layer)


# --- Solvers' observers ---

_SimpleType = CFUNCTYPE(c_int32, c_void_p)
_DisplayType = CFUNCTYPE(c_int32, c_void_p, c_int64, c_float, c_float)
_TestType = CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64, c_int64, POINTER(c_char_p), POINTER(c_float))
_WroteType = CFUNCTYPE(c_int32, c_void_p, c_int64, c_char_p, c_char_p)


class ObserverStruct(ctypes.Structure):
    """caffe_solver_observer."""

    _fields_ = [
        ("begins", _SimpleType), ("has_gradients", _SimpleType), ("displays", _DisplayType), ("tested", _TestType),
        ("wrote", _WroteType), ("request", _SimpleType), ("user", c_void_p),
    ]


class Observer:
    """What follows a training; a subclass says what it wants to know."""

    def begins(self):
        """An iteration begins."""

    def has_gradients(self):
        """The gradients are there."""

    def displays(self, iteration, loss, rate):
        """An iteration is displayed."""

    def tested(self, iteration, net, outputs):
        """A test net was tested; ``outputs`` are pairs of name and value."""

    def wrote(self, iteration, model, state):
        """A snapshot was written."""

    def request(self):
        """What to do: 0 nothing, 1 a snapshot, 2 stop."""
        return 0


@_SimpleType
@guarded
def _begins(number):
    observer = target(number)
    if observer is not None:
        observer.begins()


@_SimpleType
@guarded
def _has_gradients(number):
    observer = target(number)
    if observer is not None:
        observer.has_gradients()


@_DisplayType
@guarded
def _displays(number, iteration, loss, rate):
    observer = target(number)
    if observer is not None:
        observer.displays(iteration, loss, rate)


@_TestType
@guarded
def _tested(number, iteration, net, count, names, values):
    observer = target(number)
    if observer is not None:
        observer.tested(iteration, net, [(names[index].decode(), values[index]) for index in range(count)])


@_WroteType
@guarded
def _wrote(number, iteration, model, state):
    observer = target(number)
    if observer is not None:
        observer.wrote(iteration, model.decode(), state.decode())


@_SimpleType
def _request(number):
    observer = target(number)
    return observer.request() if observer is not None else 0


_EVENTS = {
    "begins": _begins, "has_gradients": _has_gradients, "displays": _displays, "tested": _tested, "wrote": _wrote,
    "request": _request,
}


def observe(solver_handle, observer):
    """Has the library tell ``observer`` about the events whose methods its class gives; returns its number."""
    number = add(observer)
    struct = ObserverStruct(user=number)
    for name, function in _EVENTS.items():
        if getattr(type(observer), name) is not getattr(Observer, name):
            setattr(struct, name, function)
    library.caffe_solver_add_observer(solver_handle, ctypes.cast(ctypes.byref(struct), c_void_p))
    return number


def address(function):
    """The address of a C function."""
    return ctypes.cast(function, c_void_p)
