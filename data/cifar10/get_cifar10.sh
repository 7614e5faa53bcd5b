#!/usr/bin/env sh
# Gets the files of CIFAR-10's binary version, checked, into data/cifar10.
#   data/cifar10/get_cifar10.sh               from $CAFFE_DATA_DIR/cifar10, else from the net
#   data/cifar10/get_cifar10.sh --synthetic   our own made-up pictures instead
# In $CAFFE_DATA_DIR/cifar10 either the archive or its files are taken. CIFAR_MIRRORS: addresses of folders that have the
# archive, to be tried in turn, with blanks between them. CIFAR_TRAIN, CIFAR_TEST: how many pictures to make up.
set -eu

archive=cifar-10-binary.tar.gz
archive_sum=c32a1d4ab5d03f1284b67883e8d87530
mirrors=${CIFAR_MIRRORS:-"https://www.cs.toronto.edu/~kriz"}
batches="data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin data_batch_5.bin test_batch.bin"
# 10,000 records of a label and 32×32 pixels of three colours.
batch_size=30730000

# is_whole FOLDER: whether the real set is there; made-up pictures have other classes.
is_whole() {
  [ -f "$1/batches.meta.txt" ] && [ "$(head -n 1 "$1/batches.meta.txt")" = airplane ] || return 1
  for name in $batches; do
    [ -f "$1/$name" ] && [ "$(wc -c <"$1/$name")" -eq $batch_size ] || return 1
  done
}

# take FOLDER: puts the files of a whole set into their place.
take() {
  for name in $batches batches.meta.txt; do
    cp "$1/$name" "$work/taken" && mv "$work/taken" "$target/$name" || fail "$target/$name cannot be written"
  done
}

# unpack ARCHIVE WHENCE
unpack() {
  found=$(checksum "$1")
  if [ "$found" != "$archive_sum" ]; then
    say "  $2 is not the right archive: md5 $found, expected $archive_sum"
    return 1
  fi
  tar -xzf "$1" -C "$work" && is_whole "$work/cifar-10-batches-bin" || fail "$2 cannot be unpacked; is the disk full?"
  take "$work/cifar-10-batches-bin"
}

make_pictures() {
  tool=$root/build/tools/caffe
  [ -x "$tool" ] || fail "build/tools/caffe isn't built; run scripts/build first"
  "$tool" cifar --train="${CIFAR_TRAIN:-50000}" --test="${CIFAR_TEST:-10000}" --seed=1 --out="$target"
  say "These are made-up pictures, not CIFAR-10: accuracies on them say nothing about CIFAR-10."
}

get() {
  if is_whole "$target"; then
    say "CIFAR-10 is here already"
    return
  fi
  copy=${CAFFE_DATA_DIR:+$CAFFE_DATA_DIR/cifar10}
  if [ -n "$copy" ] && is_whole "$copy"; then
    say "CIFAR-10 from $copy"
    take "$copy"
    return
  fi
  if [ -n "$copy" ] && [ -f "$copy/$archive" ]; then
    say "CIFAR-10 from $copy/$archive"
    if unpack "$copy/$archive" "$copy/$archive"; then return; fi
  fi
  for mirror in $mirrors; do
    address=${mirror%/}/$archive
    say "CIFAR-10 from $address"
    if ! download "$address" "$work/$archive"; then
      say "  $address cannot be had"
    elif unpack "$work/$archive" "$address"; then
      return
    fi
  done
  fail "no place has $archive.
Without the net, either put it into a folder \"cifar10\" and name its parent in CAFFE_DATA_DIR,
or train on made-up pictures: data/cifar10/get_cifar10.sh --synthetic"
}

root=${CAFFE_ROOT:-$(cd "$(dirname "$0")/../.." && pwd -P)}
. "$root/data/download.sh"
target=$root/data/cifar10
mkdir -p "$target"

case ${1:-} in
  '') ;;
  --synthetic) make_pictures; exit ;;
  -h | --help) say "usage: get_cifar10.sh [--synthetic]"; exit ;;
  *) printf 'get_cifar10.sh: unknown option %s\nusage: get_cifar10.sh [--synthetic]\n' "$1" >&2; exit 64 ;;
esac

work=$target/.download.$$
mkdir "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
get
say "CIFAR-10 is in $target"
