"""Gains whose unit is a period: what finds room today depends on all rows of today, and days differ.

The mean per row is the ratio of the periods' totals; its error is that of the linearised ratio, with t quantiles. From
60 days on the days of a week are one block, since neighbouring days are alike. Where rows belong to clusters too, the
error by period, the one by cluster and the two-way one are found, and the largest is taken.

Cameron, Gelbach, Miller (2011). https://doi.org/10.1198/jbes.2010.07136
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of, deciding_events
from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.tiers import FEWEST_CLUSTERS, FEWEST_PERIODS
from payoff.tables import Cells

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
BLOCKS_FROM = 60


def blocks_of(period: Integers, unit: str) -> Integers:
    """Return the block of each period: the ISO week of a day from 60 days on, else the period itself.

    >>> blocks_of(np.arange(60), "day")[[0, 3, 4, 59]].tolist(), blocks_of(np.array([7, 8]), "day").tolist()
    ([0, 0, 1, 8], [7, 8])
    """
    if unit != "day" or len(np.unique(period)) < BLOCKS_FROM:
        return period
    return np.asarray((period + 3) // 7, dtype=np.int64)


def contrast_of_periods(
    cells: Cells, switches: Floats, likely: Floats, period: Integers, unit: str, offset: Floats | None = None
) -> Contrast:
    """Return the contrast of one rule by period.

    Parameters
    ----------
    cells, switches, likely : as of ``contrast_of``.
    period : (c,) number of the period of each cell.
    unit : ``day``, ``week`` or ``month``.
    offset : as of ``contrast_of``.

    Deciding events are rows, or clusters where there are some: a day of many events is not one event.
    """
    known = cells.known
    cells, switches, period = cells.where(known), switches[known], period[known]
    offset = None if offset is None else offset[known]
    block, periods = blocks_of(period, unit), len(np.unique(period))

    def by(number: Integers) -> Contrast:
        found = contrast_of(replace(cells, cluster=number), switches, likely, offset)
        return replace(found, clustered=False, degrees_of_freedom=found.units - 1.0)

    plain = replace(
        by(block),
        periods=periods,
        deciding_events=np.array([deciding_events(cells, switches)], dtype=np.int64),
    )
    return plain if cells.cluster is None else _largest(plain, cells, switches, likely, offset, block)


def _largest(
    plain: Contrast, cells: Cells, switches: Floats, likely: Floats, offset: Floats | None, block: Integers
) -> Contrast:
    """Return the contrast by period, by cluster or both ways, whichever has the largest error."""
    clustered = contrast_of(cells, switches, likely, offset)
    cluster = np.asarray(cells.cluster, dtype=np.int64)
    both = np.unique(np.stack([cluster, block]), axis=1, return_inverse=True)[1].ravel()
    crossed = contrast_of(replace(cells, cluster=both.astype(np.int64)), switches, likely, offset)
    variances = [one.covariance[0] / max(one.units, 1) for one in (plain, clustered, crossed)]
    two_way = variances[0] + variances[1] - variances[2]
    if clustered.degrees_of_freedom + 1.0 < FEWEST_CLUSTERS:
        return replace(clustered, periods=plain.periods)
    size = [float(likely @ one @ likely) for one in (variances[0], variances[1], two_way)]
    widest = int(np.argmax(np.nan_to_num(size, nan=np.inf)))
    if widest == 1:
        return replace(clustered, periods=plain.periods)
    if widest == 0:
        return plain
    freedom = min(plain.degrees_of_freedom, clustered.degrees_of_freedom)
    return replace(plain, covariance=two_way[None] * plain.units, degrees_of_freedom=freedom)


def ratio_of_totals(value: Floats, size: Floats, block: Integers, about: "Totals") -> Interval:
    """Return a ratio of totals with its interval by block, t with the blocks less one.

    Parameters
    ----------
    value, size : (P,) totals of every period.
    block : (P,) the block of each.
    about : what else the interval says.

    >>> found = ratio_of_totals(np.array([1.0, 3.0] * 10), np.ones(20), np.arange(20), Totals(periods=20, rows=20))
    >>> found.value, round(found.stderr, 4)  # sd 1.026 over 20 periods
    (2.0, 0.2294)
    """
    whole = float(size.sum())
    if whole <= 0:
        return about.interval(None, None, 0.0)
    ratio, influence = _linearised(value, size, block)
    many = len(influence)
    if about.periods < FEWEST_PERIODS or many < 2:
        return about.interval(ratio, None, 0.0)
    stderr = float(np.sqrt(many / (many - 1) * (influence**2).sum()))
    return about.interval(ratio, stderr, many - 1.0)


def contrast_of_totals(
    value: Floats, size: Floats, block: Integers, about: "Totals", events: int
) -> Contrast:
    """Return the contrast of a ratio of totals of money: units are blocks of periods, or of other rankings.

    Parameters
    ----------
    value, size, block, about : as of :func:`ratio_of_totals`; ``size`` adds up to more than 0.
    events : deciding rows, since a day of many events is not one event.

    >>> value, about = np.array([1.0, 3.0] * 10), Totals(periods=20, rows=20)
    >>> found = contrast_of_totals(value, np.ones(20), np.arange(20), about, 60)
    >>> float(found.mean[0, 0]), round(float(found.covariance[0, 0, 0] / 20) ** 0.5, 4), float(found.skewness[0])
    (2.0, 0.2294, 0.0)
    """
    ratio, influence = _linearised(value, size, block)
    many, square = len(influence), float((influence**2).sum())
    variance = many / (many - 1) * square if many > 1 else np.nan
    skewness = float((influence**3).sum()) / many / (square / many) ** 1.5 if square > 0 else 0.0
    return Contrast(
        units=many,
        rows=about.rows,
        mean=np.array([[ratio]]),
        covariance=np.array([[[variance * many]]]),
        skewness=np.array([skewness]),
        deciding_events=np.array([events], dtype=np.int64),
        degrees_of_freedom=max(many - 1.0, 1.0),
        periods=about.periods,
    )


def _linearised(value: Floats, size: Floats, block: Integers) -> tuple[float, Floats]:
    """Return the ratio of the totals, and by how much every block moves it."""
    whole, blocks = float(size.sum()), np.unique(block)
    ratio = float(value.sum()) / whole
    code = np.searchsorted(blocks, block)
    return ratio, np.asarray(np.bincount(code, value - ratio * size, len(blocks)) / whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What an interval of totals says beside its numbers; ``refused`` is why it cannot be trusted, or None."""

    periods: int
    rows: int
    level: float = 0.95
    method: str = "mean over rankings"
    refused: str | None = None

    def interval(self, value: float | None, stderr: float | None, freedom: float) -> Interval:
        """Return the interval of a value with an error, which is none where it cannot be trusted."""
        note = self.refused
        if note is None and value is not None and stderr is None:
            note = f"{self.periods} periods, {FEWEST_PERIODS} are needed: more periods, not more rows in each"
        reach = None
        if note is None and stderr is not None:
            reach = float(t_ppf(np.float64(0.5 + self.level / 2.0), freedom)) * stderr
        return Interval(
            value=value,
            low=None if value is None or reach is None else value - reach,
            high=None if value is None or reach is None else value + reach,
            level=self.level,
            rows=self.rows,
            events=None,
            method=self.method if reach is not None else "no interval",
            tier="C" if reach is None else "A",
            note=note,
            stderr=stderr,
        )
