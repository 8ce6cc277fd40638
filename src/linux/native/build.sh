#!/bin/sh
# Compiles the launcher: build.sh OUTPUT. Needs a C compiler and nothing else; CC and CFLAGS are respected.
set -eu
output=${1:?usage: build.sh OUTPUT}
here=$(cd "$(dirname "$0")" && pwd)
draft="$output.$$.draft"
if ! command -v "${CC:-cc}" >/dev/null; then
  echo "tsbuild: no C compiler \"${CC:-cc}\" to make its launcher with: install one (Debian: apt-get install gcc libc6-dev), or name it in CC" >&2
  exit 1
fi
mkdir -p "$(dirname "$output")"
trap 'rm -f "$draft"' EXIT
compile() { "${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra ${CFLAGS:-} "$@" -s -o "$draft" "$here"/*.c; }
# A static program starts a millisecond sooner and does not mind which libc the machine has.
compile -static 2>/dev/null || compile
mv -f "$draft" "$output"
