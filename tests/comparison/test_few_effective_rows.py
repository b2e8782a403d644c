"""Money of rows with unequal weights: what the weights leave counts as few clusters do."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import payoff
from payoff.stats.means import hall_bounds

# Sums of some hundred doubles in another order.
ROUNDING = 1e-9
ROWS = 400


def rows_of(heavy: int) -> dict[str, Any]:
    """Return rows of which some hundred times as heavy as the rest hold nearly all weight."""
    y = np.arange(ROWS) % 2
    return {
        "id": np.arange(ROWS),
        "y": y,
        "p": np.where(np.arange(ROWS) % 3 == 0, 0.2, 0.8),
        "w": np.where(np.arange(ROWS) < heavy, 1_000.0, 1.0),
    }


def gain_of(heavy: int, policy: Any = 0.5) -> Any:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "weight": "w"},
        "value": {"act": "case when outcome then 10 else -5 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": policy}},
        "today": "nobody",
        "hurdles": [{"name": "h", "gain": "0 per decision"}],
    }
    found = payoff.evaluate(pa.table(rows_of(heavy)), spec)
    (gain,) = (
        one
        for one in found.estimates
        if (one.metric, one.of, one.over, one.per) == ("gain", "m", "nobody", "decision")
    )
    return gain, found.verdict.hurdles[0]


@pytest.mark.parametrize("policy", [0.5, "best"])
def test_fewer_than_thirty_give_no_interval_and_no_verdict(policy: Any) -> None:
    gain, hurdle = gain_of(20, policy)
    assert (gain.low, gain.high, gain.tier) == (None, None, "C")
    assert "independent units, 30 are needed" in gain.note
    assert (hurdle.status, hurdle.reason) == ("not evaluated", "few_clusters")


def test_up_to_a_hundred_widen_the_interval_and_more_do_not() -> None:
    rows, (gain, hurdle) = rows_of(60), gain_of(60)
    x, w = np.where(rows["p"] >= 0.5, np.where(rows["y"] == 1, 10.0, -5.0), 0.0), rows["w"]
    influence = w * (x - np.average(x, weights=w)) * ROWS / w.sum()
    stderr = influence.std(ddof=1) / np.sqrt(ROWS)
    quantile = stats.t.ppf(1 - 0.025 / 2, ROWS - 1)
    mean = np.average(x, weights=w)
    expected = hall_bounds(mean, stderr, stats.skew(influence), ROWS, (-quantile, quantile))
    assert gain.method == "Hall t, widened x2 for few effective rows"
    assert (gain.low, gain.high) == pytest.approx(expected, rel=ROUNDING)
    assert hurdle.status != "not evaluated"
    assert "widened" not in gain_of(150)[0].method


def test_a_weight_as_large_as_all_others_together_many_times_is_no_certainty() -> None:
    rows = rows_of(0) | {"w": np.where(np.arange(ROWS) == 7, 1e49, 1.0)}
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "weight": "w"},
        "value": {"act": "case when outcome then 10 else -5 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
    }
    found = payoff.evaluate(pa.table(rows), spec)
    for one in found.estimates:
        if one.metric == "value" and one.of in ("m", "everybody"):
            assert (one.value, one.low, one.high, one.tier) == (one.value, None, None, "C")
