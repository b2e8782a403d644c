"""Deepchecks: its suite for model evaluation on one table of scores, as HTML. Most of its checks take a sample."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.script import carry_out
from deepchecks.tabular import Dataset
from deepchecks.tabular.suites import model_evaluation

THRESHOLD = 0.05


def answer(source: str) -> dict[str, Any]:
    """Return how many checks ran and how many failed to; the report is written beside."""
    rows = pd.read_parquet(source, columns=["y", "score", "amount", "country", "segment"])
    rows["y"] = rows["y"].astype(int)
    table = Dataset(rows.drop(columns="score"), label="y", cat_features=["country", "segment"])
    score = rows["score"].to_numpy()
    given = {
        "y_pred_train": (score >= THRESHOLD).astype(int),
        "y_proba_train": np.column_stack([1 - score, score]),
    }
    done = model_evaluation().run(train_dataset=table, **given, model_classes=[0, 1])
    done.save_as_html(str(Path(sys.argv[2]).with_suffix(".html")))
    failed = done.get_not_ran_checks()
    return {"checks": len(done.results), "did not run": [str(one.exception)[:200] for one in failed]}


if __name__ == "__main__":
    carry_out(answer, ["deepchecks", "scikit-learn", "pandas"])
