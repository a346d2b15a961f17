#!/usr/bin/env bash
# The duration of a plan beside its slowest request, on the virtual clock and at realistic delays. The test asserts it;
# this prints the figures and leaves them for the summary of `make test`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
test=pace::a_plan_of_an_unchanged_app_takes_little_longer_than_its_slowest_request
told=$(cargo test --quiet --workspace --test end_to_end -- --exact --nocapture "$test")
mkdir -p "$cache/figures"
{
  printf 'Plan of an unchanged app, for two ways of naming its folder\n'
  grep -o 'plan of an unchanged app.*' <<<"$told" | sed 's/^plan of an unchanged app /  /'
  printf "  the plan of Databricks' command line: not measured, no package registry has it\n"
} | tee "$cache/figures/plan.txt"
