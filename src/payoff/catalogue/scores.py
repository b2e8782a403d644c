"""Metrics of a score, from its scores table."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue.clusters import Clusters
from payoff.catalogue.entries import CATALOGUE
from payoff.catalogue.further import FURTHER, FURTHER_SCALES, by_clusters
from payoff.catalogue.weights import Weights
from payoff.stats.calibration import calibration_error, calibration_in_the_large, local_calibration
from payoff.stats.estimates import Interval
from payoff.stats.given_precision import average_precision_at
from payoff.stats.jackknife import Scale, delete_a_group, jackknife_bounds
from payoff.stats.probability_scores import brier_score, log_loss
from payoff.stats.ranking import ScoreCells, Within, roc_auc
from payoff.stats.weighted_means import by_outcome, kept_within
from payoff.tables import Cells, Spread, distinct
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tables.given_shares import at_given_shares

Floats = NDArray[np.float64]
TINY = float(np.finfo(np.float64).tiny)
Kernel = Callable[[ScoreCells, float], Interval]
KERNELS: dict[str, Kernel] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision_at,
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": lambda cells, _: calibration_error(cells),
    "calibration_in_the_large": calibration_in_the_large,
    **FURTHER,
}
# Means of a number per row, whose method counts weights itself, and what they can be.
MEANS_OF_ROWS = ("log_loss", "brier_score", "calibration_in_the_large", "local_calibration")
POSSIBLE = dict(zip(MEANS_OF_ROWS, ((0.0, math.inf), (0.0, 1.0), (-1.0, 1.0), (-1.0, 1.0)), strict=True))
SCALES: dict[str, Scale] = {"roc_auc": "logit", "average_precision": "logit", **FURTHER_SCALES}


def score_cells(cells: Cells) -> ScoreCells:
    """Return known rows by score, or by score cell, and outcome."""
    if cells.score is None:
        raise ValueError("score metrics need a scores table")
    known = cells.where(cells.known)
    if known.cell is None or known.spread is None:
        score, code = distinct(np.asarray(known.score))
        return _by_score(known, score, code, None)
    numbers, code = np.unique(known.cell, return_inverse=True)
    spread = known.spread.merged(code, len(numbers))
    mean = _inside(spread, spread.first, _total(code, known.moments.weight, len(numbers)))
    # The last bit of a cell's number sets round scores apart from the others of one stretch.
    order = np.lexsort((mean, numbers >> 1))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    code, mean, spread = rank[code], mean[order], spread.take(order)
    return _by_score(known, mean, code, _within(known, mean, code, spread, numbers[order] >> 1))


def _by_score(known: Cells, score: Floats, code: NDArray[np.intp], within: Within | None) -> ScoreCells:
    moments = known.moments

    def of(column: Floats, state: int) -> Floats:
        return _total(code, column * (known.state == state), len(score))

    return ScoreCells(
        score=score,
        positive=of(moments.weight, POSITIVE),
        negative=of(moments.weight, NEGATIVE),
        positive_squared=of(moments.weight2, POSITIVE),
        negative_squared=of(moments.weight2, NEGATIVE),
        positive_cubed=of(moments.weight3, POSITIVE),
        negative_cubed=of(moments.weight3, NEGATIVE),
        positives=int(moments.rows[known.state == POSITIVE].sum()),
        negatives=int(moments.rows[known.state == NEGATIVE].sum()),
        within=within,
        stratified=known.prevalence is not None,
    )


def _within(
    known: Cells, mean: Floats, code: NDArray[np.intp], spread: Spread, stretch: NDArray[np.int64]
) -> Within:
    """Return what the cells of a grid hide: means and variances by outcome, ranges, and pairs that overlap."""
    of_outcome, weights = {}, {}
    for state in (POSITIVE, NEGATIVE):
        here = known.state == state
        sums = (known.moments.weight, _spread_of(known).first, _spread_of(known).second)
        weight, total, square = (_total(code[here], column[here], len(mean)) for column in sums)
        own = np.where(weight > 0, _inside(spread, total, weight), mean)
        of_outcome[state] = own, np.where(weight > 0, _variance(spread, own, square, weight), 0.0)
        weights[state] = weight
    shared = (stretch[1:] == stretch[:-1]) & (spread.low[1:] < spread.high[:-1])
    crossing = weights[POSITIVE][1:] * weights[NEGATIVE][:-1] + weights[POSITIVE][:-1] * weights[NEGATIVE][1:]
    return Within(
        positive_mean=of_outcome[POSITIVE][0],
        negative_mean=of_outcome[NEGATIVE][0],
        positive_variance=of_outcome[POSITIVE][1],
        negative_variance=of_outcome[NEGATIVE][1],
        low=spread.low,
        high=spread.high,
        overlap=float(crossing[shared].sum()),
    )


def _total(code: NDArray[np.intp], column: Floats, size: int) -> Floats:
    return np.bincount(code, column, size).astype(np.float64)


def _inside(spread: Spread, total: Floats, weight: Floats) -> Floats:
    """Return mean scores by cell; rounding takes none out of its cell, and tied scores are their own mean."""
    return np.clip(total / np.maximum(weight, TINY), spread.low, spread.high)


def _variance(spread: Spread, mean: Floats, square: Floats, weight: Floats) -> Floats:
    """Return variances by cell, 0 to the most that scores so far apart can have (Popoviciu).

    Scores of one cell are so near to their mean that the difference of squares may be nothing but rounding.
    Squares of ranks beyond 1e154 overflow; only those of probabilities are of use.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        most = (spread.high - spread.low) ** 2 / 4.0
        found = square / np.maximum(weight, TINY) - mean**2
    return np.where(np.isfinite(found), np.clip(found, 0.0, most), 0.0)


def _spread_of(cells: Cells) -> Spread:
    if cells.spread is None:
        raise ValueError("cells of a grid hold their spread")
    return cells.spread


def score_metrics(
    cells: Cells,
    names: tuple[str, ...],
    threshold: float | None,
    *,
    probability: bool,
    clusters: Clusters | None = None,
    level: float = 0.95,
) -> Iterator[tuple[str, Interval]]:
    """Yield every named metric of a score.

    Parameters
    ----------
    cells : the scores table, or a part of it.
    threshold : the one in use, for calibration near it; None leaves that out.
    probability : whether the score is one; metrics of probabilities are left out for ranks.
    clusters : those that rows come in, and that groups are groups of; None where rows are independent.

    Where rows come in clusters, intervals are delete-a-group jackknives over the hash groups of clusters.
    """
    by_score = score_cells(cells)
    for name in names:
        if CATALOGUE[name].of == "probability" and not probability:
            continue
        kernel = _kernel(name, threshold)
        if kernel is not None:
            yield name, _measured(name, kernel, (cells, by_score), clusters, level)


def score_metric_at(
    cells: Cells,
    name: str,
    at: Mapping[str, float],
    clusters: Clusters | None = None,
    level: float = 0.95,
) -> Interval:
    """Return one metric of a score at parameters of its own, such as ``{"max_fpr": 0.2}`` of a partial area.

    Parameters
    ----------
    cells, clusters : as of :func:`score_metrics`.
    at : as of ``payoff.spec.parameters``; empty for a metric that has none.
    """
    return _measured(name, kernel_at(name, at), (cells, score_cells(cells)), clusters, level)


def kernel_at(name: str, at: Mapping[str, float]) -> Kernel:
    """Return what computes a metric at parameters; a number of bins is a whole one."""
    kernel = KERNELS[name]
    stated = {key: int(number) if key == "bins" else number for key, number in at.items()}
    return partial(kernel, **stated) if stated else kernel


def _measured(
    name: str, kernel: Kernel, both: tuple[Cells, ScoreCells], clusters: Clusters | None, level: float
) -> Interval:
    cells, by_score = both
    if clusters is None:
        return of_independent_rows(name, kernel, by_score, level)
    # Of clusters the jackknife tells the error, and their number whether it is to be trusted.
    kernel = partial(roc_auc, scale="plain") if name == "roc_auc" else kernel
    jackknifed = partial(_clustered, cells, kernel=kernel, scale=SCALES.get(name, "plain"))
    found = by_clusters(name, kernel(by_score, clusters.level(level)), jackknifed)
    return clusters.trusted(_possible(name, found), level)


def of_independent_rows(name: str, kernel: Kernel, cells: ScoreCells, level: float) -> Interval:
    """Return a metric of independent rows; of unequal weights as far as these let it be trusted."""
    if not cells.weighted or cells.stratified:
        return _possible(name, kernel(cells, level))
    weights = of_rarer(cells) if name not in MEANS_OF_ROWS else of_every(cells)
    return weights.trusted(_possible(name, kernel(cells, weights.level(level))), level)


def of_rarer(cells: ScoreCells) -> Weights:
    """Return what weights leave of the outcome that is worth fewer rows."""
    return Weights(*min(zip(cells.worth, (cells.positives, cells.negatives), strict=True)))


def of_every(cells: ScoreCells) -> Weights:
    """Return what weights leave of all rows, for a mean that counts them itself."""
    return Weights(by_outcome(cells).kish, cells.positives + cells.negatives, counted=True)


def _possible(name: str, found: Interval) -> Interval:
    return kept_within(found, *POSSIBLE[name]) if name in POSSIBLE else found


def _kernel(name: str, threshold: float | None) -> Kernel | None:
    if name == "local_calibration":
        if threshold is None:
            return None
        return lambda cells, level: local_calibration(cells, threshold, level)
    return KERNELS[name]


def _clustered(cells: Cells, found: Interval, kernel: Kernel, scale: Scale) -> Interval:
    if found.value is None or found.low is None:
        return found
    without = []
    for group in np.unique(cells.group):
        value = kernel(score_cells(at_given_shares(cells.where(cells.group != group))), found.level).value
        without.append(np.nan if value is None else value)
    if np.isfinite(without).sum() < 2:
        return replace(found, low=None, high=None, tier="C", note="too few clusters for an interval")
    jackknife = delete_a_group(found.value, np.array(without))
    low, high = jackknife_bounds(jackknife, found.level, scale)
    method = f"delete-a-group jackknife over {len(without)} groups of clusters"
    return replace(found, low=low, high=high, method=method, stderr=jackknife.stderr)
