"""What can be read, what is refused, and what an engine leaves behind."""

import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from payoff.engines import Engine, open_engine
from payoff.errors import EngineError
from payoff.errors.engine import QueryFailed, UnreadableData

COLUMNS: dict[str, list[Any]] = {
    "id": ["007", "a", "ü"],
    "n": [1, 2, 3],
    "x": [0.5, None, -2.25],
    "name": ["one", None, "=3"],
    "flag": [True, False, None],
}


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("id,x,name\n007,1.5,a\n008,,\n010,2,b\n", encoding="utf-8")
    return path


@pytest.fixture
def parquet_file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(COLUMNS), path)
    return path


def read(engine: Engine) -> dict[str, list[Any]]:
    chosen = "id, cast(n as bigint) as n, x, name, cast(flag as integer) * 1.0e0 as flag"
    found = engine.columns(f"select {chosen} from source order by n")
    return {name: [None if one != one else one for one in column.tolist()] for name, column in found.items()}


def refusals(folder: Path) -> list[str]:
    other = folder / "other.csv"
    other.write_text("secret\n1\n", encoding="utf-8")
    return [
        f"select * from read_csv('{other}')",
        f"select * from '{other}'",
        f"select * from read_text('{other}')",
        f"select * from read_blob('{other}')",
        f"select * from read_json('{other}')",
        f"select * from read_parquet('{folder}/*.parquet')",
        f"select * from glob('{folder}/*')",
        "select * from read_text('/etc/passwd')",
        f"copy source to '{folder}/out.csv'",
        f"copy (select 1) to '{folder}/out.parquet' (format parquet)",
        f"copy source from '{other}'",
        f"attach '{folder}/new.db'",
        f"attach '{folder}/new.db' as other (read_only)",
        f"export database '{folder}/exported'",
        f"import database '{folder}'",
        "install httpfs",
        "load httpfs",
        "force install json",
        f"load '{folder}/evil.duckdb_extension'",
        "select * from read_csv('https://127.0.0.1:9/rows.csv')",
        "select * from 's3://bucket/rows.parquet'",
        "set enable_external_access = true",
        "set global enable_external_access = true",
        "reset enable_external_access",
        "set lock_configuration = false",
        "set autoload_known_extensions = true",
        "set memory_limit = '1TB'",
        f"set temp_directory = '{folder}'",
        f"set allowed_paths = ['{folder}']",
        f"set allowed_directories = ['{folder}']",
        f"set secret_directory = '{folder}'",
        f"set home_directory = '{folder}'",
        f"set log_query_path = '{folder}/log'",
        f"pragma temp_directory = '{folder}'",
        f"pragma profiling_output = '{folder}/profile.json'",
        "pragma enable_logging",
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame"])
def test_once_open_no_query_reaches_a_file_the_network_an_extension_or_a_setting(
    kind: str, tmp_path: Path, csv_file: Path, parquet_file: Path
) -> None:
    data: Any = {"csv": csv_file, "parquet": parquet_file, "frame": pa.table(COLUMNS)}[kind]
    queries = refusals(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    with open_engine(data) as engine:
        answered = []
        for query in queries:
            try:
                engine.columns(query)
            except EngineError:
                continue
            answered.append(query)
        assert answered == []
        assert len(engine.columns("select id from source")["id"]) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_variable_of_the_calling_program_is_no_table(csv_file: Path) -> None:
    secret = pa.table({"x": [1]})
    with open_engine(csv_file) as engine, pytest.raises(QueryFailed):
        engine.columns("select * from secret")
    assert secret.num_rows == 1


def test_ids_with_leading_zeros_stay_text_where_asked(csv_file: Path) -> None:
    with open_engine(csv_file, as_text=["id"]) as engine:
        assert engine.schema["id"] == "text"
        assert engine.columns("select id from source")["id"].tolist() == ["007", "008", "010"]


def test_a_column_that_is_not_there_may_be_asked_as_text(csv_file: Path) -> None:
    with open_engine(csv_file, as_text=["id", "customer's key"]) as engine:
        assert list(engine.schema) == ["id", "x", "name"]


def test_a_null_number_is_nan_and_a_null_text_is_none(csv_file: Path) -> None:
    with open_engine(csv_file, as_text=["id"]) as engine:
        found = engine.columns("select x, name from source order by id")
    np.testing.assert_array_equal(found["x"], [1.5, np.nan, 2.0])
    assert found["name"].tolist() == ["a", None, "b"]


def test_a_null_among_counts_is_refused_rather_than_read_as_a_number(csv_file: Path) -> None:
    with open_engine(csv_file) as engine, pytest.raises(QueryFailed):
        engine.columns("select cast(x as bigint) as n from source")


def test_a_table_defined_from_a_query_answers_like_the_query(csv_file: Path) -> None:
    with open_engine(csv_file) as engine:
        engine.define("prepared", "select x * 2 as double from source where x is not null")
        assert sorted(engine.columns("select * from prepared")["double"].tolist()) == [3.0, 4.0]
        engine.define("prepared", "select 1 as one")
        assert engine.columns("select * from prepared")["one"].tolist() == [1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.parquet", os.urandom(2000)),
        ("rows.parquet", b"PAR1"),
        ("rows.pq", b"id,x\n1,2\n"),
        ("rows.jsonl", b"{not json\n"),
        ("rows.jsonl", b"\x00\x01\x02\xff\xfe"),
        ("rows.csv", b""),
        ("rows.parquet", b""),
        ("rows.xlsx", b"PK\x03\x04"),
        ("rows", b"id,x\n1,2\n"),
        ("rows.csv.zip", b"PK\x03\x04"),
    ],
)
def test_damaged_empty_and_unknown_files_are_refused_with_a_remedy(
    name: str, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableData) as caught:
        open_engine(path)
    assert caught.value.code == "PAY401"
    assert caught.value.fix


def test_binary_garbage_named_csv_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    path = tmp_path / "rows.csv"
    path.write_bytes(rng.integers(128, 256, 4000, dtype=np.uint8).tobytes())
    with pytest.raises(EngineError), open_engine(path) as engine:
        engine.columns("select count(*) from source")


def test_missing_files_folders_and_objects_that_are_no_frame_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    for data in (tmp_path / "no.csv", str(tmp_path / "no.parquet"), folder, {"x": [1]}, [1, 2], 3, None):
        with pytest.raises(UnreadableData):
            open_engine(data)


def test_a_path_with_quotes_and_spaces_is_read(tmp_path: Path) -> None:
    path = tmp_path / "it's a 'file' {x}.csv"
    path.write_text("id,x\n1,2\n", encoding="utf-8")
    with open_engine(path, as_text=["id"]) as engine:
        assert engine.columns("select id, x from source")["id"].tolist() == ["1"]
    table = tmp_path / "it's [1] {x}.parquet"
    pq.write_table(pa.table({"x": [4]}), table)
    with open_engine(table) as engine:
        assert engine.columns("select x from source")["x"].tolist() == [4]


def frames() -> dict[str, Any]:
    return {
        "pandas": pd.DataFrame(COLUMNS),
        "polars": pl.DataFrame(COLUMNS),
        "arrow": pa.table(COLUMNS),
        "relation": duckdb.from_arrow(pa.table(COLUMNS)),
    }


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "relation"])
def test_frames_and_files_of_the_same_rows_read_the_same(kind: str, parquet_file: Path) -> None:
    with open_engine(parquet_file) as engine:
        expected = read(engine)
    with open_engine(frames()[kind]) as engine:
        assert read(engine) == expected
        assert list(engine.schema) == list(COLUMNS)
        assert engine.schema["id"] == "text"
        assert engine.schema["x"] == "number"


def test_json_lines_and_tabs_read_like_commas(tmp_path: Path) -> None:
    commas, tabs, lines = (tmp_path / f"rows.{kind}" for kind in ("csv", "tsv", "jsonl"))
    commas.write_text("id,x\na,1\nb,2.5\n", encoding="utf-8")
    tabs.write_text("id\tx\na\t1\nb\t2.5\n", encoding="utf-8")
    lines.write_text('{"id": "a", "x": 1}\n{"id": "b", "x": 2.5}\n', encoding="utf-8")
    for path in (commas, tabs, lines):
        with open_engine(path) as engine:
            found = engine.columns("select id, x from source order by id")
            assert found["id"].tolist() == ["a", "b"]
            assert found["x"].tolist() == [1.0, 2.5]


def test_nothing_is_left_behind_after_close(
    csv_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spills = tmp_path / "spills"
    spills.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spills))
    with open_engine(csv_file) as engine:
        engine.define("prepared", "select * from source")
        assert list(spills.iterdir()) != []
    assert list(spills.iterdir()) == []
    with pytest.raises(EngineError):
        engine.columns("select 1")


def test_nothing_is_left_behind_by_a_file_that_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spills, path = tmp_path / "spills", tmp_path / "rows.parquet"
    spills.mkdir()
    path.write_bytes(b"PAR1garbagePAR1")
    monkeypatch.setattr(tempfile, "tempdir", str(spills))
    with pytest.raises(UnreadableData):
        open_engine(path)
    assert list(spills.iterdir()) == []
