"""How two scores differ on the same rows: AUC by paired DeLong, Brier score and log loss by the mean of differences.

Two errors of the same rows are not independent: the interval of a difference needs what both scores say of each row.
Two kinds of sums serve. ``PairCells`` counts rows by both scores and loses nothing. Where that is too many cells,
``PairSums`` is enough and is exact as well: the difference in loss of every row is known where the row is, and of
DeLong's placements (numbers by cell of each score's own table) only the products of a row's two are missing.

DeLong, DeLong, Clarke-Pearson (1988). https://doi.org/10.2307/2531595
Demler, Pencina, D'Agostino (2012), when not to use it. https://doi.org/10.1002/sim.5328
Bradley, Schwartz, Hashino (2008), Brier scores. https://doi.org/10.1175/2007WAF2007049.1
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from payoff.stats.distributions import normal_ppf, t_ppf
from payoff.stats.estimates import Interval, Tier
from payoff.stats.influence import about_outcomes, within_outcomes
from payoff.stats.kish import kish
from payoff.stats.means import hall_bounds
from payoff.stats.probability_scores import EPSILON
from payoff.stats.ranking import ROUNDING, ScoreCells, delong, no_ranking, placements
from payoff.stats.rare_outcomes import few_of_the_rarer
from payoff.stats.resolved import spread_left
from payoff.stats.tiers import tail_ratio, widening

Floats = NDArray[np.float64]
Loss = Literal["brier_score", "log_loss"]
ALIKE = "no interval: both scores treat every row alike"
NO_ERROR = "no interval: the rows show no error"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCells:
    """Rows by two scores and outcome. All arrays are (k,), one entry per pair of scores, in any order.

    Attributes
    ----------
    first, second : the two scores.
    positive, negative : sums of weights (counts, when unweighted).
    positive_squared, negative_squared : sums of squared weights.
    positives, negatives : rows of each outcome.
    stratified : whether weights give outcomes shares that are in no doubt.
    """

    first: Floats
    second: Floats
    positive: Floats
    negative: Floats
    positive_squared: Floats
    negative_squared: Floats
    positives: int
    negatives: int
    stratified: bool = False


@dataclass(frozen=True, slots=True)
class PlacementProducts:
    """Over the positive and over the negative rows, sum of squared weight times both placements of the row.

    Attributes
    ----------
    positive, negative : sum of w^2 V_first V_second, with V as :func:`payoff.stats.ranking.placements` has it.
    """

    positive: float
    negative: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSums:
    """What the rows add up to in d, the first score's loss less the second's.

    Attributes
    ----------
    rows, events : rows, and those of the rarer outcome.
    weight, squared : sums of w and of w^2.
    mean : of d, weighted.
    spread, third : sums of w (d - mean)^2 and of w (d - mean)^3.
    squared_spread : sum of w^2 (d - mean)^2.
    clipped : rows that either score called impossible and that happened.
    cubes : between what the sum of w^3 (d - mean)^3 lies; None where all rows weigh 1, and it is ``third``.
    """

    rows: int
    events: int
    weight: float
    squared: float
    mean: float
    spread: float
    third: float
    squared_spread: float
    clipped: int = 0
    cubes: tuple[float, float] | None = None


def roc_auc_difference(pairs: PairCells, level: float = 0.95) -> Interval:
    """Return the AUC of the first score less that of the second, on the same rows, by paired DeLong.

    Rows must be independent, and neither score may have been fitted to them: of nested models on the rows that
    fitted them the difference is no normal number (Demler 2012).

    >>> one = np.ones(2)
    >>> pairs = PairCells(first=np.array([0.1, 0.9]), second=one, positive=one - [1, 0], negative=one - [0, 1],
    ...     positive_squared=one - [1, 0], negative_squared=one - [0, 1], positives=1, negatives=1)
    >>> roc_auc_difference(pairs).value  # a perfect score against none
    0.5
    """
    sides = [_marginal(pairs, score) for score in (pairs.first, pairs.second)]
    if not min(pairs.positive.sum(), pairs.negative.sum()) > 0.0:
        return roc_auc_difference_by_products(sides[0][0], sides[1][0], PlacementProducts(0.0, 0.0), level)
    places = [placements(cells) for cells, _ in sides]
    of_positives = [place[0][at] for place, (_, at) in zip(places, sides, strict=True)]
    of_negatives = [place[1][at] for place, (_, at) in zip(places, sides, strict=True)]
    products = PlacementProducts(
        positive=float(pairs.positive_squared @ (of_positives[0] * of_positives[1])),
        negative=float(pairs.negative_squared @ (of_negatives[0] * of_negatives[1])),
    )
    return roc_auc_difference_by_products(sides[0][0], sides[1][0], products, level)


def roc_auc_difference_by_products(
    first: ScoreCells, second: ScoreCells, products: PlacementProducts, level: float = 0.95
) -> Interval:
    """Return :func:`roc_auc_difference` from both scores' own tables and the products of the rows' placements.

    Raises
    ------
    ValueError
        Where the tables do not hold the same rows.
    """
    if (first.positives, first.negatives) != (second.positives, second.negatives):
        raise ValueError("a paired difference needs the same rows in both tables")
    found = _empty(
        first.positives + first.negatives, min(first.positives, first.negatives), level, "delong_paired"
    )
    if not min(first.positive.sum(), first.negative.sum()) > 0.0:
        return replace(found, note=no_ranking(first))
    (area, own), (other, theirs) = delong(first), delong(second)
    both = _covariance(first, second, products, (area, other))
    variance = own + theirs - 2.0 * both
    # Rounding leaves this much of two variances that cancel.
    if not variance > 1e-13 * (own + theirs):
        return replace(found, value=area - other, note=ALIKE if abs(area - other) < ROUNDING else NO_ERROR)
    stderr = math.sqrt(variance)
    reach = float(normal_ppf(0.5 + level / 2.0)) * stderr
    low, high = max(area - other - reach, -1.0), min(area - other + reach, 1.0)
    made = replace(found, value=area - other, low=low, high=high, stderr=stderr, tier="A", note=None)
    return few_of_the_rarer(made, first.worth)


def _marginal(pairs: PairCells, score: Floats) -> tuple[ScoreCells, NDArray[np.intp]]:
    levels, at = np.unique(score, return_inverse=True)

    def summed(column: Floats) -> Floats:
        return np.asarray(np.bincount(at, column, len(levels)), dtype=np.float64)

    cells = ScoreCells(
        score=levels,
        positive=summed(pairs.positive),
        negative=summed(pairs.negative),
        positive_squared=summed(pairs.positive_squared),
        negative_squared=summed(pairs.negative_squared),
        positives=pairs.positives,
        negatives=pairs.negatives,
    )
    return cells, at


def _covariance(
    first: ScoreCells, second: ScoreCells, products: PlacementProducts, areas: tuple[float, float]
) -> float:
    """Return the covariance of two AUCs, with the finite-sample factor of their variances."""
    covariance = 0.0
    ours, theirs = placements(first), placements(second)
    for outcome, side in (("positive", 0), ("negative", 1)):
        squared, others = (getattr(cells, f"{outcome}_squared") for cells in (first, second))
        rows, total = getattr(first, f"{outcome}s"), float(getattr(first, outcome).sum())
        cross = getattr(products, outcome)
        cross += areas[0] * areas[1] * float(squared.sum())
        cross -= areas[0] * float(others @ theirs[side]) + areas[1] * float(squared @ ours[side])
        covariance += cross / total**2 * rows / (rows - 1) if rows > 1 else 0.0
    return covariance


def loss_sums(pairs: PairCells, loss: Loss) -> PairSums:
    """Return the sums of the difference in loss over the rows of two scores that are probabilities.

    Log losses are clipped as :func:`payoff.stats.probability_scores.log_loss` clips them.
    """
    weight = np.concatenate([pairs.positive, pairs.negative])
    squared = np.concatenate([pairs.positive_squared, pairs.negative_squared])
    (ours, wrong), (theirs, also) = (losses(score, loss) for score in (pairs.first, pairs.second))
    gap, total = ours - theirs, float(weight.sum())
    mean = float(weight @ gap) / total if total > 0.0 else 0.0
    off = about_outcomes(weight, gap) if pairs.stratified else gap - mean
    risen = within_outcomes(squared, (pairs.positives, pairs.negatives)) if pairs.stratified else squared
    held, worth = weight[wrong | also], squared[wrong | also]
    return PairSums(
        rows=pairs.positives + pairs.negatives,
        events=min(pairs.positives, pairs.negatives),
        weight=total,
        squared=float(squared.sum()),
        mean=mean,
        spread=float(weight @ off**2),
        third=float(weight @ off**3),
        squared_spread=spread_left(risen, off, np.abs(ours) + np.abs(theirs)),
        clipped=max(round(float(kish(held.sum(), worth.sum()))), 1) if worth.sum() > 0.0 else 0,
        cubes=_cubes(weight, squared, off, pairs.positives + pairs.negatives),
    )


def _cubes(weight: Floats, squared: Floats, off: Floats, rows: int) -> tuple[float, float] | None:
    """Return the least and the most that the sum of w^3 off^3 can be, from sums of w and w^2 by cell.

    Of a cell (sum w^2)^2 / sum w <= sum w^3 <= (sum w^2)^(3/2), by Cauchy and since no row weighs more than the root of
    the squares: both ends are the cube itself where a cell is one row, as it is for scores without ties.
    """
    if float(weight.sum()) == rows and float(squared.sum()) == rows:
        return None
    least = np.divide(squared**2, weight, out=np.zeros_like(weight), where=weight > 0.0)
    most, cube = squared**1.5, off**3
    low = np.where(cube > 0.0, cube * least, cube * most)
    high = np.where(cube > 0.0, cube * most, cube * least)
    return float(low.sum()), float(high.sum())


def losses(score: Floats, loss: Loss) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the loss of the positives of every cell, then of the negatives, and where a log loss is clipped."""
    if loss == "brier_score":
        return np.concatenate([(1.0 - score) ** 2, score**2]), np.zeros(2 * len(score), dtype=np.bool_)
    inside = np.clip(score, EPSILON, 1.0 - EPSILON)
    wrong = np.concatenate([score < EPSILON, score > 1.0 - EPSILON])
    return np.concatenate([-np.log(inside), -np.log1p(-inside)]), wrong


def loss_difference(sums: PairSums, level: float = 0.95) -> Interval:
    """Return the mean difference in loss, below zero where the first score is better, with Hall's interval.

    Rows must be independent. Widened, and from some tail on without a promise, as other skewed means are.

    >>> sums = PairSums(rows=4, events=2, weight=4.0, squared=4.0, mean=0.5, spread=3.0, third=0.0, squared_spread=3.0)
    >>> found = loss_difference(sums)  # no skewness: Student's t with 3 degrees of freedom, 3.1824 * sqrt(3 / 4 / 3)
    >>> found.value, round(found.low, 4), found.stderr
    (0.5, -1.0912, 0.5)
    """
    found = _empty(sums.rows, sums.events, level, "hall_paired")
    if sums.rows == 0 or not sums.weight > 0.0:
        return replace(found, note="undefined: no rows")
    if sums.rows < 2 or not sums.squared_spread > 0.0:
        return replace(found, value=sums.mean, note=NO_ERROR if sums.mean else ALIKE)
    stderr = math.sqrt(sums.squared_spread * sums.rows / (sums.rows - 1)) / sums.weight
    units = min(float(kish(sums.weight, sums.squared)), sums.rows)
    skewness, heaviest = _skewness(sums, units)
    factor = int(widening(heaviest))
    quantile = float(t_ppf(1.0 - 0.5 * (1.0 - level) / max(factor, 1), max(units - 1.0, 1.0)))
    low, high = hall_bounds(sums.mean, stderr, skewness, units, (-quantile, quantile))
    tiers: dict[int, Tier] = {0: "C", 1: "A"}
    notes = {0: "the tail is too heavy for the interval", 1: None}
    clip = f"{sums.clipped:,} rows were called impossible and happened: the loss rests on the clip at 2.2e-16"
    return replace(
        found,
        value=sums.mean,
        low=float(low),
        high=float(high),
        stderr=stderr,
        tier="C" if sums.clipped else tiers.get(factor, "A-"),
        note=clip if sums.clipped else notes.get(factor, "widened for a heavy tail"),
    )


def _skewness(sums: PairSums, units: float) -> tuple[float, float]:
    """Return the skewness for Hall's bounds, and r for the tier: with weights the most that it can be."""
    if sums.cubes is None:
        skewness = sums.third / sums.weight / (sums.spread / sums.weight) ** 1.5
        return skewness, float(tail_ratio(skewness, units))
    low, high = (end / sums.squared_spread**1.5 for end in sums.cubes)
    return (low + high) / 2.0 * math.sqrt(units), max(abs(low), abs(high))


def _empty(rows: int, events: int, level: float, method: str) -> Interval:
    return Interval(
        value=None, low=None, high=None, level=level, rows=rows, events=events, method=method, tier="C"
    )
