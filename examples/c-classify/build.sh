#!/usr/bin/env bash
# Builds build/examples/c-classify/classify with the C compiler, against the library that scripts/build makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ -e build/lib/libcaffe.so ] || { echo 'build.sh: build/lib/libcaffe.so is missing; run scripts/build first' >&2; exit 1; }
mkdir -p build/examples/c-classify
"${CC:-cc}" -std=c11 -O2 -Wall -Wextra -Werror -Ibuild/include examples/c-classify/classify.c \
  -Lbuild/lib -lcaffe -Wl,-rpath,'$ORIGIN/../../lib' -o build/examples/c-classify/classify
echo 'Built: build/examples/c-classify/classify'
