#!/usr/bin/env bash
# Runs a build so that its output doesn't depend on where it was made. Panic messages contain
# source file names: this removes the folders of this machine, and names the standard library's
# files as if its source weren't installed.
#
# usage: reproducibly.sh COMMAND [ARGUMENT...]
set -euo pipefail
. "$(dirname "$0")/environment.sh"

library=$(realpath "$(rustc --print sysroot)")/lib/rustlib/src/rust
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$root=tellr
  --remap-path-prefix=$library=/rustc/$commit"
exec "$@"
