"""The page on the credit example tells what the example gives."""

import re
from pathlib import Path

import pytest

import payoff

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "examples" / "credit" / "credit.yaml"
PAGE = ROOT / "docs" / "examples" / "credit.md"


@pytest.fixture(scope="module")
def found() -> payoff.Result:
    return payoff.evaluate(None, SPEC)


def test_the_sentence_of_the_page_is_that_of_the_result(found: payoff.Result) -> None:
    said = " ".join(PAGE.read_text().split())
    assert found.verdict.sentence in said


def test_the_cells_of_the_page_are_those_of_the_result(found: payoff.Result) -> None:
    page = PAGE.read_text()
    for cell in found.record.confusion:
        if cell.of == "scorecard" and cell.action != "decline":
            thousands = f"{round(cell.money / 1000):,},000"
            assert re.search(rf"{cell.rows:,}( loans)?, {re.escape(thousands)}", page), cell


def test_what_the_third_action_is_worth_is_the_gain_over_the_best_threshold(found: payoff.Result) -> None:
    gains = {
        one.over: one
        for one in found.estimates
        if one.metric == "gain" and one.of == "scorecard" and one.per == "year" and one.slice is None
    }
    asked = gains["scorecard/best threshold"]
    numbers = [round(end / 1000) for end in (asked.value, asked.low, asked.high)]
    assert f"worth {numbers[0]},000 a year more ({numbers[1]},000 to {numbers[2]},000)" in " ".join(
        PAGE.read_text().split()
    )
    assert f"approving everybody is {round(gains['everybody'].value / 1000)},000 worse" in " ".join(
        PAGE.read_text().split()
    )


def test_the_spec_has_nothing_to_remark() -> None:
    assert [one for one in payoff.check(SPEC) if one.severity != "note"] == []
