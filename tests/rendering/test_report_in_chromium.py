"""The report in a real browser: hostile names stay text, and labels keep off each other at any magnitude.

Chromium missing is an error here, never a skip; `make test-python` leaves the whole file out by its marker.
"""

import json
import re
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import fakes
import pytest

from payoff.record import Result
from payoff.rendering.report import to_html

pytestmark = pytest.mark.system

SECONDS = 60
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Runs only in a copy of the page whose policy was taken out, to measure what the reader sees.
MEASURE = """<script>addEventListener("load", () => {
  const bad = [];
  for (const chart of document.querySelectorAll("svg.chart")) {
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    const texts = [...chart.querySelectorAll("text")].map(t => ({box: t.getBBox(), said: t.textContent}));
    texts.forEach(({box, said}, i) => {
      if (box.x < -1 || box.y < -1 || box.x + box.width > width + 1 || box.y + box.height > height + 1)
        bad.push("clipped: " + said);
      for (const other of texts.slice(i + 1)) {
        const b = other.box;
        const across = Math.min(box.x + box.width, b.x + b.width) - Math.max(box.x, b.x);
        const down = Math.min(box.y + box.height, b.y + b.height) - Math.max(box.y, b.y);
        if (across > 1 && down > 4) bad.push("overlap: " + said + " | " + other.said);
      }
    });
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) bad.push("the page scrolls sideways");
  document.body.dataset.bad = JSON.stringify(bad);
})</script>"""


def dom(page: Path, tmp_path: Path, *more: str) -> str:
    command = [
        "chromium",
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        *more,
        "--dump-dom",
        page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout


def scaled(result: Result, by: float) -> Result:
    """Return ``result`` with the money of hurdles and gains ``by`` times as large."""

    def times(value: float | None) -> float | None:
        return None if value is None else value * by

    hurdles = tuple(
        replace(h, gain=times(h.gain), low=times(h.low), high=times(h.high), required=h.required * by)
        for h in result.verdict.hurdles
    )
    estimates = tuple(
        e if e.unit == "1" else replace(e, value=times(e.value), low=times(e.low), high=times(e.high))
        for e in result.estimates
    )
    return replace(result, verdict=replace(result.verdict, hurdles=hurdles), estimates=estimates)


def test_hostile_names_execute_nothing_and_add_no_element(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(to_html(fakes.hostile()), encoding="utf-8")
    found = dom(page, tmp_path)
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in found
    assert not re.search(r"<(img|script|iframe|object)\b", found)


@pytest.mark.parametrize("by", [1e-5, 1.0, 1e9])
def test_no_label_overlaps_or_is_clipped(by: float, tmp_path: Path) -> None:
    text = to_html(scaled(fakes.bank(), by))
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    page = tmp_path / "measured.html"
    page.write_text(bare.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
    found = re.search(r'data-bad="([^"]*)"', dom(page, tmp_path, "--window-size=1280,900"))
    assert found is not None
    assert json.loads(unescape(found[1])) == []
