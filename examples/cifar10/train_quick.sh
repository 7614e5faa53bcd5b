#!/usr/bin/env sh
# Trains the small CIFAR-10 net in two stages: 4,000 iterations, then 1,000 at a tenth of the rate.
# What is given here goes on to both runs of `caffe train`.
set -eu

fail() { printf 'train_quick.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
caffe=./build/tools/caffe
example=examples/cifar10
[ -x $caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"

$caffe train --solver=$example/cifar10_quick_solver.prototxt "$@"
state=$example/cifar10_quick_iter_4000.solverstate
[ -f $state ] || fail "the first stage ended without $state; run me again, or resume its newest snapshot by hand"
$caffe train --solver=$example/cifar10_quick_solver_lr1.prototxt --snapshot=$state "$@"
