"""Plans as documents: the round trip, whole and to ten digits."""

import json
from typing import Any

import pytest

import payoff
from payoff.record.digits import ten_digits
from payoff.record.plans import plan_document, plan_from_document
from payoff.verdicts.plans import Plan

SPEC: dict[str, Any] = {
    "decision": {"name": "Anruf 🏦", "unit": "EUR", "volume": "5000 per year", "actions": ["call", "skip"]},
    "value": {"call": "case when outcome then worth else 0 end - price", "skip": 0},
    "assumptions": {"worth": {"likely": 60, "low": 50, "high": 80}, "price": {"likely": 5, "low": 3, "high": 6}},
    "today": "nobody",
    "hurdles": [{"name": "pilot", "gain": "8000 per year"}, {"name": "dream", "gain": "90000 per year"}],
}  # fmt: skip


@pytest.mark.parametrize("hurdles", [SPEC["hurdles"], []], ids=["hurdles", "none"])
def test_a_plan_read_back_is_the_plan_to_ten_digits(hurdles: list[dict[str, Any]]) -> None:
    plan = payoff.plan({**SPEC, "hurdles": hurdles}, prevalence=0.1 / 3, point_costs="600 per year")
    read = plan_from_document(json.loads(plan.to_json()))
    assert plan_document(read) == plan_document(plan.record)
    assert type(read) is Plan
    told: Plan = ten_digits(plan.record)
    assert (read.circumstance, read.accuracies, read.assumptions) == (
        told.circumstance,
        told.accuracies,
        told.assumptions,
    )
    assert payoff.api.plans.Plan(read).to_json() == plan.to_json()
