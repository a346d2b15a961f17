#!/usr/bin/env bash
# The simulations through the kernel's module: each deployer is an instance of it, and does what a native one does.
# Prints the figures and leaves them for the summary of `make test`.
#
# usage: simulation-module.sh MODULE SCHEDULES RACES CONFIGURATIONS
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
module=$1
schedules=$2
races=$3
configurations=$4
cargo build --quiet --profile simulation --package simulation
program=${CARGO_TARGET_DIR:-target}/simulation/simulation
mkdir -p "$cache/figures"
{
  printf "Simulation through the kernel's module\n"
  "$program" run --through "$module" --schedules "$schedules"
  "$program" races --through "$module" "$races"
  "$program" configurations --through "$module" "$configurations"
} | tee "$cache/figures/simulation-module.txt"
