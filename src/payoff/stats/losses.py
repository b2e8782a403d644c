"""Mean losses of forecasts from their sums by cell: Hall's interval of a mean, for rows or for clusters.

Hall (1992). https://doi.org/10.1111/j.2517-6161.1992.tb01876.x
"""

import math

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval, Tier
from payoff.stats.kish import kish
from payoff.stats.means import hall_bounds
from payoff.stats.resolved import spread_left
from payoff.stats.tiers import tail_ratio, widening
from payoff.stats.weighted_means import few_rows
from payoff.tables import Cells

Floats = NDArray[np.float64]
# Of the mean square: below it, the sums of squares leave no digit of a spread.
RESOLVED = 1e-12
_TIERS: dict[int, Tier] = {0: "C", 1: "A"}
_NOTES = {0: "the tail is too heavy for the interval", 1: None}


def mean_loss(cells: Cells, part: int, level: float = 0.95) -> Interval:
    """Return the weighted mean of one part of the moments, a loss per row, with Hall's interval.

    Parameters
    ----------
    cells : known rows; ``moments.third`` holds the thirds of each part. With a cluster key units are clusters.
    part : which part.
    """
    moments = cells.moments
    total = float(moments.weight.sum())
    rows = int(moments.rows.sum())
    if rows == 0 or total <= 0.0:
        return _found(None, rows, level, "hall_mean", "undefined: no rows with a known outcome")
    mean = float(moments.first[:, part].sum()) / total
    if cells.cluster is not None:
        return _by_clusters(cells, part, mean, total, level)
    square = _about(mean, moments.weight2, moments.first2[:, part], moments.second[:, part, part])
    square = square if square > RESOLVED * float(moments.second[:, part, part].sum()) else 0.0
    cubes = moments.third[:, part].sum(axis=0)
    cube = cubes[3] - 3 * mean * cubes[2] + 3 * mean**2 * cubes[1] - mean**3 * cubes[0]
    effective = min(float(kish(total, moments.weight2.sum())), rows)
    return _bounded(mean, square / total**2, float(cube) / total**3, rows, rows, effective - 1.0, level)


def _about(mean: float, weight: Floats, first: Floats, second: Floats) -> float:
    return float(second.sum() - 2.0 * mean * first.sum() + mean * mean * weight.sum())


def _by_clusters(cells: Cells, part: int, mean: float, total: float, level: float) -> Interval:
    names, code = np.unique(np.asarray(cells.cluster), return_inverse=True)
    weight = np.bincount(code, cells.moments.weight, len(names))
    sums = np.bincount(code, cells.moments.first[:, part], len(names)) / total
    lean = sums - mean * weight / total
    effective = min(len(names), float(kish(total, weight @ weight)))
    return _bounded(
        mean,
        spread_left(np.ones(len(names)), lean, sums),
        float((lean * lean) @ lean),
        int(cells.moments.rows.sum()),
        len(names),
        effective - 1.0,
        level,
    )


def _bounded(
    mean: float, square: float, cube: float, rows: int, units: int, freedom: float, level: float
) -> Interval:
    """Return Hall's interval from the sums over units of squared and cubed influence."""
    if units < 2 or freedom <= 0.0:
        return _found(mean, rows, level, "hall_mean", "no interval: one row or cluster")
    stderr = math.sqrt(max(square, 0.0) * units / (units - 1))
    if not square > 0.0:
        return _found(mean, rows, level, "hall_mean", "no interval: every row has the same loss")
    skewness = math.sqrt(units) * cube / square**1.5
    factor = int(widening(tail_ratio(skewness, units)))
    quantile = float(t_ppf(1.0 - 0.5 * (1.0 - level) / max(factor, 1), freedom))
    low, high = hall_bounds(mean, stderr, skewness, units, (-quantile, quantile))
    found = Interval(
        value=mean,
        low=max(float(low), 0.0),
        high=float(high),
        level=level,
        rows=rows,
        events=None,
        method="hall_mean",
        tier=_TIERS.get(factor, "A-"),
        note=_NOTES.get(factor, "widened for a heavy tail"),
        stderr=stderr,
    )
    return few_rows(found, math.inf, freedom + 1.0)


def _found(value: float | None, rows: int, level: float, method: str, note: str) -> Interval:
    return Interval(
        value=value,
        low=None,
        high=None,
        level=level,
        rows=rows,
        events=None,
        method=method,
        tier="C",
        note=note,
    )
