#!/usr/bin/env bash
# The end of `make test`: how long each stage took, and the figures that are watched.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"
printf '\nStages\n'
awk -F '\t' '{ printf "  %8.1f s  %s\n", $1, $2; total += $1; count++ } END { printf "  %8.1f s  in all\n", total }' \
  "$cache/stages.tsv"
if compgen -G "$cache/figures/*.txt" >/dev/null; then
  printf '\nFigures\n'
  cat "$cache"/figures/*.txt
fi
printf '\n%s passed, 0 failed (stages)\n' "$(wc -l <"$cache/stages.tsv" | tr -d ' ')"
