from typing import Optional

class CaffeError(RuntimeError):
    message: str
    code: str
    layer: Optional[str]
    file: Optional[str]
    line: Optional[int]
    column: Optional[int]
    def __init__(
        self, message: str, code: str = "other", layer: Optional[str] = None, file: Optional[str] = None,
        line: Optional[int] = None, column: Optional[int] = None,
    ) -> None: ...
