"""Capacities that mean nothing: a code, a place and a remedy."""

from typing import Any

import pyarrow as pa
import pytest

import payoff
from payoff.errors import SpecError
from payoff.errors.spec import InvalidPolicy, OutOfRange, ScoreNeeded

BASE: dict[str, Any] = {
    "decision": {"unit": "EUR", "volume": "10000 per year"},
    "data": {"outcome": "y", "time": "day"},
    "value": {"act": "case when outcome then 60 else 0 end - 5", "skip": 0},
}


def spec_of(policy: Any, data: dict[str, Any] | None = None, decision: dict[str, Any] | None = None) -> Any:
    return BASE | {
        "data": {"outcome": "y", "time": "day"} if data is None else data,
        "decision": BASE["decision"] if decision is None else decision,
        "model": {"name": "m", "score": "p", "policy": policy},
    }


@pytest.mark.parametrize(
    ("policy", "code", "remedy"),
    [
        ({"capacity": "-20 per day"}, "PAY283", "0 or more"),
        ({"capacity": "2.5 per day"}, "PAY283", "whole number"),
        ({"capacity": "200"}, "PAY283", "200 per day"),
        ({"capacity": 200}, "PAY283", "200 per day"),
        ({"capacity": 1.5}, "PAY283", "10%"),
        ({"capacity": "110%"}, "PAY283", "10%"),
        ({"capacity": -0.1}, "PAY283", "10%"),
        ({"capacity": "200 per year"}, "PAY283", "per day, week or month"),
        ({"capacity": "200 per decision"}, "PAY283", "never converts"),
        ({"capacity": "200 once"}, "PAY283", "per day, week or month"),
        ({"budget": "-5 per day", "cost": 1}, "PAY283", "0 or more"),
    ],
)
def test_a_ceiling_that_is_none_is_refused(policy: Any, code: str, remedy: str) -> None:
    with pytest.raises(SpecError, match=r"model\.policy") as caught:
        payoff.load_spec(spec_of(policy))
    assert caught.value.code == code
    assert remedy in str(caught.value)


def test_a_capacity_per_period_needs_a_time() -> None:
    with pytest.raises(SpecError, match=r"data\.time") as caught:
        payoff.load_spec(spec_of({"capacity": "20 per day"}, data={"outcome": "y"}))
    assert caught.value.code == "PAY284"
    payoff.load_spec(spec_of({"capacity": "20%"}, data={"outcome": "y"}))


def test_a_capacity_per_period_needs_the_share_of_the_world() -> None:
    with pytest.raises(SpecError, match=r"sampled: 1\.0") as caught:
        payoff.load_spec(spec_of({"capacity": "20 per day"}, decision={"unit": "EUR"}))
    assert caught.value.code == "PAY285"
    data = {"outcome": "y", "time": "day", "sampled": 0.1}
    payoff.load_spec(spec_of({"capacity": "20 per day"}, data=data, decision={"unit": "EUR"}))


@pytest.mark.parametrize("more", [{"weight": "w"}, {"prevalence": 0.1}])
def test_rows_that_stand_for_several_have_no_capacity(more: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="weighted rows") as caught:
        payoff.load_spec(spec_of({"capacity": "20%"}, data={"outcome": "y"} | more))
    assert caught.value.code == "PAY286"


@pytest.mark.parametrize(
    ("policy", "error", "words"),
    [
        ({"budget": "20 per day"}, InvalidPolicy, "no cost of acting"),
        ({"capacity": "20 per day", "cost": 5}, InvalidPolicy, "`cost` beside `capacity`"),
        ({"capacity": "20 per day", "threshold": 0.5}, InvalidPolicy, "threshold and capacity"),
        ({"capacity": "20%", "carry_over": 2}, InvalidPolicy, "no later period"),
        ({"capacity": "20 per day", "carry_over": 0}, OutOfRange, "further periods"),
        ({"capacity": "20 per day", "carry_over": 1.5}, OutOfRange, "further periods"),
        ({"threshold": 0.5, "by": "team"}, InvalidPolicy, "`by` beside `threshold`"),
        ({"budget": "20 per day", "cost": "case when outcome then 1 else 2 end"}, SpecError, "outcome"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(policy: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        payoff.load_spec(spec_of(policy))


def test_a_capacity_needs_a_score_to_rank_by() -> None:
    spec = spec_of({"threshold": 0.5}) | {"baselines": {"list": {"capacity": "20 per day"}}}
    with pytest.raises(ScoreNeeded, match="a capacity without a score"):
        payoff.load_spec(spec)


def test_a_team_column_that_is_not_there_is_named() -> None:
    rows = pa.table({"y": [1, 0], "p": [0.1, 0.2], "day": pa.array([1, 2], pa.date32()), "team": ["a", "b"]})
    with pytest.raises(payoff.PayoffError, match=r"'teams'.*team"):
        payoff.evaluate(rows, spec_of({"capacity": "20 per day", "by": "teams"}))
