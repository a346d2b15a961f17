#!/usr/bin/env bash
# The end of `make test`: the duration of each stage, and the monitored values.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"
printf '\nStages\n'
awk -F '\t' '{ printf "  %8.1f s  %s\n", $1, $2; total += $1 } END { printf "  %8.1f s  all stages\n", total }' \
  "$cache/stages.tsv"
printf '  %8d s  from start to end, some stages side by side\n' "$(($(date +%s) - $(cat "$cache/began")))"
if compgen -G "$cache/figures/*.txt" >/dev/null; then
  printf '\nFigures\n'
  cat "$cache"/figures/*.txt
fi
printf '\n%s passed, 0 failed (stages)\n' "$(wc -l <"$cache/stages.tsv" | tr -d ' ')"
