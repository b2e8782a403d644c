"""Rows in many files: a pattern, a folder (also one partitioned by ``column=value``), or a list of paths."""

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from payoff.errors.engine import UnreadableData

SUFFIXES = (".parquet", ".pq")
SIGNS = "*?["
# Of files that disagree, so many columns are named.
SHOWN = 5


def is_many(data: Any) -> bool:
    """Return whether this is a list of paths, or one path that stands for many files.

    A file that is named like a pattern is itself.
    """
    if isinstance(data, (list, tuple)):
        return all(isinstance(one, (str, Path)) for one in data)
    if not isinstance(data, (str, Path)):
        return False
    path = Path(data)
    return path.is_dir() or (any(sign in str(path) for sign in SIGNS) and not path.exists())


def expand(data: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    """Return the Parquet files that are meant, in the order of their names, or of the list.

    Raises
    ------
    UnreadableData
        When there is none, one is no Parquet file, or one is named twice.
    """
    asked = [data] if isinstance(data, (str, Path)) else list(data)
    files = [file for one in asked for file in _files(Path(one))]
    if not files:
        raise _refused("data", "no file", "at least one Parquet file", "name one.")
    repeated = (
        next((file for j, file in enumerate(files) if file in files[:j]), None) if len(asked) > 1 else None
    )
    if repeated is not None:
        raise _refused(
            str(repeated), "a file named twice", "each once", "name it once: its rows would count twice."
        )
    for file in files:
        if file.suffix.lower() not in SUFFIXES:
            fix = "convert the files to Parquet, or put them into one."
            raise _refused(file.name, f"one of many files, ending in {file.suffix!r}", "Parquet files", fix)
        if not file.is_file():
            raise _refused(str(file), "no such file", "a readable file", "check the paths of the data.")
    return tuple(files)


def disagreement(columns: Iterable[tuple[str, dict[str, str]]]) -> str | None:
    """Return in which file which columns are not those of the first file, None where all agree.

    >>> disagreement([("a", {"x": "INT"}), ("b", {"x": "INT"})])
    >>> disagreement([("a", {"x": "INT"}), ("b", {"x": "DOUBLE", "y": "INT"})])
    'b has y, which a has not, and x as DOUBLE, which is INT in a'
    """
    given = iter(columns)
    first, expected = next(given)
    for name, found in given:
        more = [column for column in found if column not in expected]
        less = [column for column in expected if column not in found]
        other = [column for column in found if column in expected and found[column] != expected[column]]
        said = [f"{', '.join(more[:SHOWN])}, which {first} has not"] if more else []
        said += [f"no {', '.join(less[:SHOWN])}, which {first} has"] if less else []
        said += [f"{one} as {found[one]}, which is {expected[one]} in {first}" for one in other[:SHOWN]]
        if said:
            return f"{name} has {', and '.join(said)}"
    return None


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in SUFFIXES]
        # As every reader does: what begins with a dot or an underscore is not data.
        inner = [file for file in found if not any(part[0] in "._" for part in file.relative_to(path).parts)]
        if not inner:
            raise _refused(str(path), "a folder without Parquet files", "some", "check the path of the data.")
        return inner
    if is_many(path):
        found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - hidden files stay out
        files = [file for file in found if file.is_file()]
        if not files:
            fix = "check the pattern, and put it into quotes."
            raise _refused(str(path), "no file of such a name", "at least one", fix)
        return files
    return [path]


def _refused(where: str, found: str, expected: str, fix: str) -> UnreadableData:
    return UnreadableData(where=where, found=found, expected=expected, fix=fix)
