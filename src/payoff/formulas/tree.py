"""What a formula is once it has been read: a small immutable tree and its summary."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Outcome = bool | str | float
"""What turned out to be true of a row: whether it is positive, or the label of its class."""

_COMPARED: Mapping[str, Callable[..., Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda one, *several: one in several,
    "between": lambda one, low, high: low <= one <= high,
}


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a formula.

    Only operations that payoff allows have a node; what cannot be built cannot run.

    Attributes
    ----------
    op : the operation: a sign (``+``, ``*``, ``<=``), a function, or one of the
        leaves ``number``, ``text``, ``boolean``, ``null``, ``date``, ``column``,
        ``assumption``, ``outcome``, ``quantity``.
    args : operands. ``+``, ``*``, ``and``, ``or`` take two or more; ``case`` takes
        condition, value, condition, value, ..., else.
    value : what a leaf holds.
    kind : ``number``, ``boolean``, ``text``, ``date``, ``timestamp``, ``null``, or
        ``unknown`` for a column whose type nothing tells yet.
    at : where it stands in the text, counted from one; 0 when nowhere.
    """

    op: str
    args: tuple["Node", ...] = ()
    value: str | float | bool | None = None
    kind: str = "unknown"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed expression: safe to write as SQL, never evaluated by Python.

    Attributes
    ----------
    text : as the user wrote it.
    where : its place in the spec, such as ``value.call (line 14)``.
    columns : the names that are neither ``outcome`` nor an assumption.
    assumptions : the assumptions it uses.
    uses_outcome : whether its value depends on the outcome.
    tree : its steps. Two formulas are equal when text, place and names are.
    """

    text: str
    where: str
    columns: frozenset[str]
    assumptions: frozenset[str]
    uses_outcome: bool
    tree: Node = field(compare=False, repr=False)


def number(value: float, at: int = 0) -> Node:
    """Return the leaf that holds a number."""
    return Node("number", value=float(value), kind="number", at=at)


def walk(tree: Node) -> Iterator[Node]:
    """Yield every node, parents before children, in the order of the text.

    >>> [node.op for node in walk(Node("neg", (number(2.0),)))]
    ['neg', 'number']
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.args))


def summarise(tree: Node, *, text: str, where: str) -> Formula:
    """Return the formula of a tree: which names it uses, read from the tree itself."""
    nodes = tuple(walk(tree))
    return Formula(
        text=text,
        where=where,
        columns=frozenset(str(node.value) for node in nodes if node.op == "column"),
        assumptions=frozenset(str(node.value) for node in nodes if node.op == "assumption"),
        uses_outcome=any(node.op == "outcome" for node in nodes),
        tree=tree,
    )


def substituted(formula: Formula, leaves: Mapping[str, Node]) -> Formula:
    """Return the formula with other trees in place of its outcome, its quantity or its assumptions.

    Parameters
    ----------
    leaves : ``outcome`` or ``quantity``, or the name of an assumption -> what stands in its place.

    >>> least = Formula("q", "value", frozenset(), frozenset(), False, Node("quantity", kind="number"))
    >>> substituted(least, {"quantity": Node("column", value="ordered")}).columns
    frozenset({'ordered'})
    """

    def put(node: Node) -> Node:
        name = str(node.value) if node.op == "assumption" else node.op
        if node.op in ("outcome", "quantity", "assumption") and name in leaves:
            return leaves[name]
        return replace(node, args=tuple(put(arg) for arg in node.args)) if node.args else node

    return summarise(put(formula.tree), text=formula.text, where=formula.where)


def is_constant_given_outcome(formula: Formula) -> bool:
    """Tell whether all rows with the same outcome share one value: no column is used.

    Then the gain of a row takes at most as many values as there are outcomes and
    actions, and exact intervals on finite support hold.
    """
    return not formula.columns


def outcome_leaf(outcome: Outcome, at: int = 0) -> Node:
    """Return a known outcome: true or false, or a class by its label.

    >>> outcome_leaf("late").kind
    'text'
    """
    kind = "boolean" if isinstance(outcome, bool) else "text" if isinstance(outcome, str) else "number"
    return Node(kind, value=outcome, kind=kind, at=at)


def given(tree: Node, outcome: Outcome) -> Node:
    """Return the tree with the outcome known: branches that cannot be reached are gone, and so are their columns.

    >>> tree = Node("case", (Node("outcome", kind="boolean"), Node("column", value="fee"), number(0.0)))
    >>> given(tree, False).value
    0.0
    """
    if tree.op == "outcome":
        return outcome_leaf(outcome, tree.at)
    args = tuple(given(arg, outcome) for arg in tree.args)
    if tree.op == "case":
        return _reached(replace(tree, args=args))
    if tree.op in _COMPARED and all(arg.op in ("text", "number") for arg in args):
        return Node(
            "boolean", value=_COMPARED[tree.op](*(arg.value for arg in args)), kind="boolean", at=tree.at
        )
    if tree.op in ("not", "is true", "is false") and args[0].op == "boolean":
        return replace(args[0], value=bool(args[0].value) is (tree.op == "is true"))
    if tree.op in ("and", "or"):
        return _decided(replace(tree, args=args))
    return replace(tree, args=args)


def _reached(case: Node) -> Node:
    """Return a CASE without the branches that a known condition shuts."""
    kept: list[Node] = []
    for condition, value in zip(case.args[:-1:2], case.args[1::2], strict=True):
        if condition.op != "boolean":
            kept += [condition, value]
        elif condition.value:
            return replace(case, args=(*kept, value)) if kept else value
    return replace(case, args=(*kept, case.args[-1])) if kept else case.args[-1]


def _decided(joined: Node) -> Node:
    """Return AND or OR without the operands that are known."""
    decides = joined.op == "or"
    open_args = []
    for arg in joined.args:
        if arg.op != "boolean":
            open_args.append(arg)
        elif bool(arg.value) is decides:
            return arg
    if len(open_args) > 1:
        return replace(joined, args=tuple(open_args))
    return open_args[0] if open_args else Node("boolean", value=not decides, kind="boolean", at=joined.at)
