#!/usr/bin/env sh
# Trains the siamese net on pairs of MNIST's digits.
# What is given here goes on to `caffe train`.
set -eu
cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
if [ ! -x build/tools/caffe ]; then
  echo "train_mnist_siamese.sh: build/tools/caffe isn't built; run scripts/build first" >&2
  exit 1
fi
exec ./build/tools/caffe train --solver=examples/siamese/mnist_siamese_solver.prototxt "$@"
