"""Formulas mean the same on every engine: numbers to the last bit, and NULL exactly where DuckDB has NULL."""

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_meaning import differing

from conftest import ENGINES
from payoff.engines import Engine, open_engine
from payoff.formulas import parse, quote, resolve, to_sql

# What libraries of mathematics compute differs in the last digits, and differences of it are differences of those.
LAST_DIGITS = 1e-9
AT_ONCE = 25
SCHEMA = {"x": "number", "y": "number", "z q": "number", "flag": "boolean", "kind": "text", "day": "date"}
NAMES = {name: quote(name) for name in SCHEMA}
NUMBERS = [None, 0.0, -0.0, 1.0, -1.0, 2.5, 0.1, -7.75, 1e-200, 1e4, 1e200, -1.7e308, 5e-324]
FLAGS = [None, True, False]
KINDS = [None, "a", "b", " A "]
ROWS = [
    {"r": r, "x": x, "y": y, "z q": NUMBERS[(3 * r) % 13]}
    | {"flag": FLAGS[r % 3], "kind": KINDS[r % 4], "o": FLAGS[r % 5 % 3]}
    for r, (x, y) in enumerate(itertools.product(NUMBERS, NUMBERS[::2]))
]

leaves = st.sampled_from(["x", "y", '"z q"', "0", "1", "2.5", "0.1", "1e200", "1e-200", "margin"])
conditions = st.sampled_from(
    [
        "outcome", "flag", "x > y", "x is null", "kind = 'a'", "not flag or outcome", "x between 0 and y",
        "kind in ('a', 'b')", "kind like '%a%'", "upper(trim(kind)) = 'A'", "x in (0, 1, 2.5)", "x <> y and flag",
    ]
)  # fmt: skip


def arithmetic(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: f"({p[0]} + {p[1]})"),
        two.map(lambda p: f"({p[0]} - {p[1]})"),
        two.map(lambda p: f"({p[0]} * {p[1]})"),
        two.map(lambda p: f"({p[0]} / {p[1]})"),
        two.map(lambda p: f"({p[0]} % {p[1]})"),
        # These write their operands several times: nested, they would grow without end.
        st.tuples(inner, leaves).map(lambda p: f"({p[0]} + greatest({p[1]}, y))"),
        st.tuples(inner, leaves).map(lambda p: f"({p[0]} - least({p[1]}, x, 3))"),
        st.tuples(inner, leaves).map(lambda p: f"({p[0]} * round({p[1]}, 1))"),
        two.map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        two.map(lambda p: f"nullif({p[0]}, {p[1]})"),
        inner.map(lambda e: f"(-{e})"),
        inner.map(lambda e: f"abs({e})"),
        leaves.map(lambda e: f"floor({e})"),
        two.map(lambda p: f"(ceil({p[0]}) + {p[1]})"),
        inner.map(lambda e: f"sqrt({e})"),
        st.tuples(conditions, inner, inner).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
        st.tuples(conditions, inner).map(lambda p: f"(case when {p[0]} then {p[1]} end)"),
        st.tuples(two, inner, inner).map(lambda p: f"if({p[0][0]} > {p[0][1]}, {p[1]}, {p[2]})"),
    )


def transcendental(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda e: f"ln({e})"),
        inner.map(lambda e: f"exp({e})"),
        inner.map(lambda e: f"power({e}, 2)"),
        inner.map(lambda e: f"power({e}, 3)"),
        inner.map(lambda e: f"power({e}, 8)"),
        st.tuples(conditions, inner, inner).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} * {p[1]})"),
    )


exactly = st.recursive(leaves, arithmetic, max_leaves=6)
nearly = st.recursive(leaves, transcendental, max_leaves=4)
# Sail takes -0.0 for another number than 0.0, which `test_meaning` holds it to; formulas make -0.0 everywhere.
REAL = [one for one in ENGINES if one != "sail"]
FEW = settings(max_examples=8, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def over_rows(request: pytest.FixtureRequest) -> Any:
    """Open each engine over ROWS."""
    found: dict[str, Engine] = {}

    def open_once(name: str) -> Engine:
        if name not in found:
            server = None if name == "duckdb" else request.getfixturevalue(name)
            found[name] = opened_over_rows(name, server)
        return found[name]

    yield open_once
    for engine in found.values():
        engine.close()


def opened_over_rows(name: str, server: Any) -> Engine:
    if name == "duckdb":
        return open_engine(pa.Table.from_pylist(ROWS))
    if name != "postgres":
        schema = "r int, x double, y double, `z q` double, flag boolean, kind string, o boolean"
        return open_engine(server.createDataFrame([tuple(row.values()) for row in ROWS], schema))
    with server.connect() as connection:
        kinds = 'r int, x float8, y float8, "z q" float8, flag boolean, kind text, o boolean'
        connection.execute(f"drop table if exists holes; create table holes ({kinds})")
        with connection.cursor().copy("copy holes from stdin") as copy:
            for row in ROWS:
                copy.write_row(tuple(row.values()))
    return open_engine(server.address("holes"))


def query_of(formulas: list[str]) -> str:
    pieces = []
    for j, text in enumerate(formulas):
        formula = parse(text, where="value.a", assumptions=["margin"], outcome_allowed=True)
        sql = to_sql(
            resolve(formula, SCHEMA, wants="number"), names=NAMES, outcome='"o"', values={"margin": 60.25}
        )
        pieces.append(f"cast({sql} as double) as v{j}, case when ({sql}) is null then 1 else 0 end as m{j}")
    return f"select {', '.join(pieces)} from source order by r"


def agree(engine: Engine, duck: Engine, formulas: list[str], tolerance: float) -> None:
    query = query_of(formulas)
    found, expected = engine.columns(query), duck.columns(query)
    for name, wanted in expected.items():
        text = formulas[int(name[1:])]
        assert differing(np.asarray(found[name]), np.asarray(wanted), tolerance) == [], (
            f"{engine.name}: {text}"
        )


@pytest.mark.parametrize("name", REAL)
@FEW
@given(formulas=st.lists(exactly, min_size=AT_ONCE, max_size=AT_ONCE))
def test_formulas_of_arithmetic_are_the_same_to_the_last_bit(
    over_rows: Any, name: str, formulas: list[str]
) -> None:
    agree(over_rows(name), over_rows("duckdb"), formulas, 0.0)


@pytest.mark.parametrize("name", REAL)
@FEW
@given(formulas=st.lists(nearly, min_size=AT_ONCE, max_size=AT_ONCE))
def test_formulas_with_powers_and_logarithms_differ_in_the_last_digits_at_most(
    over_rows: Any, name: str, formulas: list[str]
) -> None:
    agree(over_rows(name), over_rows("duckdb"), formulas, LAST_DIGITS)
