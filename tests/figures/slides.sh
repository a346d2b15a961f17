#!/usr/bin/env bash
# Measures the layout of slides. Prints the figures and leaves them for the summary of `make test`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../setup/environment.sh"
cd "$root"
# About as fast as what ships, and compiled in a fraction of the time.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
mkdir -p "$cache/figures"
cargo run --quiet --release --package tellr-slides --example speed | tee "$cache/figures/slides.txt"
