#!/usr/bin/env bash
# Runs one stage of `make test` in the environment that setup made: prints its name before and its
# duration after, and records both for the summary. Fails if the command fails.
#
# usage: stage.sh NAME COMMAND [ARGUMENT...]
set -euo pipefail
# Cargo and other tools must not see the calling `make`'s job slots: they can't use them, and warn.
unset MAKEFLAGS MFLAGS
. "$(dirname "$0")/environment.sh"
cd "$root"

name=$1
shift
printf '\n== %s\n' "$name"
began=$(date +%s.%N)
status=0
"$@" || status=$?
seconds=$(awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')
printf -- '-- %s: %s s\n' "$name" "$seconds"
mkdir -p "$cache"
printf '%s\t%s\n' "$seconds" "$name" >>"$cache/stages.tsv"
if [ "$status" -ne 0 ]; then
  printf 'FAILED: %s (exit status %s)\n' "$name" "$status" >&2
  exit "$status"
fi
