#!/usr/bin/env bash
# Takes the README's pictures again, from real runs; requires the build of `make test`.
set -euo pipefail
. "$(dirname "$0")/../setup/environment.sh"

TELLR_NOTEBOOK_PYTHON=$(echo "$root"/.cache/widget/newest-*/bin/python)
export TELLR_NOTEBOOK_PYTHON TELLR_PICTURES=refresh
cd "$root/tests/browser"
node_modules/.bin/playwright test pictures.spec.ts
exec node_modules/.bin/playwright test --config notebook.config.ts lab.spec.ts --grep "deploys from the form"
