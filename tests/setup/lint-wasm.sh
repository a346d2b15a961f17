#!/usr/bin/env bash
# Lints what only exists in the deployer's modules. Debian's toolchain for the target has no clippy; there
# the compiler's own warnings have to do.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"

lint() {
  if [ -e "$cache/wasm.env" ]; then
    RUSTFLAGS="-D warnings" tests/setup/with-wasm.sh cargo check --quiet --package deployer-wasm "$@"
  else
    cargo clippy --quiet --package deployer-wasm "$@" -- -D warnings
  fi
}

lint --target wasm32-unknown-unknown --features browser --lib --test page
lint --target wasm32-unknown-unknown --features kernel --lib
