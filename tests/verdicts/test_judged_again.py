"""A hurdle at the confidence of one of several looks, from what was kept of it: every way that it can turn."""

from typing import Any

import pytest
from tests.verdicts.test_ladder_and_rules import hurdle, rail

from payoff.spec import load_spec
from payoff.spec.looks import Looks
from payoff.verdicts import HurdleRecord
from payoff.verdicts.hurdles import status_of
from payoff.verdicts.looks import (
    guardrail_at_every_look,
    judged_again,
    looks_record,
    stricter_guardrails,
    stricter_hurdles,
)

TWICE, FOUR_TIMES = Looks(count=2), Looks(count=4)


def kept(status: Any, probability: float | None, **more: Any) -> HurdleRecord:
    return hurdle(
        status, probability=probability, probability_sampling=probability, rows_needed=(10, 20), **more
    )


def test_each_look_asks_its_part_of_the_error_whatever_becomes_of_the_status() -> None:
    for record in (kept("cleared", 0.99), kept("undecided", 0.5), kept("not evaluated", None)):
        assert judged_again(record, 0.95, TWICE).confidence == pytest.approx(0.975)
        assert judged_again(record, 0.80, FOUR_TIMES).confidence == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("status", "probability"),
    [("cleared", 0.99), ("missed", 0.01), ("undecided", 0.5)],
)
def test_what_stands_stands_with_all_that_was_said_of_it(status: Any, probability: float) -> None:
    record = kept(status, probability, reason="sampling")
    found = judged_again(record, 0.95, TWICE)
    assert (found.status, found.reason, found.rows_needed) == (status, "sampling", (10, 20))


def test_without_a_probability_nothing_but_the_confidence_moves() -> None:
    record = kept("not evaluated", None, reason="few_clusters")
    found = judged_again(record, 0.95, TWICE)
    assert (found.status, found.reason, found.rows_needed) == ("not evaluated", "few_clusters", (10, 20))


def test_what_is_open_for_pending_outcomes_stays_open_however_likely_it_is() -> None:
    record = kept("undecided", 0.9999, reason="pending")
    found = judged_again(record, 0.95, TWICE)
    assert (found.status, found.reason, found.rows_needed) == ("undecided", "pending", (10, 20))


@pytest.mark.parametrize(("probability", "status"), [(0.99, "cleared"), (0.01, "missed")])
def test_at_fewer_looks_an_open_hurdle_is_decided_and_its_reason_goes(
    probability: float, status: str
) -> None:
    record = kept("undecided", probability, reason="sampling")
    found = judged_again(record, 0.95, TWICE)
    assert (found.status, found.reason, found.rows_needed) == (status, None, None)


@pytest.mark.parametrize(
    ("status", "probability", "sampling", "reason"),
    [
        ("cleared", 0.96, 0.96, "sampling"),
        ("missed", 0.04, 0.04, "sampling"),
        ("cleared", 0.96, 0.999, "assumptions"),
        ("missed", 0.04, 0.001, "assumptions"),
        ("cleared", 0.96, None, "sampling"),
        # Exactly at what is asked is not beyond it.
        ("cleared", 0.96, 0.975, "sampling"),
    ],
)
def test_what_a_look_opens_is_open_by_rows_unless_they_alone_would_decide(
    status: Any, probability: float, sampling: float | None, reason: str
) -> None:
    record = hurdle(status, probability=probability, probability_sampling=sampling, rows_needed=(1, 2))
    found = judged_again(record, 0.95, TWICE)
    assert (found.status, found.reason, found.rows_needed) == ("undecided", reason, None)


def test_a_probability_at_either_end_of_what_is_asked_decides_nothing() -> None:
    # Powers of two, so that 1 - confidence has no rounding.
    assert [status_of(one, 0.75) for one in (0.75, 0.25)] == ["undecided", "undecided"]
    assert [status_of(one, 0.75) for one in (0.7500001, 0.2499999)] == ["cleared", "missed"]


def test_only_what_was_shown_by_a_single_look_is_open_at_every_look() -> None:
    shown, refuted = rail("cleared"), rail("cleared", evidence="not refuted")
    any_time = Looks(count=None)
    assert guardrail_at_every_look(shown, any_time).status == "undecided"
    assert guardrail_at_every_look(shown, any_time).reason == "no_any_time"
    for record, looks in ((shown, None), (shown, TWICE), (refuted, any_time), (rail("missed"), any_time)):
        assert guardrail_at_every_look(record, looks) == record


def test_a_record_of_looks_keeps_what_each_hurdle_asks_by_itself() -> None:
    asked = {"pilot": 0.8, "roll-out": 0.95, "all": 0.8}
    counted, any_time = looks_record(TWICE, asked), looks_record(Looks(count=None), asked)
    assert (counted.count, counted.planned, counted.asked) == (2, None, asked)
    assert (any_time.count, any_time.planned, any_time.asked) == (None, Looks(count=None).planned, asked)
    # The same confidence is told once.
    assert counted.words.count("in place of") == 2


def test_each_look_asks_more_of_hurdles_and_guardrails_and_a_single_one_leaves_them() -> None:
    spec = load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y"},
            "value": {"act": 1, "skip": 0},
            "model": {"name": "m", "score": "p", "policy": {"threshold": 0.3}},
            "hurdles": [{"gain": "1 per decision", "over": "nobody", "confidence": 0.8}],
            "guardrails": [{"metric": "recall", "at_least": 0.4, "confidence": 0.9}],
        }
    )
    hurdles, guardrails = spec.hurdles, spec.guardrails
    assert stricter_hurdles(hurdles, None) == hurdles
    assert stricter_guardrails(guardrails, None) == guardrails
    (one,), (two,) = stricter_hurdles(hurdles, TWICE), stricter_guardrails(guardrails, TWICE)
    assert (one.confidence, two.confidence) == (pytest.approx(0.9), pytest.approx(0.95))
    assert (one.name, two.metric) == (hurdles[0].name, "recall")
