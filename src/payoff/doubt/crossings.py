"""Where a gain meets what is required of it: of one assumption every such value, of two a curve.

The gain is a polynomial in every assumption that is not bound to rows, so its crossings are roots: all are found.
"""

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import Draws
from payoff.doubt.stake import Stake, product

Floats = NDArray[np.float64]

# Ranges (or likely values) around likely within which a break-even is worth telling.
NEAR = 10.0
# Roots whose imaginary part is rounding: a curve that touches has two such roots at one place.
REAL = 1e-7
# Polishing by secants ends where doubles end.
STEPS = 4


def crossings(stake: Stake, name: str, settings: Draws | None = None) -> tuple[float, ...]:
    """Return every value of one assumption at which the gain meets what is required, ascending.

    The others are as in ``settings``, else likely. None where the gain does not depend on it, where it meets it
    nowhere, and where the assumption is bound to rows.
    """
    if stake.is_bound(name):
        return ()
    coefficients, lowest = _in_one(stake, name, settings or {})
    if len(coefficients) < 2:
        return ()
    line = np.array([-coefficients[0] / coefficients[1]]) if len(coefficients) == 2 else None
    found = np.roots(coefficients[::-1]) if line is None else line
    size = np.maximum(np.abs(found), np.finfo(np.float64).tiny)
    real = np.sort(found.real[np.abs(found.imag) <= REAL * size])
    real = real[real != 0.0] if lowest < 0 else real
    roots = [_polished(coefficients, float(root)) for root in real]
    return tuple(dict.fromkeys(root for root in roots if np.isfinite(root)))


def nearest(stake: Stake, name: str) -> float | None:
    """Return the crossing nearest to likely, if it lies within ten ranges (or ten times likely) around it."""
    item, found = stake.item(name), crossings(stake, name)
    width = 0.0 if item.low is None or item.high is None else item.high - item.low
    reach = NEAR * max(width, abs(item.likely), 1e-9)
    close = [one for one in found if abs(one - item.likely) <= reach]
    return min(close, key=lambda one: abs(one - item.likely), default=None)


def pair(stake: Stake, first: str, second: str, steps: int) -> tuple[Floats, list[float | None]]:
    """Return values of one assumption over its range, and where the second must lie then to meet what is required.

    Of several such values the one nearest to its likely value; None where there is none, or the second is a volume
    of nothing.
    """
    item, other = stake.item(first), stake.item(second)
    if item.low is None or item.high is None:
        raise ValueError(f"{first} has no range")
    grid = np.linspace(item.low, item.high, steps)
    found: list[float | None] = []
    for value in grid:
        roots = crossings(stake, second, stake.stop(first, float(value)))
        found.append(min(roots, key=lambda one: abs(one - other.likely), default=None))
    return grid, found


def _in_one(stake: Stake, name: str, settings: Draws) -> tuple[Floats, int]:
    """Return the gap as a polynomial in one symbol, lowest power first, and the least power it was multiplied by."""
    values: dict[str, float | Floats] = {**stake.likely, **settings}
    by_power: dict[int, float] = {0: -stake.required}
    for powers, coefficient in stake.terms:
        own = sum(power for symbol, power in powers if symbol == name)
        rest = tuple(one for one in powers if one[0] != name)
        held = float(np.ravel(np.asarray(product(rest, values)))[0])
        by_power[own] = by_power.get(own, 0.0) + coefficient * held
    by_power = {power: held for power, held in by_power.items() if held}
    if not by_power:
        return np.zeros(0), 0
    lowest = min(0, *by_power)
    out = np.zeros(max(by_power) - lowest + 1)
    for power, held in by_power.items():
        out[power - lowest] = held
    return out, lowest


def _polished(coefficients: Floats, root: float) -> float:
    """Return the root after a few steps of Newton's, as long as they come nearer."""
    value, slope = _valued(coefficients, root)
    for _ in range(STEPS):
        moved = root - value / slope if slope else root
        nearer, steeper = _valued(coefficients, moved)
        if not abs(nearer) < abs(value):
            break
        root, value, slope = moved, nearer, steeper
    return root


def _valued(coefficients: Floats, at: float) -> tuple[float, float]:
    """Return a polynomial and its slope at a place, by Horner's rule.

    >>> _valued(np.array([1.0, 0.0, 2.0]), 3.0)  # 1 + 2 x^2
    (19.0, 12.0)
    """
    value = slope = 0.0
    for coefficient in coefficients[::-1].tolist():
        slope = slope * at + value
        value = value * at + coefficient
    return value, slope
