#!/usr/bin/env sh
# Trains the full CIFAR-10 net in three stages: 60,000 iterations, then twice 5,000, each at a tenth of the rate before.
# What is given here goes on to every run of `caffe train`.
set -eu

fail() { printf 'train_full.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
caffe=./build/tools/caffe
example=examples/cifar10
[ -x $caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"

$caffe train --solver=$example/cifar10_full_solver.prototxt "$@"
for stage in lr1:60000 lr2:65000; do
  state=$example/cifar10_full_iter_${stage#*:}.solverstate.h5
  [ -f "$state" ] || fail "a stage ended without $state; run me again, or resume its newest snapshot by hand"
  $caffe train --solver="$example/cifar10_full_solver_${stage%:*}.prototxt" --snapshot="$state" "$@"
done
