#!/usr/bin/env bash
# Build the environments of peers from their locks: benchmarks/peers/build.sh NAME...
# Built anew only when a lock has changed; a lock names everything, so nothing is resolved. PYTHON names the interpreter.
set -euo pipefail
cd "$(dirname "$0")"
python="${PYTHON:-python3}"

for name in "$@"; do
  made_from="$(sha256sum <"$name/requirements.txt" | cut -d' ' -f1) $("$python" --version)"
  if [ -f "$name/.venv/stamp" ] && [ "$(cat "$name/.venv/stamp")" = "$made_from" ]; then
    continue
  fi
  echo "Setting up $name from its lock ..." >&2
  "$python" -m venv --clear "$name/.venv"
  "$name/.venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --require-hashes --no-deps --prefer-binary -r "$name/requirements.txt"
  echo "$made_from" >"$name/.venv/stamp"
done
