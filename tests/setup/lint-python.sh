#!/usr/bin/env bash
set -euo pipefail
ruff format --check --quiet .
ruff check --quiet .
