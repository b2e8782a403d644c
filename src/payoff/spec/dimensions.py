"""What an assumption is an amount of, where the value formulas tell it: money, or nothing at all (a plain share)."""

from collections.abc import Iterator, Mapping
from typing import Literal

from payoff.formulas import Node
from payoff.spec.model import Spec
from payoff.spec.units import is_otherwise

Dimension = Literal["money", "plain", "unknown"]

# Of these every operand is what the whole is.
_ALIKE = frozenset({"+", "neg", "least", "greatest", "coalesce", "abs"})


def units_of_assumptions(spec: Spec) -> Mapping[str, str]:
    """Return the unit of assumptions whose unit is sure: ``decision.unit``, or ``1`` for a share between 0 and 1.

    What is added to money is money; what a number is added to in a factor (``1 - churn``) is plain. A product with a
    column, or with a number that may convert, tells nothing, nor does a name that speaks of another unit.
    """
    seen: dict[str, set[Dimension]] = {}
    for formula in spec.value.values():
        for name, dimension in _told(formula.tree, "money"):
            seen.setdefault(name, set()).add(dimension)
    out = {}
    for name, dimensions in seen.items():
        item, sure = spec.assumptions[name], dimensions - {"unknown"}
        ends = [one for one in (item.low, item.likely, item.high) if one is not None]
        if sure == {"money"} and not is_otherwise(name, spec):
            out[name] = spec.decision.unit
        if sure == {"plain"} and all(0.0 <= one <= 1.0 for one in ends):
            out[name] = "1"
    return out


def _told(tree: Node, dimension: Dimension) -> Iterator[tuple[str, Dimension]]:
    """Yield assumptions with what they are where the whole is of a dimension."""
    if tree.op == "assumption":
        yield str(tree.value), dimension
    elif tree.op in _ALIKE:
        within = "plain" if dimension != "money" and _has_number(tree) else dimension
        for arg in tree.args:
            yield from _told(arg, within)
    elif tree.op == "case":
        for arg in (*tree.args[1::2], tree.args[-1]):
            yield from _told(arg, dimension)
    elif tree.op == "*":
        others = [arg for arg in tree.args if not _has_number(arg)]
        for arg in tree.args:
            yield from _told(arg, dimension if others == [arg] else "unknown")
    else:
        for arg in tree.args:
            yield from _told(arg, "unknown")


def _has_number(tree: Node) -> bool:
    """Return whether a sum has a number in it, so that all of it is plain where it is a factor."""
    if tree.op == "neg":
        return _has_number(tree.args[0])
    return tree.op == "+" and any(
        arg.op == "number" or (arg.op == "neg" and arg.args[0].op == "number") for arg in tree.args
    )
