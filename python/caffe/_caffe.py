"""The names of the original's compiled module, for scripts that import it."""

from . import __version__  # noqa: F401
from ._blob import Blob, BlobVec  # noqa: F401
from ._layer import Layer  # noqa: F401
from ._net import Net  # noqa: F401
from ._settings import *  # noqa: F401,F403
from ._settings import NCCL, Timer  # noqa: F401
from ._solver import *  # noqa: F401,F403
from ._solver import Solver, get_solver  # noqa: F401
