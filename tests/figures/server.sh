#!/usr/bin/env bash
# Measures the app of a wheel under load. The load generator is compiled as the tests are, with what is there of
# them.
#
# usage: server.sh WHEEL
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
cargo build --quiet --workspace --example load
PYTHONPATH=tests/setup exec python3 tests/figures/server.py "$1" "${CARGO_TARGET_DIR:-target}/debug/examples/load"
