"""The hash of the rows: equal for equal rows however they come, another one for any change that counts."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from payoff.running.fingerprint import data_hash
from payoff.tabulation import Asking, count_hash, used_columns
from payoff.tabulation.hashing import STEPS

Make = Callable[..., Any]
Rows = dict[str, Any]

N = 300
# Of 20,000 squared fractions in 2^31 steps, half a pair is expected to coincide.
COINCIDENCES = 5
VALUE = {"act": "case when outcome then rate * amount else -fee end", "skip": 0}


def rows_of(seed: int = 0) -> Rows:
    rng = np.random.default_rng(seed)
    return {
        "id": np.arange(10_000, 10_000 + N),
        "y": rng.integers(0, 2, N),
        "p": np.round(rng.random(N), 6),
        "amount": np.round(rng.gamma(2.0, 4000.0, N), 2),
        "region": rng.choice(["north", "south", "west"], N),
        "fair": rng.random(N) < 0.5,
        "day": np.array([date(2025, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 90, N)]),
        "unused": rng.random(N),
    }


@pytest.fixture
def hash_of(open_rows: Make, make_spec: Make) -> Callable[..., str]:
    """Return what hashes rows as an evaluation does."""

    def hashed(data: Any, **keys: str) -> str:
        spec = make_spec(VALUE, id="id", time="day", **keys) | {"slices": ["region", "fair"]}
        with open_rows(data, spec) as (plan, engine, ready):
            return data_hash(plan, ready.counts.count("n"), count_hash(Asking(plan, engine, ready)))

    return hashed


def changed(rows: Rows, column: str, row: int, value: Any) -> Rows:
    cells = np.array(rows[column], dtype=object)
    cells[row] = value
    return rows | {column: pa.array(cells.tolist(), type=pa.array(rows[column]).type)}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(hash_of: Make, seed: int) -> None:
    rows, order = rows_of(), np.random.default_rng(seed).permutation(N)
    assert hash_of({name: column[order] for name, column in rows.items()}) == hash_of(rows)


def test_every_source_of_the_same_rows_has_the_same_hash(hash_of: Make, tmp_path: Path) -> None:
    table = pa.table(rows_of())
    pyarrow.parquet.write_table(table, tmp_path / "one.parquet")
    pyarrow.parquet.write_table(table, tmp_path / "many.parquet", row_group_size=7)
    pyarrow.csv.write_csv(table, tmp_path / "rows.csv")
    files = [tmp_path / name for name in ("one.parquet", "many.parquet", "rows.csv")]
    found = [hash_of(data) for data in (table, pl.from_arrow(table), table.to_pandas(), *files)]
    assert set(found) == {found[0]}


@pytest.mark.parametrize("sizes", [(1, N - 1), (150, 150), (100, 7, N - 107)], ids=str)
def test_rows_in_several_files_have_the_hash_of_one_file(
    hash_of: Make, sizes: tuple[int, ...], tmp_path: Path
) -> None:
    table, first = pa.table(rows_of()), 0
    for number, size in enumerate(sizes):
        pyarrow.parquet.write_table(table.slice(first, size), tmp_path / f"part-{number}.parquet")
        first += size
    listed = sorted(tmp_path.iterdir(), reverse=True)
    for data in (tmp_path, str(tmp_path / "part-*.parquet"), listed):
        assert hash_of(data) == hash_of(table)


def test_rows_repeated_many_times_have_one_hash_on_any_number_of_threads(
    make_spec: Make, open_rows: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {name: np.tile(column, 1000) for name, column in rows_of().items()}
    rows["id"] = np.arange(len(rows["y"]))
    found, connect = set(), duckdb.connect
    for threads in (1, 2, 4):

        def connected(*where: Any, config: dict[str, Any], threads: int = threads) -> Any:
            return connect(*where, config={**config, "threads": threads})

        monkeypatch.setattr(duckdb, "connect", connected)
        with open_rows(rows, make_spec(VALUE, id="id")) as (plan, engine, ready):
            found.add(data_hash(plan, ready.counts.count("n"), count_hash(Asking(plan, engine, ready))))
    assert len(found) == 1


CHANGES = {
    "a score": ("p", lambda old: old + 1e-6),
    "a value in its twelfth digit": ("amount", lambda old: float(f"{old:.11e}") * (1 + 2e-12)),
    "the sign of a value": ("amount", lambda old: -old),
    "a label": ("y", lambda old: 1 - old),
    "an id": ("id", lambda old: old + 10**6),
    "the text of a slice": ("region", lambda old: old + " "),
    "a flag": ("fair", lambda old: not old),
    "a day": ("day", lambda old: old + timedelta(days=1)),
    "a label to missing": ("y", lambda old: None),
    "a value to missing": ("amount", lambda old: None),
    "a text to missing": ("region", lambda old: None),
    "a flag to missing": ("fair", lambda old: None),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("row", [0, 137, N - 1])
def test_one_change_changes_the_hash(hash_of: Make, name: str, row: int) -> None:
    rows, (column, change) = rows_of(), CHANGES[name]
    old = pa.array(rows[column])[row].as_py()
    assert hash_of(changed(rows, column, row, change(old))) != hash_of(rows)


@pytest.mark.parametrize("column", ["id", "y", "p", "amount", "region", "fair", "day"])
def test_two_cells_of_a_column_that_change_places_change_the_hash(hash_of: Make, column: str) -> None:
    rows = rows_of()
    other = next(j for j in range(1, N) if rows[column][j] != rows[column][0])
    one, two = (pa.array(rows[column])[j].as_py() for j in (0, other))
    swapped = changed(changed(rows, column, 0, two), column, other, one)
    assert hash_of(swapped) != hash_of(rows)


def test_columns_that_change_their_names_change_the_hash(hash_of: Make) -> None:
    rows = rows_of()
    rows["amount"] = np.round(np.random.default_rng(5).random(N), 6)
    assert hash_of(rows | {"p": rows["amount"], "amount": rows["p"]}) != hash_of(rows)


def test_a_row_more_or_twice_changes_the_hash(hash_of: Make) -> None:
    rows = rows_of()
    fewer = {name: column[:-1] for name, column in rows.items()}
    twice = {name: np.concatenate([column[:-1], column[:1]]) for name, column in rows.items()}
    assert len({hash_of(rows), hash_of(fewer), hash_of(twice)}) == 3


def test_a_column_that_nothing_uses_changes_nothing(hash_of: Make) -> None:
    rows = rows_of()
    assert hash_of(rows | {"unused": np.zeros(N), "more": np.ones(N)}) == hash_of(rows)


def test_amounts_that_differ_by_a_cent_have_different_hashes(make_spec: Make, open_rows: Make) -> None:
    cents = np.arange(20_000)
    rows = {
        "y": np.append(np.zeros(len(cents) - 1, int), 1),
        "p": np.full(len(cents), 0.5),
        "amount": cents / 100,
    }
    with open_rows(rows, make_spec(VALUE)) as (_, engine, _):
        fraction = "(h - floor(h))"
        found = engine.columns(f"select floor({fraction} * {fraction} * {STEPS}.0e0) as h from prepared")
    assert len(cents) - len(np.unique(found["h"])) <= COINCIDENCES


@pytest.mark.parametrize("missing", [None, math.nan])
@pytest.mark.parametrize("column", ["y", "p", "amount", "region", "id", "day", "fair"])
def test_missing_cells_and_labels_that_are_nan_have_a_hash(hash_of: Make, column: str, missing: Any) -> None:
    rows = rows_of()
    rows["y"] = rows["y"].astype(float)
    if missing is not None and not isinstance(pa.array(rows[column])[0].as_py(), float):
        missing = None
    spoiled = changed(rows, column, 5, missing)
    again = {name: pa.array(cells).take(pa.array(np.arange(N)[::-1])) for name, cells in spoiled.items()}
    assert hash_of(spoiled) == hash_of(again) != hash_of(rows)


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("held", [True, False])
def test_a_missing_flag_is_neither_true_nor_false_in_whichever_column(
    make_spec: Make, open_rows: Make, place: int, held: bool
) -> None:
    flags = {f"flag{j:02d}": [True, False] for j in range(12)}
    rows = {"y": [0, 1], "p": [0.1, 0.9], "amount": [1.0, 2.0], **flags}
    name = f"flag{place:02d}"
    found = set()
    for cells in ([True, False], [None, False] if held else [True, None]):
        spec = make_spec(VALUE) | {"slices": list(flags)}
        with open_rows(rows | {name: pa.array(cells, pa.bool_())}, spec) as (plan, engine, ready):
            found.add(data_hash(plan, ready.counts.count("n"), count_hash(Asking(plan, engine, ready))))
    assert len(found) == 2


@pytest.mark.parametrize("large", [2**53, 10**17, 2**62])
def test_whole_numbers_beyond_doubles_have_a_hash_that_does_not_depend_on_order(
    hash_of: Make, large: int
) -> None:
    rows = rows_of() | {"id": np.arange(large, large + N)}
    assert hash_of(rows) == hash_of({name: column[::-1] for name, column in rows.items()})
    assert hash_of(rows) != hash_of(rows_of())


def test_times_that_differ_by_a_microsecond_have_different_hashes(make_spec: Make, open_rows: Make) -> None:
    found = set()
    for micro in range(100):
        times = [datetime(2025, 1, 1, 12, 0, 0, micro, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)]
        rows = {"id": [1, 2], "y": [0, 1], "p": [0.5, 0.5], "amount": [1.0, 1.0], "at": pa.array(times)}
        with open_rows(rows, make_spec(VALUE, id="id", time="at")) as (plan, engine, ready):
            found.add(data_hash(plan, ready.counts.count("n"), count_hash(Asking(plan, engine, ready))))
    assert len(found) == 100


@pytest.mark.parametrize("name", ["a score", "a value in its twelfth digit", "a label", "a flag to missing"])
def test_beside_a_time_and_a_long_id_one_change_changes_the_hash_as_well(
    make_spec: Make, open_rows: Make, name: str
) -> None:
    column, change = CHANGES[name]
    rows = rows_of()
    start = datetime(2025, 1, 1, tzinfo=UTC)
    rows["day"] = [start + timedelta(seconds=j * 0.123457) for j in range(N)]
    rows["id"] = rows["id"] + 10**11
    found = []
    for each in (rows, *(changed(rows, column, row, change(rows[column][row].item())) for row in range(50))):
        with open_rows(each, make_spec(VALUE, id="id", time="day") | {"slices": ["fair"]}) as (
            plan,
            engine,
            ready,
        ):
            found.append(data_hash(plan, ready.counts.count("n"), count_hash(Asking(plan, engine, ready))))
    assert found[0] not in found[1:]


def test_what_is_hashed_is_every_column_that_the_spec_names(make_spec: Make, open_rows: Make) -> None:
    spec = make_spec(VALUE, id="id", time="day") | {"slices": ["region", ["region", "fair"]]}
    with open_rows(rows_of(), spec) as (plan, _, _):
        assert used_columns(plan) == ("amount", "day", "fair", "id", "p", "region", "y")


def test_a_label_that_is_nan_is_a_missing_one_and_its_row_is_hashed_like_any_other(hash_of: Make) -> None:
    rows = rows_of()
    rows["y"] = rows["y"].astype(float)
    found = [changed(rows, "y", 5, missing) for missing in (math.nan, None)]
    assert hash_of(found[0]) == hash_of(found[1])
    assert hash_of(changed(found[0], "p", 5, 0.123)) != hash_of(found[0])
