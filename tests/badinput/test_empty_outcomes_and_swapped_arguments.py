"""Files with a header alone or no outcome, and calls with data and spec in each other's place."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import payoff
from payoff.errors.data import DataAndSpecSwapped, NoKnownOutcome, NoRows

BINARY = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "case when outcome then 5 else -1 end", "skip": 0},
    "model": {"name": "m", "score": "p", "policy": {"threshold": 0.3}},
    "today": "nobody",
    "hurdles": [{"name": "pilot", "gain": "0.1 per decision"}],
}
QUANTITY = {
    "decision": {"unit": "EUR", "quantity": {"least": 0, "most": 100}},
    "data": {"outcome": "y"},
    "value": {"quantity": "5 * least(outcome, quantity) - 2 * quantity"},
    "model": {"name": "m", "policy": {"quantity": "f"}},
    "baselines": {"ten": {"quantity": 10}},
    "today": "ten",
}
ROWS = {"id": [1, 2, 3], "y": [1, 0, 1], "p": [0.9, 0.2, 0.4]}


@pytest.mark.parametrize("spec", [BINARY, QUANTITY], ids=["binary", "quantity"])
def test_a_header_without_rows_is_said_to_hold_no_rows(spec: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,y,p,f\n", encoding="utf-8")
    with pytest.raises(NoRows, match="one line \\(id, y, p, f\\) and no row under it"):
        payoff.evaluate(file, spec)


def test_rows_under_names_like_those_of_duckdb_are_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("column0,column1\n1,0.5\n0,0.2\n", encoding="utf-8")
    spec = BINARY | {"data": {"outcome": "column0"}, "model": BINARY["model"] | {"score": "column1"}}
    assert payoff.evaluate(file, spec).record.data.rows == 2


def test_a_binary_outcome_that_is_empty_everywhere_is_pending(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,y,p\n1,,0.2\n2,,0.4\n", encoding="utf-8")
    typed = pa.table({"id": [1, 2], "y": pa.array([None, None], pa.int64()), "p": [0.2, 0.4]})
    expected = payoff.evaluate(typed, BINARY).record
    for positive in ({}, {"positive": "yes"}):
        record = payoff.evaluate(file, BINARY | {"data": BINARY["data"] | positive}).record
        assert "PAY304" in [check.code for check in record.data.checks]
        assert record.verdict == expected.verdict


def test_a_quantity_whose_outcome_is_empty_everywhere_is_said_to_have_none(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,y,f\n1,,3\n2,,4\n", encoding="utf-8")
    with pytest.raises(NoKnownOutcome, match="no outcome in any row"):
        payoff.evaluate(file, QUANTITY)


def test_a_quantity_whose_outcome_is_text_is_still_a_wrong_type(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,y,f\n1,many,3\n2,,4\n", encoding="utf-8")
    with pytest.raises(payoff.PayoffError, match="type VARCHAR"):
        payoff.evaluate(file, QUANTITY)


SWAPPED = {
    "evaluate": lambda rows, spec: payoff.evaluate(spec, rows),
    "evaluate with files": lambda _, __: payoff.evaluate(Path("spec.yaml"), "rows.parquet"),
    "check": payoff.check,
    "metrics": payoff.metrics,
    "plan": payoff.plan,
    "slices": lambda rows, spec: payoff.slices(spec, rows, ["p"]),
    "gate": payoff.gate,
    "decide": lambda rows, spec: list(payoff.decide(rows, spec)),
}


@pytest.mark.parametrize("spec", [BINARY, payoff.load_spec(BINARY)], ids=["mapping", "spec"])
@pytest.mark.parametrize("name", SWAPPED)
def test_data_and_spec_in_each_others_place_are_told_apart(name: str, spec: Any) -> None:
    with pytest.raises(DataAndSpecSwapped, match="a spec as data"):
        SWAPPED[name](pa.table(ROWS), spec)


def test_by_name_every_call_takes_them_in_any_order() -> None:
    rows = pa.table(ROWS)
    assert payoff.evaluate(spec=BINARY, data=rows).record.data.rows == 3
    assert payoff.check(data=rows, spec=BINARY)
    assert payoff.metrics(data=rows, spec=BINARY)
    assert len(list(payoff.decide(data=rows, spec=BINARY))) == 3
