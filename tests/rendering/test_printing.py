"""The report as PDF: printed by a browser of the machine, or a plain word about why not.

Chromium missing is an error in the tests that print, never a skip; `make test-python` leaves them out by their marker.
"""

import io
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

import fake_parts
import fakes
import pytest
from pypdf import PdfReader

from payoff.errors.usage import NoBrowser, NotPrinted
from payoff.rendering import printing
from payoff.rendering.page import css_string, style_sheet
from payoff.rendering.report import to_html


def left_behind() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob(f"payoff-{os.getpid()}-*")}


def program(folder: Path, lines: str) -> str:
    path = folder / "browser"
    path.write_text(f"#!{sys.executable}\n{lines}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.system
def test_the_report_is_printed_with_its_title_and_a_number_on_every_page() -> None:
    result = fakes.bank()
    pdf = PdfReader(io.BytesIO(printing.to_pdf(to_html(result))))
    name = str(result.decision["name"])
    assert pdf.metadata is not None
    assert name in str(pdf.metadata.title)
    pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) > 3
    for number, text in enumerate(pages, 1):
        assert name in text
        assert f"{number} / {len(pages)}" in text
    assert not left_behind()


@pytest.mark.system
@pytest.mark.parametrize("payload", [fake_parts.HOSTILE, '"; } body { display: none } @page { x: "', "\\"])
def test_a_name_can_neither_end_the_style_for_paper_nor_empty_the_page(payload: str) -> None:
    result = fakes.hostile(payload)
    pages = PdfReader(io.BytesIO(printing.to_pdf(to_html(result)))).pages
    assert "Register" in " ".join(page.extract_text() for page in pages)
    assert f"1 / {len(pages)}" in pages[0].extract_text()


@pytest.mark.parametrize("text", ['a"b', "a\nb", "</style>", "a\\", "{};", "Zürich 🏦"])
def test_a_string_of_a_style_sheet_holds_nothing_that_could_end_it(text: str) -> None:
    inside = css_string(text)[1:-1]
    assert not set(inside) & set("\"'\n<>{};")
    assert inside.isascii()
    # A backslash begins a number of hexadecimal digits, which a space ends: nothing else is escaped.
    parts = inside.split("\\")
    assert all(part.split(" ")[0] and int(part.split(" ")[0], 16) for part in parts[1:])


def test_the_style_sheet_of_a_long_name_stays_on_one_line_above_the_page() -> None:
    assert "…" in style_sheet("word " * 100).replace("\\2026 ", "…")


def test_a_machine_without_a_browser_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(printing.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(printing, "_candidates", lambda: iter(()))
    with pytest.raises(NoBrowser, match=r"PAY124.*open the report in any browser and print"):
        printing.to_pdf("<p>page</p>")


def test_a_browser_that_is_named_and_not_there_is_an_error_whatever_else_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(printing.VARIABLE, "no-such-browser")
    with pytest.raises(NoBrowser, match=r"PAY124 at PAYOFF_BROWSER.*no-such-browser"):
        printing.to_pdf("<p>page</p>")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "import sys; sys.stderr.write('first\\nno screen\\x1b[2J\\n'); sys.exit(7)",
            r"exit 7, no screen\\x1b",
        ),
        ("import time; time.sleep(60)", "no end after 1 seconds"),
        (
            "import sys; open([a for a in sys.argv if '-pdf=' in a][0].split('=')[1], 'w').write('<html>')",
            "no PDF, exit 0",
        ),
    ],
)
def test_a_browser_that_fails_hangs_or_prints_something_else_is_told_and_nothing_is_left(
    lines: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(printing.VARIABLE, program(tmp_path, lines))
    monkeypatch.setattr(printing, "SECONDS", 1.0 if "sleep" in lines else 60.0)
    with pytest.raises(NotPrinted, match="PAY125") as raised:
        printing.to_pdf("<p>page</p>")
    assert raised.value.code == "PAY125"

    assert re.search(said, raised.value.found), raised.value.found
    assert not left_behind()
