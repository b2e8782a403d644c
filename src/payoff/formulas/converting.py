"""What sqlglot parsed, rebuilt step by step from an allow-list.

Nothing of the parser's own tree is kept. What has no rule here is refused, so a
parser that learns new syntax cannot widen what payoff accepts.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from payoff.errors.formulas import (
    FormulaConstructError,
    FormulaLimitError,
    FormulaOutcomeError,
    FormulaSyntaxError,
)
from payoff.formulas.tree import Node, number

MAX_EXPONENT = 8
MAX_DECIMALS = 10
OUTCOME = "outcome"
QUANTITY = "quantity"

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_CALLS: dict[type[exp.Expr], str] = {
    exp.Abs: "abs",
    exp.Ln: "ln",
    exp.Exp: "exp",
    exp.Sqrt: "sqrt",
    exp.Floor: "floor",
    exp.Ceil: "ceil",
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Trim: "trim",
    exp.Year: "year",
    exp.Month: "month",
    exp.Day: "day",
    exp.Not: "not",
    exp.Neg: "neg",
    exp.Div: "/",
    exp.Mod: "%",
    exp.Nullif: "nullif",
    exp.Coalesce: "coalesce",
    exp.Greatest: "greatest",
    exp.Least: "least",
    exp.Between: "between",
}
_CHAINS: tuple[tuple[str, tuple[type[exp.Expr], ...]], ...] = (
    ("+", (exp.Add, exp.Sub)),
    ("*", (exp.Mul,)),
    ("and", (exp.And,)),
    ("or", (exp.Or,)),
)
_NAMES: dict[type[exp.Expr], str] = {
    exp.Alias: "A second value without an operator",
    exp.Tuple: "A list",
    exp.Subquery: "A subquery",
    exp.Star: "`*` without operands",
}
# What each operand slot of a call is named by the parser; any other filled slot is refused.
_SLOTS = ("this", "low", "high", "expression", "expressions")
_FLAGS = frozenset({"ignore_nulls", "typed", "safe"})


@dataclass(frozen=True, slots=True)
class Names:
    """What names in a formula may stand for, and where the formula stands."""

    where: str
    assumptions: frozenset[str]
    outcome_allowed: bool
    outcome_kind: str
    of_quantity: bool


def converted(text: str, names: Names) -> Node:
    """Return the tree of a text that was scanned already.

    Raises
    ------
    FormulaSyntaxError, FormulaLimitError, FormulaConstructError, FormulaOutcomeError
        As `payoff.formulas.parse` says.
    """
    return _convert(_one_expression(text, names.where), names)


def _one_expression(text: str, where: str) -> exp.Expr:
    """Let sqlglot parse the scanned text; anything but one expression is a syntax error."""
    try:
        # In brackets no word at the beginning can turn the text into a statement.
        statements = sqlglot.parse(f"({text})", dialect="duckdb")
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        column = max(1, (details[0].get("col") or 2) - 1)
        near = str(details[0].get("highlight") or "").strip() or "the end"
        raise FormulaSyntaxError(
            where=f"{where} column {column}",
            found=f"`{near[:40]}` where the expression cannot go on",
            expected="one SQL expression",
            fix="check the operators and commas around it.",
        ) from None
    if len(statements) != 1 or statements[0] is None:
        raise FormulaSyntaxError(
            where=where, found="no expression", expected="one SQL expression", fix="write one formula."
        )
    return statements[0]


def _convert(node: exp.Expr, names: Names) -> Node:
    """Rebuild one step of the parser's tree; refuse it when no rule knows it."""
    while isinstance(node, exp.Paren):
        node = node.this
    for op, kinds in _CHAINS:
        if isinstance(node, kinds):
            return _chain(node, op, kinds, names)
    kind = type(node)
    if kind in _COMPARISONS:
        return Node(_COMPARISONS[kind], _operands(node, names), at=_place(node))
    if kind in _CALLS:
        return Node(_CALLS[kind], _operands(node, names), at=_place(node))
    if kind in _RULES:
        return _RULES[kind](node, names)
    raise _not_allowed(node, names.where)


def _operands(node: exp.Expr, names: Names) -> tuple[Node, ...]:
    """Return the operands in order; a slot or flag that is not known is refused."""
    if any(value and key not in _SLOTS and key not in _FLAGS for key, value in node.args.items()):
        raise _not_allowed(node, names.where)
    found: list[Node] = []
    for slot in _SLOTS:
        held = node.args.get(slot)
        for operand in held if isinstance(held, list) else [held]:
            found += () if operand is None else (_convert(operand, names),)
    return tuple(found)


def _chain(node: exp.Expr, op: str, kinds: tuple[type[exp.Expr], ...], names: Names) -> Node:
    """Read a left-leaning chain as one step, so that long sums are wide and not deep."""
    operands: list[Node] = []
    while isinstance(node, kinds):
        right = _convert(node.expression, names)
        operands.append(Node("neg", (right,), at=right.at) if isinstance(node, exp.Sub) else right)
        node = node.this
    operands.append(_convert(node, names))
    operands.reverse()
    return Node(op, tuple(operands), at=operands[0].at)


def _literal(node: exp.Expr, _names: Names) -> Node:
    at = _place(node)
    if node.is_string:
        return Node("text", value=str(node.this), kind="text", at=at)
    return number(float(node.this), at)


def _column(node: exp.Expr, names: Names) -> Node:
    identifier = node.this
    if not isinstance(identifier, exp.Identifier) or any(node.args.get(key) for key in ("table", "db")):
        raise _not_allowed(node, names.where)
    name, at, quoted = str(identifier.this), _place(node), bool(identifier.quoted)
    if not quoted and name.lower() == OUTCOME:
        if not names.outcome_allowed:
            raise FormulaOutcomeError(
                where=f"{names.where} column {at}",
                found="outcome",
                expected="only what is known when the decision is made",
                fix="use columns that are known before the outcome is.",
            )
        return Node("outcome", kind="number" if names.of_quantity else names.outcome_kind, at=at)
    if not quoted and names.of_quantity and name.lower() == QUANTITY:
        return Node("quantity", kind="number", at=at)
    if not quoted and name in names.assumptions:
        return Node("assumption", value=name, kind="number", at=at)
    return Node("column", value=name, at=at)


def _case(node: exp.Expr, names: Names) -> Node:
    """Read CASE and IF; the simple form becomes comparisons with its operand."""
    if isinstance(node, exp.If):
        branches, default, operand = [node], node.args.get("false"), None
    else:
        branches, default, operand = node.args["ifs"], node.args.get("default"), node.args.get("this")
    subject = None if operand is None else _convert(operand, names)
    args: list[Node] = []
    for branch in branches:
        condition = _convert(branch.this, names)
        if subject is not None:
            condition = Node("=", (subject, condition), at=condition.at)
        args += [condition, _convert(branch.args["true"], names)]
    args.append(Node("null", kind="null") if default is None else _convert(default, names))
    return Node("case", tuple(args), at=_place(node))


def _is(node: exp.Expr, names: Names) -> Node:
    subject, state = _convert(node.this, names), node.expression
    if isinstance(state, exp.Null):
        return Node("is null", (subject,), at=subject.at)
    if isinstance(state, exp.Boolean):
        return Node("is true" if state.this else "is false", (subject,), at=subject.at)
    raise _not_allowed(node, names.where)


def _in(node: exp.Expr, names: Names) -> Node:
    if not node.expressions or any(node.args.get(key) for key in ("query", "unnest", "field")):
        raise _not_allowed(node, names.where, "IN without a list in brackets")
    return Node("in", _operands(node, names), at=_place(node))


def _like(node: exp.Expr, names: Names) -> Node:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string) or "\\" in pattern.this:
        raise _not_allowed(node, names.where, "LIKE without a plain text pattern")
    like = Node("like", (_convert(node.this, names), _literal(pattern, names)), at=_place(node))
    return Node("not", (like,), at=like.at) if node.args.get("negate") else like


def _power(node: exp.Expr, names: Names) -> Node:
    exponent = _small_integer(node.expression, 1, MAX_EXPONENT, names.where, "the exponent of power()")
    return Node("power", (_convert(node.this, names), exponent), at=_place(node))


def _round(node: exp.Expr, names: Names) -> Node:
    decimals = node.args.get("decimals") or exp.Literal.number(0)
    if node.args.get("truncate") or node.args.get("casts_non_integer_decimals"):
        raise _not_allowed(node, names.where)
    places = _small_integer(decimals, 0, MAX_DECIMALS, names.where, "the decimals of round()")
    return Node("round", (_convert(node.this, names), places), at=_place(node))


def _small_integer(node: exp.Expr, least: int, most: int, where: str, what: str) -> Node:
    text = str(node.this) if isinstance(node, exp.Literal) and not node.is_string else ""
    if text.isdigit() and least <= int(text) <= most:
        return number(int(text), _place(node))
    raise FormulaLimitError(
        where=f"{where} column {_place(node)}",
        found=f"{what} is {text or 'an expression'}",
        expected=f"a whole number from {least} to {most}",
        fix="write the number itself; for roots use sqrt(x), for 1/x divide.",
    )


def _date(node: exp.Expr, names: Names) -> Node:
    """Read DATE '2026-11-24', which the parser shows as a cast; every other cast is refused."""
    held, target = node.this, node.args.get("to")
    if isinstance(held, exp.Literal) and held.is_string and isinstance(target, exp.DataType):
        try:
            day = dt.date.fromisoformat(held.this)
        except ValueError:
            raise _not_allowed(node, names.where, f"The date '{held.this[:20]}'") from None
        if target.this == exp.DataType.Type.DATE:
            return Node("date", value=day.isoformat(), kind="date", at=_place(held))
    raise _not_allowed(node, names.where, "A cast")


def _constant(node: exp.Expr, _names: Names) -> Node:
    if isinstance(node, exp.Boolean):
        return Node("boolean", value=bool(node.this), kind="boolean")
    return Node("null", kind="null")


_RULES: dict[type[exp.Expr], Callable[[exp.Expr, Names], Node]] = {
    exp.Literal: _literal,
    exp.Column: _column,
    exp.Case: _case,
    exp.If: _case,
    exp.Is: _is,
    exp.In: _in,
    exp.Like: _like,
    exp.Pow: _power,
    exp.Round: _round,
    exp.Cast: _date,
    exp.Boolean: _constant,
    exp.Null: _constant,
}


def _place(node: exp.Expr) -> int:
    """Return the column, from one, where a step begins: its own or its first part's."""
    # The text was parsed in brackets: an offset from zero there is a column from one here.
    starts = [int(part.meta["start"]) for part in node.walk() if "start" in part.meta]
    return min(starts) if starts else 1


def _not_allowed(node: exp.Expr, where: str, what: str = "") -> FormulaConstructError:
    at = _place(node)
    name = what or _NAMES.get(type(node), f"`{type(node).__name__.upper()}`")
    return FormulaConstructError(
        where=f"{where} column {at}",
        found=f"{name} is not allowed at column {at}",
        expected="columns, numbers, arithmetic, comparisons, CASE and the listed functions",
        fix="take it out, or compute it as a column of the data.",
    )
