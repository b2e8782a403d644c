"""Guardrails: limits that must hold beside the hurdles, over all rows or in every slice.

Proportions are judged by one-sided exact bounds, money by its own tier, everything else by its interval. With
``in_every`` a slice is missed only after Holm over the slices of one guardrail; slices too small to judge are
listed and do not block.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from payoff.quantities import readable
from payoff.spec.model import Guardrail
from payoff.stats.estimates import Interval
from payoff.stats.multiplicity import holm
from payoff.stats.tiers import FEW_UNITS
from payoff.verdicts.rulings import GuardrailRecord, Status

NINETY_FIVE = 0.975
GRID = np.concatenate([np.linspace(0.5, 0.99, 50), 1 - np.logspace(-2, -6, 17)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric in one place: its interval, and one-sided bounds at any confidence.

    ``enough`` says whether a slice holds the information to judge it: 10 rows of a proportion, 10 of the rarer
    outcome for a score, 50 deciding events for money.
    """

    slice: Mapping[str, str] | None
    found: Interval
    bounds: Callable[[float], tuple[float | None, float | None]]
    enough: bool = True


def tail_of(confidence: float) -> float:
    """Return the probability with which a bound at a one-sided confidence may be missed; never quite one half.

    >>> tail_of(0.975)
    0.025000000000000022
    """
    return (1.0 - max(2.0 * confidence - 1.0, 1e-9)) / 2.0


def confidences_of(confidence: float) -> tuple[float, ...]:
    """Return every confidence at which a guardrail asks for bounds: its own, the one told, those of the grid."""
    return (confidence, NINETY_FIVE, *GRID.tolist())


def judge_guardrail(rail: Guardrail, of: str, measured: Sequence[Measured]) -> tuple[GuardrailRecord, ...]:
    """Return the guardrail judged in every place that was measured."""
    refuted = _refuted(rail, measured)
    return tuple(_judged(rail, of, place, missed) for place, missed in zip(measured, refuted, strict=True))


def _judged(rail: Guardrail, of: str, place: Measured, missed: bool) -> GuardrailRecord:
    low, high = place.bounds(rail.confidence)
    status, reason = _status(rail, place, low, high, missed)
    return GuardrailRecord(
        name=rail.name,
        metric=rail.metric,
        at=rail.at,
        of=of,
        over=rail.over,
        slice=place.slice,
        limit=_limit(rail),
        status=status,
        value=place.found.value,
        low=place.found.low,
        high=place.found.high,
        confidence=rail.confidence,
        evidence=rail.evidence,
        reason=reason,
    )


def _status(
    rail: Guardrail, place: Measured, low: float | None, high: float | None, missed: bool
) -> tuple[Status, str | None]:
    if place.slice is not None and not place.enough:
        return "not evaluated", "slice_too_small"
    if place.found.value is None or (low is None and high is None):
        return "not evaluated", _why_not(place.found.note)
    if missed:
        return "missed", None
    if rail.evidence == "not refuted":
        return "cleared", None
    shown = (rail.at_least is None or (low is not None and low >= rail.at_least)) and (
        rail.at_most is None or (high is not None and high <= rail.at_most)
    )
    return ("cleared", None) if shown else ("undecided", "sampling")


def _why_not(note: str | None) -> str:
    """Return the reason for no bounds: its code, with what is said of it where that is more than the code."""
    if note is not None and FEW_UNITS in note:
        return f"few_clusters: {note}"
    return note or "no_verdict_tier"


def _refuted(rail: Guardrail, measured: Sequence[Measured]) -> list[bool]:
    """Return in which places the limit is refuted; over several slices after Holm."""
    against = np.array([_p_value(rail, place) for place in measured])
    if len(measured) > 1:
        large = [j for j, place in enumerate(measured) if place.enough]
        if large:
            against[large] = holm(against[large])
    return [bool(p < 1.0 - rail.confidence) for p in against]


def _p_value(rail: Guardrail, place: Measured) -> float:
    """Return one less the largest confidence at which the limit lies beyond the one-sided bound."""
    best = 1.0
    for confidence in GRID:
        low, high = place.bounds(float(confidence))
        below = rail.at_least is not None and high is not None and high < rail.at_least
        above = rail.at_most is not None and low is not None and low > rail.at_most
        if not (below or above):
            break
        best = 1.0 - float(confidence)
    return best


def _limit(rail: Guardrail) -> str:
    text = (
        f"at least {readable(rail.at_least)}"
        if rail.at_least is not None
        else f"at most {readable(rail.at_most or 0.0)}"
    )
    return text + (f" per {rail.per}" if rail.per else "") + (f" over {rail.over}" if rail.over else "")
