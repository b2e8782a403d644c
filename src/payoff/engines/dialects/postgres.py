"""PostgreSQL: doubles and decimals are told apart, and arithmetic that leaves the doubles is an error there.

``POSTGRES`` writes arithmetic plainly. ``GUARDED`` writes what IEEE 754 says instead of raising: slower, and only
needed when a row leaves the doubles, which the engine finds out by an error.
"""

from functools import cache
from typing import Any

from sqlglot import exp, parse_one

from payoff.engines.dialects.guards import EXPONENTIAL, POWER, PRODUCT, QUOTIENT, REMAINDER, SUM
from payoff.engines.dialects.kinds import said
from payoff.engines.dialects.translation import Dialect, Rule
from payoff.engines.dialects.vocabulary import refused, unit_of
from payoff.engines.dialects.writing import (
    Type,
    aliased,
    binary,
    bracketed,
    call,
    cast,
    grouping_mask,
    hugeint,
    in_brackets,
    nulls_last,
    text,
)

DOUBLE = "double precision"
LONGEST_NAME = 63
ORDER = exp.Identifier(this="C", quoted=True)


def _double(node: exp.Expression) -> exp.Expression:
    if said(node) == "boolean":
        return cast(cast(node, "integer", "postgres"), DOUBLE, "postgres")
    return cast(node, DOUBLE, "postgres")


@cache
def _template(source: str) -> Any:
    return parse_one(source, read="postgres")


def _filled(source: str, *operands: exp.Expression) -> exp.Expression:
    """Return a template with its operands bound to names once, so that nothing is written twice."""
    made: exp.Expression = _template(source).copy()
    values = dict(zip("ab", operands, strict=False))
    for place in list(made.find_all(exp.Placeholder)):
        place.replace(values[str(place.this)])
    return made


def _literal(node: exp.Literal) -> exp.Expression:
    # A literal with a point is a decimal there, whatever its exponent.
    return node if node.is_string or node.name.isdigit() else cast(node, DOUBLE, "postgres")


def _cast(node: exp.Cast) -> exp.Expression:
    to = node.to.this
    if to in (Type.INT128, Type.DECIMAL):
        return hugeint(node, "numeric(38, 0)", "postgres")
    if to == Type.TEXT:
        # Text sorts by code point everywhere, not by the language of a server.
        return exp.Paren(this=exp.Collate(this=cast(node.this, "text", "postgres"), expression=ORDER.copy()))
    if to in (Type.DOUBLE, Type.BIGINT) and said(node.this) == "boolean":
        inner = cast(node.this, "integer", "postgres")
        return cast(inner, DOUBLE if to == Type.DOUBLE else "bigint", "postgres")
    return node


def _division(node: exp.Div) -> exp.Expression:
    safe = exp.Nullif(this=_double(node.expression), expression=exp.Literal.number(0))
    return exp.Div(this=_double(node.this), expression=safe, typed=True, safe=False)


def _remainder(node: exp.Mod) -> exp.Expression:
    if said(node) == "double":
        return _filled(REMAINDER, node.this, node.expression)
    return node


def _whole_division(node: exp.IntDiv) -> exp.Expression:
    # div() truncates and takes sums of any length; `/` would divide doubles as doubles.
    if "double" in (said(node.this), said(node.expression)):
        raise refused("whole division of doubles")
    return call("div", node.this, node.expression)


def _null_in(node: Any) -> exp.Expression:
    """Give a bare NULL beside an operator a type."""
    for key in ("this", "expression"):
        if isinstance(node.args.get(key), exp.Null):
            node.set(key, cast(node.args[key], DOUBLE, "postgres"))
    return node  # type: ignore[no-any-return]


def _of_doubles(name: str) -> Rule:
    def rule(node: Any) -> exp.Expression:
        return call(
            name, *(_double(one) for one in (node.this, node.args.get("expression")) if one is not None)
        )

    return rule


def _rounded(name: str) -> Rule:
    def rule(node: Any) -> exp.Expression:
        return call(name, _double(node.this))

    return rule


def _collated(node: exp.Expression) -> exp.Expression:
    if said(node) == "text" and not (isinstance(node, exp.Paren) and isinstance(node.this, exp.Collate)):
        return exp.Paren(this=exp.Collate(this=bracketed(node), expression=ORDER.copy()))
    return node


def _ordered(node: exp.Ordered) -> exp.Expression:
    node.set("this", _collated(node.this))
    return nulls_last(node)


def _extreme(node: Any) -> exp.Expression:
    node.set("this", _collated(node.this))
    return node  # type: ignore[no-any-return]


def _alias(node: exp.Alias) -> exp.Expression:
    if isinstance(node.this, (exp.Literal, exp.Case)):
        node.set("this", _collated(node.this))
    return node


def _month_or_week(node: Any) -> exp.Expression:
    day = cast(node.this, "timestamp", "postgres")
    return cast(call("date_trunc", text(unit_of(node)), day), "date", "postgres")


def _days(node: exp.DateDiff) -> exp.Expression:
    # DateDiff keeps the later date first, whatever the order of the text.
    return binary(exp.Sub, cast(node.this, "date", "postgres"), cast(node.expression, "date", "postgres"))


def _named(node: exp.Anonymous) -> exp.Expression:
    name = str(node.this).lower()
    if name == "epoch_us":
        seconds = exp.Extract(this=exp.Var(this="EPOCH"), expression=node.expressions[0])
        exact = binary(exp.Mul, cast(seconds, "numeric", "postgres"), exp.Literal.number(1_000_000))
        return cast(call("round", exact), "bigint", "postgres")
    return call(name, *node.expressions)


def _like(node: exp.Like) -> exp.Expression:
    return exp.Escape(this=node, expression=text("")) if "\\" in node.expression.name else node


RULES: dict[type[exp.Expression], Rule] = {
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.Div: _division,
    exp.Mod: _remainder,
    exp.IntDiv: _whole_division,
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Abs), _null_in),
    **dict.fromkeys(
        (exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseLeftShift, exp.BitwiseRightShift), in_brackets
    ),
    exp.Avg: lambda node: exp.Avg(this=_double(node.this)),
    exp.Floor: _rounded("floor"),
    exp.Ceil: _rounded("ceil"),
    exp.Sqrt: _of_doubles("sqrt"),
    exp.Ln: _of_doubles("ln"),
    exp.Exp: _of_doubles("exp"),
    exp.Pow: _of_doubles("power"),
    exp.From: aliased(),
    exp.Ordered: _ordered,
    exp.Min: _extreme,
    exp.Max: _extreme,
    exp.Alias: _alias,
    exp.Grouping: lambda node: grouping_mask(node, "postgres"),
    exp.IsNan: lambda node: binary(exp.EQ, _double(node.this), _double(text("NaN"))),
    exp.Extract: lambda node: cast(node, "bigint", "postgres"),
    exp.TimestampTrunc: _month_or_week,
    exp.DateTrunc: _month_or_week,
    exp.DateDiff: _days,
    exp.StrPosition: lambda node: call("strpos", node.this, node.args["substr"]),
    exp.Like: _like,
    exp.Anonymous: _named,
}


def _guard(source: str, plain: Rule) -> Rule:
    def rule(node: Any) -> exp.Expression:
        if said(node) != "double" or node.find(exp.Window):
            return plain(node)
        operands = [one for one in (node.this, node.args.get("expression")) if one is not None]
        return _filled(source, *operands)

    return rule


def _difference(node: exp.Sub) -> exp.Expression:
    if said(node) != "double" or node.find(exp.Window):
        return _null_in(node)
    return _filled(SUM, node.this, exp.Neg(this=bracketed(node.expression)))


POSTGRES = Dialect("postgres", RULES, LONGEST_NAME)
GUARDED = Dialect(
    "postgres",
    {
        **RULES,
        exp.Mul: _guard(PRODUCT, _null_in),
        exp.Div: _guard(QUOTIENT, _division),
        exp.Add: _guard(SUM, _null_in),
        exp.Sub: _difference,
        exp.Pow: _guard(POWER, _of_doubles("power")),
        exp.Exp: _guard(EXPONENTIAL, _of_doubles("exp")),
    },
    LONGEST_NAME,
)
