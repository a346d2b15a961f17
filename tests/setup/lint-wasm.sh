#!/usr/bin/env bash
# Lints what only exists in the deployer's modules.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"

lint() {
  cargo clippy --quiet --package deployer-wasm "$@" -- -D warnings
}

lint --target wasm32-unknown-unknown --features browser --lib --test page
lint --target wasm32-unknown-unknown --features kernel --lib
