"""A number typed into the what-if reads as the page's language writes it, and is refused where it could be two."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import payoff
from browser import visiting
from customers import rows_of, spec_of
from tried import FIELD, FIGURES, SETTLED, SPECS

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def page_of(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page of one result in a language, opened once."""
    result = payoff.evaluate(pa.table(rows_of(11, 3_000)), SPECS["a fixed threshold"](spec_of))
    folder: Path = tmp_path_factory.mktemp("typed")

    def opened(code: str) -> Any:
        path = folder / f"{code}.html"
        path.write_text(result.to_html(language=code), encoding="utf-8")
        return visiting(browser, path)

    return opened


@pytest.mark.parametrize(
    ("code", "typed", "at"),
    [
        ("en", "9.5", 9.5),
        ("en", " 9.5 ", 9.5),
        ("en", "-.5", -0.5),
        ("en", "−1", -1),
        ("en", "+12", 12),
        ("en", "1.25e1", 12.5),
        ("en", "9.", 9),
        ("de", "9,5", 9.5),
        ("de", "-,5", -0.5),
        ("de", "1,25e1", 12.5),
        ("de", "1234,5", 1234.5),
        ("de", "9", 9),
        ("de", "9,", 9),
    ],
)
def test_a_number_reads_as_the_page_writes_it(code: str, typed: str, at: float, page_of: Any) -> None:
    with page_of(code) as page:
        page.wait_for_function(SETTLED, arg="")
        field = page.locator(FIELD.format("cost"))
        field.fill(typed)
        page.wait_for_function(SETTLED, arg=f"#what-if?cost={at:g}")
        assert field.get_attribute("aria-invalid") == "false"
        field.blur()
        assert field.input_value() == (f"{at:g}" if code == "en" else f"{at:g}".replace(".", ","))


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("en", "1,234"),
        ("en", "9,5"),
        ("en", "1,234.5"),
        ("en", "1 234"),
        ("en", "1\u202f234"),
        ("en", "1'234"),
        ("en", "1.234.567"),
        ("de", "1.234"),
        ("de", "9.5"),
        ("de", "1.234,5"),
        ("de", "1 234"),
        ("de", "1,234,567"),
        ("de", "1’234"),
        ("de", "1_234"),
    ],
)
def test_signs_between_thousands_are_refused_with_the_reason(code: str, typed: str, page_of: Any) -> None:
    reasons = {
        "en": "Not taken: the figures are of 8. Thousands are not set apart here, and “.” is the decimal sign: "
        "write 1234.5.",
        "de": "Nicht übernommen: Die Zahlen gelten für 8. Tausender werden hier nicht getrennt, und „,“ ist das "
        "Dezimalzeichen: Schreiben Sie 1234,5.",
    }
    with page_of(code) as page:
        page.wait_for_function(SETTLED, arg="")
        before = page.evaluate(FIGURES)
        field = page.locator(FIELD.format("cost"))
        field.fill(typed)
        said = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert said.inner_text() == reasons[code]
        assert field.get_attribute("aria-invalid") == "true"
        assert page.evaluate(FIGURES) == before
        assert page.evaluate("document.getElementById('what-if').dataset.shown") == ""


@pytest.mark.parametrize(
    "typed", ["nine", "9 EUR", "0x10", "Infinity", "NaN", "1e", "-", "9e1.5", "9%", "<b>9</b>"]
)
def test_what_is_no_number_is_not_taken(typed: str, page_of: Any) -> None:
    with page_of("en") as page:
        page.wait_for_function(SETTLED, arg="")
        field = page.locator(FIELD.format("cost"))
        field.fill(typed)
        said = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert said.inner_text().startswith("Not taken: the figures are of 8. A number")
        assert page.evaluate("document.getElementById('what-if').dataset.shown") == ""


def test_an_address_has_a_point_in_every_language(page_of: Any) -> None:
    with page_of("de") as page:
        page.evaluate("() => { location.hash = '#what-if?cost=9.5'; }")
        page.wait_for_function(SETTLED, arg="#what-if?cost=9.5")
        assert page.locator(FIELD.format("cost")).input_value() == "9,5"
