"""Bounds for a skewed mean: Hall's monotone transformation of the t statistic.

For independent contributions with skewness g, the studentised mean T = (mean - mu) / se has the Edgeworth
expansion P(T <= x) = Phi(x) + a/2 (2 x^2 + 1) phi(x) + O(1/n) with a = g / (3 sqrt(n)), which is
Phi(x + a x^2 + a/2) to the same order. The quadratic is not monotone; adding a^2 x^3 / 3 completes the cube
and changes nothing at this order:

    statistic(T) = T + a T^2 + a^2 T^3 / 3 + a / 2 = ((1 + a T)^3 - 1) / (3 a) + a / 2.

It rises everywhere in T and has the closed inverse T = (cbrt(1 + 3 a (z - a/2)) - 1) / a. So
P(mu > h | data) as a confidence is the normal (here: t) probability of the statistic, and bounds are the
same formula read backwards. Gains (g > 0) have their lower bound pulled in and their upper one pushed out.

Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical Society B
54(1), 221-228.
"""

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.contrast import Floats


def hall_statistic(gap: ArrayLike, stderr: ArrayLike, skewness: ArrayLike, units: float) -> Floats:
    """Return the statistic whose t (or normal) probability is the confidence that the mean exceeds h.

    Parameters
    ----------
    gap : mean - h, any shape.
    stderr : standard error of the mean, broadcast against ``gap``. Where it is zero all contributions are
        equal and the statistic is plus or minus infinity, or 0 where the gap is zero too.
    skewness : sample skewness of the contributions.
    units : independent units n.

    Notes
    -----
    An expansion to order 1/sqrt(n): it fails where |skewness| / sqrt(n) is above about 0.40
    (``payoff.stats.tiers``), and where the largest losses have not been drawn yet.

    >>> float(hall_statistic(2.0, 1.0, 0.0, 100))
    2.0
    >>> round(float(hall_statistic(2.0, 1.0, 3.0, 100)), 4)  # a = 0.1: 2 + 0.4 + 0.08/3 + 0.05
    2.4767
    """
    gap, stderr, a = np.broadcast_arrays(gap, stderr, _bend(skewness, units))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(stderr > 0.0, gap / stderr, np.where(gap == 0.0, 0.0, np.copysign(np.inf, gap)))
        bent = t * (1.0 + a * t * (1.0 + a * t / 3.0)) + a / 2.0
    certain = np.isinf(t) | (stderr <= 0.0)
    return np.asarray(np.where(certain, t, bent), np.float64)


def hall_inverse(statistic: ArrayLike, skewness: ArrayLike, units: ArrayLike) -> Floats:
    """Return T = (mean - h) / se at which :func:`hall_statistic` has the value ``statistic``.

    >>> round(float(hall_inverse(2.0 + 0.4 + 0.08 / 3 + 0.05, 3.0, 100)), 12)
    2.0
    """
    z, a = np.broadcast_arrays(np.asarray(statistic, np.float64), _bend(skewness, units))
    shifted = z - a / 2.0
    u = a * shifted
    root = np.cbrt(1.0 + 3.0 * u)
    # (cbrt(1 + 3u) - 1) / a = 3 z / (root^2 + root + 1): the difference of cubes, without cancellation.
    return np.asarray(3.0 * shifted / (root * root + root + 1.0), np.float64)


def hall_bounds(
    mean: ArrayLike,
    stderr: ArrayLike,
    skewness: ArrayLike,
    units: ArrayLike,
    quantiles: tuple[ArrayLike, ArrayLike],
) -> tuple[Floats, Floats]:
    """Return the lower and the upper bound of a skewed mean.

    Parameters
    ----------
    mean, stderr, skewness, units : of the contributions, any broadcastable shapes; units are independent.
    quantiles : (low, high) quantiles of the t or normal distribution, such as (-1.96, 1.96). The quantile of
        the upper tail makes the *lower* bound.

    Returns
    -------
    low, high : equal to the mean where ``stderr`` is zero.

    >>> low, high = hall_bounds(10.0, 1.0, 0.0, 100, (-2.0, 2.0))
    >>> float(low), float(high)
    (8.0, 12.0)
    """
    mean = np.asarray(mean, np.float64)
    stderr = np.asarray(stderr, np.float64)
    low = mean - stderr * hall_inverse(quantiles[1], skewness, units)
    high = mean - stderr * hall_inverse(quantiles[0], skewness, units)
    return low, high


def _bend(skewness: ArrayLike, units: ArrayLike) -> Floats:
    """Return a, the curvature of the transformation."""
    return np.asarray(np.asarray(skewness, np.float64) / (3.0 * np.sqrt(units)), np.float64)
