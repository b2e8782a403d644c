"""What if: the gains, hurdles and verdict of a stored result at other assumptions, volume, threshold or capacity.

The decisions are held: an assumption revalues them and does not take them anew. Everything comes from what the result
keeps (``payoff.doubt.revaluing``), no row is read, and the report's page computes the same numbers by the same methods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.limits import Limits
from payoff.doubt.revalued import best_cut, confidence_of, contrast_at_cut, interval_at
from payoff.doubt.revaluing import NO_INTERVAL, Revalued, Revaluing
from payoff.spec.names import VOLUME
from payoff.stats.contrast import Contrast, moments
from payoff.stats.distributions import t_cdf
from payoff.stats.drawn import Curve
from payoff.verdicts.hurdles import status_of
from payoff.verdicts.ladder import overall_of
from payoff.verdicts.rails_then import CANCELLED, NOT_REVALUED, TAIL_HELD
from payoff.verdicts.rulings import HurdleRecord, Status, Verdict, unlocked
from payoff.verdicts.then import Then, asked_at, cost_at, gain_about, rails_at
from payoff.verdicts.tried import GainThen, HurdleThen, Retuned, Tried, WhatIf

Floats = NDArray[np.float64]

LEVEL = 0.95
FEWEST_EVENTS = 50
# Sums are kept to ten digits; what is less apart is the same number.
SAME = 1e-8
CHOSEN_HERE = "chosen on these rows"
BY_GROUPS = "delete-a-group jackknife"
BY_ROOM = "value by room"
POINT_APART = (
    "the point is of thresholds that groups of rows chose, the interval of the one in use: go by that"
)
ANOTHER_ROOM = (
    "another capacity is published at the likely assumptions alone, without an interval of the gain"
)
FEW_EVENTS = "no interval: fewer than 50 deciding events at this threshold"


def what_if(
    revaluing: Revaluing,
    verdict: Verdict,
    curves: Sequence[Curve],
    tried: Tried,
    settings: Mapping[str, float],
    limits: Limits | None = None,
) -> WhatIf:
    """Return what the verdict would be.

    Parameters
    ----------
    revaluing, verdict, curves, limits : of one result.
    tried : what is tried.
    settings : the same as the caller gave it, to be recorded.
    """
    world = Then.of(revaluing, curves, tried)
    hurdles = tuple(_hurdle(world, record) for record in verdict.hurdles)
    rails = rails_at(world, verdict.guardrails, limits)
    judged = [
        replace(record, status=then.status) for record, then in zip(verdict.hurdles, hurdles, strict=True)
    ]
    known = [
        replace(one, status=then.status, reason=then.reason)
        for one, then in zip(verdict.guardrails, rails, strict=True)
        if then.status is not None
    ]
    overall = overall_of(judged, known)
    open_rails = [one.name for one in rails if one.status is None]
    notes = list(_notes(world))
    if open_rails and overall is not None and overall != "reject":
        overall = None
        listed = ", ".join(dict.fromkeys(open_rails))
        notes.append(f"The answer as a whole hangs on guardrails that are not revalued: {listed}.")
    return WhatIf(
        of=revaluing.of,
        settings=dict(settings),
        overall=overall,
        unlocked=unlocked(judged),
        gains=tuple(_gains(world)),
        hurdles=hurdles,
        guardrails=rails,
        retuned=_retuned(world),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One gain per decision before costs, at a setting: its value, interval and what is to be said."""

    value: float | None
    ends: tuple[float, float] | None
    method: str
    tier: str | None
    note: str | None
    contrast: Contrast | None = None


def _found(world: Then, gain: Revalued) -> _Found:
    if world.tried.cut is not None:
        return _found_at_cut(world, gain, world.tried.cut)
    value = None if gain.point is None else float(np.array(gain.point) @ world.at)
    if world.tried.room is not None:
        alone = set(world.tried.values) <= {VOLUME}
        value = None if value is None or world.more_room is None or not alone else value + world.more_room
        return _Found(value=value, ends=None, method=BY_ROOM, tier=None, note=ANOTHER_ROOM)
    ends = interval_at(gain, world.at)
    apart = ends is not None and value is not None and not ends[0] <= value <= ends[1]
    lost = ends is None and gain.kind != "none"
    said = (
        POINT_APART if apart and _is_tuned(gain, world.at) else "",
        CANCELLED if lost else "",
        TAIL_HELD
        if gain.tier == "A" and gain.kind != "certain" and set(world.tried.values) - {VOLUME}
        else "",
        gain.note or "",
    )
    note = "; ".join(filter(None, said))
    return _Found(value=value, ends=ends, method=gain.method, tier=gain.tier, note=note or None)


def _is_tuned(gain: Revalued, at: Floats) -> bool:
    """Return whether the point is of other thresholds than the interval: more apart than the ten digits kept."""
    point, mean = np.array(gain.point), np.array(gain.mean)
    return abs(float((point - mean) @ at)) > SAME * float(np.abs(mean) @ np.abs(at))


def _found_at_cut(world: Then, gain: Revalued, cut: int) -> _Found:
    cuts = world.revaluing.cuts
    if cuts is None:
        raise ValueError("the model has no threshold")
    contrast = contrast_at_cut(cuts, gain, cut)
    value = float(contrast.mean[0] @ world.at)
    why = gain.elsewhere
    if why is None and int(contrast.deciding_events[0]) < FEWEST_EVENTS:
        why = FEW_EVENTS
    stderr = float(moments(contrast, world.at).stderr[0, 0])
    half = float(gain.quantile_elsewhere or 0.0) * stderr
    return _Found(
        value=value,
        ends=None if why is not None else (value - half, value + half),
        method=NO_INTERVAL if why is not None else BY_GROUPS,
        tier=None,
        note=CHOSEN_HERE if why is None else f"{CHOSEN_HERE}; {why}",
        contrast=None if why is not None else contrast,
    )


def _gains(world: Then) -> Sequence[GainThen]:
    unit, per = world.revaluing.unit, "decision" if world.volume is None else "year"
    scale, out = world.scale(per), []
    for gain in world.revaluing.gains:
        found = _found(world, gain)
        for metric, cost in (("gain", 0.0), ("net_gain", cost_at(world, gain))):
            if metric == "net_gain" and gain.cost is None:
                continue
            value, low, high = _less(found, cost, scale)
            out.append(
                GainThen(
                    over=gain.over,
                    metric=metric,
                    unit=f"{unit} per {per}",
                    value=value,
                    low=low,
                    high=high,
                    method=found.method,
                    tier=found.tier,
                    note=found.note,
                )
            )
    return out


def _less(found: _Found, cost: float, scale: float) -> tuple[float | None, float | None, float | None]:
    low, high = (None, None) if found.ends is None else found.ends
    value, low, high = (None if end is None else (end - cost) * scale for end in (found.value, low, high))
    return value, low, high


def _hurdle(world: Then, record: HurdleRecord) -> HurdleThen:
    gain = gain_about(world.revaluing, record)
    per = record.unit.rpartition(" per ")[2]
    found, net = _found(world, gain), record.metric == "net_gain"
    value, low, high = _less(found, cost_at(world, gain) if net else 0.0, world.scale(per))
    probability = _probability(world, gain, found, record)
    status, reason = _status(record, gain, found, value, probability)
    reason = reason if world.tried.moved else record.reason
    return HurdleThen(
        name=record.name,
        needed_to_ship=record.needed_to_ship,
        status=status,
        over=record.over,
        metric=record.metric,
        gain=value,
        low=low,
        high=high,
        required=record.required,
        unit=record.unit,
        confidence=record.confidence,
        probability=probability,
        reason=reason,
        note=found.note,
    )


def _probability(world: Then, gain: Revalued, found: _Found, record: HurdleRecord) -> float | None:
    """Return the confidence that a hurdle is exceeded, averaged over the draws of the assumptions."""
    if record.probability is None or found.ends is None:
        return None
    hurdle = asked_at(world, gain, record)
    if found.contrast is None:
        chances = confidence_of(gain)(world.drawn, hurdle)
    else:
        chances = _picked(world, gain, found.contrast, hurdle)
    return None if chances is None else float(np.mean(chances))


def _picked(world: Then, gain: Revalued, contrast: Contrast, hurdle: Floats) -> Floats:
    """Return (D,) confidences at a cut that may have been picked for its looks: the error counts once for each cut."""
    cuts = world.revaluing.cuts
    if cuts is None:
        raise ValueError("the model has no threshold")
    at = moments(contrast, world.drawn)
    gap, stderr = at.mean[:, 0] - hurdle, at.stderr[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(stderr > 0.0, gap / stderr, np.where(gap == 0.0, 0.0, np.copysign(np.inf, gap)))
    tail = np.minimum(0.5, len(cuts.cuts) * gain.widening * t_cdf(-np.abs(t), contrast.degrees_of_freedom))
    return np.asarray(np.where(t >= 0.0, 1.0 - tail, tail))


def _status(
    record: HurdleRecord, gain: Revalued, found: _Found, value: float | None, probability: float | None
) -> tuple[Status, str | None]:
    if probability is not None:
        if record.reason == "pending":
            return "undecided", "pending"
        return status_of(probability, record.confidence), None
    if gain.kind == "certain" and record.reason == "same_decisions" and found.tier is not None:
        cleared = record.required < 0 and value is not None and value > record.required
        return ("cleared" if cleared else "not evaluated"), "same_decisions"
    return "not evaluated", record.reason if record.probability is None else NOT_REVALUED


def _retuned(world: Then) -> Retuned | None:
    cuts = world.revaluing.cuts
    if cuts is None:
        return None
    place, per = best_cut(cuts, world.at), "decision" if world.volume is None else "year"
    scale = world.scale(per)
    gains = {
        gain.over: float(contrast_at_cut(cuts, gain, place).mean[0] @ world.at) * scale
        for gain in world.revaluing.gains
    }
    return Retuned(threshold=cuts.cuts[place], gains=gains, unit=f"{world.revaluing.unit} per {per}")


def _notes(world: Then) -> Sequence[str]:
    tried, notes = world.tried, []
    for dial in world.revaluing.dials:
        if dial.name not in tried.values:
            continue
        at = tried.values[dial.name]
        if dial.low is not None and dial.high is not None and not dial.low <= at <= dial.high:
            notes.append(f"{dial.name} lies outside the range that its owner gave.")
        if dial.decides:
            held = ", ".join(dial.decides)
            notes.append(f"Decisions are held: with another {dial.name}, {held} would decide otherwise.")
    if VOLUME in tried.values and any(one.method.endswith("by period") for one in world.revaluing.gains):
        notes.append("The share of rows acted on is held: a capacity is taken to grow with the volume.")
    if tried.cut is not None:
        notes.append(
            f"Another threshold, {CHOSEN_HERE}: intervals are from sums of 20 groups, as if it had been fixed "
            "beforehand; hurdles count the error once for each cut on offer."
        )
    return notes
