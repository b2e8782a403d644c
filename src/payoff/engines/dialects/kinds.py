"""What the text of an expression alone says about its type: enough to keep engines from choosing for themselves."""

from typing import Literal

from sqlglot import exp

Said = Literal["double", "whole", "boolean", "text", "date", "null", "unknown"]

_DOUBLES = (exp.Div, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow, exp.Avg, exp.Floor, exp.Ceil)
_BOOLEANS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Like,
    exp.Is, exp.Boolean, exp.RegexpLike, exp.IsNan, exp.LogicalAnd,
)  # fmt: skip
_WHOLES = (
    exp.Count, exp.IntDiv, exp.Grouping, exp.RowNumber, exp.DenseRank, exp.BitwiseOrAgg, exp.StrPosition,
    exp.Length, exp.Extract, exp.DateDiff, exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseLeftShift,
    exp.BitwiseRightShift,
)  # fmt: skip
_TEXTS = (
    exp.DPipe, exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.ConcatWs, exp.Chr, exp.MD5, exp.Collate,
)  # fmt: skip
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
_SAME = (exp.Paren, exp.Neg, exp.Abs, exp.Sum, exp.Min, exp.Max, exp.Filter, exp.Window)
_BY_TYPE: dict[object, Said] = {
    exp.DataType.Type.DOUBLE: "double",
    exp.DataType.Type.BIGINT: "whole",
    exp.DataType.Type.INT: "whole",
    exp.DataType.Type.INT128: "whole",
    exp.DataType.Type.DECIMAL: "whole",
    exp.DataType.Type.TEXT: "text",
    exp.DataType.Type.BOOLEAN: "boolean",
    exp.DataType.Type.DATE: "date",
}


def said(node: exp.Expression) -> Said:
    """Return what the text says an expression is; ``unknown`` for a column.

    Examples
    --------
    >>> from sqlglot import parse_one
    >>> said(parse_one("cast(x as double) * 2", read="duckdb")), said(parse_one("x * 2", read="duckdb"))
    ('double', 'unknown')
    """
    if "said" in node.meta:
        return node.meta["said"]  # type: ignore[no-any-return]
    for classes, answer in _BY_CLASS:
        if isinstance(node, classes):
            return answer
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "whole" if node.name.isdigit() else "double"
    if isinstance(node, exp.Cast):
        return _BY_TYPE.get(node.to.this, "unknown")
    return _of_operands(node)


_BY_CLASS: tuple[tuple[tuple[type[exp.Expression], ...], Said], ...] = (
    (_DOUBLES, "double"),
    (_BOOLEANS, "boolean"),
    (_WHOLES, "whole"),
    (_TEXTS, "text"),
    ((exp.Null,), "null"),
)


def _of_operands(node: exp.Expression) -> Said:
    if isinstance(node, _SAME):
        return said(node.this)
    if isinstance(node, exp.Nullif):
        return said(node.this)
    if isinstance(node, _ARITHMETIC):
        return _joined([node.this, node.expression])
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        branches = [branch.args["true"] for branch in node.args["ifs"]]
        return _joined(branches if default is None else [*branches, default])
    if isinstance(node, (exp.Coalesce, exp.Greatest, exp.Least)):
        return _joined([node.this, *node.expressions])
    return "unknown"


def _joined(nodes: list[exp.Expression]) -> Said:
    kinds = {said(node) for node in nodes} - {"null"}
    if "double" in kinds:
        return "double"
    return kinds.pop() if len(kinds) == 1 else "null" if not kinds else "unknown"
