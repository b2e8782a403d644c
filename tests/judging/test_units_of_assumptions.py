"""The unit of an assumption is told where the value formulas leave no doubt about it, and nowhere else."""

import re
from typing import Any

import pytest

import payoff
from payoff.spec.dimensions import units_of_assumptions


@pytest.mark.parametrize(
    ("formula", "units"),
    [
        ("(case when outcome then a else 0 end) - b", {"a": "EUR", "b": "EUR"}),
        ("case when outcome then (x * amount + a) * (1 - b) else 0 end", {"a": "EUR", "b": "1"}),
        ("a * amount - b", {"b": "EUR"}),
        ("amount - 60 * a", {}),
        ("a * b * (1 - x)", {"x": "1"}),
        ("amount * a / 2 - b", {"b": "EUR"}),
        ("case when amount > a then b else 0 end", {"b": "EUR"}),
        ("greatest(amount - a, 0) * b", {}),
        ("a * (1 - b) - b", {"a": "EUR"}),
    ],
)
def test_the_unit_of_an_assumption(formula: str, units: dict[str, str]) -> None:
    assert units_of_assumptions(spec(formula)) == units


def test_a_share_above_one_and_a_name_of_another_unit_are_left_as_they_stand() -> None:
    assert units_of_assumptions(spec("amount * (3 - a)", a=2)) == {}
    assert units_of_assumptions(spec("amount - fee_usd", fee_usd=2)) == {}


def spec(formula: str, **assumptions: float) -> Any:
    names = {name: 0.3 for name in ("a", "b", "x") if uses(formula, name)}
    return payoff.load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y"},
            "value": {"act": formula, "skip": 0},
            "assumptions": assumptions or names,
            "model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"threshold": 0.5}},
        }
    )


def uses(formula: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", formula) is not None
