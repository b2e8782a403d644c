"""The rows that every figure is measured on: a rare outcome, two scores, money with a heavy tail, slices, time."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20_261_124
COUNTRIES, SEGMENTS, DAYS = 20, 5, 90
FIRST_DAY = np.datetime64("2026-06-01")
# Every tenth score is rounded to two digits, so that the workload has ties and distinct scores.
TIED_SHARE = 0.1


def make_table(rows: int, seed: int = SEED) -> pa.Table:
    """Return ``rows`` rows with id, y, score, second, amount, country, segment, customer and day.

    About 2% are positive; ``score`` and ``second`` are calibrated estimates of that chance from signals of
    different strength; ``amount`` is lognormal; days ascend.
    """
    rng = np.random.default_rng(seed)
    strong, weak = rng.normal(size=rows), rng.normal(size=rows)
    chance = _logistic(-4.6 + 1.1 * strong + 0.6 * weak)
    positive = rng.random(rows) < chance
    country = rng.choice(COUNTRIES, size=rows, p=_shares(COUNTRIES))
    columns = {
        "id": pa.array(np.arange(rows)),
        "y": pa.array(positive.astype(np.int8)),
        "score": pa.array(_tied(_logistic(-4.45 + 1.1 * strong + 0.3 * weak), rng)),
        "second": pa.array(_tied(_logistic(-4.25 + 0.8 * strong), rng)),
        "amount": pa.array(np.round(rng.lognormal(4.0, 1.0, rows), 2)),
        "country": _labels("c", country, COUNTRIES),
        "segment": _labels("s", rng.integers(SEGMENTS, size=rows), SEGMENTS),
        "customer": pa.array(rng.integers(max(rows // 3, 1), size=rows)),
        "day": pa.array(FIRST_DAY + np.sort(rng.integers(DAYS, size=rows))),
    }
    return pa.table(columns)


def write_workload(path: Path, rows: int) -> Path:
    """Write the table of ``rows`` rows as Parquet, where it is not there yet, and return its path."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(make_table(rows), path)
    return path


def _logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _tied(score: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(len(score)) < TIED_SHARE, np.round(score, 2), score)


def _shares(values: int) -> np.ndarray:
    shares = 1.0 / np.arange(2, values + 2)
    return np.asarray(shares / shares.sum())


def _labels(prefix: str, codes: np.ndarray, values: int) -> pa.Array:
    names = np.array([f"{prefix}{j:02d}" for j in range(values)])
    return pa.array(names[codes])
