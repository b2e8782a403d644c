"""The pictures of README and docs are there, shown, light enough to be committed, and taken by one command."""

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
SHOWN = "".join(
    path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
)
# How wide the window was that each was taken in, in pixels of the picture.
WIDTHS = {"note": 1280, "technical": 1280, "phone": 720}
MOST_BYTES = 200_000


def size(picture: Path) -> tuple[int, int]:
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:])
    return width, height


@pytest.mark.parametrize("name", WIDTHS)
def test_a_picture_is_there_and_shown(name: str) -> None:
    picture = IMAGES / f"{name}.png"
    assert size(picture)[0] == WIDTHS[name]
    assert picture.stat().st_size <= MOST_BYTES
    assert re.search(rf"!\[[^\]]{{20,}}\]\((docs/)?images/{name}\.png\)", SHOWN), (
        "shown nowhere, or not described"
    )


def test_no_picture_is_left_that_nothing_shows() -> None:
    assert [one.name for one in sorted(IMAGES.iterdir()) if f"images/{one.name}" not in SHOWN] == []


@pytest.mark.system
def test_one_command_takes_them_all(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "screenshots.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {one.stem: size(one)[0] for one in tmp_path.iterdir()} == WIDTHS
