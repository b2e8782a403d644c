"""What the linter asks of rows, the walk through a value, and latencies: the same wherever the rows are."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from test_same_result import there

import payoff
from conftest import ENGINES

SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR", "volume": "50000 per year"},
    "data": {"outcome": "y", "id": "id", "outcome_given": "any action"},
    "value": {
        "act": "case when outcome and region = 'north' then amount * share when outcome then 60 else 0 end - 8",
        "skip": "0",
    },
    "assumptions": {"share": {"likely": 0.8, "low": 0.7, "high": 0.9}},
    "model": {"name": "m", "score": "p", "policy": {"threshold": 0.9}, "latency": {"column": "ms"}},
    "baselines": {"rule": {"when": "later = 1", "do": "act"}},
    "today": "everybody",
    "hurdles": [{"name": "far", "gain": "900 per decision"}, {"name": "near", "gain": "0.1 per decision"}],
    "guardrails": [{"metric": "latency", "at": {"percentile": 95}, "at_most": 120}],
}


def rows_of(n: int = 2_000) -> pa.Table:
    """Return rows with a leaking rule, a threshold too high, two currencies and latencies with gaps."""
    rng = np.random.default_rng(0)
    p = rng.random(n).round(2)
    y = (rng.random(n) < p).astype(np.int64)
    return pa.table(
        {
            "id": np.arange(n),
            "y": y,
            "later": y,
            "p": p,
            "amount": rng.integers(4, 200, n) / 4,
            "region": rng.choice(["north", "south"], n),
            "currency": np.where(np.arange(n) < 30, "USD", "EUR"),
            "ms": pa.array((rng.integers(400, 900, n) / 8).tolist(), mask=np.arange(n) % 5 == 0),
        }
    )


@pytest.mark.parametrize("name", ENGINES)
def test_findings_walks_and_latencies_are_those_of_duckdb(name: str, request: pytest.FixtureRequest) -> None:
    rows = rows_of()
    expected = payoff.check(SPEC, rows)
    assert {one.code for one in expected} >= {"PAY267", "PAY268", "PAY269", "PAY335"}
    place = there(name, request.getfixturevalue(name), "linted", rows)
    assert payoff.check(SPEC, place) == expected
    assert payoff.explain(SPEC, place).walkthrough == payoff.explain(SPEC, rows).walkthrough
    one, two = (payoff.evaluate(data, SPEC) for data in (rows, place))
    told = [
        [
            (each.at, each.value, each.low, each.high, each.rows)
            for each in result.estimates
            if each.metric == "latency"
        ]
        for result in (one, two)
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 3
    assert one.record.verdict.guardrails == two.record.verdict.guardrails
