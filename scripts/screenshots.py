"""Take the pictures of README and docs anew: python scripts/screenshots.py [FOLDER], by default docs/images.

Runs `payoff demo` and looks at its report in Debian's Chromium: the decision note and a part of the technical part at a
desk's width, and the note on a phone. A picture that would weigh too much in a checkout is an error.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright

from small_png import small_png

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 200_000

# A browser reads its own pictures best: from PNG to red, green, blue and opacity of every pixel, in base64.
PIXELS = """async encoded => {
  const picture = new Image()
  picture.src = `data:image/png;base64,${encoded}`
  await picture.decode()
  const canvas = new OffscreenCanvas(picture.width, picture.height)
  const context = canvas.getContext("2d")
  context.drawImage(picture, 0, 0)
  const blob = new Blob([context.getImageData(0, 0, canvas.width, canvas.height).data])
  const read = new FileReader()
  return new Promise(done => {
    read.onload = () => done([canvas.height, canvas.width, read.result.split(",")[1]])
    read.readAsDataURL(blob)
  })
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the window, and the element that stands at the window's top."""

    name: str
    width: int
    height: int
    top: str
    scale: float = 1.0


PICTURES = (
    Picture("note", 1280, 1060, "header"),
    Picture("technical", 1280, 1500, "#curves"),
    Picture("phone", 360, 720, "header", 2.0),
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
    taken = page.screenshot(animations="disabled", caret="hide")
    page.close()
    path.write_bytes(small_png(pixels_of(browser, taken)))
    size = path.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{path} weighs {size:,} bytes, at most {MOST_BYTES:,}: show less of the page in it")
    return f"{path}: {size:,} bytes"


def pixels_of(browser: Browser, picture: bytes) -> NDArray[np.uint8]:
    """Return the colours of a PNG, height x width x 3."""
    page = browser.new_page()
    height, width, encoded = page.evaluate(PIXELS, base64.b64encode(picture).decode())
    page.close()
    return np.frombuffer(base64.b64decode(encoded), dtype=np.uint8).reshape(height, width, 4)[:, :, :3]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
