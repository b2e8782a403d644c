"""dcurves: net benefit of two models, of treating all and of treating none at 99 thresholds."""

from typing import Any

import numpy as np
import pandas as pd
from benchmarks.script import carry_out
from dcurves import dca

MODELS = ["score", "second"]


def answer(source: str) -> dict[str, Any]:
    """Return net benefit by model and threshold."""
    rows = pd.read_parquet(source, columns=["y", *MODELS])
    found = dca(data=rows, outcome="y", modelnames=MODELS, thresholds=np.arange(0.01, 1.0, 0.01))
    return {name: part["net_benefit"].tolist() for name, part in found.groupby("model")}


if __name__ == "__main__":
    carry_out(answer, ["dcurves", "pandas"])
