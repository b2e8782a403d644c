"""Tables that were saved: yesterday's plus today's are all of them, and a changed spec revalues without rows."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.choices import grids
from payoff.errors.data import UnusableRows
from payoff.errors.store import TablesDiffer, TablesLack, UnreadableTables

Columns = dict[str, Any]
RowsOf = Callable[..., Columns]
SpecOf = Callable[..., dict[str, Any]]
# Results are printed to ten significant digits; revaluing sums rounds in another order than summing values does.
REVALUED = 1e-9
# The mean over the assumptions less the gain at the likely ones: what is left of two amounts of some thousand.
LEFT_OF_TWO = {"/doubt/asymmetry": 1e-5}
OUTSIDE = ("notes", "checksum", "meta")


def told(result: payoff.Result) -> dict[str, Any]:
    """Return a result as a document, without what says how it came about."""
    document = json.loads(result.to_json())
    # Findings of parts keep the words of the part that made them.
    document["data"]["checks"] = [
        (one["code"], one["where"], one["rows"]) for one in document["data"]["checks"]
    ]
    return {key: value for key, value in document.items() if key not in OUTSIDE}


def part(columns: Columns, rows: slice) -> pa.Table:
    """Return some of the rows as a table."""
    return pa.table({name: column[rows] for name, column in columns.items()})


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Return where two documents differ by more than rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [x for key in keys for x in differences(one.get(key), other.get(key), f"{where}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [x for j, (a, b) in pairs for x in differences(a, b, f"{where}[{j}]")]
    if isinstance(one, float) and isinstance(other, float):
        allowed = LEFT_OF_TWO.get(where, REVALUED * max(abs(one), abs(other), 1e-12))
        return [] if abs(one - other) <= allowed else [where]
    return [] if one == other else [f"{where}: {one!r} and {other!r}"[:200]]


@pytest.fixture(params=["exact scores", "a grid"])
def on(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Count on exact scores, and on a grid however few the rows are."""
    if request.param == "a grid":
        monkeypatch.setattr(grids, "EXACT_ROWS", 0)
    return str(request.param)


@pytest.mark.parametrize("threshold", ["best", "from value", 0.4])
def test_yesterday_and_today_with_equal_choices_are_all_rows_at_once(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path, threshold: Any, on: str
) -> None:
    columns, spec = make_rows(7), make_spec(threshold, id="id")
    spec["guardrails"].append({"metric": "roc_auc", "at_least": 0.5, "in_every": ["region"]})
    parts = {"yesterday": slice(0, 700), "today": slice(700, 1200), "all": slice(0, 1200)}
    for name, rows in parts.items():
        choices = None if name == "yesterday" else tmp_path / "yesterday"
        payoff.tabulate(part(columns, rows), spec, tmp_path / name, choices=choices)
    added = payoff.evaluate(None, spec, tables=[tmp_path / "yesterday", tmp_path / "today"])
    turned = payoff.evaluate(None, spec, tables=[tmp_path / "today", tmp_path / "yesterday"])
    whole = payoff.evaluate(None, spec, tables=[tmp_path / "all"])
    assert differences(told(added), told(whole)) == [], on
    assert differences(told(turned), told(whole)) == [], on
    assert added.record.hash == whole.record.hash


def test_saved_tables_give_the_result_of_the_rows(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path, on: str
) -> None:
    rows, spec = part(make_rows(8), slice(None)), make_spec("best", id="id", cluster="person")
    payoff.tabulate(rows, spec, tmp_path / "t")
    saved, fresh = payoff.evaluate(None, spec, tables=[tmp_path / "t"]), payoff.evaluate(rows, spec)
    assert differences(told(saved), told(fresh)) == [], on
    assert saved.record.hash == fresh.record.hash
    assert any("no row was read" in note for note in saved.record.notes)


def test_parts_of_a_declared_prevalence_are_all_rows_at_that_prevalence(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path, on: str
) -> None:
    """Each part has its own share of positives, and is weighted by the first one's until both are added."""
    columns, spec = make_rows(7), make_spec(0.4, id="id", sampled="by outcome")
    spec["data"]["prevalence"] = 0.1
    spec["metrics"] = ["precision", "brier_score", "average_precision", "paired_differences"]
    order = np.argsort(columns["y"], kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    parts = {"yesterday": slice(100, 1100, 2), "today": slice(101, 1200, 2), "all": slice(0, 0)}
    kept = {name: np.r_[rows] for name, rows in parts.items()}
    kept["today"] = np.concatenate([kept["today"], np.arange(1100, 1200, 2)])
    kept["all"] = np.concatenate([kept["yesterday"], kept["today"]])
    for name in ("yesterday", "today"):
        choices = None if name == "yesterday" else tmp_path / "yesterday"
        rows = pa.table({column: held[kept[name]] for column, held in columns.items()})
        payoff.tabulate(rows, spec, tmp_path / name, choices=choices)
    added = payoff.evaluate(None, spec, tables=[tmp_path / "yesterday", tmp_path / "today"])
    whole = payoff.evaluate(pa.table({name: held[kept["all"]] for name, held in columns.items()}), spec)
    for one, other in zip(added.record.estimates, whole.record.estimates, strict=True):
        ours, theirs = ([each.value, each.low, each.high] for each in (one, other))
        assert [end is None for end in ours] == [end is None for end in theirs]
        near = [end for end in theirs if end is not None]
        # Moments are about the shift of the first part, and a grid is as fine as its rows ask for.
        rel = 1e-7 if on == "exact scores" or one.metric in ("value", "gain", "precision") else 2e-3
        assert [end for end in ours if end is not None] == pytest.approx(near, rel=rel, abs=1e-9), one.metric


@pytest.mark.parametrize(
    "value", ["case when outcome then margin * amount else 0 end - cost", "margin - cost"]
)
def test_other_likely_values_revalue_the_tables_as_fresh_rows_do(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path, value: str
) -> None:
    rows, spec = part(make_rows(9), slice(None)), make_spec(0.4, id="id")
    spec["value"]["act"] = value
    payoff.tabulate(rows, spec, tmp_path / "t")
    changed = {**spec, "assumptions": {"margin": {"likely": 0.45, "low": 0.3, "high": 0.7}, "cost": 8}}
    changed["hurdles"] = [{"name": "more", "gain": "300 per year", "over": "recorded"}]
    saved, fresh = (
        told(payoff.evaluate(None, changed, tables=[tmp_path / "t"])),
        told(payoff.evaluate(rows, changed)),
    )
    found = differences(saved, fresh)
    # Rows are rounded to the quantum one by one, so that only rows give exact totals of values that vary.
    exact = re.compile(r"/(totals|hash)|/confusion\[\d+\]/total:")
    assert [where for where in found if not exact.match(where)] == []
    if value == "margin - cost":
        assert found == []


def test_a_threshold_that_would_move_asks_for_rows_and_takes_them_where_they_are_named(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path
) -> None:
    rows, spec = part(make_rows(10), slice(None)), make_spec("best", id="id")
    payoff.tabulate(rows, spec, tmp_path / "t")
    changed = {**spec, "assumptions": {"margin": 0.1, "cost": 8}}
    with pytest.raises(TablesLack, match="threshold that is best now"):
        payoff.evaluate(None, changed, tables=[tmp_path / "t"])
    read = payoff.evaluate(rows, changed, tables=[tmp_path / "t"])
    assert read.record.hash == payoff.evaluate(rows, changed).record.hash
    assert any("counted again" in note for note in read.record.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": {"act": "amount", "skip": 0}}, "value"),
        ({"slices": ["seen"]}, "seen"),
        ({"data": {"outcome": "y"}}, "rows"),
    ],
)
def test_what_only_rows_can_tell_is_named(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    spec = make_spec(0.4, id="id")
    payoff.tabulate(part(make_rows(11), slice(None)), spec, tmp_path / "t")
    with pytest.raises(TablesLack, match=words):
        payoff.evaluate(None, {**spec, **change}, tables=[tmp_path / "t"])


def test_tables_with_other_choices_do_not_add_and_the_message_names_the_file(
    make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path
) -> None:
    columns, spec = make_rows(12), make_spec("best", id="id")
    payoff.tabulate(part(columns, slice(0, 600)), spec, tmp_path / "one")
    payoff.tabulate(part(columns, slice(600, 1200)), spec, tmp_path / "two")
    with pytest.raises(TablesDiffer, match="choice of") as caught:
        payoff.evaluate(None, spec, tables=[tmp_path / "one", tmp_path / "two"])
    assert "two" in str(caught.value)
    assert "--choices one" in str(caught.value)


def test_equal_tables_are_equal_files(make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path) -> None:
    rows, spec = part(make_rows(13), slice(None)), make_spec("best", id="id")
    for name in ("one", "two"):
        payoff.tabulate(rows, spec, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_changed_file_is_refused(make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path) -> None:
    spec, path = make_spec(0.4, id="id"), tmp_path / "t"
    payoff.tabulate(part(make_rows(14), slice(None)), spec, path)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    array = np.frombuffer(held["3.npy"][-8:], dtype=np.int64) + 1
    held["3.npy"] = held["3.npy"][:-8] + array.tobytes()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableTables, match="digest"):
        payoff.evaluate(None, spec, tables=[path])


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", b"not tables at all" * 100])
def test_what_is_no_tables_is_refused(make_spec: SpecOf, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(content)
    with pytest.raises(UnreadableTables):
        payoff.evaluate(None, make_spec(0.4), tables=[path])


def test_rows_with_errors_make_no_tables(make_rows: RowsOf, make_spec: SpecOf, tmp_path: Path) -> None:
    columns = make_rows(15)
    columns["p"][3] = np.nan
    with pytest.raises(UnusableRows, match="PAY306"):
        payoff.tabulate(part(columns, slice(None)), make_spec(0.4, id="id"), tmp_path / "t")
    assert not (tmp_path / "t").exists()
