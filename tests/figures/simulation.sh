#!/usr/bin/env bash
# Simulates deployments under seeded faults, races for the lock, and generated configurations. Prints the figures
# and leaves them for the summary of `make test`.
#
# usage: simulation.sh SCHEDULES [RACES] [CONFIGURATIONS]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
schedules=$1
races=${2:-1000}
configurations=${3:-500}
cargo build --quiet --profile simulation --package simulation
program=${CARGO_TARGET_DIR:-target}/simulation/simulation
mkdir -p "$cache/figures"
{
  printf 'Simulation\n'
  "$program" singles
  "$program" run --schedules "$schedules"
  "$program" races "$races"
  "$program" configurations "$configurations"
} | tee "$cache/figures/simulation.txt"
