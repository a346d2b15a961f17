#!/usr/bin/env bash
# Builds the Rust target wasm32-unknown-unknown without rustup's server.
#
# Debian carries a recent compiler for its browsers (rustc-web) and the source of its standard library
# (rust-web-src). A copy of that compiler, unpacked without installing anything, builds the library for
# the target, and the result is linked into rustup as the toolchain `debian-wasm`. It is only used to
# check and build the WebAssembly crate; everything else keeps the pinned toolchain, whose cargo,
# clippy and linker are borrowed here.
#
# usage: wasm-target.sh CHANNEL ENV_FILE     ENV_FILE gets the exports that select the toolchain
set -euo pipefail

channel=$1
env_file=$2
target=wasm32-unknown-unknown
host=x86_64-unknown-linux-gnu
toolchain=debian-wasm
prefix=${TELLR_WASM_TOOLCHAIN:-$HOME/.cache/$toolchain}
finished=$prefix/lib/rustlib/$target/lib/.finished-2

for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || { echo "this way needs Debian's $tool" >&2; exit 1; }
done
[ "$(uname -m)" = x86_64 ] || { echo "this way is only known to work on x86_64" >&2; exit 1; }

unpack_compiler() { # work folder
  local library llvm
  if [ "$(id -u)" = 0 ]; then apt-get update -qq; fi
  # The compiler's own library and LLVM have their version in the package name.
  library=$(apt-cache depends libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | head -n1)
  llvm=$(apt-cache depends "$library" | sed -n 's/.*Depends: \(libllvm[0-9]*\).*/\1/p' | head -n1)
  (cd "$1" && apt-get download -qq rustc-web rust-web-src libstd-rust-web-dev "$library" "$llvm")
  mkdir "$1/unpacked"
  for package in "$1"/*.deb; do dpkg -x "$package" "$1/unpacked"; done
}

lay_out_toolchain() { # work folder
  local upstream
  upstream=$(rustup run "$channel" rustc --print sysroot)
  rm -rf "$prefix"
  mkdir -p "$prefix/bin" "$prefix/lib/rustlib/src" "$prefix/lib/rustlib/$host/bin"
  cp -a "$1"/unpacked/usr/bin/rustc "$1"/unpacked/usr/bin/rustdoc "$prefix/bin/"
  cp -a "$1"/unpacked/usr/lib/x86_64-linux-gnu/. "$prefix/lib/"
  cp -a "$1"/unpacked/usr/lib/rustlib/$host/. "$prefix/lib/rustlib/$host/"
  mv "$1"/unpacked/usr/src/rustc-* "$prefix/lib/rustlib/src/rust"
  ln -s "$upstream/bin/cargo" "$prefix/bin/cargo"
  # rust-lld finds its LLVM beside itself, and not through the path that Debian's compiler needs.
  printf '#!/bin/sh\nunset LD_LIBRARY_PATH\nexec %s "$@"\n' "$upstream/lib/rustlib/$host/bin/rust-lld" \
    >"$prefix/lib/rustlib/$host/bin/rust-lld"
  chmod +x "$prefix/lib/rustlib/$host/bin/rust-lld"
  rustup toolchain link "$toolchain" "$prefix"
}

build_library() { # work folder
  local output=$prefix/lib/rustlib/$target/lib
  (
    cd "$1"
    export RUSTUP_TOOLCHAIN=$toolchain LD_LIBRARY_PATH=$prefix/lib CARGO_TARGET_DIR=$1/target
    # -Zbuild-std is what rustup's own builds of this target do; on a stable compiler it asks for this.
    export RUSTC_BOOTSTRAP=1
    # Messages of panics name the library's files: not where they lie on this machine.
    export RUSTFLAGS="--remap-path-prefix=$prefix/lib/rustlib/src/rust=/rustc/debian
      --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
    cargo new --quiet --lib library-build
    cd library-build
    cargo build --quiet --release --target "$target" -Zbuild-std=std,panic_abort
  )
  mkdir -p "$output"
  cp "$1/target/$target"/release/deps/*.rlib "$output/"
  rm -f "$output"/liblibrary_build*
  touch "$finished"
}

if [ ! -e "$finished" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  unpack_compiler "$work"
  lay_out_toolchain "$work"
  build_library "$work"
fi
cat >"$env_file" <<EXPORTS
export RUSTUP_TOOLCHAIN=$toolchain
export LD_LIBRARY_PATH=$prefix/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
EXPORTS
