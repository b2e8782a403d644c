"""NaN is named wherever it hides: Parquet's statistics leave it out, and an optimiser that trusts them denies it."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import payoff
from payoff.engines import open_engine

N = 400
AT = (3, 9, 250)
# Column -> the code of what a NaN in it is.
CODES = {"p": "PAY306", "amount": "PAY308", "w": "PAY313", "y": "PAY332"}
SOURCES = [
    "parquet",
    "parquet, one group a row",
    "parquet, float32",
    "two files",
    "csv",
    "pandas",
    "polars",
    "arrow",
]


def rows_of(column: str, at: tuple[int, ...] = AT) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    rows = {
        "id": np.array([f"r{j:03d}" for j in range(N)]),
        "y": (rng.random(N) < 0.4).astype(float),
        "p": rng.integers(1, 128, N) / 128,
        "amount": rng.integers(4, 400, N) / 4,
        "w": rng.integers(1, 9, N) / 4,
    }
    rows[column][list(at)] = math.nan
    return rows


def source_of(rows: dict[str, np.ndarray], kind: str, folder: Path) -> Any:
    table = pa.table(rows)
    if kind.startswith("parquet"):
        if "float32" in kind:
            table = table.cast(
                pa.schema([(f.name, pa.float32() if f.type == "double" else f.type) for f in table.schema])
            )
        size = 1 if "one group" in kind else N
        pyarrow.parquet.write_table(table, folder / "rows.parquet", row_group_size=size)
        return folder / "rows.parquet"
    if kind == "two files":
        (folder / "rows").mkdir(exist_ok=True)
        for number, part in enumerate((table.slice(0, 100), table.slice(100))):
            pyarrow.parquet.write_table(part, folder / "rows" / f"{number}.parquet")
        return folder / "rows"
    if kind == "csv":
        lines = [
            ",".join(rows),
            *(",".join(str(cell) for cell in row) for row in zip(*rows.values(), strict=True)),
        ]
        (folder / "rows.csv").write_text("\n".join(lines) + "\n")
        return folder / "rows.csv"
    return {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}[kind](rows)


def evaluated(data: Any, kind: str = "probability") -> Any:
    return payoff.evaluate(
        data,
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y", "id": "id", "weight": "w"},
            "value": {"act": "case when outcome then amount else -1 end", "skip": 0},
            "model": {"name": "m", "score": "p", "score_is": kind, "policy": {"threshold": 0.5}},
            "today": "nobody",
        },
    )


def finding(found: Any, code: str) -> tuple[str, int, tuple[str, ...]]:
    checks = [check for check in found.checks if check.code == code]
    assert len(checks) == 1, found.checks
    return checks[0].severity, checks[0].rows, tuple(checks[0].ids)


def test_statistics_of_parquet_files_leave_nan_out_as_these_tests_assume(tmp_path: Path) -> None:
    data = source_of(rows_of("p"), "parquet", tmp_path)
    described = pyarrow.parquet.ParquetFile(data).metadata.row_group(0).column(2).statistics
    assert described.has_min_max
    assert described.max < 1.0


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["probability", "rank"])
def test_nan_scores_are_named_with_their_ids(source: str, kind: str, tmp_path: Path) -> None:
    found = evaluated(source_of(rows_of("p"), source, tmp_path), kind)
    assert found.record.partial
    assert finding(found, CODES["p"]) == ("error", 3, ("r003", "r009", "r250"))


@pytest.mark.parametrize("source", SOURCES)
def test_nan_in_a_column_of_values_is_named_with_its_ids(source: str, tmp_path: Path) -> None:
    rows = rows_of("amount")
    rows["y"][[3, 9]], rows["y"][250] = 1.0, 0.0  # a negative is worth -1 whatever the amount
    found = evaluated(source_of(rows, source, tmp_path))
    assert found.record.partial
    assert finding(found, CODES["amount"]) == ("error", 2, ("r003", "r009"))


@pytest.mark.parametrize("source", SOURCES)
def test_nan_weights_are_named_with_their_ids(source: str, tmp_path: Path) -> None:
    found = evaluated(source_of(rows_of("w"), source, tmp_path))
    assert found.record.partial
    assert finding(found, CODES["w"]) == ("error", 3, ("r003", "r009", "r250"))


@pytest.mark.parametrize("source", SOURCES)
def test_nan_outcomes_are_pending_in_every_format(source: str, tmp_path: Path) -> None:
    found = evaluated(source_of(rows_of("y"), source, tmp_path))
    assert not found.record.partial
    assert finding(found, CODES["y"])[1] == 3
    assert (found.record.data.known, found.record.data.pending) == (N - 3, 3)


@pytest.mark.parametrize("source", SOURCES)
def test_a_nan_that_no_formula_reads_is_no_error(source: str, tmp_path: Path) -> None:
    rows = rows_of("amount")
    rows["y"][list(AT)] = 0.0
    assert not evaluated(source_of(rows, source, tmp_path)).record.partial


@pytest.mark.parametrize("column", CODES)
def test_a_column_of_nothing_but_nan_is_counted_whole(column: str, tmp_path: Path) -> None:
    rows = rows_of(column, tuple(range(N)))
    found = [evaluated(source_of(rows, kind, tmp_path)).checks for kind in ("parquet", "arrow", "pandas")]
    assert found[0] == found[1] == found[2]
    assert any(check.severity == "error" for check in found[0])


@pytest.mark.parametrize("column", CODES)
@pytest.mark.parametrize("at", [(0,), (N - 1,), (5, 6)])
def test_every_source_says_the_same_of_the_same_nan(column: str, at: tuple[int, ...], tmp_path: Path) -> None:
    rows = rows_of(column, at)
    wanted = evaluated(pa.table(rows))
    for source in SOURCES:
        if "float32" not in source:
            found = evaluated(source_of(rows, source, tmp_path))
            assert found.checks == wanted.checks, source
            assert found.record.totals == wanted.record.totals, source


def test_a_nan_among_weights_of_zero_is_not_taken_out_with_them(tmp_path: Path) -> None:
    rows = rows_of("w", ())
    rows["w"][:100] = 0.0
    rows["w"][7] = math.nan
    data = tmp_path / "rows.parquet"
    # By its statistics the first group holds nothing but zeros, and so no row that a filter would keep.
    pyarrow.parquet.write_table(pa.table(rows), data, row_group_size=100)
    assert finding(evaluated(data), CODES["w"]) == ("error", 1, ("r007",))


@pytest.mark.parametrize("bound", ["outcome = 1", "p >= 0.5", "p > 0", "p <> 0.5", "not p < 2"])
def test_a_filter_on_a_parquet_file_keeps_the_rows_that_the_same_filter_keeps_of_a_frame(
    bound: str, tmp_path: Path
) -> None:
    rows = rows_of("p", ())
    rows["p"][:] = 0.5
    rows["p"][[7, 30]] = math.nan
    table = pa.table({"p": rows["p"], "outcome": rows["y"]})
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    query = f"select count(*) as n from (select p, outcome from source) as rows where {bound}"
    found = []
    for data in (table, tmp_path / "rows.parquet"):
        with open_engine(data) as engine:
            found.append(int(engine.columns(query)["n"][0]))
    assert found[0] == found[1]
