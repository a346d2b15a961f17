#!/usr/bin/env bash
# Installs the wheel with its dependencies into an empty environment, and tests what was installed.
#
# usage: run.sh oldest|newest WHEEL [argument of pytest]...
#
# Environments are kept in .cache for as long as their requirements stay what they are.
set -euo pipefail
. "$(dirname "$0")/../../tests/setup/environment.sh"

name=$1
wheel=$(realpath "$2")
shift 2
cd "$root/widget"
requirements=tests/requirements-$name.txt
wanted=$(cat "$requirements" pyproject.toml | sha256sum | cut -c1-16)
environment=$root/.cache/widget/$name-$wanted
install() { "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

if [ ! -e "$environment/complete" ]; then
  rm -rf "$root/.cache/widget/$name"-*
  python3 -m venv "$environment"
  install "$wheel" -r "$requirements"
  touch "$environment/complete"
else
  install --force-reinstall --no-deps "$wheel"
fi
exec "$environment/bin/python" -m pytest --quiet "$@"
