#!/usr/bin/env bash
# Builds one module of the package: compiles it small, puts JavaScript around it where a page needs
# that, and lets wasm-opt make it smaller still.
#
# usage: build.sh browser|kernel
set -euo pipefail
cd "$(dirname "$0")/.."

# What wasm-opt does with both modules. Which features of WebAssembly it may use, they say themselves.
# Twice, as it finds more after `flatten` has written all in its simplest way; functions that are called
# often come first, as small numbers are short.
shrink=(-Oz --flatten --local-cse --rereloop -Oz -Oz --converge --reorder-functions
  --strip-target-features --strip-producers)

module=$1
target=${CARGO_TARGET_DIR:-target}
work=$target/pkg/$module
mkdir -p "$work"

# LLVM, told to leave be what makes code faster by writing it twice: no inlining but where it makes the
# caller smaller (8 % less to download), no expression computed on each way to where it is used (2 %), and
# no variables of their own for the addresses in a loop.
flags="-Cllvm-args=-inline-threshold=0 -Cllvm-args=-enable-pre=false -Cllvm-args=-enable-load-pre=false
  -Cllvm-args=-disable-lsr"
library=()
# The standard library compiled along, for size, and without the words of panics, which reach nobody
# from a module: another 6 %. The toolchain is pinned, so its unstable options stay what they are.
if tests/setup/library-source.sh; then
  export RUSTC_BOOTSTRAP=1
  flags+=" -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none"
  library=("-Zbuild-std=std,panic_abort" "-Zbuild-std-features=optimize_for_size")
fi
RUSTFLAGS=$flags tests/setup/with-wasm.sh tests/setup/reproducibly.sh \
  cargo build --quiet --locked --package deployer-wasm --lib "${library[@]}" \
  --features "$module" --profile wasm --target wasm32-unknown-unknown
unset RUSTC_BOOTSTRAP
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
