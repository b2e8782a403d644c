"""What the rows with the highest scores hold: the share of positives caught, and lift, at a share of all rows.

The top share q is filled from the highest score down; the cell in which it ends counts in part, by its mean, which
is what drawing among tied rows by lot gives on average (McSherry, Najork 2008). Since the cut moves with the rows,
a row above it counts against the rate m of positives at the cut: with A the part of a row that is in the top and y
its outcome, the influence of a row on the captured share C = mean(y A) / mean(y) is

    ((y - m) A - C y) / mean(y),   less its mean.

McSherry, Najork (2008). https://doi.org/10.1007/978-3-540-78646-7_38
Imai, Li (2023). https://doi.org/10.1080/01621459.2021.1923511
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.estimates import Interval
from payoff.stats.hidden_order import order_note
from payoff.stats.influence import linearised_stderr, with_interval
from payoff.stats.kish import kish
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper
from payoff.stats.ranking import ALL_POSITIVE, ROUNDING, ScoreCells, no_top, undefined

Floats = NDArray[np.float64]
TOP_SHARE = 0.1
# The rate at the cut is that of the cells within so many of the rows to either side of it.
HALF_WINDOW = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Top:
    """The rows of highest score that make up a share of all.

    Attributes
    ----------
    part : (k,) of each cell that is in the top, 0 to 1, cells of ascending score.
    captured : share of the positives in it.
    rate_at_cut : of positives where it ends.
    """

    part: Floats
    captured: float
    rate_at_cut: float


def top(cells: ScoreCells, share: float = TOP_SHARE) -> Top:
    """Return the top ``share`` of the rows; cells must hold positives.

    >>> one = np.ones(2)
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> found = top(cells, 0.25)  # one row of four: half of the upper cell
    >>> found.part.tolist(), found.captured
    ([0.0, 0.5], 0.25)
    """
    weight = (cells.positive + cells.negative)[::-1]
    weight = weight / weight.sum()
    upto = np.cumsum(weight)
    before = upto - weight
    held = np.where(weight > 0.0, weight, 1.0)
    part = np.clip((share - before) / held, 0.0, 1.0)[::-1]
    near = ((upto > share - HALF_WINDOW) & (before < share + HALF_WINDOW))[::-1]
    around = float((cells.positive + cells.negative)[near].sum())
    captured = float(cells.positive @ part / cells.positive.sum())
    ends = [end for end in (0.0, 1.0) if abs(captured - end) < ROUNDING]
    return Top(
        part=part,
        captured=ends[0] if ends else captured,
        rate_at_cut=float(cells.positive[near].sum()) / around if around > 0.0 else 0.0,
    )


def capture_rate(cells: ScoreCells, level: float = 0.95, share: float = TOP_SHARE) -> Interval:
    """Return the share of positives among the top ``share`` of the rows: a point of the cumulative gains curve.

    Parameters
    ----------
    cells : by score.
    level : two-sided.
    share : of all rows, pending ones left out; above 0 and below 1. The cut is filled in part, nothing is rounded.

    The interval is linearised, on the logit scale; at none and at all of the positives it is the exact one of a
    share of the positives. Rows must be independent.

    Raises
    ------
    ValueError
        Where ``share`` is not between 0 and 1.

    >>> one, two = np.ones(2), np.array([0.0, 2.0])
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=two, negative=2 * one, positive_squared=two,
    ...     negative_squared=2 * one, positives=2, negatives=4)
    >>> capture_rate(cells, share=1 / 3).value  # two of six rows: half of the upper four, with one positive of two
    0.5
    """
    if not 0.0 < share < 1.0:
        raise ValueError("a top share lies between 0 and 1")
    reason = no_top(cells)
    if reason is not None:
        return undefined(cells, level, "top_share", reason)
    if not cells.negative.sum() > 0.0:
        return replace(undefined(cells, level, "top_share", ALL_POSITIVE), value=share)
    found, here = undefined(cells, level, "top_share", ""), top(cells, share)
    note = order_note(cells, lambda other: top(other, share).captured)
    if 0.0 < here.captured < 1.0:
        prevalence = float(cells.positive.sum() / (cells.positive + cells.negative).sum())
        m, value = here.rate_at_cut, here.captured
        stderr = linearised_stderr(
            cells, ((1.0 - m) * here.part - value) / prevalence, -m * here.part / prevalence
        )
        return with_interval(found, value, stderr, "logit", note)
    worth = float(kish(cells.positive.sum(), cells.positive_squared.sum()))
    caught, tail = here.captured * worth, 0.5 + level / 2.0
    ends = clopper_pearson_lower(caught, worth, tail), clopper_pearson_upper(caught, worth, tail)
    exact = f"{'all' if caught else 'none'} of the positives: exact bounds, as of a share of them"
    note = "; ".join(part for part in (note, exact) if part)
    return replace(found, value=here.captured, low=ends[0], high=ends[1], tier="A", note=note)


def lift(cells: ScoreCells, level: float = 0.95, share: float = TOP_SHARE) -> Interval:
    """Return the rate of positives among the top ``share`` of the rows over the rate among all: 1 without skill.

    It is :func:`capture_rate` over ``share``, and so is its interval. At most it is 1 / ``share``, or 1 / prevalence.

    >>> one = np.ones(2)
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=2 * one, negative=2 * one, positive_squared=2 * one,
    ...     negative_squared=2 * one, positives=4, negatives=4)
    >>> lift(cells, share=0.25).value
    1.0
    """
    found = capture_rate(cells, level, share)
    ends = (found.value, found.low, found.high, found.stderr)
    value, low, high, stderr = (None if end is None else end / share for end in ends)
    note = found.note
    if cells.within is not None and found.value is not None and cells.negative.sum() > 0.0:
        own = order_note(cells, lambda other: top(other, share).captured / share)
        note = "; ".join([own or "", *(found.note or "").split("; ")[1:]])
    return replace(found, value=value, low=low, high=high, stderr=stderr, note=note)
