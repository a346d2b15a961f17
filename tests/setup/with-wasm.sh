#!/usr/bin/env bash
# Runs a command with the toolchain that has the WebAssembly target, where that is another one.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
# shellcheck source=/dev/null
if [ -e "$cache/wasm.env" ]; then . "$cache/wasm.env"; fi
exec "$@"
