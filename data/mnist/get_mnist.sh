#!/usr/bin/env sh
# Gets the four files of MNIST, unpacked and checked, into data/mnist.
#   data/mnist/get_mnist.sh               from $CAFFE_DATA_DIR/mnist, else from the net
#   data/mnist/get_mnist.sh --synthetic   our own made-up digits instead
# MNIST_MIRRORS: addresses of folders to try in turn, with blanks between them.
set -eu

mirrors=${MNIST_MIRRORS:-"https://storage.googleapis.com/cvdf-datasets/mnist https://ossci-datasets.s3.amazonaws.com/mnist"}

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

# unpack_checked PACKED SUM PLACE WHENCE: puts the file into its place if it is the right one.
unpack_checked() {
  if ! gunzip -c "$1" >"$partial" 2>/dev/null; then
    say "  $4 is not a whole gzip file"
    return 1
  fi
  found=$(checksum "$partial")
  if [ "$found" != "$2" ]; then
    say "  $4 is not the right file: md5 $found, expected $2"
    return 1
  fi
  mv "$partial" "$3"
}

# get NAME SUM
get() {
  place=$target/$1
  if [ -f "$place" ] && [ "$(checksum "$place")" = "$2" ]; then
    say "$1 is here already"
    return
  fi
  if [ -n "${CAFFE_DATA_DIR:-}" ] && [ -f "$CAFFE_DATA_DIR/mnist/$1.gz" ]; then
    say "$1 from $CAFFE_DATA_DIR/mnist"
    if unpack_checked "$CAFFE_DATA_DIR/mnist/$1.gz" "$2" "$place" "$CAFFE_DATA_DIR/mnist/$1.gz"; then return; fi
  fi
  for mirror in $mirrors; do
    address=${mirror%/}/$1.gz
    say "$1 from $address"
    if ! download "$address" "$packed"; then
      say "  $address cannot be had"
    elif unpack_checked "$packed" "$2" "$place" "$address"; then
      return
    fi
  done
  fail "no place has $1.
Without the net, either put the four .gz files into a folder \"mnist\" and name its parent in CAFFE_DATA_DIR,
or train on made-up digits: data/mnist/get_mnist.sh --synthetic"
}

make_digits() {
  tool=$root/build/tools/caffe
  [ -x "$tool" ] || fail "build/tools/caffe isn't built; run scripts/build first"
  "$tool" digits --train=60000 --test=10000 --seed=1 --out="$target"
  say "These are made-up digits, not MNIST: accuracies on them say nothing about MNIST."
}

root=$(find_root) || {
  printf 'get_mnist.sh: run me inside the project, or name its folder in CAFFE_ROOT\n' >&2
  exit 1
}
. "$root/data/download.sh"
target=$root/data/mnist
mkdir -p "$target"

case ${1:-} in
  '') ;;
  --synthetic) make_digits; exit ;;
  -h | --help) say "usage: get_mnist.sh [--synthetic]"; exit ;;
  *) printf 'get_mnist.sh: unknown option %s\nusage: get_mnist.sh [--synthetic]\n' "$1" >&2; exit 64 ;;
esac

packed=$target/.download.$$.gz
partial=$target/.download.$$
trap 'rm -f "$packed" "$partial"' EXIT
trap 'exit 1' HUP INT TERM

get train-images-idx3-ubyte 6bbc9ace898e44ae57da46a324031adb
get train-labels-idx1-ubyte a25bea736e30d166cdddb491f175f624
get t10k-images-idx3-ubyte 2646ac647ad5339dbf082846283269ea
get t10k-labels-idx1-ubyte 27ae3e4e09519cfbb04c329615203637
say "MNIST is in $target"
