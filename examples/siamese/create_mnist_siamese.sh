#!/usr/bin/env sh
# Makes the databases of the siamese example, mnist_siamese_train_leveldb and mnist_siamese_test_leveldb, from the files
# of MNIST. BACKEND=lmdb makes LMDBs. Databases of an earlier run are replaced.
set -eu

backend=${BACKEND:-leveldb}

fail() { printf 'create_mnist_siamese.sh: %s\n' "$*" >&2; exit 1; }

# convert PREFIX NAME SEED: the old database goes only when the new one is whole.
convert() {
  database=$example/mnist_siamese_$2_$backend
  fresh=$example/.new_mnist_siamese_$2_$backend
  rm -rf "$fresh"
  "$tool" --backend="$backend" --seed="$3" "$data/$1-images-idx3-ubyte" "$data/$1-labels-idx1-ubyte" "$fresh"
  rm -rf "$database"
  mv "$fresh" "$database"
}

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
example=examples/siamese
data=data/mnist
tool=build/examples/siamese/convert_mnist_siamese_data.bin

case $backend in
  lmdb | leveldb) ;;
  *) fail "unknown BACKEND $backend; use lmdb or leveldb" ;;
esac
[ -x "$tool" ] || fail "$tool isn't built; run scripts/build first"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  [ -f "$data/$file-ubyte" ] || fail "$data/$file-ubyte is missing; run data/mnist/get_mnist.sh first"
done

echo "Creating $backend..."
convert train train 1
convert t10k test 2
echo "Done."
