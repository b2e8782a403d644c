"""The large number that a row expression adds whatever the row, taken out of it, so that it cancels between actions.

``case when outcome then 1000000005 else 999999998 end`` is 999999998 and ``case when outcome then 7 else 0 end``. What
varies from row to row is then small, and the rest is a number beside the same number of another action. Decimal
arithmetic keeps every digit that was written.
"""

from decimal import Decimal

from payoff.formulas.tree import Node, number

# From here on squares of what is shared drown differences of a unit; below it expressions stay as they are written.
LARGE = 100_000
# How much of it may be left in the branches of a CASE for it to count as shared by them.
LEFT = Decimal("0.01")
NONE = Decimal(0)


def without_literal(node: Node) -> tuple[float, Node]:
    """Return the large number that an expression adds to every row, 0 where there is none, and what is left of it.

    >>> when = Node("outcome", kind="boolean")
    >>> added, rest = without_literal(Node("case", (when, number(1000000005), number(999999998)), kind="number"))
    >>> added, [one.value for one in rest.args[1:]]
    (999999998.0, [7.0, 0.0])
    """
    added = _added(node)
    return (float(added), _less(node, added)) if abs(added) >= LARGE else (0.0, node)


def _added(node: Node) -> Decimal:
    """Return the number that an expression adds: of a CASE that of its last branch, if the others add about as much."""
    if node.op == "number":
        return Decimal(repr(float(node.value or 0)))
    if node.op == "neg":
        return -_added(node.args[0])
    if node.op == "+":
        return sum((_added(arg) for arg in node.args), NONE)
    if node.op != "case":
        return NONE
    branches = [_added(one) for one in (*node.args[1::2], node.args[-1]) if one.op != "null"]
    last = branches[-1] if branches else NONE
    return last if all(abs(one - last) <= LEFT * abs(last) for one in branches) else NONE


def _less(node: Node, taken: Decimal) -> Node:
    """Return an expression less a number."""
    if node.op == "null" or not taken:
        return node
    if node.op == "number":
        return number(float(_added(node) - taken), node.at)
    if node.op == "neg":
        return Node("neg", (_less(node.args[0], -taken),), node.value, node.kind, node.at)
    if node.op == "case":
        pairs = zip(node.args[:-1:2], node.args[1::2], strict=True)
        branches = [each for when, then in pairs for each in (when, _less(then, taken))]
        return Node("case", (*branches, _less(node.args[-1], taken)), node.value, node.kind, node.at)
    args = node.args if node.op == "+" else (node,)
    left = sum((_added(arg) for arg in args), NONE) - taken
    rest = tuple(_less(arg, _added(arg)) for arg in args if arg.op != "number")
    rest = (*rest, number(float(left))) if left or not rest else rest
    return rest[0] if len(rest) == 1 else Node("+", rest, None, "number", node.at)
