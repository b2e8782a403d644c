"""Bounds of formulas hold for every row: what an engine works out lies inside, and a point is the number itself."""

import math

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payoff.formulas import parse, to_sql
from payoff.spec.reckoning import bounds

NUMBERS = st.sampled_from(["x", "y", "2", "0.5", "-3", "0", "1"])


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(pair, st.sampled_from("+-*/")).map(lambda each: f"({each[0][0]} {each[1]} {each[0][1]})"),
        pair.map(lambda each: f"least({each[0]}, {each[1]})"),
        pair.map(lambda each: f"greatest({each[0]}, {each[1]})"),
        inner.map(lambda each: f"abs({each})"),
        inner.map(lambda each: f"exp(least({each}, 20))"),
        inner.map(lambda each: f"sqrt({each})"),
        inner.map(lambda each: f"floor({each})"),
        inner.map(lambda each: f"round({each}, 1)"),
        inner.map(lambda each: f"power({each}, 2)"),
        st.tuples(pair, pair, st.sampled_from(["<", ">=", "=", "<>", "<=", ">"])).map(
            lambda each: (
                f"case when {each[0][0]} {each[2]} {each[0][1]} then {each[1][0]} else {each[1][1]} end"
            )
        ),
        pair.map(lambda each: f"case when x > 0 and not y < 1 then {each[0]} else {each[1]} end"),
    )


FORMULAS = st.recursive(NUMBERS, _wrapped, max_leaves=8)


def worked_out(text: str, x: float, y: float) -> float | None:
    """Return what DuckDB makes of a formula for one row."""
    tree = parse(text, where="", assumptions=[], outcome_allowed=False).tree
    sql = to_sql(tree, names={"x": "cast(x as double)", "y": "cast(y as double)"}, outcome=None, values={})
    row = duckdb.sql(f"select cast({sql} as double) from (select {x!r} as x, {y!r} as y)").fetchall()
    return row[0][0]


@settings(max_examples=300, deadline=None)
@given(FORMULAS, st.sampled_from([-7.0, -1.0, 0.0, 0.5, 3.0]), st.sampled_from([-2.0, 0.0, 1.0, 4.0]))
def test_what_a_row_is_worth_lies_within_the_bounds(text: str, x: float, y: float) -> None:
    tree = parse(text, where="", assumptions=[], outcome_allowed=False).tree
    number = worked_out(text, x, y)
    for known in ({}, {"x": (-7.0, 3.0), "y": (-2.0, 4.0)}, {"x": (x, x), "y": (y, y)}):
        found = bounds(tree, known)
        if number is not None and math.isfinite(number):
            assert found is not None
            # One rounding per step, of at most eight steps.
            slack = 1e-9 * max(1.0, abs(number))
            assert found[0] - slack <= number <= found[1] + slack


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("least(greatest(balance, 0), 20000) * 0.0075 + 40", 40.0, 190.0),
        ("case when kind = 'a' then 3 else -2 end", -2.0, 3.0),
        ("case when 1 > 2 then 3 else -2 end", -2.0, -2.0),
        ("case when 2 > 1 then 3 else -2 end", 3.0, 3.0),
        ("coalesce(least(fee, 4), 5)", -math.inf, 5.0),
        ("1 / (2 + abs(fee))", 0.0, 0.5),
        ("1 / fee", -math.inf, math.inf),
        ("month(day)", 1.0, 12.0),
        ("power(fee, 2)", 0.0, math.inf),
        ("fee - fee", -math.inf, math.inf),
    ],
)
def test_bounds_of_known_formulas(text: str, low: float, high: float) -> None:
    tree = parse(text, where="", assumptions=[], outcome_allowed=False).tree
    assert bounds(tree, {}) == (low, high)


def test_a_formula_that_is_null_for_every_row_has_no_bounds() -> None:
    tree = parse("case when 1 > 2 then 3 end", where="", assumptions=[], outcome_allowed=False).tree
    assert bounds(tree, {}) is None
