"""From what a user has (a path, a frame, a relation) to an engine that reads it."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from payoff.engines.duckdb import DuckDBEngine
from payoff.engines.engine import Engine
from payoff.engines.many import expand, is_many
from payoff.errors.engine import UnreadableData

READERS = {
    ".parquet": "read_parquet({path})",
    ".pq": "read_parquet({path})",
    ".csv": "read_csv({path}, sample_size = -1, comment = '', types = {types})",
    ".tsv": "read_csv({path}, sample_size = -1, comment = '', types = {types})",
    ".jsonl": "read_json({path}, format = 'newline_delimited', sample_size = -1)",
    ".ndjson": "read_json({path}, format = 'newline_delimited', sample_size = -1)",
}


def open_engine(data: Any, *, as_text: Collection[str] = ()) -> Engine:
    """Return an engine over ``data``: a path, or an Arrow, pandas or Polars frame, or a DuckDB relation.

    A path may be a folder of Parquet files or a pattern such as ``rows/*.parquet``; a list of paths is taken too.

    ``as_text`` names the columns that a text format must not turn into numbers (ids keep leading zeros).

    Raises
    ------
    UnreadableData
        When the file is missing, of an unknown format or damaged, or the object is no frame.
    """
    if is_many(data):
        return DuckDBEngine.over_files(expand(data))
    if isinstance(data, (str, Path)):
        return _open_file(Path(data), as_text)
    if hasattr(data, "__arrow_c_stream__") or type(data).__module__.partition(".")[0] == "pandas":
        return DuckDBEngine.over_frame(data)
    if hasattr(data, "fetch_arrow_reader") or hasattr(data, "to_arrow_table"):
        return DuckDBEngine.over_frame(data.to_arrow_table())
    raise UnreadableData(
        where="data",
        found=f"an object of type {type(data).__module__}.{type(data).__qualname__}",
        expected="a path, or an Arrow, pandas or Polars frame",
        fix="pass a path to a Parquet, CSV or JSON lines file, or one of those frames.",
    )


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
    return DuckDBEngine.over_file(path, reader, frozenset(as_text))
