"""A formula in words that its writer knows again: names as they stand, each with its number where that is known."""

from collections.abc import Callable, Mapping

from payoff.formulas import Node
from payoff.quantities import readable

Look = Callable[[Node], float | None]
"""What a step of a formula is on the row that is told of; None where that is not known."""

_LOOSE, _SUM, _PRODUCT, _TIGHT = range(4)
_COMPARED = {"=": "=", "<>": "is not", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def told(node: Node, look: Look) -> str:
    """Return a formula with the number of every name beside it.

    >>> from payoff.formulas import parse
    >>> tree = parse("share * (amount - 1)", where="", assumptions=["share"], outcome_allowed=True).tree
    >>> told(tree, lambda leaf: {"share": 0.8, "amount": 20.0}.get(str(leaf.value)))
    'share 0.8 x (amount 20 - 1)'
    """
    return _told(node, look, _LOOSE)


def _told(node: Node, look: Look, within: int) -> str:
    if node.op in _LEAVES:
        return _LEAVES[node.op](node, look)
    tight, text = _compound(node, look)
    return f"({text})" if tight < within else text


def _compound(node: Node, look: Look) -> tuple[int, str]:
    """Return how tightly an operation binds, and its text."""
    if node.op == "+":
        return _SUM, _sum(node, look)
    if node.op in ("*", "/", "%"):
        sign = {"*": " x ", "/": " / ", "%": " % "}[node.op]
        parts = [_told(arg, look, _PRODUCT + (node.op != "*" and j > 0)) for j, arg in enumerate(node.args)]
        return _PRODUCT, sign.join(parts)
    if node.op == "neg":
        return _PRODUCT, f"-{_told(node.args[0], look, _TIGHT)}"
    if node.op in _COMPARED:
        return _LOOSE, f" {_COMPARED[node.op]} ".join(_told(arg, look, _SUM) for arg in node.args)
    if node.op in ("and", "or"):
        return _LOOSE, f" {node.op} ".join(_told(arg, look, _SUM) for arg in node.args)
    return _TIGHT, _word(node, look)


def _word(node: Node, look: Look) -> str:
    args = [_told(arg, look, _LOOSE) for arg in node.args]
    if node.op == "case":
        pairs = zip(args[:-1:2], args[1::2], strict=True)
        return ", ".join([*(f"{value} if {condition}" for condition, value in pairs), f"else {args[-1]}"])
    if node.op == "not":
        return f"not {args[0]}"
    if node.op in ("is null", "is true", "is false"):
        return f"{args[0]} {node.op}"
    if node.op == "between":
        return f"{args[0]} between {args[1]} and {args[2]}"
    if node.op == "like":
        return f"{args[0]} like {args[1]}"
    if node.op == "in":
        return f"{args[0]} in ({', '.join(args[1:])})"
    return f"{node.op}({', '.join(args)})"


def _sum(node: Node, look: Look) -> str:
    text = _told(node.args[0], look, _SUM)
    for arg in node.args[1:]:
        negative = arg.op == "neg"
        text += (" - " if negative else " + ") + _told(arg.args[0] if negative else arg, look, _PRODUCT)
    return text


def _named(node: Node, look: Look) -> str:
    number = look(node)
    if number is None or node.kind == "boolean":
        return str(node.value)
    return f"{node.value} {readable(number)}"


_LEAVES: Mapping[str, Callable[[Node, Look], str]] = {
    "number": lambda node, _: f"{float(node.value or 0):,g}",
    "text": lambda node, _: f"'{node.value}'",
    "date": lambda node, _: str(node.value),
    "boolean": lambda node, _: "true" if node.value else "false",
    "null": lambda _node, _: "nothing",
    "outcome": lambda _node, _: "outcome",
    "column": _named,
    "assumption": _named,
}
