"""NannyML: eight metrics and business value of each model by day, realised and estimated, with its confidence bands.

The first 30 days are its reference, the other 60 its chunks. Value is the average worth of each cell of the confusion
matrix, as it knows no amount per row. At a threshold given to it; no baseline and no slice.
"""

from typing import Any

import nannyml
import numpy as np
import pandas as pd
from benchmarks.script import carry_out

MODELS = ("score", "second")
THRESHOLD, COST, LOST, REFERENCE_DAYS = 0.05, 2.0, 0.1, 30
METRICS = [
    "roc_auc",
    "average_precision",
    "f1",
    "precision",
    "recall",
    "specificity",
    "accuracy",
    "confusion_matrix",
    "business_value",
]


def answer(source: str) -> dict[str, Any]:
    """Return for both models how many figures came out, and those of the last day."""
    rows = pd.read_parquet(source, columns=["y", "amount", "day", *MODELS])
    rows["day"] = pd.to_datetime(rows["day"])
    return {name: by_day(rows, name) for name in MODELS}


def by_day(rows: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return what came out for one model."""
    rows = rows[["y", "amount", "day"]].assign(score=rows[name])
    rows["label"] = (rows["score"] >= THRESHOLD).astype("int8")
    mean = rows.loc[rows["y"] == 1, "amount"].mean()
    worth = np.array([[0.0, -COST], [-mean, -LOST * mean - COST]])
    settings = {
        "y_true": "y",
        "y_pred": "label",
        "y_pred_proba": "score",
        "timestamp_column_name": "day",
        "chunk_period": "D",
        "metrics": METRICS,
        "problem_type": "classification_binary",
        "business_value_matrix": worth,
    }
    last = rows["day"].min() + pd.Timedelta(days=REFERENCE_DAYS)
    reference, analysis = rows[rows["day"] < last], rows[rows["day"] >= last]
    found = {}
    for name, kind in (("realised", nannyml.PerformanceCalculator), ("estimated", nannyml.CBPE)):
        fitted = kind(**settings).fit(reference)
        part = fitted.calculate(analysis) if name == "realised" else fitted.estimate(analysis)
        table = part.to_df()
        found[name] = {"figures": int(table.size), "last": [str(cell) for cell in table.iloc[-1]]}
    return found


if __name__ == "__main__":
    carry_out(answer, ["nannyml", "scikit-learn", "pandas"])
