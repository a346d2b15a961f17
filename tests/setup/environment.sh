# shellcheck shell=bash
# Sourced by every script here: adds what setup installed to the PATH. Sets and exports nothing
# that setup didn't find necessary.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=$root/.cache/setup
export PATH="$root/.venv/bin:$cache/bin:$PATH"

# PostgreSQL from the wheel, on machines without one.
if [ -z "${TELLR_POSTGRES_BIN:-}" ] && [ -e "$cache/postgres-bin" ]; then
  TELLR_POSTGRES_BIN=$(cat "$cache/postgres-bin")
  export TELLR_POSTGRES_BIN
fi

if [ -z "${TELLR_CHROMIUM:-}" ]; then
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if TELLR_CHROMIUM=$(command -v "$name"); then break; fi
  done
fi
export TELLR_CHROMIUM
if [ -z "${TELLR_CHROMEDRIVER:-}" ]; then
  for name in chromedriver /usr/lib/chromium/chromedriver chromium.chromedriver; do
    if TELLR_CHROMEDRIVER=$(command -v "$name"); then break; fi
  done
fi
export TELLR_CHROMEDRIVER
