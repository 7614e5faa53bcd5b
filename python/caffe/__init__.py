"""Caffe for Python: nets, solvers and layers, computed by libcaffe.

>>> net = caffe.Net("models/bvlc_reference_caffenet/deploy.prototxt", caffe.TEST, weights="…/caffenet.caffemodel")
>>> net.blobs["data"].data[...] = image
>>> net.forward()["prob"].argmax()

The names are those of pycaffe; Documentation/Python.md says what is new and what differs.
"""

from ._errors import CaffeError
from ._library import library as _library
from ._blob import Blob, BlobVec
from ._layer import Layer
from ._net import Net
from ._solver import (
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    AdamWSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
    Solver,
    get_solver,
)
from ._settings import (
    NCCL,
    Timer,
    has_nccl,
    init_log,
    layer_type_list,
    log,
    set_device,
    set_log,
    set_mode_cpu,
    set_mode_gpu,
    set_multiprocess,
    set_random_seed,
    set_solver_count,
    set_solver_rank,
    set_threads,
    solver_count,
    solver_rank,
)
from ._settings import _begin_log
from .proto.caffe_pb2 import TEST, TRAIN
from . import io
from .classifier import Classifier
from .detector import Detector
from .net_spec import NetSpec, layers, params, to_proto
from ._training import Metrics, train

__version__ = _library.caffe_version().decode()

_begin_log()
