"""A search over slices tells the same wherever the rows are."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from test_same_result import there

import payoff
from conftest import ENGINES

# Sums of doubles in another order.
ROUNDING = 1e-9
SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "(case when outcome then amount else 0 end) - 4", "skip": "0"},
    "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
    "today": "everybody",
}
COLUMNS = ["region", "channel", "age", "children"]


def rows_of(n: int = 3_000) -> pa.Table:
    rng = np.random.default_rng(0)
    p = rng.random(n).round(2)
    age = np.where(rng.random(n) < 0.05, None, rng.integers(180, 900, n) / 10)
    return pa.table(
        {
            "id": np.arange(n),
            "y": (rng.random(n) < p).astype(np.int64),
            "p": p,
            "amount": rng.integers(4, 200, n) / 4,
            "region": rng.choice(["north", "south"], n),
            "channel": pa.array(
                rng.choice(["web", None, "x'; --", "rare"], n, p=[0.5, 0.3, 0.195, 0.005]).tolist()
            ),
            "age": pa.array(age.tolist(), pa.float64()),
            "children": rng.integers(0, 4, n),
            "person": rng.integers(0, n // 3, n),
            "name": np.char.add("p'", rng.integers(0, n // 3, n).astype(str)),
            "w": rng.integers(1, 4, n) / 2,
        }
    )


CLUSTERS: dict[str, dict[str, Any]] = {
    "independent rows": {},
    "clusters": {"cluster": "person"},
    "clusters by text and weights": {"cluster": "name", "weight": "w"},
}


@pytest.mark.parametrize("data", CLUSTERS)
@pytest.mark.parametrize("name", ENGINES)
def test_a_search_tells_the_same_as_on_duckdb(name: str, data: str, request: pytest.FixtureRequest) -> None:
    rows, spec = rows_of(), {**SPEC, "data": {**SPEC["data"], **CLUSTERS[data]}}
    expected = payoff.slices(rows, spec, COLUMNS).record
    server = request.getfixturevalue(name)
    found = payoff.slices(there(name, server, "searched", rows), spec, COLUMNS).record
    assert found.choices == expected.choices
    assert (found.searched, found.judged, found.confident) == (
        expected.searched,
        expected.judged,
        expected.confident,
    )
    assert found.losses
    assert [one.slice for one in found.losses] == [one.slice for one in expected.losses]
    for one, other in zip(found.losses, expected.losses, strict=True):
        assert (one.rows, one.clusters, one.events) == (other.rows, other.clusters, other.events)
        for what in ("value", "low", "high", "total"):
            assert getattr(one, what) == pytest.approx(getattr(other, what), rel=ROUNDING)
