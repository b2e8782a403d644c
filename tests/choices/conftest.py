"""Counted rows with one score, as fixtures."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from payoff.engines import open_engine
from payoff.running import gathering
from payoff.running.gathering import Counted
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec

Columns = dict[str, np.ndarray]


def rows_of(seed: int, n: int = 2000, digits: int = 6) -> Columns:
    """Return outcomes that follow a score, and amounts in quarters."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(1.5, 4.0, n), digits)
    return {
        "y": (rng.random(n) < p).astype(np.int64),
        "p": p,
        "amount": rng.integers(4, 200, n) / 4,
        "seen": rng.choice(["yes", "no"], n),
    }


def spec_of(at: Any, value: dict[str, Any] | None = None, **model: Any) -> dict[str, Any]:
    """Return a spec with one threshold and a baseline that varies by row."""
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": value or {"act": "(case when outcome then amount else 0 end) - 8", "skip": 0},
        "model": {
            "name": "m",
            "score": "p",
            "score_is": "probability",
            "policy": {"threshold": at, **model},
        },
        "baselines": {"recorded": {"decided": "seen", "as": {"yes": "act", "no": "skip"}}},
        "today": "recorded",
    }


def counted_of(spec: dict[str, Any], columns: Columns) -> Counted:
    with open_engine(pa.table(columns)) as engine:
        return gathering.counted_of(tabulate(load_spec(spec), engine, lambda _: None))


@pytest.fixture
def make_rows() -> Callable[..., Columns]:
    return rows_of


@pytest.fixture
def make_spec() -> Callable[..., dict[str, Any]]:
    return spec_of


@pytest.fixture
def count() -> Callable[[dict[str, Any], Columns], Counted]:
    return counted_of
