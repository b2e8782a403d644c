"""Average precision where the share of positives is given: its error is linearised over rows of either outcome.

Boyd's interval takes the positives for all that varies. Where negatives were sampled apart and weigh much more than
positives, the few of them that score high make most of the error. With h and m the weight of positives and of negatives
from a score on up, P that of all positives, and p = h / (h + m), average precision is the sum of w p over the positives
over P, and

    a positive at s moves it by (p(s) - AP + sum of w m / (h + m)^2 over positives at or below s) / P,
    a negative at s by         -(sum of w h / (h + m)^2 over positives at or below s) / P.

Where every positive scores above every negative there is no such error. A threshold above which a share q of all
negatives lies has none of n of them above it with chance (1 - q)^n; one below which a share r of all positives lies has
none of P below it with chance (1 - r)^P. If either chance is a, and the threshold of q kept fewer than 1 - r of the
positives, rows in perfect order would be drawn with chance 2 a at most. So, but for that chance, 1 - r of the positives
lie above 1 - q of the negatives, and average precision at prevalence o is at least what is left if q of the negatives
lie above all positives, and all other negatives above the last r of these:

    1 - r - k log(1 + (1 - r) / k) + r - K log((1 + K) / (1 - r + K)),  K = (1 - o) / o, k = q K.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Interval
from payoff.stats.influence import linearised_stderr
from payoff.stats.jackknife import scaled_bounds
from payoff.stats.ranking import ROUNDING, ScoreCells, average_precision
from payoff.stats.rare_outcomes import few_of_the_rarer

Floats = NDArray[np.float64]
ONE_ROW = "no interval: one row of an outcome"


def average_precision_at(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return average precision; where the share of positives is given with a linearised interval on the logit scale.

    Not trusted under 10 rows of the rarer outcome; of one row there is no error to be told. A perfect order has the
    bounds of :func:`least_in_order`.

    >>> one = np.array([1.0, 2.0])
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one[::-1], positive_squared=one,
    ...     negative_squared=one[::-1], positives=3, negatives=3, stratified=True)
    >>> average_precision_at(cells).method, average_precision_at(replace(cells, stratified=False)).method
    ('linearised_logit', 'boyd_logit')
    """
    found = average_precision(cells, level)
    if not cells.stratified or found.value is None or found.low is None:
        return found
    if found.value > 1.0 - ROUNDING:
        return few_of_the_rarer(_in_order(cells, found, level), cells.worth)
    stderr = linearised_stderr(cells, *_influence(cells, found.value))
    rarer = min(cells.positives, cells.negatives)
    if rarer < 2:
        note = f"{ONE_ROW}; {found.note}" if found.note else ONE_ROW
        return replace(found, low=None, high=None, stderr=None, tier="C", note=note)
    if not stderr > 0.0:
        return few_of_the_rarer(found, cells.worth)
    quantile = float(t_ppf(0.5 + level / 2.0, float(rarer - 1)))
    low, high = scaled_bounds(found.value, stderr, quantile, "logit")
    made = replace(found, low=low, high=high, stderr=stderr, method="linearised_logit")
    return few_of_the_rarer(made, cells.worth)


def _in_order(cells: ScoreCells, found: Interval, level: float) -> Interval:
    """Return the bounds of a perfect order: the least of Boyd's and of what either outcome's rows leave possible."""
    share = float(cells.positive.sum() / (cells.positive + cells.negative).sum())
    least = least_in_order((cells.positives, cells.negatives), share, 0.5 - level / 2.0)
    return replace(found, low=min(least, found.low or 0.0), high=1.0, stderr=None, method="perfect_order")


def least_in_order(rows: tuple[int, int], share: float, tail: float) -> float:
    """Return the least average precision at which rows in perfect order are drawn with chance ``tail``, or more.

    Parameters
    ----------
    rows : positives and negatives drawn, independently within each.
    share : of positives among all, above 0 and below 1.
    tail : one-sided.

    >>> round(least_in_order((1_000_000, 5), 0.2, 0.025), 3)  # 58% of the negatives may lie above all positives
    0.168
    """
    last, first = (float(-np.expm1(math.log(tail / 2.0) / n)) for n in rows)
    others = (1.0 - share) / share
    above, kept = first * others, 1.0 - last
    return (
        kept - above * math.log1p(kept / above) + last - others * math.log((1.0 + others) / (kept + others))
    )


def _influence(cells: ScoreCells, value: float) -> tuple[Floats, Floats]:
    """Return (k,) derivatives by the share of positives, and of negatives, in each cell."""
    hits, misses = (np.cumsum(one[::-1])[::-1] for one in (cells.positive, cells.negative))
    shown, total = hits + misses, float((cells.positive + cells.negative).sum())
    held = np.where(shown > 0.0, shown, math.inf)
    scale = total / float(cells.positive.sum())
    of_positives = hits / held - value + np.cumsum(cells.positive * misses / held**2)
    return scale * of_positives, -scale * np.cumsum(cells.positive * hits / held**2)
