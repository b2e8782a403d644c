"""What an owner holds possible, as a distribution: quantiles of an assumption's shape."""

import numpy as np
from numpy.typing import NDArray

from payoff.spec.model import Assumption
from payoff.stats.distributions import normal_ppf

Floats = NDArray[np.float64]

P95 = 1.6448536269514722


def is_ranged(item: Assumption) -> bool:
    """Return whether low and high leave room for doubt."""
    return item.low is not None and item.high is not None and item.low < item.high


def quantile(item: Assumption, u: Floats) -> Floats:
    """Return the quantiles of an assumption's shape at ``u``.

    ``triangle`` and ``uniform`` end at low and high; ``p90`` puts 5% below low and above high each, with half a
    normal on either side of likely.

    >>> quantile(Assumption(name="x", likely=2.0, low=0.0, high=4.0), np.array([0.5, 1.0])).tolist()
    [2.0, 4.0]
    """
    if item.low is None or item.high is None or item.low >= item.high:
        return np.full(len(u), item.likely)
    low, mode, high = item.low, item.likely, item.high
    if item.shape == "uniform":
        return np.asarray(low + u * (high - low))
    if item.shape == "p90":
        z = normal_ppf(np.clip(u, 1e-12, 1 - 1e-12)) / P95
        return np.asarray(mode + np.where(z < 0, (mode - low) * z, (high - mode) * z))
    below = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < below, rising, falling))


def three_points(item: Assumption) -> tuple[float, float]:
    """Return the weights of low and high of a three-point rule with the shape's mean and variance.

    Where the range is so lopsided that one weight would be negative, only the mean is kept: that end gets none.

    >>> three_points(Assumption(name="x", likely=0.0, low=-1.0, high=1.0))
    (0.08333333333333333, 0.08333333333333333)
    """
    if item.low is None or item.high is None or item.low >= item.high:
        return 0.0, 0.0
    below, above = item.likely - item.low, item.high - item.likely
    grid = quantile(item, (np.arange(4000) + 0.5) / 4000) - item.likely
    mean, square = float(grid.mean()), float((grid**2).mean())
    if item.shape == "triangle":
        mean, square = (above - below) / 3, (below**2 + above**2 - below * above) / 6
    if below == 0 or square < mean * above:
        return 0.0, mean / above
    if above == 0 or square < -mean * below:
        return -mean / below, 0.0
    low = (square - mean * above) / (below * (below + above))
    high = (square + mean * below) / (above * (below + above))
    return low, high
