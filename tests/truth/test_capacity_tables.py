"""Saved tables of capacities: used again as they are, and never added, carried over or revalued."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import payoff
from payoff.errors.capacity import CapacityNotHeld
from payoff.errors.store import TablesDiffer, TablesLack

SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR", "volume": "3652.5 per year"},
    "data": {"outcome": "y", "id": "id", "time": "day"},
    "value": {"act": "case when outcome then margin * amount else 0 end - 20", "skip": 0},
    "assumptions": {"margin": 0.8},
    "model": {"name": "m", "score": "p", "policy": {"capacity": "3 per day", "by": "team"}},
    "baselines": {
        "weekly": {"score": "p", "capacity": "20 per week"},
        "share": {"score": "p", "capacity": "10%"},
    },
    "today": "share",
    "hurdles": [{"name": "pilot", "gain": "0.1 per decision", "over": "today"}],
}


def rows_of(first: int, days: int = 40) -> pa.Table:
    rng = np.random.default_rng(first)
    n = 10 * days
    return pa.table(
        {
            "id": np.arange(n) + 1_000 * first,
            "day": np.repeat([date(2024, 1, 1) + timedelta(days=first + j) for j in range(days)], 10),
            "y": (rng.random(n) < 0.3).astype(np.int64),
            "p": rng.random(n).round(1),
            "amount": rng.gamma(2.0, 40.0, n).round(2),
            "team": rng.choice(["a", "b"], n),
        }
    )


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Path]:
    rows = tmp_path / "rows.parquet"
    pq.write_table(rows_of(0), rows)
    tables = tmp_path / "tables.zip"
    payoff.tabulate(rows, SPEC, tables)
    return rows, tables


def test_saved_tables_give_the_result_of_the_rows(saved: tuple[Path, Path]) -> None:
    rows, tables = saved
    again = payoff.evaluate(None, SPEC, tables=[tables])
    assert again.record.hash == payoff.evaluate(rows, SPEC).record.hash
    assert again.record.capacities == payoff.evaluate(rows, SPEC).record.capacities
    higher = SPEC | {"hurdles": [{"name": "pilot", "gain": "50 per decision", "over": "today"}]}
    assert payoff.evaluate(None, higher, tables=[tables]).record.verdict.hurdles[0].status == "missed"


def test_another_capacity_or_another_value_needs_the_rows(saved: tuple[Path, Path]) -> None:
    _, tables = saved
    for other in (
        SPEC | {"model": SPEC["model"] | {"policy": {"capacity": "2 per day", "by": "team"}}},
        SPEC | {"decision": {"unit": "EUR", "volume": "7000 per year"}},
        SPEC | {"assumptions": {"margin": 0.9}},
    ):
        with pytest.raises(TablesLack):
            payoff.evaluate(None, other, tables=[tables])


def test_parts_are_not_added_since_rows_of_one_period_compete(
    saved: tuple[Path, Path], tmp_path: Path
) -> None:
    _, tables = saved
    other = tmp_path / "other.zip"
    payoff.tabulate(rows_of(40), SPEC, other)
    with pytest.raises(TablesDiffer, match="capacity"):
        payoff.evaluate(None, SPEC, tables=[tables, other])
    with pytest.raises(CapacityNotHeld, match="without --choices"):
        payoff.tabulate(rows_of(40), SPEC, other, choices=tables)
