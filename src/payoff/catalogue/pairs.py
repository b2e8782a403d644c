"""Paired differences of two scores on the same rows: ROC AUC, Brier score and log loss."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from payoff.catalogue.clusters import Clusters
from payoff.catalogue.scores import KERNELS, Kernel, kernel_at, of_every, of_rarer, score_cells
from payoff.catalogue.weights import Weights
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import delete_a_group, jackknife_bounds
from payoff.stats.paired_scores import (
    ALIKE,
    Loss,
    PairCells,
    PairSums,
    PlacementProducts,
    loss_difference,
    roc_auc_difference_by_products,
)
from payoff.stats.pairs_on_grid import PairRanges, placement_products, widened_loss_sums
from payoff.stats.ranking import ScoreCells, auc_grid_bound, no_ranking, placements
from payoff.tables import PENDING, Cells, ScorePair
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.tables.given_shares import at_given_shares

LOSSES: tuple[Loss, ...] = ("brier_score", "log_loss")
# Metrics of a score of which more, or less, is better and whose bias is small: their difference is worth a limit.
PAIRED_SCORES: tuple[str, ...] = (
    "roc_auc",
    *LOSSES,
    "average_precision",
    "partial_roc_auc",
    "capture_rate",
    "lift",
)
JACKKNIFE = "paired, delete-a-group jackknife"


def score_differences(
    first: Cells, second: Cells, pair: ScorePair | None, *, probabilities: bool, level: float = 0.95
) -> Iterator[tuple[str, Interval]]:
    """Yield the ROC AUC of one score less that of another on the same rows, and so with the losses of probabilities.

    Parameters
    ----------
    first, second : the scores tables.
    pair : rows by both scores; None where both are one column.
    probabilities : whether both scores are.
    level : two-sided.

    Rows must be independent; for those of clusters see :func:`clustered_differences`.
    """
    ours, theirs = score_cells(first), score_cells(second)
    known = None if pair is None else pair.take(pair.state != PENDING)
    alike = known is None or not known.differ.any()
    rarer, every = _weights(ours)
    inner = level if rarer is None else rarer.level(level)
    area = _noted(_area(ours, theirs, None if alike else known, inner), ours, theirs)
    yield "roc_auc", area if rarer is None else rarer.trusted(area, level)
    for name in LOSSES if probabilities else ():
        found = _loss(name, ours, theirs, None if alike else known, level)
        yield name, found if every is None else every.trusted(found, level)


def _weights(cells: ScoreCells) -> tuple[Weights | None, Weights | None]:
    """Return what unequal weights leave of the rarer outcome, and of all rows."""
    if not cells.weighted or cells.stratified:
        return None, None
    return of_rarer(cells), of_every(cells)


def _area(ours: ScoreCells, theirs: ScoreCells, pair: ScorePair | None, level: float) -> Interval:
    if not min(ours.positive.sum(), ours.negative.sum()) > 0.0:
        return roc_auc_difference_by_products(ours, theirs, PlacementProducts(0.0, 0.0), level)
    if pair is not None:
        products = placement_products(pair_cells(pair)[0], ours, theirs)
        return roc_auc_difference_by_products(ours, theirs, products, level)
    squares = [
        float(squared @ place**2)
        for squared, place in zip(
            (ours.positive_squared, ours.negative_squared), placements(ours), strict=True
        )
    ]
    return roc_auc_difference_by_products(ours, ours, PlacementProducts(*squares), level)


def _noted(found: Interval, ours: ScoreCells, theirs: ScoreCells) -> Interval:
    """Say how far the difference can be off where either score was counted on a grid."""
    gridded = [cells for cells in (ours, theirs) if cells.within is not None]
    if not gridded or found.low is None:
        return found
    bound = sum(auc_grid_bound(cells) for cells in gridded)
    note = f"on grids of scores: within {bound:.1g} of the number by exact scores"
    if bound <= (found.stderr or 0.0):
        return replace(found, note=note)
    return replace(
        found, tier="C", note=f"{note}, which is more than its error: too small to be told on a grid"
    )


def _loss(name: Loss, ours: ScoreCells, theirs: ScoreCells, pair: ScorePair | None, level: float) -> Interval:
    rows, events = ours.positives + ours.negatives, min(ours.positives, ours.negatives)
    if pair is None:
        weight = float((ours.positive + ours.negative).sum())
        none = PairSums(
            rows=rows,
            events=events,
            weight=weight,
            squared=weight,
            mean=0.0,
            spread=0.0,
            third=0.0,
            squared_spread=0.0,
        )
        return loss_difference(none, level)
    both, ranges = pair_cells(pair)
    both = replace(both, stratified=ours.stratified)
    values = [KERNELS[name](cells, level).value or 0.0 for cells in (ours, theirs)]
    return loss_difference(widened_loss_sums(both, ranges, name, values[0] - values[1]), level)


def pair_cells(pair: ScorePair) -> tuple[PairCells, PairRanges]:
    """Return known rows by both scores as the statistics take them, with the ranges of the scores."""
    columns = []
    for key, spread in ((pair.first, pair.first_spread), (pair.second, pair.second_spread)):
        if spread is None:
            columns.append((np.asarray(key, dtype=np.float64),) * 3)
            continue
        mean = spread.first / np.where(pair.weight > 0.0, pair.weight, 1.0)
        columns.append((np.clip(mean, spread.low, spread.high), spread.low, spread.high))
    (first, first_low, first_high), (second, second_low, second_high) = columns
    held = [np.asarray(pair.state == state, dtype=np.float64) for state in (POSITIVE, NEGATIVE)]
    cells = PairCells(
        first=first,
        second=second,
        positive=pair.weight * held[0],
        negative=pair.weight * held[1],
        positive_squared=pair.weight2 * held[0],
        negative_squared=pair.weight2 * held[1],
        positives=int(pair.rows[pair.state == POSITIVE].sum()),
        negatives=int(pair.rows[pair.state == NEGATIVE].sum()),
    )
    ranges = PairRanges(
        first_low=first_low, first_high=first_high, second_low=second_low, second_high=second_high
    )
    return cells, ranges


def score_difference(
    name: str,
    first: Cells,
    second: Cells,
    pair: ScorePair | None,
    clusters: Clusters | None,
    level: float = 0.95,
) -> Interval:
    """Return one metric of one score less that of another on the same rows.

    Parameters
    ----------
    name : one of ``PAIRED_SCORES``.
    first, second, pair : as of :func:`score_differences`; ``pair`` is not needed where rows come in clusters.
    clusters : those that rows come in, None where they are independent.

    ROC AUC by paired DeLong, losses by the mean over rows; every other metric, and all of them in clusters, by the
    jackknife over groups: the two scores are told apart on the same groups of rows.
    """
    if clusters is not None:
        return clusters.trusted(_jackknifed(KERNELS[name], first, second, clusters.level(level)), level)
    if name in ("roc_auc", *LOSSES):
        found = score_differences(first, second, pair, probabilities=name != "roc_auc", level=level)
        return dict(found)[name]
    return _of_independent_rows(KERNELS[name], first, second, level)


def score_difference_at(
    name: str,
    at: Mapping[str, float],
    first: Cells,
    second: Cells,
    clusters: Clusters | None,
    level: float = 0.95,
) -> Interval:
    """Return the paired difference of a metric at parameters of its own, by the jackknife over groups."""
    kernel = kernel_at(name, at)
    if clusters is None:
        return _of_independent_rows(kernel, first, second, level)
    return clusters.trusted(_jackknifed(kernel, first, second, clusters.level(level)), level)


def _of_independent_rows(kernel: Kernel, first: Cells, second: Cells, level: float) -> Interval:
    rarer = _weights(score_cells(first))[0]
    found = _jackknifed(kernel, first, second, level)
    return found if rarer is None else rarer.trusted(found, level)


def clustered_differences(
    first: Cells, second: Cells, clusters: Clusters, *, probabilities: bool, level: float = 0.95
) -> Iterator[tuple[str, Interval]]:
    """Yield the same where rows come in clusters: the error is that of the difference over groups of clusters."""
    for name in ("roc_auc", *(LOSSES if probabilities else ())):
        yield name, clusters.trusted(_jackknifed(KERNELS[name], first, second, clusters.level(level)), level)


def _jackknifed(kernel: Kernel, first: Cells, second: Cells, level: float) -> Interval:
    ours = score_cells(first)
    about = Interval(
        value=_gap(kernel, first, second),
        low=None,
        high=None,
        level=level,
        rows=ours.positives + ours.negatives,
        events=min(ours.positives, ours.negatives),
        method=JACKKNIFE,
        tier="C",
    )
    if about.value is None:
        return replace(about, note=no_ranking(ours) or "undefined: no rows")
    without = []
    for group in np.unique(first.group):
        gap = _gap(kernel, *(at_given_shares(cells.where(cells.group != group)) for cells in (first, second)))
        without.append(np.nan if gap is None else gap)
    if np.isfinite(without).sum() < 2:
        return replace(about, note="no interval: fewer than two groups of rows are told apart")
    found = delete_a_group(about.value, np.array(without))
    if not found.stderr > 0.0:
        return replace(about, note=ALIKE)
    low, high = jackknife_bounds(found, level)
    return replace(about, low=low, high=high, tier="A", stderr=found.stderr)


def _gap(kernel: Kernel, first: Cells, second: Cells) -> float | None:
    values = [kernel(score_cells(cells), 0.95).value for cells in (first, second)]
    return None if values[0] is None or values[1] is None else values[0] - values[1]
