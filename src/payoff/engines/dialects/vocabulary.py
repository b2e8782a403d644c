"""The words that a query may use: a query that every engine must answer alike says nothing else.

The list is short on purpose. What a translator does not know it passes on or approximates, in silence; here it is
refused by name.
"""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from payoff.errors.engine import UntranslatableQuery

CLAUSES: tuple[type[exp.Expression], ...] = (
    exp.Select,
    exp.From,
    exp.Where,
    exp.Group,
    exp.GroupingSets,
    exp.Order,
    exp.Ordered,
    exp.Limit,
    exp.Union,
    exp.With,
    exp.CTE,
    exp.Subquery,
    exp.Join,
    exp.Table,
    exp.TableAlias,
    exp.Alias,
    exp.Column,
    exp.Identifier,
    exp.Star,
    exp.Tuple,
    exp.Paren,
    exp.Window,
    exp.Filter,
    exp.Distinct,
    exp.Values,
)
OPERATORS: tuple[type[exp.Expression], ...] = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.IntDiv,
    exp.Mod,
    exp.Neg,
    exp.BitwiseAnd,
    exp.BitwiseOr,
    exp.BitwiseLeftShift,
    exp.BitwiseRightShift,
    exp.And,
    exp.Or,
    exp.Not,
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Between,
    exp.In,
    exp.Like,
    exp.Is,
    exp.DPipe,
    exp.Case,
    exp.If,
    exp.Literal,
    exp.Null,
    exp.Boolean,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Var,
)
FUNCTIONS: tuple[type[exp.Expression], ...] = (
    exp.Count,
    exp.Sum,
    exp.Min,
    exp.Max,
    exp.Avg,
    exp.BitwiseOrAgg,
    exp.LogicalAnd,
    exp.Grouping,
    exp.RowNumber,
    exp.DenseRank,
    exp.Coalesce,
    exp.Nullif,
    exp.Abs,
    exp.Floor,
    exp.Ceil,
    exp.Sqrt,
    exp.Ln,
    exp.Exp,
    exp.Pow,
    exp.Sign,
    exp.Greatest,
    exp.Least,
    exp.Lower,
    exp.Upper,
    exp.Trim,
    exp.Substring,
    exp.StrPosition,
    exp.Length,
    exp.ConcatWs,
    exp.Chr,
    exp.MD5,
    exp.RegexpLike,
    exp.IsNan,
    exp.Extract,
    exp.TimestampTrunc,
    exp.DateTrunc,
    exp.DateDiff,
)
NAMED = frozenset({"epoch_us", "timezone"})  # functions that the parser keeps by name
KNOWN = frozenset((*CLAUSES, *OPERATORS, *FUNCTIONS))

Type = exp.DataType.Type
TYPES = frozenset(
    {Type.BIGINT, Type.INT, Type.DOUBLE, Type.TEXT, Type.BOOLEAN, Type.DATE, Type.INT128, Type.DECIMAL}
)

# Arguments that a node of the list may carry beside its operands; any other that is set is refused.
_EXTRA: Mapping[type[exp.Expression], frozenset[str]] = {
    exp.Select: frozenset(
        {
            "kind",
            "expressions",
            "from_",
            "from",
            "joins",
            "where",
            "group",
            "order",
            "limit",
            "with_",
            "with",
        }
    ),
    exp.Union: frozenset({"this", "expression", "distinct", "with_", "with", "order", "limit"}),
    exp.Table: frozenset({"this", "alias"}),
    exp.Join: frozenset({"this", "side", "kind", "on"}),
    exp.Values: frozenset({"expressions", "alias"}),
    exp.Group: frozenset({"expressions", "grouping_sets"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.Trim: frozenset({"this"}),
    exp.Star: frozenset(),
    exp.Window: frozenset({"this", "order", "partition_by", "over"}),
    exp.Grouping: frozenset({"expressions"}),
    exp.Subquery: frozenset({"this", "alias"}),
}


def check(tree: exp.Expression) -> None:
    """Refuse a query that says what is not on the list.

    Raises
    ------
    UntranslatableQuery
        Naming the first word that is not on the list.
    """
    for node in tree.walk():
        if not _is_known(node):
            raise refused(f"{_name(node)} in {node.sql('duckdb')[:120]}")


def refused(found: str) -> UntranslatableQuery:
    """Return the error about one word."""
    return UntranslatableQuery(
        where="query",
        found=found,
        expected="the words of docs/engines.md",
        fix="write it with those words, or add this one with its meaning on every engine.",
    )


def _is_known(node: Any) -> bool:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in NAMED
    if type(node) not in KNOWN:
        return False
    allowed = _EXTRA.get(type(node))
    if allowed is not None and any(value for key, value in node.args.items() if key not in allowed):
        return False
    return _SPECIAL.get(type(node), _plain)(node)


def _plain(_: exp.Expression) -> bool:
    return True


def _select(node: exp.Expression) -> bool:
    group = node.args.get("group")
    return not node.args.get("kind") and (group is None or not group.args.get("all"))


def _join(node: exp.Expression) -> bool:
    # An outer join on the right, half a join, or one without a condition is nothing that payoff asks.
    side, kind = (str(node.args.get(name) or "").lower() for name in ("side", "kind"))
    return side in ("", "left") and kind in ("", "inner") and node.args.get("on") is not None


def _substring(node: exp.Expression) -> bool:
    # Positions below 1 mean three different things on three engines.
    start = node.args.get("start")
    return not (isinstance(start, exp.Neg) or (isinstance(start, exp.Literal) and int(start.name) < 1))


def _truncation(node: exp.Expression) -> bool:
    # A bare date_trunc gives a date here and a timestamp there.
    dated = isinstance(node.parent, exp.Cast) and node.parent.to.this == Type.DATE
    return dated and unit_of(node) in ("month", "week", "day")


_SPECIAL = {
    exp.Select: _select,
    exp.Join: _join,
    exp.Union: lambda node: not node.args.get("distinct"),
    exp.Table: lambda node: isinstance(node.this, exp.Identifier) and node.name.isidentifier(),
    exp.DataType: lambda node: node.this in TYPES,
    exp.Cast: lambda node: type(node) is exp.Cast and not node.args.get("safe"),
    exp.Substring: _substring,
    exp.Distinct: lambda node: isinstance(node.parent, exp.Count) and len(node.expressions) == 1,
    exp.Extract: lambda node: node.name.lower() in ("year", "month", "day"),
    exp.DateDiff: lambda node: str(node.args.get("unit")).lower() in ("day", "'day'"),
    exp.TimestampTrunc: _truncation,
    exp.DateTrunc: _truncation,
}


def unit_of(node: exp.Expression) -> str:
    """Return the unit that dates are truncated to."""
    return str(node.args.get("unit")).strip("'").lower().partition("(")[0]


def _name(node: Any) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.this}"
    return f"the word {node.key}"
