#!/usr/bin/env sh
# Computes the mean of the training pictures, data/ilsvrc12/imagenet_mean.binaryproto.
# The variables may be given from outside; relative paths count from the project's folder.
set -eu

EXAMPLE=${EXAMPLE:-examples/imagenet}
DATA=${DATA:-data/ilsvrc12}
TOOLS=${TOOLS:-build/tools}
BACKEND=${BACKEND:-lmdb}

fail() { printf 'make_imagenet_mean.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
[ -x "$TOOLS/compute_image_mean" ] || fail "$TOOLS/compute_image_mean isn't built; run scripts/build first"
database=$EXAMPLE/ilsvrc12_train_$BACKEND
[ -d "$database" ] || fail "$database is missing; run examples/imagenet/create_imagenet.sh first"
"$TOOLS/compute_image_mean" --backend="$BACKEND" "$database" "$DATA/imagenet_mean.binaryproto"
echo "Done."
