#!/usr/bin/env sh
# Trains by examples/mnist/lenet_solver.prototxt; what is given here goes on to `caffe train`.
set -eu

# The project's folder: this script may have been copied into a tutorial's own folder.
find_root() {
  if [ -n "${CAFFE_ROOT:-}" ]; then printf '%s\n' "$CAFFE_ROOT"; return; fi
  folder=$(cd "$(dirname "$0")" && pwd -P)
  while [ ! -f "$folder/examples/mnist/lenet_train_test.prototxt" ]; do
    [ "$folder" != / ] || return 1
    folder=$(dirname "$folder")
  done
  printf '%s\n' "$folder"
}

fail() { printf 'train_lenet.sh: %s\n' "$*" >&2; exit 1; }

root=$(find_root) || fail "run me inside the project, or name its folder in CAFFE_ROOT"
cd "$root"
[ -x build/tools/caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"
exec ./build/tools/caffe train --solver=examples/mnist/lenet_solver.prototxt "$@"
