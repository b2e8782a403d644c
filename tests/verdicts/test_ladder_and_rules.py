"""From judged hurdles and guardrails to one answer, and the sentence that gives it."""

from collections.abc import Sequence
from itertools import product
from typing import Any, get_args

import pytest

from payoff.verdicts import GuardrailRecord, HurdleRecord, Status, conclude, overall_of, unlocked

STATUSES: tuple[Status, ...] = get_args(Status)


def hurdle(status: Status, name: str = "h", needed: bool = True, **more: Any) -> HurdleRecord:
    held: dict[str, Any] = {
        "name": name,
        "needed_to_ship": needed,
        "status": status,
        "of": "m",
        "over": "rule",
        "metric": "gain",
        "gain": 1200.0,
        "low": 800.0,
        "high": 1600.0,
        "required": 1000.0,
        "unit": "EUR per year",
        "confidence": 0.95,
        "probability": 0.9,
        "probability_sampling": 0.9,
        "reason": None,
        "rows_needed": None,
        "evpi": None,
        "unlocks": None,
    }
    return HurdleRecord(**(held | more))


def rail(status: Status, reason: str | None = None, **more: Any) -> GuardrailRecord:
    held: dict[str, Any] = {
        "name": "r",
        "metric": "recall",
        "at": None,
        "of": "m",
        "over": None,
        "slice": None,
        "limit": "at least 0.6",
        "status": status,
        "value": 0.7,
        "low": 0.5,
        "high": 0.8,
        "confidence": 0.95,
        "evidence": "shown",
        "reason": reason,
    }
    return GuardrailRecord(**(held | more))


def by_the_book(needed: Sequence[Status]) -> str:
    if any(status == "missed" for status in needed):
        return "reject"
    if all(status == "cleared" for status in needed):
        return "ship"
    return "hold"


@pytest.mark.parametrize(("first", "second", "third"), list(product(STATUSES, repeat=3)))
def test_overall_follows_the_needed_hurdles_and_every_guardrail(
    first: Status, second: Status, third: Status
) -> None:
    needed, optional = hurdle(first, "a"), hurdle(second, "b", needed=False)
    assert overall_of([needed, optional], [rail(third)]) == by_the_book([first, third])
    assert overall_of([needed, hurdle(second, "b")], [rail(third)]) == by_the_book([first, second, third])


@pytest.mark.parametrize("status", STATUSES)
def test_slices_too_small_to_judge_do_not_block(status: Status) -> None:
    small = rail("not evaluated", "slice_too_small", slice={"region": "north"})
    assert overall_of([hurdle(status)], [small]) == overall_of([hurdle(status)], [])
    assert overall_of([hurdle("cleared")], [rail("not evaluated", "no_verdict_tier")]) == "hold"


def test_without_hurdles_there_is_no_verdict_whatever_the_guardrails() -> None:
    assert overall_of([], [rail("cleared")]) is None
    made = conclude([], [rail("missed")], None, [])
    assert made.overall is None
    assert made.sentence.startswith("No verdict")


def test_only_optional_hurdles_ship_when_the_guardrails_hold() -> None:
    assert overall_of([hurdle("missed", needed=False)], []) == "ship"


@pytest.mark.parametrize("statuses", list(product(STATUSES, repeat=3)))
def test_the_ladder_reaches_the_last_hurdle_before_the_first_that_is_not_cleared(
    statuses: tuple[Status, ...],
) -> None:
    names = ["a", "b", "c"]
    reached = None
    for name, status in zip(names, statuses, strict=True):
        if status != "cleared":
            break
        reached = name
    assert unlocked([hurdle(status, name) for name, status in zip(names, statuses, strict=True)]) == reached


@pytest.mark.parametrize("statuses", list(product(STATUSES, repeat=3)))
@pytest.mark.parametrize("gain", [None, -1200.0, 1200.0])
def test_every_outcome_has_a_sentence(statuses: tuple[Status, ...], gain: float | None) -> None:
    hurdles = [hurdle(statuses[0], "a", gain=gain), hurdle(statuses[1], "b", needed=False)]
    made = conclude(hurdles, [rail(statuses[2])], "rule", [("rule", gain, None)])
    opening = {"ship": "Use m", "reject": "Do not use m", "hold": "Not yet"}[str(made.overall)]
    won = gain is not None and gain <= 0.0
    assert made.sentence.startswith("You do not need this model: rule" if won else opening)
    assert opening in made.sentence
    assert made.sentence.endswith(".")
    assert "None" not in made.sentence


def test_a_sentence_names_today_the_interval_and_what_is_asked() -> None:
    made = conclude([hurdle("cleared", "worth it")], [], "rule", [])
    assert "gains EUR 1,200 per year against rule (today) (95% interval 800 to 1,600)" in made.sentence
    assert "clears the EUR 1,000 per year that worth it asks" in made.sentence
    further = conclude([hurdle("cleared", "a"), hurdle("cleared", "b", needed=False)], [], None, [])
    assert "unlocks b" in further.sentence


@pytest.mark.parametrize(
    ("rivals", "words"),
    [
        ([("rule", 5.0, 9.0)], None),
        ([("rule", 5.0, 9.0), ("nobody", -2.0, 1.0)], "nobody does as well as far as these rows can tell"),
        ([("rule", -1.0, 9.0), ("nobody", -2.0, -1.0)], "nobody does better"),
        ([("rule", None, None)], None),
        ([("rule", 0.0, None)], "rule does as well"),
        ([("rule", -0.2, 0.0)], "rule does as well as far as these rows can tell"),
        ([("rule", 0.01, 0.5)], None),
    ],
)
def test_a_trivial_policy_that_does_as_well_is_said(rivals: list[Any], words: str | None) -> None:
    sentence = conclude([hurdle("cleared")], [], None, rivals).sentence
    assert ("You do not need this model" in sentence) == (words is not None)
    if words is not None:
        assert words in sentence


def test_a_missed_guardrail_is_named_with_its_slice() -> None:
    made = conclude([hurdle("cleared")], [rail("missed", slice={"region": "north"})], None, [])
    assert made.overall == "reject"
    assert "guardrail r in region north is not held" in made.sentence


def test_of_several_guardrails_the_one_that_is_not_held_is_named() -> None:
    rails = [rail("cleared", name="first"), rail("missed", name="second")]
    assert "guardrail second" in conclude([hurdle("cleared")], rails, None, []).sentence
    small = [rail("not evaluated", reason="slice_too_small", name="small"), rail("undecided", name="third")]
    assert "guardrail third" in conclude([hurdle("cleared")], small, None, []).sentence
