"""Quantities, naive ones among them, give the same result wherever the rows are."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from test_same_result import there

import payoff
from conftest import ENGINES

# Sums of doubles in another order.
ROUNDING = 1e-9


def rows_of(n: int = 600) -> pa.Table:
    rng = np.random.default_rng(3)
    shop, day = np.arange(n) % 4, np.arange(n) // 4
    demand = np.maximum(0, np.round(rng.normal(30 + 5 * shop + 6 * np.sin(2 * np.pi * day / 7), 7), 1))
    return pa.table(
        {
            "id": np.arange(n),
            "shop": np.array([f"s{one}" for one in shop]),
            "day": (np.datetime64("2026-01-20") + day.astype("timedelta64[D]")).astype("datetime64[D]"),
            "demand": pa.array(demand, mask=np.arange(n) % 13 == 0),
            "forecast": np.round(demand + rng.normal(3, 5, n).clip(-demand), 2),
            "low": demand - 5.0,
            "high": demand + rng.normal(4, 5, n),
        }
    )


SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR", "quantity": "pieces"},
    "data": {"outcome": "demand", "id": "id", "time": "day"},
    "value": {"quantity": "margin * least(outcome, quantity) - cost * greatest(quantity - outcome, 0)"},
    "assumptions": {"margin": {"likely": 5, "low": 3, "high": 7}, "cost": 2},
    "model": {
        "name": "net",
        "policy": {"decided": "forecast"},
        "interval": {"low": "low", "high": "high", "covers": 0.8},
    },
    "baselines": {
        "last": {"naive": "last value", "by": "shop", "otherwise": 30},
        "week": {"naive": "last season", "season": "7 days", "by": "shop"},
        "mean": {"naive": "mean", "otherwise": 30},
        "upper": {"naive": "quantile", "level": 0.7, "by": "shop", "otherwise": 30},
    },
    "today": "week",
    "hurdles": [{"gain": "1 per decision"}],
    "slices": ["shop"],
}


@pytest.mark.parametrize("name", ENGINES)
def test_quantities_give_the_result_of_duckdb(name: str, request: pytest.FixtureRequest) -> None:
    rows = rows_of()
    expected = payoff.evaluate(rows, SPEC)
    server = request.getfixturevalue(name)
    found = payoff.evaluate(there(name, server, "quantities", rows), SPEC)
    assert not found.record.partial
    assert found.record.hash == expected.record.hash
    for one, other in zip(found.estimates, expected.estimates, strict=True):
        assert (one.metric, one.of, one.over, one.slice, one.tier) == (
            other.metric,
            other.of,
            other.over,
            other.slice,
            other.tier,
        )
        for end in ("value", "low", "high"):
            mine, theirs = getattr(one, end), getattr(other, end)
            assert mine == (None if theirs is None else pytest.approx(theirs, rel=ROUNDING, abs=ROUNDING))
    curves = [
        [one.points for one in result.record.curves if one.kind == "murphy"] for result in (found, expected)
    ]
    for one, other in zip(*curves, strict=True):
        assert one["value"] == pytest.approx(other["value"], rel=ROUNDING, abs=ROUNDING)
