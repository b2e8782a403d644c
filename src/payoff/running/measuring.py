"""Technical metrics of every candidate, whole and by slice, and what guardrails measure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import (
    CATALOGUE,
    MEANS,
    SKILL_OF,
    beta_of,
    clusters_of,
    decision_bounds,
    decision_metrics,
    jackknifed,
    kind_of_metric,
    newcombe_difference,
    score_metric_at,
    score_metrics,
)
from payoff.choices import shares
from payoff.comparison import Comparison, Grounds, compare
from payoff.running.classes import measured_by_class
from payoff.running.gathering import Counted
from payoff.running.limited import decided_cells, of_decisions
from payoff.running.money import money_interval, parts_compared, places_of
from payoff.running.quantities import quantity_estimates, quantity_measured
from payoff.running.score_limits import score_gap_limit, score_limit, unsupported
from payoff.running.timing import LATENCY, measured_latency
from payoff.spec.model import Candidate, Costs, Guardrail, Spec
from payoff.spec.parameters import Measure, default_of
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.tiers import EVENTS_TO_JUDGE
from payoff.tables import Cells
from payoff.tabulation import SliceTable
from payoff.verdicts import Measured, volume_unknown

TUNED = "threshold tuned on these rows"
FEWEST = 10
# Metrics of a score that depend on the threshold in use.
BY_THRESHOLD = ("local_calibration",)
OF_SLICES = ("prevalence", "act_rate", "precision", "recall")


def technical_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield every metric that the spec asks for, of every candidate it can be computed for."""
    grounds = counted.grounds
    if grounds is None:
        return
    spec = grounds.spec
    if spec.of_quantity is not None:
        yield from quantity_estimates(counted)
        return
    for candidate in spec.candidates:
        note = TUNED if candidate.name in grounds.choices.tuned else None
        for one, found in _of_decisions_asked(grounds, candidate):
            if one.name != "prevalence":
                yield _estimate(one, candidate.name, found, None, note)
            elif candidate.role == "model":
                yield _estimate(one, candidate.name, found, None, None)
    yield from _score_estimates(counted, grounds.choices.thresholds)


def _of_decisions_asked(grounds: Grounds, candidate: Candidate) -> Iterator[tuple[Measure, Interval]]:
    usual, own = _asked(grounds.spec, "decisions")
    for name, found in of_decisions(grounds, candidate, usual):
        yield usual_measure(name), found
    for one in own:
        beta = beta_of(dict(one.at))
        for _, found in of_decisions(grounds, candidate, (one.name,), beta=beta, exact=one.exact):
            yield one, found


def _score_estimates(counted: Counted, thresholds: Mapping[str, float | None]) -> Iterator[Estimate]:
    """Yield the metrics of every score; candidates that share its cells share those that no threshold is part of."""
    spec, clusters = (
        counted.plan.spec,
        None if counted.grounds is None else clusters_of(counted.grounds.cells),
    )
    (rankings, own), (probabilities, also) = (_asked(spec, kind) for kind in ("ranking", "probability"))
    names = rankings + probabilities
    held: dict[tuple[int, bool], dict[Measure, Interval]] = {}
    for candidate in spec.ranked:
        cells, probability = counted.scores[candidate.name], candidate.score_is == "probability"
        known = held.setdefault((id(cells), probability), {})
        asked = tuple(name for name in names if usual_measure(name) not in known)
        found = score_metrics(
            cells,
            asked,
            thresholds.get(candidate.name),
            probability=probability,
            clusters=clusters,
        )
        all_of_it = known | {usual_measure(name): one for name, one in found}
        for one in (*own, *(also if probability else ())):
            if one not in all_of_it:
                all_of_it[one] = score_metric_at(cells, one.name, dict(one.at), clusters)
        known |= {one: found for one, found in all_of_it.items() if one.name not in BY_THRESHOLD}
        for one in (*(usual_measure(name) for name in names), *own, *also):
            if one in all_of_it:
                yield _estimate(one, candidate.name, all_of_it[one], None, None)


def slice_metrics(counted: Counted, table: SliceTable) -> Iterator[Estimate]:
    """Yield the metrics of decisions of the model in every slice of one entry."""
    grounds = counted.grounds
    if grounds is None or grounds.spec.of_quantity is not None:
        return
    spec = grounds.spec
    usual, own = _asked(spec, "decisions")
    names = tuple(name for name in usual if name in OF_SLICES)
    for where, cells in table.parts():
        acted = acting(spec.model, cells, spec)
        for name, found in decision_metrics(cells, acted, names):
            yield _estimate(usual_measure(name), spec.model.name, found, where, None)
        for one in (one for one in own if one.name in OF_SLICES):
            for _, found in decision_metrics(cells, acted, (one.name,), exact=one.exact):
                yield _estimate(one, spec.model.name, found, where, None)


def measured(counted: Counted, rail: Guardrail) -> tuple[Measured, ...]:
    """Return what one guardrail limits, in every place that it names.

    Raises
    ------
    UnsupportedGuardrail
        For a metric, or a difference of scores, that these rows cannot give (``payoff.running.score_limits``).
    VolumeUnknown
        For money per period, or less running costs per period, where nothing tells the volume.
    """
    grounds = counted.grounds
    if grounds is None:
        return ()
    if rail.metric in (*MEANS, *SKILL_OF):
        return quantity_measured(counted, rail)
    of = grounds.spec.model
    if rail.metric == LATENCY:
        return (measured_latency(grounds.spec, counted.latencies, rail),)
    if kind_of_metric(rail.metric) == "money":
        compared = money_compared(counted, grounds, rail)
        return tuple(_money(counted, rail, comparison, where) for where, comparison in compared)
    if not rail.in_every:
        return (_measure(counted, rail, grounds.cells, counted.scores.get(of.name), None),)
    out: list[Measured] = []
    for table in (table for table in counted.slices if table.entry in rail.in_every):
        scores = next((one for one in counted.tables.sliced_scores if one.entry == table.entry), None)
        for j, (where, cells) in enumerate(table.parts()):
            own = None if scores is None else scores.part(scores.values.index(table.values[j]))
            out.append(_measure(counted, rail, cells, own, where))
    return tuple(out)


def money_compared(
    counted: Counted, grounds: Grounds, rail: Guardrail
) -> list[tuple[Mapping[str, str] | None, Comparison]]:
    """Return what a guardrail of money judges, in every place that it names; the place of all rows is None."""
    over = _rival(rail, grounds.spec)
    if not rail.in_every:
        return [(None, compare(grounds, grounds.spec.model.name, over))]
    return [
        (where, comparison)
        for table in counted.slices
        if table.entry in rail.in_every
        for where, comparison in zip(places_of(table), parts_compared(grounds, over, table), strict=True)
    ]


def _rival(rail: Guardrail, spec: Spec) -> str | None:
    """Return what a limit on money is over, None for a value."""
    return None if rail.metric == "value" else rail.over or spec.today or "nobody"


def acting(candidate: Candidate, cells: Cells, spec: Spec) -> NDArray[np.float64]:
    """Return (c,) the share of each cell's rows on which the first action is taken."""
    return shares(candidate, cells, spec.decision.actions)[:, 0]


def _measure(
    counted: Counted, rail: Guardrail, cells: Cells, scores: Cells | None, where: Mapping[str, str] | None
) -> Measured:
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    spec, kind = grounds.spec, kind_of_metric(rail.metric)
    if spec.data.classes is not None and rail.metric != "act_rate":
        return measured_by_class(rail, cells, spec, where)
    if rail.over is not None:
        return (
            _difference(counted, rail, cells, where)
            if kind == "decisions"
            else score_gap_limit(counted, rail)
        )
    if kind == "decisions" and where is None:
        return _of_decisions(grounds, rail)
    if kind == "decisions":
        acted = acting(spec.model, cells, spec)
        asked = decision_metrics(cells, acted, (rail.metric,), beta=beta_of(rail.at), exact=rail.exact)
        found = dict(asked)[rail.metric]
        return Measured(
            slice=where,
            found=found,
            bounds=lambda confidence: decision_bounds(cells, acted, rail.metric, rail.at, confidence),
            enough=found.rows >= FEWEST,
        )
    if scores is None:
        raise unsupported(rail, "a metric of scores, and the model has no score")
    return score_limit(counted, rail, scores, clusters_of(cells), where)


def _of_decisions(grounds: Grounds, rail: Guardrail) -> Measured:
    """Measure a metric of decisions over all rows; under a capacity by period, the wider bound of several."""
    spec = grounds.spec
    beta = beta_of(rail.at)
    asked = dict(of_decisions(grounds, spec.model, (rail.metric,), beta=beta, exact=rail.exact))
    tables = [(cells, acting(spec.model, cells, spec)) for cells in decided_cells(grounds, spec.model)]

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        ends = [decision_bounds(cells, acted, rail.metric, rail.at, confidence) for cells, acted in tables]
        low, high = (None if None in side else side for side in zip(*ends, strict=True))
        return None if low is None else min(low), None if high is None else max(high)

    found = asked[rail.metric]
    return Measured(slice=None, found=found, bounds=bounds, enough=found.rows >= FEWEST)


def _money(
    counted: Counted, rail: Guardrail, comparison: Comparison, where: Mapping[str, str] | None
) -> Measured:
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    factor = counted.world.scale(rail.per or "decision")
    less = _running(counted, comparison) if rail.metric == "net_gain" else 0.0
    if factor is None or less is None:
        raise volume_unknown(f"guardrail {rail.name!r}")

    def told(end: float | None) -> float | None:
        return None if end is None else (end - less) * factor

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        one = money_interval(grounds, comparison, max(2.0 * confidence - 1.0, 1e-9))
        return told(one.low), told(one.high)

    found = money_interval(grounds, comparison, 0.95)
    value, low, high = map(told, (found.value, found.low, found.high))
    scaled = replace(found, value=value, low=low, high=high, stderr=None)
    return Measured(slice=where, found=scaled, bounds=bounds, enough=(found.events or 0) >= EVENTS_TO_JUDGE)


def _running(counted: Counted, comparison: Comparison) -> float | None:
    """Return running costs per decision, less the baseline's; None where nothing tells the volume."""
    ours, theirs = (counted.world.running(costs) for costs in costs_compared(counted.plan.spec, comparison))
    return None if ours is None or theirs is None else ours - theirs


def costs_compared(spec: Spec, comparison: Comparison) -> tuple[Costs, Costs]:
    """Return what the two policies of a gain cost, beside their decisions."""
    return spec.candidate(comparison.of).costs, spec.candidate(comparison.over or "nobody").costs


def _difference(counted: Counted, rail: Guardrail, cells: Cells, where: Mapping[str, str] | None) -> Measured:
    """Measure a paired difference of a metric of decisions: shares by Newcombe, else the jackknife over groups."""
    grounds = counted.grounds
    if grounds is None:
        raise ValueError("nothing was counted")
    spec = grounds.spec
    rival = spec.candidate(str(rail.over))
    paired = partial(
        newcombe_difference, rail.metric, cells, acting(spec.model, cells, spec), acting(rival, cells, spec)
    )
    shares_differ = paired(0.95)
    if shares_differ is not None:
        return Measured(
            slice=where,
            found=shares_differ,
            bounds=lambda confidence: _ends(paired(max(2.0 * confidence - 1.0, 1e-9))),
            enough=shares_differ.rows >= FEWEST,
        )

    def number(part: Cells) -> float | None:
        both = [
            dict(decision_metrics(part, acting(one, part, spec), (rail.metric,), beta=beta_of(rail.at)))[
                rail.metric
            ].value
            for one in (spec.model, rival)
        ]
        return None if both[0] is None or both[1] is None else both[0] - both[1]

    clusters = clusters_of(cells)

    def at(confidence: float) -> tuple[float | None, float | None]:
        made = jackknifed(cells, number, confidence if clusters is None else clusters.level(confidence))
        return (None, None) if made is None else (made[1], made[2])

    low, high = at(0.975)
    rows = int(cells.moments.rows[cells.known].sum())
    found = Interval(
        value=number(cells),
        low=low,
        high=high,
        level=0.95,
        rows=rows,
        events=int(min(cells.moments.rows[cells.state == state].sum() for state in (0, 1))),
        method="paired, delete-a-group jackknife",
        tier="A" if low is not None else "C",
    )
    found = found if clusters is None else clusters.trusted(found, 0.95)
    few = clusters is not None and clusters.few is not None
    return Measured(
        slice=where, found=found, bounds=(lambda _: (None, None)) if few else at, enough=rows >= FEWEST
    )


def _ends(found: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.low, found.high)


def usual_measure(name: str) -> Measure:
    """Return a metric as it is where nothing but its name is given."""
    return Measure(name=name, at=default_of(name))


def _asked(spec: Spec, kind: str) -> tuple[tuple[str, ...], tuple[Measure, ...]]:
    """Return the names of one kind that are asked for as usual, and what has parameters or a method of its own."""
    known = CATALOGUE if spec.data.classes is None else ("act_rate",)
    asked = spec.measures or tuple(usual_measure(name) for name in spec.metrics or CATALOGUE)
    here = [one for one in asked if one.name in known and CATALOGUE[one.name].of == kind]
    own = tuple(one for one in here if one != usual_measure(one.name))
    return tuple(one.name for one in here if one not in own), own


def _estimate(
    one: Measure, of: str, found: Interval, where: Mapping[str, str] | None, note: str | None
) -> Estimate:
    joined = "; ".join(text for text in (found.note, note) if text)
    return found.keyed(one.name, of, at=dict(one.at) or None, slice=where, note=joined or None)
