"""Rows and specs of many classes and actions, and the same money by a loop over rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, Any]
Floats = NDArray[np.float64]

CLASSES = ("paid", "late", "default")
ACTIONS = ("approve", "refer", "decline")
RATE, LOSS, FEE = 0.08, 0.5, 40.0
VALUES = {
    "approve": "case when outcome = 'paid' then rate * amount when outcome = 'late' then 0.02 * amount "
    "else -loss * amount end",
    "refer": "case when outcome = 'paid' then 0.8 * rate * amount when outcome = 'late' then 0.01 * amount "
    "else -0.3 * loss * amount end - fee",
    "decline": "0",
}
CONSTANT = {
    "approve": "case outcome when 'paid' then 100 when 'late' then 10 else -1000 * loss end",
    "refer": "case outcome when 'paid' then 70 when 'late' then 5 else -300 * loss end - fee / 4",
    "decline": "0",
}


def rows_of(seed: int, n: int = 1_500, *, weights: bool = False) -> Columns:
    """Return loans with an outcome of three classes, its probabilities, recorded decisions and clusters."""
    rng = np.random.default_rng(seed)
    state = rng.choice(3, n, p=[0.65, 0.22, 0.13])
    logit = rng.normal(0, 1, (n, 3)) + 1.3 * np.eye(3)[state]
    p = np.exp(logit)
    p /= p.sum(axis=1, keepdims=True)
    recorded = np.where(p[:, 0] > 0.6, "A", np.where(rng.random(n) < 0.5, "R", "D"))
    out = {
        "id": np.arange(n),
        "y": np.array(CLASSES)[state],
        "amount": np.round(rng.lognormal(8.0, 0.5, n), 2),
        "seen": recorded,
        "region": rng.choice(["north", "south"], n),
        "person": rng.integers(0, n // 4, n),
        **{f"p_{name}": p[:, k] for k, name in enumerate(CLASSES)},
    }
    return out | ({"w": rng.integers(1, 4, n) / 2} if weights else {})


def spec_of(value: Mapping[str, str] = VALUES, **data: Any) -> dict[str, Any]:
    """Return a spec over ``rows_of`` with every kind of policy."""
    return {
        "payoff": 1,
        "decision": {"unit": "EUR", "volume": "10000 per year", "actions": list(ACTIONS)},
        "data": {"outcome": "y", "classes": list(CLASSES), "id": "id"} | data,
        "value": dict(value),
        "assumptions": {
            "rate": {"likely": RATE, "low": 0.06, "high": 0.1},
            "loss": {"likely": LOSS, "low": 0.4, "high": 0.6},
            "fee": FEE,
        },
        "model": {
            "name": "m",
            "scores": {name: f"p_{name}" for name in CLASSES},
            "policy": {"maximise": "expected value"},
        },
        "challengers": {
            "ladder": {
                "score": "p_paid",
                "policy": {"thresholds": {"approve": 0.6, "refer": 0.3}, "otherwise": "decline"},
            }
        },
        "baselines": {
            "agents": {"decided": "seen", "as": {"A": "approve", "R": "refer", "D": "decline"}},
            "small": {"when": "amount > 3000", "do": "refer", "otherwise": "approve"},
            "lot": {"random": 0.3, "do": "refer", "otherwise": "approve"},
        },
        "today": "agents",
        "hurdles": [{"name": "worth it", "gain": "100 per year", "over": "today", "confidence": 0.9}],
    }


def worth_by_class(rows: Columns, *, constant: bool = False) -> Floats:
    """Return (n, C, A) what each action is worth in a row of each class."""
    amount = rows["amount"]
    if constant:
        table = np.array([[100.0, 70.0], [10.0, 5.0], [-1000 * LOSS, -300 * LOSS]]) - np.array([0.0, FEE / 4])
        return np.broadcast_to(np.column_stack([table, np.zeros(3)]), (len(amount), 3, 3))
    approve = np.stack([RATE * amount, 0.02 * amount, -LOSS * amount], axis=1)
    refer = np.stack([0.8 * RATE * amount, 0.01 * amount, -0.3 * LOSS * amount], axis=1) - FEE
    return np.stack([approve, refer, np.zeros_like(refer)], axis=2)


def states_of(rows: Columns) -> NDArray[np.int64]:
    """Return (n,) the number of the class of each row."""
    return np.array([CLASSES.index(one) for one in rows["y"]])


def probabilities(rows: Columns) -> Floats:
    """Return (n, C)."""
    return np.stack([rows[f"p_{name}"] for name in CLASSES], axis=1)


def shares_of(rows: Columns, *, constant: bool = False) -> dict[str, Floats]:
    """Return policy -> (n, A) the share with which it takes each action, decided row by row."""
    one, n = np.eye(3), len(rows["y"])
    expected = np.einsum("nc,nca->na", probabilities(rows), worth_by_class(rows, constant=constant))
    # Of two that are expected to bring the same the later one: nothing is done without a gain to be had.
    best = np.array([2 - int(np.argmax(row[::-1])) for row in expected])
    p = rows["p_paid"]
    return {
        "m": one[best],
        "ladder": one[np.where(p >= 0.6, 0, np.where(p >= 0.3, 1, 2))],
        "agents": one[np.array([{"A": 0, "R": 1, "D": 2}[text] for text in rows["seen"]])],
        "small": one[np.where(rows["amount"] > 3000, 1, 0)],
        "lot": np.tile([0.7, 0.3, 0.0], (n, 1)),
        "everybody": np.tile(one[0], (n, 1)),
        "always refer": np.tile(one[1], (n, 1)),
        "nobody": np.tile(one[2], (n, 1)),
    }
