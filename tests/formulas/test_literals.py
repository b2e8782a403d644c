"""What every row gets is taken out of an expression without changing what it is worth, to the last digit written."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from payoff.formulas.literals import LARGE, without_literal
from payoff.formulas.tree import Node, number

WHEN, FEE = Node("outcome", kind="boolean"), Node("column", value="fee", kind="number")
written = st.decimals(-(10**10), 10**10, places=2).map(float)
near = st.integers(-900, 900).map(lambda more: 1e9 + more / 100)


def case_of(then, other):
    return Node("case", (WHEN, then, other), kind="number")


trees = st.recursive(
    st.one_of(st.one_of(written, near).map(number), st.just(FEE), st.just(Node("null", kind="null"))),
    lambda inner: st.one_of(
        inner.map(lambda one: Node("neg", (one,), kind="number")),
        st.tuples(inner, inner).map(lambda pair: Node("+", pair, kind="number")),
        st.tuples(inner, inner).map(lambda pair: Node("*", pair, kind="number")),
        st.tuples(inner, inner).map(lambda pair: case_of(*pair)),
    ),
    max_leaves=8,
)


def worth(node, outcome):
    """Return what a tree is worth in exact arithmetic, None for NULL; the fee is 12.5."""
    if node.op in ("number", "column", "null"):
        return {"number": lambda: Decimal(repr(node.value)), "column": lambda: Decimal("12.5")}.get(
            node.op, lambda: None
        )()
    if node.op == "case":
        return worth(node.args[1 if outcome else 2], outcome)
    found = [worth(one, outcome) for one in node.args]
    if None in found:
        return None
    if node.op == "neg":
        return -found[0]
    return sum(found) if node.op == "+" else found[0] * found[1]


@given(trees, st.booleans())
@example(case_of(number(1000000005.13), number(999999998.0)), True)
@example(Node("neg", (Node("+", (FEE, number(1e9))),)), False)
def test_the_number_and_what_is_left_are_the_expression(tree, outcome):
    added, rest = without_literal(tree)
    was, left = worth(tree, outcome), worth(rest, outcome)
    assert (was is None) == (left is None)
    if was is not None and left is not None:
        assert float(Decimal(repr(added)) + left) == float(was)


@given(trees)
def test_nothing_is_taken_out_twice_and_nothing_small_at_all(tree):
    added, rest = without_literal(tree)
    assert added == 0.0 or abs(added) >= LARGE
    assert added != 0.0 or rest is tree


def test_amounts_that_differ_by_outcome_stay_as_they_are_written():
    assert without_literal(case_of(number(500_000.0), number(-20.0)))[0] == 0.0
