"""Shares of rows of which each outcome makes up a given share: bounds from those of the shares within outcomes.

With pi the share of positives, and r and f the shares of positives and of negatives that are acted on,

    act rate = pi r + (1 - pi) f,   accuracy = pi r + (1 - pi) (1 - f),   precision = pi r / (pi r + (1 - pi) f).

r and f are two independent binomial shares, and pi is in no doubt. The bounds of a sum of shares p_j with bounds l_j
and u_j, weighed by w_j, are square and add (the method of variance estimates recovery, MOVER):

    low = p - sqrt(sum of w_j^2 (p_j - l_j)^2),   high = p + sqrt(sum of w_j^2 (u_j - p_j)^2),

those of a ratio of two alike. So no width is lost where no row of an outcome, or every one, is acted on.

Zou, Donner (2008), sums. https://doi.org/10.1002/sim.3095
Donner, Zou (2012), ratios. https://doi.org/10.1177/0962280210383082
Mercaldo, Lau, Zhou (2007), predictive values of a case-control study. https://doi.org/10.1002/sim.2677
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Within:
    """Rows of one outcome, those that count, and bounds of their share."""

    successes: float
    rows: float
    low: float
    high: float

    @classmethod
    def of(cls, successes: float, rows: float, limits: Callable[[float, float], Bounds]) -> "Within":
        """Return the rows of one outcome; ``limits`` gives bounds of a share from successes and rows."""
        return cls(successes, rows, *limits(successes, rows))

    @property
    def share(self) -> float:
        """Return the share that counts."""
        return self.successes / self.rows

    @property
    def variance(self) -> float:
        """Return the variance of that share."""
        return self.share * (1.0 - self.share) / self.rows


def added(weights: Sequence[float], parts: Sequence[Within]) -> tuple[float, Bounds, float]:
    """Return the weighed sum of the shares of some outcomes, its bounds and its standard error.

    >>> half = Within(5.0, 10.0, 0.2, 0.8)
    >>> value, bounds, _ = added([0.6, 0.4], [half, half])  # 0.3 * sqrt(0.36 + 0.16)
    >>> round(value, 12), round(bounds[0], 6), round(bounds[1], 6)
    (0.5, 0.283667, 0.716333)
    """
    pairs = list(zip(weights, parts, strict=True))
    value = sum(weight * one.share for weight, one in pairs)
    below = math.sqrt(sum((weight * (one.share - one.low)) ** 2 for weight, one in pairs))
    above = math.sqrt(sum((weight * (one.high - one.share)) ** 2 for weight, one in pairs))
    error = math.sqrt(sum(weight**2 * one.variance for weight, one in pairs))
    return value, (max(value - below, 0.0), min(value + above, 1.0)), error


def predictive(prevalence: float, positives: Within, negatives: Within) -> tuple[float, Bounds, float]:
    """Return precision from the shares of positives and of negatives acted on, one of which is above 0.

    >>> sure = Within(10.0, 10.0, 0.7, 1.0), Within(0.0, 10.0, 0.0, 0.3)
    >>> value, bounds, _ = predictive(0.5, *sure)
    >>> value, round(bounds[0], 4), bounds[1]  # false alarms per hit are at most 0.3 / sqrt(0.7 (2 - 0.7))
    (1.0, 0.7608, 1.0)
    """
    hit, alarm = prevalence * positives.share, (1.0 - prevalence) * negatives.share
    value = hit / (hit + alarm)
    odds = (1.0 - prevalence) / prevalence
    low, high = (odds * end for end in _ratio(negatives, positives))
    # The logit of precision is the difference of the logarithms of the two shares, less a constant.
    slope = value * (1.0 - value)
    spread = sum(one.variance / one.share**2 for one in (positives, negatives) if one.share > 0.0)
    return value, (min(1.0 / (1.0 + high), value), max(1.0 / (1.0 + low), value)), slope * math.sqrt(spread)


def _ratio(top: Within, bottom: Within) -> Bounds:
    """Return bounds of the ratio of two independent shares; the upper one may be infinite."""
    product = top.share * bottom.share
    low = _root(
        product, top.low * (2.0 * top.share - top.low), bottom.high * (2.0 * bottom.share - bottom.high), -1.0
    )
    high = _root(
        product, top.high * (2.0 * top.share - top.high), bottom.low * (2.0 * bottom.share - bottom.low), 1.0
    )
    return low, high


def _root(product: float, above: float, below: float, sign: float) -> float:
    """Return the root of ``below`` x^2 - 2 ``product`` x + ``above`` that lies on the side of ``sign``."""
    root = math.sqrt(max(product**2 - above * below, 0.0))
    if sign > 0.0:
        return (product + root) / below if below > 0.0 else math.inf
    # (product - root) / below, without cancellation and at any sign of ``below``.
    return above / (product + root) if product + root > 0.0 else 0.0
