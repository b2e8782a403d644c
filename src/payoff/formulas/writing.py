"""From tree to DuckDB SQL that means the same on every engine it is translated to.

Numbers are doubles. Division and remainder by zero, the logarithm or root of what
has none, and results beyond the largest double are NULL: never an error, never
infinity, never NaN from finite input.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from payoff.formulas.tree import Formula, Node, Outcome

_TOP = repr(sys.float_info.max)
# exp() leaves the doubles beyond these: PostgreSQL raises there, DuckDB gives infinity or zero.
_EXP_MOST, _EXP_LEAST = "709e0", "-708e0"
_GUARDS = {
    "ln": "ln(CASE WHEN {0} > 0 THEN {0} END)",
    "sqrt": "sqrt(CASE WHEN {0} >= 0 THEN {0} END)",
    "exp": f"exp(CASE WHEN {{0}} > {_EXP_MOST} THEN NULL WHEN {{0}} < {_EXP_LEAST} THEN {_EXP_LEAST} "
    "ELSE {0} END)",
    "/": "({0} / nullif({1}, 0))",
    "%": "({0} % nullif({1}, 0))",
    "neg": "(-{0})",
    "not": "(NOT {0})",
    "abs": "abs({0})",
    "floor": "CAST(floor({0}) AS DOUBLE)",
    "ceil": "CAST(ceil({0}) AS DOUBLE)",
    "power": "power({0}, {1})",
    "year": "CAST(EXTRACT(YEAR FROM {0}) AS DOUBLE)",
    "month": "CAST(EXTRACT(MONTH FROM {0}) AS DOUBLE)",
    "day": "CAST(EXTRACT(DAY FROM {0}) AS DOUBLE)",
    "nullif": "nullif({0}, {1})",
    "is null": "({0} IS NULL)",
    "is true": "({0} IS TRUE)",
    "is false": "({0} IS FALSE)",
    "between": "({0} BETWEEN {1} AND {2})",
    "like": "({0} LIKE {1})",
    "lower": "lower({0})",
    "upper": "upper({0})",
    "trim": "trim({0})",
}


@dataclass(frozen=True, slots=True)
class _Words:
    names: Mapping[str, str]
    outcome: str | None
    values: Mapping[str, float]


def to_sql(
    formula: Formula | Node, *, names: Mapping[str, str], outcome: str | None, values: Mapping[str, float]
) -> str:
    """Write a formula as one DuckDB expression.

    A number is guarded as a whole: what leaves the doubles is NULL. ``greatest``
    and ``least`` are NULL when any operand is; halves round away from zero.

    Parameters
    ----------
    formula : a resolved formula, or its tree.
    names : column -> the SQL that reads it, already quoted.
    outcome : the SQL of the boolean outcome; None when the formula has none.
    values : assumption -> the number to write for it, finite.

    Raises
    ------
    KeyError
        A column without a name, or an assumption without a value.
    ValueError
        The outcome is used and not given, or a value is not finite.

    >>> from payoff.formulas import parse
    >>> ratio = parse("fee / amount", where="value.call", assumptions=["fee"], outcome_allowed=True)
    >>> to_sql(ratio.tree.args[1], names={"amount": '"amount"'}, outcome=None, values={})
    'CASE WHEN abs(CAST("amount" AS DOUBLE)) <= 1.7976931348623157e+308 THEN CAST("amount" AS DOUBLE) END'
    """
    tree = formula.tree if isinstance(formula, Formula) else formula
    text = written(tree, names=names, outcome=outcome, values=values)
    if tree.kind != "number" or _is_finite(tree):
        return text
    return f"CASE WHEN abs({text}) <= {_TOP} THEN {text} END"


def written(tree: Node, *, names: Mapping[str, str], outcome: str | None, values: Mapping[str, float]) -> str:
    """Write a tree without the guard around the whole: for reading and for comparing trees."""
    return _write(tree, _Words(names, outcome, values))


def _write(node: Node, words: _Words) -> str:
    if node.op in _LEAVES:
        return _LEAVES[node.op](node, words)
    args = [_write(arg, words) for arg in node.args]
    if node.op in _GUARDS:
        return _GUARDS[node.op].format(*args)
    return _WIDE[node.op](node, args)


def double(value: float) -> str:
    """Return a number as SQL that no engine reads as a decimal; negative ones in brackets.

    Raises
    ------
    ValueError
        For NaN and infinity, which SQL has no literal for.

    >>> double(0.1), double(-2.0)
    ('0.1e0', '(-2.0e0)')
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{value} is not a finite number")
    text = repr(float(value) + 0.0)  # never -0.0: "--" would begin a comment
    text = text if "e" in text else f"{text}e0"
    return f"({text})" if value < 0 else text


def literal(outcome: Outcome) -> str:
    """Return a known outcome as SQL.

    >>> literal(True), literal("won't pay"), literal(3.0)
    ('true', "'won''t pay'", '3.0e0')
    """
    if isinstance(outcome, bool):
        return str(outcome).lower()
    return _text(outcome) if isinstance(outcome, str) else double(outcome)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _column(node: Node, words: _Words) -> str:
    name = words.names[str(node.value)]
    return f"CAST({name} AS DOUBLE)" if node.kind == "number" else name


def _quantity(_node: Node, words: _Words) -> str:
    return words.names["quantity"]


def _outcome(_node: Node, words: _Words) -> str:
    if words.outcome is None:
        raise ValueError("the formula uses the outcome, and none was given")
    return words.outcome


_LEAVES: dict[str, Callable[[Node, _Words], str]] = {
    "number": lambda node, _: double(float(node.value or 0)),
    "text": lambda node, _: _text(str(node.value)),
    "date": lambda node, _: f"CAST('{node.value}' AS DATE)",
    "boolean": lambda node, _: "TRUE" if node.value else "FALSE",
    "null": lambda _node, _words: "NULL",
    "assumption": lambda node, words: double(words.values[str(node.value)]),
    "column": _column,
    "outcome": _outcome,
    "quantity": _quantity,
}


def _sum(node: Node, args: list[str]) -> str:
    signed = args[:1]
    for operand, text in zip(node.args[1:], args[1:], strict=True):
        signed.append(f"- {text[2:-1]}" if operand.op == "neg" else f"+ {text}")
    return f"({' '.join(signed)})"


def _joined(node: Node, args: list[str]) -> str:
    return f"({f' {node.op.upper()} '.join(args)})"


def _case(_node: Node, args: list[str]) -> str:
    branches = " ".join(
        f"WHEN {condition} THEN {value}" for condition, value in zip(args[:-1:2], args[1::2], strict=True)
    )
    return f"CASE {branches} ELSE {args[-1]} END"


def _list(_node: Node, args: list[str]) -> str:
    return f"({args[0]} IN ({', '.join(args[1:])}))"


def _extreme(node: Node, args: list[str]) -> str:
    """Write GREATEST or LEAST that is NULL when any operand is, on engines that skip NULLs too."""
    present = " AND ".join(f"{arg} IS NOT NULL" for arg in args)
    return f"CASE WHEN {present} THEN {node.op}({', '.join(args)}) END"


def _round(node: Node, args: list[str]) -> str:
    """Write rounding with halves away from zero; engines' own round() differ."""
    scale = double(10.0 ** int(node.args[1].value or 0))
    whole = f"CAST(floor(abs({args[0]}) * {scale} + 0.5e0) AS DOUBLE)"
    return f"(sign({args[0]}) * {whole} / {scale})"


_WIDE: dict[str, Callable[[Node, list[str]], str]] = {
    "+": _sum,
    "*": _joined,
    "and": _joined,
    "or": _joined,
    "case": _case,
    "in": _list,
    "greatest": _extreme,
    "least": _extreme,
    "round": _round,
    "coalesce": lambda _, args: f"coalesce({', '.join(args)})",
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), _joined),
}


def _is_finite(node: Node) -> bool:
    """Tell whether a number cannot leave the doubles whatever the rows hold."""
    if node.op == "case":
        return all(_is_finite(arg) for arg in (*node.args[1::2], node.args[-1]))
    if node.op in ("neg", "abs", "coalesce", "greatest", "least", "nullif"):
        return all(_is_finite(arg) for arg in node.args)
    return node.op in ("number", "assumption", "null", "year", "month", "day")
