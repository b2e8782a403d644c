"""Score models: from an AUC to the best that a threshold can earn, before there is any score.

An AUC alone says nothing of money; a family of ROC curves with one member for each AUC does.

* ``binormal``: scores of both classes are normal with equal variance, d apart. AUC = Phi(d / sqrt 2), and the recall at
  false positive rate q is Phi(d + Phi^-1(q)) (Green, Swets 1966, Signal Detection Theory and Psychophysics).
* ``power``: recall = q^t with AUC = 1 / (1 + t), Lehmann's alternative: much steeper near q = 0 (Gonen, Heller 2010,
  https://doi.org/10.1177/0272989X09360067).

Both are proper (concave), so that the best threshold is where the slope of the curve is that of the lines of equal
value; a real score may lie between them or be neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from payoff.stats.distributions import normal_cdf, normal_ppf
from payoff.stats.frontier import Floats, Stakes, most, value, without_ranking

ScoreModel = Literal["binormal", "power"]
STEPS = 60
"""Halvings of a bisection: below the resolution of a double from any start."""

MOST_SEPARATED = 40.0
"""Standard deviations from which on normal probabilities are 0 and 1 in doubles."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operating:
    """The best threshold at an AUC: what it catches, what it disturbs, what it is worth per row over nobody."""

    recall: Floats
    false_positive_rate: Floats
    value: Floats


def best_threshold(model: ScoreModel, stakes: Stakes, auc: ArrayLike) -> Operating:
    """Return the threshold of the largest value under a score model, within the capacity.

    Parameters
    ----------
    stakes : acting pays on positives alone.
    auc : from 0.5 to below 1; broadcasts with the stakes.

    At 0.5 a score tells nothing: everybody there is room for at random, or nobody.

    >>> one = best_threshold("binormal", Stakes.of(0.5, 1.0, -1.0), normal_cdf(1.0 / np.sqrt(2.0)))
    >>> float(one.recall.round(4)), float(one.false_positive_rate.round(4))  # d = 1: half way, Phi(0.5)
    (0.6915, 0.3085)
    """
    odds = (1.0 - stakes.prevalence) * -stakes.on_negative / (stakes.prevalence * stakes.on_positive)
    area = np.asarray(auc, np.float64)
    at = _binormal(stakes, area, odds) if model == "binormal" else _power(stakes, area, odds)
    worth = value(stakes, *at)
    # A score without information has no best threshold; and doing nothing is always possible.
    blank = (area <= 0.5) | (worth <= 0.0)
    random = np.where(without_ranking(stakes) > 0.0, stakes.capacity, 0.0)
    recall, alarms = (np.where(blank, random, rate) for rate in at)
    return Operating(recall=recall, false_positive_rate=alarms, value=value(stakes, recall, alarms))


def least_auc(model: ScoreModel, stakes: Stakes, required: ArrayLike) -> Floats:
    """Return the smallest AUC at which the best threshold is worth ``required`` per row over doing nothing.

    0.5 where no ranking is needed, NaN where even perfect decisions are not worth it.

    >>> one = Stakes.of(0.5, 1.0, -1.0)
    >>> worth = best_threshold("binormal", one, 0.8).value
    >>> float(least_auc("binormal", one, worth).round(9)), float(least_auc("binormal", one, 0.6))
    (0.8, nan)
    """
    asked = np.asarray(required, np.float64)
    shape = np.broadcast_shapes(asked.shape, stakes.prevalence.shape, stakes.on_positive.shape)
    low, high = np.full(shape, 0.5), np.ones(shape)
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        enough = best_threshold(model, stakes, np.minimum(middle, HIGHEST)).value >= asked
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    found = np.where(without_ranking(stakes) >= asked, 0.5, high)
    return np.asarray(np.where(most(stakes) < asked, np.nan, found))


def binormal_recall(auc: float, false_positive_rate: ArrayLike) -> Floats:
    """Return the recall of the binormal curve at false positive rates.

    >>> binormal_recall(0.5, [0.0, 0.3, 1.0]).round(12).tolist()
    [0.0, 0.3, 1.0]
    """
    apart = np.sqrt(2.0) * normal_ppf(min(auc, HIGHEST))
    return normal_cdf(apart + normal_ppf(false_positive_rate))


HIGHEST = 1.0 - 1e-15
"""The AUC nearest to 1 that still has a threshold."""


Rates = Callable[[Floats], tuple[Floats, Floats]]
"""From a cut to recall and false positive rate; both fall as the cut rises."""


def _binormal(stakes: Stakes, auc: Floats, odds: Floats) -> tuple[Floats, Floats]:
    apart = np.sqrt(2.0) * normal_ppf(auc)
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.where(apart > 0.0, np.log(odds) / apart + apart / 2.0, 0.0)
    cut = np.clip(cut, -MOST_SEPARATED, MOST_SEPARATED)
    return _within_capacity(
        stakes, lambda at: (normal_cdf(apart - at), normal_cdf(-at)), cut, np.full(cut.shape, MOST_SEPARATED)
    )


def _power(stakes: Stakes, auc: Floats, odds: Floats) -> tuple[Floats, Floats]:
    steep = 1.0 / auc - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        # In logs, from the slope t q^(t - 1) of the curve: q falls below the smallest double near AUC 1.
        cut = np.where(steep < 1.0, np.log(odds / steep) / (1.0 - steep), 0.0)
    cut = np.maximum(cut, 0.0)
    last = cut + 700.0 / np.maximum(steep, 1e-3)
    return _within_capacity(stakes, lambda at: (np.exp(-steep * at), np.exp(-at)), cut, last)


def _within_capacity(stakes: Stakes, rates: Rates, cut: Floats, last: Floats) -> tuple[Floats, Floats]:
    """Return the rates at the cut, or where it acts on too many at the first higher one that does not."""

    def acted(at: Floats) -> Floats:
        recall, alarms = rates(at)
        return np.asarray(stakes.prevalence * recall + (1.0 - stakes.prevalence) * alarms)

    too_many = acted(cut) > stakes.capacity
    if not too_many.any():
        return rates(cut)
    low, high = (np.broadcast_to(end, too_many.shape) for end in (cut, last))
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        full = acted(middle) > stakes.capacity
        low, high = np.where(full, middle, low), np.where(full, high, middle)
    return rates(np.where(too_many, high, cut))
