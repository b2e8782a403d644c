"""Specs, decisions and rows that plans are tested with."""

from typing import Any

import numpy as np
import pyarrow as pa

import payoff

# Exact sums of quanta and a few quotients on either side.
ROUNDING = 1e-9
# Points of the frontier are whole percents of recall: rows of 100 positives hit them exactly.
POSITIVES, NEGATIVES = 100, 900
VOLUME = 5_000


def spec_of(**more: Any) -> dict[str, Any]:
    found = {
        "decision": {"name": "Call", "unit": "EUR", "volume": f"{VOLUME} per year"},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then 60 else 0 end - 5", "skip": 0},
        "today": "nobody",
        "hurdles": [
            {"name": "pays", "gain": "8000 per year"},
            {"name": "pays well", "gain": "2 per decision", "over": "everybody", "confidence": 0.8},
        ],
        **more,
    }
    return {key: value for key, value in found.items() if value is not None}


def decided(hits: int, alarms: int) -> pa.Table:
    sizes = [hits, alarms, POSITIVES - hits, NEGATIVES - alarms]
    return pa.table({"y": np.repeat([1, 0, 1, 0], sizes), "p": np.repeat([0.9, 0.9, 0.1, 0.1], sizes)})


def gain(rows: Any, spec: dict[str, Any], over: str, per: str) -> float:
    model = {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}}
    found = payoff.evaluate(rows, {**spec, "model": model, "hurdles": []}).estimates
    return next(
        one.value for one in found if (one.metric, one.of, one.over, one.per) == ("gain", "new", over, per)
    )


def hurdle(plan: Any, name: str) -> Any:
    return next(one for one in plan.record.hurdles if one.name == name)


def rows_with_amounts(n: int = 2_000) -> pa.Table:
    rng = np.random.default_rng(2)
    y = rng.random(n) < 0.15
    return pa.table(
        {
            "id": np.arange(n),
            "y": y.astype(np.int64),
            "amount": np.round(rng.gamma(2.0, 40.0, n) * (1 + y), 2),
            "region": rng.choice(["north", "south", "west"], n),
            "seen": np.where(rng.random(n) < 0.3 + 0.4 * y, "yes", "no"),
            "older": np.round(np.clip(0.2 * y + rng.random(n) * 0.8, 0, 1), 3),
        }
    )


def with_a_hole() -> pa.Table:
    rows = rows_with_amounts(50)
    amounts = pa.array([None, *rows["amount"].to_pylist()[1:]])
    return rows.set_column(rows.column_names.index("amount"), "amount", amounts)


AMOUNTS: dict[str, Any] = {
    "decision": {"name": "Stop", "unit": "EUR", "volume": "2000 per year"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "case when outcome then margin * amount else 0 end - cost", "skip": 0},
    "assumptions": {"margin": {"likely": 0.5, "low": 0.4, "high": 0.6}, "cost": 8},
    "baselines": {
        "rule": {"when": "amount > 90", "do": "act"},
        "recorded": {"decided": "seen", "as": {"yes": "act", "no": "skip"}},
        "old": {"score": "older", "score_is": "probability", "threshold": 0.5},
        "coin": {"random": 0.25},
    },
    "today": "rule",
}


def with_hurdles(*overs: str) -> dict[str, Any]:
    return {**AMOUNTS, "hurdles": [{"name": over, "gain": "100 per year", "over": over} for over in overs]}
