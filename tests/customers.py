"""Made-up customers and a spec over them, for tests that evaluate."""

from typing import Any

import numpy as np

Columns = dict[str, Any]


def rows_of(seed: int, n: int = 1_200) -> Columns:
    """Return columns of customers with outcomes, two scores, amounts, recorded decisions and clusters."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, n // 3, n)
    skill = 0.8 * rng.normal(0, 1, n // 3)[person] + 0.6 * rng.normal(0, 1, n)
    outcome = rng.random(n) < 1 / (1 + np.exp(1.5 - skill))
    return {
        "id": np.array([f"c{j:05d}" for j in range(n)]),
        "y": outcome.astype(np.int64),
        "p": np.round(1 / (1 + np.exp(1.5 - skill + rng.normal(0, 0.7, n))), 3),
        "older": np.round(1 / (1 + np.exp(1.5 - skill + rng.normal(0, 1.5, n))), 3),
        "amount": np.round(rng.gamma(2.0, 40.0, n), 2),
        "region": rng.choice(["north", "south", "west"], n // 3)[person],
        "seen": rng.choice(["yes", "no"], n),
        "person": person,
    }


def spec_of(threshold: Any = "best", **data: str) -> dict[str, Any]:
    """Return a spec over ``rows_of`` that uses most of what a spec can say."""
    return {
        "decision": {"unit": "EUR", "volume": "12000 per year"},
        "data": {"outcome": "y", **data},
        "value": {"act": "case when outcome then margin * amount else 0 end - cost", "skip": 0},
        "assumptions": {"margin": {"likely": 0.5, "low": 0.4, "high": 0.6}, "cost": 8},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": threshold}},
        "challengers": {"old": {"score": "older", "score_is": "probability", "policy": {"threshold": 0.3}}},
        "baselines": {
            "rule": {"when": "amount > 90", "do": "act"},
            "recorded": {"decided": "seen", "as": {"yes": "act", "no": "skip"}},
            "coin": {"random": 0.25},
        },
        "today": "rule",
        "hurdles": [{"name": "worth it", "gain": "100 per year", "over": "today", "confidence": 0.9}],
        "guardrails": [{"metric": "recall", "at_least": 0.2}],
        "slices": ["region"],
    }
