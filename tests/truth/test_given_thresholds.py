"""Baselines whose threshold is given: they cost no cuts, share the cells of their score, and are judged alike."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.choices import grids
from payoff.engines.duckdb import DuckDBEngine
from payoff.errors.data import ContradictedThreshold

N = 3_000
RANKED = ("roc_auc", "average_precision")
GIVEN = {"score": "p", "score_is": "probability", "threshold": 0.3}


def rows_of(seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, 1, N)
    y = rng.random(N) < 1 / (1 + np.exp(1.5 - skill))
    view = skill + rng.normal(0, 0.7, N)
    return pa.table(
        {"y": y.astype(int), "p": 1 / (1 + np.exp(1.5 - view)), "amount": rng.gamma(2.0, 30.0, N)}
    )


def spec_of(at: Any, baselines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then amount else -20 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": at}},
        "baselines": baselines,
        "today": "nobody",
        **more,
    }


def estimate(result: payoff.Result, metric: str, of: str, over: str | None = None) -> Any:
    """Return the one of all rows, per decision."""
    return next(
        one
        for one in result.estimates
        if (one.metric, one.of, one.over, one.slice) == (metric, of, over, None) and one.per != "year"
    )


@pytest.fixture(params=["exact", "grid"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "grid":
        monkeypatch.setattr(grids, "EXACT_ROWS", 100)
    return str(request.param)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the queries asked so far."""
    found: list[str] = []
    answer = DuckDBEngine.columns

    def listening(engine: DuckDBEngine, query: str) -> Any:
        found.append(query)
        return answer(engine, query)

    monkeypatch.setattr(DuckDBEngine, "columns", listening)
    return found


@pytest.mark.parametrize("at", ["best", 0.3, 0.5])
def test_a_baseline_on_a_score_counted_already_asks_nothing_more(
    kind: str, asked: list[str], at: Any
) -> None:
    rows, count = rows_of(1), []
    for baselines in ({}, {"old": GIVEN}, {"old": GIVEN, "older": {**GIVEN, "threshold": 0.1}}):
        asked.clear()
        payoff.evaluate(rows, spec_of(at, baselines))
        count.append(len(asked))
    assert len(set(count)) == 1


@pytest.mark.parametrize("at", ["best", 0.5])
def test_its_numbers_are_those_of_a_model_with_that_threshold(kind: str, at: Any) -> None:
    rows = rows_of(2)
    beside = payoff.evaluate(rows, spec_of(at, {"old": GIVEN}))
    alone = payoff.evaluate(rows, spec_of(0.3, {}))
    metrics = {one.metric for one in alone.estimates if one.of == "m" and one.slice is None}
    for metric in sorted(metrics - {"gain", "prevalence", "local_calibration", "claimed_value"}):
        found = estimate(beside, metric, "old")
        expected = estimate(alone, metric, "m")
        # Cells split at another threshold hold the same rows: what they bound may differ by less than the bound, a
        # tenth of the error; all else by the order of adding.
        bound = 0.1 * (expected.high - expected.low) / 3.92 if kind == "grid" and metric in RANKED else 1e-12
        for end in ("value", "low", "high"):
            both = getattr(found, end), getattr(expected, end)
            assert both == (None, None) or both[0] == pytest.approx(both[1], rel=1e-7, abs=bound), metric


def test_gains_over_it_are_judged_row_by_row(kind: str) -> None:
    rows = rows_of(3)
    result = payoff.evaluate(rows, spec_of(0.5, {"old": GIVEN}))
    y, p, amount = (np.asarray(rows[name]) for name in ("y", "p", "amount"))
    worth = np.where(y == 1, amount, -20.0)
    difference = worth * (p >= 0.5) - worth * (p >= 0.3)
    assert estimate(result, "gain", "m", "old").value == pytest.approx(difference.mean(), rel=1e-10)


def test_one_on_the_wrong_side_of_its_value_is_refused_by_name(kind: str) -> None:
    swapped = {**GIVEN, "do": "skip", "otherwise": "act"}
    with pytest.raises(ContradictedThreshold, match="old"):
        payoff.evaluate(rows_of(4), spec_of(0.5, {"old": swapped}))


def test_what_is_gained_over_each_of_many_rules_does_not_depend_on_the_others(kind: str) -> None:
    rows = rows_of(5)
    rules = {f"rule {k}": {"when": f"amount > {10 * (k + 1)}"} for k in range(7)}
    together = payoff.evaluate(rows, spec_of("best", rules, today="rule 0"))
    for name, rule in rules.items():
        alone = payoff.evaluate(
            rows, spec_of("best", {"rule 0": rules["rule 0"], name: rule}, today="rule 0")
        )
        for metric in ("gain", "claimed_value"):
            found, expected = (estimate(one, metric, "m", name) for one in (together, alone))
            for end in ("value", "low", "high"):
                both = getattr(found, end), getattr(expected, end)
                # Cells are merged in another order.
                assert both == (None, None) or both[0] == pytest.approx(both[1], rel=1e-9, abs=1e-9)
