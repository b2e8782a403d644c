"""The table of estimates: complete as data, short as it stands, searched and sorted and copied in a real browser."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_parts
import fakes
import pytest

from payoff.record import Result
from payoff.rendering.estimates import MOST_LIVE, MOST_STATIC, estimate_table
from payoff.rendering.report import to_html
from payoff.rendering.spreadsheets import COLUMNS, cell, to_csv
from payoff.stats.estimates import Estimate

Visit = Callable[..., Any]
FORMULA = "=cmd|' /C calc'!A0"


def unpacked(data: str) -> tuple[dict[str, Any], list[list[str]]]:
    """Return what the script makes of the data: the document, and every row as texts."""
    document = json.loads(data)
    texts = document["texts"]
    rows = [[texts[each] if isinstance(each, int) else each for each in row] for row in document["rows"]]
    return document, rows


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def many(count: int = 400) -> Result:
    """Return a result with slices enough that not all estimates stand in the page."""
    result = fakes.bank()
    one = next(each for each in result.estimates if each.metric == "recall" and each.slice is None)
    more = [
        replace(one, slice={"office": f"office {j:03d}"}, value=(j * 37 % count) / count, low=None, high=None)
        for j in range(count)
    ]
    nothing = replace(one, slice={"office": "none"}, value=None, low=None, high=None, note="no rows")
    return replace(result, estimates=(*result.estimates, nothing, *more))


@pytest.mark.parametrize("build", [fakes.bank, fakes.hostile, fakes.one_class, many])
def test_the_data_hold_every_field_of_every_estimate_as_the_csv_does(build: Callable[[], Result]) -> None:
    result = build()
    document, rows = unpacked(estimate_table(result).data)
    assert document["fields"] == list(COLUMNS)
    found = [
        [text if at in document["numbers"] else cell(text) for at, text in enumerate(row[: len(COLUMNS)])]
        for row in rows
    ]
    assert sorted(found) == sorted(lines(to_csv(result))[1:])


def test_what_stands_in_the_page_is_what_the_data_begin_with() -> None:
    table = estimate_table(many())
    document, rows = unpacked(table.data)
    assert len(table.rows) == MOST_STATIC < table.live == table.all == len(rows)
    for (shown, note), row in zip(table.rows, rows, strict=False):
        texts = [each if isinstance(each, str) else each.text for each in shown]
        assert texts == [row[column["cell"]] for column in document["columns"]]
        assert note == row[document["note"]]


def test_estimates_over_all_rows_stand_first_then_gains_in_slices() -> None:
    result = many()
    _, rows = unpacked(estimate_table(result).data)
    slices = [row[COLUMNS.index("slice")] for row in rows]
    first = slices.index(next(each for each in slices if each))
    assert not any(slices[:first])
    assert all(slices[first:])
    assert rows[first][0] == "gain"


def test_a_flood_of_estimates_is_cut_and_the_page_says_so() -> None:
    result = many(MOST_LIVE + 10)
    table = estimate_table(result)
    assert table.live == MOST_LIVE < table.all
    page = to_html(result)
    assert f"The search goes over the first {MOST_LIVE:,} of them." in page
    assert len(page.encode()) < 1_500_000


def test_the_page_says_how_many_estimates_stand_in_it_and_where_the_others_are() -> None:
    page = re.sub(r"\s+", " ", to_html(many()))
    assert f"{MOST_STATIC} of {len(many().estimates)} stand here" in page
    assert "payoff report result.json --as csv" in page
    assert f"{MOST_STATIC} stand in the table below, all of them in result.json" in page
    assert "All " not in page.split('id="estimates"')[1].split("<details")[0]
    few = replace(fakes.bank(), estimates=fakes.bank().estimates[:MOST_STATIC])
    told = to_html(few)
    assert "stand here" not in told
    assert f"All {len(few.estimates)} numbers behind this report" in told


@pytest.mark.parametrize(
    "payload", ["</script><script>alert(1)</script>", "<!--<script>", "a\u202eb", "\u2028"]
)
def test_no_name_ends_the_data_or_steers_what_reads_them(payload: str) -> None:
    data = estimate_table(fakes.hostile(payload)).data
    assert "<" not in data
    assert not set(data) & set("\u202e\u2028")
    assert json.loads(data)["rows"]


# In the browser.


@pytest.fixture
def page(visit: Visit) -> Any:
    opened = visit(to_html(many()))
    opened.click("#estimates-all summary")
    return opened


def column(page: Any, at: int) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        f"#estimates-table tbody tr > :nth-child({at})", "cells => cells.map(each => each.textContent)"
    )
    return found


@pytest.mark.system
def test_the_search_keeps_rows_with_all_its_words_and_says_how_many(page: Any) -> None:
    total = len(many().estimates)
    assert page.inner_text("#estimates-said") == f"{MOST_STATIC} of {total} shown."
    page.fill("#estimates-search", "OFFICE 01 recall")
    assert len(column(page, 1)) >= 10
    assert all("01" in " ".join(row) for row in zip(column(page, 4), column(page, 5), strict=True))
    assert page.inner_text("#estimates-said").startswith(f"{len(column(page, 1))} of {total} match")
    page.fill("#estimates-search", "no such thing")
    assert column(page, 1) == []
    assert page.inner_text("#estimates-said") == f"Not one of {total} has all these words."
    page.fill("#estimates-search", "")
    assert len(column(page, 1)) == 100


@pytest.mark.system
def test_sorting_is_by_number_with_what_is_missing_last_and_the_heading_says_it(page: Any) -> None:
    page.fill("#estimates-search", "office")
    head = page.locator("#estimates-table thead th").nth(4)
    for said, down in (("ascending", False), ("descending", True)):
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == said
        while page.is_visible("#estimates-more"):
            page.click("#estimates-more")
        values = [float(text.rstrip("%")) if text else None for text in column(page, 5)]
        assert len(values) == 401
        assert values[-1] is None
        assert values[:-1] == sorted((each for each in values if each is not None), reverse=down)
    others = page.eval_on_selector_all("#estimates-table thead th", "all => all.map(each => each.ariaSort)")
    assert [each for each in others if each != "none"] == ["descending"]
    head.locator("button").press("Space")
    assert head.get_attribute("aria-sort") == "none"
    assert column(page, 4)[:2] == ["office = none", "office = office 000"]


@pytest.mark.system
def test_more_rows_come_a_hundred_at_a_time_until_all_stand(page: Any) -> None:
    total = len(many().estimates)
    counts = [len(column(page, 1))]
    while page.is_visible("#estimates-more"):
        page.press("#estimates-more", "Enter")
        counts.append(len(column(page, 1)))
    assert counts[:2] == [MOST_STATIC, min(MOST_STATIC + 100, total)]
    assert counts[-1] == total
    assert page.inner_text("#estimates-said") == f"{total} of {total} shown."


@pytest.mark.system
@pytest.mark.parametrize("build", [many, lambda: fakes.hostile(FORMULA), lambda: fakes.hostile('a"b,c\n"d')])
def test_what_is_saved_and_copied_is_the_csv_of_the_command(
    build: Callable[[], Result], visit: Visit, tmp_path: Path
) -> None:
    page = visit(to_html(build()))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#estimates-all summary")
    with page.expect_download() as saved:
        page.click("#estimates-save")
    assert saved.value.suggested_filename == "estimates.csv"
    saved.value.save_as(tmp_path / "saved.csv")
    page.click("#estimates-copy")
    page.wait_for_function("() => document.getElementById('estimates-said').textContent.includes('copied')")
    wanted = lines(to_csv(build()))
    for text in (
        (tmp_path / "saved.csv").read_bytes().decode(),
        page.evaluate("navigator.clipboard.readText()"),
    ):
        found = lines(text)
        assert found[0] == wanted[0]
        assert sorted(found) == sorted(wanted)


@pytest.mark.system
def test_only_what_matches_is_copied_and_by_hand_where_there_is_no_clipboard(page: Any) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.fill("#estimates-search", "office 07")
    page.press("#estimates-copy", "Enter")
    shown = len(column(page, 1))
    assert page.evaluate("document.activeElement.id") == "estimates-text"
    found = lines(page.input_value("#estimates-text"))
    assert len(found) == shown + 1
    assert 10 <= shown < 100


@pytest.mark.system
@pytest.mark.parametrize(
    "payload", [fake_parts.HOSTILE, "<img src=x onerror=alert(1)>", "</td></tr></table>"]
)
def test_names_come_back_as_text_after_a_search_and_a_sort(payload: str, visit: Visit) -> None:
    """Requests, dialogs and refusals of the policy fail in `visit`; here: no element that a name made."""
    page = visit(to_html(fakes.hostile(payload)))
    page.click("#estimates-all summary")
    page.fill("#estimates-search", "a")
    page.click("#estimates-table thead th:nth-child(2) button")
    kinds = page.evaluate(
        "[...new Set([...document.querySelectorAll('#estimates-table *')].map(each => each.localName))]"
    )
    allowed = {"caption", "thead", "tbody", "tr", "th", "td", "bdi", "data", "small", "button"}
    assert set(kinds) <= allowed


@pytest.mark.system
def test_the_table_serves_without_scripts(visit: Visit) -> None:
    page = visit(to_html(many()), scripts=False)
    page.click("#estimates-all summary")
    assert page.locator("#estimates-table tbody tr").count() == MOST_STATIC
    assert page.locator("#estimates-table button").count() == 0
    assert not page.is_visible("#estimates-finder")
    assert page.is_visible("#estimates-rest")


def test_every_estimate_has_a_cell_for_all_that_is_promised() -> None:
    """Method, rows, tier, interval, unit and note."""
    row, note = estimate_table(fakes.bank()).rows[0]
    one = next(each for each in fakes.bank().estimates if each.slice is None)
    assert isinstance(one, Estimate)
    texts = [each if isinstance(each, str) else each.text for each in row]
    assert {one.method, one.tier, one.unit, f"{one.rows:,}"} <= set(texts)
    assert note == (one.note or "")
