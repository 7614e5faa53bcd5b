"""libcaffe.so: where it is, what its functions take, and what becomes of its errors."""

import ctypes
import os
import sys
import threading
import traceback
from ctypes import POINTER, c_char_p, c_float, c_int32, c_int64, c_void_p

from ._errors import CaffeError

_ABI_VERSION = 1


def _candidates():
    """Where the library may be, the most specific place first."""
    given = os.environ.get("CAFFE_LIBRARY")
    if given:
        return [given]
    here = os.path.dirname(os.path.abspath(__file__))
    return [
        os.path.join(here, "lib", "libcaffe.so"),
        os.path.join(here, "..", "..", "build", "lib", "libcaffe.so"),
        "libcaffe.so",
    ]


class _Embedded:
    """The functions of the program that Python runs in, `caffe --allow-python`: it hands over their addresses."""

    def __init__(self, addresses):
        for name, address in addresses.items():
            setattr(self, name, ctypes.CFUNCTYPE(None)(address))


def _load():
    embedded = getattr(sys, "_caffe_functions", None)
    if embedded is not None:
        return _Embedded(embedded)
    # libgomp reads this when it is loaded: a short spin keeps its speed where other programs share the cores.
    spin = "GOMP_SPINCOUNT"
    is_ours = spin not in os.environ and "OMP_WAIT_POLICY" not in os.environ
    if is_ours:
        os.environ[spin] = "2000"
    failures = []
    try:
        for path in _candidates():
            if os.path.sep in path and not os.path.exists(path):
                failures.append("%s: there is no such file" % path)
                continue
            try:
                return ctypes.CDLL(path)
            except OSError as error:
                failures.append(str(error))
    finally:
        if is_ours:
            del os.environ[spin]
    raise ImportError(
        "libcaffe.so can't be loaded; run scripts/build and then pip install ./python, or name the file in CAFFE_LIBRARY. Tried: "
        + "; ".join(failures)
    )


# The letters of a signature: h a handle, H where one goes; s text, S where some goes; i an int32, I where one goes; l an int64, L where
# one goes, or an array of them; f a float, F where one goes, or an array; p any pointer, P where one goes.
_TYPES = {
    "h": c_void_p, "H": POINTER(c_void_p), "s": c_char_p, "S": POINTER(c_char_p), "i": c_int32, "I": POINTER(c_int32),
    "l": c_int64, "L": POINTER(c_int64), "f": c_float, "F": POINTER(c_float), "p": c_void_p, "P": POINTER(c_void_p),
}

# Functions that return a status.
_CHECKED = {
    "set_random_seed": "l", "set_threads": "l", "set_mode": "i", "set_device": "l", "set_log": "ppi", "log": "is",
    "layer_type_count": "L", "layer_type_name": "lS", "register_layer": "spp", "layer_add_parameter": "hLlH",
    "blob_create": "LlH", "blob_shape": "hLlL", "blob_reshape": "hLl", "blob_view": "hiHPL",
    "net_open": "siiSlH", "net_parse": "ssiiSlH", "net_load": "hs", "net_save": "hsii", "net_share": "hh",
    "net_reshape": "h", "net_forward": "hllF", "net_backward": "hll", "net_clear_gradients": "h",
    "net_set_memory_data": "hplpl", "net_name": "hS", "net_phase": "hI", "net_prototxt": "hP",
    "net_blob_count": "hL", "net_blob_name": "hlS", "net_blob_loss_weight": "hlF", "net_blob": "hlH",
    "net_layer_count": "hL", "net_layer_name": "hlS", "net_layer_type": "hlS", "net_parameter_count": "hlL",
    "net_parameter": "hllH", "net_layer_instance": "hlP", "net_indices": "hilLlL", "net_add_hook": "hipp",
    "solver_open": "ssH", "solver_parse": "sssH", "solver_solve": "hsI", "solver_step": "hl", "solver_restore": "hs",
    "solver_snapshot": "hP", "solver_apply_update": "h", "solver_test": "h", "solver_iteration": "hL", "solver_rate": "hF",
    "solver_set_base_rate": "hf", "solver_smoothed_loss": "hF", "solver_prototxt": "hP", "solver_net": "hH",
    "solver_test_net_count": "hL", "solver_test_net": "hlH", "solver_share_weights": "hh", "solver_add_observer": "hp",
}

# Functions that can't fail.
_FREE = {"blob_free": "h", "view_free": "h", "net_free": "h", "solver_free": "h", "string_free": "p", "set_error": "is"}


class _ErrorRecord(ctypes.Structure):
    _fields_ = [
        ("code", c_int32), ("message", c_char_p), ("layer", c_char_p), ("file", c_char_p), ("line", c_int64),
        ("column", c_int64),
    ]


# An exception of a callback, on its way through the library, for each thread.
_pending = threading.local()


def keep_exception(exception):
    """Keeps what a callback raised, to be raised again where the library was called; returns the status to return."""
    if isinstance(library, _Embedded):
        # Nobody but the reader of the log will see where it happened.
        traceback.print_exception(type(exception), exception, exception.__traceback__)
    else:
        _pending.exception = exception
    library.caffe_set_error(CALLBACK, ("%s: %s" % (type(exception).__name__, exception)).encode("utf-8", "replace"))
    return CALLBACK


CALLBACK = 13


def _check(status, _function, _arguments):
    if status == 0:
        return
    record = _ErrorRecord()
    library.caffe_last_error(ctypes.byref(record))
    exception = getattr(_pending, "exception", None)
    if exception is not None:
        _pending.exception = None
        if record.code == CALLBACK:
            raise exception
    raise CaffeError(
        record.message.decode("utf-8", "replace"), code=library.caffe_status_name(record.code).decode(),
        layer=record.layer.decode("utf-8", "replace") if record.layer is not None else None,
        file=os.fsdecode(record.file) if record.file is not None else None, line=record.line or None,
        column=record.column or None,
    )


def _declare(library):
    library.caffe_version.restype = c_char_p
    library.caffe_abi_version.restype = c_int32
    if library.caffe_abi_version() != _ABI_VERSION:
        raise ImportError(
            "this libcaffe.so has version %d of the C interface, where this package needs %d; build and install both anew"
            % (library.caffe_abi_version(), _ABI_VERSION)
        )
    library.caffe_status_name.restype = c_char_p
    library.caffe_status_name.argtypes = [c_int32]
    library.caffe_last_error.restype = None
    library.caffe_last_error.argtypes = [POINTER(_ErrorRecord)]
    for name, letters in _CHECKED.items():
        function = getattr(library, "caffe_" + name)
        function.argtypes = [_TYPES[letter] for letter in letters]
        function.restype = c_int32
        function.errcheck = _check
    for name, letters in _FREE.items():
        function = getattr(library, "caffe_" + name)
        function.argtypes = [_TYPES[letter] for letter in letters]
        function.restype = None


library = _load()
_declare(library)


def encoded(text):
    """Text or a path for C; a path may be any os.PathLike."""
    return os.fsencode(text) if not isinstance(text, bytes) else text


def taken(function, *arguments):
    """The text that a function hands out for the caller to free."""
    pointer = c_void_p()
    function(*arguments, ctypes.byref(pointer))
    if not pointer.value:
        raise MemoryError("no memory for a text of libcaffe")
    try:
        return ctypes.cast(pointer, c_char_p).value.decode("utf-8")
    finally:
        library.caffe_string_free(pointer)


def given(ctype, function, *arguments):
    """The one value that a function puts where its last argument points."""
    place = ctype()
    function(*arguments, ctypes.byref(place))
    return place.value


def integers(values):
    """An array of int64 for C."""
    return (c_int64 * len(values))(*values)
