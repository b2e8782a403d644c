"""Terms times parts are the formula; the formula means what arithmetic with NULL means."""

import math
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from payoff.errors.formulas import FormulaPartsError
from payoff.formulas import Expansion, Formula, expand, parse, quote, resolve, to_sql

# Expansion reorders sums and products of at most a few dozen doubles.
REORDERED = 1e-9
ASSUMPTIONS = {
    "margin": (60.0, 40.0, 90.0),
    "cost": (-5.0, -7.0, 4.0),
    "cut": (0.5, 0.0, 2.0),
    "rate": (0.25, None, None),
}
LIKELY = {name: stops[0] for name, stops in ASSUMPTIONS.items()}
SCHEMA = {"x": "number", "y": "number", "z q": "number", "flag": "boolean", "kind": "text"}
NAMES = {name: quote(name) for name in SCHEMA}

leaves = st.sampled_from(["x", "y", '"z q"', "0", "1", "2.5", "margin", "cost", "margin", "rate"])
fixed_leaves = st.sampled_from(["x", "y", '"z q"', "0", "1", "2.5"])


def _arithmetic(inner: st.SearchStrategy[str], condition: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} - {p[1]})"),
        pair.map(lambda p: f"{p[0]} * {p[1]}"),
        inner.map(lambda e: f"(-{e})"),
        st.tuples(inner, fixed_leaves).map(lambda p: f"({p[0]} / {p[1]})"),
        inner.map(lambda e: f"power({e}, 2)"),
        st.tuples(condition, inner, inner).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
        st.tuples(condition, inner, condition, inner).map(
            lambda p: f"(case when {p[0]} then {p[1]} when {p[2]} then {p[3]} end)"
        ),
        st.tuples(condition, inner).map(lambda p: f"if({p[0]}, null, {p[1]})"),
        fixed_leaves.map(lambda e: f"ln({e})"),
        fixed_leaves.map(lambda e: f"sqrt({e} - 1)"),
        st.tuples(fixed_leaves, fixed_leaves).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        st.tuples(fixed_leaves, fixed_leaves).map(lambda p: f"greatest({p[0]}, {p[1]})"),
        st.tuples(fixed_leaves, fixed_leaves).map(lambda p: f"({p[0]} % {p[1]})"),
    )


conditions = st.sampled_from(
    ["outcome", "flag", "x > y", "x is null", "kind = 'a'", "not flag or outcome", "x between 0 and y"]
)
free_formulas = st.recursive(leaves, lambda inner: _arithmetic(inner, conditions), max_leaves=6)
bound_formulas = st.recursive(
    leaves,
    lambda inner: (
        _arithmetic(inner, conditions | st.just("x > cut") | st.just("margin * y > cut"))
        | st.tuples(inner, inner).map(lambda p: f"greatest({p[0]}, {p[1]})")
        | inner.map(lambda e: f"(x / ({e}))")
    ),
    max_leaves=4,
)
numbers = st.sampled_from([None, 0.0, 1.0, -1.0, 2.5, -0.0, 1e-3, 1e4, 0.5])
rows = st.lists(
    st.tuples(
        numbers, numbers, numbers, st.sampled_from([None, True, False]), st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
Row = tuple[float | None, float | None, float | None, bool | None, str | None, bool | None]

HOLES: list[Row] = [
    (x, 2.0, 1.0, flag, "a", outcome)
    for x in (None, 0.0, 3.0)
    for flag in (None, True, False)
    for outcome in (None, True, False)
]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        yield connection


def _read(text: str) -> Formula:
    formula = parse(text, where="value.a", assumptions=ASSUMPTIONS, outcome_allowed=True)
    return resolve(formula, SCHEMA, wants="number")


def _columns(
    connection: duckdb.DuckDBPyConnection, data: list[Row], sql: list[str]
) -> list[tuple[float | None, ...]]:
    connection.execute(
        "create or replace temp table r"
        '(x double, y double, "z q" double, flag boolean, kind varchar, o boolean)'
    )
    connection.executemany("insert into r values (?, ?, ?, ?, ?, ?)", data)
    return connection.execute(f"select {', '.join(sql)} from r order by rowid").fetchall()


def _sql(formula: Formula, values: dict[str, float]) -> str:
    return to_sql(formula, names=NAMES, outcome='"o"', values=values)


def _agree(direct: float | None, coefficients: np.ndarray, parts: tuple[float | None, ...]) -> bool:
    if direct is None or any(part is None for part in parts):
        return direct is None and any(part is None for part in parts)
    terms = [float(c) * float(p) for c, p in zip(coefficients, parts, strict=True) if p is not None]
    # Terms may cancel: the scale is that of the largest of them.
    scale = max([1.0, abs(direct), *(abs(term) for term in terms)])
    return math.isclose(math.fsum(terms), direct, rel_tol=REORDERED, abs_tol=REORDERED * scale)


def _expanded(formula: Formula) -> Expansion | None:
    try:
        return expand({"a": formula}, ASSUMPTIONS)
    except FormulaPartsError:
        return None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("case when outcome then 0 * x else margin end", HOLES, 3.0, 1.0)
@example("case when flag then margin * 0 end", HOLES, 3.0, 1.0)
@example("margin * x - x * margin", HOLES, 3.0, 1.0)
@example("case when flag then margin when outcome then null else y end", HOLES, 3.0, 1.0)
@example("margin / 0", HOLES, 3.0, 1.0)
@given(text=free_formulas, data=rows, margin=st.floats(-100, 100), cost=st.floats(-100, 100))
def test_terms_times_parts_are_the_formula_and_null_exactly_when_it_is(
    database: duckdb.DuckDBPyConnection, text: str, data: list[Row], margin: float, cost: float
) -> None:
    formula = _read(text)
    if (expansion := _expanded(formula)) is None:
        return
    values = {**LIKELY, "margin": margin, "cost": cost}
    assert expansion.bound == ()
    found = _columns(database, data, [_sql(formula, values), *(_sql(part, {}) for part in expansion.parts)])
    coefficients = expansion.coefficients(values)[0]
    assert expansion.used().all()
    for direct, *parts in found:
        assert all(cell is None or math.isfinite(cell) for cell in (direct, *parts))
        assert _agree(direct, coefficients, tuple(parts)), (text, direct, coefficients, parts)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=bound_formulas,
    data=rows,
    stop=st.sampled_from([None, "low", "high"]),
    name=st.sampled_from(["margin", "cut", "cost"]),
)
def test_a_bound_assumption_at_a_stop_is_the_formula_at_that_stop(
    database: duckdb.DuckDBPyConnection, text: str, data: list[Row], stop: str | None, name: str
) -> None:
    formula = _read(text)
    if (expansion := _expanded(formula)) is None:
        return
    values = dict(LIKELY)
    if stop is not None:
        values[name] = float(ASSUMPTIONS[name][1 if stop == "low" else 2] or 0.0)
    switches = {f"{name}@{stop}": 1.0} if stop else {}
    coefficients = expansion.coefficients({**values, **switches})[0]
    found = _columns(database, data, [_sql(formula, values), *(_sql(part, {}) for part in expansion.parts)])
    for direct, *parts in found:
        if None not in parts:
            assert _agree(direct, coefficients, tuple(parts)), (text, direct, coefficients, parts)
        elif stop is None:
            needed = tuple(part for part, used in zip(parts, expansion.used()[0], strict=True) if used)
            assert _agree(direct, coefficients[expansion.used()[0]], needed), (text, direct, parts)


@settings(max_examples=150, deadline=None)
@given(text=bound_formulas)
def test_writing_is_deterministic_and_reading_it_again_changes_nothing(text: str) -> None:
    first, second = _read(text), _read(text)
    assert first == second
    assert hash(first) == hash(second)
    assert _sql(first, LIKELY) == _sql(second, LIKELY)


def test_coefficients_broadcast_over_draws() -> None:
    expansion = expand({"call": _read("margin * x - cost"), "skip": _read("0")}, ASSUMPTIONS)
    draws = expansion.coefficients({"margin": np.array([[1.0, 2.0, 3.0]]), "cost": np.array([[5.0], [7.0]])})
    assert draws.shape == (2, 3, 2, 2)
    assert draws[1, 2].tolist() == [[3.0, -7.0], [0.0, 0.0]]


ANSWERS: list[tuple[str, float | None]] = [
    ("a / zero", None),
    ("a % zero", None),
    ("7.5 % 2", 1.5),
    ("1 / 3", 1 / 3),
    ("1 / (1 / zero)", None),
    ("if(a % zero is null, 1, 0)", 1.0),
    ("if(a / zero > 1, 1, 0)", 0.0),
    ("ln(zero)", None),
    ("ln(-a)", None),
    ("sqrt(-a)", None),
    ("sqrt(zero)", 0.0),
    ("exp(1000)", None),
    ("exp(0)", 1.0),
    ("power(a * 1e60, 8)", None),
    ("1e300 * 1e300 - 1e300 * 1e300", None),
    ("greatest(a, none)", None),
    ("least(a, b)", 2.0),
    ("coalesce(none, b)", 2.0),
    ("nullif(b, 2)", None),
    ("round(2.5)", 3.0),
    ("round(-2.5)", -3.0),
    ("round(0.125, 2)", 0.13),
    ("floor(-a)", -8.0),
    ("ceil(a)", 8.0),
    ("abs(-a)", 7.5),
    ("- -b", 2.0),
    ("-b - -b", 0.0),
    ("10 - 4 - 3", 3.0),
    ("10 - (4 - 3)", 9.0),
    ("12 / 3 / 2", 2.0),
    ("100000 * 100000 * 100000", 1e15),
    ("if(a > b and not none > 1, 1, 2)", 2.0),
    ("case b when 1 then 10 when 2 then 20 end", 20.0),
    ("case none when 1 then 10 end", None),
    ("case when none is null then 1 else 0 end", 1.0),
    ("case when a not in (1, 2) then 1 else 0 end", 1.0),
    ("case when b between 1 and 2 then 1 else 0 end", 1.0),
    ("year(d) * 10000 + month(d) * 100 + day(d)", 20261124.0),
    ("case when d >= date '2026-01-01' then 1 else 0 end", 1.0),
    ("case when upper(trim(' x')) = 'X' and 'it''s' like 'it%' then 1 else 0 end", 1.0),
    ("case when 'a' not like 'b%' then 1 else 0 end", 1.0),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
def test_known_answers(text: str, expected: float | None) -> None:
    schema = {"a": "number", "b": "number", "zero": "number", "none": "number", "d": "date"}
    formula = resolve(parse(text, where="v", assumptions=[], outcome_allowed=True), schema, wants="number")
    names = {name: f"r.{quote(name)}" for name in schema}
    sql = to_sql(formula, names=names, outcome="true", values={})
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {sql} from "
            "(select 7.5 as a, 2 as b, 0 as zero, null::int as none, date '2026-11-24' as d) r"
        ).fetchall()
    assert found == [(expected,)] or found[0][0] == pytest.approx(expected, rel=1e-15)
