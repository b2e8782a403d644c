"""confidenceinterval: AUC by DeLong, precision, recall and F1 with analytic intervals, of two models."""

from typing import Any

import confidenceinterval
import pandas as pd
from benchmarks.script import carry_out

MODELS, THRESHOLD = ("score", "second"), 0.05


def answer(source: str) -> dict[str, Any]:
    """Return four metrics of each model, each with its interval."""
    rows = pd.read_parquet(source, columns=["y", *MODELS])
    y = rows["y"].to_numpy()
    found = {}
    for name in MODELS:
        score = rows[name].to_numpy()
        acted = (score >= THRESHOLD).astype(int)
        found[name] = {
            "roc_auc": confidenceinterval.roc_auc_score(y, score),
            "precision": confidenceinterval.precision_score(y, acted, average="binary", method="wilson"),
            "recall": confidenceinterval.recall_score(y, acted, average="binary", method="wilson"),
            "f1": confidenceinterval.f1_score(y, acted, average="binary"),
        }
    return found


if __name__ == "__main__":
    carry_out(answer, ["confidenceinterval", "scikit-learn", "pandas"])
