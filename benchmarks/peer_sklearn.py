"""The peer: scikit-learn and pandas compute the same metrics as bare points, without one interval.

Run as ``python benchmarks/peer_sklearn.py ROWS.parquet OUT.json``. Thresholds are given; payoff looks for its own.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

THRESHOLDS = {"score": 0.05, "second": 0.05}
LARGE, COST, LOST = 200.0, 2.0, 0.1
CURVE_POINTS = 201


def main(source: str, target: str) -> None:
    """Write every number and curve of both models as JSON."""
    wanted = ["y", "amount", "country", "day", *THRESHOLDS]
    rows = pd.read_parquet(source, columns=wanted)
    found: dict[str, Any] = {name: of_model(rows, name, at) for name, at in THRESHOLDS.items()}
    found["value"] = of_money(rows)
    found["slices"] = {
        country: of_decisions(part["y"].to_numpy(), (part["score"] >= THRESHOLDS["score"]).to_numpy())
        for country, part in rows.groupby("country")
    }
    Path(target).write_text(json.dumps(found), encoding="utf-8")


def of_model(rows: pd.DataFrame, name: str, threshold: float) -> dict[str, Any]:
    """Return the metrics and curves of one model on all rows."""
    y, score = rows["y"].to_numpy(), rows[name].to_numpy()
    acted = score >= threshold
    scores = {
        "roc_auc": metrics.roc_auc_score(y, score),
        "average_precision": metrics.average_precision_score(y, score),
        "log_loss": metrics.log_loss(y, score),
        "brier": metrics.brier_score_loss(y, score),
    }
    alarms, recall, _ = metrics.roc_curve(y, score)
    precision, sensitivity, _ = metrics.precision_recall_curve(y, score)
    recalibrated = IsotonicRegression(out_of_bounds="clip").fit(score, y).predict(score)
    scores["calibration_error"] = scores["brier"] - metrics.brier_score_loss(y, recalibrated)
    return {
        **of_decisions(y, acted),
        **scores,
        "roc": [thinned(alarms), thinned(recall)],
        "precision_recall": [thinned(sensitivity), thinned(precision)],
        "calibration": [thinned(np.sort(score)), thinned(np.sort(recalibrated))],
    }


def of_decisions(y: np.ndarray, acted: np.ndarray) -> dict[str, float]:
    """Return the metrics of one set of decisions."""
    return {
        "precision": float(metrics.precision_score(y, acted, zero_division=0)),
        "recall": float(metrics.recall_score(y, acted, zero_division=0)),
        "f1": float(metrics.f1_score(y, acted, zero_division=0)),
        "accuracy": float(metrics.accuracy_score(y, acted)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(y, acted)),
        "matthews_corrcoef": float(metrics.matthews_corrcoef(y, acted)),
    }


def of_money(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the value of two models and three baselines: in all, by country and by day."""
    positive = rows["y"] == 1
    acting = np.where(positive, -LOST * rows["amount"] - COST, -COST)
    passing = np.where(positive, -rows["amount"], 0.0)
    acts = {name: rows[name] >= at for name, at in THRESHOLDS.items()}
    acts |= {"nobody": False, "everybody": True, "large": rows["amount"] > LARGE}
    worth = pd.DataFrame({name: np.where(act, acting, passing) for name, act in acts.items()})
    return {
        "all": worth.sum().to_dict(),
        "by_country": worth.groupby(rows["country"]).sum().to_dict(),
        "by_day": {str(day): value for day, value in worth.groupby(rows["day"])["score"].sum().items()},
    }


def thinned(curve: np.ndarray) -> list[float]:
    """Return a curve at points enough to draw."""
    picked = np.linspace(0, len(curve) - 1, CURVE_POINTS).round().astype(int)
    return [float(point) for point in curve[picked]]


if __name__ == "__main__":
    main(*sys.argv[1:])
