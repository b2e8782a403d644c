"""Guardrails: limits that must hold beside the hurdles, over all rows or in every slice.

Proportions are judged by one-sided exact bounds, money by its own tier, everything else by its interval. With
``in_every`` a slice is missed only after Holm over the slices of one guardrail; slices too small to judge are
listed and do not block.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from payoff.quantities import readable
from payoff.spec.model import Guardrail
from payoff.stats.estimates import Interval
from payoff.stats.multiplicity import holm_refuted
from payoff.stats.tiers import FEW_UNITS
from payoff.verdicts.rulings import GuardrailRecord, Status

TOO_SMALL = "slice_too_small"
NINETY_FIVE = 0.975


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


def confidences_of(confidence: float) -> tuple[float, float]:
    """Return the confidences at which a guardrail of one place asks for bounds: its own, and the 95% interval's."""
    return (confidence, NINETY_FIVE)


def judge_guardrail(rail: Guardrail, of: str, measured: Sequence[Measured]) -> tuple[GuardrailRecord, ...]:
    """Return the guardrail judged in every place that was measured."""
    refuted = _refuted(rail, measured)
    return tuple(_judged(rail, of, place, missed) for place, missed in zip(measured, refuted, strict=True))


def _judged(rail: Guardrail, of: str, place: Measured, missed: bool) -> GuardrailRecord:
    low, high = place.bounds(rail.confidence)
    status, reason = _status(rail, place, low, high, missed)
    # Of a slice too small to judge no number is told: what few rows show would be taken for what is so.
    told = replace(place.found, value=None, low=None, high=None) if reason == TOO_SMALL else place.found
    return GuardrailRecord(
        name=rail.name,
        metric=rail.metric,
        at=rail.at,
        of=of,
        over=rail.over,
        slice=place.slice,
        limit=_limit(rail),
        status=status,
        value=told.value,
        low=told.low,
        high=told.high,
        confidence=rail.confidence,
        evidence=rail.evidence,
        reason=reason,
    )


def _status(
    rail: Guardrail, place: Measured, low: float | None, high: float | None, missed: bool
) -> tuple[Status, str | None]:
    if place.slice is not None and not place.enough:
        return "not evaluated", TOO_SMALL
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
    judged = [j for j, place in enumerate(measured) if place.enough or place.slice is None]
    found = holm_refuted([partial(_is_beyond, rail, measured[j]) for j in judged], rail.confidence)
    missed = {j for j, is_refuted in zip(judged, found, strict=True) if is_refuted}
    return [j in missed for j in range(len(measured))]


def _is_beyond(rail: Guardrail, place: Measured, confidence: float) -> bool:
    """Return whether the limit lies beyond a one-sided bound."""
    low, high = place.bounds(confidence)
    below = rail.at_least is not None and high is not None and high < rail.at_least
    above = rail.at_most is not None and low is not None and low > rail.at_most
    return below or above


def _limit(rail: Guardrail) -> str:
    text = (
        f"at least {readable(rail.at_least)}"
        if rail.at_least is not None
        else f"at most {readable(rail.at_most or 0.0)}"
    )
    return text + (f" per {rail.per}" if rail.per else "") + (f" over {rail.over}" if rail.over else "")
