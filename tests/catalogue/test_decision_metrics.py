"""Metrics of decisions as the catalogue gives them: pending rows, one class, few clusters."""

import numpy as np
import pandas as pd
import pytest

import payoff


def evaluated(rows: pd.DataFrame, **data: str) -> payoff.Result:
    return payoff.evaluate(
        rows,
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y", "id": "id", **data},
            "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
            "model": {"score": "score", "policy": {"threshold": 0.5}},
            "today": "nobody",
            "guardrails": [{"metric": "recall", "at_least": 0.1}],
            "hurdles": [{"name": "pays", "gain": "0.1 per decision", "over": "today"}],
        },
    )


def rows(count: int) -> pd.DataFrame:
    number = np.arange(count)
    return pd.DataFrame(
        {"id": number, "y": number % 4 == 0, "score": (number % 3) / 2.0, "customer": number % 12}
    )


def estimate(result: payoff.Result, metric: str) -> object:
    return next(
        one for one in result.estimates if one.metric == metric and one.of == "model" and one.slice is None
    )


def test_the_prevalence_of_one_class_has_the_exact_interval() -> None:
    found = estimate(evaluated(rows(50).assign(y=True)), "prevalence")
    assert found.method == "clopper_pearson"
    assert found.low == pytest.approx(0.025 ** (1 / 50), abs=1e-9)  # by hand: the bound of 50 out of 50


def test_a_pending_row_counts_in_the_act_rate_and_in_no_other_metric() -> None:
    table = rows(40)
    late = table.assign(y=table["y"].astype(object).where(table["id"] != 2, None))
    assert estimate(evaluated(late), "act_rate").rows == 40
    assert estimate(evaluated(late), "accuracy").rows == 39


def test_a_dozen_clusters_carry_neither_a_trusted_interval_nor_a_guardrail() -> None:
    result = evaluated(rows(600), cluster="customer")
    assert estimate(result, "recall").tier == "C"
    assert result.verdict.guardrails[0].status == "not evaluated"
    assert result.verdict.guardrails[0].reason.startswith("few_clusters")
    assert result.verdict.hurdles[0].reason == "few_clusters"
    assert result.verdict.overall == "hold"
