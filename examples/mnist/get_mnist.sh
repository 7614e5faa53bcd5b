#!/usr/bin/env sh
# Gets MNIST, for tutorials that work in this folder.
exec "$(dirname "$0")/../../data/mnist/get_mnist.sh" "$@"
