"""Evidently: the classification report of one model, every chart it has, as HTML and JSON.

One model at a threshold given to it; no second model, no baseline, no value, no slice and no interval is asked, as
the report has none of them.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from benchmarks.script import carry_out
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset

THRESHOLD = 0.05


def answer(source: str) -> dict[str, Any]:
    """Return the report's metrics; its HTML is written beside."""
    rows = pd.read_parquet(source, columns=["y", "score"])
    rows["label"] = (rows["score"] >= THRESHOLD).astype("int8")
    roles = BinaryClassification(
        target="y", prediction_labels="label", prediction_probas="score", pos_label=1
    )
    dataset = Dataset.from_pandas(rows, data_definition=DataDefinition(classification=[roles]))
    snapshot = Report([ClassificationPreset(probas_threshold=THRESHOLD)]).run(dataset, None)
    snapshot.save_html(str(Path(sys.argv[2]).with_suffix(".html")))
    return snapshot.dict()


if __name__ == "__main__":
    carry_out(answer, ["evidently", "scikit-learn", "pandas"])
