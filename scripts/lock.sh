#!/usr/bin/env bash
# Write requirements/*.txt: exact versions with the hashes of every file, and no address of any index.
# Usage: scripts/lock.sh [--upgrade]      (uv comes from the environment given by UV, default: uv)
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-uv}"

compile() { # output, then what to lock
  local output="$1"
  shift
  # No settings file is read, and addresses are written only on demand: nothing of this machine is left.
  "$uv" pip compile "$@" --output-file "$output" --quiet \
    --universal --python-version 3.11 --fork-strategy fewest \
    --generate-hashes --no-annotate --no-header --no-config
}

compile requirements/runtime.txt pyproject.toml "$@"
# The same versions at run time and in development: the first lock constrains the second.
compile requirements/dev.txt pyproject.toml --group dev --constraints requirements/runtime.txt \
  --no-emit-package pyspark "$@"
# Spark is published as source only and is built apart from the rest, see scripts/venv.sh.
compile requirements/source.txt --group pyproject.toml:spark --no-deps "$@"

if grep -nE '://|^--(index|extra|find|trusted)' requirements/*.txt; then
  echo "lock.sh: an address reached a lock file" >&2
  exit 1
fi
