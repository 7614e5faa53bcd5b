"""Dictionaries by name that help with a wrong name."""

import difflib
from collections import OrderedDict


class NameDict(OrderedDict):
    """A dictionary in order, whose KeyError lists near names."""

    def __init__(self, what, pairs=()):
        self._what = what
        super().__init__(pairs)

    def __missing__(self, name):
        near = difflib.get_close_matches(str(name), [str(key) for key in self], n=3)
        hint = "did you mean %s?" % ", ".join(near) if near else "there are: %s" % ", ".join(map(str, self))
        raise KeyError("there is no %s %r; %s" % (self._what, name, hint))

    def __reduce__(self):
        return (type(self), (self._what, list(self.items())))

    def copy(self):
        """A shallow copy."""
        return type(self)(self._what, self.items())
