"""scikit-learn, NumPy and pandas: the same numbers as bare points, without one interval.

Both models get every metric, their curves and the threshold of the highest value; three baselines get their value;
120 slices get value, precision and recall, from sums by group as a careful analyst would take them.
"""

from typing import Any

import numpy as np
import pandas as pd
from benchmarks.script import carry_out
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression

MODELS = ("score", "second")
LARGE, COST, LOST = 200.0, 2.0, 0.1
CURVE_POINTS, BINS = 201, 20


def answer(source: str) -> dict[str, Any]:
    """Return every number and curve of both models."""
    rows = pd.read_parquet(source, columns=["y", "amount", "country", "segment", "day", *MODELS])
    y, amount = rows["y"].to_numpy(), rows["amount"].to_numpy()
    acting, passing = np.where(y == 1, -LOST * amount - COST, -COST), np.where(y == 1, -amount, 0.0)
    thresholds = {name: best_threshold(rows[name].to_numpy(), acting - passing) for name in MODELS}
    acts = {name: (rows[name] >= at).to_numpy() for name, at in thresholds.items()}
    baselines = {
        "nobody": np.zeros(len(y), bool),
        "everybody": np.ones(len(y), bool),
        "large": amount > LARGE,
    }
    found: dict[str, Any] = {name: of_scores(y, rows[name].to_numpy()) for name in MODELS}
    found |= {f"decisions of {name}": of_decisions(y, act) for name, act in {**acts, **baselines}.items()}
    worth = {name: np.where(act, acting, passing) for name, act in {**acts, **baselines}.items()}
    return found | {"thresholds": thresholds, "value": of_money(rows, worth), "slices": of_slices(rows, acts)}


def best_threshold(score: np.ndarray, gains: np.ndarray) -> float:
    """Return the score from which on acting is worth most on these rows."""
    order = np.argsort(-score)
    ranked = score[order]
    last = np.r_[ranked[1:] != ranked[:-1], True]
    return float(ranked[last][np.argmax(np.cumsum(gains[order])[last])])


def of_scores(y: np.ndarray, score: np.ndarray) -> dict[str, Any]:
    """Return the metrics and curves of one score on all rows."""
    alarms, recall, _ = metrics.roc_curve(y, score)
    precision, sensitivity, _ = metrics.precision_recall_curve(y, score)
    recalibrated = IsotonicRegression(out_of_bounds="clip").fit(score, y).predict(score)
    brier = metrics.brier_score_loss(y, score)
    return {
        "roc_auc": metrics.roc_auc_score(y, score),
        "average_precision": metrics.average_precision_score(y, score),
        "log_loss": metrics.log_loss(y, score),
        "brier": brier,
        "calibration_error": brier - metrics.brier_score_loss(y, recalibrated),
        "in_the_large": float(score.mean() - y.mean()),
        "reliability": [
            part.tolist() for part in calibration_curve(y, score, n_bins=BINS, strategy="quantile")
        ],
        "roc": [thinned(alarms), thinned(recall)],
        "precision_recall": [thinned(sensitivity), thinned(precision)],
        "calibration": [thinned(np.sort(score)), thinned(np.sort(recalibrated))],
    }


def of_decisions(y: np.ndarray, acted: np.ndarray) -> dict[str, float]:
    """Return the metrics of one set of decisions, all from one confusion matrix where that gives them."""
    (tn, fp), (fn, tp) = metrics.confusion_matrix(y, acted).tolist()
    return {
        "precision": tp / max(tp + fp, 1),
        "recall": tp / (tp + fn),
        "specificity": tn / (tn + fp),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "accuracy": (tp + tn) / len(y),
        "balanced_accuracy": (tp / (tp + fn) + tn / (tn + fp)) / 2,
        "matthews_corrcoef": float(metrics.matthews_corrcoef(y, acted)),
    }


def of_money(rows: pd.DataFrame, worth: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the value of two models and three baselines: in all, by slice and by day."""
    table = pd.DataFrame(worth)
    by = [rows["country"], rows["segment"]]
    return {
        "all": table.sum().to_dict(),
        "by_country": table.groupby(by[0]).sum().to_dict(),
        "by_both": {name: each.tolist() for name, each in table.groupby(by).sum().items()},
        "by_day": {str(day): value for day, value in table.groupby(rows["day"])["score"].sum().items()},
    }


def of_slices(rows: pd.DataFrame, acts: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return precision and recall of both models in 120 slices."""
    out = {}
    for name in MODELS:
        counts = pd.DataFrame({"y": rows["y"], "act": acts[name], "hit": acts[name] & (rows["y"] == 1)})
        for by in (["country"], ["country", "segment"]):
            sums = counts.groupby([rows[column] for column in by]).sum()
            shares = {"precision": sums["hit"] / sums["act"], "recall": sums["hit"] / sums["y"]}
            out[f"{name} by {' and '.join(by)}"] = {each: part.tolist() for each, part in shares.items()}
    return out


def thinned(curve: np.ndarray) -> list[float]:
    """Return a curve at points enough to draw."""
    picked = np.linspace(0, len(curve) - 1, CURVE_POINTS).round().astype(int)
    return [float(point) for point in curve[picked]]


if __name__ == "__main__":
    carry_out(answer, ["scikit-learn", "numpy", "pandas", "pyarrow"])
