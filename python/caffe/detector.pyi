from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import numpy.typing as npt

from . import io
from ._net import Net, _Path

class Detector(Net):
    transformer: io.Transformer
    crop_dims: npt.NDArray[Any]
    crop_mean: npt.NDArray[Any]
    context_pad: Optional[int]
    def __init__(
        self, model_file: _Path, pretrained_file: _Path, mean: Optional[npt.ArrayLike] = None,
        input_scale: Optional[float] = None, raw_scale: Optional[float] = None,
        channel_swap: Optional[Sequence[int]] = None, context_pad: Optional[int] = None,
    ) -> None: ...
    def detect_windows(self, images_windows: Iterable[Tuple[Any, Any]]) -> List[Dict[str, Any]]: ...
    def detect_selective_search(self, image_fnames: Iterable[Any]) -> List[Dict[str, Any]]: ...
    def crop(self, im: npt.NDArray[Any], window: Any) -> npt.NDArray[Any]: ...
    def configure_crop(self, context_pad: Optional[int]) -> None: ...
