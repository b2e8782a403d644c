"""The embedded engine: DuckDB in memory, locked to the one relation it was given.

After set-up no file, network, extension or setting can be reached, whatever a query says.
"""

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import numpy as np
from numpy.typing import NDArray

from payoff.engines.engine import Columns, Kind
from payoff.engines.failing import translated
from payoff.engines.limits import find_limits, spare_addresses
from payoff.engines.many import disagreement
from payoff.engines.waiting import is_stuck, wait_for
from payoff.errors.data import NoRows
from payoff.errors.engine import QueryFailed, UnreadableData

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
KINDS: dict[str, Kind] = {
    **dict.fromkeys((*INTEGERS, "UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE"), "number"),
    "BOOLEAN": "boolean",
    "VARCHAR": "text",
    "UUID": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}

T = TypeVar("T")
DELIMITERS = (",", ";", "\t", "|")


class DuckDBEngine:
    """Rows in a file or a frame, read by DuckDB in this process."""

    keeps_order = True
    # Since its second version several groupings of one subquery are fed by one scan of it; before, it was kept whole.
    shares_scans = int(duckdb.__version__.partition(".")[0]) >= 2

    def __init__(self, connection: duckdb.DuckDBPyConnection, label: str, spill: Any) -> None:
        self.name = f"duckdb {duckdb.__version__}"
        self._connection, self._label, self._spill = connection, label, spill
        self._told: Callable[[float], None] | None = None
        with translated(label):
            described = connection.execute("describe select * from source").fetchall()
        self.types: Mapping[str, str] = {str(row[0]): str(row[1]) for row in described}
        self.schema: Mapping[str, Kind] = {name: _kind(kind) for name, kind in self.types.items()}
        self.integers = frozenset(name for name, kind in self.types.items() if kind in INTEGERS)
        self.floats = frozenset(name for name, kind in self.types.items() if kind in ("FLOAT", "DOUBLE"))

    @classmethod
    def over_file(cls, path: Path, reader: str, as_text: frozenset[str]) -> Self:
        """Return an engine over one file. Text formats are parsed once, into a table that may spill."""
        quoted = _exactly(path)
        with _connected() as (connection, spill):
            with translated(path.name):
                if "types" not in reader and "json" not in reader:
                    connection.execute(
                        f"create temp view source as select * from {reader.format(path=quoted)}"
                    )
                    _allow(connection, [path])
                else:
                    relation = _text_relation(connection, reader, quoted, as_text)
                    table = f"create temp table source as select * from {relation}"
                    _waited(connection, lambda: connection.execute(table))
            _lock(connection)
            return cls(connection, path.name, spill)

    @classmethod
    def over_files(cls, paths: Sequence[Path]) -> Self:
        """Return an engine over Parquet files that have the same columns, as if they were one."""
        listed = "[" + ", ".join(_exactly(path) for path in paths) + "]"
        label = f"{paths[0].name} and {len(paths) - 1} more" if len(paths) > 1 else paths[0].name
        with _connected() as (connection, spill):
            with translated(label):
                _refuse_other_columns(connection, paths)
                connection.execute(
                    f"create temp view source as select * from read_parquet({listed}, union_by_name = false)"
                )
                _allow(connection, paths)
            _lock(connection)
            return cls(connection, label, spill)

    @classmethod
    def over_frame(cls, frame: Any) -> Self:
        """Return an engine over a frame in memory, read where it is."""
        with _connected() as (connection, spill):
            with translated("data"):
                by_capsule = type(frame).__module__.partition(".")[0] in ("polars", "duckdb")
                connection.register("source", _Stream(frame) if by_capsule else frame)
            _lock(connection)
            return cls(connection, "data", spill)

    def columns(self, query: str) -> Columns:
        """Run one query; see ``Engine.columns``."""
        with translated(self._label):
            found: Any = _waited(
                self._connection, lambda: self._connection.execute(query).fetchnumpy(), self._glance
            )
        return {name: _dense(column) for name, column in found.items()}

    def define(self, name: str, query: str, *, kept: bool = False) -> None:
        """Define a view, so that each query reads what it needs and nothing is copied; see ``Engine.define``."""
        kind = "table" if kept else "view"
        with translated(self._label):
            self._connection.execute(f"create or replace temp {kind} {name} as {query}")

    def watch(self, told: Callable[[float], None]) -> int:
        """Call ``told`` with the share done of each long query; see ``Watchable.watch``."""
        rows = self.columns("select count(*) as n from source")["n"]
        self._told = told
        return int(rows[0])

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        _closed(self._connection, self._spill)

    def _glance(self) -> None:
        if self._told is not None:
            percent = self._connection.query_progress()
            if percent >= 0:
                self._told(min(percent / 100, 1.0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Stream:
    """Only the Arrow capsule of a frame: DuckDB then needs no pyarrow to read Polars."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


@contextmanager
def _connected() -> Iterator[tuple[duckdb.DuckDBPyConnection, Any]]:
    """Give a connection with a folder to spill into; neither outlives a failure."""
    limits = find_limits()
    if limits.addresses is not None:
        spare_addresses()
    with translated("memory"):
        connection = duckdb.connect(
            ":memory:",
            config={
                "python_enable_replacements": False,
                "threads": limits.threads,
                "memory_limit": f"{limits.memory}B",
            },
        )
    spill = tempfile.TemporaryDirectory(prefix=f"payoff-{os.getpid()}-", ignore_cleanup_errors=True)
    try:
        connection.execute(f"set temp_directory = '{spill.name}'")
        connection.execute("set preserve_insertion_order = true")
        # How far a query is can be asked for only where there is a bar, which is not drawn.
        connection.execute("set enable_progress_bar = true")
        connection.execute("set enable_progress_bar_print = false")
        connection.execute("set progress_bar_time = 0")
        # Parquet's minima and maxima leave NaN out, and DuckDB takes them for those of all rows: `isnan(x)` is then
        # false and `max(x)` is a number although a row holds NaN (seen in 1.4 to 2.0; tests/engines/test_nan.py).
        connection.execute("set disabled_optimizers = 'statistics_propagation,filter_pushdown'")
        yield connection, spill
    except BaseException:
        _closed(connection, spill)
        raise


def _closed(connection: duckdb.DuckDBPyConnection, spill: Any) -> None:
    # To close a connection whose query does not stop would be to wait for it.
    if not is_stuck(connection):
        connection.close()
    spill.cleanup()


def _waited(
    connection: duckdb.DuckDBPyConnection, ask: Callable[[], T], glance: Callable[[], None] = lambda: None
) -> T:
    return wait_for(ask, connection, connection.interrupt, glance)


def _text_relation(
    connection: duckdb.DuckDBPyConnection, reader: str, quoted: str, as_text: frozenset[str]
) -> str:
    kept = _kept_as_text(connection, quoted, as_text) if "types" in reader else frozenset()
    if not kept:
        return reader.replace(", types = {types}", "").format(path=quoted)
    return reader.format(path=quoted, types=_types(kept))


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set autoload_known_extensions = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _kept_as_text(
    connection: duckdb.DuckDBPyConnection, quoted: str, as_text: frozenset[str]
) -> frozenset[str]:
    """Return the columns of a CSV file that stay text: those named, and labels such as yes and no."""
    rows = connection.execute(
        f"describe select * from read_csv({quoted}, sample_size = -1, comment = '')"
    ).fetchall()
    kinds = {str(row[0]): str(row[1]) for row in rows}
    _refuse_ragged(connection, quoted, kinds)
    _refuse_repeated(connection, quoted, kinds)
    _refuse_header_alone(connection, quoted, kinds)
    flags = [name for name, kind in kinds.items() if kind == "BOOLEAN"]
    labels: set[str] = set()
    if flags:
        # DuckDB reads yes, no, t and f as booleans too: the user's own words would be gone.
        plain_words = "bool_and({0} is null or lower({0}) in ('true', 'false'))"
        spelled = ", ".join(plain_words.format(_column(name)) for name in flags)
        found = connection.execute(
            f"select {spelled} from read_csv({quoted}, sample_size = -1, comment = '', types = {_types(flags)})"
        ).fetchone()
        labels = {name for name, plain in zip(flags, found or (), strict=True) if plain is False}
    return frozenset(kinds) & as_text | labels


def _refuse_ragged(connection: duckdb.DuckDBPyConnection, quoted: str, kinds: Collection[str]) -> None:
    """Read strictly where one column holds the delimiters of many: the reader then names the line."""
    name = next(iter(kinds), "")
    delimiter = next((sign for sign in DELIMITERS if sign in name), None)
    if len(kinds) == 1 and delimiter is not None:
        fields = ", ".join("'" + field.replace("'", "''") + "': 'VARCHAR'" for field in name.split(delimiter))
        strictly = f"auto_detect = false, header = true, delim = '{delimiter}', columns = {{{fields}}}"
        connection.execute(f"select count(*) from read_csv({quoted}, {strictly})")


def _refuse_repeated(connection: duckdb.DuckDBPyConnection, quoted: str, kinds: Collection[str]) -> None:
    """Refuse a header that gives two columns one name: DuckDB would rename the second in silence."""
    plain = "header = false, all_varchar = true, comment = ''"
    header = connection.execute(f"select * from read_csv({quoted}, {plain}) limit 1").fetchone() or ()
    names = [str(name) for name in header if name is not None]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated and set(names) <= set(kinds):
        raise UnreadableData(
            where="header",
            found=f"two columns named {', '.join(repeated)}",
            expected="a name of its own for every column",
            fix="rename one of them, or leave it out.",
        )


def _refuse_header_alone(connection: duckdb.DuckDBPyConnection, quoted: str, kinds: Collection[str]) -> None:
    """Refuse a file that holds its header and no row: DuckDB would take the names for a row."""
    if list(kinds) != [f"column{place}" for place in range(len(kinds))]:
        return
    plain = "header = false, all_varchar = true, comment = ''"
    lines = connection.execute(f"select * from read_csv({quoted}, {plain}) limit 2").fetchall()
    if len(lines) == 1:
        names = ", ".join(str(name) for name in lines[0])
        raise NoRows(
            where="data",
            found=f"one line ({names}) and no row under it",
            expected="a header and rows",
            fix="check the query or job that wrote them.",
        )


def _refuse_other_columns(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    """Refuse files of which the columns differ: DuckDB would take those of the first, and cast or drop in silence."""

    def columns(path: Path) -> dict[str, str]:
        with translated(path.name):
            query = f"describe select * from read_parquet({_exactly(path)})"
            return {str(row[0]): str(row[1]) for row in connection.execute(query).fetchall()}

    differing = disagreement((path.name, columns(path)) for path in paths)
    if differing is not None:
        raise UnreadableData(
            where="data",
            found=f"files of which the columns differ: {differing}",
            expected="the same columns in every file",
            fix="write the files in one way, or leave out those that differ.",
        )


def _allow(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    # Both what is asked for and what is then opened are held against this list.
    listed = dict.fromkeys(text for path in paths for text in (_literal(str(path)), _exactly(path)))
    connection.execute(f"set allowed_paths = [{', '.join(listed)}]")


def _exactly(path: Path) -> str:
    """Return a path as DuckDB takes it for this one file, whatever signs of a pattern are in its name."""
    return _literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _types(names: Collection[str]) -> str:
    return "{" + ", ".join("'" + name.replace("'", "''") + "': 'VARCHAR'" for name in sorted(names)) + "}"


def _kind(name: str) -> Kind:
    if name.startswith("DECIMAL"):
        return "number"
    return "text" if name.startswith("ENUM") else KINDS.get(name, "other")


def _dense(column: NDArray[np.generic]) -> NDArray[np.generic]:
    # fetchnumpy masks NULLs, and asarray would read a masked number as what lies under the mask.
    if not isinstance(column, np.ma.MaskedArray):
        return np.asarray(column)
    if column.dtype.kind == "f":
        return np.ma.filled(column, np.nan)
    if column.dtype.kind == "O":
        filled = column.data.copy()
        filled[np.ma.getmaskarray(column)] = None
        return np.asarray(filled)
    if np.ma.getmaskarray(column).any():
        raise QueryFailed(
            where="engine",
            found="NULL in a column of counts",
            expected="a number",
            fix="report this as a bug.",
        )
    return np.asarray(column.data)
