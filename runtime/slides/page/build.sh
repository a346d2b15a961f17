#!/usr/bin/env bash
# Builds the module that lays slides out in the page, with JavaScript around it: `slides.js` and
# `slides_bg.wasm` beside this file.
set -euo pipefail
cd "$(dirname "$0")/../../.."

target=${CARGO_TARGET_DIR:-target}
work=$target/slides-page
mkdir -p "$work"

tests/setup/reproducibly.sh \
  cargo build --quiet --locked --package tellr-slides-page --lib --profile wasm --target wasm32-unknown-unknown
cargo run --quiet --locked --package pkg-bindgen -- \
  "$target/wasm32-unknown-unknown/wasm/slides.wasm" slides "$work"
# Speed comes before size here: it runs at each keystroke. Written in its simplest form in between, it gets smaller all
# the same.
pkg/node_modules/.bin/wasm-opt -O3 --flatten --local-cse --rereloop -O2 --reorder-functions \
  --strip-target-features --strip-producers \
  "$work/slides_bg.wasm" --output "$work/small.wasm"
cp "$work/slides.js" runtime/slides/page/
mv "$work/small.wasm" runtime/slides/page/slides_bg.wasm
