"""The value of an assumption at which the answer turns: brute force over ``payoff.what_if`` is the truth."""

import json
import math
from typing import Any

import numpy as np
import pytest

import payoff
from payoff.doubt.revaluing import Dial
from payoff.record import from_document
from payoff.record.digits import ten_digits
from payoff.verdicts.rulings import Turn
from payoff.verdicts.turning import _places, turns
from tried import SPECS, evaluated

# A hurdle that is met or missed as soon as the gain is a little above or below what it asks.
NARROW = [{"name": "worth it", "over": "today", "confidence": 0.7}]
# Values looked at over every range, beside those next to a turn.
LOOKED = 4


@pytest.fixture(scope="module")
def near() -> dict[str, tuple[str, ...]]:
    return {}


def amounts(name: str, found: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return amounts for the first hurdle at which the answer is about to turn: surely met, open, surely missed."""
    if name not in found:
        hurdle = evaluated(name).verdict.hurdles[0]
        per = hurdle.unit.rpartition(" per ")[2]
        width = hurdle.high - hurdle.low
        places = (hurdle.low - 0.1 * width, hurdle.gain, hurdle.high + 0.1 * width)
        found[name] = tuple(f"{place:.6g} per {per}" for place in places)
    return found[name]


def test_a_range_that_ends_at_nothing_is_looked_at_as_closely_as_any_other() -> None:
    places = _places(Dial(name="a", likely=-0.004, low=-0.005, high=0.0, shape="triangle"), 0.0)
    assert places[:2] == [-0.00399, -0.00398]
    assert len(places) == 400


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", SPECS)
def test_from_the_value_told_on_what_if_says_the_other_answer_and_nearer_to_likely_the_same(
    name: str, place: int, near: dict[str, tuple[str, ...]]
) -> None:
    result = evaluated(name, amounts(name, near)[place])
    for item in result.record.assumptions:
        if item.low is None:
            assert item.turns is None
            continue
        assert item.turns is not None
        for end in {item.low, item.high} - {item.likely}:
            side = [one for one in item.turns if (one.at - item.likely) * (end - item.likely) > 0]
            assert len(side) <= 1
            check(result, item, end, side[0] if side else None)
        away = [abs(one.at - item.likely) for one in item.turns]
        assert away == sorted(away)


def check(result: Any, item: Any, end: float, turn: Turn | None) -> None:
    now, stops = result.verdict.overall, [end]
    if not item.bound_to_rows:
        stops = [float(f"{at:.6g}") for at in np.linspace(item.likely, end, LOOKED)[1:]]
    step = 10.0 ** (math.floor(math.log10(item.high - item.low)) - 2)
    if turn is not None:
        then = payoff.what_if(result, {item.name: turn.at})
        assert then.overall == turn.becomes != now
        if not item.bound_to_rows and abs(turn.at - item.likely) > step:
            nearer = turn.at - math.copysign(step, end - item.likely)
            assert payoff.what_if(result, {item.name: float(f"{nearer:.10g}")}).overall == now
    for at in stops:
        beyond = turn is not None and abs(at - item.likely) >= abs(turn.at - item.likely)
        nearly = turn is not None and abs(at - turn.at) < step
        if not nearly:
            assert (payoff.what_if(result, {item.name: at}).overall != now) == beyond, (item.name, at)


def test_a_hold_can_turn_either_way(near: dict[str, tuple[str, ...]]) -> None:
    result = evaluated("a declared support", amounts("a declared support", near)[1], hurdles=NARROW)
    (win,) = [one for one in result.record.assumptions if one.name == "win"]
    assert {one.becomes for one in win.turns} == {"ship", "reject"}


def test_where_values_are_bound_to_rows_a_turn_is_at_one_of_the_stops() -> None:
    narrow = [{**NARROW[0], "confidence": 0.6}]
    result = evaluated("an assumption bound to rows", "-7600 per year", hurdles=narrow)
    (edge,) = [one for one in result.record.assumptions if one.name == "edge"]
    assert edge.turns == (Turn(at=60.0, becomes="reject"),)


def test_a_missed_limit_on_decisions_lets_nothing_turn(near: dict[str, tuple[str, ...]]) -> None:
    name = "a declared support"
    rail = {"metric": "recall", "at_least": 0.999}
    missed = evaluated(name, amounts(name, near)[1], hurdles=NARROW, guardrails=[rail])
    assert missed.verdict.overall == "reject"
    assert {one.turns for one in missed.record.assumptions} == {()}


@pytest.mark.parametrize(
    ("where", "least"), [({}, 1.35), ({"in_every": ["region"], "evidence": "shown"}, 0.9)]
)
def test_a_limit_on_money_turns_the_answer_where_what_if_says_so(where: dict[str, Any], least: float) -> None:
    asked, rail = "-1e9 per year", {"metric": "gain", "over": "today", "at_least": least, **where}
    result = evaluated("a declared support", asked, guardrails=[rail])
    turned = [one for item in result.record.assumptions for one in item.turns or ()]
    for item in result.record.assumptions:
        for end in {item.low, item.high} - {item.likely}:
            side = [one for one in item.turns or () if (one.at - item.likely) * (end - item.likely) > 0]
            check(result, item, end, side[0] if side else None)
    assert turned


def test_where_a_limit_is_not_revalued_nothing_but_a_reject_is_sure(near: dict[str, tuple[str, ...]]) -> None:
    name = "a declared support"
    rail = {"metric": "gain", "at_least": -1000, "over": "today"}
    record = evaluated(name, amounts(name, near)[1], hurdles=NARROW, guardrails=[rail]).record
    assert record.revaluing is not None
    found = turns(record.revaluing, record.verdict, None)
    assert {turn.becomes for one in found.values() for turn in one} == {"reject"}
    sure = evaluated(name, "-1e9 per year", guardrails=[rail]).record
    assert sure.revaluing is not None
    assert turns(sure.revaluing, sure.verdict, None) == {}


def test_without_a_verdict_nothing_turns_and_a_result_from_before_this_still_reads() -> None:
    unjudged = evaluated("a fixed threshold", hurdles=[]).record
    assert {one.turns for one in unjudged.assumptions} == {None}
    # As an earlier version wrote it: the checksum is over what is there.
    assert "turns" not in unjudged.to_json()
    assert from_document(json.loads(unjudged.to_json())).assumptions == ten_digits(unjudged.assumptions)
    judged = evaluated("a fixed threshold").record
    read = from_document(json.loads(judged.to_json()))
    assert [one.turns for one in read.assumptions] == [one.turns for one in judged.assumptions]
