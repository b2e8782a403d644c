"""What a number made of prevalence, recall and specificity can be, from what each of the three can be.

A table of outcome by action is three shares that are independent of one another: the positives among all rows, the
rows acted on among the positives, the rows left alone among the negatives. Let u be how many standard errors a share is
taken away from what was seen, by Wilson's limits with the continuity correction (Newcombe's method 4). The lower bound
of a number is its least value, the upper one its greatest, over all three with

    u_prevalence^2 + u_recall^2 + u_specificity^2 = z^2,    z the normal quantile of the one-sided confidence.

For many rows it is the delta method, whose answer is the same sphere on a plane. Unlike that one it needs no scale (a
rising map of the number takes the bounds with it), no half rows where a cell is empty, and leaves no number that cannot
be.

Newcombe (1998). Statistics in Medicine 17, 857-872 (method 4).
Newcombe (2011). Propagating imprecision: combining confidence intervals from independent sources. Communications
in Statistics - Theory and Methods 40, 3154-3180.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Directions per quarter of a circle: the nearest is off by 1/32 of it, z by 1 - cos(pi / 64), 0.12% at most.
STEPS = 16
_ANGLES = np.arange(STEPS + 1) * (math.pi / 2.0 / STEPS)
_LEAN, _TURN = (angles.ravel() for angles in np.meshgrid(_ANGLES, _ANGLES))
# By column prevalence, recall, specificity; what a right angle leaves of a cosine is 0.
_SPHERE = np.stack([np.sin(_LEAN), np.cos(_LEAN) * np.sin(_TURN), np.cos(_LEAN) * np.cos(_TURN)])
_DIRECTIONS = np.where(_SPHERE < 1e-12, 0.0, _SPHERE)


def corrected_wilson(successes: float, rows: float, quantile: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's limits with the continuity correction at normal quantiles of 0 or more; 0 and 1 without rows.

    >>> low, high = corrected_wilson(81.0, 263.0, np.array([1.959964]))
    >>> round(float(low[0]), 4), round(float(high[0]), 4)  # Newcombe (1998), table I
    (0.2535, 0.3682)
    """
    if rows <= 0.0:
        return np.zeros_like(quantile), np.ones_like(quantile)
    return _lower(successes, rows, quantile), 1.0 - _lower(rows - successes, rows, quantile)


def _lower(successes: float, rows: float, quantile: Floats) -> Floats:
    if successes <= 0.0:
        return np.zeros_like(quantile)
    square = quantile * quantile
    spread = square - 2.0 - 1.0 / rows + 4.0 * successes * (rows - successes + 1.0) / rows
    low = 2.0 * successes + square - 1.0 - quantile * np.sqrt(np.maximum(spread, 0.0))
    return np.asarray(np.maximum(low / (2.0 * (rows + square)), 0.0), np.float64)


def number_of(name: str, beta: float) -> Callable[[Floats], Floats]:
    """Return a metric as a function of (4, k) shares, nan or infinite where its denominator is empty.

    >>> with np.errstate(invalid="ignore"):
    ...     number_of("balanced_accuracy", 1.0)(np.array([[0.1], [0.2], [0.1], [0.6]]))
    array([0.625])
    """

    def number(table: Floats) -> Floats:
        hit, alarm, miss, quiet = table
        event, none, acted, left = hit + miss, alarm + quiet, hit + alarm, miss + quiet
        if name == "f_beta":
            twice = (1.0 + beta * beta) * hit
            return np.asarray(twice / (twice + alarm + beta * beta * miss))
        if name == "balanced_accuracy":
            return np.asarray((hit / event + quiet / none) / 2.0)
        if name == "positive_likelihood_ratio":
            return np.asarray((hit / event) / (alarm / none))
        if name == "negative_likelihood_ratio":
            return np.asarray((miss / event) / (quiet / none))
        beyond = hit * quiet - alarm * miss
        if name == "cohen_kappa":
            return np.asarray(2.0 * beyond / (acted * none + event * left))
        # Rounding leaves a perfect correlation an ulp beyond 1.
        return np.asarray(np.clip(beyond / np.sqrt(acted * event) / np.sqrt(none * left), -1.0, 1.0))

    return number


def propagated_bounds(
    number: Callable[[Floats], Floats], totals: Floats, quantile: float
) -> tuple[float, float]:
    """Return the least and the greatest a number of a table can be at one-sided confidence each.

    Parameters
    ----------
    number : of (4, k) shares of all rows (true positives, false positives, false negatives, true negatives), nan
        where it is undefined.
    totals : (4,) rows, independent ones of equal weight; parts of rows where rows are acted on by lot.
    quantile : of the normal law at the confidence; below 0 it counts as 0.

    >>> recall = lambda table: table[0] / (table[0] + table[2])
    >>> low, high = propagated_bounds(recall, np.array([81.0, 0.0, 182.0, 0.0]), 1.959964)
    >>> round(low, 4), round(high, 4)  # of one share they are its own limits
    (0.2535, 0.3682)
    """
    hit, alarm, miss, quiet = (float(total) for total in totals)
    counted = ((hit + miss, float(totals.sum())), (hit, hit + miss), (quiet, alarm + quiet))
    reach = max(quantile, 0.0) * _DIRECTIONS
    ends = [corrected_wilson(k, n, far) for (k, n), far in zip(counted, reach, strict=True)]
    tables = [_table(*corner) for corner in _corners(ends)]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = number(np.concatenate(tables, axis=1))
    values = values[~np.isnan(values)]
    return float(values.min()), float(values.max())


def _corners(ends: list[tuple[Floats, Floats]]) -> list[tuple[Floats, Floats, Floats]]:
    first, second, third = ends
    return [(a, b, c) for a in first for b in second for c in third]


def _table(prevalence: Floats, recall: Floats, specificity: Floats) -> Floats:
    others = 1.0 - prevalence
    return np.stack(
        [
            prevalence * recall,
            others * (1.0 - specificity),
            prevalence * (1.0 - recall),
            others * specificity,
        ]
    )
