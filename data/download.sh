# What the scripts that get data share; they source it.

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

checksum() {
  if command -v md5sum >/dev/null 2>&1; then md5sum <"$1" | cut -d ' ' -f 1
  elif command -v md5 >/dev/null 2>&1; then md5 -q "$1"
  else fail "neither md5sum nor md5 is here to check what is downloaded; install coreutils"
  fi
}

# download ADDRESS FILE
download() {
  case $1 in
    file://*) cp "${1#file://}" "$2" 2>/dev/null ;;
    *)
      if command -v curl >/dev/null 2>&1; then
        curl -fsSL --connect-timeout 15 --speed-limit 1000 --speed-time 30 -o "$2" "$1" 2>/dev/null
      elif command -v wget >/dev/null 2>&1; then
        wget -q --timeout=30 --tries=1 -O "$2" "$1"
      else
        fail "neither curl nor wget is here to download with; run scripts/install-dependencies"
      fi ;;
  esac
}
