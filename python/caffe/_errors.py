"""What goes wrong, as an exception."""


class CaffeError(RuntimeError):
    """Something that the library refused: the message says what was found, what was expected and how to mend it.

    Attributes:
        code: What kind of fault it is: ``"syntax"``, ``"field"``, ``"graph"``, ``"shape"``, ``"value"``, ``"file"``, ``"corrupt"``,
            ``"unsupported"``, ``"nonFinite"``, ``"handle"``, ``"argument"``, ``"callback"`` or ``"other"``.
        message: What happened, without the place.
        layer: The name of the layer that it concerns, or None.
        file: The file that it concerns, or None.
        line: The line in the file, from 1, or None.
        column: The column in the line, from 1, or None.
    """

    def __init__(self, message, code="other", layer=None, file=None, line=None, column=None):
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(
            "".join([place + ": " if place else "", 'layer "%s": ' % layer if layer is not None else "", message])
        )
        self.message = message
        self.code = code
        self.layer = layer
        self.file = file
        self.line = line
        self.column = column

    def __reduce__(self):
        return (type(self), (self.message, self.code, self.layer, self.file, self.line, self.column))
