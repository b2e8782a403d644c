"""Fairlearn: six metrics of one model in the 100 slices of country and segment."""

from typing import Any

import pandas as pd
from benchmarks.script import carry_out
from fairlearn import metrics as fair
from sklearn import metrics

THRESHOLD = 0.05
WANTED = {
    "accuracy": metrics.accuracy_score,
    "precision": metrics.precision_score,
    "recall": fair.true_positive_rate,
    "specificity": fair.true_negative_rate,
    "act_rate": fair.selection_rate,
    "count": fair.count,
}


def answer(source: str) -> dict[str, Any]:
    """Return six metrics by slice."""
    rows = pd.read_parquet(source, columns=["y", "score", "country", "segment"])
    frame = fair.MetricFrame(
        metrics=WANTED,
        y_true=rows["y"],
        y_pred=(rows["score"] >= THRESHOLD).astype(int),
        sensitive_features=rows[["country", "segment"]],
    )
    return {"slices": len(frame.by_group), "overall": frame.overall.to_dict()}


if __name__ == "__main__":
    carry_out(answer, ["fairlearn", "scikit-learn", "pandas"])
