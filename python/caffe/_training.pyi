from typing import Any, Dict, Iterator, NamedTuple, Optional, Union

from ._solver import _Path, Solver

class Metrics(NamedTuple):
    iteration: int
    loss: float
    lr: float
    outputs: Dict[str, Any]
    tests: Dict[int, Dict[str, Any]]

def train(
    solver: Union[Solver, _Path], iterations: Optional[int] = None, every: Optional[int] = None
) -> Iterator[Metrics]: ...
