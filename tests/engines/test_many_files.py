"""Rows in many files: the same answer as from one, and a refusal where the files are not alike."""

import json
from pathlib import Path

import polars as pl
import pytest

import payoff
from payoff.engines import open_engine
from payoff.errors import EngineError
from payoff.errors.engine import UnreadableData

PARTS = 7


@pytest.fixture
def bank() -> pl.DataFrame:
    return pl.read_parquet(payoff.demo_folder() / "bank.parquet")


@pytest.fixture
def parts(bank: pl.DataFrame, tmp_path: Path) -> Path:
    """The rows of the demonstration in a folder of files, in order."""
    folder = tmp_path / "it's rows"
    folder.mkdir()
    size = len(bank) // PARTS + 1
    for j in range(PARTS):
        bank[j * size : (j + 1) * size].write_parquet(folder / f"part-{j}.parquet")
    (folder / "_SUCCESS").touch()
    (folder / ".part-0.parquet.crc").touch()
    return folder


def told(result: payoff.Result) -> object:
    document = json.loads(result.to_json())
    document.pop("checksum")
    return document


def test_many_files_answer_as_one_file_does(parts: Path) -> None:
    spec = payoff.demo_folder() / "bank.yaml"
    expected = told(payoff.evaluate(None, spec))
    listed = sorted(parts.glob("*.parquet"))
    for data in (
        parts,
        str(parts / "*.parquet"),
        parts / "part-[0-9].parquet",
        listed,
        tuple(map(str, listed)),
    ):
        assert told(payoff.evaluate(data, spec)) == expected


def test_a_folder_partitioned_by_a_column_has_that_column(bank: pl.DataFrame, tmp_path: Path) -> None:
    column = "job"
    for (value,), rows in bank.group_by(column):
        folder = tmp_path / "rows" / f"{column}={value}"
        folder.mkdir(parents=True)
        rows.drop(column).write_parquet(folder / "0.parquet")
    counted = f"select {column}, count(*) as n from source group by 1 order by 1"
    with open_engine(tmp_path / "rows") as many, open_engine(bank) as one:
        found, expected = many.columns(counted), one.columns(counted)
    assert {name: list(values) for name, values in found.items()} == {
        name: list(values) for name, values in expected.items()
    }


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"x": [1.5], "y": [1]}, "b.parquet has x as DOUBLE, which is BIGINT in a.parquet"),
        ({"x": [1]}, "b.parquet has no y, which a.parquet has"),
        ({"x": [1], "y": [1], "z": [1]}, "b.parquet has z, which a.parquet has not"),
    ],
)
def test_files_whose_columns_differ_are_refused(
    other: dict[str, list[float]], said: str, tmp_path: Path
) -> None:
    pl.DataFrame({"x": [1], "y": [1]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame(other).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(UnreadableData, match=said):
        open_engine(tmp_path)


def test_columns_in_another_order_are_the_same_columns(tmp_path: Path) -> None:
    pl.DataFrame({"x": [1], "y": [10]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"y": [20], "x": [2]}).write_parquet(tmp_path / "b.parquet")
    with open_engine(tmp_path) as engine:
        found = engine.columns("select sum(x)::bigint as x, sum(y)::bigint as y from source")
    assert (int(found["x"][0]), int(found["y"][0])) == (3, 30)


def test_what_names_no_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "rows.csv").write_text("x\n1\n", encoding="utf-8")
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "bad.pq").write_bytes(b"PAR1 nonsense")
    a = tmp_path / "a.parquet"
    refused = [tmp_path / "empty", [], tmp_path / "no*.parquet", tmp_path / "*.csv", [a, a]]
    refused += [[a, tmp_path / "gone.parquet"], [a, tmp_path / "bad.pq"]]
    for data in refused:
        with pytest.raises(UnreadableData) as problem:
            open_engine(data)
        assert problem.value.fix


def test_only_the_files_that_were_named_can_be_read(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        pl.DataFrame({"x": [1]}).write_parquet(tmp_path / f"{name}.parquet")
    with open_engine([tmp_path / "a.parquet", tmp_path / "b.parquet"]) as engine:
        assert int(engine.columns("select count(*) as n from source")["n"][0]) == 2
        with pytest.raises(EngineError):
            engine.columns(f"select * from read_parquet('{tmp_path}/c.parquet')")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("name", "other"), [("a[1]", "a1"), ("b*", "bc"), ("d?", "de"), ("week[1]/a", "week1/a")]
)
def test_a_file_named_like_a_pattern_is_that_file(name: str, other: str, suffix: str, tmp_path: Path) -> None:
    for stem, value in ((name, 1), (other, 2)):
        path = tmp_path / f"{stem}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        frame = pl.DataFrame({"x": [value]})
        frame.write_parquet(path) if suffix == "parquet" else frame.write_csv(path)
    with open_engine(tmp_path / f"{name}.{suffix}") as engine:
        assert engine.columns("select cast(x as bigint) as x from source")["x"].tolist() == [1]
