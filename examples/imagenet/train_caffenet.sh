#!/usr/bin/env sh
# Trains CaffeNet on the databases that create_imagenet.sh makes.
# What is given here goes on to `caffe train`.
set -eu
cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
if [ ! -x build/tools/caffe ]; then
  echo "train_caffenet.sh: build/tools/caffe isn't built; run scripts/build first" >&2
  exit 1
fi
exec ./build/tools/caffe train --solver=models/bvlc_reference_caffenet/solver.prototxt "$@"
