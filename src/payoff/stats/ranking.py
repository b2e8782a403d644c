"""How well a score ranks: ROC AUC, average precision and their curves, from cells of equal score.

A cell's positives and negatives are tied: each of their pairs counts one half. With weights every row counts
as its weight, and the variance uses sums of squared weights (integer weights are not copies of a row).

DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44, 837-845. https://doi.org/10.2307/2531595
Sun, Xu (2014). Fast implementation of DeLong's algorithm. https://doi.org/10.1109/LSP.2014.2337313
Boyd, Eng, Page (2013). Area under the precision-recall curve: point estimates and confidence intervals.
https://doi.org/10.1007/978-3-642-40994-3_29
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Scale, scaled_bounds
from payoff.stats.kish import kish
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper
from payoff.stats.rare_outcomes import (
    JUDGED_WIDER,
    SELDOM_WRONG,
    few_of_the_rarer,
    hanley_mcneil_bounds,
    is_seldom_wrong,
)

Floats = NDArray[np.float64]
NO_ROWS = "undefined: no rows"
NO_RANKING = "score carries no ranking"
CURVE_POINTS = 201
# Below this many positives average precision is biased upwards by more than it is worth.
ALL_POSITIVE = "no interval: 0 negatives, so that it is the same whatever the order"
FEW_POSITIVES = 100
NO_ERROR = "no pair shows any error: exact bounds, as of a share of the rarer outcome's rows"
# Sums of weights leave a perfect score this near to 1.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Within:
    """What the scores within cells of a grid are. All arrays are (k,).

    Attributes
    ----------
    positive_mean, negative_mean : mean score of each outcome; that of the cell where it holds none.
    positive_variance, negative_variance : variance of the scores of each outcome about that mean.
    low, high : least and greatest score; equal where all rows of the cell are tied.
    overlap : weight of the pairs of a positive and a negative in two cells whose ranges overlap.
    """

    positive_mean: Floats
    negative_mean: Floats
    positive_variance: Floats
    negative_variance: Floats
    low: Floats
    high: Floats
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreCells:
    """Rows by score and outcome. All arrays are (k,), ``score`` strictly ascending.

    Attributes
    ----------
    positive, negative : sums of weights (counts, when unweighted).
    positive_squared, negative_squared : sums of squared weights, equal to the counts when unweighted.
    positives, negatives : rows of each outcome.
    within : for cells of a grid, whose ``score`` is a mean; None where every cell is one score.
    positive_cubed, negative_cubed : sums of cubed weights; None where rows are unweighted.
    stratified : whether weights give outcomes shares that are in no doubt (``Cells.prevalence``); those of one outcome
        weigh the same then.
    """

    score: Floats
    positive: Floats
    negative: Floats
    positive_squared: Floats
    negative_squared: Floats
    positives: int
    negatives: int
    within: Within | None = None
    positive_cubed: Floats | None = None
    negative_cubed: Floats | None = None
    stratified: bool = False

    @property
    def weighted(self) -> bool:
        """Return whether any row weighs other than 1: sum w = sum w^2 = rows only where every w is 1."""
        sides = (
            (self.positive, self.positive_squared, self.positives),
            (self.negative, self.negative_squared, self.negatives),
        )
        return any(float(one.sum()) != rows or float(two.sum()) != rows for one, two, rows in sides)

    @property
    def cubes(self) -> tuple[Floats, Floats]:
        """Return (k,) sums of cubed weights of the positives and of the negatives.

        Raises
        ------
        ValueError
            Where rows are weighted and the sums are not given: no other sum says how skewed they are.
        """
        if self.positive_cubed is not None and self.negative_cubed is not None:
            return self.positive_cubed, self.negative_cubed
        if self.weighted:
            raise ValueError("weighted cells need the sums of cubed weights")
        return self.positive, self.negative

    @property
    def worth(self) -> tuple[float, float]:
        """Return Kish's effective positives and negatives, (sum w)^2 / sum w^2; without weights their rows."""
        if not self.weighted:
            return float(self.positives), float(self.negatives)
        sides = ((self.positive, self.positive_squared), (self.negative, self.negative_squared))
        positives, negatives = (float(kish(one.sum(), two.sum())) for one, two in sides)
        return positives, negatives

    @property
    def score_of_positives(self) -> Floats:
        """Return (k,) the mean score of the positives of each cell."""
        return self.score if self.within is None else self.within.positive_mean

    @property
    def score_of_negatives(self) -> Floats:
        """Return (k,) the mean score of the negatives of each cell."""
        return self.score if self.within is None else self.within.negative_mean

    @property
    def variances(self) -> tuple[Floats, Floats]:
        """Return (k,) the variance of the scores of positives, and of negatives, within each cell."""
        if self.within is None:
            return np.zeros(len(self.score)), np.zeros(len(self.score))
        return self.within.positive_variance, self.within.negative_variance


def no_ranking(cells: ScoreCells) -> str | None:
    """Say why the cells hold no ranking, if they hold none."""
    if cells.positives == 0 or cells.positive.sum() <= 0.0:
        return "undefined: 0 positives"
    if cells.negatives == 0 or cells.negative.sum() <= 0.0:
        return "undefined: 0 negatives"
    held = (cells.positive + cells.negative) > 0.0
    return NO_RANKING if held.sum() < 2 else None


def no_top(cells: ScoreCells) -> str | None:
    """Say why nothing can be told of the top of the ranking; where all rows are positive, it can."""
    if cells.negatives > 0 and cells.negative.sum() > 0.0:
        return no_ranking(cells)
    if cells.positives == 0 or cells.positive.sum() <= 0.0:
        return "undefined: 0 positives"
    return NO_RANKING if (cells.positive > 0.0).sum() < 2 else None


def placements(cells: ScoreCells) -> tuple[Floats, Floats]:
    """Return, by cell, the share of negatives below it and of positives above it, ties half."""
    below = (np.cumsum(cells.negative) - cells.negative / 2.0) / cells.negative.sum()
    above = 1.0 - (np.cumsum(cells.positive) - cells.positive / 2.0) / cells.positive.sum()
    return below, above


def delong(cells: ScoreCells) -> tuple[float, float]:
    """Return (AUC, its DeLong variance); cells must hold both outcomes.

    A class of a single row adds no variance, since it has none to show.

    >>> one = np.ones(2)
    >>> delong(ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one, positive_squared=one,
    ...     negative_squared=one, positives=2, negatives=2))
    (0.5, 0.125)
    """
    below, above = placements(cells)
    area = float(cells.positive @ below / cells.positive.sum())
    variance = 0.0
    for place, weight, squared, rows in (
        (below, cells.positive, cells.positive_squared, cells.positives),
        (above, cells.negative, cells.negative_squared, cells.negatives),
    ):
        spread = float(squared @ (place - area) ** 2) / float(weight.sum()) ** 2
        variance += spread * rows / (rows - 1) if rows > 1 else 0.0
    return area, variance


def roc_auc(
    cells: ScoreCells, level: float = 0.95, scale: Scale = "logit", *, judged: bool = False
) -> Interval:
    """Return the chance that a positive scores above a negative, ties half, with DeLong's interval.

    Parameters
    ----------
    cells : by score.
    level : two-sided.
    scale : ``logit``, or ``plain``, as R's pROC has it.
    judged : whether a guardrail is judged by it. Where fewer than 20 rows of the rarer outcome are out of place, its
        rows times the lesser of AUC and 1 - AUC, the bounds are then the wider of DeLong's and of Hanley and McNeil's
        (:mod:`payoff.stats.rare_outcomes`); what is shown says that in its note.

    With fewer than 10 rows of the rarer outcome the tier is C. Where the AUC is 0 or 1 DeLong's error is zero: the
    bounds are then the exact ones of a share of as many rows as the rarer outcome has, which leaves room for the next
    row to be the first exception. Not valid for a model scored on the rows that trained it, nor for several rows of one
    customer (delete-a-group jackknife).
    """
    method = f"delong_{scale}"
    note = no_ranking(cells)
    if note is not None:
        return undefined(cells, level, method, note)
    area, variance = delong(cells)
    if min(area, 1.0 - area) < ROUNDING:
        area = float(round(area))
    careful = scale != "plain"
    if area in (0.0, 1.0) or variance == 0.0:
        found = _without_error(cells, area, level)
        return few_of_the_rarer(found, cells.worth) if careful else found
    quantile, stderr = float(normal_ppf(0.5 + level / 2.0)), math.sqrt(variance)
    low, high = scaled_bounds(area, stderr, quantile, scale)
    notes = [grid_note(cells, auc_grid_bound(cells))]
    if careful and is_seldom_wrong(area, cells.worth):
        notes.insert(0, SELDOM_WRONG if judged else JUDGED_WIDER)
        if judged:
            other = hanley_mcneil_bounds(area, cells.worth, quantile)
            low, high, method = min(low, other[0]), max(high, other[1]), "delong_hanley"
    found = _found(cells, area, (max(0.0, low), min(1.0, high)), level, method, stderr)
    found = replace(found, note="; ".join(note for note in notes if note) or None)
    return few_of_the_rarer(found, cells.worth) if careful else found


def _without_error(cells: ScoreCells, area: float, level: float) -> Interval:
    rarer, tail = min(cells.worth), 0.5 + level / 2.0
    low, high = (bound(area * rarer, rarer, tail) for bound in (clopper_pearson_lower, clopper_pearson_upper))
    return replace(
        _found(cells, area, (low, high), level, "clopper_pearson", 0.0), stderr=None, note=NO_ERROR
    )


def delong_paired(first: Floats, second: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (AUC of ``first`` less that of ``second`` on the same rows, its DeLong variance).

    Parameters
    ----------
    first, second : (n,) scores.
    positive : (n,) outcomes; two or more rows of each.
    """
    gap = [
        np.subtract(*pair) for pair in zip(_by_row(first, positive), _by_row(second, positive), strict=True)
    ]
    return float(gap[0].mean()), float(sum(part.var(ddof=1) / len(part) for part in gap))


def _by_row(score: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the placements of every positive and of every negative row."""
    up, down = np.sort(score[positive]), np.sort(score[~positive])
    below = np.searchsorted(down, score[positive], "left") + np.searchsorted(down, score[positive], "right")
    above = np.searchsorted(up, score[~positive], "left") + np.searchsorted(up, score[~positive], "right")
    return below / (2.0 * len(down)), 1.0 - above / (2.0 * len(up))


def auc_grid_bound(cells: ScoreCells) -> float:
    """Return how far the AUC can be off where cells are buckets of scores: half the chance of a shared one.

    Pairs in a cell of tied scores are exact; pairs in two cells whose ranges overlap may be the wrong way round.

    >>> one = np.ones(2)
    >>> auc_grid_bound(ScoreCells(score=np.array([0.1, 0.9]), positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=2, negatives=2))
    0.25
    """
    pairs = cells.positive * cells.negative
    shared, overlap = pairs.sum() / 2.0, 0.0
    if cells.within is not None:
        shared = pairs[cells.within.low < cells.within.high].sum() / 2.0
        overlap = cells.within.overlap
    return float((shared + overlap) / cells.positive.sum() / cells.negative.sum())


def average_precision_grid_bound(cells: ScoreCells) -> float:
    """Return how far average precision can be off on a grid: in each untied cell positives may come first or last.

    >>> one = np.ones(1)
    >>> bound = average_precision_grid_bound(ScoreCells(score=one, positive=one, negative=one,
    ...     positive_squared=one, negative_squared=one, positives=1, negatives=1))
    >>> round(bound, 2)  # shown 1/2; the one positive may come first (1) or last (1/2)
    0.5
    """
    hits = (np.cumsum(cells.positive[::-1]) - cells.positive[::-1])[::-1]
    misses = (np.cumsum(cells.negative[::-1]) - cells.negative[::-1])[::-1]
    shown = cells.positive * _precision(hits + cells.positive, misses + cells.negative)
    untied, crossed = np.ones(len(hits), dtype=np.bool_), np.zeros(len(hits), dtype=np.bool_)
    if cells.within is not None:
        crossed[1:] = cells.within.low[1:] < cells.within.high[:-1]
        untied = cells.within.low < cells.within.high
    # Rows of a cell whose range overlaps that of the next may come on either side of its rows.
    next_hits, next_misses = _beside(cells, crossed, 1)
    last_hits, last_misses = _beside(cells, crossed, -1)
    fewest_hits, fewest_misses = np.maximum(hits - next_hits, 0.0), np.maximum(misses - next_misses, 0.0)
    best = cells.positive * _precision(hits + cells.positive + last_hits, fewest_misses)
    most_misses = misses + cells.negative + last_misses
    tied = cells.positive * _precision(fewest_hits + cells.positive, most_misses)
    worst = np.where(untied, _least_precisions(fewest_hits, most_misses, cells.positive), tied)
    off = np.maximum(best - shown, shown - worst)
    unsure = untied | crossed | np.append(crossed[1:], False)
    return float(off[unsure].sum() / cells.positive.sum())


def _beside(cells: ScoreCells, crossed: NDArray[np.bool_], step: int) -> tuple[Floats, Floats]:
    """Return, by cell, the positives and negatives of the next cell (the last one by -1) where ranges overlap."""
    held = np.append(crossed[1:], False) if step == 1 else crossed
    return tuple(np.where(held, np.roll(column, -step), 0.0) for column in (cells.positive, cells.negative))  # type: ignore[return-value]


def _precision(hits: Floats, misses: Floats) -> Floats:
    return hits / np.maximum(hits + misses, np.finfo(np.float64).tiny)


def _least_precisions(hits: Floats, misses: Floats, positive: Floats) -> Floats:
    """Return what the precisions at positives that follow so many hits and misses add up to at least.

    Precision rises from one of them to the next, so that each is more than its mean on the way there: the integral
    over x of 1 - m / (h + m + x), for any weights.
    """
    before = np.where(misses > 0.0, hits + misses, 1.0)
    return positive - misses * np.log1p(positive / before)


def grid_note(cells: ScoreCells, bound: float) -> str | None:
    """Say how far a number can be off for the grid that it was counted on; None where cells are exact scores."""
    if cells.within is None:
        return None
    return f"on a grid of {len(cells.score):,} cells: within {bound:.1g} of the number by exact scores"


def average_precision(cells: ScoreCells, level: float = 0.95) -> Interval:
    """Return the mean precision over the positives from the top, tied scores at once (as scikit-learn).

    The interval is Boyd's on the logit scale. Print prevalence beside it: that is what a random score gets.
    """
    method = "boyd_logit"
    note = no_top(cells)
    if note is not None:
        return undefined(cells, level, method, note)
    if not cells.negative.sum() > 0.0:
        return replace(undefined(cells, level, method, ALL_POSITIVE), value=1.0)
    hits, misses = np.cumsum(cells.positive[::-1]), np.cumsum(cells.negative[::-1])
    shown = hits + misses
    precision = np.divide(hits, shown, out=np.zeros_like(hits), where=shown > 0.0)
    area = min(float(cells.positive[::-1] @ precision / hits[-1]), 1.0)
    effective = float(kish(hits[-1], cells.positive_squared.sum()))
    # At 1 the interval is made half a positive inside, as that of the AUC.
    inside = min(area, 1.0 - 0.5 / (effective + 1.0))
    stderr = math.sqrt(inside * (1.0 - inside) / effective)
    low, high = scaled_bounds(inside, stderr, float(normal_ppf(0.5 + level / 2.0)), "logit")
    few = cells.positives < FEW_POSITIVES
    bounds = low, 1.0 if area >= 1.0 else high
    found = _found(cells, area, bounds, level, method, stderr)
    notes = [grid_note(cells, average_precision_grid_bound(cells))]
    notes += ["biased upwards below 100 positives"] if few else []
    return replace(found, note="; ".join(note for note in notes if note) or None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankingCurve:
    """Points at falling thresholds (act where score >= threshold): recall, false alarms, precision."""

    threshold: Floats
    recall: Floats
    false_positive_rate: Floats
    precision: Floats


def ranking_curve(cells: ScoreCells, points: int = CURVE_POINTS) -> RankingCurve:
    """Return the ROC and the precision-recall curve, thinned to the corners nearest to an even spacing.

    The first point acts on the highest cell, the last on all; (0, 0) of the ROC curve is left to the reader.

    Raises
    ------
    ValueError
        Where one of the outcomes is absent.
    """
    if cells.positive.sum() <= 0.0 or cells.negative.sum() <= 0.0:
        raise ValueError("a ranking curve needs both outcomes")
    hits, misses = np.cumsum(cells.positive[::-1]), np.cumsum(cells.negative[::-1])
    recall, alarms = hits / hits[-1], misses / misses[-1]
    kept = _spread(recall + alarms, points)
    precision = hits[kept] / np.maximum(hits[kept] + misses[kept], np.finfo(np.float64).tiny)
    return RankingCurve(
        threshold=cells.score[::-1][kept],
        recall=recall[kept],
        false_positive_rate=alarms[kept],
        precision=precision,
    )


def _spread(walked: Floats, points: int) -> NDArray[np.intp]:
    """Return at most ``points`` indices, both ends among them, evenly along a curve."""
    if len(walked) <= points:
        return np.arange(len(walked))
    aims = np.linspace(walked[0], walked[-1], points)
    found = np.searchsorted(walked, aims)
    found[0], found[-1] = 0, len(walked) - 1
    return np.unique(found)


def _found(
    cells: ScoreCells, value: float, bounds: tuple[float, float], level: float, method: str, stderr: float
) -> Interval:
    return Interval(
        value=value,
        low=bounds[0],
        high=bounds[1],
        level=level,
        rows=cells.positives + cells.negatives,
        events=min(cells.positives, cells.negatives),
        method=method,
        tier="A",
        stderr=stderr,
    )


def undefined(cells: ScoreCells, level: float, method: str, note: str) -> Interval:
    """Return an interval without a number, which says what it would rest on and why it is undefined."""
    return Interval(
        value=None,
        low=None,
        high=None,
        level=level,
        rows=cells.positives + cells.negatives,
        events=min(cells.positives, cells.negatives),
        method=method,
        tier="C",
        note=note,
    )
