#!/usr/bin/env bash
# Runs a build so that what comes out doesn't tell where it was made. Messages of panics name source
# files: without the folders of this machine, and the library's own as they are called where its
# source isn't installed.
#
# usage: reproducibly.sh COMMAND [ARGUMENT...]
set -euo pipefail
. "$(dirname "$0")/environment.sh"

library=$(realpath "$(rustc --print sysroot)")/lib/rustlib/src/rust
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$root=tellr
  --remap-path-prefix=$library=/rustc/$commit"
exec "$@"
