"""Rows of one outcome, actions that are worth nothing, and candidates that do not vary: told as what they are."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

import payoff
from payoff.stats.best_of import levels_of_each
from payoff.stats.estimates import Estimate

FOUR = {"true_positive": 10, "false_positive": -2, "false_negative": 0, "true_negative": 0}
BY_ACTION = {"act": "case when outcome then 10 else -2 end", "skip": 0}


def told(rows: pd.DataFrame, **changes: Any) -> payoff.Result:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "positive": 1},
        "value": FOUR,
        "model": {"name": "model", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
    }
    return payoff.evaluate(rows, spec | changes)


def rows_of(outcomes: Any, seed: int = 0) -> pd.DataFrame:
    count = len(outcomes)
    p = np.random.default_rng(seed).random(count).round(2)
    return pd.DataFrame({"id": np.arange(count), "y": outcomes, "p": p})


def one(result: payoff.Result, metric: str) -> Estimate:
    return next(each for each in result.estimates if (each.metric, each.of) == (metric, "model"))


def test_where_all_rows_are_positive_the_top_is_told_and_the_order_is_not() -> None:
    rows = rows_of([1] * 60)
    result = told(rows, metrics=["lift", "capture_rate", "average_precision", "roc_auc", "partial_roc_auc"])
    found = {name: one(result, name) for name in ("lift", "capture_rate", "average_precision")}
    assert {name: each.value for name, each in found.items()} == {
        "lift": 1.0, "capture_rate": 0.1, "average_precision": average_precision_score(rows["y"], rows["p"]),
    }  # fmt: skip
    for each in found.values():
        assert (each.low, each.high, each.tier) == (None, None, "C")
        assert "0 negatives" in each.note
    for name in ("roc_auc", "partial_roc_auc"):
        assert (one(result, name).value, one(result, name).note) == (None, "undefined: 0 negatives")


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_constant_score_and_no_positives_tell_nothing_of_the_top(outcome: int) -> None:
    rows = rows_of([outcome] * 30).assign(p=0.7)
    result = told(rows, metrics=["lift", "average_precision"])
    wanted = "score carries no ranking" if outcome else "undefined: 0 positives"
    assert {one(result, name).note for name in ("lift", "average_precision")} == {wanted}


def test_four_cells_that_leave_doing_nothing_at_zero_are_bounded_as_the_formulas_are() -> None:
    rows = rows_of(pd.array([1, 0, 1, 0, 1, 0, *[None] * 6], dtype="Int64"))
    data = {"outcome": "y", "id": "id", "outcome_given": "act"}
    four, formulas = (
        [each for each in told(rows, value=value, data=data).estimates if each.metric == "value_bounds"]
        for value in (FOUR, BY_ACTION)
    )
    assert four
    assert four == formulas
    assert told(rows, value=FOUR | {"false_negative": -5}, data=data).estimates
    charged = told(rows, value=FOUR | {"false_negative": -5}, data=data)
    assert not [each for each in charged.estimates if each.metric == "value_bounds"]


def potential(gain: dict[str, float], cost: dict[str, float]) -> tuple[pd.DataFrame, Estimate]:
    generator = np.random.default_rng(4)
    y = (generator.random(2_000) < 0.2).astype(int)
    p = (0.32 + 0.4 * y + generator.normal(0, 0.2, 2_000)).clip(0.01, 0.99).round(2)
    rows = pd.DataFrame({"id": np.arange(2_000), "y": y, "p": p})
    value = {"act": "case when outcome then gain - cost else -cost end", "skip": 0}
    result = told(
        rows, value=value, assumptions={"gain": gain, "cost": cost}, metrics=["expected_maximum_profit"]
    )
    return rows, one(result, "expected_maximum_profit")


def test_a_draw_at_which_acting_loses_on_everybody_acts_on_nobody() -> None:
    gain, cost = {"low": 2, "likely": 10, "high": 30}, {"low": 1, "likely": 3, "high": 4}
    rows, found = potential(gain, cost)
    generator = np.random.default_rng(1)
    gains, costs = (generator.triangular(*each.values(), 20_000) for each in (gain, cost))
    order = np.argsort(-rows["p"].to_numpy(), kind="stable")
    ends = np.append(np.flatnonzero(np.diff(rows["p"].to_numpy()[order])), len(rows) - 1)
    caught = np.append(0, np.cumsum(rows["y"].to_numpy()[order])[ends])
    acted = np.append(0, ends + 1)
    each = (gains[:, None] * caught - costs[:, None] * acted).max(axis=1) / len(rows)
    # Four errors of the simulation.
    assert found.value == pytest.approx(each.mean(), abs=4 * each.std() / np.sqrt(len(each)))
    assert 0.0 <= found.low < found.value < found.high


def test_a_potential_is_never_below_that_of_nobody() -> None:
    _, found = potential({"low": 1, "likely": 1.5, "high": 2.2}, {"low": 1, "likely": 1.4, "high": 2})
    assert 0.0 <= found.low <= found.value


def test_a_candidate_that_does_not_vary_counts_once_and_warns_of_nothing() -> None:
    rows = pd.DataFrame({"id": [0, 1, 2], "y": [0, 0, 0], "p": [0.7, 0.6, 0.9], "q": [0.04, 0.84, 0.5]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = told(rows, challengers={"other": {"score": "q", "policy": {"threshold": 0.5}}})
        still = levels_of_each(np.array([[0.0, 0.0], [0.0, 4.0]]), 0, 0.95)
    gains = [each for each in result.estimates if (each.metric, each.over) == ("gain", "nobody")]
    assert {each.of for each in gains} >= {"model", "other"}
    assert all(each.low_adjusted is None or each.low_adjusted <= each.low for each in gains)
    # Two that are never wrong together are one; the other keeps its place beside them.
    assert levels_of_each(np.zeros((2, 2)), 0, 0.95).joint == 0.95
    assert still.joint >= 0.95
