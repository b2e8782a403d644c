"""Bounds that hold at every look: the asymptotic confidence sequence of a mean.

An interval for a fixed number of rows is wrong more often the more often it is looked at. A confidence sequence is
right at all looks at once, however many there are and whenever one stops. For contributions with standard error
s = sigma / sqrt(n) at n rows, and a constant rho fixed before the first look, the mean lies further below (or above)
the observed one than

    s sqrt(2 (n rho^2 + 1) / (n rho^2) log(1 + sqrt(n rho^2 + 1) / (2 a)))

at any look with probability at most a, in the limit of a late first look. Two such bounds at a = alpha / 2 are the
two-sided sequence with ``log(1 + sqrt(n rho^2 + 1) / alpha)``; the paper's has no 1, which lets each side hold alone.

Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), Time-uniform central limit theory and asymptotic confidence
sequences. Annals of Statistics 52(6), 2613-2640. https://doi.org/10.1214/24-AOS2408
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.contrast import Floats

TUNED_FOR = 0.05


def tightest_at(planned: float) -> float:
    """Return rho, which makes the two-sided 95% sequence about tightest at a planned number of rows.

    rho^2 = (-2 log 0.05 + log(1 - 2 log 0.05)) / planned. It may depend on nothing that the rows say, so neither it
    nor the 0.05 in it follows the hurdle or the rows at hand.

    >>> round(tightest_at(10_000), 6)  # sqrt(5.9915 + log(6.9915)) / 100 = sqrt(7.9362) / 100
    0.028171
    """
    log = -2.0 * math.log(TUNED_FOR)
    return math.sqrt((log + math.log(log + 1.0)) / planned)


def sequence_deviate(units: float, rho: float, tail: float) -> float:
    """Return how many standard errors a bound lies from the mean, in the place of a normal quantile.

    Parameters
    ----------
    units : independent rows n so far.
    rho : fixed before the first look.
    tail : one-sided error over all looks.

    >>> round(sequence_deviate(10_000, tightest_at(10_000), 0.025), 3)  # normal: 1.960
    3.041
    """
    scale = units * rho * rho
    return math.sqrt(2.0 * (scale + 1.0) / scale * math.log1p(math.sqrt(scale + 1.0) / (2.0 * tail)))


def sequence_bounds(
    mean: float, stderr: float, units: float, rho: float, level: float
) -> tuple[float, float]:
    """Return the lower and the upper bound of a mean that hold together at every look.

    Parameters
    ----------
    mean, stderr, units : of the contributions so far.
    rho : fixed before the first look.
    level : two-sided.
    """
    half = stderr * sequence_deviate(units, rho, (1.0 - level) / 2.0)
    return mean - half, mean + half


def sequence_confidence(gap: ArrayLike, stderr: ArrayLike, units: float, rho: float) -> Floats:
    """Return the one-sided confidence, valid at every look, that the mean exceeds h, by inverting the bound.

    Parameters
    ----------
    gap : mean - h, any shape.
    stderr : broadcast against it; where it is zero every contribution is the same, and the answer is 0, 0.5 or 1.
    units, rho : as in :func:`sequence_deviate`.

    Returns
    -------
    float64. 0.5 where the sequence says nothing at any level.

    >>> half = sequence_deviate(400, 0.1, 0.05)
    >>> round(float(sequence_confidence(half, 1.0, 400, 0.1)), 12)
    0.95
    """
    gap, stderr = np.broadcast_arrays(np.asarray(gap, np.float64), np.asarray(stderr, np.float64))
    away = np.divide(np.abs(gap), stderr, out=np.where(gap == 0.0, 0.0, np.inf), where=stderr > 0.0)
    scale = units * rho * rho
    with np.errstate(over="ignore", divide="ignore"):
        tail = math.sqrt(scale + 1.0) / (2.0 * np.expm1(away * away * scale / (2.0 * (scale + 1.0))))
    tail = np.minimum(0.5, tail)
    return np.asarray(np.where(gap >= 0.0, 1.0 - tail, tail), np.float64)
