#!/usr/bin/env sh
# Goes on with the training of CaffeNet from a snapshot: by default that of iteration 10,000, else the one whose state is
# named first. What follows goes on to `caffe train`.
#   examples/imagenet/resume_training.sh models/bvlc_reference_caffenet/caffenet_train_iter_20000.solverstate
set -eu

fail() { printf 'resume_training.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
model=models/bvlc_reference_caffenet
state=$model/caffenet_train_iter_10000.solverstate
case ${1:-} in
  '' | -*) ;;
  *) state=$1; shift ;;
esac
[ -x build/tools/caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"
[ -f "$state" ] || fail "there is no $state; run examples/imagenet/train_caffenet.sh first, or name another state"
exec ./build/tools/caffe train --solver=$model/solver.prototxt --snapshot="$state" "$@"
