#!/usr/bin/env sh
# Gets what the ImageNet tutorial needs beside the pictures into data/ilsvrc12: the lists train.txt, val.txt and test.txt,
# the classes' names, and the mean picture. From $CAFFE_DATA_DIR/ilsvrc12 if the archive is there, else from the net.
# ILSVRC_MIRRORS: addresses of folders that have the archive, to be tried in turn, with blanks between them.
set -eu

archive=caffe_ilsvrc12.tar.gz
archive_sum=f963098ea0e785a968ca1eb634003a90
mirrors=${ILSVRC_MIRRORS:-"http://dl.caffe.berkeleyvision.org"}

# unpack ARCHIVE WHENCE: only the right archive goes into place.
unpack() {
  found=$(checksum "$1")
  if [ "$found" != "$archive_sum" ]; then
    say "  $2 is not the right archive: md5 $found, expected $archive_sum"
    return 1
  fi
  mkdir -p "$work/files"
  tar -xzf "$1" -C "$work/files" || fail "$2 cannot be unpacked; is the disk full?"
  for file in "$work"/files/*; do mv "$file" "$target/" || fail "$target cannot be written"; done
}

get() {
  copy=${CAFFE_DATA_DIR:+$CAFFE_DATA_DIR/ilsvrc12/$archive}
  if [ -n "$copy" ] && [ -f "$copy" ]; then
    say "$archive from $copy"
    if unpack "$copy" "$copy"; then return; fi
  fi
  for mirror in $mirrors; do
    address=${mirror%/}/$archive
    say "$archive from $address"
    if ! download "$address" "$work/$archive"; then
      say "  $address cannot be had"
    elif unpack "$work/$archive" "$address"; then
      return
    fi
  done
  fail "no place has $archive.
Without the net, put it into a folder \"ilsvrc12\" and name its parent in CAFFE_DATA_DIR. Or do without:
lists of your own pictures, a file and a label a line, are data/ilsvrc12/train.txt and val.txt, and
examples/imagenet/make_imagenet_mean.sh makes the mean."
}

root=${CAFFE_ROOT:-$(cd "$(dirname "$0")/../.." && pwd -P)}
. "$root/data/download.sh"

case ${1:-} in
  '') ;;
  -h | --help) say "usage: get_ilsvrc_aux.sh"; exit ;;
  *) printf 'get_ilsvrc_aux.sh: unknown option %s\nusage: get_ilsvrc_aux.sh\n' "$1" >&2; exit 64 ;;
esac

target=$root/data/ilsvrc12
work=$target/.download.$$
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
get
say "The ImageNet tutorial's lists and mean are in $target"
