"""Evidently: the classification report of each model, every chart it has, as HTML and JSON.

At a threshold given to it; no baseline, no value, no slice and no interval is asked, as the report has none of them.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from benchmarks.script import carry_out
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset

MODELS = ("score", "second")
THRESHOLD = 0.05


def answer(source: str) -> dict[str, Any]:
    """Return the metrics of both reports; their HTML is written beside."""
    rows = pd.read_parquet(source, columns=["y", *MODELS])
    return {name: report(rows, name) for name in MODELS}


def report(rows: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return the metrics of one model's report."""
    judged = pd.DataFrame({"y": rows["y"], "score": rows[name]})
    judged["label"] = (judged["score"] >= THRESHOLD).astype("int8")
    roles = BinaryClassification(
        target="y", prediction_labels="label", prediction_probas="score", pos_label=1
    )
    dataset = Dataset.from_pandas(judged, data_definition=DataDefinition(classification=[roles]))
    snapshot = Report([ClassificationPreset(probas_threshold=THRESHOLD)]).run(dataset, None)
    snapshot.save_html(str(Path(sys.argv[2]).with_suffix(f".{name}.html")))
    return snapshot.dict()


if __name__ == "__main__":
    carry_out(answer, ["evidently", "scikit-learn", "pandas"])
