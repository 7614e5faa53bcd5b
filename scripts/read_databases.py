"""Reads what scripts/read-databases made, with other people's packages, and compares it with where it came from."""

import pathlib
import sys

import lmdb
import numpy as np
import plyvel
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

WORK = pathlib.Path(sys.argv[1])


def datum_class():
    """The class of Datum, made from our caffe.proto."""
    files = descriptor_pb2.FileDescriptorSet.FromString((WORK / "caffe.desc").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    package = files.file[0].package
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.Datum" if package else "Datum"))


Datum = datum_class()


def records(name):
    """The keys and Datums of a database, in order."""
    if name.endswith("_lmdb"):
        with lmdb.open(str(WORK / name), readonly=True, lock=False) as environment, environment.begin() as transaction:
            return [(key.decode(), Datum.FromString(value)) for key, value in transaction.cursor()]
    database = plyvel.DB(str(WORK / name))
    try:
        return [(key.decode(), Datum.FromString(value)) for key, value in database]
    finally:
        database.close()


def check(condition, what):
    if not condition:
        sys.exit(f"read-databases: {what}")


def idx(name, header):
    return np.frombuffer((WORK / name).read_bytes(), dtype=np.uint8, offset=header)


def check_mnist(backend):
    pixels = idx("train-images-idx3-ubyte", 16).reshape(-1, 28 * 28)
    labels = idx("train-labels-idx1-ubyte", 8)
    found = records(f"mnist_{backend}")
    check(len(found) == len(labels) == 3000, f"mnist_{backend} has {len(found)} records")
    for index, (key, datum) in enumerate(found):
        check(key == f"{index:08d}", f"mnist_{backend}: key {key} at {index}")
        check((datum.channels, datum.height, datum.width) == (1, 28, 28), f"mnist_{backend}: shape of {key}")
        check(datum.data == pixels[index].tobytes() and datum.label == labels[index], f"mnist_{backend}: record {key}")
    return len(found)


def check_pictures(backend):
    digits = idx("t10k-images-idx3-ubyte", 16).reshape(-1, 28, 28)
    large, encoded, labelled = (records(f"{kind}_{backend}") for kind in ("large", "encoded", "labels"))
    for index in range(8):
        key = f"{index:08d}_digit {index}.png"
        check([large[index][0], encoded[index][0], labelled[index][0]] == [key] * 3, f"{backend}: keys at {index}")
        datum = large[index][1]
        check((datum.channels, datum.height, datum.width) == (3, 1000, 1000), f"large_{backend}: shape of {key}")
        check(len(datum.data) == 3_000_000 and datum.label == index and not datum.encoded, f"large_{backend}: record {key}")
        datum = encoded[index][1]
        file = (WORK / "pictures" / f"digit {index}.png").read_bytes()
        check(datum.encoded and datum.data == file and datum.label == index, f"encoded_{backend}: record {key}")
        datum = labelled[index][1]
        check(list(datum.float_label) == [index, 0.5, -index], f"labels_{backend}: labels of {key}")
        check(datum.data == digits[index].tobytes() * 3, f"labels_{backend}: pixels of {key}")
    return len(large) + len(encoded) + len(labelled)


def check_features(backend):
    array = np.load(WORK / "features.npy")
    check(array.shape == (3000, 1, 7, 7) and array.dtype == np.float32, f"features.npy is {array.dtype} {array.shape}")
    found = records(f"features_{backend}")
    check(len(found) == 3000, f"features_{backend} has {len(found)} records")
    for index, (key, datum) in enumerate(found):
        check(key == f"{index:010d}", f"features_{backend}: key {key}")
        check((datum.channels, datum.height, datum.width) == (1, 7, 7), f"features_{backend}: shape of {key}")
        check(np.array_equal(np.float32(datum.float_data), array[index].ravel()), f"features_{backend}: record {key}")
    pixels = idx("train-images-idx3-ubyte", 16).reshape(-1, 7, 4, 7, 4)
    check(np.allclose(array[:, 0], pixels.mean(axis=(2, 4)), atol=1e-3), "features.npy: values")
    return len(found)


for name in ("lmdb", "leveldb"):
    count = check_mnist(name) + check_pictures(name) + check_features(name)
    print(f"{name}: {count} records read by {'lmdb' if name == 'lmdb' else 'plyvel'}, the same Datums")
