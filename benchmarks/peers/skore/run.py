"""skore: the report of an estimator whose probability is the score: metrics and three displays."""

from typing import Any

import numpy as np
import pandas as pd
from benchmarks.script import carry_out
from sklearn.base import BaseEstimator, ClassifierMixin
from skore import EstimatorReport


class Scored(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose only feature is the probability that it gives."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Scored":
        """Remember the classes."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the score as it is."""
        score = np.asarray(X)[:, 0]
        return np.column_stack([1 - score, score])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the class at a probability of one half."""
        return (np.asarray(X)[:, 0] >= 0.5).astype(int)


def answer(source: str) -> dict[str, Any]:
    """Return the summary; three displays are computed and drawn."""
    rows = pd.read_parquet(source, columns=["y", "score"])
    x, y = rows[["score"]], rows["y"].to_numpy().astype(int)
    report = EstimatorReport(Scored().fit(x, y), X_test=x, y_test=y, pos_label=1)
    summary = report.metrics.summarize().frame()
    for display in (
        report.metrics.roc(),
        report.metrics.precision_recall(),
        report.metrics.confusion_matrix(),
    ):
        display.plot()
    return {str(key): str(value) for key, value in summary.items()}


if __name__ == "__main__":
    carry_out(answer, ["skore", "scikit-learn", "pandas"])
