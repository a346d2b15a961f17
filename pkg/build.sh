#!/usr/bin/env bash
# Builds one module of the package: compiles it small, puts JavaScript around it where a page needs
# that, and lets wasm-opt make it smaller still.
#
# usage: build.sh browser|kernel
set -euo pipefail
cd "$(dirname "$0")/.."

module=$1
target=${CARGO_TARGET_DIR:-target}
work=$target/pkg/$module
mkdir -p "$work"

# What wasm-opt does with both modules. It finds more the second time, after `flatten` has written everything
# in its simplest form; then functions that differ in constants become one. Functions that are called often come first,
# as small numbers are short.
shrink=(-Oz --flatten --local-cse --rereloop -Oz --merge-similar-functions -Oz
  --reorder-functions --strip-target-features --strip-producers)

# A switch of the crate `sha2`: a loop instead of 64 rounds written out. It hashes one file a run.
RUSTFLAGS='--cfg sha2_backend_soft="compact"' tests/setup/reproducibly.sh \
  cargo build --quiet --locked --package deployer-wasm --lib \
  --features "$module" --profile wasm --target wasm32-unknown-unknown
compiled=$target/wasm32-unknown-unknown/wasm/deployer.wasm

case $module in
  browser)
    cargo run --quiet --locked --package pkg-bindgen -- "$compiled" deployer "$work"
    pkg/node_modules/.bin/wasm-opt "${shrink[@]}" "$work/deployer_bg.wasm" --output "$work/small.wasm"
    cp "$work/deployer.js" "$work/deployer.d.ts" pkg/
    mv "$work/small.wasm" pkg/deployer_bg.wasm
    ;;
  kernel)
    pkg/node_modules/.bin/wasm-opt "${shrink[@]}" "$compiled" --output "$work/small.wasm"
    # shellcheck disable=SC2016 # JavaScript, not for the shell
    imports=$(node -p 'WebAssembly.Module.imports(new WebAssembly.Module(fs.readFileSync(process.argv[1])))
      .map(({ module, name }) => `${module}.${name}`).join(" ")' "$work/small.wasm")
    if [ -n "$imports" ]; then
      echo "the kernel's module imports what no runtime will give it: $imports" >&2
      exit 1
    fi
    mv "$work/small.wasm" pkg/kernel.wasm
    ;;
esac
