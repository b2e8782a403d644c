"""A small table of everything that engines disagree about, and how to put it into each of them."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql

NAN, INF = float("nan"), float("inf")
naive = datetime  # a time without zone is what the column holds
LONG = 'a "long" name, it\'s ' + "x" * 280
BIG = 2**63 - 1

COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "id": ("bigint", list(range(12))),
    "n": ("bigint", [0, 1, -1, 2**53 - 1, 2**53, 2**53 + 1, BIG, -(2**63), None, 7, -7, 1234567890123456789]),
    "select": ("integer", [3, 1, 2, None, 0, -5, 3, 3, 1, 2, 7, -7]),
    "Order": ("double", [0.0, -0.0, 1.5, -2.5, NAN, INF, -INF, 1e300, 1e-300, None, 0.1, -123456789.5]),
    "x": ("double", [0.5, 2.0, -1.5, None, 3.0, 1e6, -1e-3, 7.25, 0.0, 100.0, 2.0, -8.0]),
    'te"xt': (
        "varchar",
        ["", "a", "it's", "ü", "Z", "a\\b", '"q"', "50%", None, " x ", "_", "straße 東京 🙂"],
    ),
    "flag": ("boolean", [True, False, None, True, False, True, None, False, True, True, False, None]),
    "day": (
        "date",
        [
            date(1970, 1, 1), date(1969, 12, 31), date(1900, 2, 28), date(2024, 2, 29), None, date(2026, 11, 25),
            date(2000, 1, 1), date(1582, 10, 15), date(2024, 12, 30), date(2023, 1, 1), date(9999, 12, 31),
            date(1, 1, 1),
        ],
    ),
    "stamp": (
        "timestamp",
        [naive(2024, 3, 31, 1, 30, 0, 123456), naive(1969, 12, 31, 23, 59, 59, 999999), None]
        + [naive(2026, 1, 1, h) for h in range(9)],
    ),
    "moment": (
        "timestamptz",
        [datetime(2024, 3, 31, 1, 30, tzinfo=UTC), datetime(1969, 12, 31, 23, 30, tzinfo=UTC), None]
        + [datetime(2026, 7, 1, 20 + h % 4, tzinfo=UTC) for h in range(9)],
    ),
}  # fmt: skip
ARROW = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
SPARK = {"varchar": "string", "integer": "int", "timestamp": "timestamp_ntz", "timestamptz": "timestamp"}
POSTGRES = {"double": "double precision"}


def rows() -> list[tuple[Any, ...]]:
    """Return the rows."""
    return list(zip(*(values for _, values in COLUMNS.values()), strict=True))


def arrow(extra: dict[str, tuple[str, list[Any]]] | None = None) -> pa.Table:
    """Return the table in memory, for DuckDB."""
    columns = {**COLUMNS, **(extra or {})}
    return pa.table({name: pa.array(values, ARROW[kind]) for name, (kind, values) in columns.items()})


def into_postgres(connection: "psycopg.Connection[Any]", name: str = "nasty") -> None:
    """Create the table on the server."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(POSTGRES.get(kind, kind)))
        for column, (kind, _) in COLUMNS.items()
    )
    table = sql.Identifier(name)
    connection.execute(sql.SQL("drop table if exists {}").format(table))
    connection.execute(sql.SQL("create table {} ({})").format(table, columns))
    with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
        for row in rows():
            copy.write_row(row)


def into_spark(session: Any, extra: dict[str, tuple[str, list[Any]]] | None = None) -> Any:
    """Return a frame of the table."""
    columns = {**COLUMNS, **(extra or {})}
    schema = ", ".join(
        "`" + name.replace("`", "``") + f"` {SPARK.get(kind, kind)}" for name, (kind, _) in columns.items()
    )
    return session.createDataFrame(
        list(zip(*(values for _, values in columns.values()), strict=True)), schema
    )
