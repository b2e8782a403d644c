"""What DuckDB says when it fails, in payoff's words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from payoff.errors.engine import MoneyOverflow, OutOfMemory, QueryFailed, SpillFailed, UnreadableData
from payoff.errors.family import EngineError

_MEMORY = re.compile(
    r"bad.?alloc|out of memory|cannot allocate|failed to allocate|could not allocate|can't start new thread"
    r"|failed to map segment|could not start thread",
    re.IGNORECASE,
)
_DISK = re.compile(
    r"no space left|file too large|quota exceeded|disk full|max_temp_directory_size|duckdb_temp_",
    re.IGNORECASE,
)


@contextmanager
def translated(label: str) -> Iterator[None]:
    """Raise what DuckDB raises within as errors of payoff about ``label``; Ctrl-C stays Ctrl-C."""
    try:
        yield
    except MemoryError as problem:
        raise no_memory(label) from problem
    except RuntimeError as problem:
        # DuckDB turns Ctrl-C during a query into a RuntimeError of its own.
        if "interrupt" in str(problem).lower():
            raise KeyboardInterrupt from problem
        if _MEMORY.search(str(problem)):
            raise no_memory(label) from problem
        raise
    except duckdb.Error as problem:
        if isinstance(problem, duckdb.InterruptException):
            raise KeyboardInterrupt from problem
        raise _said(label, problem) from problem


def no_memory(label: str) -> OutOfMemory:
    """Return the error of a query for which there is no memory."""
    return OutOfMemory(
        where=label,
        found="no memory left",
        expected="room for the query",
        fix="raise the limit of memory (ulimit -v, the container's), or use a machine with more.",
    )


def _said(label: str, problem: duckdb.Error) -> EngineError:
    text = str(problem)
    if _DISK.search(text):
        return SpillFailed(
            where=label,
            found=f"no room on disk for what does not fit into memory ({_first_line(problem)})",
            expected="room in the folder for temporary files",
            fix="free some, name another folder in TMPDIR, or raise the limit of memory.",
        )
    if isinstance(problem, duckdb.OutOfMemoryException) or _MEMORY.search(text):
        return no_memory(label)
    if isinstance(problem, duckdb.OutOfRangeException):
        return MoneyOverflow(
            where="value",
            found="a sum of money beyond 38 digits",
            expected="sums that fit",
            fix="declare a larger decision.quantum, such as 1.",
        )
    if isinstance(problem, duckdb.ConversionException) and "INT128" in text:
        return MoneyOverflow(
            where="value",
            found="values beyond 38 digits of the quantum",
            expected="money that can be summed exactly",
            fix="check the columns and units of the formulas.",
        )
    if isinstance(problem, (duckdb.IOException, duckdb.InvalidInputException, duckdb.PermissionException)):
        return UnreadableData(
            where=label,
            found=_first_line(problem),
            expected="a readable table",
            fix="check the file and its format.",
        )
    return QueryFailed(
        where=label,
        found=_first_line(problem),
        expected="an answer",
        fix="check the column named, if one is.",
    )


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0][:300]
