"""Whether probabilities mean what they say: CORP, in the large, near the threshold, and Spiegelhalter's z.

Scores are probabilities in [0, 1]; rows are independent.

Dimitriadis, Gneiting, Jordan (2021), CORP. https://doi.org/10.1073/pnas.2016191118
Spiegelhalter (1986). https://doi.org/10.1002/sim.4780050506
Broecker, Smith (2007), resampling under a right forecast. https://doi.org/10.1175/WAF993.1
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_cdf
from payoff.stats.estimates import Interval
from payoff.stats.kish import kish
from payoff.stats.ranking import NO_ROWS, ScoreCells, undefined
from payoff.stats.weighted_means import by_outcome, mean_of_rows

Floats = NDArray[np.float64]
CURVE_POINTS = 101
NULL_CELLS = 2_000
NULL_DRAWS = 200
LEAST_WINDOW = 200
WINDOW_SHARE = 0.05
# Falling neighbours are pooled by whole arrays while they are at least one cell in so many.
POOLED_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corp:
    """The Brier score taken apart: brier = miscalibration - discrimination + uncertainty.

    Attributes
    ----------
    miscalibration, discrimination, uncertainty, brier : the parts and their sum.
    score, recalibrated, weight : (k',), at most ``CURVE_POINTS``: the calibration curve, both rising.
    """

    miscalibration: float
    discrimination: float
    uncertainty: float
    brier: float
    score: Floats
    recalibrated: Floats
    weight: Floats


def corp(cells: ScoreCells) -> Corp:
    """Return CORP's parts and curve; cells must hold rows. Miscalibration is biased upwards in small samples.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> found = corp(ScoreCells(score=np.array([0.8]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=1, negatives=1))
    >>> round(found.miscalibration, 9), found.discrimination, found.uncertainty  # (0.8 - 0.5)^2
    (0.09, 0.0, 0.25)
    """
    held = (cells.positive + cells.negative) > 0.0
    score, hits = cells.score[held], cells.positive[held]
    weight = hits + cells.negative[held]
    starts, rates = _pool_adjacent_violators(hits, weight)
    blocks = np.add.reduceat(weight, starts)
    total = float(weight.sum())
    share = float(hits.sum()) / total
    spread_of_hits, spread_of_misses = (spread[held] for spread in cells.variances)
    of_hits = (1.0 - cells.score_of_positives[held]) ** 2 + spread_of_hits
    of_misses = cells.score_of_negatives[held] ** 2 + spread_of_misses
    brier = float(hits @ of_hits + (weight - hits) @ of_misses) / total
    left = float(blocks @ (rates * (1.0 - rates))) / total
    uncertainty = share * (1.0 - share)
    points, at = _groups(blocks, CURVE_POINTS), np.add.reduceat(score * weight, starts)
    mass = np.add.reduceat(blocks, points)
    return Corp(
        miscalibration=brier - left,
        discrimination=uncertainty - left,
        uncertainty=uncertainty,
        brier=brier,
        score=np.add.reduceat(at, points) / mass,
        recalibrated=np.add.reduceat(rates * blocks, points) / mass,
        weight=mass,
    )


def isotonic(hits: Floats, weight: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the first cell and the rate of each block of the isotonic regression of outcomes on scores.

    Parameters
    ----------
    hits, weight : (k,) positives and rows by score, ascending; every cell holds rows.

    >>> isotonic(np.array([1.0, 0.0, 2.0]), np.array([2.0, 2.0, 2.0]))  # 1/2 before 0 is pooled to 1/4
    (array([0, 2]), array([0.25, 1.  ]))
    """
    return _pool_adjacent_violators(hits, weight)


def _pool_adjacent_violators(hits: Floats, weight: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the first cell and the rate of each block of the isotonic regression.

    Neighbours whose rates fall, or are equal, always end in one block: whole runs of them are pooled at once
    while there are many, and one pass pools what is left.
    """
    first = np.arange(len(hits))
    falls = hits[:-1] * weight[1:] >= hits[1:] * weight[:-1]
    while POOLED_AT_ONCE * np.count_nonzero(falls) > len(hits):
        kept = np.flatnonzero(np.concatenate([[True], ~falls]))
        first, hits, weight = first[kept], np.add.reduceat(hits, kept), np.add.reduceat(weight, kept)
        falls = hits[:-1] * weight[1:] >= hits[1:] * weight[:-1]
    starts, rates = _in_one_pass(hits, weight)
    return first[starts], rates


def _in_one_pass(hits: Floats, weight: Floats) -> tuple[NDArray[np.intp], Floats]:
    starts: list[int] = []
    tops: list[float] = []
    masses: list[float] = []
    for at, (top, mass) in enumerate(zip(hits.tolist(), weight.tolist(), strict=True)):
        start = at
        while tops and tops[-1] * mass >= top * masses[-1]:
            top, mass, start = top + tops.pop(), mass + masses.pop(), starts.pop()  # noqa: PLW2901
        starts.append(start)
        tops.append(top)
        masses.append(mass)
    return np.array(starts, np.intp), np.array(tops) / np.array(masses)


def _groups(weight: Floats, most: int) -> NDArray[np.intp]:
    """Return the first cell of each of at most ``most`` neighbourhoods of like weight."""
    if len(weight) <= most:
        return np.arange(len(weight))
    before = (np.cumsum(weight) - weight) / weight.sum()
    return np.unique(np.floor(before * most), return_index=True)[1]


def calibration_error(cells: ScoreCells, seed: int = 0) -> Interval:
    """Return CORP's miscalibration, without an interval, beside what luck alone would show.

    Luck is ``NULL_DRAWS`` draws of outcomes from the scores themselves, on at most ``NULL_CELLS`` cells.
    """
    found = undefined(cells, 0.95, "corp", NO_ROWS)
    if found.rows == 0 or (cells.positive + cells.negative).sum() <= 0.0:
        return found
    value = corp(cells).miscalibration
    few = _merged(cells)
    seen, luck = corp(few).miscalibration, _by_luck(few, seed)
    above = float(np.quantile(luck, 0.95))
    p = (1 + int((luck >= seen).sum())) / (NULL_DRAWS + 1)
    note = f"biased upwards, no interval: expected by luck alone up to {above:.2g} (95%), p = {p:.3f}"
    if len(few.score) < len(cells.score):
        note += f", both on {len(few.score):,} merged cells, which show {seen:.2g}"
    return replace(found, value=value, note=note)


def _merged(cells: ScoreCells) -> ScoreCells:
    """Return neighbouring cells as one, at their mean score."""
    weight = cells.positive + cells.negative
    at = _groups(weight, NULL_CELLS)
    held = np.add.reduceat(weight, at)
    mean = np.add.reduceat(weight * cells.score, at) / np.where(held > 0.0, held, 1.0)
    return replace(
        cells,
        within=None,
        positive_cubed=None,
        negative_cubed=None,
        score=mean,
        positive=np.add.reduceat(cells.positive, at),
        negative=np.add.reduceat(cells.negative, at),
        positive_squared=np.add.reduceat(cells.positive_squared, at),
        negative_squared=np.add.reduceat(cells.negative_squared, at),
    )


def _by_luck(cells: ScoreCells, seed: int) -> Floats:
    """Return the miscalibration of draws in which the scores are right."""
    generator = np.random.default_rng(seed)
    held = (cells.positive + cells.negative) > 0.0
    score, weight = cells.score, cells.positive + cells.negative
    squared = cells.positive_squared + cells.negative_squared
    rows = np.maximum(np.rint(kish(weight, squared)), 1.0).astype(np.int64)
    drawn = generator.binomial(rows, np.clip(score, 0.0, 1.0), (NULL_DRAWS, len(rows))) / rows * weight
    return _miscalibrations(score[held], drawn[:, held], weight[held])


def _miscalibrations(score: Floats, hits: Floats, weight: Floats) -> Floats:
    """Return (D,) the miscalibration of cells of ``score`` and ``weight`` (k,) with ``hits`` (D, k) positives.

    All draws are pooled as one row of cells, in which no two draws are neighbours. Scores are about right here, so
    that few passes do.
    """
    brier = hits @ (1.0 - score) ** 2 + (weight - hits) @ score**2
    draw = np.repeat(np.arange(len(hits)), len(score))
    blocks, masses = hits.ravel(), np.tile(weight, len(hits))
    while True:
        falls = (blocks[:-1] * masses[1:] >= blocks[1:] * masses[:-1]) & (draw[:-1] == draw[1:])
        if not falls.any():
            left = np.bincount(draw, blocks * (1.0 - blocks / masses), len(hits))
            return np.asarray((brier - left) / weight.sum(), np.float64)
        kept = np.flatnonzero(np.concatenate([[True], ~falls]))
        blocks, masses = np.add.reduceat(blocks, kept), np.add.reduceat(masses, kept)
        draw = draw[kept]


def calibration_in_the_large(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the mean outcome less the mean score on the same rows, with Hall's interval.

    >>> one = np.ones(2)
    >>> calibration_in_the_large(ScoreCells(score=np.array([0.25, 0.5]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=2, negatives=2)).value
    0.125
    """
    return _gap(cells, slice(None), level, undefined(cells, level, "paired_mean", NO_ROWS), min(cells.worth))


def local_calibration(cells: ScoreCells, threshold: float, level: float = 0.95) -> Interval:
    """Return the mean of outcome less score near a threshold: there it decides, and so moves money.

    Near are the 200 rows, or 5% of the rows if more, closest by rank: half each side where there are
    as many, in whole cells. With weights a cell counts as its share of the weight.
    """
    found = undefined(cells, level, "paired_mean_local", NO_ROWS)
    weight = cells.positive + cells.negative
    if found.rows == 0 or weight.sum() <= 0.0:
        return found
    upto = np.cumsum(weight) / weight.sum() * found.rows
    middle = int(np.searchsorted(cells.score, threshold))
    size = min(max(LEAST_WINDOW, WINDOW_SHARE * found.rows), found.rows)
    centre = float(upto[middle - 1]) if middle > 0 else 0.0
    first = min(max(centre - size / 2.0, 0.0), found.rows - size)
    # Half a row absorbs the rounding of the ranks, so that no cell enters by it.
    start = int(np.searchsorted(upto, first + 0.5))
    stop = min(int(np.searchsorted(upto, first + size - 0.5)) + 1, len(upto))
    held = slice(start, stop)
    rows = round(float(upto[stop - 1] - (upto[start - 1] if start else 0.0)))
    near = replace(found, rows=rows, events=_rarer(cells, held, found.rows))
    got = _gap(cells, held, level, near, math.inf)
    window = f"scores {cells.score[start]:.4g} to {cells.score[stop - 1]:.4g}"
    return replace(got, note=window if got.note is None else f"{window}; {got.note}")


def _rarer(cells: ScoreCells, held: slice, rows: int) -> int:
    scale = rows / float((cells.positive + cells.negative).sum())
    return round(min(float(cells.positive[held].sum()), float(cells.negative[held].sum())) * scale)


def _gap(cells: ScoreCells, held: slice, level: float, found: Interval, least: float) -> Interval:
    """Return the mean of outcome less score over some cells, trusted from ``least`` events on."""
    if found.rows == 0 or not (cells.positive[held].sum() + cells.negative[held].sum()) > 0.0:
        return found
    gap = np.concatenate([1.0 - cells.score_of_positives[held], -cells.score_of_negatives[held]])
    return mean_of_rows(replace(found, level=level), by_outcome(cells, held), gap, least)


def spiegelhalter(cells: ScoreCells) -> tuple[float, float] | None:
    """Return (z, two-sided p) of the test that the scores are right; None where no score leaves a doubt.

    >>> one = np.ones(1)
    >>> spiegelhalter(ScoreCells(score=np.array([0.5]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=1, negatives=1)) is None
    True
    """
    p = cells.score
    lean = 1.0 - 2.0 * p
    gap = float(cells.positive @ ((1.0 - p) * lean) - cells.negative @ (p * lean))
    variance = float((cells.positive_squared + cells.negative_squared) @ (lean**2 * p * (1.0 - p)))
    if not variance > 0.0:
        return None
    z = gap / math.sqrt(variance)
    return z, min(2.0 * float(normal_cdf(-abs(z))), 1.0)
