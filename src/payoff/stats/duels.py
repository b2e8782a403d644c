"""For which costs, and at which thresholds, one of two forecasts is better: paired differences with a joint band.

Two questions. *By cost ratio*: a unit too few costs t, a unit too many 1 - t; the mean cost of a forecast is linear
in t. *By threshold* (the Murphy diagram of Ehm, Gneiting, Jordan and Krueger, 2016): every loss that is consistent
with a quantile at level a is a mixture of elementary losses, one per threshold h: a where quantity <= h < outcome,
1 - a where outcome <= h < quantity, else 0. A forecast whose elementary losses are below another's at every threshold
is better whatever the loss.

Differences are means over the same rows, so that their error is that of the mean; the band is simultaneous: Hall's
bounds at the quantile of the largest deviation among all points, by 2,000 seeded draws.

Ehm, Gneiting, Jordan, Krueger (2016). https://doi.org/10.1111/rssb.12154
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.stats.band import multiplier_maxima_from_covariance, simultaneous_band
from payoff.stats.contrast import Contrast
from payoff.stats.kish import kish
from payoff.stats.tiers import EVENTS_TO_JUDGE, cluster_widening, tail_ratio, widening
from payoff.tables.forecast_duels import Duel

SEED = 20_160_505
RATIOS = np.round(np.arange(1, 100) / 100.0, 2)
ROUNDING = 1e-12  # of the sum of squares: a smaller variance is nothing but rounding

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duelled:
    """What the first forecast saves against the second at T points, with a band that holds at all of them at once.

    Attributes
    ----------
    at : (T,) cost ratios or thresholds.
    value, stderr : (T,) mean saved per row, and its standard error.
    low, high : (T,) band; NaN where fewer than 50 rows decide, or the tail is too heavy.
    deciding : (T,) whether any row decides: elsewhere both lose the same.
    """

    at: Floats
    value: Floats
    stderr: Floats
    low: Floats
    high: Floats
    deciding: Flags

    @property
    def wins(self) -> Flags:
        """Return (T,) where the band says that the first forecast is better."""
        return np.asarray(np.nan_to_num(self.low, nan=-1.0) > 0.0)

    @property
    def loses(self) -> Flags:
        """Return (T,) where the band says that the second forecast is better."""
        return np.asarray(np.nan_to_num(self.high, nan=1.0) < 0.0)

    @property
    def dominates(self) -> int:
        """Return 1 where the first is better at every point at which any row decides, -1 the second, else 0."""
        if not self.deciding.any():
            return 0
        return int(self.wins[self.deciding].all()) - int(self.loses[self.deciding].all())


def by_cost_ratio(duel: Duel, level: float = 0.95) -> Duelled:
    """Return what the first forecast saves where a unit too few costs t and a unit too many 1 - t."""
    mix = np.stack([RATIOS, 1.0 - RATIOS], axis=1)
    total = float(duel.weight.sum())
    mean = mix @ duel.first.sum(axis=0) / total
    if duel.cluster is not None:
        return _banded(duel, RATIOS, _of_clusters(duel, duel.first @ mix.T, mean), mean, level, None)
    first2, first3 = mix @ duel.first2.sum(axis=0), mix @ duel.first3.sum(axis=0)
    uu, uo, oo = duel.second.sum(axis=0)
    square = mix @ np.array([[uu, uo], [uo, oo]]) @ mix.T
    square += -np.outer(mean, first2) - np.outer(first2, mean) + np.outer(mean, mean) * duel.weight2.sum()
    a, b = mix.T
    quadratic = np.stack([a * a, 2 * a * b, b * b], axis=1) @ duel.second3.sum(axis=0)
    cube = np.stack([a**3, 3 * a * a * b, 3 * a * b * b, b**3], axis=1) @ duel.third.sum(axis=0)
    cube += -3.0 * mean * quadratic + 3.0 * mean**2 * first3 - mean**3 * duel.weight3.sum()
    events = np.full(len(RATIOS), int(duel.differing.sum()))
    return _banded(duel, RATIOS, _Sums(square, cube, int(duel.rows.sum())), mean, level, events)


def by_threshold(duel: Duel, alpha: float, level: float = 0.95) -> Duelled:
    """Return by how much the elementary loss of the first forecast is below that of the second, at every threshold."""
    saved = _elementary(duel, duel.theirs, alpha) - _elementary(duel, duel.mine, alpha)
    mean = duel.weight @ saved / duel.weight.sum()
    if duel.cluster is not None:
        per_cell = saved * duel.weight[:, None]
        return _banded(duel, duel.at, _of_clusters(duel, per_cell, mean), mean, level, None)
    away = saved - mean
    square = (away * duel.weight2[:, None]).T @ away
    cube = duel.weight3 @ away**3
    events = duel.rows @ (saved != 0.0)
    return _banded(duel, duel.at, _Sums(square, cube, int(duel.rows.sum())), mean, level, events)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """(T, T) sums of products of influence, (T,) of their cubes, over units; ``clusters`` by Kish where they are."""

    square: Floats
    cube: Floats
    units: int
    clusters: float | None = None
    events: NDArray[np.int64] | None = None


def _elementary(duel: Duel, quantity: NDArray[np.int64], alpha: float) -> Floats:
    """Return (c, T) the elementary losses; a threshold is below a value if its place is below the value's count."""
    place = np.arange(len(duel.at))
    below, beyond = quantity[:, None] > place, duel.outcome[:, None] > place
    return np.where(beyond & ~below, alpha, 0.0) + np.where(below & ~beyond, 1.0 - alpha, 0.0)


def _of_clusters(duel: Duel, per_cell: Floats, mean: Floats) -> _Sums:
    names, code = np.unique(np.asarray(duel.cluster), return_inverse=True)
    totals = np.zeros((len(names), per_cell.shape[1]))
    np.add.at(totals, code, per_cell)
    weight = np.bincount(code, duel.weight, len(names))
    influence = totals - weight[:, None] * mean
    effective = float(kish(weight.sum(), weight @ weight))
    moved = np.zeros_like(totals)
    np.add.at(moved, code, np.abs(per_cell))
    return _Sums(
        influence.T @ influence,
        (influence**3).sum(axis=0),
        len(names),
        effective,
        np.asarray((moved > 0.0).sum(axis=0)),
    )


def _banded(
    duel: Duel, at: Floats, sums: _Sums, mean: Floats, level: float, events: NDArray[np.int64] | None
) -> Duelled:
    units, total = sums.units, float(duel.weight.sum())
    found = sums.events if events is None else events
    counted = np.zeros(len(at), dtype=np.int64) if found is None else np.rint(found).astype(np.int64)
    variance = np.diagonal(sums.square)
    size = float(variance.max(initial=0.0)) + mean**2 * float(duel.weight2.sum())
    varies = variance > ROUNDING * size
    spread = variance / max(units, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.where(spread > 0.0, sums.cube / max(units, 1) / spread**1.5, np.nan)
    freedom = (units if sums.clusters is None else min(float(units), sums.clusters)) - 1.0
    contrast = Contrast(
        units=units,
        rows=int(duel.rows.sum()),
        mean=mean[:, None],
        covariance=(variance * (units / total) ** 2 / max(units - 1, 1))[:, None, None],
        skewness=skewness,
        deciding_events=counted,
        degrees_of_freedom=max(freedom, 1.0),
        clustered=sums.clusters is not None,
    )
    factor = np.where(np.isnan(skewness), 0, widening(tail_ratio(np.nan_to_num(skewness), max(units, 1))))
    least = cluster_widening(contrast)
    enough = (counted >= EVENTS_TO_JUDGE) & (least > 0)
    kept = enough & varies & (factor > 0)
    # Where every row saves the same there is nothing to doubt.
    low, high = (np.where(enough & ~varies, mean, np.nan) for _ in range(2))
    if kept.any():
        among = _among(contrast, sums.square, np.flatnonzero(kept))
        band = simultaneous_band(among, np.ones(1), np.maximum(factor[kept], least), level)
        low[kept], high[kept] = band.low, band.high
    stderr = np.sqrt(np.maximum(contrast.covariance[:, 0, 0], 0.0) / max(units, 1))
    return Duelled(at=at, value=mean, stderr=stderr, low=low, high=high, deciding=counted > 0)


def _among(contrast: Contrast, square: Floats, kept: NDArray[np.intp]) -> Contrast:
    """Return the points that a band can be given at, with the draws of their largest deviation."""
    return Contrast(
        units=contrast.units,
        rows=contrast.rows,
        mean=contrast.mean[kept],
        covariance=contrast.covariance[kept],
        skewness=contrast.skewness[kept],
        deciding_events=contrast.deciding_events[kept],
        degrees_of_freedom=contrast.degrees_of_freedom,
        clustered=contrast.clustered,
        maxima=multiplier_maxima_from_covariance(square[np.ix_(kept, kept)], SEED),
    )
