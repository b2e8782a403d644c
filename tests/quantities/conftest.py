"""Shops that order pieces of a day's goods: rows, and the spec of their decision."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from payoff.engines import open_engine
from payoff.running import gathering
from payoff.running.gathering import Counted
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec

Columns = dict[str, Any]


def orders(seed: int = 0, shops: int = 6, days: int = 60) -> Columns:
    """Return whole demand with a weekly season, a forecast, what was ordered, an interval, a weight."""
    rng = np.random.default_rng(seed)
    shop, day = (one.ravel() for one in np.meshgrid(np.arange(shops), np.arange(days), indexing="ij"))
    mean = 30 + 8 * shop + 9 * np.sin(2 * np.pi * day / 7)
    demand = np.maximum(0, np.round(rng.normal(mean, 8)))
    n = len(demand)
    forecast = np.maximum(0, np.round(mean + 4 + rng.normal(0, 3, n), 2))
    order = rng.permutation(n)
    found = {
        "id": np.arange(n),
        "shop": np.array([f"s{one}" for one in shop]),
        "day": np.array([date(2026, 1, 1) + timedelta(days=int(one)) for one in day]),
        "demand": demand,
        "forecast": forecast,
        "ordered": np.round(demand[rng.permutation(n)]),
        "low": np.round(mean - 12),
        "high": np.round(mean + 9),
        "weight": rng.choice([0.5, 1.0, 2.0], n),
        "region": np.where(shop % 2 == 0, "north", "south"),
    }
    return {name: column[order] for name, column in found.items()}


def spec_of(*, data: Columns | None = None, **changed: Any) -> Columns:
    """Return the spec of how many pieces to order."""
    spec: Columns = {
        "decision": {"unit": "EUR", "quantity": "pieces"},
        "data": {"outcome": "demand", "id": "id", "time": "day", **(data or {})},
        "value": {"quantity": "margin * least(outcome, quantity) - cost * greatest(quantity - outcome, 0)"},
        "assumptions": {"margin": {"likely": 5, "low": 3, "high": 7}, "cost": 2},
        "model": {
            "name": "net",
            "policy": {"decided": "forecast"},
            "interval": {"low": "low", "high": "high", "covers": 0.8},
        },
        "challengers": {"bolder": {"policy": {"quantity": "1.1 * forecast"}}},
        "baselines": {"recorded": {"decided": "ordered"}, "flat": {"always": 45}},
        "today": "recorded",
        "hurdles": [{"gain": "1 per decision"}],
    }
    return spec | changed


def counted_of(rows: Columns, spec: Columns) -> Counted:
    """Return what the statistics of an evaluation read."""
    with open_engine(pa.table(rows)) as engine:
        return gathering.counted_of(tabulate(load_spec(spec), engine, lambda _: None))


@pytest.fixture
def make_orders() -> Callable[..., Columns]:
    return orders


@pytest.fixture
def make_spec() -> Callable[..., Columns]:
    return spec_of


@pytest.fixture
def count() -> Callable[..., Counted]:
    return counted_of
