"""What one point of a metric is worth at the present decisions: rates of exchange between shares and money.

With prevalence f, recall r and precision p of the decisions, and acting worth a on a positive and b on a negative
row over doing nothing, the decisions are worth f r (a + b (1 - p) / p) per row over doing nothing. Every rate below is
a difference of that expression, not a derivative, for a step of one hundredth.
"""

from dataclasses import dataclass

POINT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Decisions as they are. ``on_positive`` and ``on_negative`` are money per row; ``precision`` is above 0."""

    prevalence: float
    recall: float
    precision: float
    on_positive: float
    on_negative: float


def recall_at_precision(at: Present) -> float:
    """Return the worth per row of one more point of recall, with as many false alarms to each hit as now.

    >>> at = Present(prevalence=0.1, recall=0.5, precision=0.25, on_positive=60.0, on_negative=-5.0)
    >>> round(recall_at_precision(at), 9)  # one row in 1,000 more: 60 - 3 x 5
    0.045
    """
    alarms = (1.0 - at.precision) / at.precision
    return POINT * at.prevalence * (at.on_positive + at.on_negative * alarms)


def recall_at_alarms(prevalence: float, on_positive: float) -> float:
    """Return the worth per row of one more point of recall without one more false alarm.

    >>> round(recall_at_alarms(0.1, 60.0), 9)
    0.06
    """
    return POINT * prevalence * on_positive


def precision_at_recall(at: Present) -> float | None:
    """Return the worth per row of one more point of precision, with as many hits as now; None where there is no room.

    >>> at = Present(prevalence=0.1, recall=0.5, precision=0.24, on_positive=60.0, on_negative=-5.0)
    >>> round(precision_at_recall(at), 9)  # of 0.05 hits, false alarms fall from 0.158333 to 0.15
    0.041666667
    """
    if at.precision + POINT > 1.0:
        return None
    hits = at.prevalence * at.recall
    return hits * (1.0 / (at.precision + POINT) - 1.0 / at.precision) * at.on_negative


def specificity_at_recall(prevalence: float, on_negative: float) -> float:
    """Return the worth per row of one point of specificity, with as many hits as now.

    >>> round(specificity_at_recall(0.1, -5.0), 9)
    0.045
    """
    return -POINT * (1.0 - prevalence) * on_negative


def act_rate_at_precision(at: Present) -> float:
    """Return the worth per row of acting on one more row in a hundred, as precise as now.

    >>> at = Present(prevalence=0.1, recall=0.5, precision=0.25, on_positive=60.0, on_negative=-5.0)
    >>> round(act_rate_at_precision(at), 9)  # 0.01 (15 - 3.75)
    0.1125
    """
    return POINT * (at.precision * at.on_positive + (1.0 - at.precision) * at.on_negative)
