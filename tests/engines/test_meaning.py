"""Every word of the vocabulary means on every engine what it means on DuckDB."""

import math
from pathlib import Path

import numpy as np
import pytest

from conftest import ENGINES
from payoff.engines import Columns, Engine
from payoff.errors import EngineError

# Functions that libraries of mathematics compute, each a little differently in the last digits.
LAST_DIGITS = 1e-14

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    """Return the lines of a file that are no comment."""
    return [
        line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if not line.startswith("--")
    ]


EXACT, NEARLY, TABLES = (lines(f"{name}.sql") for name in ("expressions", "transcendental", "tables"))

# What Sail, which stands in for Spark Connect without Java, does not do as Spark does.
SAIL = {
    "cast(cast(date_trunc('month', day) as date) as varchar)": "Sail holds dates as nanoseconds: not before 1677",
    "cast(cast(date_trunc('week', day) as date) as varchar)": "Sail holds dates as nanoseconds: not before 1677",
    'dense_rank() over (order by "Order")': "Sail ranks -0.0 before 0.0",
    "power(0.0e0, x)": "Sail refuses zero to a negative power",
}
AT_ONCE = 12  # expressions in one query: on Spark a query costs half a second, whatever it asks
CHUNKS = [EXACT[at : at + AT_ONCE] for at in range(0, len(EXACT), AT_ONCE)]


def same(found: Columns, expected: Columns, tolerance: float = 0.0) -> None:
    assert list(found) == list(expected)
    for name, wanted in expected.items():
        assert differing(found[name], wanted, tolerance) == [], name


def differing(found: np.ndarray, wanted: np.ndarray, tolerance: float) -> list[tuple[int, object, object]]:
    """Return the rows in which two columns differ."""
    pairs = enumerate(zip(found.tolist(), wanted.tolist(), strict=True))
    return [(row, one, other) for row, (one, other) in pairs if not equal(one, other, tolerance)]


def equal(one: object, other: object, tolerance: float) -> bool:
    if not (isinstance(one, float) or isinstance(other, float)):
        return one == other
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    return math.isclose(one, other, rel_tol=tolerance) or (one != one and other != other)


def agree(engine: Engine, duck: Engine, expressions: list[str], tolerance: float = 0.0) -> None:
    """Ask for several expressions row by row; what NULL is replaced by depends on what DuckDB says they are."""
    pieces, wanted = [], {}
    for j, text in enumerate(expressions):
        alone = f"select id, v from (select id, {text} as v from source) where v is not null order by id"
        kind = duck.columns(alone)["v"].dtype.kind
        filled = {"i": f"coalesce({text}, 0)", "b": f"coalesce({text}, false)"}.get(kind, text)
        pieces.append(f"{filled} as v{j}, case when ({text}) is null then 1 else 0 end as m{j}")
        wanted[f"v{j}"] = wanted[f"m{j}"] = text
    query = f"select {', '.join(pieces)} from source order by id"
    found, expected = engine.columns(query), duck.columns(query)
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert differing(found[name], values, tolerance) == [], f"{engine.name}: {wanted[name]}"


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("chunk", range(len(CHUNKS)))
def test_expressions_give_what_they_give_on_duckdb(
    engine: Engine, duck: Engine, chunk: int, is_sail: bool
) -> None:
    agree(engine, duck, [text for text in CHUNKS[chunk] if not (is_sail and text in SAIL)])


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_transcendental_functions_differ_in_the_last_digits_at_most(
    engine: Engine, duck: Engine, is_sail: bool
) -> None:
    agree(engine, duck, [text for text in NEARLY if not (is_sail and text in SAIL)], LAST_DIGITS)


@pytest.mark.parametrize("text", SAIL)
@pytest.mark.parametrize("engine", ["sail"], indirect=True)
def test_what_sail_does_not_do_is_still_so(engine: Engine, duck: Engine, text: str) -> None:
    with pytest.raises((AssertionError, EngineError)):
        agree(engine, duck, [text])


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("query", TABLES)
def test_a_table_is_the_one_of_duckdb(engine: Engine, duck: Engine, query: str) -> None:
    same(engine.columns(query), duck.columns(query), LAST_DIGITS)
