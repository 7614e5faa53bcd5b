#!/usr/bin/env sh
# Makes the databases of the ImageNet tutorial, ilsvrc12_train_lmdb and ilsvrc12_val_lmdb, from folders of pictures and
# lists of them. Change the variables here or give them from outside; relative paths count from the project's folder.
set -eu

# Where the databases go, and where train.txt and val.txt are: a file and its label a line.
EXAMPLE=${EXAMPLE:-examples/imagenet}
DATA=${DATA:-data/ilsvrc12}
TOOLS=${TOOLS:-build/tools}
# The folders that the files of train.txt and of val.txt are named from.
TRAIN_DATA_ROOT=${TRAIN_DATA_ROOT:-/path/to/imagenet/train/}
VAL_DATA_ROOT=${VAL_DATA_ROOT:-/path/to/imagenet/val/}
# true to bring all pictures to 256×256; leave it where they have that size already.
RESIZE=${RESIZE:-false}
# lmdb or leveldb.
BACKEND=${BACKEND:-lmdb}

fail() { printf 'create_imagenet.sh: %s\n' "$*" >&2; exit 1; }

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
case $RESIZE in
  true) RESIZE_HEIGHT=256 RESIZE_WIDTH=256 ;;
  false) RESIZE_HEIGHT=0 RESIZE_WIDTH=0 ;;
  *) fail "RESIZE is \"$RESIZE\"; say true or false" ;;
esac
[ -x "$TOOLS/convert_imageset" ] || fail "$TOOLS/convert_imageset isn't built; run scripts/build first"
[ -d "$TRAIN_DATA_ROOT" ] || fail "there is no folder $TRAIN_DATA_ROOT; set TRAIN_DATA_ROOT to where the training pictures are"
[ -d "$VAL_DATA_ROOT" ] || fail "there is no folder $VAL_DATA_ROOT; set VAL_DATA_ROOT to where the validation pictures are"
for list in train val; do
  [ -f "$DATA/$list.txt" ] || fail "$DATA/$list.txt is missing; run data/ilsvrc12/get_ilsvrc_aux.sh, or set DATA to where the lists are"
done

# convert NAME ROOT: the tool refuses to replace a database, which may have taken hours to make.
convert() {
  echo "Creating $1 $BACKEND..."
  "$TOOLS/convert_imageset" --backend="$BACKEND" --resize_height=$RESIZE_HEIGHT --resize_width=$RESIZE_WIDTH --shuffle \
    "${2%/}/" "$DATA/$1.txt" "$EXAMPLE/ilsvrc12_$1_$BACKEND"
}

convert train "$TRAIN_DATA_ROOT"
convert val "$VAL_DATA_ROOT"
echo "Done."
