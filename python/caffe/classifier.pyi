from typing import Any, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from . import io
from ._net import Net, _Path

def transformer_of(
    net: Net, mean: Optional[npt.ArrayLike], input_scale: Optional[float], raw_scale: Optional[float],
    channel_swap: Optional[Sequence[int]],
) -> io.Transformer: ...

class Classifier(Net):
    transformer: io.Transformer
    crop_dims: npt.NDArray[Any]
    image_dims: Tuple[int, ...]
    def __init__(
        self, model_file: _Path, pretrained_file: _Path, image_dims: Optional[Sequence[int]] = None,
        mean: Optional[npt.ArrayLike] = None, input_scale: Optional[float] = None, raw_scale: Optional[float] = None,
        channel_swap: Optional[Sequence[int]] = None,
    ) -> None: ...
    def predict(self, inputs: Any, oversample: bool = True) -> npt.NDArray[np.float32]: ...
