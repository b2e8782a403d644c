"""Metrics of a score, from its scores table."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from payoff.catalogue.entries import CATALOGUE
from payoff.stats.calibration import calibration_error, calibration_in_the_large, local_calibration
from payoff.stats.estimates import Interval
from payoff.stats.jackknife import Scale, delete_a_group, jackknife_bounds
from payoff.stats.probability_scores import brier_score, log_loss
from payoff.stats.ranking import ScoreCells, average_precision, roc_auc
from payoff.tables import Cells, distinct
from payoff.tables.cells import NEGATIVE, POSITIVE

Kernel = Callable[[ScoreCells, float], Interval]
KERNELS: dict[str, Kernel] = {
    "roc_auc": roc_auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": lambda cells, _: calibration_error(cells),
    "calibration_in_the_large": calibration_in_the_large,
}
SCALES: dict[str, Scale] = {"roc_auc": "logit", "average_precision": "logit"}


def score_cells(cells: Cells) -> ScoreCells:
    """Return known rows by distinct score and outcome."""
    if cells.score is None:
        raise ValueError("score metrics need a scores table")
    known = cells.where(cells.known)
    score, code = distinct(np.asarray(known.score))
    moments = known.moments

    def by_score(column: np.ndarray, state: int) -> np.ndarray:
        return np.bincount(code, column * (known.state == state), len(score))

    return ScoreCells(
        score=score,
        positive=by_score(moments.weight, POSITIVE),
        negative=by_score(moments.weight, NEGATIVE),
        positive_squared=by_score(moments.weight2, POSITIVE),
        negative_squared=by_score(moments.weight2, NEGATIVE),
        positives=int(moments.rows[known.state == POSITIVE].sum()),
        negatives=int(moments.rows[known.state == NEGATIVE].sum()),
    )


def score_metrics(
    cells: Cells, names: tuple[str, ...], threshold: float | None, *, probability: bool, level: float = 0.95
) -> Iterator[tuple[str, Interval]]:
    """Yield every named metric of a score.

    Parameters
    ----------
    cells : the scores table, or a part of it.
    threshold : the one in use, for calibration near it; None leaves that out.
    probability : whether the score is one; metrics of probabilities are left out for ranks.

    Where rows come in clusters, intervals are delete-a-group jackknives over the hash groups of clusters.
    """
    by_score = score_cells(cells)
    for name in names:
        if CATALOGUE[name].of == "probability" and not probability:
            continue
        kernel = _kernel(name, threshold)
        if kernel is not None:
            found = kernel(by_score, level)
            yield (
                name,
                found
                if cells.cluster is None
                else _clustered(cells, found, kernel, SCALES.get(name, "plain")),
            )


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
        value = kernel(score_cells(cells.where(cells.group != group)), found.level).value
        without.append(np.nan if value is None else value)
    if np.isfinite(without).sum() < 2:
        return replace(found, low=None, high=None, tier="C", note="too few clusters for an interval")
    jackknife = delete_a_group(found.value, np.array(without))
    low, high = jackknife_bounds(jackknife, found.level, scale)
    method = f"delete-a-group jackknife over {len(without)} groups of clusters"
    return replace(found, low=low, high=high, method=method, stderr=jackknife.stderr)
