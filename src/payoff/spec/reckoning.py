"""Between which numbers a formula lies, whatever the rows hold: intervals, worked out on the formula's own tree.

No text is ever evaluated. Each column may be anything (or lie in the interval that is given for it), and every
operation widens: what comes out holds for all rows. Moore, Kearfott, Cloud (2009), doi:10.1137/1.9780898717716.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from payoff.formulas import Node, walk

Bounds = tuple[float, float]
"""The least and the most. ``None`` in its place stands for NULL: no number at all."""

ANY: Bounds = (-math.inf, math.inf)
UNCLEAR: Bounds = (0.0, 1.0)
"""A condition that holds for some rows and not for others."""

_Args = Sequence[Bounds]


def bounds(tree: Node, known: Mapping[str, Bounds]) -> Bounds | None:
    """Return the interval in which a formula lies; conditions are 0 or 1.

    Parameters
    ----------
    tree : without ``outcome`` (``formulas.given`` puts it in).
    known : column or assumption -> its interval; what is not named may be anything.

    >>> from payoff.formulas import parse
    >>> tree = parse("least(greatest(balance, 0), 20) - 5", where="", assumptions=[], outcome_allowed=True).tree
    >>> bounds(tree, {})
    (-5.0, 15.0)
    """
    if tree.op == "null":
        return None
    if tree.op in ("number", "boolean"):
        return (float(tree.value or 0),) * 2
    if tree.op in ("assumption", "column"):
        return known.get(str(tree.value), ANY)
    if tree.op == "case":
        return _case(tree, known)
    args = [bounds(arg, known) for arg in tree.args]
    if tree.op == "coalesce":
        return union(args)
    if tree.op == "is null":
        return UNCLEAR
    found = [arg for arg in args if arg is not None]
    if len(found) < len(args):
        return None
    return _OPERATIONS[tree.op](found) if tree.op in _OPERATIONS else ANY


def union(many: Sequence[Bounds | None]) -> Bounds | None:
    """Return the interval that holds all of them; None where none is a number.

    >>> union([(0.0, 1.0), None, (3.0, 4.0)])
    (0.0, 4.0)
    """
    found = [one for one in many if one is not None]
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def times(one: Bounds, other: Bounds) -> Bounds:
    """Return the interval of a product.

    >>> times((-1.0, 2.0), (3.0, 4.0)), times((0.0, 0.0), ANY)
    ((-4.0, 8.0), (0.0, 0.0))
    """
    ends = [0.0 if 0.0 in (a, b) else a * b for a in one for b in other]
    return min(ends), max(ends)


def _case(tree: Node, known: Mapping[str, Bounds]) -> Bounds | None:
    reached: list[Bounds | None] = []
    for condition, value in zip(tree.args[:-1:2], tree.args[1::2], strict=True):
        holds = bounds(condition, known)
        if holds is None or holds == (0.0, 0.0):
            continue
        reached.append(bounds(value, known))
        if holds == (1.0, 1.0) and _is_settled(condition, known):
            return union(reached)
    return union([*reached, bounds(tree.args[-1], known)])


def _is_settled(condition: Node, known: Mapping[str, Bounds]) -> bool:
    """Return whether a condition is of numbers alone: a column may be NULL, and the condition is not true then."""
    columns = (str(node.value) for node in walk(condition) if node.op == "column")
    return all(name in known and known[name][0] == known[name][1] for name in columns)


def _sum(args: _Args) -> Bounds:
    return sum(low for low, _ in args), sum(high for _, high in args)


def _product(args: _Args) -> Bounds:
    found = args[0]
    for arg in args[1:]:
        found = times(found, arg)
    return found


def _quotient(args: _Args) -> Bounds:
    above, (low, high) = args
    if low <= 0.0 <= high:
        return ANY
    return times(above, (1.0 / high, 1.0 / low))


def _absolute(args: _Args) -> Bounds:
    low, high = args[0]
    return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _power(args: _Args) -> Bounds:
    (low, high), (exponent, same) = args
    if exponent != same or exponent < 1 or exponent != int(exponent):
        return ANY
    ends = [_raised(low, int(exponent)), _raised(high, int(exponent))]
    inside = exponent % 2 == 0 and low <= 0.0 <= high
    return (0.0 if inside else min(ends)), max(ends)


def _raised(base: float, exponent: int) -> float:
    try:
        return base**exponent
    except OverflowError:
        return math.inf if base > 0 or exponent % 2 == 0 else -math.inf


def _rising(function: Callable[[float], float], least: float = -math.inf) -> Callable[[_Args], Bounds | None]:
    """Return the interval of a function that never falls and is NULL below ``least``."""

    def interval(args: _Args) -> Bounds | None:
        if args[0][1] < least:
            return None
        low, high = (min(max(end, least), 1e300) for end in args[0])
        return function(low), function(high) if args[0][1] < math.inf else math.inf

    return interval


def _whole_exp(args: _Args) -> Bounds | None:
    """Return the interval of exp, which is NULL where it leaves the doubles."""
    return None if args[0][0] > 709.0 else _rising(_exp)(args)


def _exp(value: float) -> float:
    return math.exp(min(max(value, -700.0), 700.0)) if value > -math.inf else 0.0


def _ln(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: value if math.isinf(value) else float(function(value))


def _rounded(args: _Args) -> Bounds:
    (low, high), (digits, _) = args
    unit = 10.0 ** int(digits)
    return tuple(
        end if math.isinf(end) else math.copysign(math.floor(abs(end) * unit + 0.5) / unit, end)
        for end in (low, high)
    )  # type: ignore[return-value]


def _compared(tell: Callable[[Bounds, Bounds], bool | None]) -> Callable[[_Args], Bounds]:
    def interval(args: _Args) -> Bounds:
        holds = tell(args[0], args[1])
        return UNCLEAR if holds is None else (float(holds), float(holds))

    return interval


def _below(one: Bounds, other: Bounds) -> bool | None:
    return True if one[1] < other[0] else False if one[0] >= other[1] else None


def _equal(one: Bounds, other: Bounds) -> bool | None:
    if one[1] < other[0] or other[1] < one[0]:
        return False
    return True if one[0] == one[1] == other[0] == other[1] else None


def _not(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


_OPERATIONS: Mapping[str, Callable[[_Args], Bounds | None]] = {
    "+": _sum,
    "*": _product,
    "neg": lambda args: (-args[0][1], -args[0][0]),
    "/": _quotient,
    "abs": _absolute,
    "power": _power,
    "greatest": lambda args: (max(low for low, _ in args), max(high for _, high in args)),
    "least": lambda args: (min(low for low, _ in args), min(high for _, high in args)),
    "nullif": lambda args: None if _equal(args[0], args[1]) else args[0],
    "exp": _whole_exp,
    "ln": _rising(_ln, math.ulp(0.0)),
    "sqrt": _rising(math.sqrt, 0.0),
    "floor": _rising(_whole(math.floor)),
    "ceil": _rising(_whole(math.ceil)),
    "round": _rounded,
    "month": lambda _: (1.0, 12.0),
    "day": lambda _: (1.0, 31.0),
    "and": lambda args: (min(low for low, _ in args), min(high for _, high in args)),
    "or": lambda args: (max(low for low, _ in args), max(high for _, high in args)),
    "not": lambda args: (1.0 - args[0][1], 1.0 - args[0][0]),
    "is true": lambda args: args[0] if args[0][0] == args[0][1] else UNCLEAR,
    "is false": lambda args: (1.0 - args[0][1], 1.0 - args[0][0]) if args[0][0] == args[0][1] else UNCLEAR,
    "=": _compared(_equal),
    "<>": _compared(lambda one, other: _not(_equal(one, other))),
    "<": _compared(_below),
    ">=": _compared(lambda one, other: _not(_below(one, other))),
    ">": _compared(lambda one, other: _below(other, one)),
    "<=": _compared(lambda one, other: _not(_below(other, one))),
    "between": lambda _: UNCLEAR,
    "in": lambda _: UNCLEAR,
    "like": lambda _: UNCLEAR,
}
