"""Numbers of a table of outcome by action with their gradients by the four totals.

Totals are (4,) true positives, false positives, false negatives, true negatives. Every number stays the same when all
of them are doubled, so that its gradient is orthogonal to them.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ratio(top: Floats, bottom: Floats, totals: Floats) -> tuple[float, Floats]:
    """Return one weighted sum of the totals over another, at most 1.

    >>> ratio(np.array([1.0, 0, 0, 0]), np.array([1.0, 0, 1.0, 0]), np.array([3.0, 0, 1.0, 0]))[0]  # recall
    0.75
    """
    held = float(bottom @ totals)
    value = min(float(top @ totals) / held, 1.0)
    return value, (top - value * bottom) / held


def matthews(totals: Floats) -> tuple[float, Floats]:
    """Return the correlation of outcome and action; all four margins must hold rows.

    >>> matthews(np.array([2.0, 0.0, 0.0, 3.0]))[0]
    1.0
    """
    hit, alarm, miss, quiet = (float(total) for total in totals)
    acted, event, none, left = hit + alarm, hit + miss, alarm + quiet, miss + quiet
    # Roots first: the product of four margins could overflow.
    scale = math.sqrt(acted) * math.sqrt(event) * math.sqrt(none) * math.sqrt(left)
    value = min(max((hit * quiet - alarm * miss) / scale, -1.0), 1.0)
    pairs = ((acted, event), (acted, none), (event, left), (none, left))
    shrink = np.array([0.5 / one + 0.5 / other for one, other in pairs])
    if alarm == miss == 0.0 or hit == quiet == 0.0:
        value = math.copysign(1.0, value)
    return value, np.array([quiet, -miss, -alarm, hit]) / scale - value * shrink


def kappa(totals: Floats) -> tuple[float, Floats]:
    """Return agreement beyond chance as a share of what is possible.

    >>> round(kappa(np.array([20.0, 5.0, 10.0, 15.0]))[0], 12)
    0.4
    """
    hit, alarm, miss, quiet = (float(part) for part in totals / totals.sum())
    acted, event, none, left = hit + alarm, hit + miss, alarm + quiet, miss + quiet
    scale = acted * none + event * left
    value = 2.0 * (hit * quiet - alarm * miss) / scale
    rise = 2.0 * np.array([quiet, -miss, -alarm, hit])
    slope = (rise - value * np.array([none + left, none + acted, left + event, acted + event])) / scale
    return value, slope / float(totals.sum())


def likelihood_ratio(totals: Floats, acted: Floats) -> tuple[float, Floats]:
    """Return the share of positives over the share of negatives that end in one row of the table.

    Parameters
    ----------
    acted : (4,) 1 for the two cells of that row.

    >>> likelihood_ratio(np.array([3.0, 1.0, 1.0, 3.0]), np.array([1.0, 1.0, 0.0, 0.0]))[0]  # 3/4 over 1/4
    3.0
    """
    positive, negative = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0, 1.0])
    (top, rise), (bottom, fall) = (
        ratio(acted * outcome, outcome, totals) for outcome in (positive, negative)
    )
    return top / bottom, (rise - top / bottom * fall) / bottom
