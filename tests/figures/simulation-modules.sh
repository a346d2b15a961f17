#!/usr/bin/env bash
# The simulations through the two modules as built: each deployer runs in one, and has to do what a native one does.
# Prints the figures and leaves them for the summary of `make test`.
#
# usage: simulation-modules.sh KERNEL_SCHEDULES PAGE_SCHEDULES RACES CONFIGURATIONS
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
races=$3
configurations=$4
cargo build --quiet --profile simulation --package simulation
program=${CARGO_TARGET_DIR:-target}/simulation/simulation
mkdir -p "$cache/figures"

through() {
  printf 'Simulation through the module for %s\n' "$1"
  "$program" run --through "$2" --schedules "$3"
  "$program" races --through "$2" "$races"
  "$program" configurations --through "$2" "$configurations"
}

{
  through "a notebook's kernel" pkg/kernel.wasm "$1"
  through "a page" pkg/deployer.js "$2"
} | tee "$cache/figures/simulation-modules.txt"
