"""MLflow: ``evaluate`` of a static table with the default classifier evaluator, on labels at a given threshold.

On a table without a model it takes labels only: the scores are not looked at. Its store is a folder of this run.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from benchmarks.script import carry_out

THRESHOLD = 0.05


def answer(source: str) -> dict[str, Any]:
    """Return the metrics of one model's labels."""
    rows = pd.read_parquet(source, columns=["y", "score"])
    table = pd.DataFrame({"y": rows["y"].astype(int), "label": (rows["score"] >= THRESHOLD).astype(int)})
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[2]).parent) as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/runs.db")
        mlflow.set_experiment(experiment_id=mlflow.create_experiment("bench", artifact_location=folder))
        with mlflow.start_run():
            done = mlflow.models.evaluate(
                data=table, targets="y", predictions="label", model_type="classifier", evaluators="default"
            )
        return {key: float(value) for key, value in done.metrics.items()}


if __name__ == "__main__":
    carry_out(answer, ["mlflow", "scikit-learn", "pandas"])
