"""Guardrails at other numbers: those of money judged by the rule that judged them, from sums that a result keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.limits import Limit, Place, ShareLimit, gain_of
from payoff.doubt.revalued import bounds_at, is_resolved
from payoff.doubt.revaluing import BEYOND_CAP, Revalued
from payoff.spec.model import Guardrail
from payoff.stats.estimates import Interval
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper
from payoff.verdicts.guardrails import NINETY_FIVE, Measured, confidences_of, judge_guardrail, tail_of
from payoff.verdicts.rulings import GuardrailRecord
from payoff.verdicts.tried import GuardrailThen, Tried

Floats = NDArray[np.float64]

NOT_REVALUED = "not revalued"
NOT_ELSEWHERE = "not revalued: it rests on other decisions"
TAIL_HELD = "tier and skewness are as judged at the likely assumptions"
PICKED_SHARE = (
    "chosen on these rows: the interval is as if it had been fixed beforehand, the status counts the error once for "
    "each cut on offer"
)
CANCELLED = "no interval: terms cancel beyond the ten digits that the result keeps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Money per decision as a guardrail is told: less ``cost``, times ``factor`` decisions per period."""

    cost: float
    factor: float

    def told(self, money: float | None) -> float | None:
        """Return an amount per decision as one of the guardrail."""
        return None if money is None else (money - self.cost) * self.factor


def rails_then(
    kinds: Sequence[str],
    tried: Tried,
    records: Sequence[GuardrailRecord],
    anew: Mapping[int, GuardrailThen],
) -> tuple[GuardrailThen, ...]:
    """Return every guardrail at a setting: what it measures stands as it was, was judged anew, or is not revalued.

    Parameters
    ----------
    kinds : what the metric of each record judges: ``money``, ``decisions``, ...
    anew : place -> what was judged anew.
    """
    return tuple(
        _stood(one)
        if _stands(kind, one, tried)
        else anew[place]
        if place in anew
        else _withdrawn(one, _why(kind, tried))
        for place, (kind, one) in enumerate(zip(kinds, records, strict=True))
    )


def _stands(kind: str, record: GuardrailRecord, tried: Tried) -> bool:
    """Return whether what a guardrail measures is what it was: of decisions by them, of money by all."""
    if not tried.moved or record.reason == "slice_too_small":
        return True
    return kind != "money" and (kind != "decisions" or tried.holds_decisions)


def _why(kind: str, tried: Tried) -> str:
    return NOT_REVALUED if kind == "money" and tried.holds_decisions else NOT_ELSEWHERE


def _stood(record: GuardrailRecord) -> GuardrailThen:
    return GuardrailThen(
        name=record.name,
        slice=record.slice,
        status=record.status,
        value=record.value,
        low=record.low,
        high=record.high,
        reason=record.reason,
        note=None,
    )


def _withdrawn(record: GuardrailRecord, why: str) -> GuardrailThen:
    stood = _stood(record)
    return replace(stood, status=None, value=None, low=None, high=None, reason=None, note=why)


def money_then(
    limit: Limit,
    records: Sequence[GuardrailRecord],
    found: tuple[GuardrailRecord, ...] | str,
    *,
    assumed: bool,
) -> dict[int, GuardrailThen]:
    """Return what is told of a guardrail of money that was judged anew, by its places among the guardrails.

    Parameters
    ----------
    records : as they were judged.
    found : what :func:`limit_then` says.
    assumed : whether an assumption was moved, so that the tier may be another there.
    """
    if isinstance(found, str):
        return {place: _withdrawn(one, found) for place, one in enumerate(records, limit.first)}
    held = [TAIL_HELD if assumed and one.kind in ("moments", "picked") else None for one in limit.places]
    told = (replace(_stood(one), note=note) for one, note in zip(found, held, strict=True))
    return dict(enumerate(told, limit.first))


def share_then(limit: ShareLimit, record: GuardrailRecord, cut: int, cuts: int) -> GuardrailThen:
    """Return a guardrail of a share at another cut of ``cuts``: its error counts once for each, as one was picked."""
    hits, out_of = float(limit.hits[cut]), float(limit.out_of[cut])
    if out_of <= 0.0:
        return _withdrawn(record, NOT_ELSEWHERE)

    def bounds(confidence: float) -> tuple[float, float]:
        return clopper_pearson_lower(hits, out_of, confidence), clopper_pearson_upper(
            hits, out_of, confidence
        )

    picked = replace(record, confidence=1.0 - (1.0 - record.confidence) / cuts)
    low, high = bounds(NINETY_FIVE)
    found = Interval(
        value=hits / out_of,
        low=low,
        high=high,
        level=0.95,
        rows=int(out_of),
        events=None,
        method="clopper_pearson",
        tier="A",
        note=None,
        stderr=None,
    )
    rail = _rail(picked, limit.at_least, limit.at_most, None)
    (told,) = judge_guardrail(rail, record.of, [Measured(slice=None, found=found, bounds=bounds)])
    return replace(_stood(told), note=PICKED_SHARE)


def limit_then(
    limit: Limit, judged: Sequence[GuardrailRecord], at: Floats, scaled: Scaled, *, possible: bool
) -> tuple[GuardrailRecord, ...] | str:
    """Return one guardrail of money as it would be judged in every place, or why it is not revalued.

    Parameters
    ----------
    judged : its records, in the order of the places.
    at : the setting, along the terms.
    possible : whether every assumption stands where its owner holds it possible: a declared cap holds only there.
    """
    gains = [gain_of(limit, place) for place in limit.places]
    if not possible and any(one.kind == "bernstein" for one in gains):
        return BEYOND_CAP
    if not all(one.kind == "none" or is_resolved(one, at) for one in gains):
        return CANCELLED
    measured = [
        _measured(place, gain, record, at, scaled)
        for place, gain, record in zip(limit.places, gains, judged, strict=True)
    ]
    first = judged[0]
    rail = _rail(first, limit.at_least, limit.at_most, limit.per)
    found = judge_guardrail(rail, first.of, measured)
    # What had no interval has none anywhere: the tier is that of the likely assumptions.
    return tuple(
        record if gain.kind == "none" else one for record, gain, one in zip(judged, gains, found, strict=True)
    )


def _measured(place: Place, gain: Revalued, record: GuardrailRecord, at: Floats, scaled: Scaled) -> Measured:
    quantiles = dict(zip(confidences_of(record.confidence), place.quantiles, strict=False))

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        ends = bounds_at(gain, at, tail_of(confidence), quantiles.get(confidence))
        return (None, None) if ends is None else (scaled.told(ends[0]), scaled.told(ends[1]))

    low, high = bounds(NINETY_FIVE)
    value = (
        0.0 if gain.kind == "certain" else None if gain.point is None else float(np.array(gain.point) @ at)
    )
    return Measured(
        slice=record.slice,
        found=Interval(
            value=scaled.told(value),
            low=low,
            high=high,
            level=0.95,
            rows=0,
            events=None,
            method="",
            tier="A",
            note=record.reason,
            stderr=None,
        ),
        bounds=bounds,
        enough=record.reason != "slice_too_small",
    )


def _rail(
    record: GuardrailRecord, at_least: float | None, at_most: float | None, per: str | None
) -> Guardrail:
    return Guardrail(
        name=record.name,
        metric=record.metric,
        at=record.at,
        at_least=at_least,
        at_most=at_most,
        per=per,
        over=record.over,
        in_every=(),
        confidence=record.confidence,
        evidence="shown" if record.evidence == "shown" else "not refuted",
    )
