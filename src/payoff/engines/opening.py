"""From what a user has (a path, a frame, a relation) to an engine that reads it."""

import warnings
from collections.abc import Collection
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from payoff.engines.addresses import Address, is_address, read_address
from payoff.engines.engine import Engine
from payoff.engines.many import expand, is_many
from payoff.errors.engine import UnreadableData
from payoff.errors.usage import MissingExtra

READERS = {
    ".parquet": "read_parquet({path})",
    ".pq": "read_parquet({path})",
    ".csv": "read_csv({path}, sample_size = -1, comment = '', types = {types})",
    ".tsv": "read_csv({path}, sample_size = -1, comment = '', types = {types})",
    ".jsonl": "read_json({path}, format = 'newline_delimited', sample_size = -1)",
    ".ndjson": "read_json({path}, format = 'newline_delimited', sample_size = -1)",
}


def open_engine(data: Any, *, as_text: Collection[str] = ()) -> Engine:
    """Return an engine over ``data``.

    Parameters
    ----------
    data : a path, a folder of Parquet files, a pattern such as ``rows/*.parquet`` or a list of paths; an Arrow,
        pandas, Polars or Spark frame; a DuckDB relation; or the address of a table or query, such as
        ``postgresql://user@host/db#schema.table`` or ``sc://host:port#select ...``.
    as_text : the columns that a text format must not turn into numbers (ids keep leading zeros).

    Raises
    ------
    UnreadableData
        When the file is missing, of an unknown format or damaged, or the object is no frame.
    EngineError
        When the address cannot be followed, or the server does not let us read.
    MissingExtra
        When the package that talks to the server is not installed.
    """
    if isinstance(data, str) and is_address(data):
        return _open_address(read_address(data))
    if is_many(data):
        return _made("duckdb", "DuckDBEngine.over_files", expand(data))
    if isinstance(data, (str, Path)):
        return _open_file(Path(data), as_text)
    if type(data).__module__.startswith("pyspark.sql."):
        return _over_spark_frame(data)
    if hasattr(data, "__arrow_c_stream__") or type(data).__module__.partition(".")[0] == "pandas":
        return _made("duckdb", "DuckDBEngine.over_frame", data)
    if hasattr(data, "fetch_arrow_reader") or hasattr(data, "to_arrow_table"):
        return _made("duckdb", "DuckDBEngine.over_frame", data.to_arrow_table())
    raise UnreadableData(
        where="data",
        found=f"an object of type {type(data).__module__}.{type(data).__qualname__}",
        expected="a path, an address, or an Arrow, pandas, Polars or Spark frame",
        fix="pass a path to a Parquet, CSV or JSON lines file, or one of those frames.",
    )


def _open_address(address: Address) -> Engine:
    if address.scheme == "sc":
        _extra("pyspark.sql.connect.session", "spark", "pyspark")
        return _made("spark", "SparkEngine.over_address", address)
    _extra("psycopg", "postgres", "psycopg")
    return _made("postgres", "PostgresEngine", address)


def _over_spark_frame(frame: Any) -> Engine:
    return _made("spark", "SparkEngine.over_frame", frame)


def _made(module: str, maker: str, *data: Any) -> Engine:
    """Make an engine of a module that is imported only now, for what it imports itself."""
    engine: Engine = attrgetter(maker)(import_module(f"payoff.engines.{module}"))(*data)
    return engine


def _extra(module: str, extra: str, package: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # pyspark remarks on the version of pandas
            import_module(module)
    except ImportError as problem:
        raise MissingExtra(
            where="data",
            found=f"no working {package} ({problem})",
            expected=package,
            fix=f"pip install 'payoff[{extra}]'.",
        ) from None


def _open_file(path: Path, as_text: Collection[str]) -> Engine:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableData(
            where=path.name,
            found=f"a file ending in {path.suffix!r}",
            expected=f"one of {', '.join(READERS)}",
            fix="convert it, or give it the ending of the format it has.",
        )
    if not path.is_file():
        raise UnreadableData(
            where=str(path),
            found="no such file",
            expected="a readable file",
            fix="check the path of the data.",
        )
    if path.stat().st_size == 0:
        raise UnreadableData(
            where=path.name, found="an empty file", expected="rows", fix="check the job that wrote it."
        )
    return _made("duckdb", "DuckDBEngine.over_file", path, reader, frozenset(as_text))
