"""What a result asks of its reader follows from its status, its hurdles, its inputs and its data."""

from dataclasses import replace
from typing import Any

import fakes
import pytest

from payoff.doubt.records import AssumptionDoubt, DoubtRecord, Effect
from payoff.record import AssumptionRecord, HurdleRecord, Overall, Result
from payoff.rendering.asking import asks, worth_title
from payoff.verdicts import Turn


def judged(
    overall: Overall, status: str, assumptions: tuple[AssumptionRecord, ...] = (), **more: Any
) -> Result:
    """Return the hand-made result with one needed hurdle of a status, and no pending rows."""
    made = fakes.bank()
    first: HurdleRecord = replace(made.verdict.hurdles[0], status=status, **more)  # type: ignore[arg-type]
    return replace(
        made,
        assumptions=assumptions,
        data=replace(made.data, pending=0),
        verdict=replace(made.verdict, overall=overall, hurdles=(first,), guardrails=(), unlocked=None),
    )


def margin(**more: Any) -> AssumptionRecord:
    found = next(each for each in fakes.bank().assumptions if each.name == "margin")
    return replace(found, low=40.0, high=90.0, break_even=50.0, owner="Retail finance", **more)


def test_of_a_ship_the_decision_and_the_inputs_are_asked() -> None:
    result = judged("ship", "cleared", unlocks="one region")
    result = replace(result, verdict=replace(result.verdict, unlocked="pilot"))
    assert asks(result)[0] == "Decide whether term-deposit-v3 is put to use: one region."
    assert len(asks(result)) == 1, "the spec names no input to confirm"
    still = replace(result, assumptions=(margin(turns=()),))
    assert asks(still)[1].startswith("Confirm the inputs below")


def test_of_a_reject_to_stay_with_what_is_done_today() -> None:
    assert asks(judged("reject", "missed")) == (
        "Do not put term-deposit-v3 to use; stay with choosing “call” every time.",
    )


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (
            (1_000, 4_000),
            "Wait for up to 4,000 more cases with a known outcome, and judge those by themselves.",
        ),
        (
            (None, 4_000),
            "Wait for up to 4,000 more cases with a known outcome, and judge those by themselves.",
        ),
        (
            (1_000, None),
            "Only more cases with a known outcome can settle it, at least about 1,000: judge those",
        ),
        (
            (None, None),
            "Finding out more is worth next to nothing: look again when an input has changed.",
        ),
    ],
)
def test_of_a_hold_the_rows_that_would_settle_it(needed: Any, said: str) -> None:
    told = asks(judged("hold", "undecided", reason="sampling", rows_needed=needed, evpi=None))
    assert told[0].startswith("Do not put term-deposit-v3 to use yet; stay with choosing “call” every time")
    assert told[1].startswith(said)


def test_of_a_hold_what_knowing_more_is_worth() -> None:
    told = asks(judged("hold", "undecided", reason="sampling", rows_needed=(None, 9), evpi=1_234.5))
    assert told[1].endswith("Knowing more is worth EUR 1,230 per year at most.")


def test_an_input_at_whose_value_held_possible_the_answer_becomes_use_it_is_to_be_settled_by_its_owner() -> (
    None
):
    turning = margin(turns=(Turn(at=52.0, becomes="reject"), Turn(at=71.5, becomes="ship")))
    told = asks(judged("hold", "undecided", (turning,), reason="assumptions: margin", rows_needed=None))
    assert told[1] == "Settle margin (Retail finance): if it is 71.5, the answer becomes “use it”."
    nobody = replace(turning, owner=None)
    told = asks(judged("hold", "undecided", (nobody,), reason="assumptions: margin", rows_needed=None))
    assert told[1].startswith("Settle margin (nobody is named yet)")
    assert told[-1] == "Name who answers for margin."


@pytest.mark.parametrize("turns", [(), None])
def test_an_input_that_changes_nothing_or_of_which_nothing_is_known_is_not_to_be_settled(turns: Any) -> None:
    told = asks(
        judged("hold", "undecided", (margin(turns=turns),), reason="sampling", rows_needed=(500, None))
    )
    assert not any("Settle" in line for line in told)
    assert any("Only more cases" in line for line in told) == (turns == ())


def doubt_of(worth: float | None) -> DoubtRecord:
    """Return doubt that the margin alone brings, by both doubts between EUR -2,000 and 9,000 per year."""
    moved = AssumptionDoubt(
        name="margin",
        likely=60.0,
        low=40.0,
        high=90.0,
        gain_low=-1_000.0,
        gain_high=8_000.0,
        break_even=(),
        decides=(),
    )
    effect = Effect(names=("margin",), first=1.0, total=1.0, shapley=None, worth_of_learning=worth)
    return DoubtRecord(
        hurdle="pilot",
        of="term-deposit-v3",
        over="everybody",
        metric="gain",
        unit="EUR per year",
        gain=5_000.0,
        mean=5_100.0,
        asymmetry=100.0,
        p05=-900.0,
        p50=5_000.0,
        p95=7_900.0,
        low=-2_000.0,
        high=9_000.0,
        draws=2_048,
        interactions=0.0,
        worth_of_learning_all=worth,
        worth_of_more_rows=0.0,
        effects=(effect,),
        assumptions=(moved,),
        pairs=(),
        boxes=(),
    )


def learning(worth: float | None) -> str:
    """Return what is asked where knowing the margin is worth so much; the gain is in the thousands."""
    turning = margin(turns=(Turn(at=71.5, becomes="ship"),))
    told = judged("hold", "undecided", (turning,), reason="assumptions: margin", rows_needed=None)
    return asks(replace(told, doubt=doubt_of(worth)))[1]


def test_what_is_worth_next_to_nothing_to_know_is_not_asked_for() -> None:
    assert learning(90_000.0).endswith("“use it”. Knowing it exactly is worth EUR 90,000 per year at most.")
    for little in (1.15, 0.0):
        assert learning(little).startswith("Finding out more is worth next to nothing")
    assert learning(None).endswith("the answer becomes “use it”.")


def test_a_ship_names_the_inputs_that_could_undo_it_and_what_is_still_open() -> None:
    result = judged("ship", "cleared", (margin(turns=(Turn(at=44.0, becomes="hold"),)),))
    far = replace(
        result.verdict.hurdles[0],
        name="roll-out",
        status="undecided",
        needed_to_ship=False,
        unlocks="all regions",
        reason="assumptions: margin, break-even at 78.9",
    )
    verdict = replace(result.verdict, hurdles=(*result.verdict.hurdles, far))
    told = asks(replace(result, verdict=verdict))
    assert told[1].startswith(
        "Confirm margin (Retail finance) with whoever answers for it: within what is held possible"
    )
    assert told[2] == (
        "Do not act as if “roll-out” (all regions) were reached; "
        "it hangs on margin: at 78.9 the gain just meets what is needed."
    )


def test_where_a_baseline_does_as_well_it_is_named_as_what_to_consider() -> None:
    result = judged("hold", "undecided", reason="sampling", rows_needed=None)

    def losing(high: float) -> tuple[str, ...]:
        estimates = tuple(
            replace(each, value=-3.0, low=-9.0, high=high)
            if (each.metric, each.over, each.per, each.slice) == ("gain", "nobody", "decision", None)
            else each
            for each in result.estimates
        )
        return asks(replace(result, estimates=estimates))

    assert (
        losing(-1.0)[1]
        == "Consider doing nothing instead: it does better than term-deposit-v3, without a model."
    )
    assert losing(2.0)[1] == (
        "Consider doing nothing instead: as far as the data can tell it does as well as term-deposit-v3, "
        "without a model."
    )
    assert len(losing(-1.0)) == 2, "and nothing beside it says to keep what is done today"
    assert not any(each.startswith("Consider") for each in asks(result))


@pytest.mark.parametrize(
    ("score", "said"),
    [("p_subscribe", "with the same score, used in another way"), ("p_older", "with another model")],
)
def test_a_baseline_that_uses_a_score_is_never_told_as_one_without_a_model(score: str, said: str) -> None:
    result = judged("ship", "cleared", unlocks="one region")
    policies = tuple(
        replace(each, model="p_subscribe" if each.role == "model" else score)
        if each.role == "model" or each.name == "nobody"
        else each
        for each in result.policies
    )
    estimates = tuple(
        replace(each, value=-3.0, low=-9.0, high=-1.0)
        if (each.metric, each.over, each.per, each.slice) == ("gain", "nobody", "decision", None)
        else each
        for each in result.estimates
    )
    told = asks(replace(result, policies=policies, estimates=estimates))
    assert told[0] == f"Consider doing nothing instead: it does better than term-deposit-v3, {said}."
    assert not any("without a model" in each or "put to use" in each for each in told)


def test_a_missed_limit_is_asked_about_by_name() -> None:
    made = judged("reject", "cleared")
    rail = replace(
        fakes.bank().verdict.guardrails[0], name="recall at least 0.9", status="missed", reason=None
    )
    told = asks(replace(made, verdict=replace(made.verdict, guardrails=(rail,))))
    assert told[0].startswith("Do not put term-deposit-v3 to use as it is; stay with")
    assert told[1].startswith("Ask whether recall at least 0.9 can be held, at another threshold")


def test_pending_outcomes_are_to_be_reported() -> None:
    assert "Have the missing outcomes reported: 522 of 16,998 have none yet." in asks(fakes.bank())


def test_without_a_hurdle_one_is_asked_for_and_of_bad_data_that_they_be_mended() -> None:
    assert asks(fakes.without_hurdles())[0].startswith("Say how much more it must be worth")
    assert asks(fakes.partial())[0].startswith("Nothing can be decided yet: mend the data")


def test_the_first_number_says_what_it_is_measured_against() -> None:
    result = judged("ship", "cleared")
    assert worth_title(result) == "Worth more than choosing “call” every time, as today"
    net = judged("ship", "cleared", metric="net_gain", over="nobody")
    assert worth_title(net) == "Worth more, running costs paid, than doing nothing"
