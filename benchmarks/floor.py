"""The least that any evaluation takes: every column that the question needs is read once and added up."""

from typing import Any

import duckdb

from benchmarks.script import carry_out

SUMS = (
    "count(*)",
    "sum(id)",
    "sum(y)",
    "sum(score)",
    "sum(second)",
    "sum(amount)",
    "sum(strlen(country))",
    "sum(strlen(segment))",
    "sum(day - date '2026-01-01')",
)


def floor(source: str) -> dict[str, Any]:
    """Return the sum of each column of the Parquet file."""
    row = duckdb.connect().execute(f"select {', '.join(SUMS)} from read_parquet(?)", [source]).fetchone()
    return dict(zip(SUMS, row or (), strict=True))


if __name__ == "__main__":
    carry_out(floor, ["duckdb"])
