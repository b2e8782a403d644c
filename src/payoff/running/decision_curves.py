"""Net benefit of every score: decision curves over threshold probabilities, and the number at the threshold in use."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import Clusters, clusters_of, score_cells
from payoff.record import Curve
from payoff.running.gathering import Counted
from payoff.spec.model import Candidate, Spec
from payoff.stats.distributions import t_ppf
from payoff.stats.estimates import Estimate, Tier
from payoff.stats.jackknife import delete_a_group
from payoff.stats.net_benefit import (
    NetBenefit,
    at_edges,
    net_benefit,
    net_benefit_points,
    per_hundred,
    wanted_thresholds,
)
from payoff.stats.ranking import ScoreCells
from payoff.tables import Cells

NET_BENEFIT = "net_benefit"
RIVALS = ("nobody", "everybody")
METHOD = "hall_paired"
JACKKNIFE = "paired, delete-a-group jackknife"
OF_RANK = "not evaluated: false alarms weigh by the odds of a threshold probability, and this score is a rank"
NO_THRESHOLD = "not evaluated: no threshold from 0 on and below 1 is in use; the curve shows all"
TUNED = "threshold tuned on these rows"
UNSURE = "no interval: fewer than 50 rows of either outcome are decided differently, or the tail is too heavy"
IN_CLUSTERS = "rows come in clusters: bounds of each threshold by itself over groups of clusters, no band"
LEVEL = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """A score whose net benefit is asked for, with its table by score."""

    candidate: Candidate
    cells: Cells
    by_score: ScoreCells


def decision_curves(counted: Counted) -> Iterator[Curve]:
    """Yield the net benefit of model and challengers over nobody and over everybody, where the spec asks for it."""
    for judged in _judged(counted):
        if judged.candidate.score_is != "probability" or not len(judged.by_score.score):
            continue
        in_use = threshold_in_use(counted, judged.candidate)
        wanted = wanted_thresholds(judged.by_score)
        threshold = at_edges(judged.by_score, wanted if in_use is None else np.append(wanted, in_use))
        for over in RIVALS:
            yield _curve(counted, judged, over, _found(counted, judged, over, threshold))


def net_benefits(counted: Counted) -> Iterator[Estimate]:
    """Yield the net benefit at the threshold in use, or why there is none."""
    for judged in _judged(counted):
        in_use = threshold_in_use(counted, judged.candidate)
        for over in RIVALS:
            about = _about(judged, over)
            if judged.candidate.score_is != "probability":
                yield replace(about, note=OF_RANK)
            elif in_use is None:
                yield replace(about, note=NO_THRESHOLD)
            elif about.rows == 0:
                yield replace(about, note="undefined: no rows")
            else:
                yield _estimate(counted, judged, about, in_use)


def _judged(counted: Counted) -> Iterator[_Judged]:
    grounds = counted.grounds
    if grounds is None or NET_BENEFIT not in grounds.spec.metrics:
        return
    for candidate in grounds.spec.ranked:
        if candidate.role != "baseline":
            cells = counted.scores[candidate.name]
            yield _Judged(candidate, cells, score_cells(cells))


def threshold_in_use(counted: Counted, candidate: Candidate) -> float | None:
    """Return the threshold in use where it can be a probability to act from."""
    at = None if counted.grounds is None else counted.grounds.choices.thresholds.get(candidate.name)
    return at if at is not None and 0.0 <= at < 1.0 else None


def is_prevalence_given(spec: Spec) -> bool:
    """Return whether weights come from a given prevalence, so that outcomes are samples of their own."""
    return spec.data.prevalence is not None and spec.data.weight is None


def _found(counted: Counted, judged: _Judged, over: str, threshold: Floats) -> NetBenefit:
    found = net_benefit(
        judged.by_score,
        threshold,
        over_everybody=over == "everybody",
        stratified=is_prevalence_given(counted.plan.spec),
        level=LEVEL,
    )
    clusters = _clusters(counted)
    return found if clusters is None else _jackknifed(judged.cells, found, over, clusters)


def _clusters(counted: Counted) -> Clusters | None:
    return None if counted.grounds is None else clusters_of(counted.grounds.cells)


def _jackknifed(cells: Cells, found: NetBenefit, over: str, clusters: Clusters) -> NetBenefit:
    """Return the same with bounds of each threshold by itself, from the differences without each group."""
    groups = np.unique(cells.group[cells.known])
    none = np.full(len(found.threshold), np.nan)
    if len(groups) < 2:
        return replace(found, low=none, high=none, band_low=none, band_high=none)
    without = np.stack(
        [
            net_benefit_points(
                score_cells(cells.where(cells.group != group)),
                found.threshold,
                over_everybody=over == "everybody",
            )
            for group in groups
        ]
    )
    stderr = np.array([delete_a_group(0.0, column).stderr for column in without.T])
    reach = float(t_ppf(0.5 + clusters.level(LEVEL) / 2.0, len(groups) - 1)) * stderr
    low = np.where(np.isnan(found.low), np.nan, found.value - reach)
    high = np.where(np.isnan(found.high), np.nan, found.value + reach)
    return replace(found, low=low, high=high, band_low=none, band_high=none, stderr=stderr)


def _curve(counted: Counted, judged: _Judged, over: str, found: NetBenefit) -> Curve:
    clusters = _clusters(counted)
    columns = {
        "threshold": found.threshold,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "band_low": found.band_low,
        "band_high": found.band_high,
    }
    if over == "everybody":
        columns["avoided"] = per_hundred(found.value, found.threshold)
    else:
        columns["everybody"] = found.everybody
    return Curve(
        kind="net_benefit",
        of=judged.candidate.name,
        over=over,
        unit="1",
        points={name: _listed(column) for name, column in columns.items()},
        note=None if clusters is None else "; ".join(one for one in (IN_CLUSTERS, clusters.few) if one),
    )


def _about(judged: _Judged, over: str) -> Estimate:
    cells = judged.by_score
    return Estimate(
        metric=NET_BENEFIT,
        at=None,
        of=judged.candidate.name,
        over=over,
        slice=None,
        value=None,
        low=None,
        high=None,
        level=LEVEL,
        unit="1",
        per=None,
        rows=cells.positives + cells.negatives,
        events=min(cells.positives, cells.negatives),
        method=METHOD,
        tier="C",
    )


def _estimate(counted: Counted, judged: _Judged, about: Estimate, at: float) -> Estimate:
    found = _found(counted, judged, str(about.over), np.array([at]))
    value, low, high = (float(column[0]) for column in (found.value, found.low, found.high))
    sure = not np.isnan(low)
    clusters = _clusters(counted)
    widening = int(found.widening[0]) if clusters is None else 2 if clusters.widened else 1
    tiers: dict[int, Tier] = {0: "C", 1: "A"}
    notes = [] if sure else [UNSURE]
    if clusters is not None and clusters.few is not None:
        widening, notes = 0, [*notes, clusters.few]
    notes += [_widened(clusters)] if sure and widening > 1 else []
    tuned = counted.grounds is not None and judged.candidate.name in counted.grounds.choices.tuned
    notes += [TUNED] if tuned else []
    return replace(
        about,
        at={"threshold": at},
        value=value,
        low=low if sure else None,
        high=high if sure else None,
        events=int(found.events[0]),
        method=METHOD if clusters is None else JACKKNIFE,
        tier=tiers.get(widening, "A-") if sure else "C",
        note="; ".join(notes) or None,
    )


def _widened(clusters: Clusters | None) -> str:
    return "widened for a heavy tail" if clusters is None else "widened for few independent units"


def _listed(column: Floats) -> list[float | None]:
    return [None if np.isnan(number) else float(number) for number in column]
