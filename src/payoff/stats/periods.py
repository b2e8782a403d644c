"""Gains whose unit is a period: what finds room today depends on all rows of today, and days differ.

The mean per row is the ratio of the periods' totals; its error is that of the linearised ratio, with t quantiles. From
60 days on the days of a week are one block, since neighbouring days are alike. Where rows belong to clusters too, the
error by period, the one by cluster and the two-way one are found, and the largest is taken.

Cameron, Gelbach, Miller (2011). https://doi.org/10.1198/jbes.2010.07136
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of, deciding_events
from payoff.stats.tiers import FEWEST_CLUSTERS
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
