"""A formula with the outcome known is the formula on rows of that outcome, and reads no more columns than it must."""

import math
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.formulas.test_formulas_laws import (
    ASSUMPTIONS,
    LIKELY,
    NAMES,
    SCHEMA,
    Row,
    bound_formulas,
    free_formulas,
    rows,
)

from payoff.formulas import Formula, Node, expand, given, parse, resolve, to_sql, walk

# Expansion reorders sums and products of at most a few dozen doubles.
REORDERED = 1e-9
CONDITIONS = [
    "outcome",
    "not outcome",
    "outcome and flag",
    "outcome or flag",
    "not (outcome or x > y)",
    "outcome and not flag and x > 0",
    "outcome = flag",
    "outcome is true",
    "outcome is not false",
    "(outcome and flag) is true",
    "outcome is null",
    "coalesce(flag, outcome)",
    "outcome in (true, flag)",
]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        yield connection


def read(text: str) -> Formula:
    formula = parse(text, where="value.a", assumptions=ASSUMPTIONS, outcome_allowed=True)
    return resolve(formula, SCHEMA, wants="number")


def columns_of(tree: Node) -> set[str]:
    return {str(node.value) for node in walk(tree) if node.op == "column"}


def answers(
    connection: duckdb.DuckDBPyConnection, data: list[Row], sql: list[str]
) -> list[tuple[float | None, ...]]:
    connection.execute(
        'create or replace temp table r (x double, y double, "z q" double, flag boolean, kind varchar, o boolean)'
    )
    connection.executemany("insert into r values (?, ?, ?, ?, ?, ?)", data)
    return connection.execute(f"select {', '.join(sql)} from r order by rowid").fetchall()


def assert_given_is_the_formula(connection: duckdb.DuckDBPyConnection, text: str, data: list[Row]) -> None:
    formula = read(text)
    for outcome in (True, False):
        literal = str(outcome).lower()
        tree = given(formula.tree, outcome)
        assert not any(node.op == "outcome" for node in walk(tree))
        assert columns_of(tree) <= columns_of(formula.tree)
        plain, known = (to_sql(one, names=NAMES, outcome=literal, values=LIKELY) for one in (formula, tree))
        for one, other in answers(connection, data, [plain, known]):
            assert one == other or (one is not None and other is not None and math.isnan(one)), (
                text,
                outcome,
            )


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("case when not flag or outcome then x else margin end", [(1.0, 2.0, 3.0, None, "a", None)])
@example("if(outcome and x is null, null, y)", [(None, 2.0, 3.0, None, "a", None)])
@drawn(text=free_formulas | bound_formulas, data=rows)
def test_a_formula_with_the_outcome_known_is_the_formula_on_such_rows(
    database: duckdb.DuckDBPyConnection, text: str, data: list[Row]
) -> None:
    assert_given_is_the_formula(database, text, data)


HOLES: list[Row] = [
    (x, 0.0, 1.0, flag, "a", None) for x in (None, -1.0, 0.0, 3.0) for flag in (None, True, False)
]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(
    when=st.recursive(
        st.sampled_from(["outcome", "flag", "x > y", "x is null", "true", "false"]),
        lambda inner: (
            inner.map(lambda e: f"(not {e})")
            | st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})")
            | st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})")
            | inner.map(lambda e: f"({e} is true)")
            | inner.map(lambda e: f"({e} is false)")
        ),
        max_leaves=6,
    )
)
def test_conditions_with_the_outcome_known_hold_when_they_do_and_are_null_when_they_are(
    database: duckdb.DuckDBPyConnection, when: str
) -> None:
    assert_given_is_the_formula(
        database, f"case when {when} then x when not ({when}) then 2 else 3 end", HOLES
    )


@pytest.mark.parametrize("when", CONDITIONS)
def test_conditions_that_users_write_keep_their_meaning(
    database: duckdb.DuckDBPyConnection, when: str
) -> None:
    assert_given_is_the_formula(database, f"case when {when} then x else y end", HOLES)


@pytest.mark.parametrize(
    ("text", "positive", "negative"),
    [
        ("case when outcome then x else 0 end", {"x"}, set()),
        ("case when not outcome then x else y end", {"y"}, {"x"}),
        ("case when outcome then x when flag then y else 1 end", {"x"}, {"flag", "y"}),
        ("case when flag then x when outcome then y else 1 end", {"flag", "x", "y"}, {"flag", "x"}),
        ("case when outcome and flag then x else 0 end", {"flag", "x"}, set()),
        ("case when outcome or flag then x else 0 end", {"x"}, {"flag", "x"}),
        ("case when outcome then margin else -cost end", set(), set()),
        ("x - case when outcome then x else 0 end", {"x"}, {"x"}),
        ("case when (not outcome) is true then x else 0 end", set(), {"x"}),
        ("if(outcome, if(outcome, x, y), if(outcome, y, 2))", {"x"}, set()),
    ],
)
def test_branches_out_of_reach_are_gone_with_their_columns(
    text: str, positive: set[str], negative: set[str]
) -> None:
    tree = read(text).tree
    assert (columns_of(given(tree, True)), columns_of(given(tree, False))) == (positive, negative)


@pytest.mark.parametrize(
    ("act", "skip", "parts"),
    [
        ("case when outcome then -x else 0 end", "case when outcome then x else 0 end", 1),
        ("margin * case when outcome then -x else 0 end", "case when outcome then x else 0 end", 1),
        ("-case when outcome then x else 0 end", "- -case when outcome then x else 0 end", 1),
        ("case when outcome then -x else null end", "case when outcome then x else null end", 1),
        ("case when outcome then -x else -y end", "case when outcome then x else y end", 1),
        ("case when outcome then -x else y end", "case when outcome then x else y end", 2),
        ("-x", "x", 1),
        ("- -x", "x", 1),
        (
            "case when flag then case when outcome then -x else 0 end else 0 end",
            "if(flag, if(outcome, x, 0), 0)",
            1,
        ),
    ],
)
def test_what_differs_by_its_sign_alone_is_one_part_and_values_stay(
    database: duckdb.DuckDBPyConnection, act: str, skip: str, parts: int
) -> None:
    formulas = {"act": read(act), "skip": read(skip)}
    expansion = expand(formulas, ASSUMPTIONS)
    assert len(expansion.parts) == parts
    coefficients = expansion.coefficients(LIKELY)
    data = [(*row[:5], outcome) for row in HOLES for outcome in (True, False, None)]
    sql = [
        to_sql(one, names=NAMES, outcome='"o"', values=LIKELY)
        for one in (*formulas.values(), *expansion.parts)
    ]
    for one, other, *held in answers(database, data, sql):
        for direct, row in zip((one, other), coefficients, strict=True):
            used = [(c, part) for c, part in zip(row, held, strict=True) if c != 0.0]
            if direct is None:
                assert any(part is None for _, part in used)
            else:
                expected = sum(float(c) * float(part or 0.0) for c, part in used)
                assert direct == pytest.approx(expected, rel=REORDERED, abs=REORDERED)
