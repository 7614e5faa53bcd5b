#!/usr/bin/env sh
# Makes the databases of the LeNet example, mnist_train_lmdb and mnist_test_lmdb, from the files of MNIST.
# BACKEND=leveldb makes LevelDBs. Databases of an earlier run are replaced.
set -eu

backend=${BACKEND:-lmdb}

fail() { printf 'create_mnist.sh: %s\n' "$*" >&2; exit 1; }

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

# convert PREFIX NAME: the old database goes only when the new one is whole.
convert() {
  database=$example/mnist_$2_$backend
  fresh=$example/new_mnist_$2_$backend
  rm -rf "$fresh"
  "$tool" --backend="$backend" "$data/$1-images-idx3-ubyte" "$data/$1-labels-idx1-ubyte" "$fresh"
  rm -rf "$database"
  mv "$fresh" "$database"
}

root=$(find_root) || fail "run me inside the project, or name its folder in CAFFE_ROOT"
cd "$root"
example=examples/mnist
data=data/mnist
tool=build/examples/mnist/convert_mnist_data.bin

case $backend in
  lmdb | leveldb) ;;
  *) fail "unknown BACKEND $backend; use lmdb or leveldb" ;;
esac
[ -x "$tool" ] || fail "$tool isn't built; run scripts/build first"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  [ -f "$data/$file-ubyte" ] || fail "$data/$file-ubyte is missing; run data/mnist/get_mnist.sh first"
done

echo "Creating ${backend}..."
convert train train
convert t10k test
echo "Done."
