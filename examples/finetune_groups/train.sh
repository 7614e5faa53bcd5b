#!/usr/bin/env sh
# Fine-tunes SqueezeNet 1.0 to tell five groups of pictures apart.
#   WEIGHTS=squeezenet.caffemodel CAFFE_DATA_DIR=… examples/finetune_groups/train.sh
# CAFFE_DATA_DIR names a folder with imagenet/images and imagenet/val.txt, a file and its ImageNet label a line. What is given here
# goes on to `caffe train`.
set -eu

fail() { printf 'train.sh: %s\n' "$*" >&2; exit 1; }

# Paths from outside count from where the user is.
weights=${WEIGHTS:-}
data=${CAFFE_DATA_DIR:-}
case $weights in '' | /*) ;; *) weights=$PWD/$weights ;; esac
case $data in '' | /*) ;; *) data=$PWD/$data ;; esac

cd "${CAFFE_ROOT:-$(dirname "$0")/../..}"
example=examples/finetune_groups
[ -x build/tools/caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"
[ -f "$weights" ] || fail "there are no weights; set WEIGHTS to SqueezeNet 1.0's .caffemodel"
[ -f "$data/imagenet/val.txt" ] || fail "there are no pictures; set CAFFE_DATA_DIR to a folder with imagenet/images and imagenet/val.txt"

# ImageNet's label to a group. 0 birds, fish, reptiles, insects; 1 mammals; 2 vehicles, buildings, landscapes; 3 devices and
# tools; 4 the rest: home, clothes, food, plants.
awk -v folder="$data/imagenet/images" '
  BEGIN {
    split("410 450 460 500 510 540 580 640 660 670 690 730 780 820 860 870 880 900 920 970 980", outside)
    split("420 480 490 530 550 590 600 620 650 710 740 760 800 810 830", device)
    for (i in outside) group[outside[i]] = 2
    for (i in device) group[device[i]] = 3
  }
  {
    label = $NF
    sub(/[ \t]+[0-9]+[ \t\r]*$/, "")
    if (label < 150 || (label >= 300 && label < 330) || label == 390) answer = 0
    else if (label < 400) answer = 1
    else answer = label in group ? group[label] : 4
    print folder "/" $0 " " answer
  }' "$data/imagenet/val.txt" > $example/list.txt
exec ./build/tools/caffe train --solver=$example/solver.prototxt --weights="$weights" "$@"
