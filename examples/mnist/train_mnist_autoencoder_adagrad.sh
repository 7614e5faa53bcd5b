#!/usr/bin/env sh
# Trains MNIST's autoencoder by AdaGrad.
# What is given here goes on to `caffe train`.
set -eu
cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
if [ ! -x build/tools/caffe ]; then
  echo "train_mnist_autoencoder_adagrad.sh: build/tools/caffe isn't built; run scripts/build first" >&2
  exit 1
fi
exec ./build/tools/caffe train --solver=examples/mnist/mnist_autoencoder_solver_adagrad.prototxt "$@"
