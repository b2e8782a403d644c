#!/usr/bin/env bash
# Lock the environments of peers: exact versions with the hashes of every file, and no address of any index.
# Usage: benchmarks/peers/lock.sh NAME...      (uv comes from the environment given by UV, default: uv)
set -euo pipefail
cd "$(dirname "$0")/../.."
uv="${UV:-uv}"

for name in "$@"; do
  place="benchmarks/peers/$name"
  "$uv" pip compile "$place/requirements.in" --output-file "$place/requirements.txt" --quiet --upgrade \
    --python-version 3.11.4 --generate-hashes --no-annotate --no-header --no-config
  if grep -nE '://|^--(index|extra|find|trusted)' "$place/requirements.txt"; then
    echo "lock.sh: an address reached the lock of $name" >&2
    exit 1
  fi
done
