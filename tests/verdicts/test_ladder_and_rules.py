"""From judged hurdles and guardrails to one answer, and the sentence that gives it."""

import re
from collections.abc import Sequence
from itertools import product
from typing import Any, get_args

import pytest

from payoff.verdicts import GuardrailRecord, HurdleRecord, Occasion, Status, conclude, overall_of, unlocked
from payoff.verdicts.rivals import Rival

NO_OCCASION = Occasion(today=None)
CALLING = Occasion(today="everybody", actions=("call", "skip"))

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


def rival(name: str, value: float | None, high: float | None = None, scored: Any = "nothing") -> Rival:
    return Rival(name=name, value=value, high=high, scored=scored)


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
    made = conclude([], [rail("missed")], NO_OCCASION, [])
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
    made = conclude(hurdles, [rail(statuses[2])], Occasion(today="rule"), [rival("rule", gain)])
    won = gain is not None and gain <= 0.0
    opening = {"ship": "Use the model “m”", "reject": "Do not use", "hold": "Not yet"}[str(made.overall)]
    if won and made.overall == "ship":
        opening = "The model “m” clears the hurdle “a”"
    assert made.sentence.startswith("You do not need this model: today’s “rule”" if won else opening)
    assert opening in made.sentence
    assert made.sentence.endswith(".")
    assert "None" not in made.sentence


SENTENCES = [
    (
        "cleared",
        {},
        (
            "Use the model “m” to decide when to “call”: that is worth about EUR 1,200 per year more than "
            "“rule”, between EUR 800 and EUR 1,600 per year; it clears the hurdle “h” (EUR 1,000 per year "
            "needed) with 90% probability."
        ),
    ),
    (
        "cleared",
        {"over": "everybody", "metric": "net_gain"},
        (
            "Use the model “m” to decide when to “call”: that is worth about EUR 1,200 per year more, "
            "running costs paid, than choosing “call” every time, as today, between EUR 800 and EUR 1,600 "
            "per year; it clears the hurdle “h” (EUR 1,000 per year needed) with 90% probability."
        ),
    ),
    (
        "cleared",
        {"over": "nobody", "gain": 211734.5, "low": 150210.0, "high": 269900.0, "required": 200000.0},
        (
            "Use the model “m” to decide when to “call”: that is worth about EUR 212,000 per year more than "
            "doing nothing, between EUR 150,000 and EUR 270,000 per year; it clears the hurdle “h” (EUR "
            "200,000 per year needed) with 90% probability."
        ),
    ),
    (
        "cleared",
        {"required": -50.0, "gain": -12.0, "low": -40.0, "high": 16.0, "unit": "EUR per decision"},
        (
            "Use the model “m” to decide when to “call”: that is worth about EUR 12 per decision less than "
            "“rule”, between EUR 40 less and EUR 16 per decision more; it is not worse by more than the EUR 50 per "
            "decision that “h” allows with 90% probability."
        ),
    ),
    (
        "cleared",
        {"required": -50.0, "gain": 0.0, "low": 0.0, "high": 0.0, "reason": "same_decisions"},
        (
            "Use the model “m” to decide when to “call”: it is never worse than rule, whose decisions it "
            "makes in every row."
        ),
    ),
    (
        "undecided",
        {"reason": "sampling"},
        (
            "Not yet: using the model “m” to decide when to “call” is worth about EUR 1,200 per year more "
            "than “rule”, between EUR 800 and EUR 1,600 per year. That it clears the hurdle “h” (EUR 1,000 "
            "per year needed) is 90% probable, where 95% is asked: the data do not settle it."
        ),
    ),
    (
        "undecided",
        {"reason": "assumptions: margin, break-even at 39.5"},
        (
            "Not yet: using the model “m” to decide when to “call” is worth about EUR 1,200 per year more "
            "than “rule”, between EUR 800 and EUR 1,600 per year. That it clears the hurdle “h” (EUR 1,000 "
            "per year needed) is 90% probable, where 95% is asked: the doubt lies in an input (margin)."
        ),
    ),
    (
        "not evaluated",
        {"reason": "no_labels", "gain": None, "low": None, "high": None, "probability": None},
        (
            "Not yet: what using the model “m” to decide when to “call” is worth beside “rule” is not known;"
            " no outcome is known yet."
        ),
    ),
    (
        "missed",
        {"gain": -1200.0, "low": -1600.0, "high": -800.0, "probability": 4e-05},
        (
            "Do not use the model “m” to decide when to “call”: it would be worth about EUR 1,200 per year less "
            "than “rule”, between EUR 800 and EUR 1,600 per year less, where EUR 1,000 per year more is needed."
            " That it clears “h” is <0.1% probable."
        ),
    ),
    (
        "missed",
        {"required": -50.0, "gain": -75.0, "low": -90.0, "high": -60.0},
        (
            "Do not use the model “m” to decide when to “call”: it would be worth about EUR 75 per year less "
            "than “rule”, between EUR 60 and EUR 90 per year less; it is worse by more than the EUR 50 per year"
            " that “h” allows."
        ),
    ),
]


@pytest.mark.parametrize(("status", "more", "said"), SENTENCES)
def test_the_sentence_says_action_worth_baseline_period_range_hurdle_and_chance(
    status: Status, more: dict[str, Any], said: str
) -> None:
    assert conclude([hurdle(status, **more)], [], CALLING, []).sentence == said


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (("call", "skip"), "Use the model “m” to decide when to “call”: that is"),
        (
            ("approve", "refer", "decline"),
            "Use the model “m” to choose between “approve”, “refer” and “decline”: that is",
        ),
        (tuple("abcdef"), "Use the model “m” to decide: that is"),
        ((), "Use the model “m” to decide: that is"),
    ],
)
def test_the_sentence_names_what_is_decided(actions: tuple[str, ...], said: str) -> None:
    made = conclude([hurdle("cleared")], [], Occasion(today=None, actions=actions), [])
    assert made.sentence.startswith(said)


def test_a_further_hurdle_that_is_cleared_is_named() -> None:
    further = conclude([hurdle("cleared", "a"), hurdle("cleared", "b", needed=False)], [], NO_OCCASION, [])
    assert further.sentence.endswith("It also clears b.")


@pytest.mark.parametrize("gain", [1.0, 949.9, 1e6 / 3, -2e9 / 7, 0.012345])
def test_amounts_in_the_sentence_are_those_of_the_record_rounded(gain: float) -> None:
    made = conclude(
        [hurdle("cleared", gain=gain, low=gain - abs(gain), high=gain * 3)], [], NO_OCCASION, []
    ).sentence
    found = re.search(r"worth about EUR ([\d,.]+)", made)
    assert found is not None
    # three significant digits of the largest of gain, ends and hurdle
    assert abs(float(found[1].replace(",", "")) - abs(gain)) <= 0.005 * max(3 * abs(gain), 1000.0)


@pytest.mark.parametrize(
    ("rivals", "words"),
    [
        ([("rule", 5.0, 9.0)], None),
        (
            [("rule", 5.0, 9.0), ("nobody", -2.0, 1.0)],
            "doing nothing does as well as far as the data can tell",
        ),
        ([("rule", -1.0, 9.0), ("nobody", -2.0, -1.0)], "doing nothing does better"),
        ([("rule", None, None)], None),
        ([("rule", 0.0, None)], "“rule” does as well"),
        ([("rule", -0.2, 0.0)], "“rule” does as well as far as the data can tell"),
        ([("rule", 0.01, 0.5)], None),
    ],
)
def test_a_trivial_policy_that_does_as_well_is_said(rivals: list[Any], words: str | None) -> None:
    sentence = conclude([hurdle("cleared")], [], NO_OCCASION, [rival(*one) for one in rivals]).sentence
    assert ("You do not need this model" in sentence) == (words is not None)
    if words is not None:
        assert words in sentence


def test_a_ship_with_a_trivial_winner_is_one_message() -> None:
    occasion = Occasion(today="nobody", actions=("call", "skip"), volume=1000.0)
    made = conclude([hurdle("cleared", over="nobody")], [], occasion, [rival("rule", -15.6, -13.6)]).sentence
    assert made == (
        "You do not need this model: “rule” does better. The model “m” clears the hurdle “h” (EUR 1,000 per year "
        "needed) with 90% probability: it is worth about EUR 1,200 per year more than doing nothing, as today, "
        "between EUR 800 and EUR 1,600 per year. But it is worth EUR 15,600 per year less than “rule”, which "
        "needs no model: use that."
    )


@pytest.mark.parametrize(
    ("unit", "volume", "less"),
    [
        ("EUR per decision", 1000.0, "EUR 15.60 per decision"),
        ("EUR per decision", None, "EUR 15.60 per decision"),
        ("EUR per month", 1200.0, "EUR 1,560 per month"),
        ("EUR per month", None, "EUR 15.60 per decision"),
        ("EUR per year", 1200.0, "EUR 18,700 per year"),
    ],
)
def test_what_a_rival_is_worth_more_is_told_in_the_period_of_the_hurdle_where_the_volume_is_known(
    unit: str, volume: float | None, less: str
) -> None:
    occasion = Occasion(today="nobody", volume=volume)
    made = conclude([hurdle("cleared", unit=unit)], [], occasion, [rival("rule", -15.6, -13.6)]).sentence
    assert f"But it is worth {less} less than “rule”" in made


@pytest.mark.parametrize(
    ("scored", "said", "needs"),
    [
        (
            "same",
            "The same score can be used in another way: “queue”",
            "which uses the same score in another way",
        ),
        ("other", "There is another model: “queue”", "which uses another model"),
    ],
)
def test_a_baseline_with_a_score_is_no_life_without_a_model(scored: Any, said: str, needs: str) -> None:
    made = conclude([hurdle("cleared")], [], NO_OCCASION, [rival("queue", -2.0, -1.0, scored)]).sentence
    assert made.startswith(said)
    assert f"less than “queue”, {needs}: use that." in made
    assert "You do not need this model" not in made
    both = [rival("queue", -9.0, -1.0, scored), rival("rule", -2.0, -1.0)]
    assert conclude([hurdle("cleared")], [], NO_OCCASION, both).sentence.startswith(
        "You do not need this model: “rule”"
    )


def test_a_reject_with_a_gain_says_how_much_is_needed() -> None:
    made = conclude([hurdle("missed", probability=4e-5)], [], CALLING, []).sentence
    assert "per year, but EUR 1,000 per year more is needed. That it clears “h” is <0.1% probable." in made


def test_where_no_action_is_named_the_decision_is_and_a_gain_per_decision_is_told_per_year() -> None:
    buffer = Occasion(today=None, name="Minutes of buffer", volume=135_000.0)
    gain = hurdle("cleared", unit="EUR per decision", gain=99.0, low=89.0, high=108.0, required=50.0)
    made = conclude([gain], [], buffer, []).sentence
    assert made.startswith(
        "Use the model “m” for “Minutes of buffer”: that is worth about EUR 99 per decision"
    )
    assert made.endswith("With 135,000 decisions a year that comes to about EUR 13,400,000 per year.")


@pytest.mark.parametrize(
    ("rail_of", "said"),
    [
        ({}, "it finds 70% of what it is to find; at least 90% is required."),
        (
            {"metric": "precision"},
            "70% of those it picks are such as it is to find; at least 90% is required.",
        ),
        ({"metric": "brier_score"}, "the limit “r” is not held."),
        ({"over": "rule"}, "the limit “r” is not held."),
        ({"limit": "at most 0.6"}, "the limit “r” is not held."),
    ],
)
def test_a_missed_guardrail_is_told_after_the_gain_in_plain_words(rail_of: dict[str, Any], said: str) -> None:
    made = conclude(
        [hurdle("cleared")], [rail("missed", **({"limit": "at least 0.9"} | rail_of))], CALLING, []
    )
    assert made.overall == "reject"
    assert made.sentence.startswith(
        "Do not use the model “m” to decide when to “call”: it would be worth about EUR 1,200"
    )
    assert made.sentence.endswith(f"which clears the hurdle “h” (EUR 1,000 per year needed), but {said}")


def test_a_missed_guardrail_is_named_with_its_slice() -> None:
    made = conclude([hurdle("cleared")], [rail("missed", slice={"region": "north"})], NO_OCCASION, [])
    assert "of what it is to find, where region = north; at least 60% is required" in made.sentence


def test_of_several_guardrails_the_one_that_is_not_held_is_named() -> None:
    rails = [rail("cleared", name="first"), rail("missed", name="second", metric="log_loss")]
    assert "the limit “second” is not held" in conclude([hurdle("cleared")], rails, NO_OCCASION, []).sentence
    small = [
        rail("not evaluated", reason="slice_too_small", name="small"),
        rail("undecided", name="third", metric="log_loss"),
    ]
    assert (
        "the limit “third” is not shown to hold yet"
        in conclude([hurdle("cleared")], small, NO_OCCASION, []).sentence
    )


@pytest.mark.parametrize(
    ("hurdles", "worth"),
    [
        ([hurdle("cleared", needed=False)], ""),
        ([hurdle("undecided")], ""),
        ([hurdle("cleared", "a"), hurdle("undecided", "b")], ""),
        ([hurdle("cleared", required=0.0)], "which clears the hurdle “h” (EUR 0 per year needed), but "),
        ([hurdle("cleared", required=-50.0)], "which clears what “h” asks, but "),
    ],
)
def test_beside_a_missed_guardrail_a_gain_is_told_where_all_that_is_needed_is_cleared(
    hurdles: list[HurdleRecord], worth: str
) -> None:
    made = conclude(hurdles, [rail("missed", metric="log_loss")], CALLING, []).sentence
    opening = "Do not use the model “m” to decide when to “call”: "
    assert made.startswith(opening)
    assert made.endswith(f"{worth}the limit “r” is not held.")
    assert ("worth about EUR 1,200" in made) == bool(worth)
