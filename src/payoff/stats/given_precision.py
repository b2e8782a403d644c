"""Average precision where the share of positives is given: its error is linearised over rows of either outcome.

Boyd's interval takes the positives for all that varies. Where negatives were sampled apart and weigh much more than
positives, the few of them that score high make most of the error. With h and m the weight of positives and of negatives
from a score on up, P that of all positives, and p = h / (h + m), average precision is the sum of w p over the positives
over P, and

    a positive at s moves it by (p(s) - AP + sum of w m / (h + m)^2 over positives at or below s) / P,
    a negative at s by         -(sum of w h / (h + m)^2 over positives at or below s) / P.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.influence import linearised_stderr
from payoff.stats.jackknife import scaled_bounds
from payoff.stats.ranking import ScoreCells, average_precision

Floats = NDArray[np.float64]


def average_precision_at(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return average precision; where the share of positives is given with a linearised interval on the logit scale.

    >>> one = np.array([1.0, 2.0])
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one[::-1], positive_squared=one,
    ...     negative_squared=one[::-1], positives=3, negatives=3, stratified=True)
    >>> average_precision_at(cells).method, average_precision_at(replace(cells, stratified=False)).method
    ('linearised_logit', 'boyd_logit')
    """
    found = average_precision(cells, level)
    if not cells.stratified or found.value is None or found.low is None or not 0.0 < found.value < 1.0:
        return found
    stderr = linearised_stderr(cells, *_influence(cells, found.value))
    if not stderr > 0.0:
        return found
    quantile = float(t_ppf(0.5 + level / 2.0, float(min(cells.positives, cells.negatives) - 1)))
    low, high = scaled_bounds(found.value, stderr, quantile, "logit")
    return replace(found, low=low, high=high, stderr=stderr, method="linearised_logit")


def _influence(cells: ScoreCells, value: float) -> tuple[Floats, Floats]:
    """Return (k,) derivatives by the share of positives, and of negatives, in each cell."""
    hits, misses = (np.cumsum(one[::-1])[::-1] for one in (cells.positive, cells.negative))
    shown, total = hits + misses, float((cells.positive + cells.negative).sum())
    held = np.where(shown > 0.0, shown, math.inf)
    scale = total / float(cells.positive.sum())
    of_positives = hits / held - value + np.cumsum(cells.positive * misses / held**2)
    return scale * of_positives, -scale * np.cumsum(cells.positive * hits / held**2)
