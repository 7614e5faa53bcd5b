"""Nets on more records than fit into a batch."""

import itertools

import numpy as np


def batches(net, arrays):
    """Yields dictionaries of one batch each, cut from arrays of any length; the last is filled up with zeros."""
    count = _length(arrays)
    size = next(iter(net.blobs.values())).shape[0]
    for start in range(0, count, size):
        part = {name: np.asarray(array[start : start + size]) for name, array in arrays.items()}
        missing = size - min(size, count - start)
        if missing:
            part = {
                name: np.concatenate([values, np.zeros((missing,) + values.shape[1:], values.dtype)])
                for name, values in part.items()
            }
        yield part


def _length(arrays):
    if not arrays:
        raise ValueError("no arrays are given; give one for each input, by its name")
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError("arrays of different lengths are given: %s" % lengths)
    return next(iter(lengths.values()))


class _Collected:
    """Arrays that come in pieces, by name."""

    def __init__(self):
        self._pieces = {}

    def add(self, arrays):
        for name, values in arrays.items():
            self._pieces.setdefault(name, []).append(np.array(np.atleast_1d(values)))

    def whole(self, count):
        """The pieces in a row; of those that hold records, without what the last batch was filled up with."""
        found = {}
        for name, pieces in self._pieces.items():
            whole = np.concatenate(pieces)
            surplus = len(whole) - count
            # Only what has as many entries as records were computed is cut.
            found[name] = whole[:count] if 0 < surplus < len(pieces[-1]) else whole
        return found


def forward_all(net, blobs, arrays):
    """See Net.forward_all."""
    collected = _Collected()
    for batch in batches(net, arrays):
        collected.add(net.forward(blobs=blobs, **batch))
    return collected.whole(_length(arrays))


def forward_backward_all(net, blobs, diffs, arrays):
    """See Net.forward_backward_all."""
    unknown = set(arrays) - set(net.inputs) - set(net.outputs)
    if unknown:
        raise ValueError("%s are neither inputs nor outputs of the net" % ", ".join(sorted(unknown)))
    forward = {name: arrays[name] for name in net.inputs if name in arrays}
    backward = {name: arrays[name] for name in net.outputs if name in arrays}
    outputs, gradients = _Collected(), _Collected()
    pairs = itertools.zip_longest(
        batches(net, forward) if forward else (), batches(net, backward) if backward else (), fillvalue={}
    )
    for values, tops in pairs:
        outputs.add(net.forward(blobs=blobs, **values))
        gradients.add(net.backward(diffs=diffs, **tops))
    count = _length(arrays)
    return outputs.whole(count), gradients.whole(count)


def predict(net, inputs):
    """See Net.predict."""
    if not isinstance(inputs, dict):
        if len(net.inputs) != 1:
            raise ValueError(
                "the net has %d inputs (%s); give a dictionary of arrays" % (len(net.inputs), ", ".join(net.inputs))
            )
        inputs = {net.inputs[0]: np.asarray(inputs)}
    shape = net.blobs[net.inputs[0]].shape
    given = np.shape(inputs[net.inputs[0]]) if net.inputs[0] in inputs else ()
    if len(given) == len(shape) - 1 and given == shape[1:]:
        raise ValueError("one record of shape %s is given; give records in a row: array[None]" % (given,))
    outputs = forward_all(net, None, inputs)
    return next(iter(outputs.values())) if len(outputs) == 1 else outputs
