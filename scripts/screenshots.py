"""Take the pictures of README and docs anew: python scripts/screenshots.py [FOLDER], by default docs/images.

Runs `payoff demo` and looks at its report in Debian's Chromium: the decision note and a part of the technical part at a
desk's width, and the note on a phone. A picture that would weigh too much in a checkout is an error.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the window, and the element that stands at the window's top."""

    name: str
    width: int
    height: int
    top: str
    scale: float = 1.0


PICTURES = (
    Picture("note", 1280, 900, "header"),
    Picture("technical", 1280, 1000, "#curves"),
    Picture("phone", 360, 720, "header", 1.5),
)


def main(arguments: list[str]) -> int:
    """Take every picture; return the exit code."""
    target = Path(arguments[0]) if arguments else ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not there: apt-get install -y --no-install-recommends chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        demonstration = [sys.executable, "-m", "payoff", "demo", "--out", folder]
        subprocess.run(demonstration, env=environment, stdout=subprocess.DEVNULL, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            print(take(browser, Path(folder, "report.html"), picture, target))
        browser.close()
    return 0


def take(browser: Browser, report: Path, picture: Picture, target: Path) -> str:
    """Take one picture; return what was written and how large it is."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.scale,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page.goto(report.as_uri())
    page.locator(picture.top).first.evaluate("element => element.scrollIntoView({block: 'start'})")
    path = target / f"{picture.name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    page.close()
    size = path.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{path} weighs {size:,} bytes, at most {MOST_BYTES:,}: show less of the page in it")
    return f"{path}: {size:,} bytes"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
