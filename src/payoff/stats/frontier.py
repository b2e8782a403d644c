"""The hurdle frontier: which recall, precision and false positive rate are worth a required value.

With prevalence f, and acting worth a > 0 on a positive and b < 0 on a negative row over doing nothing, decisions with
recall r and false positive rate q are worth f r a + (1 - f) q b per row over doing nothing. All that are worth a
required value lie on one straight line of ROC space, of slope (1 - f)(-b) / (f a); in the plane of recall and precision
on p = f r / (f r + (f r a - H) / (-b)).

Provost, Fawcett (2001). Robust classification for imprecise environments. Machine Learning 42, 203-231.
https://doi.org/10.1023/A:1007601015854
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stakes:
    """What the frontier is made of: numbers, or (D,) draws of the assumptions.

    Attributes
    ----------
    prevalence : share of positives.
    on_positive, on_negative : money per row that acting adds to doing nothing, in the mean of each class.
    capacity : largest share of rows that can be acted on; 1 without a limit.
    """

    prevalence: Floats
    on_positive: Floats
    on_negative: Floats
    capacity: Floats

    @classmethod
    def of(
        cls, prevalence: ArrayLike, on_positive: ArrayLike, on_negative: ArrayLike, capacity: ArrayLike = 1.0
    ) -> "Stakes":
        """Return stakes of plain numbers or arrays."""
        given = (prevalence, on_positive, on_negative, capacity)
        shares = [np.asarray(one, np.float64) for one in given]
        return cls(prevalence=shares[0], on_positive=shares[1], on_negative=shares[2], capacity=shares[3])

    @property
    def is_choice(self) -> bool:
        """Return whether acting pays on positives alone, at every draw: only then is there anything to predict."""
        return bool((self.on_positive > 0).all() and (self.on_negative < 0).all())


def value(stakes: Stakes, recall: ArrayLike, false_positive_rate: ArrayLike) -> Floats:
    """Return what decisions are worth per row over doing nothing.

    >>> float(value(Stakes.of(0.25, 8.0, -4.0), 0.5, 0.5))  # 0.125 x 8 - 0.375 x 4
    -0.5
    """
    hits = stakes.prevalence * np.asarray(recall, np.float64)
    alarms = (1.0 - stakes.prevalence) * np.asarray(false_positive_rate, np.float64)
    return np.asarray(hits * stakes.on_positive + alarms * stakes.on_negative)


def most(stakes: Stakes) -> Floats:
    """Return what perfect decisions are worth per row over doing nothing: positives first, and no row at a loss.

    >>> float(most(Stakes.of(0.25, 8.0, -4.0))), float(most(Stakes.of(0.25, 8.0, -4.0, capacity=0.125)))
    (2.0, 1.0)
    """
    hits = np.where(stakes.on_positive > 0, np.minimum(stakes.prevalence, stakes.capacity), 0.0)
    alarms = np.minimum(1.0 - stakes.prevalence, stakes.capacity - hits)
    return np.asarray(hits * stakes.on_positive + alarms * np.maximum(stakes.on_negative, 0.0))


def without_ranking(stakes: Stakes) -> Floats:
    """Return what is had with no information: the better of acting on nobody and on as many as there is room for.

    >>> float(without_ranking(Stakes.of(0.25, 16.0, -4.0))), float(without_ranking(Stakes.of(0.25, 8.0, -4.0)))
    (1.0, 0.0)
    """
    everybody = value(stakes, stakes.capacity, stakes.capacity)
    return np.asarray(np.maximum(everybody, 0.0))


def break_even_precision(stakes: Stakes) -> Floats:
    """Return the precision from which on acting pays: -b / (a - b).

    >>> float(break_even_precision(Stakes.of(0.5, 8.0, -2.0)))
    0.2
    """
    return np.asarray(-stakes.on_negative / (stakes.on_positive - stakes.on_negative))


def precision_needed(stakes: Stakes, required: ArrayLike, recall: ArrayLike) -> Floats:
    """Return the least precision at a recall that is worth ``required`` per row over doing nothing.

    NaN where even precision 1 is not worth it, or where there is no room to act on so many positives. Where more
    false alarms could be borne than there are negatives, or than there is room for, it is the precision with all
    of these.

    Parameters
    ----------
    stakes : acting pays on positives alone.
    required : per row; broadcasts with ``recall``, which is above 0.

    >>> one = Stakes.of(0.25, 8.0, -4.0)
    >>> float(precision_needed(one, 0.5, 0.5))  # 0.125 hits are worth 1: half of it pays for 0.125 false alarms
    0.5
    >>> float(precision_needed(one, 1.5, 0.5))
    nan
    """
    hits = stakes.prevalence * np.asarray(recall, np.float64)
    room = np.minimum(1.0 - stakes.prevalence, stakes.capacity - hits)
    spare, costs = hits * stakes.on_positive - np.asarray(required, np.float64), stakes.on_negative < 0
    with np.errstate(divide="ignore", invalid="ignore"):
        bearable = np.where(costs, spare / np.where(costs, -stakes.on_negative, 1.0), np.inf)
        # False alarms that cost nothing are borne without end, if what they bring is enough.
        bearable = np.where(costs | (spare + room * stakes.on_negative >= 0), bearable, -np.inf)
        alarms = np.minimum(bearable, room)
        return np.asarray(np.where(alarms >= -ROUNDING, hits / (hits + np.maximum(alarms, 0.0)), np.nan))


def recall_needed(stakes: Stakes, required: ArrayLike, false_positive_rate: ArrayLike) -> Floats:
    """Return the least recall at a false positive rate that is worth ``required`` per row; NaN where none is.

    >>> float(recall_needed(Stakes.of(0.25, 8.0, -4.0), 0.5, 0.1))  # (0.5 + 0.075 x 4) / 2
    0.4
    """
    alarms = (1.0 - stakes.prevalence) * np.asarray(false_positive_rate, np.float64)
    earned = stakes.prevalence * stakes.on_positive
    recall = np.maximum((np.asarray(required, np.float64) - alarms * stakes.on_negative) / earned, 0.0)
    within = (recall <= 1.0 + ROUNDING) & (stakes.prevalence * recall + alarms <= stakes.capacity + ROUNDING)
    return np.asarray(np.where(within, np.minimum(recall, 1.0), np.nan))


ROUNDING = 1e-12
"""By how much sums of products may miss an end of a range: a few units in the last place."""
