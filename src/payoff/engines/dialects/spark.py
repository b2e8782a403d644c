"""Spark with ANSI rules: floor() gives integers there, sums of integers overflow, a division by zero is an error."""

from typing import Any

from sqlglot import exp

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
    in_brackets,
    nulls_last,
    text,
    whole,
)

WIDE = "decimal(38, 0)"
EXACT = "9007199254740992e0"  # 2^53: doubles from here on are whole numbers
BEYOND = "9223372036854775808e0"  # 2^63


def _double(node: exp.Expression) -> exp.Expression:
    return cast(node, "double", "spark")


def _literal(node: exp.Literal) -> exp.Expression:
    # A literal with a point is a decimal there unless it has an exponent.
    if node.is_string or node.name.isdigit() or "e" in node.name.lower():
        return node
    return exp.Literal.number(f"{node.name}e0")


def _cast(node: exp.Cast) -> exp.Expression:
    if node.to.this in (Type.INT128, Type.DECIMAL):
        inner = node.this if said(node.this) in ("whole", "null") else _long(node.this)
        return cast(inner, WIDE, "spark")
    return _long(node.this) if node.to.this == Type.BIGINT else node


def _long(node: exp.Expression) -> exp.Expression:
    """Cast to 64 bits. Of the doubles beyond, Spark takes the first, 2^63, for the largest integer, in silence."""
    if said(node) != "double":
        return cast(node, "bigint", "spark")
    edge = exp.EQ(this=bracketed(node.copy()), expression=exp.Literal.number(BEYOND))
    more = exp.Case(
        ifs=[exp.If(this=edge, true=exp.Literal.number(BEYOND))], default=exp.Literal.number("0e0")
    )
    return cast(binary(exp.Add, node, more), "bigint", "spark")


def _division(node: exp.Div) -> exp.Expression:
    safe = exp.Nullif(this=_double(node.expression), expression=whole(0))
    return exp.Div(this=_double(node.this), expression=safe, typed=True, safe=False)


def _remainder(node: exp.Mod) -> exp.Expression:
    node.set("expression", exp.Nullif(this=node.expression, expression=whole(0)))
    node.set("this", bracketed(node.this))
    return node


def _whole_division(node: exp.IntDiv) -> exp.Expression:
    if "double" in (said(node.this), said(node.expression)):
        raise refused("whole division of doubles")
    divisor = exp.Nullif(this=node.expression, expression=whole(0))
    if _fits(node.this) and _fits(node.expression):
        return exp.Paren(this=exp.IntDiv(this=bracketed(node.this), expression=divisor))
    # DIV cuts the quotient of decimals to 64 bits in silence: divide what is divisible without a rest instead.
    long, other = cast(node.this, WIDE, "spark"), cast(divisor, WIDE, "spark")
    even = binary(exp.Sub, long, exp.Mod(this=long.copy(), expression=other))
    return cast(exp.Div(this=even, expression=other.copy(), typed=True, safe=False), WIDE, "spark")


def _fits(node: exp.Expression) -> bool:
    """Return whether the text says that a whole number has 64 bits at most."""
    if isinstance(node, exp.Cast):
        return node.to.this in (Type.BIGINT, Type.INT)
    if isinstance(node, exp.Literal):
        return not node.is_string and node.name.isdigit() and len(node.name) < len(str(2**63))
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Mod)):
        return _fits(node.this) and _fits(node.expression)
    return isinstance(node, (exp.Paren, exp.Neg, exp.Nullif)) and _fits(node.this)


def _sum(node: exp.Sum) -> exp.Expression:
    """Sum integers as decimals of 38 digits; plus a decimal zero, integers become decimals and doubles stay."""
    if said(node.this) == "double":
        return node
    zero = exp.Cast(this=whole(0), to=exp.DataType.build("decimal(1, 0)", dialect="spark"))
    return exp.Sum(this=exp.Add(this=bracketed(node.this), expression=zero))


def _rounded(name: str) -> Rule:
    def rule(node: Any) -> exp.Expression:
        # floor() gives a 64-bit integer there and cuts what is larger to the largest, in silence.
        small = binary(exp.LT, call("abs", _double(node.this)), exp.Literal.number(EXACT))
        near = _double(call(name, _double(node.this.copy())))
        return exp.Case(ifs=[exp.If(this=small, true=near)], default=_double(node.this.copy()))

    return rule


def _of_doubles(name: str) -> Rule:
    def rule(node: Any) -> exp.Expression:
        return call(
            name, *(_double(one) for one in (node.this, node.args.get("expression")) if one is not None)
        )

    return rule


def _window(node: exp.Window) -> exp.Expression:
    # Spark numbers no rows without an order: this one keeps them as they come.
    if isinstance(node.this, exp.RowNumber) and node.args.get("order") is None:
        node.set("order", exp.Order(expressions=[exp.Ordered(this=cast(exp.Null(), "int", "spark"))]))
    return node


def _truncated(node: Any) -> exp.Expression:
    return (
        call("trunc", cast(node.this, "date", "spark"), text(unit_of(node).upper()))
        if unit_of(node) != "day"
        else cast(node.this, "date", "spark")
    )


def _named(node: exp.Anonymous) -> exp.Expression:
    if str(node.this).lower() == "epoch_us":
        return call("unix_micros", cast(node.expressions[0], "timestamp", "spark"))
    zone, moment = node.expressions
    return call("from_utc_timestamp", moment, zone)


def _like(node: exp.Like) -> exp.Expression:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise refused("like with a pattern that is no text literal")
    if "\\" not in pattern.name:
        return node
    unused = next(sign for sign in "~^|#@!" if sign not in pattern.name)
    return exp.Escape(this=node, expression=text(unused))


RULES: dict[type[exp.Expression], Rule] = {
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.Div: _division,
    exp.Mod: _remainder,
    exp.IntDiv: _whole_division,
    exp.Sum: _sum,
    exp.BitwiseAnd: in_brackets,
    exp.BitwiseOr: in_brackets,
    exp.BitwiseLeftShift: lambda node: call("shiftleft", node.this, node.expression),
    exp.BitwiseRightShift: lambda node: call("shiftright", node.this, node.expression),
    exp.Avg: lambda node: exp.Avg(this=_double(node.this)),
    exp.Floor: _rounded("floor"),
    exp.Ceil: _rounded("ceil"),
    exp.Sqrt: _of_doubles("sqrt"),
    exp.Ln: _of_doubles("ln"),
    exp.Exp: _of_doubles("exp"),
    exp.Pow: _of_doubles("power"),
    exp.From: aliased(),
    exp.Ordered: nulls_last,
    exp.Window: _window,
    exp.Grouping: lambda node: grouping_mask(node, "spark"),
    exp.IsNan: lambda node: binary(exp.EQ, _double(node.this), _double(text("NaN"))),
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.DateDiff: lambda node: call(
        "datediff", cast(node.this, "date", "spark"), cast(node.expression, "date", "spark")
    ),
    exp.StrPosition: lambda node: call("instr", node.this, node.args["substr"]),
    exp.RegexpLike: lambda node: call("regexp_like", node.this, node.expression),
    exp.Like: _like,
    exp.Anonymous: _named,
}

SPARK = Dialect("spark", RULES)
