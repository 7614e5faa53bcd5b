from . import io as io
from ._blob import Blob as Blob, BlobVec as BlobVec
from ._errors import CaffeError as CaffeError
from ._layer import Layer as Layer
from ._net import Net as Net
from ._settings import (
    NCCL as NCCL,
    Timer as Timer,
    _begin_log as _begin_log,
    has_nccl as has_nccl,
    init_log as init_log,
    layer_type_list as layer_type_list,
    log as log,
    set_device as set_device,
    set_log as set_log,
    set_mode_cpu as set_mode_cpu,
    set_mode_gpu as set_mode_gpu,
    set_multiprocess as set_multiprocess,
    set_random_seed as set_random_seed,
    set_solver_count as set_solver_count,
    set_solver_rank as set_solver_rank,
    set_threads as set_threads,
    solver_count as solver_count,
    solver_rank as solver_rank,
)
from ._solver import (
    AdaDeltaSolver as AdaDeltaSolver,
    AdaGradSolver as AdaGradSolver,
    AdamSolver as AdamSolver,
    AdamWSolver as AdamWSolver,
    NesterovSolver as NesterovSolver,
    RMSPropSolver as RMSPropSolver,
    SGDSolver as SGDSolver,
    Solver as Solver,
    get_solver as get_solver,
)
from ._training import Metrics as Metrics, train as train
from .classifier import Classifier as Classifier
from .detector import Detector as Detector
from .net_spec import NetSpec as NetSpec, layers as layers, params as params, to_proto as to_proto

__version__: str
TRAIN: int
TEST: int
