#!/usr/bin/env bash
# Test what is shipped: build the wheel, install it with runtime dependencies alone, and use it far from the source.
set -euo pipefail
cd "$(dirname "$0")/.."
repo="$PWD"
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
unset PYTHONPATH

"$repo/.venv/bin/python" -m hatchling build -t wheel -d "$room/dist" >/dev/null
"$repo/.venv/bin/python" -m venv "$room/venv"
pip=("$room/venv/bin/python" -m pip --quiet --no-input --disable-pip-version-check)
"${pip[@]}" install --require-hashes --only-binary :all: -r requirements/runtime.txt
"${pip[@]}" install --no-deps --no-index "$room"/dist/*.whl

cd "$room"
"$room/venv/bin/payoff" --help >/dev/null
# The demonstration's data and the report's templates travel with the package.
"$room/venv/bin/payoff" demo --out demo >/dev/null
test -s demo/result.json -a -s demo/report.html
"$room/venv/bin/python" -I "$repo/scripts/wheel_check.py" "$repo"
