"""Means of losses of quantities and ratios of two of them, with intervals, from sums over rows or over clusters.

A mean is the ratio of a loss to the weights, a skill one less the ratio of two losses of the same rows. Both are
linearised: u = w (x - R z), and their error is that of the mean of u over independent rows, or of its totals over
clusters. Losses are skewed, hence Hall's bounds, widened as the tail asks for it.

Cochran (1977), Sampling Techniques, chapter 6. Hall (1992). https://doi.org/10.1111/j.2517-6161.1992.tb01876.x
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval, Tier
from payoff.stats.kish import kish
from payoff.stats.means import hall_bounds
from payoff.stats.proportions import effective_rows, korn_graubard, wilson
from payoff.stats.resolved import RESOLVED, spread_left
from payoff.stats.tiers import FEWEST_CLUSTERS, tail_ratio, too_few, unit_widening, widening
from payoff.tables.losses import Losses

MEAN, RATIO = "hall_mean", "hall_ratio"
NO_ROWS = "undefined: no known outcome here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linearised:
    """A ratio with the error and the skewness of its linearised contributions.

    ``units`` are independent rows or clusters, ``freedom`` the degrees of freedom, ``effective`` clusters by Kish.
    """

    value: float
    stderr: float
    skewness: float
    units: int
    freedom: float
    effective: float | None


def mean_of(losses: Losses, place: int) -> Linearised | None:
    """Return the weighted mean of a loss; None without a row.

    >>> one = Losses(columns=(("m", "error"),), pairs=(), level=None, shift=np.zeros(1), rows=np.array([2]),
    ...     weight=np.array([2.0]), weight2=np.array([2.0]), weight3=np.array([2.0]), first=np.array([[4.0]]),
    ...     first2=np.array([[4.0]]), first3=np.array([[4.0]]), second=np.array([[10.0]]),
    ...     second3=np.array([[10.0]]), third=np.array([[28.0]]), cross2=np.zeros((1, 0)),
    ...     cross3=np.zeros((1, 0)), cross21=np.zeros((1, 0)), cross12=np.zeros((1, 0)))
    >>> found = mean_of(one, 0)  # errors 1 and 3
    >>> found.value, found.stderr, found.skewness
    (2.0, 1.0, 0.0)
    """
    return _linearised(losses, place, None)


def ratio_of_losses(losses: Losses, place: int, rival: int) -> Linearised | None:
    """Return the ratio of two mean losses of the same rows; None where the second is zero or there is no row."""
    return _linearised(losses, place, rival)


def _linearised(losses: Losses, place: int, rival: int | None) -> Linearised | None:
    weight = float(losses.weight.sum())
    if not weight > 0.0:
        return None
    x, z = _total(losses, place), weight if rival is None else _total(losses, rival)
    if not z > 0.0:
        return None
    ratio = x / z
    if losses.cluster is not None:
        return _of_clusters(losses, place, rival, ratio, z)
    square, cube = _powers(losses.added(), place, rival, ratio)
    rows, squares = int(losses.rows.sum()), float(losses.weight2.sum())
    effective = min(float(kish(weight, squares)), float(rows))
    return _made(ratio, square, cube, rows, z, effective - 1.0, effective if effective < rows else None)


def _total(losses: Losses, place: int) -> float:
    """Return the weighted sum of a loss itself, not centred."""
    return float(losses.first[:, place].sum() + losses.shift[place] * losses.weight.sum())


def _powers(losses: Losses, place: int, rival: int | None, ratio: float) -> tuple[float, float]:
    """Return the sums of u^2 and u^3, u = w (x - ratio z): exact polynomials in sums of centred losses."""
    w2, w3 = float(losses.weight2[0]), float(losses.weight3[0])
    x1, x13 = float(losses.first2[0, place]), float(losses.first3[0, place])
    x2, x23, x3 = (float(one[0, place]) for one in (losses.second, losses.second3, losses.third))
    if rival is None:
        c = float(losses.shift[place]) - ratio
        square = x2 + 2.0 * c * x1 + c * c * w2
        square = square if square > (RESOLVED * ratio) ** 2 * w2 else 0.0
        cube = x3 + 3.0 * c * x23 + 3.0 * c * c * x13 + c**3 * w3
        return square, cube
    c = float(losses.shift[place] - ratio * losses.shift[rival])
    z1, z13 = float(losses.first2[0, rival]), float(losses.first3[0, rival])
    z2, z23, z3 = (float(one[0, rival]) for one in (losses.second, losses.second3, losses.third))
    p = losses.pairs.index((place, rival))
    xz, xz3 = float(losses.cross2[0, p]), float(losses.cross3[0, p])
    xxz, xzz = float(losses.cross21[0, p]), float(losses.cross12[0, p])
    r = -ratio
    first, first3 = x1 + r * z1, x13 + r * z13
    second, second3 = x2 + 2.0 * r * xz + r * r * z2, x23 + 2.0 * r * xz3 + r * r * z23
    third = x3 + 3.0 * r * xxz + 3.0 * r * r * xzz + r**3 * z3
    square = second + 2.0 * c * first + c * c * w2
    cube = third + 3.0 * c * second3 + 3.0 * c * c * first3 + c**3 * w3
    return max(square, 0.0), cube


def _of_clusters(losses: Losses, place: int, rival: int | None, ratio: float, z: float) -> Linearised:
    x = losses.first[:, place] + losses.shift[place] * losses.weight
    other = losses.weight if rival is None else losses.first[:, rival] + losses.shift[rival] * losses.weight
    names, code = np.unique(np.asarray(losses.cluster), return_inverse=True)
    influence = np.bincount(code, x - ratio * other, len(names)).astype(np.float64)
    weight = np.bincount(code, losses.weight, len(names))
    effective = float(kish(weight.sum(), weight @ weight))
    sums = np.bincount(code, x, len(names)).astype(np.float64)
    square, cube = spread_left(np.ones(len(names)), influence, sums), float((influence**3).sum())
    freedom = min(float(len(names)), effective) - 1.0
    return _made(ratio, square, cube, len(names), z, freedom, effective)


def _made(
    ratio: float, square: float, cube: float, units: int, z: float, freedom: float, effective: float | None
) -> Linearised:
    variance = square / z**2 * units / (units - 1) if units > 1 else math.nan
    spread = square / units
    skewness = cube / units / spread**1.5 if spread > 0.0 else 0.0
    return Linearised(
        value=ratio,
        stderr=math.sqrt(variance) if variance == variance else math.nan,
        skewness=skewness,
        units=units,
        freedom=freedom,
        effective=effective,
    )


def interval_of(found: Linearised | None, rows: int, level: float, method: str = MEAN) -> Interval:
    """Return a mean or ratio with Hall's bounds, widened where the tail or few clusters ask for it."""
    blank = Interval(
        value=None, low=None, high=None, level=level, rows=rows, events=None, method=method, tier="C"
    )
    if found is None:
        return replace(blank, note=NO_ROWS if rows == 0 else "undefined: the other loss is zero")
    blank = replace(blank, value=found.value)
    if found.units < 2 or not math.isfinite(found.stderr):
        return replace(blank, note="no interval: one row")
    if found.stderr == 0.0:
        return replace(
            blank, low=found.value, high=found.value, note="every row has the same loss", stderr=0.0
        )
    factor = int(widening(tail_ratio(found.skewness, found.units)))
    rows_alone = found.effective is None and found.units < FEWEST_CLUSTERS
    least, few = _of_few_units(found.units if rows_alone else found.effective)
    factor = 0 if least == 0 else max(factor, least) if factor else 0
    tail = 0.5 * (1.0 - level) / max(factor, 1)
    quantile = float(t_ppf(1.0 - tail, max(found.freedom, 1.0)))
    low, high = hall_bounds(found.value, found.stderr, found.skewness, found.units, (-quantile, quantile))
    tiers: dict[int, Tier] = {0: "C", 1: "A"}
    notes = {0: few or "the tail is too heavy for the interval", 1: None}
    return replace(
        blank,
        low=float(low),
        high=float(high),
        stderr=found.stderr,
        tier=tiers.get(factor, "A-"),
        note=notes.get(factor, "widened for a heavy tail"),
    )


def _of_few_units(effective: float | None) -> tuple[int, str | None]:
    return (1, None) if effective is None else (unit_widening(effective), too_few(effective))


def share_of(losses: Losses, place: int, level: float) -> Interval:
    """Return the share of rows whose loss, an indicator, is one: Wilson, or exact where weighted or clustered."""
    rows = int(losses.rows.sum())
    found = mean_of(losses, place)
    if found is None:
        return wilson(0, 0, level)
    plain = losses.cluster is None and np.array_equal(losses.weight, losses.weight2)
    if plain and np.array_equal(losses.weight, losses.rows):
        return wilson(round(found.value * rows), rows, level)
    share = min(max(found.value, 0.0), 1.0)
    worth = math.inf if losses.cluster is not None else float(kish(losses.weight.sum(), losses.weight2.sum()))
    freedom = max(min(found.freedom, worth - 1.0), 1.0)
    made = korn_graubard(
        share, effective_rows(share, found.stderr**2, rows, found.units, freedom, worth), rows, level
    )
    few = _of_few_units(found.effective)[1]
    few = too_few(worth) or few
    return made if few is None else replace(made, tier="C", note=few)
