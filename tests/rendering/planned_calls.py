"""One decision to plan for, and rows of it, for all tests that tell plans."""

from typing import Any

import numpy as np
import pyarrow as pa


def spec_of(name: str = "Call", **more: Any) -> dict[str, Any]:
    """Return a spec of two hurdles that names no model."""
    return {
        "decision": {"name": name, "unit": "EUR", "volume": "5000 per year", "actions": ["call", "skip"]},
        "data": {"outcome": "y", "id": "id"},
        "value": {"call": "case when outcome then worth else 0 end - price", "skip": 0},
        "assumptions": {
            "worth": {"likely": 60, "low": 50, "high": 80},
            "price": {"likely": 5, "low": 3, "high": 6},
        },
        "today": "nobody",
        "hurdles": [
            {"name": "pilot", "gain": "8000 per year", "unlocks": "one region"},
            {"name": "roll-out", "gain": "90000 per year"},
        ],
        **more,
    }


def rows() -> pa.Table:
    """Return 900 rows with a score, a column that tells a little, and three rows to a customer."""
    rng = np.random.default_rng(1)
    y = rng.random(900) < 0.1
    return pa.table(
        {
            "id": np.arange(900),
            "y": y.astype(int),
            "p": np.clip(0.3 * y + rng.random(900) * 0.7, 0, 1),
            "age": rng.integers(18, 80, 900) + 10 * y,
            "who": np.arange(900) // 3,
        }
    )
