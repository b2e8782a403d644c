"""torchmetrics: decision metrics, AUC, average precision, both curves and calibration error of two models."""

from typing import Any

import pyarrow.parquet as pq
import torch
from benchmarks.script import carry_out
from torchmetrics.functional import classification as of

MODELS, THRESHOLD = ("score", "second"), 0.05


def answer(source: str) -> dict[str, Any]:
    """Return the metrics of both models, on two threads."""
    torch.set_num_threads(2)
    rows = pq.read_table(source, columns=["y", *MODELS])
    y = torch.from_numpy(rows["y"].to_numpy()).int()
    found = {}
    for name in MODELS:
        score = torch.from_numpy(rows[name].to_numpy())
        alarms, recall, _ = of.binary_roc(score, y)
        precision, _, _ = of.binary_precision_recall_curve(score, y)
        found[name] = {
            "accuracy": of.binary_accuracy(score, y, threshold=THRESHOLD).item(),
            "precision": of.binary_precision(score, y, threshold=THRESHOLD).item(),
            "recall": of.binary_recall(score, y, threshold=THRESHOLD).item(),
            "f1": of.binary_f1_score(score, y, threshold=THRESHOLD).item(),
            "roc_auc": of.binary_auroc(score, y).item(),
            "average_precision": of.binary_average_precision(score, y).item(),
            "calibration_error": of.binary_calibration_error(score, y).item(),
            "points": [len(alarms), len(recall), len(precision)],
        }
    return found


if __name__ == "__main__":
    carry_out(answer, ["torchmetrics", "torch", "pyarrow"])
