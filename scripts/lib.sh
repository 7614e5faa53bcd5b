# What the scripts share; they source it from the project's root.

say() { printf '== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

need_swift() {
  command -v swift > /dev/null \
    || fail "no Swift found; install a toolchain of 6.2 or newer (https://www.swift.org/install) and put it on the PATH"
}

# Real data for the tests: CAFFE_DATA_DIR, else a folder beside the project.
find_data() {
  if [ -z "${CAFFE_DATA_DIR:-}" ] && [ -d ../shared/data ]; then
    CAFFE_DATA_DIR=$(cd ../shared/data && pwd)
    export CAFFE_DATA_DIR
  fi
}
