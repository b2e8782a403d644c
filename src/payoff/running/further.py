"""What a spec asks for by name beyond the metrics of every result: paired differences, and a potential in money."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from payoff.catalogue import (
    CATALOGUE,
    at_of,
    clustered_differences,
    clusters_of,
    paired_shares,
    score_cells,
    score_differences,
)
from payoff.doubt import VOLUME, dimensions, draw, points
from payoff.running.decision_curves import NET_BENEFIT, net_benefits
from payoff.running.gathering import Counted
from payoff.running.measuring import TUNED, acting
from payoff.running.net_benefit_gaps import net_benefit_gaps
from payoff.spec.model import Candidate
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.ranking import undefined
from payoff.stats.retuned import POTENTIAL, expected_maximum_profit

POTENTIAL_IN_MONEY = "expected_maximum_profit"
IN_CLUSTERS = "not evaluated: rows come in clusters, and it takes them as independent"
BY_ROW = "not evaluated: what acting is worth differs between rows of one outcome, and scores are counted without money"
MANY_ACTIONS = "not evaluated: one threshold on a score chooses between two actions, the spec has more"
BACKWARDS = (
    "not evaluated: acting loses on positives and gains on negatives at some assumptions, which no threshold on this "
    "score serves"
)


def further_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield what the spec names beyond its metrics of one candidate and one table."""
    grounds = counted.grounds
    if grounds is None:
        return
    asked = grounds.spec.metrics
    if "paired_differences" in asked:
        yield from _differences(counted)
        yield from _score_differences(counted)
    if NET_BENEFIT in asked:
        yield from net_benefits(counted)
        yield from net_benefit_gaps(counted)
    if POTENTIAL_IN_MONEY in asked:
        for candidate in grounds.spec.ranked:
            yield _potential(counted, candidate)


def _differences(counted: Counted) -> Iterator[Estimate]:
    """Yield shares of model and challengers less those of every other candidate, on the same rows."""
    grounds = counted.grounds
    if grounds is None:
        return
    spec, cells, tuned = grounds.spec, grounds.cells, grounds.choices.tuned
    for candidate in (spec.model, *spec.challengers):
        for rival in spec.candidates:
            if rival.name == candidate.name:
                continue
            note = TUNED if candidate.name in tuned or rival.name in tuned else None
            found = paired_shares(cells, acting(candidate, cells, spec), acting(rival, cells, spec))
            for name, interval in found.items():
                about = {"metric": name, "of": candidate.name, "over": rival.name, "unit": "1"}
                yield _estimate(about, interval, note)


def _score_differences(counted: Counted) -> Iterator[Estimate]:
    """Yield AUC and losses of the scores of model and challengers less those of every other one, on the same rows.

    Two of these are compared once, and the other way round by the signs.
    """
    grounds = counted.grounds
    if grounds is None:
        return
    spec = grounds.spec
    held: dict[tuple[str, str], list[tuple[str, Interval]]] = {}
    for candidate in (spec.model, *spec.challengers):
        for rival in spec.ranked:
            if candidate not in spec.ranked or rival.name == candidate.name:
                continue
            names = (candidate.name, rival.name)
            back = held.get((rival.name, candidate.name))
            if back is None:
                held[names] = list(_between(counted, candidate, rival))
            else:
                held[names] = [(name, found.negated()) for name, found in back]
            for name, interval in held[names]:
                about = {"metric": name, "of": names[0], "over": names[1], "unit": "1"}
                yield _estimate(about, interval, None)


def _between(counted: Counted, one: Candidate, other: Candidate) -> Iterator[tuple[str, Interval]]:
    """Yield AUC and losses of one score less those of another."""
    first, second = (counted.scores[each.name] for each in (one, other))
    probabilities = {one.score_is, other.score_is} == {"probability"}
    clusters = None if counted.grounds is None else clusters_of(counted.grounds.cells)
    if clusters is not None:
        return clustered_differences(first, second, clusters, probabilities=probabilities)
    pair = counted.tables.pair(one.name, other.name)
    return score_differences(first, second, pair, probabilities=probabilities)


def _potential(counted: Counted, candidate: Candidate) -> Estimate:
    """Return what a score could be worth per decision, its threshold retuned to every draw of the assumptions."""
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    spec, valuation = grounds.spec, grounds.valuation
    by_score = score_cells(counted.scores[candidate.name])
    refused = [
        (len(valuation.actions) > 2, MANY_ACTIONS),
        (grounds.constants is None, BY_ROW),
        (counted.tables.clustered, IN_CLUSTERS),
    ]
    about = {
        "metric": POTENTIAL_IN_MONEY,
        "of": candidate.name,
        "over": None,
        "unit": f"{spec.decision.unit} per decision",
        "per": "decision",
    }
    reason = next((text for holds, text in refused if holds), None)
    if reason is not None or grounds.constants is None:
        return _estimate(about, undefined(by_score, 0.95, "hull_linearised", reason or BY_ROW), POTENTIAL)
    ranged = dimensions(spec, counted.world)
    settings = draw(spec, valuation, counted.world, points(len(ranged))) if ranged else {}
    known = {name: setting for name, setting in settings.items() if name != VOLUME}
    worth = np.atleast_2d(valuation.differences(known)[..., 0, :]) @ grounds.constants.T
    if ((worth[:, 1] < 0.0) & (worth[:, 0] > 0.0)).any():
        return _estimate(about, undefined(by_score, 0.95, "hull_linearised", BACKWARDS), POTENTIAL)
    return _estimate(about, expected_maximum_profit(by_score, worth[:, 1], -worth[:, 0]), None)


def _estimate(about: Mapping[str, str | None], found: Interval, note: str | None) -> Estimate:
    joined = "; ".join(text for text in (found.note, note) if text)
    made = found.keyed(
        str(about["metric"]),
        str(about["of"]),
        at=at_of(str(about["metric"])),
        over=about["over"],
        unit=str(about["unit"]),
        per=about.get("per"),
        note=joined or None,
    )
    return made if about["metric"] in CATALOGUE else replace(made, at=None)
