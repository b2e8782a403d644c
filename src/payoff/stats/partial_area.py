"""How well a score ranks at its top: the area under the ROC curve up to a share of false alarms.

With p_j and q_j the shares of positives and of negatives in cell j, counted from the top, and F and T their sums,
the ROC curve is straight within a cell. Up to F = u it holds

    A(u) = sum over whole cells of q_j (T_before + p_j / 2) + d (T_before + d p_k / (2 q_k)),  d = u - F_before

in the cell k that it ends in. A positive adds the false alarms that it is above, up to u; a negative the positives
above it less those above the end, since that end moves with the negatives. These are DeLong's placements, cut at u.

McClish (1989). https://doi.org/10.1177/0272989X8900900307 (the standardised area)
DeLong, DeLong, Clarke-Pearson (1988). https://doi.org/10.2307/2531595
Dodd, Pepe (2003). https://doi.org/10.1111/1541-0420.00071 (the partial area as a U-statistic)
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.hidden_order import order_note
from payoff.stats.jackknife import scaled_bounds
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper
from payoff.stats.ranking import ROUNDING, ScoreCells, no_ranking, undefined

Floats = NDArray[np.float64]
MOST_FALSE_ALARMS = 0.1
# With fewer negatives above the end of the curve its interval rests on next to nothing.
FEW_ABOVE = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartialArea:
    """The plain partial area of a score.

    Attributes
    ----------
    area : up to ``max_fpr``, from 0 to ``max_fpr``.
    variance : of ``area``, by DeLong from the placements.
    """

    area: float
    variance: float


def partial_area(cells: ScoreCells, max_fpr: float = MOST_FALSE_ALARMS) -> PartialArea:
    """Return the partial area; cells must hold both outcomes.

    >>> one = np.ones(2)
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> partial_area(cells, 0.5).area, partial_area(cells, 1.0).area  # a straight line from (0, 0) to (1, 1)
    (0.125, 0.5)
    """
    p, q = (column[::-1] / column.sum() for column in (cells.positive, cells.negative))
    alarms, hits = np.cumsum(q), np.cumsum(p)
    before, hit_before = alarms - q, hits - p
    end = int(np.argmax((alarms >= max_fpr - ROUNDING) & (q > 0.0)))
    d = max_fpr - before[end]
    ratio = d / q[end]
    of_positives = np.maximum(max_fpr - before - q / 2.0, 0.0)
    of_positives[end], of_positives[end + 1 :] = d * ratio / 2.0, 0.0
    of_negatives = hit_before + p / 2.0 - (hit_before[end] + ratio * p[end])
    of_negatives[end], of_negatives[end + 1 :] = -ratio * ratio * p[end] / 2.0, 0.0
    variance = 0.0
    for place, share, squared, total, rows in (
        (of_positives, p, cells.positive_squared, cells.positive.sum(), cells.positives),
        (of_negatives, q, cells.negative_squared, cells.negative.sum(), cells.negatives),
    ):
        spread = float(squared[::-1] @ (place - share @ place) ** 2) / float(total) ** 2
        variance += spread * rows / (rows - 1) if rows > 1 else 0.0
    return PartialArea(area=float(p @ of_positives), variance=variance)


def partial_roc_auc(cells: ScoreCells, level: float = 0.95, max_fpr: float = MOST_FALSE_ALARMS) -> Interval:
    """Return McClish's standardised partial area, 1/2 for no skill and 1 for a perfect top, on the logit scale.

    Parameters
    ----------
    cells : by score.
    level : two-sided.
    max_fpr : share of negatives up to which the curve counts, above 0 and at most 1; 1 is the whole AUC.

    As scikit-learn's ``roc_auc_score(max_fpr=...)``. Where no row shows any error the bounds are the exact ones of a
    share of as many rows as the rarer of the positives and the negatives above the end. Rows must be independent.

    Raises
    ------
    ValueError
        Where ``max_fpr`` is not above 0 and at most 1.

    >>> one = np.ones(2)
    >>> cells = ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2)
    >>> partial_roc_auc(cells, max_fpr=0.5).value
    0.5
    """
    if not 0.0 < max_fpr <= 1.0:
        raise ValueError("max_fpr is a share above 0 and at most 1")
    reason = no_ranking(cells)
    if reason is not None:
        return undefined(cells, level, "delong_partial", reason)
    found = replace(undefined(cells, level, "delong_partial", ""), tier="A", note=None)
    part = partial_area(cells, max_fpr)
    value, stderr = standardised(part.area, max_fpr), math.sqrt(part.variance) * _stretch(max_fpr)
    notes = [order_note(cells, lambda other: standardised(partial_area(other, max_fpr).area, max_fpr))]
    above = max_fpr * cells.negatives
    if min(above, cells.positives) < FEW_ABOVE:
        notes += ["rough: fewer than 10 positives, or negatives above the end of the curve"]
        found = replace(found, tier="C")
    if ROUNDING < value < 1.0 - ROUNDING and stderr > ROUNDING:
        low, high = scaled_bounds(value, stderr, float(normal_ppf(0.5 + level / 2.0)), "logit")
        found = replace(found, stderr=stderr)
    else:
        value, share = round(value, 12), round(part.area / max_fpr, 12)
        low, high = _exact(share, min(max_fpr * cells.worth[1], cells.worth[0]), level, max_fpr)
        low, high = min(low, value), max(high, value)
        notes += ["no pair shows any error: exact bounds, as of a share of the rarer rows"]
    return replace(
        found, value=value, low=low, high=high, note="; ".join(note for note in notes if note) or None
    )


def standardised(area: float, max_fpr: float) -> float:
    """Return McClish's standardised area: 1/2 at chance, 1 where every positive is above the end.

    >>> standardised(0.1, 0.1), standardised(0.005, 0.1)
    (1.0, 0.5)
    """
    return 0.5 + (area - max_fpr * max_fpr / 2.0) * _stretch(max_fpr)


def _stretch(max_fpr: float) -> float:
    return 0.5 / (max_fpr - max_fpr * max_fpr / 2.0)


def _exact(share: float, rows: float, level: float, max_fpr: float) -> tuple[float, float]:
    tail = 0.5 + level / 2.0
    ends = clopper_pearson_lower(share * rows, rows, tail), clopper_pearson_upper(share * rows, rows, tail)
    low, high = (standardised(end * max_fpr, max_fpr) for end in ends)
    return low, high
