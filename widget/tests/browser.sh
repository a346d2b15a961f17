#!/usr/bin/env bash
# Shows the widget in real notebooks, in the machine's own Chromium; after `run.sh newest`, whose
# environment has the notebooks.
set -euo pipefail
. "$(dirname "$0")/../../tests/setup/environment.sh"

TELLR_NOTEBOOK_PYTHON=$(echo "$root"/.cache/widget/newest-*/bin/python)
export TELLR_NOTEBOOK_PYTHON
cd "$root/tests/browser"
exec node_modules/.bin/playwright test --config notebook.config.ts "$@"
