#!/usr/bin/env sh
# Trains the CIFAR-10 net with sigmoids and batch normalization.
# What is given here goes on to `caffe train`.
set -eu
cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
if [ ! -x build/tools/caffe ]; then
  echo "train_full_sigmoid_bn.sh: build/tools/caffe isn't built; run scripts/build first" >&2
  exit 1
fi
exec ./build/tools/caffe train --solver=examples/cifar10/cifar10_full_sigmoid_solver_bn.prototxt "$@"
