#!/usr/bin/env bash
# Build a virtual environment from a lock file: scripts/venv.sh DIRECTORY LOCK [LOCK-OF-SOURCES]
# The second lock names what is published as source only; it is built with what the first has installed.
# Built anew only when the lock has changed. payoff itself is linked into it, not copied.
set -euo pipefail
cd "$(dirname "$0")/.."
directory="$1" lock="$2" sources="${3:-}" python="${PYTHON:-python3}"

# The stamp holds what the environment was made from.
made_from="$(cat "$lock" ${sources:+"$sources"} pyproject.toml | sha256sum | cut -d' ' -f1) $("$python" --version)"
if [ -f "$directory/stamp" ] && [ "$(cat "$directory/stamp")" = "$made_from" ]; then
  exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "payoff needs Python 3.11 or later; $python is $("$python" --version). Name another: make PYTHON=python3.12 ..." >&2
  exit 2
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
  bash scripts/system.sh "ensurepip-of-$python=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
fi
echo "Setting up $directory from $lock ..." >&2
rm -f "$directory/stamp"
"$python" -m venv --clear "$directory"
install=("$directory/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes)
"${install[@]}" --only-binary :all: -r "$lock"
if [ -n "$sources" ]; then
  "${install[@]}" --no-deps --no-build-isolation --no-cache-dir -r "$sources"
fi
# A path file is all that an editable install is; it needs no build backend.
site="$("$directory/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
echo "$PWD/src" > "$site/payoff-source.pth"
printf '#!/bin/sh\nexec "%s" -m payoff "$@"\n' "$PWD/$directory/bin/python" > "$directory/bin/payoff"
chmod +x "$directory/bin/payoff"
echo "$made_from" > "$directory/stamp"
