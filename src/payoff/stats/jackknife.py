"""The delete-a-group jackknife: an error for whatever can be computed without one group of clusters.

SE^2 = (K - 1) / K sum over groups (theta without it - their mean)^2, with K - 1 degrees of freedom. Groups
must be made by hashing the cluster's key, so that they are independent and alike.

Kott (2001). The delete-a-group jackknife. Journal of Official Statistics 17(4), 521-526.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.distributions import t_ppf
from payoff.stats.resolved import spread_left

Scale = Literal["plain", "log", "logit", "fisher_z"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jackknife:
    """``value`` with its ``stderr``, on the number's own scale, and ``degrees_of_freedom``."""

    value: float
    stderr: float
    degrees_of_freedom: int


def delete_a_group(full: float, without: ArrayLike) -> Jackknife:
    """Return the error of ``full`` from the (K,) values with one group left out.

    Empty groups are to be given as nan and are not counted.

    Raises
    ------
    ValueError
        With fewer than two groups that hold rows.

    >>> delete_a_group(2.0, [1.0, 3.0]).stderr  # sqrt(1/2 * 2)
    1.0
    """
    theta = np.asarray(without, np.float64)
    theta = theta[~np.isnan(theta)]
    groups = len(theta)
    if groups < 2:
        raise ValueError("a jackknife needs at least two groups that hold rows")
    square = (groups - 1) / groups * spread_left(np.ones(groups), theta - theta.mean(), theta)
    return Jackknife(value=full, stderr=math.sqrt(square), degrees_of_freedom=groups - 1)


def scaled_bounds(
    value: float, stderr: float, quantile: float, scale: Scale = "plain"
) -> tuple[float, float]:
    """Return value -+ quantile * stderr, made on ``scale`` and taken back to the number's own.

    Where the value lies at an end of the scale, or has no error, the plain bounds are cut to the range.

    >>> scaled_bounds(0.5, 0.0, 2.0, "logit")
    (0.5, 0.5)
    >>> scaled_bounds(2.0, 0.5, 2.0)
    (1.0, 3.0)
    """
    bottom = {"plain": -math.inf, "log": 0.0, "logit": 0.0, "fisher_z": -1.0}[scale]
    top = math.inf if scale in ("plain", "log") else 1.0
    if scale == "plain" or not bottom < value < top or stderr == 0.0:
        return max(value - quantile * stderr, bottom), min(value + quantile * stderr, top)
    if scale == "log":
        stretch = math.exp(min(quantile * stderr / value, 700.0))
        return value / stretch, value * stretch
    if scale == "logit":
        at, half = math.log(value / (1.0 - value)), quantile * stderr / (value * (1.0 - value))
        return _expit(at - half), _expit(at + half)
    at, half = math.atanh(value), quantile * stderr / (1.0 - value * value)
    return math.tanh(at - half), math.tanh(at + half)


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def jackknife_bounds(found: Jackknife, level: float = 0.95, scale: Scale = "plain") -> tuple[float, float]:
    """Return the two-sided t interval of a jackknife on ``scale``.

    >>> low, high = jackknife_bounds(delete_a_group(2.0, [1.0, 3.0]), 0.5)
    >>> round(low, 9), round(high, 9)  # one degree of freedom: the quartiles of Cauchy's law
    (1.0, 3.0)
    """
    quantile = float(t_ppf(0.5 + level / 2.0, found.degrees_of_freedom))
    return scaled_bounds(found.value, found.stderr, quantile, scale)
