"""What a spec may say about costs, latency and complexity, and what is refused with code, place and remedy."""

from typing import Any

import pytest
from tests.spec.test_spec_linting import document

from payoff.errors import SpecError
from payoff.errors.linter import InvalidCosts, InvalidLatency
from payoff.errors.spec import InvalidAmount, InvalidGuardrail, OutOfRange
from payoff.quantities import Amount
from payoff.spec import lint, load_spec
from payoff.spec.model import Latency


def model(**stated: Any) -> dict[str, Any]:
    """Return a clean spec whose model states these keys."""
    return document(model={"name": "m", "score": "p", "policy": {"threshold": "from value"}, **stated})


def test_recurring_costs_are_every_one_but_the_build() -> None:
    costs = {
        "running": "1200 per month",
        "call": "0.002 per decision",
        "review": {"minutes": "30 per day", "hourly": 40},
        "build": "9000 once",
    }
    found = load_spec(model(costs=costs)).model.costs
    assert found.recurring == (Amount(1200.0, "month"), Amount(0.002, "decision"), Amount(20.0, "day"))
    assert found.build == Amount(9000.0, "once")


def test_latencies_are_milliseconds_by_percentile_or_a_column() -> None:
    declared = {"p50": "40 ms", "p95": "0.18 s", "p99.9": "0.01 min"}
    found = load_spec(model(latency=declared)).model.latency
    assert found == Latency(declared={50.0: 40.0, 95.0: 180.0, 99.9: 600.0})
    assert load_spec(model(latency={"column": "took ms"})).model.latency == Latency(column="took ms")


def test_complexity_is_a_number_or_words() -> None:
    assert load_spec(model(complexity=12)).model.complexity == 12.0
    assert load_spec(model(complexity="three trees")).model.complexity == "three trees"


REFUSED: dict[str, tuple[dict[str, Any], type[SpecError], str, str]] = {
    "negative running costs": (model(costs={"running": "-5 per year"}), OutOfRange, "model.costs.running", "correct"),
    "a negative build": (model(costs={"build": "-5 once"}), OutOfRange, "model.costs.build", "correct"),
    "a call per year": (model(costs={"call": "5 per year"}), InvalidAmount, "model.costs.call", "number and period"),
    "minutes once": (
        model(costs={"review": {"minutes": "5 once", "hourly": 4}}), InvalidAmount, "review.minutes", "period"),
    "an hour below zero": (
        model(costs={"review": {"minutes": "5 per day", "hourly": -4}}), InvalidCosts, "review.hourly", "hourly: 45"),
    "latency in words": (model(latency="fast"), InvalidLatency, "model.latency", "p95"),
    "latency without percentile": (model(latency="180 ms"), InvalidLatency, "model.latency", "p95"),
    "latency without unit": (model(latency={"p95": "180"}), InvalidLatency, "latency.p95", "us, ms, s or min"),
    "a percentile of 100": (model(latency={"p100": "180 ms"}), InvalidLatency, "latency.p100", "p95"),
    "a percentile in words": (model(latency={"median": "180 ms"}), InvalidLatency, "latency.median", "p95"),
    "latencies that fall": (model(latency={"p50": "2 s", "p95": "180 ms"}), InvalidLatency, "latency", "correct"),
    "column and percentiles": (model(latency={"column": "c", "p95": "1 ms"}), InvalidLatency, "latency", "p95"),
    "complexity below zero": (model(complexity=-1), OutOfRange, "model.complexity", "correct"),
    "a rate in percent": (
        document(decision={"unit": "EUR", "discount_rate": 8}), OutOfRange, "decision.discount_rate", "0.08 for 8%"),
    "a rate below zero": (
        document(decision={"unit": "EUR", "discount_rate": -0.1}), OutOfRange, "discount_rate", "correct"),
    "a horizon in words": (
        document(decision={"unit": "EUR", "horizon": "long"}), OutOfRange, "decision.horizon", "whole number"),
    "a hurdle in another unit": (
        document(hurdles=[{"gain": "200 USD per decision"}]), InvalidAmount, "hurdles[0].gain", "from USD to EUR"),
    "a limit on a latency that nothing states": (
        document(guardrails=[{"metric": "latency", "at": {"percentile": 95}, "at_most": 200}]),
        InvalidGuardrail, "guardrails[0].metric", "guardrail"),
    "a latency limit without percentile": (
        {**model(latency={"p95": "1 ms"}), "guardrails": [{"metric": "latency", "at_most": 200}]},
        InvalidGuardrail, "guardrails[0].at", "guardrail"),
    "a latency limit by slice": (
        {**model(latency={"p95": "1 ms"}), "guardrails": [
            {"metric": "latency", "at": {"percentile": 95}, "at_most": 200, "in_every": ["region"]}]},
        InvalidGuardrail, "guardrails[0].in_every", "guardrail"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_counted_is_refused(name: str) -> None:
    given, kind, place, remedy = REFUSED[name]
    with pytest.raises(kind) as caught:
        load_spec(given)
    assert place in caught.value.where
    assert remedy in caught.value.fix


@pytest.mark.parametrize(
    ("decision", "costs", "severity", "where"),
    [
        ({}, {"build": "9 once"}, "note", "decision.horizon"),
        ({"discount_rate": 0.08}, {}, "warning", "decision.horizon"),
        ({"horizon": "3 years"}, {}, "warning", "decision.discount_rate"),
        ({"discount_rate": 0.08}, {"build": "9 once"}, "warning", "decision.horizon"),
        ({"discount_rate": 0.08, "horizon": "3 years"}, {"build": "9 once"}, "warning", "decision.volume"),
    ],
)
def test_half_a_present_value_is_said(
    decision: dict[str, Any], costs: dict[str, str], severity: str, where: str
) -> None:
    given = {**model(costs=costs), "decision": {"unit": "EUR", **decision}}
    (found,) = (one for one in lint(load_spec(given)) if one.code == "PAY271")
    assert (found.severity, found.where) == (severity, where)


def test_a_whole_present_value_or_none_is_not_remarked() -> None:
    whole = {"unit": "EUR", "horizon": "3 years", "discount_rate": 0.08, "volume": "10 per year"}
    given = {**model(costs={"build": "9 once"}), "decision": whole}
    assert not [one for one in lint(load_spec(given)) if one.code == "PAY271"]
    assert not [one for one in lint(load_spec(document())) if one.code == "PAY271"]
