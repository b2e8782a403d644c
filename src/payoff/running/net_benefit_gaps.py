"""Net benefit of a score less that of another candidate's, at the threshold probability that the first is used at."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import clusters_of, pair_cells, score_cells
from payoff.running.decision_curves import (
    JACKKNIFE,
    LEVEL,
    METHOD,
    NET_BENEFIT,
    TUNED,
    is_prevalence_given,
    threshold_in_use,
)
from payoff.running.gathering import Counted
from payoff.spec.model import Candidate
from payoff.stats.contrast import Contrast, Floats
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.inference import Evidence, interval
from payoff.stats.jackknife import delete_a_group, jackknife_bounds
from payoff.stats.net_benefit import at_edges, net_benefit_points
from payoff.stats.net_benefit_gap import net_benefit_gap
from payoff.tables import PENDING, Cells, ScorePair
from payoff.tables.cells import POSITIVE

ALIKE = "exact: no row is decided differently"


def net_benefit_gaps(counted: Counted) -> Iterator[Estimate]:
    """Yield the net benefit of model and challengers less that of every other probability, where a spec asks for it."""
    grounds = counted.grounds
    if grounds is None or NET_BENEFIT not in grounds.spec.metrics:
        return
    spec, tuned = grounds.spec, grounds.choices.tuned
    probabilities = [one for one in spec.scored if one.score_is == "probability"]
    for one in probabilities:
        at = threshold_in_use(counted, one)
        if one.role == "baseline" or at is None:
            continue
        for other in probabilities:
            if other.name == one.name:
                continue
            found = _gap(counted, one, other, at)
            note = "; ".join(text for text in (found.note, TUNED if one.name in tuned else None) if text)
            yield found.keyed(NET_BENEFIT, one.name, at={"threshold": at}, over=other.name, note=note or None)


def _gap(counted: Counted, one: Candidate, other: Candidate, at: float) -> Interval:
    first, second = counted.scores[one.name], counted.scores[other.name]
    rows = int(first.moments.rows[first.known].sum())
    nothing = Interval(
        value=None, low=None, high=None, level=LEVEL, rows=rows, events=None, method=METHOD, tier="C"
    )
    if rows < 2:
        return replace(nothing, note="undefined: no two rows")
    if one.score == other.score:
        return replace(nothing, value=0.0, low=0.0, high=0.0, events=0, method=ALIKE, tier="A")
    clusters = None if counted.grounds is None else clusters_of(counted.grounds.cells)
    if clusters is not None:
        found = _jackknifed(nothing, first, second, at, clusters.level(LEVEL))
        return clusters.trusted(found, LEVEL)
    pair = counted.tables.pair(one.name, other.name)
    if pair is None:
        raise ValueError("both scores were not counted together")
    pair = pair.take(pair.state != PENDING)
    contrast = net_benefit_gap(pair_cells(pair)[0], at, stratified=is_prevalence_given(counted.plan.spec))
    note = None
    if pair.first_spread is not None or pair.second_spread is not None:
        contrast, note = _on_a_grid(contrast, pair, at, (first, second))
    if not contrast.covariance[0, 0, 0] > 0.0:
        return replace(nothing, value=0.0, note=ALIKE, events=0)
    found = interval(Evidence(contrast=contrast), np.ones(1), LEVEL)
    return replace(found, method=METHOD, note="; ".join(text for text in (note, found.note) if text) or None)


def _on_a_grid(
    contrast: Contrast, pair: ScorePair, at: float, scores: tuple[Cells, Cells]
) -> tuple[Contrast, str | None]:
    """Return the difference from each score's own table, with the most that its error can be by the pairs of cells.

    Rows of a cell that lies on both sides of the threshold may be decided either way; only those decided differently
    for certain count as deciding events.
    """
    edges = [at_edges(score_cells(cells), np.array([at])) for cells in scores]
    over, under = zip(*(_sides(*one, at) for one in _ranges(pair)), strict=True)
    unsure = ~((over[0] | under[0]) & (over[1] | under[1]))
    known = [
        pair.rows[((over[0] & under[1]) | (under[0] & over[1])) & (pair.state == state)] for state in (0, 1)
    ]
    worth = np.where(pair.state == POSITIVE, 1.0, at / (1.0 - at))
    more = float((pair.weight2 * worth**2)[unsure].sum()) / float(pair.weight.sum()) ** 2
    moved = [float(edge[0]) for edge in edges if edge[0] != at]
    found = replace(
        contrast,
        mean=np.array([[_points(scores[0], scores[1], edges)]]),
        covariance=contrast.covariance + more * contrast.units,
        deciding_events=np.array([min(int(one.sum()) for one in known)]),
    )
    return found, f"on a grid: the other score acts from {moved[0]:.6g} on" if moved else None


def _ranges(pair: ScorePair) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    first, second = (
        (np.asarray(key, dtype=np.float64),) * 2 if spread is None else (spread.low, spread.high)
        for key, spread in ((pair.first, pair.first_spread), (pair.second, pair.second_spread))
    )
    return (first[0], first[1]), (second[0], second[1])


def _sides(low: Floats, high: Floats, at: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells lie wholly from the threshold on, and which wholly below it."""
    return low >= at, high < at


def _jackknifed(about: Interval, first: Cells, second: Cells, at: float, level: float) -> Interval:
    """Return the difference with bounds over groups of rows, each score's threshold at an edge of its grid."""
    edges = [at_edges(score_cells(cells), np.array([at])) for cells in (first, second)]
    whole = _points(first, second, edges)
    without = []
    for group in np.unique(first.group[first.known]):
        kept = [cells.where(cells.group != group) for cells in (first, second)]
        without.append(_points(kept[0], kept[1], edges))
    moved = [float(edge[0]) for edge in edges if edge[0] != at]
    note = f"on a grid: the other score acts from {moved[0]:.6g} on" if moved else None
    about = replace(about, value=whole, method=JACKKNIFE, level=level, note=note)
    if np.isfinite(without).sum() < 2:
        return replace(about, note="no interval: fewer than two groups hold rows")
    found = delete_a_group(whole, np.array(without))
    if not found.stderr > 0.0:
        return replace(about, note="no interval: no group tells the two apart from the others")
    low, high = jackknife_bounds(found, level)
    return replace(about, low=low, high=high, tier="A", stderr=found.stderr)


def _points(first: Cells, second: Cells, edges: list[np.ndarray]) -> float:
    found = [
        float(net_benefit_points(score_cells(cells), edge)[0])
        for cells, edge in zip((first, second), edges, strict=True)
    ]
    return found[0] - found[1]
