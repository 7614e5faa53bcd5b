#!/usr/bin/env sh
# Trains LeNet by each of the update rules and prints a table of the accuracies on the 10,000 test pictures.
#
#     examples/mnist/compare_solvers.sh [--flag=value …]    # flags go on to `caffe train`, --threads=1 for example
#
# SEEDS: the random seeds, "1 2 3" by default. SOLVERS: names of solver files of this folder, by default one for each rule.
# ITERATIONS: how many, where it isn't to be max_iter of the file. LOGS: a folder to keep the logs in.
# A training takes about a minute on two cores. Nothing is written beside the solver files.
set -eu

fail() { printf 'compare_solvers.sh: %s\n' "$*" >&2; exit 1; }

root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"
[ -x build/tools/caffe ] || fail "build/tools/caffe isn't built; run scripts/build first"
[ -d examples/mnist/mnist_train_lmdb ] || fail "there is no MNIST; run data/mnist/get_mnist.sh and examples/mnist/create_mnist.sh"

seeds=${SEEDS:-1 2 3}
solvers=${SOLVERS:-lenet_solver lenet_nesterov_solver lenet_adagrad_solver lenet_adadelta_solver lenet_solver_adam
  lenet_solver_adamw lenet_solver_rmsprop lenet_solver_rmsprop:0.001}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
logs=${LOGS:-$work}
mkdir -p "$logs"

# A copy of solver file $1 with seed $2, and base_lr $3 where that isn't empty, that writes no snapshots.
copy() {
  sed -e '/^ *random_seed:/d' -e '/^ *snapshot/d' -e '/^ *solver_mode:/d' "examples/mnist/$1.prototxt"
  printf 'random_seed: %s\nsolver_mode: CPU\nsnapshot_after_train: false\n' "$2"
}

printf '%-32s %8s   %s\n' "solver" "mean" "each seed ($(echo $seeds))"
for entry in $solvers; do
  name=${entry%%:*}
  rate=${entry#"$name"}
  rate=${rate#:}
  scores=""
  for seed in $seeds; do
    copy "$name" "$seed" >"$work/solver.prototxt"
    if [ -n "$rate" ]; then sed -i -e "s/^ *base_lr:.*/base_lr: $rate/" "$work/solver.prototxt"; fi
    if [ -n "${ITERATIONS:-}" ]; then sed -i -e "s/^ *max_iter:.*/max_iter: $ITERATIONS/" "$work/solver.prototxt"; fi
    log="$logs/$name${rate:+_$rate}_$seed.log"
    ./build/tools/caffe train --solver="$work/solver.prototxt" "$@" 2>"$log" || fail "$name, seed $seed: $(tail -n 1 "$log")"
    score=$(sed -n 's/.*Test net output #0: accuracy = //p' "$log" | tail -n 1)
    scores="$scores $score"
  done
  printf '%-32s %8.4f  %s\n' "$name${rate:+, base_lr $rate}" \
    "$(echo $scores | awk '{ for (i = 1; i <= NF; i++) sum += $i; print sum / NF }')" "$scores"
done
