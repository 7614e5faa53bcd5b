#!/usr/bin/env python
"""Scores windows of pictures, and writes a table of them: CSV, or HDF5 (which needs the package tables)."""

import argparse
import time

import numpy as np

import caffe
from classify import add_net_flags, choose_device, mean_picture, numbers

CROP_MODES = ["list", "selective_search"]
COORD_COLS = ["ymin", "xmin", "ymax", "xmax"]


def windows_of(file):
    """The pictures of a table, each with its windows."""
    import pandas

    table = pandas.read_csv(file, sep=",", dtype={"filename": str})
    missing = [name for name in ["filename"] + COORD_COLS if name not in table]
    if missing:
        raise SystemExit("%s: the table has no column %s" % (file, ", ".join(missing)))
    return [(name, rows[COORD_COLS].values) for name, rows in table.groupby("filename", sort=False)]


def picture_names(file):
    """The names in a list of pictures, or in the column filename of a table."""
    if file.lower().endswith(".csv"):
        return [name for name, _ in windows_of(file)]
    with open(file) as stream:
        return [line.strip() for line in stream if line.strip()]


def write(detections, file):
    """Writes the windows and their scores."""
    import pandas

    table = pandas.DataFrame({"filename": [str(found["filename"]) for found in detections]})
    windows = np.array([found["window"] for found in detections])
    for column, name in enumerate(COORD_COLS):
        table[name] = windows[:, column]
    scores = np.stack([found["prediction"].ravel() for found in detections])
    table = pandas.concat(
        [table, pandas.DataFrame(scores, columns=["class%d" % index for index in range(scores.shape[1])])], axis=1
    ).set_index("filename")
    if file.lower().endswith(".csv"):
        table.to_csv(file)
    else:
        table.to_hdf(file, key="df", mode="w")


def main():
    """Runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "input_file", help="A list of pictures (.txt), or a table with the columns filename,ymin,xmin,ymax,xmax (.csv)."
    )
    parser.add_argument("output_file", help="The file to write: .csv or .h5.")
    add_net_flags(parser)
    parser.add_argument(
        "--crop_mode", default="selective_search", choices=CROP_MODES, help="Where the windows come from: the table, or a search."
    )
    parser.add_argument(
        "--context_pad", type=int, default=16, help="How many pixels of the input show what is around the window."
    )
    flags = parser.parse_args()
    if not flags.input_file.lower().endswith((".txt", ".csv")):
        raise SystemExit("%s: give a list (.txt) or a table (.csv)" % flags.input_file)

    mean = mean_picture(flags.mean_file)
    if mean is not None and mean.ndim == 3 and mean.shape[1:] != (1, 1):
        mean = mean.mean(axis=(1, 2))
    choose_device(flags.gpu)
    detector = caffe.Detector(
        flags.model_def, flags.pretrained_model, mean=mean, input_scale=flags.input_scale, raw_scale=flags.raw_scale,
        channel_swap=numbers(flags.channel_swap), context_pad=flags.context_pad,
    )
    start = time.time()
    if flags.crop_mode == "list":
        detections = detector.detect_windows(windows_of(flags.input_file))
    else:
        detections = detector.detect_selective_search(picture_names(flags.input_file))
    print("Processed %d windows in %.3f s." % (len(detections), time.time() - start))
    write(detections, flags.output_file)
    print("Saved to %s." % flags.output_file)


if __name__ == "__main__":
    main()
