"""From a result to the next hurdle: which ways lead there, and how much of its room each would use."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from payoff.errors.judging import OtherDecision
from payoff.record import AssumptionRecord, Result
from payoff.running.footing import Footing, estimate_of
from payoff.stats.score_models import least_auc
from payoff.verdicts import HurdleRecord
from payoff.verdicts.plans import Direction, Distance

UNMEASURED = "the result does not hold the numbers for it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Present:
    """The model's decisions as the result has them, and what a hurdle still lacks, per decision."""

    record: HurdleRecord
    gap: float
    factor: float
    prevalence: float
    recall: float | None
    alarms: float | None
    on_positive: float
    on_negative: float


def distance_to_next(footing: Footing, result: Result) -> Distance | None:
    """Return how far the result's model is from the first hurdle that it has not cleared; None when all are.

    Every way moves one thing, the others as they are, until the point of the gain meets the hurdle: showing it with
    confidence asks a little more.

    Raises
    ------
    OtherDecision
        When the result is of another decision.
    """
    refuse_other_decision(footing, result)
    record = next((one for one in result.verdict.hurdles if one.status != "cleared"), None)
    if record is None or record.gain is None:
        return None
    gap = record.required - record.gain
    at = _present(footing, result, record, gap)
    ways = [] if gap <= 0 or at is None else list(_ways(footing, result, at))
    ways.sort(key=lambda way: (way.share is None, way.share or 0.0))
    return Distance(
        hurdle=record.name,
        of=record.of,
        over=record.over,
        gain=record.gain,
        required=record.required,
        gap=gap,
        unit=record.unit,
        rows_needed=record.rows_needed,
        directions=tuple(ways),
        note=_note(record, gap),
    )


def refuse_other_decision(footing: Footing, result: Result) -> None:
    """Refuse a result whose decision is not the spec's.

    Raises
    ------
    OtherDecision
        When name, unit or actions differ.
    """
    spec, theirs = footing.spec.decision, result.decision
    mine = {"name": spec.name, "unit": spec.unit, "actions": list(spec.actions)}
    other = [key for key, value in mine.items() if theirs.get(key) != value]
    if other:
        raise OtherDecision(
            where=f"--result, decision.{other[0]}",
            found=f"{theirs.get(other[0])!r}",
            expected=f"{mine[other[0]]!r}, as in the spec",
            fix="name a result of this spec, or the spec of this result.",
        )


def _note(record: HurdleRecord, gap: float) -> str:
    if gap > 0:
        return "Each way alone, until the estimate meets the hurdle; to clear it with confidence asks a little more."
    if record.status == "undecided":
        return "The estimate lies above the hurdle: what lacks is certainty, not accuracy."
    return "The estimate lies above the hurdle."


def _present(footing: Footing, result: Result, record: HurdleRecord, gap: float) -> _Present | None:
    per = record.unit.rpartition(" per ")[2]
    factor = _scale(footing, result, per)
    stakes = footing.stakes({})
    prevalence = estimate_of(result, record.of, "prevalence")
    prevalence = float(stakes.prevalence) if prevalence is None else prevalence
    if factor is None:
        return None
    specificity = estimate_of(result, record.of, "specificity")
    return _Present(
        record=record,
        gap=gap / factor,
        factor=factor,
        prevalence=prevalence,
        recall=estimate_of(result, record.of, "recall"),
        alarms=None if specificity is None else (1.0 - prevalence) * (1.0 - specificity),
        on_positive=float(stakes.on_positive),
        on_negative=float(stakes.on_negative),
    )


def _scale(footing: Footing, result: Result, per: str) -> float | None:
    """Return decisions per period, as the result took them where it knows."""
    if per == "decision":
        return 1.0
    ours, theirs = footing.world.scale(per), result.data.volume_per_year
    if ours is None or footing.world.volume is None or theirs is None:
        return ours
    return ours * theirs / footing.world.volume


def _ways(footing: Footing, result: Result, at: _Present) -> Iterator[Direction]:
    yield from _by_ranking(footing, result, at)
    yield _by_recall(at)
    yield _by_precision(at)
    yield _by_threshold(result, at)
    yield from _by_assumption(result, at)
    if at.record.metric == "net_gain":
        yield _by_cost(footing, at)


def _by_ranking(footing: Footing, result: Result, at: _Present) -> Iterator[Direction]:
    """A better ranking, at its best threshold; nothing where the model has no score or no ranking helps."""
    now, stakes = estimate_of(result, at.record.of, "roc_auc"), footing.stakes({})
    hurdle = next((one for one in footing.spec.hurdles if one.name == at.record.name), None)
    if now is None or hurdle is None or not stakes.is_choice:
        return
    least = float(least_auc("binormal", stakes, footing.required(hurdle, {})))
    beyond, there = math.isnan(least), least <= now
    note = "if scores are binormal, at their best threshold"
    if beyond:
        note = "not even by a perfect ranking"
    elif there:
        note = "it would be enough if scores were binormal: the threshold, or the shape of the curve, is what lacks"
    share = None if beyond or there or now >= 1.0 else (least - now) / (1.0 - now)
    needed = None if share is None else least
    yield Direction(name="AUC", kind="auc", now=now, needed=needed, share=share, note=note)


def _by_recall(at: _Present) -> Direction:
    """More positives caught, without one more false alarm."""
    if at.recall is None or at.on_positive <= 0:
        return Direction(
            name="recall", kind="recall", now=at.recall, needed=None, share=None, note=UNMEASURED
        )
    needed = at.recall + at.gap / (at.prevalence * at.on_positive)
    share = (needed - at.recall) / (1.0 - at.recall) if at.recall < 1.0 else None
    beyond = needed > 1.0
    note = "not even by catching every positive" if beyond else "without one more false alarm"
    return Direction(
        name="recall", kind="recall", now=at.recall, needed=None if beyond else needed, share=share, note=note
    )


def _by_precision(at: _Present) -> Direction:
    """Fewer false alarms, without one positive lost."""
    if at.recall is None or at.alarms is None or at.on_negative >= 0:
        return Direction(
            name="precision", kind="precision", now=None, needed=None, share=None, note=UNMEASURED
        )
    hits, avoided = at.prevalence * at.recall, at.gap / -at.on_negative
    now = hits / (hits + at.alarms) if hits + at.alarms > 0 else None
    share = avoided / at.alarms if at.alarms > 0 else None
    beyond = share is None or share > 1.0
    needed = None if beyond or hits <= 0 else hits / (hits + at.alarms - avoided)
    note = "not even without any false alarm" if beyond else "without one positive lost"
    return Direction(name="precision", kind="precision", now=now, needed=needed, share=share, note=note)


def _by_threshold(result: Result, at: _Present) -> Direction:
    """Another threshold: what the best of them claims on these very rows is the most that can be had."""
    record = at.record
    policy = next((one for one in result.policies if one.name == record.of), None)
    curve = next(
        (one for one in result.curves if (one.kind, one.of, one.over) == ("value", record.of, record.over)),
        None,
    )
    now = None if policy is None else policy.threshold
    if policy is None or curve is None or curve.unit != record.unit or record.gain is None:
        note = "no value curve over this baseline in the result"
        return Direction(name="threshold", kind="threshold", now=now, needed=None, share=None, note=note)
    if policy.kind == "threshold" and policy.threshold_low is not None:
        note = "already tuned: what a better one claims on these rows is luck"
        return Direction(name="threshold", kind="threshold", now=now, needed=None, share=None, note=note)
    pairs = zip(curve.points["value"], curve.points["threshold"], strict=True)
    known = [(float(v), float(t)) for v, t in pairs if v is not None and t is not None]
    best, where = max(known, default=(record.gain, 0.0))
    room = best - record.gain
    share = (record.required - record.gain) / room if room > 0 else None
    beyond = share is None or share > 1.0
    note = (
        "not even the best threshold claims so much"
        if beyond
        else "at most: the best threshold claims it on these rows"
    )
    return Direction(
        name="threshold", kind="threshold", now=now, needed=None if beyond else where, share=share, note=note
    )


def _by_assumption(result: Result, at: _Present) -> Iterator[Direction]:
    """Another margin or cost: by a straight line from the likely value to the end of the range that gains more."""
    first = next((one for one in result.verdict.hurdles if one.needed_to_ship), None)
    comparable = first is not None and (first.over, first.metric, first.unit) == (
        at.record.over,
        at.record.metric,
        at.record.unit,
    )
    for item in result.assumptions:
        end = _better_end(item, at.record.gain or 0.0) if comparable else None
        if end is None:
            note = "no range given" if item.low is None else "moving it within its range gains nothing"
            note = note if comparable else "its effect on this hurdle is not in the result"
            yield Direction(
                name=item.name, kind="assumption", now=item.likely, needed=None, share=None, note=note
            )
            continue
        to, adds = end
        share = at.gap * at.factor / adds
        needed = item.likely + share * (to - item.likely)
        note = "within the range held possible" if share <= 1.0 else "beyond the range held possible"
        yield Direction(
            name=item.name, kind="assumption", now=item.likely, needed=needed, share=share, note=note
        )


def _better_end(item: AssumptionRecord, gain: float) -> tuple[float, float] | None:
    """Return the end of the range at which the gain is larger, and by how much; None where neither is."""
    ends = [
        (to, there - gain)
        for to, there in ((item.low, item.gain_low), (item.high, item.gain_high))
        if to is not None and there is not None and there > gain and to != item.likely
    ]
    return max(ends, key=lambda end: end[1], default=None)


def _by_cost(footing: Footing, at: _Present) -> Direction:
    """A model that costs less to run."""
    running = footing.world.running(footing.spec.model.costs) or 0.0
    now = running * at.factor
    share = at.gap / running if running > 0 else None
    beyond = share is None or share > 1.0
    note = "not even if it ran for nothing" if beyond else "running costs alone"
    needed = None if beyond else now - at.gap * at.factor
    return Direction(name="running costs", kind="cost", now=now, needed=needed, share=share, note=note)
