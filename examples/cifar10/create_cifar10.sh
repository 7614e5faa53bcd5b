#!/usr/bin/env sh
# Makes what the CIFAR-10 example trains on, of the files of CIFAR-10: the databases cifar10_train_lmdb and
# cifar10_test_lmdb, and the training set's mean picture, mean.binaryproto.
# BACKEND=leveldb makes LevelDBs. What an earlier run has made is replaced.
set -eu

backend=${BACKEND:-lmdb}

fail() { printf 'create_cifar10.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
example=examples/cifar10
data=data/cifar10
convert=build/examples/cifar10/convert_cifar_data.bin
mean=build/tools/compute_image_mean

case $backend in
  lmdb | leveldb) ;;
  *) fail "unknown BACKEND $backend; use lmdb or leveldb" ;;
esac
for tool in $convert $mean; do
  [ -x "$tool" ] || fail "$tool isn't built; run scripts/build first"
done
for file in data_batch_1 data_batch_2 data_batch_3 data_batch_4 data_batch_5 test_batch; do
  [ -f "$data/$file.bin" ] || fail "$data/$file.bin is missing; run data/cifar10/get_cifar10.sh first"
done

# Old files go only when the new ones are whole.
fresh=$example/.new.$$
trap 'rm -rf "$fresh"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$fresh"

echo "Creating $backend..."
$convert "$data" "$fresh" "$backend"
echo "Computing image mean..."
$mean --backend="$backend" "$fresh/cifar10_train_$backend" "$fresh/mean.binaryproto"
for name in "cifar10_train_$backend" "cifar10_test_$backend" mean.binaryproto; do
  rm -rf "${example:?}/$name"
  mv "$fresh/$name" "$example/$name"
done
echo "Done."
