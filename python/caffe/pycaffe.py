"""The names of the original's module of this name, for scripts that import it."""

from . import io  # noqa: F401
from ._net import Net  # noqa: F401
from ._settings import NCCL, Timer  # noqa: F401
from ._solver import (  # noqa: F401
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
)
