"""Weights are relative: one that all rows share changes nothing, and all of them times a constant nothing but sums."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.catalogue import CATALOGUE

Maker = Callable[..., Any]
# Weighted sums in doubles, divided by the weight again.
ULPS = 1e-9
ASKED = [
    *(
        name
        for name, one in CATALOGUE.items()
        if not name.startswith("gain_") and not name.endswith("_effect") and one.of != "quantity"
    ),
    "paired_differences",
    "net_benefit",
]
Key = tuple[Any, ...]


@pytest.fixture
def evaluated(make_rows: Maker, make_spec: Maker) -> Callable[..., Any]:
    rows = make_rows(7)

    def run(weight: Any, threshold: Any = 0.25, value: Any = None, **data: str) -> Any:
        spec = make_spec(threshold, id="id", **data)
        spec["metrics"] = [name for name in ASKED if name not in ("value", "gain", "net_gain")]
        spec["metrics"] += ["value", "gain"]
        spec["guardrails"] += [{"metric": "roc_auc", "at_least": 0.5}]
        if value is not None:
            spec["value"] = value
        held = dict(rows)
        if weight is not None:
            spec["data"]["weight"] = "w"
            held["w"] = weight if isinstance(weight, np.ndarray) else np.full(len(rows["id"]), weight)
        return payoff.evaluate(pa.table(held), spec)

    return run


def numbers(found: Any) -> dict[Key, tuple[float | None, ...]]:
    return {
        (one.metric, one.of, one.over, one.per, repr(one.slice), repr(one.at)): (
            one.value,
            one.low,
            one.high,
            one.low_adjusted,
            one.high_adjusted,
        )
        for one in found.estimates
    }


def words(found: Any) -> dict[Key, tuple[Any, ...]]:
    return {
        (one.metric, one.of, one.over, one.per, repr(one.slice)): (one.tier, one.method, one.rows, one.events)
        for one in found.estimates
    }


def assert_equal(one: Any, other: Any) -> None:
    assert words(one) == words(other)
    mine, theirs = numbers(one), numbers(other)
    assert mine.keys() == theirs.keys()
    for key, values in mine.items():
        for value, wanted in zip(values, theirs[key], strict=True):
            assert value == (None if wanted is None else pytest.approx(wanted, rel=ULPS, abs=ULPS)), key
    for hurdle, wanted in zip(one.verdict.hurdles, other.verdict.hurdles, strict=True):
        assert hurdle.status == wanted.status
        assert hurdle.probability == pytest.approx(wanted.probability, rel=ULPS)
    assert [rail.status for rail in one.verdict.guardrails] == [
        rail.status for rail in other.verdict.guardrails
    ]


@pytest.mark.parametrize("weight", [1.0, 2.5, 0.1, 1e-3])
def test_a_weight_that_all_rows_share_changes_nothing(evaluated: Maker, weight: float) -> None:
    assert_equal(evaluated(weight), evaluated(None))


@pytest.mark.parametrize("threshold", ["best", "from value"])
def test_nor_does_it_change_a_threshold(evaluated: Maker, threshold: str) -> None:
    one, other = evaluated(3.0, threshold), evaluated(None, threshold)
    assert_equal(one, other)
    assert [policy.threshold for policy in one.record.policies] == [
        pytest.approx(policy.threshold) for policy in other.record.policies
    ]


def test_nor_does_it_where_values_are_constant_or_rows_come_in_clusters(evaluated: Maker) -> None:
    matrix = {"act": "case when outcome then 20 else -5 end", "skip": "0"}
    assert_equal(evaluated(7.0, value=matrix), evaluated(None, value=matrix))
    assert_equal(evaluated(0.3, cluster="person"), evaluated(None, cluster="person"))


def test_exact_totals_are_those_of_rows_without_weights(evaluated: Maker) -> None:
    one, other = evaluated(0.1), evaluated(None)
    assert one.record.totals == other.record.totals
    for mine, theirs in zip(one.record.tables, other.record.tables, strict=True):
        assert mine.value["act"] == pytest.approx(theirs.value["act"], rel=ULPS)


@pytest.mark.parametrize("threshold", [0.25, "best"])
@pytest.mark.parametrize("data", [{}, {"cluster": "person"}])
def test_weights_times_a_constant_change_nothing(
    evaluated: Maker, threshold: Any, data: dict[str, str]
) -> None:
    weights = np.random.default_rng(1).integers(1, 9, 1_200) / 4.0
    assert_equal(evaluated(weights * 3.0, threshold, **data), evaluated(weights, threshold, **data))
