"""The rows and questions of the benchmarks: the same at any time, of bounded batches, and as they are said to be."""

import doctest
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import payoff
from benchmarks import laws, plots, processes, sizes, specs, starting, turns, workload

SPREAD = ("customer", "day")
# Two percent of 300,000 rows with a standard deviation of 80 rows: far inside.
LEAST_SHARE, MOST_SHARE = 0.01, 0.03
FULL_BATCH_AND_MORE = workload.BATCH + 50_000


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workload")
    return workload.write_workload(folder / "rows.parquet", FULL_BATCH_AND_MORE)


def test_a_smaller_table_is_the_beginning_of_a_larger_one_but_for_what_spreads(rows: Path) -> None:
    large = pq.read_table(rows).drop(SPREAD)
    small = next(iter(workload.batches(1_000))).drop(SPREAD)
    full = next(iter(workload.batches(workload.BATCH))).drop(SPREAD)
    assert large.slice(0, workload.BATCH).equals(full)
    assert large["id"].slice(0, 1_000).equals(small["id"])


def test_rows_come_out_the_same_twice(rows: Path, tmp_path: Path) -> None:
    again = workload.write_workload(tmp_path / "again.parquet", FULL_BATCH_AND_MORE)
    assert pq.read_table(again).equals(pq.read_table(rows))


def test_no_row_group_is_larger_than_a_batch(rows: Path) -> None:
    told = pq.ParquetFile(rows).metadata
    groups = [told.row_group(number).num_rows for number in range(told.num_row_groups)]
    assert groups == [workload.BATCH, FULL_BATCH_AND_MORE - workload.BATCH]


def test_the_columns_are_as_the_figures_say(rows: Path) -> None:
    table = pq.read_table(rows)
    y, score = table["y"].to_numpy(), table["score"].to_numpy()
    assert LEAST_SHARE < y.mean() < MOST_SHARE
    assert 0 < score.min() < score.max() < 1
    assert len(np.unique(score)) < len(score)
    pairs = table.group_by(["country", "segment"]).aggregate([])
    assert (len(pairs), len(table["country"].unique())) == (100, 20)
    assert len(table["store"].unique()) == workload.STORES
    assert len(table["day"].unique()) == workload.DAYS
    assert np.all(np.diff(table["day"].to_numpy().astype(int)) >= 0)
    assert len(table["id"].unique()) == len(table)


def test_every_variant_of_the_question_is_a_spec() -> None:
    counted = {name: payoff.load_spec(dict(spec)) for name, spec in laws.variants().items()}
    base = len(counted["as asked"].candidates)
    assert base == 5
    assert [len(counted[f"further policies: {count}"].candidates) - base for count in laws.FURTHER] == [
        1,
        5,
        10,
    ]
    assert specs.base()["slices"] == ["country", ["country", "segment"]]


@pytest.mark.parametrize(
    "module", [laws, plots, processes, sizes, specs, starting, turns], ids=lambda one: one.__name__
)
def test_examples_in_docstrings_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
