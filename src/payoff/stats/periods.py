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
    whole, blocks = float(size.sum()), np.unique(block)
    if whole <= 0:
        return about.interval(None, None, 0.0)
    ratio = float(value.sum()) / whole
    code = np.searchsorted(blocks, block)
    influence = np.bincount(code, value - ratio * size, len(blocks)) / whole
    many = len(blocks)
    if about.periods < FEWEST_PERIODS or many < 2:
        return about.interval(ratio, None, 0.0)
    stderr = float(np.sqrt(many / (many - 1) * (influence**2).sum()))
    return about.interval(ratio, stderr, many - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What an interval of totals says beside its numbers; ``refused`` is why it cannot be trusted, or None."""

    periods: int
    rows: int
    level: float = 0.95
    method: str = "ratio of period totals"
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


def share_of_pool(first: float, second: float, rows: float, whole: float, about: Totals) -> Interval:
    """Return a sum over some rows of a pool, per row of ``whole``, with its interval by rows.

    Parameters
    ----------
    first, second : sums of the values and of their squares over ``rows`` rows (whole or in part).
    whole : rows that the sum is divided by; ``rows`` itself for a mean.

    >>> found = share_of_pool(10.0, 30.0, 5.0, 5.0, Totals(periods=1, rows=5))  # mean 2, variance 2.5
    >>> found.value, round(found.stderr, 4)
    (2.0, 0.7071)
    """
    if whole <= 0:
        return about.interval(None, None, 0.0)
    if rows <= 1:
        return about.interval(first / whole, None, 0.0)
    spread = max(second - first**2 / rows, 0.0) / (rows - 1.0)
    return replace(about, method="rows at the cut").interval(
        first / whole, float(np.sqrt(spread * rows)) / whole, rows - 1.0
    )
