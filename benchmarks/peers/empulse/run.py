"""empulse: cost, savings and the best threshold of two models, with a cost of its own for every row."""

from typing import Any

import pandas as pd
from benchmarks.script import carry_out
from empulse import metrics

MODELS, COST, LOST, THRESHOLD = ("score", "second"), 2.0, 0.1, 0.05


def answer(source: str) -> dict[str, Any]:
    """Return the value scalars of both models."""
    rows = pd.read_parquet(source, columns=["y", "amount", *MODELS])
    y, amount = rows["y"].to_numpy(), rows["amount"].to_numpy()
    costs = {"tp_cost": LOST * amount + COST, "fp_cost": COST, "fn_cost": amount, "tn_cost": 0.0}
    found = {}
    for name in MODELS:
        score = rows[name].to_numpy()
        acted = (score >= THRESHOLD).astype(float)
        found[name] = {
            "cost": float(metrics.cost_loss(y, acted, **costs)),
            "expected_cost": float(metrics.expected_cost_loss(y, score, **costs)),
            "savings": float(metrics.savings_score(y, acted, **costs)),
            "expected_savings": float(metrics.expected_savings_score(y, score, **costs)),
            "max_profit": float(
                metrics.max_profit_score(
                    y, score, tp_cost=COST - float(amount[y == 1].mean()) * (1 - LOST), fp_cost=COST
                )
            ),
        }
    return found


if __name__ == "__main__":
    carry_out(answer, ["empulse", "scikit-learn", "pandas"])
