"""Kinds of values: checked bottom-up, so that no engine has to convert in silence."""

from collections.abc import Mapping
from typing import Literal

from payoff.errors.family import nearest
from payoff.errors.formulas import FormulaColumnError, FormulaTypeError
from payoff.formulas.tree import Formula, Node, summarise, walk

_NUMERIC = {"+", "*", "neg", "/", "%", "abs", "ln", "exp", "sqrt", "floor", "ceil", "round", "power"}
_NUMERIC |= {"greatest", "least"}
_TEXTUAL = {"lower", "upper", "trim"}
_DATED = {"year", "month", "day"}
_LOGICAL = {"and", "or", "not", "is true", "is false"}
_ORDERED = {"<", "<=", ">", ">=", "between"}
_NAMES = {"neg": "-", "case": "CASE"}


def resolve(formula: Formula, schema: Mapping[str, str], *, wants: Literal["number", "boolean"]) -> Formula:
    """Check a formula against the columns of the data.

    A name without an exact match may differ in upper and lower case if only one
    column answers to it. The result spells every column as the data does.

    Parameters
    ----------
    formula : from :func:`parse`.
    schema : column -> ``number``, ``boolean``, ``text``, ``date``, ``timestamp`` or ``other``.
    wants : the kind that the whole formula must have.

    Raises
    ------
    FormulaColumnError
        An unknown column (the nearest name is given), or one that could be several.
    FormulaTypeError
        Kinds are mixed, or the result is not what is wanted.

    >>> from payoff.formulas import parse
    >>> rule = parse("AGE > 60", where="baselines.rule", assumptions=[], outcome_allowed=False)
    >>> sorted(resolve(rule, {"age": "number"}, wants="boolean").columns)
    ['age']
    """
    known = {name: name for name in formula.columns if name in schema}
    for name in formula.columns - known.keys():
        known[name] = _spelling(name, schema, formula)
    spelled = _respell(formula.tree, known)
    tree = _expect(typed(spelled, schema, where=formula.where), wants)
    if tree.kind != wants:
        raise FormulaTypeError(
            where=formula.where,
            found=f"a formula that gives {_said(tree.kind)}",
            expected=_said(wants),
            fix="for a number from a condition write case when ... then 1 else 0 end."
            if wants == "number"
            else "compare it with something, such as amount > 100.",
        )
    return summarise(tree, text=formula.text, where=formula.where)


def _spelling(name: str, schema: Mapping[str, str], formula: Formula) -> str:
    alike = [column for column in schema if column.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    at = next(node.at for node in walk(formula.tree) if node.op == "column" and node.value == name)
    known = [*schema, *sorted(formula.assumptions), "outcome"]
    raise FormulaColumnError(
        where=f"{formula.where} column {at}",
        found=f"the name `{name}`{nearest(name, known)}",
        expected="a column of the data, an assumption or outcome"
        if not alike
        else f"one column; the data has {', '.join(alike)}",
        fix="say decision.quantity where a number is decided; only then is `quantity` that number."
        if name.lower() == "quantity"
        else "write the name as in the data, in double quotes if it has spaces.",
    )


def _respell(node: Node, known: Mapping[str, str]) -> Node:
    if node.op == "column":
        return Node("column", value=known[str(node.value)], at=node.at)
    args = tuple(_respell(arg, known) for arg in node.args)
    return Node(node.op, args, node.value, node.kind, node.at)


def typed(node: Node, schema: Mapping[str, str], *, where: str) -> Node:
    """Return the tree with the kind of every step, columns taken from ``schema``.

    A column that the schema does not hold takes the kind that its neighbours need.

    Raises
    ------
    FormulaTypeError
        When an operation is given a kind that it does not take.
    """
    if not node.args:
        kind = schema.get(str(node.value), node.kind) if node.op == "column" else node.kind
        return Node(node.op, (), node.value, kind, node.at)
    args = tuple(typed(arg, schema, where=where) for arg in node.args)
    check = _Check(node, where)
    if node.op in _NUMERIC:
        return check.all_are(args, "number", gives="number")
    if node.op in _LOGICAL:
        return check.all_are(args, "boolean", gives="boolean")
    if node.op in _TEXTUAL:
        return check.all_are(args, "text", gives="text")
    if node.op == "like":
        return check.all_are(args, "text", gives="boolean")
    if node.op == "is null":
        return check.made(args, "boolean")
    if node.op in _DATED:
        return check.dated(args)
    if node.op == "case":
        return check.case(args)
    same = check.alike(args)
    return check.made(same, _common(same) if node.op in ("coalesce", "nullif") else "boolean")


class _Check:
    """The rules for one step, with its place for messages."""

    def __init__(self, node: Node, where: str) -> None:
        self.node, self.where = node, where

    def made(self, args: tuple[Node, ...], kind: str) -> Node:
        return Node(self.node.op, args, self.node.value, kind, self.node.at)

    def all_are(self, args: tuple[Node, ...], kind: str, *, gives: str) -> Node:
        expected = tuple(_expect(arg, kind) for arg in args)
        for arg in expected:
            if arg.kind not in (kind, "null", "unknown"):
                raise self.refused(f"{_said(arg.kind)} in `{self.name}`", f"{_said(kind)}", arg)
        return self.made(expected, gives)

    def dated(self, args: tuple[Node, ...]) -> Node:
        if args[0].kind not in ("date", "timestamp", "unknown"):
            raise self.refused(f"{_said(args[0].kind)} in `{self.name}`", "a date", args[0])
        return self.made(args, "number")

    def case(self, args: tuple[Node, ...]) -> Node:
        conditions = tuple(_expect(arg, "boolean") for arg in args[:-1:2])
        for condition in conditions:
            if condition.kind not in ("boolean", "null", "unknown"):
                raise self.refused(
                    f"{_said(condition.kind)} as a condition of CASE",
                    "a boolean, such as amount > 0",
                    condition,
                )
        values = self.alike((*args[1::2], args[-1]))
        paired = [arg for pair in zip(conditions, values[:-1], strict=True) for arg in pair]
        return self.made((*paired, values[-1]), _common(values))

    def alike(self, args: tuple[Node, ...]) -> tuple[Node, ...]:
        """Return the operands if they share one kind; text has no order that all engines share."""
        kind = _common(args)
        expected = tuple(_expect(arg, kind) for arg in args)
        for arg in expected:
            if arg.kind not in (kind, "null", "unknown"):
                raise self.refused(
                    f"{_said(arg.kind)} with {_said(kind)} in `{self.name}`", "values of one kind", arg
                )
        is_settled = all(arg.kind != "unknown" for arg in args)
        if kind == "other" or (is_settled and self.node.op in _ORDERED and kind in ("text", "boolean")):
            raise self.refused(
                f"{_said(kind)} in `{self.name}`", "a kind that every engine compares alike", args[0]
            )
        return expected

    def refused(self, found: str, expected: str, arg: Node) -> FormulaTypeError:
        at = arg.at or self.node.at or 1
        return FormulaTypeError(
            where=f"{self.where} column {at}",
            found=found,
            expected=expected,
            fix="compare like with like: text in '...', dates as date '2026-01-31', "
            "case when ... then 1 else 0 end for a number.",
        )

    @property
    def name(self) -> str:
        return _NAMES.get(self.node.op, self.node.op)


def _common(args: tuple[Node, ...]) -> str:
    """Return the first kind that is known, else unknown, else null."""
    kinds = [arg.kind for arg in args]
    told = [kind for kind in kinds if kind not in ("null", "unknown")]
    return told[0] if told else ("unknown" if "unknown" in kinds else "null")


def _expect(node: Node, kind: str) -> Node:
    """Give a column of unknown kind the kind that is needed here."""
    if node.kind != "unknown" or kind in ("null", "unknown"):
        return node
    if node.op == "case":
        last = len(node.args) - 1
        args = tuple(
            _expect(arg, kind) if position % 2 == 1 or position == last else arg
            for position, arg in enumerate(node.args)
        )
    else:
        args = tuple(_expect(arg, kind) for arg in node.args)
    return Node(node.op, args, node.value, kind, node.at)


def _said(kind: str) -> str:
    return {
        "number": "a number",
        "boolean": "a boolean",
        "text": "text",
        "date": "a date",
        "timestamp": "a timestamp",
        "null": "only NULL",
        "unknown": "something whose kind is not known",
    }.get(kind, "a column that is neither number, text, boolean nor date")
