#!/usr/bin/env bash
# Lints the crates that also run in a page, compiled for WebAssembly.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"

lint() {
  cargo clippy --quiet --target wasm32-unknown-unknown --package "$@" -- -D warnings
}

lint deployer-wasm --features browser --lib --test page
lint deployer-wasm --features kernel --lib
lint tellr-slides --lib
lint tellr-slides-page --lib
