"""Files of a row or a handful: what cannot be told is null with a reason, and a result is written."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

CONSTANT = {"true_positive": 5, "false_positive": -2, "false_negative": 0, "true_negative": 0}
COLUMN = {"act": "case when outcome then amount else -2 end", "skip": 0}
HURDLE = [{"name": "h", "gain": "0.1 per decision"}]
SEED = 20_260_101
# Draws that once failed: all rows in one group, a single row to judge by, a half without rows.
ONCE_FAILED = (20, 21, 28, 32, 36, 47, 61, 67, 73, 77, 83, 97)


def spec_of(policy: Any, value: Any = CONSTANT, data: dict[str, str] | None = None, **more: Any) -> Any:
    return {
        "decision": {"unit": "EUR", "volume": "1000 per year"},
        "data": {"outcome": "y", "positive": 1, "id": "id", **(data or {})},
        "value": value,
        "model": {"name": "m", "score": "p", "policy": policy},
        "today": "nobody",
        **more,
    }


def written(rows: dict[str, Any], spec: Any) -> Any:
    """Return a result that was written as JSON, which has no NaN."""
    found = payoff.evaluate(pa.table(rows), spec)
    json.loads(found.to_json(), parse_constant=pytest.fail)
    return found


def gain_of(found: Any, metric: str = "gain") -> Any:
    wanted = (metric, "m", "nobody", "decision", None)
    (one,) = (
        each for each in found.estimates if (each.metric, each.of, each.over, each.per, each.slice) == wanted
    )
    return one


@pytest.mark.parametrize("hurdles", [[], HURDLE])
@pytest.mark.parametrize(
    "rows",
    [
        {"y": [0], "w": [1.0]},
        {"y": [0, None], "w": [1.0, 1.0]},
        {"y": [0, 1], "w": [1.0, 0.0]},
    ],
)
def test_one_row_that_counts_gives_a_value_and_no_more(rows: Any, hurdles: Any) -> None:
    rows = rows | {"id": range(len(rows["y"])), "p": [0.3, 0.9][: len(rows["y"])]}
    data = {"weight": "w"} if 0.0 in rows["w"] else {}
    found = written(rows, spec_of({"always": "act"}, data=data, hurdles=hurdles))
    # A false positive is all that is known.
    assert gain_of(found).value == -2.0
    assert found.verdict.overall == ("hold" if hurdles else None)
    assert all(one.evpi is None for one in found.verdict.hurdles)


@pytest.mark.parametrize("people", [1, 2])
def test_a_threshold_tuned_on_one_or_two_clusters_is_held_for_few_clusters(people: int) -> None:
    rng = np.random.default_rng(people)
    p, n = rng.random(500).round(2), 500
    rows = {"id": range(n), "p": p, "y": (rng.random(n) < p).astype(int), "c": np.arange(n) % people}
    found = written(rows, spec_of({"threshold": "best"}, data={"cluster": "c"}, hurdles=HURDLE))
    hurdle = found.verdict.hurdles[0]
    assert (found.verdict.overall, hurdle.status, hurdle.reason) == ("hold", "not evaluated", "few_clusters")
    worth = np.where(rows["y"] == 1, 5.0, -2.0)
    claimed = max((worth * (p >= cut)).mean() for cut in np.unique(p))
    assert gain_of(found, "claimed_value").value == pytest.approx(claimed)


def test_where_all_rows_are_one_group_the_honest_gain_of_a_tuned_threshold_is_undefined() -> None:
    rng = np.random.default_rng(5)
    p, n = rng.random(500).round(2), 500
    rows = {"id": range(n), "p": p, "y": (rng.random(n) < p).astype(int), "c": ["only"] * n}
    gain = gain_of(written(rows, spec_of({"threshold": "best"}, data={"cluster": "c"})))
    assert (gain.value, gain.low, gain.tier) == (None, None, "C")
    assert "undefined: all rows fall into one group" in gain.note


def test_a_handful_of_rows_of_any_kind_is_evaluated() -> None:
    policies = [{"threshold": "best"}, {"threshold": "best"}, {"threshold": 0.5}, {"capacity": 0.5}]
    for seed in ONCE_FAILED:
        rng = np.random.default_rng(SEED + seed)
        n = int(rng.integers(1, 7))
        y = [None if rng.random() < 0.2 else int(rng.integers(2)) for _ in range(n)]
        rows = {
            "id": rng.permutation(100)[:n],
            "y": [int(rng.integers(2)), *y[1:]],
            "p": rng.random(n).round(1),
            "p2": rng.random(n).round(2),
            "amount": rng.gamma(8.0, 1.0, n),
            "c": rng.integers(0, 3, n),
            "w": np.append(1.0, rng.choice([0.0, 1.0, 2.5], n - 1)),
        }
        policy = policies[int(rng.integers(4))]
        data = {"cluster": "c"} if rng.random() < 0.4 else {}
        data |= {"weight": "w"} if rng.random() < 0.4 and "capacity" not in policy else {}
        more = (
            {"challengers": {"other": {"score": "p2", "policy": {"threshold": "best"}}}} if seed % 2 else {}
        )
        value = CONSTANT if rng.random() < 0.5 else COLUMN
        spec = spec_of(policy, value, data, hurdles=HURDLE if seed % 3 else [], **more)
        found = written(rows, spec)
        assert found.verdict.overall == ("hold" if seed % 3 else None), seed
