"""One hurdle: from a gain with its evidence to cleared, missed, undecided or not evaluated (INTERFACES 4)."""

import math
from dataclasses import dataclass, replace

import numpy as np

from payoff.comparison import Comparison
from payoff.doubt import (
    Draws,
    Judged,
    break_even,
    dimensions,
    draw,
    influence,
    joint_confidence,
    points,
)
from payoff.errors.judging import VolumeUnknown
from payoff.quantities import readable
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Hurdle, Spec
from payoff.spec.volume import World
from payoff.stats.inference import evpi_per_decision, interval, rows_needed, tier_of
from payoff.verdicts.rulings import HurdleRecord, Status

PENDING_LIMIT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circumstances:
    """What is the same for every hurdle of one evaluation.

    ``pending_share`` is of all rows and 0 where a maturity is declared; ``acts`` is False where the candidate
    decides every row as nobody does.
    """

    spec: Spec
    valuation: Valuation
    world: World
    known: int
    pending_share: float
    acts: bool


def judge_hurdle(hurdle: Hurdle, gain: Comparison, about: Circumstances) -> HurdleRecord:
    """Return the hurdle judged.

    Raises
    ------
    VolumeUnknown
        When it is stated per period and neither the spec nor a time column tells the volume.
    """
    judged = judged_gain(hurdle, gain, about)
    required = _required(hurdle, about.world)
    record = _unjudged(hurdle, gain, judged, about)
    reason = _not_evaluated(gain, about)
    if reason is not None:
        cleared = reason == "same_decisions" and required < 0 and float(judged.at({})[0]) > required
        return replace(record, status="cleared" if cleared else "not evaluated", reason=reason)
    settings = draw(
        about.spec, about.valuation, about.world, points(max(1, len(dimensions(about.spec, about.world))))
    )
    sampling = _mean(gain, judged, required, {})
    joint = _mean(gain, judged, required, settings) if settings else sampling
    status = status_of(joint, hurdle.confidence)
    if about.pending_share > PENDING_LIMIT:
        status, reason = "undecided", "pending"
    elif status == "undecided":
        reason = _reason(hurdle, sampling, judged, required, about)
    return replace(
        record,
        status=status,
        reason=reason,
        probability=joint,
        probability_sampling=sampling,
        rows_needed=_rows_needed(hurdle, gain, judged, required) if status == "undecided" else None,
        evpi=_evpi(gain, judged, settings, about.world),
    )


def judged_gain(hurdle: Hurdle, gain: Comparison, about: Circumstances) -> Judged:
    """Return the gain as a function of the assumptions, net of running costs for ``net_gain``.

    Raises
    ------
    VolumeUnknown
        When running costs are stated per period and the volume is unknown.
    """
    cost = fixed = 0.0
    if hurdle.metric == "net_gain":
        ours, theirs = (about.spec.candidate(name).costs for name in (gain.of, gain.over or "nobody"))
        per_decision = [about.world.running(costs) for costs in (ours, theirs)]
        if None in per_decision:
            raise volume_unknown("running costs")
        cost = (per_decision[0] or 0.0) - (per_decision[1] or 0.0)
        fixed = about.world.running_by_period(ours) - about.world.running_by_period(theirs)
    return Judged(
        about.valuation, about.world, gain.point, cost, fixed, per_decision=hurdle.amount.per == "decision"
    )


def _required(hurdle: Hurdle, world: World) -> float:
    required = world.per_decision(hurdle.amount)
    if required is None:
        raise volume_unknown(f"hurdle {hurdle.name!r}")
    return required


def _not_evaluated(gain: Comparison, about: Circumstances) -> str | None:
    if about.known == 0:
        return "no_labels"
    if not about.acts:
        return "does_nothing"
    if gain.is_alike:
        return "same_decisions"
    return tier_of(gain.evidence).reason


def _mean(gain: Comparison, judged: Judged, required: float, settings: Draws) -> float:
    found = joint_confidence(gain.evidence, judged, required, settings)
    if found is None:
        raise ValueError("a tier without verdict has no confidence")
    return float(np.mean(found))


def status_of(probability: float, confidence: float) -> Status:
    """Return cleared, missed or undecided: what a probability says at the confidence asked.

    >>> status_of(0.96, 0.95), status_of(0.96, 0.975), status_of(0.04, 0.95)
    ('cleared', 'undecided', 'missed')
    """
    if probability > confidence:
        return "cleared"
    return "missed" if probability < 1.0 - confidence else "undecided"


def _reason(hurdle: Hurdle, sampling: float, judged: Judged, required: float, about: Circumstances) -> str:
    if status_of(sampling, hurdle.confidence) == "undecided":
        return "sampling"
    shares = influence(about.spec, judged, hurdle.amount)
    if not shares:
        return "assumptions"
    name = max(shares, key=lambda one: shares[one])
    even = break_even(about.spec, judged, name, required) if name in about.spec.assumptions else None
    at = "" if even is None else f", break-even at {readable(even)}"
    return f"assumptions: {name}{at}"


def _unjudged(hurdle: Hurdle, gain: Comparison, judged: Judged, about: Circumstances) -> HurdleRecord:
    likely = about.valuation.contrast()
    found = interval(gain.evidence, likely, value=float(gain.point @ likely))
    scale = about.world.scale(hurdle.amount.per) if hurdle.amount.per != "once" else None
    factor = 1.0 if scale is None else scale
    cost = judged.cost
    ends = (0.0, 0.0) if gain.is_alike else (found.low, found.high)
    low, high = (None if end is None else end - cost for end in ends)
    return HurdleRecord(
        name=hurdle.name,
        needed_to_ship=hurdle.needed_to_ship,
        status="not evaluated",
        of=gain.of,
        over=hurdle.over,
        metric=hurdle.metric,
        gain=None if found.value is None or not np.isfinite(found.value) else (found.value - cost) * factor,
        low=None if low is None else low * factor,
        high=None if high is None else high * factor,
        required=hurdle.amount.value,
        unit=f"{about.spec.decision.unit} per {hurdle.amount.per}",
        confidence=hurdle.confidence,
        probability=None,
        probability_sampling=None,
        reason=None,
        rows_needed=None,
        evpi=None,
        unlocks=hurdle.unlocks,
    )


def _rows_needed(
    hurdle: Hurdle, gain: Comparison, judged: Judged, required: float
) -> tuple[int | None, int | None]:
    likely = judged.valuation.contrast()
    value = float(gain.point @ likely)
    return rows_needed(gain.evidence, likely, required + judged.cost, hurdle.confidence, value)


def _evpi(gain: Comparison, judged: Judged, settings: Draws, world: World) -> float | None:
    """Return the most that knowing the gain exactly could be worth per year, at mean assumptions; None if undefined."""
    likely = judged.valuation.contrast()
    found = interval(gain.evidence, likely, value=float(gain.point @ likely))
    yearly = world.scale("year")
    if found.stderr is None or yearly is None:
        return None
    mean = float(np.mean(judged.at(settings))) if settings else float(judged.at({})[0])
    worth = float(evpi_per_decision(mean, found.stderr)) * yearly
    return worth if math.isfinite(worth) else None


def volume_unknown(where: str) -> VolumeUnknown:
    """Return the error that an amount per period cannot be compared with money per decision."""
    return VolumeUnknown(
        where=where,
        found="an amount per period, and no volume",
        expected="decision.volume, or data.time to take it from",
        fix='add decision.volume, such as "45000 per year", or state the amount per decision.',
    )
