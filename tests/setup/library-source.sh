#!/usr/bin/env bash
# Whether the modules can be compiled together with their standard library: by the pinned toolchain, and
# with the library's source, which setup adds where rustup's server is in reach.
set -euo pipefail
. "$(dirname "$0")/environment.sh"

[ ! -e "$cache/wasm.env" ] && [ -d "$(rustc --print sysroot)/lib/rustlib/src/rust/library" ]
