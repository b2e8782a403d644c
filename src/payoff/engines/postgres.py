"""PostgreSQL: the rows stay where they live, aggregates come back.

Everything runs in one read-only transaction that sees one snapshot; nothing is created on the server.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import psycopg
from psycopg import pq, sql

from payoff.engines.addresses import Address, hidden
from payoff.engines.arrays import column
from payoff.engines.dialects import translate, with_definitions
from payoff.engines.dialects.postgres import GUARDED, POSTGRES
from payoff.engines.engine import Columns, Kind
from payoff.engines.postgres_errors import NumberTooLarge, of_connecting, of_query
from payoff.engines.relations import is_query, query_text, table_parts
from payoff.errors.engine import UnreadableData

LEAST_VERSION = 120000  # the first that inlines what is named once
TIMEOUT = "15min"
INTEGERS = {"int2", "int4", "int8"}
FLOATS = {"float4", "float8"}
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys((*INTEGERS, *FLOATS, "numeric"), "number"),
    "bool": "boolean",
    **dict.fromkeys(("text", "varchar", "bpchar", "uuid", "name"), "text"),
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
}
ARRIVES = {
    **dict.fromkeys(INTEGERS, "whole"),
    **dict.fromkeys((*FLOATS, "numeric"), "number"),
    "bool": "boolean",
}
# One snapshot is of no use when the rows come in another order each time that they are numbered.
SETTINGS = {"timezone": "UTC", "synchronize_seqscans": "off", "extra_float_digits": "1", "datestyle": "ISO"}


class PostgresEngine:
    """Rows in a table of PostgreSQL, or in what a query of the user returns."""

    keeps_order = False
    shares_scans = False

    def __init__(self, address: Address) -> None:
        self._address = address
        self._definitions: dict[str, str] = {}
        self._connection = _connected(address)
        try:
            self.name = f"postgresql {self._connection.info.parameter_status('server_version')}".split(" (")[
                0
            ]
            self._begin()
            self._relation = self._source()
            self._describe()
        except BaseException:
            self.close()
            raise

    def columns(self, query: str) -> Columns:
        """Run one query; see ``Engine.columns``.

        Arithmetic that leaves the doubles is an error on PostgreSQL: only then the query runs once more, guarded.
        """
        try:
            return self._run(self._text(query, guarded=False))
        except NumberTooLarge:
            return self._run(self._text(query, guarded=True), last=True)

    def define(self, name: str, query: str, *, kept: bool = False) -> None:  # noqa: ARG002
        """Keep the text of ``query``: it stands before each query from now on; see ``Engine.define``."""
        translate(query, POSTGRES)
        self._definitions[name] = query

    def close(self) -> None:
        """End the transaction and the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PostgresEngine({self._address.place!r})"

    def _text(self, query: str, *, guarded: bool) -> str:
        written = partial(translate, dialect=GUARDED if guarded else POSTGRES)
        named = [(f'"{name}" as', written(text)) for name, text in self._definitions.items()]
        return with_definitions(written(query), [('"source" as not materialized', self._relation), *named])

    def _run(self, text: str, *, last: bool = False) -> Columns:
        with self._translated(last=last), self._connection.transaction():
            # Binary answers come by the extended protocol, which takes one statement only.
            cursor = self._connection.execute(text, binary=True)
            described = cursor.description or []
            rows = cursor.fetchall()
        kinds = [ARRIVES.get(_type_name(one), "text") for one in described]
        listed = list(zip(*rows, strict=True)) or [()] * len(described)
        return {
            one.name: column(values, kind) for one, values, kind in zip(described, listed, kinds, strict=True)
        }

    def _begin(self) -> None:
        connection = self._connection
        if connection.info.server_version < LEAST_VERSION:
            raise UnreadableData(
                where=self._address.place,
                found=self.name,
                expected="PostgreSQL 12 or later",
                fix="export the table to Parquet.",
            )
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        wanted = self._address.options.get("statement_timeout", TIMEOUT)
        with self._translated():
            for name, value in {**SETTINGS, "statement_timeout": wanted}.items():
                connection.execute("select set_config(%s, %s, true)", [name, value])

    def _source(self) -> str:
        relation = self._address.relation
        if is_query(relation):
            return f"select * from (\n{query_text(relation)}\n) as payoff_source"
        name = sql.Identifier(*table_parts(relation)).as_string(self._connection)
        return f"select * from {name}"

    def _describe(self) -> None:
        with self._translated(), self._connection.transaction():
            cursor = self._connection.execute(f"{self._relation} limit 0", binary=True)
            described = cursor.description or []
            types = {one.name: self._type(one) for one in described}
        _refuse_repeated(self._address, [one.name for one in described])
        self.types: Mapping[str, str] = types
        self.schema: Mapping[str, Kind] = {name: _kind(kind) for name, kind in types.items()}
        self.integers = frozenset(name for name, kind in types.items() if kind in INTEGERS)
        self.floats = frozenset(name for name, kind in types.items() if kind in FLOATS)
        listed = ", ".join(_read_as(name, kind) for name, kind in types.items())
        self._relation = f"select {listed} from ({self._relation}) as payoff_rows"

    def _type(self, described: Any) -> str:
        known = _type_name(described)
        if known:
            return known
        found = self._connection.execute(
            "select case typtype when 'e' then 'enum' else format_type(oid, null) end from pg_type where oid = %s",
            [described.type_code],
        ).fetchone()
        return str(found[0]) if found else "unknown"

    @contextmanager
    def _translated(self, *, last: bool = False) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as problem:
            lost = self._connection.info.status != pq.ConnStatus.OK
            raise of_query(problem, self._address, lost=lost, last=last) from None


def _connected(address: Address) -> "psycopg.Connection[Any]":
    hosts = [re.fullmatch(r"(.*?)(?::(\d*))?", one) for one in address.hosts.split(",")]
    given = {
        "host": ",".join(one[1].strip("[]") for one in hosts if one),
        "port": ",".join(one[2] or "" for one in hosts if one).strip(","),
        "dbname": address.database,
        "user": address.user,
        "password": address.password,
    }
    options = {key: value for key, value in address.options.items() if key != "statement_timeout"}
    wanted = {
        "application_name": "payoff",
        **{key: value for key, value in given.items() if value},
        **options,
    }
    try:
        return psycopg.connect(**wanted)  # type: ignore[arg-type]
    except (psycopg.Error, ValueError) as problem:
        raise of_connecting(hidden(str(problem), address.secrets), address) from None


def _type_name(described: Any) -> str:
    found = psycopg.adapters.types.get(described.type_code)
    # The list of known types answers for arrays with the type of their elements.
    return "" if found is None or found.oid != described.type_code else str(found.name)


def _kind(kind: str) -> Kind:
    return "text" if kind == "enum" else KINDS.get(kind, "other")


def _read_as(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind in KINDS and KINDS[kind] != "text":
        return quoted
    # Text sorts by code point, and types that payoff does not know arrive as text.
    return f'cast({quoted} as text) collate "C" as {quoted}'


def _refuse_repeated(address: Address, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not names:
        raise UnreadableData(
            where=address.place,
            found=f"two columns named {', '.join(repeated)}" if repeated else "no column",
            expected="a name of its own for every column",
            fix="name the columns in the query.",
        )
