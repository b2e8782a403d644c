"""The same rows give the same result, to the last digit of its hash, wherever they are."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import payoff
from conftest import ENGINES

ROOT = Path(__file__).resolve().parents[2]
CASES = {
    "bank": (ROOT / "src/payoff/demonstration/bank.parquet", ROOT / "src/payoff/demonstration/bank.yaml"),
    "stranger": (ROOT / "examples/stranger/orders.csv", ROOT / "examples/stranger/ship.yaml"),
}
POSTGRES = {
    "string": "text",
    "double": "float8",
    "int64": "bigint",
    "int32": "integer",
    "date32[day]": "date",
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[str, pa.Table, Path, payoff.Result]:
    """Rows, their spec, and the result on DuckDB."""
    path, spec = CASES[request.param]
    rows = duckdb.sql(f"select * from '{path}'").to_arrow_table()
    return request.param, rows, spec, payoff.evaluate(rows, spec)


@pytest.mark.parametrize("name", ENGINES)
def test_the_hash_of_the_result_is_that_of_duckdb(
    case: tuple[str, pa.Table, Path, payoff.Result], name: str, request: pytest.FixtureRequest
) -> None:
    called, rows, spec, expected = case
    server = request.getfixturevalue(name)
    found = payoff.evaluate(there(name, server, called, rows), spec)
    assert found.record.data.hash == expected.record.data.hash
    assert found.record.hash == expected.record.hash
    assert found.record.data.engine.startswith("postgresql 1" if name == "postgres" else "spark 4.")


def there(name: str, server: Any, called: str, rows: pa.Table) -> Any:
    """Put the rows where the engine is, and return what payoff is given."""
    if name != "postgres":
        return server.createDataFrame(rows)
    with server.connect() as connection:
        columns = ", ".join(
            f'"{one.name}" {POSTGRES.get(str(one.type), str(one.type))}' for one in rows.schema
        )
        connection.execute(f"drop table if exists {called}; create table {called} ({columns})")
        with connection.cursor().copy(f"copy {called} from stdin") as copy:
            for row in zip(*(one.to_pylist() for one in rows.columns), strict=True):
                copy.write_row(row)
    return server.address(called)
