"""Tier B: the mean of contributions that a declared cap keeps within bounds, however heavy their tail.

Maurer, Pontil (2009), Empirical Bernstein bounds and sample variance penalization, COLT, theorem 4: with
probability at least 1 - delta the mean of n independent rows in an interval of length R lies no further below
(or above) the observed mean than

    sqrt(2 V L / n) + 7 R L / (3 (n - 1)),   L = ln(2 / delta), V the sample variance.

It holds at every n and for every distribution within the bounds, so it is wide: two to seven times the normal
interval. It fails where a row lies beyond the cap, and where rows are dependent or weighted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.contrast import Floats


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that one unit can contribute: ``-(gain + loss)`` to it, unless tighter is known.

    >>> capped(gain=30.0, loss=5.0)
    Range(low=-35.0, high=35.0)
    """

    low: float
    high: float


def capped(gain: float, loss: float) -> Range:
    """Return the range of a difference of two policies when one row gains or loses at most so much."""
    return Range(-(gain + loss), gain + loss)


def bernstein_bounds(
    mean: ArrayLike, variance: ArrayLike, units: int, within: Range, tail: float
) -> tuple[Floats, Floats]:
    """Return the lower and upper bound, each wrong with probability at most ``tail``.

    Parameters
    ----------
    mean, variance : of the contributions; variance with n - 1.
    units : n, at least 2.
    within : what one contribution can be; bounds are cut to it.
    tail : one-sided error, below 1.

    >>> low, high = bernstein_bounds(0.0, 1.0, 1001, Range(-1.0, 1.0), 2 / np.e)  # L = 1
    >>> round(float(high), 4)  # sqrt(2 / 1001) + 14 / 3000
    0.0494
    """
    log = np.log(2.0 / tail)
    half = np.sqrt(2.0 * np.asarray(variance, np.float64) * log / units) + _slack(units, within) * log
    mean = np.asarray(mean, np.float64)
    return np.clip(mean - half, within.low, within.high), np.clip(mean + half, within.low, within.high)


def bernstein_confidence(
    mean: ArrayLike, variance: ArrayLike, units: int, within: Range, hurdle: float | Floats
) -> Floats:
    """Return the one-sided confidence that the mean exceeds the hurdle, by inverting the bounds.

    0.5 where the bound says nothing at any level above it; exactly 1 or 0 where the hurdle lies outside
    ``within``. Parameters as in :func:`bernstein_bounds`.

    >>> half = float(bernstein_bounds(0.0, 1.0, 1001, Range(-1.0, 1.0), 0.05)[1])
    >>> round(float(bernstein_confidence(half, 1.0, 1001, Range(-1.0, 1.0), 0.0)), 6)
    0.95
    """
    gap = np.asarray(mean, np.float64) - hurdle
    spread = np.sqrt(2.0 * np.asarray(variance, np.float64) / units)
    # slack u^2 + spread u = |gap| for u = sqrt(L); this form of the root does not cancel.
    root = np.sqrt(spread**2 + 4.0 * _slack(units, within) * np.abs(gap))
    u = np.divide(2.0 * np.abs(gap), spread + root, out=np.zeros(np.shape(root)), where=spread + root > 0.0)
    tail = np.minimum(0.5, 2.0 * np.exp(-(u**2)))
    found = np.where(gap >= 0.0, 1.0 - tail, tail)
    hurdle = np.asarray(hurdle, np.float64)
    return np.where(hurdle < within.low, 1.0, np.where(hurdle > within.high, 0.0, found))


def _slack(units: int, within: Range) -> float:
    return 7.0 * (within.high - within.low) / (3.0 * (units - 1))
