"""The page for readers without statistics tells the numbers and the words that the demonstration's report has."""

import re
from pathlib import Path

import pytest

import payoff

PAGE = Path(__file__).resolve().parents[2] / "docs" / "read-a-report.md"
SAID = " ".join(PAGE.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def found() -> payoff.Result:
    return payoff.evaluate(None, payoff.demo_folder() / "bank.yaml")


def money(value: float | None) -> str:
    assert value is not None
    return f"EUR {round(value, -1 if abs(value) < 10_000 else -2):,.0f}"


def test_the_numbers_are_those_of_the_demonstration(found: payoff.Result) -> None:
    pilot, roll_out = found.verdict.hurdles
    assert (found.verdict.overall, pilot.status, roll_out.status) == ("hold", "undecided", "missed")
    assert f"about {money(pilot.gain)} a year more than calling everybody" in SAID
    assert f"between {money(pilot.low)} and {money(pilot.high)}; {pilot.probability:.0%} sure" in SAID
    assert f"By the draw alone we are {pilot.probability_sampling:.0%} sure" in SAID
    assert f"With it we are {pilot.probability:.0%} sure" in SAID
    worth = next(
        one
        for one in found.estimates
        if (one.metric, one.over, one.per, one.slice) == ("gain", "nobody", "year", None)
    )
    assert f"worth {money(worth.value)} a year against calling nobody" in SAID
    assert f"The {found.record.data.known:,} calls" in SAID


def test_what_would_change_it_is_what_the_page_says(found: payoff.Result) -> None:
    call = next(one for one in found.record.assumptions if one.name == "call_cost")
    (turn,) = call.turns
    assert f"a call that costs EUR {turn.at:.2f} or more in place of EUR {call.likely:.0f}" in SAID
    assert turn.becomes == "ship"
    assert sum(bool(one.turns) for one in found.record.assumptions) == 3, "the page says three of five"
    doubt = found.record.doubt
    assert f"lies between {money(doubt.low)} and {money(doubt.high)} (90%)" in SAID
    worth = next(one.worth_of_learning for one in doubt.effects if one.names == ("call_cost",))
    assert f"exactly is worth EUR {worth:.2f} a year at most" in SAID
    assert call.owner == "Call centre"
    assert all(one.owner and "illustrative" in str(one.source) for one in found.record.assumptions)


def test_the_parts_that_it_points_to_are_headings_of_the_report(found: payoff.Result) -> None:
    headings = re.findall(r"<h[123][^>]*>(.*?)</h", found.to_html(), re.DOTALL)
    pointed_to = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", SAID))
    assert len(pointed_to) == 4
    assert pointed_to <= {re.sub(r"<[^>]+>", "", one) for one in headings}
