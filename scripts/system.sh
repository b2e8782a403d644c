#!/usr/bin/env bash
# Make sure that commands of the system are there: scripts/system.sh COMMAND=PACKAGE...
# A command that is not on the PATH is given as a pattern of its place.
# As root, missing packages are installed by apt; otherwise the exact line to run is printed and the exit is 2.
set -euo pipefail

missing=()
for pair in "$@"; do
  command -v "${pair%%=*}" >/dev/null 2>&1 || compgen -G "${pair%%=*}" >/dev/null || missing+=("${pair##*=}")
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi
line="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing on this system: ${missing[*]}. Run as root, then try again:" >&2
  echo "  apt-get update && $line" >&2
  exit 2
fi
export DEBIAN_FRONTEND=noninteractive
# Another apt may hold the lock on a fresh machine.
wait_for_lock=(-o DPkg::Lock::Timeout=600)
apt-get "${wait_for_lock[@]}" update -qq </dev/null
apt-get "${wait_for_lock[@]}" install -y -qq --no-install-recommends "${missing[@]}" </dev/null
