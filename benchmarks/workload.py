"""The rows that every figure is measured on: a rare outcome, two scores, money with a heavy tail, slices, time.

They are written batch by batch, a row group each, so that memory does not grow with their number. Every column of
every batch has a generator of its own, seeded by its place: the same rows come out at any time, and a smaller table
is the beginning of a larger one but for ``customer`` and ``day``, which spread over all rows.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20_261_124
BATCH = 250_000
COUNTRIES, SEGMENTS, STORES, DAYS = 20, 5, 1_200, 90
FIRST_DAY = np.datetime64("2026-06-01")
# Every tenth score is rounded to two digits, so that the workload has ties and distinct scores. What would be
# zero is not: a certain score that is wrong has no log loss.
TIED_SHARE, LEAST_TIED = 0.1, 0.005
# The order is part of the seed: a new column goes to the end.
DRAWN = (
    "strong",
    "weak",
    "chance",
    "country",
    "segment",
    "store",
    "amount",
    "customer",
    "score ties",
    "second ties",
)


def make_batch(number: int, first: int, rows: int, of: int, seed: int = SEED) -> pa.Table:
    """Return ``rows`` rows from row ``first`` on, batch ``number`` of a table of ``of`` rows.

    About 2% are positive; ``score`` and ``second`` are calibrated estimates of that chance from signals of
    different strength; ``amount`` is lognormal; days ascend.
    """
    rng = {name: np.random.default_rng([seed, number, place]) for place, name in enumerate(DRAWN)}
    strong, weak = rng["strong"].normal(size=rows), rng["weak"].normal(size=rows)
    positive = rng["chance"].random(rows) < _logistic(-4.6 + 1.1 * strong + 0.6 * weak)
    country = np.searchsorted(np.cumsum(_shares(COUNTRIES)), rng["country"].random(rows))
    store = np.floor(STORES * rng["store"].random(rows) ** 2).astype(np.int64)
    place = np.arange(first, first + rows)
    columns = {
        "id": pa.array(place),
        "y": pa.array(positive.astype(np.int8)),
        "score": pa.array(_tied(_logistic(-4.45 + 1.1 * strong + 0.3 * weak), rng["score ties"])),
        "second": pa.array(_tied(_logistic(-4.25 + 0.8 * strong), rng["second ties"])),
        "amount": pa.array(np.round(rng["amount"].lognormal(4.0, 1.0, rows), 2)),
        "country": _labels("c", np.minimum(country, COUNTRIES - 1), COUNTRIES),
        "segment": _labels("s", rng["segment"].integers(SEGMENTS, size=rows), SEGMENTS),
        "store": _labels("t", store, STORES),
        "customer": pa.array(rng["customer"].integers(max(of // 3, 1), size=rows)),
        "day": pa.array(FIRST_DAY + place * DAYS // of),
    }
    return pa.table(columns)


def batches(rows: int, seed: int = SEED) -> Iterator[pa.Table]:
    """Yield a table of ``rows`` rows in batches."""
    for number, first in enumerate(range(0, rows, BATCH)):
        yield make_batch(number, first, min(BATCH, rows - first), rows, seed)


def write_workload(path: Path, rows: int) -> Path:
    """Write the table of ``rows`` rows as Parquet, where it is not there yet, and return its path."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        schema = make_batch(0, 0, 1, 1).schema
        with pq.ParquetWriter(unfinished, schema) as writer:
            for batch in batches(rows):
                writer.write_table(batch, row_group_size=BATCH)
        unfinished.replace(path)
    return path


def _logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _tied(score: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(len(score)) < TIED_SHARE, np.maximum(np.round(score, 2), LEAST_TIED), score)


def _shares(values: int) -> np.ndarray:
    shares = 1.0 / np.arange(2, values + 2)
    return np.asarray(shares / shares.sum())


def _labels(prefix: str, codes: np.ndarray, values: int) -> pa.Array:
    width = len(str(values - 1))
    names = np.array([f"{prefix}{j:0{width}d}" for j in range(values)])
    return pa.array(names[codes])


if __name__ == "__main__":
    write_workload(Path(sys.argv[1]), int(sys.argv[2]))
