"""Nothing that belongs to one machine or one package index is committed."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The patterns are put together here, so that this file does not hold them itself.
ADDRESSES = {
    "an option that names an index": re.compile("--(extra-)?index" + "-url|--find" + "-links|index_url *="),
    "the address of a package index": re.compile("https?://[^ ]*/sim" + "ple|file://[^ ]*/sim" + "ple"),
    "an address resolved by a lock tool": re.compile('"resolved"' + ': *"http|registry *= *"http'),
    "the place of this checkout": re.compile(re.escape(str(ROOT)) + r"(?![\w-])"),
}
# A checkout at a place as short as /src or /app has a name that any text may hold.
SHORTEST_PLACE = 9

BINARY = {".parquet", ".png", ".jpg", ".gz", ".woff2", ".ico"}

# The files that say how locks are made name the options that keep addresses out.
SPEAK_OF_OPTIONS = {"scripts/lock.sh"}


def committed() -> list[Path]:
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.fail("git is needed to list the committed files")
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.suffix not in BINARY and path.is_file()]


@pytest.mark.parametrize("what", ADDRESSES)
def test_no_committed_file_holds(what: str) -> None:
    if what == "the place of this checkout" and len(str(ROOT)) < SHORTEST_PLACE:
        return
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in committed()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ADDRESSES[what].search(line) and str(path.relative_to(ROOT)) not in SPEAK_OF_OPTIONS
    ]
    assert not found


def test_every_locked_version_has_a_hash_and_no_address() -> None:
    peers = (ROOT / "benchmarks" / "peers").glob("*/requirements.txt")
    for path in sorted([*(ROOT / "requirements").glob("*.txt"), *peers]):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        entries = [entry for entry in re.split(r"\n(?=\w)", text) if entry.strip()]
        assert entries
        unlocked = [
            e.split()[0] for e in entries if "==" not in e.splitlines()[0] or "--hash=sha256:" not in e
        ]
        assert not unlocked


def test_development_runs_on_the_versions_that_users_get() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([\w.-]+==[\w.]+)", text, flags=re.MULTILINE))

    assert versions("runtime.txt") <= versions("dev.txt")
