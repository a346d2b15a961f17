#!/usr/bin/env bash
# Builds the Python package's wheel and source from a copy outside of git, whose own files must not
# be included, and with file modes that don't depend on the checkout.
#
# usage: pack-notebook.sh FOLDER     writes tellr-<version>-py3-none-any.whl and tellr-<version>.tar.gz there
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root/widget"
cp -R src README.md pyproject.toml THIRD-PARTY-NOTICES.txt ../LICENSE "$work/"
cd "$work"
find . -name __pycache__ -prune -exec rm -r {} +
find . -type d -exec chmod 755 {} +
find . -type f -exec chmod 644 {} +
hatchling build --directory "$out"
