"""At which value of an assumption the answer turns: the verdict of what-if, sought within the range held possible.

An assumption is taken as another likely value, as ``payoff.what_if`` does, and the doubt of all is kept. The answer is
looked at where the range ends. Where it is another there, the value at which it turns is sought between: with few
draws, whose error at the likely values is known and taken off, then with all of them at the values next to it. So what
is returned is the first readable value, of about three digits of the range, from which on the answer is another. An
answer that turns and turns back between likely and an end is not found.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from payoff.doubt.limits import Limits
from payoff.doubt.revalued import Confidence, confidence_of, is_resolved
from payoff.doubt.revaluing import Dial, Revalued, Revaluing
from payoff.doubt.spread import where_zero
from payoff.spec.names import VOLUME
from payoff.stats.distributions import normal_ppf
from payoff.verdicts.hurdles import status_of
from payoff.verdicts.ladder import overall_of
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord, Overall, Turn, Verdict
from payoff.verdicts.then import Then, asked_at, gain_about, rails_at
from payoff.verdicts.tried import Tried

FEW = 200
# Normal deviates: nearer than this to turning, few draws do not tell on which side an end is.
CLOSE = 0.15
CERTAIN = 1e-9
FAR = 40.0


def turns(
    revaluing: Revaluing, verdict: Verdict, limits: Limits | None = None
) -> Mapping[str, tuple[Turn, ...]]:
    """Return where the answer turns, by assumption with a range: nearest to likely first, one on each side at most.

    Left out is what cannot be told: without a verdict, and where the answer hangs on a guardrail that is not revalued
    (a turn to reject is told all the same). ``limits`` are those of money that are.
    """
    if verdict.overall is None:
        return {}
    answer = _Answer(revaluing, verdict, limits)
    found = {dial.name: _turns(answer, dial) for dial in revaluing.dials if dial.name != VOLUME}
    return {name: one for name, one in found.items() if one is not None}


def _turns(answer: "_Answer", dial: Dial) -> tuple[Turn, ...] | None:
    if dial.low is None or dial.high is None:
        return None
    ends = [end for end in (dial.low, dial.high) if end != dial.likely]
    found = [turn for end in ends if (turn := _toward(answer, dial, end)) is not None]
    if not found and any(answer.hangs(dial.name, end) for end in ends):
        return None
    return tuple(sorted(found, key=lambda turn: abs(turn.at - dial.likely)))


def _toward(answer: "_Answer", dial: Dial, end: float) -> Turn | None:
    """Return the turn nearest to likely on the way to one end of the range, None where the answer stands there."""
    if not answer.is_another(dial.name, end):
        return None
    places, start = [end] if dial.stops else _places(dial, end), 0
    if len(places) > 1:
        near = where_zero(lambda at: answer.margin(dial.name, at), dial.likely, end)
        start = int(np.searchsorted([abs(at - dial.likely) for at in places], abs(near - dial.likely)))
    first = _first(lambda place: answer.turns(dial.name, places[place]), start, len(places) - 1)
    becomes = answer.overall(dial.name, places[first])
    return Turn(at=places[first], becomes=becomes) if becomes not in (None, answer.now) else None


def _places(dial: Dial, end: float) -> list[float]:
    """Return readable values from likely, without it, to an end of the range: a hundred to a thousand over all of it.

    >>> _places(Dial(name="a", likely=5.0, low=4.98, high=5.024, shape="triangle"), 5.024)[:2]
    [5.0001, 5.0002]
    """
    width = float(dial.high or 0.0) - float(dial.low or 0.0)
    digits = 2 - math.floor(math.log10(width))
    step = 10.0**-digits
    way = math.copysign(1.0, end - dial.likely)
    first = math.floor(way * dial.likely / step) + 1
    count = math.ceil(abs(end - dial.likely) / step) + 1
    values = [way * round(place * step, digits) for place in range(first, first + count)]
    return [*(one for one in values if way * dial.likely < way * one < way * end), end]


def _first(holds: Callable[[int], bool], start: int, last: int) -> int:
    """Return the first of 0 .. ``last`` at which something holds, as it does at ``last``; ``start`` is near it.

    >>> _first(lambda place: place >= 7, 5, 20)
    7
    """
    below, above, at, step = -1, last, start, 1
    while above - below > 1:
        at = min(max(at, below + 1), above - 1)
        if holds(at):
            above, at = at, at - step
        else:
            below, at = at, at + step
        step *= 2
        if not below < at < above:
            at = (below + above) // 2
    return above


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A needed hurdle that moves with the assumptions. ``few`` is its deviate at likely by few draws less by all."""

    record: HurdleRecord
    gain: Revalued
    confidence: Confidence
    few: float

    def chance(self, world: Then) -> float:
        """Return the confidence that it is exceeded, as it is at likely where its error cannot be told."""
        found = None
        if is_resolved(self.gain, world.at):
            found = self.confidence(world.drawn, asked_at(world, self.gain, self.record))
        return float(self.record.probability or 0.0) if found is None else float(np.mean(found))


class _Answer:
    """The overall answer as a function of one assumption; ``now`` is what it is."""

    def __init__(self, revaluing: Revaluing, verdict: Verdict, limits: Limits | None) -> None:
        self.now, self.revaluing, self.verdict, self.limits = verdict.overall, revaluing, verdict, limits
        needed = [one for one in verdict.hurdles if one.needed_to_ship]
        moving = [one for one in needed if one.probability is not None and one.reason != "pending"]
        self.fixed = [one for one in needed if one not in moving]
        at_likely = Then.of(revaluing, (), Tried(), FEW)
        self.judged = [_judged(revaluing, record, at_likely) for record in moving]
        self.known: dict[tuple[str, float], Overall | None] = {}

    def overall(self, name: str, at: float) -> Overall | None:
        """Return the answer at a value, None where it cannot be told; by all draws, as what-if gives it."""
        if (name, at) not in self.known:
            world = Then.of(self.revaluing, (), Tried(values={name: at}))
            statuses = [status_of(one.chance(world), one.record.confidence) for one in self.judged]
            hurdles = [
                replace(one.record, status=said) for one, said in zip(self.judged, statuses, strict=True)
            ]
            rails = self.rails(world)
            found = overall_of([*self.fixed, *hurdles], [one for one in rails if one is not None])
            self.known[name, at] = None if None in rails and found != "reject" else found
        return self.known[name, at]

    def rails(self, world: Then) -> list[GuardrailRecord | None]:
        """Return the guardrails at a setting, None in place of one that is not revalued."""
        records = self.verdict.guardrails
        found = zip(records, rails_at(world, records, self.limits), strict=True)
        return [None if then.status is None else replace(one, status=then.status) for one, then in found]

    def turns(self, name: str, at: float) -> bool:
        """Return whether the answer is another at a value, beyond doubt."""
        return self.overall(name, at) not in (self.now, None)

    def hangs(self, name: str, end: float) -> bool:
        """Return whether the answer at an end of a range cannot be told."""
        world = Then.of(self.revaluing, (), Tried(values={name: end}), FEW)
        return None in self.rails(world) and self.overall(name, end) is None

    def is_another(self, name: str, end: float) -> bool:
        """Return whether the answer is another at an end of a range, by few draws where they tell."""
        margin = self.margin(name, end)
        return self.turns(name, end) if abs(margin) < CLOSE else margin < 0.0

    def margin(self, name: str, at: float) -> float:
        """Return by how many normal deviates the answer stands at a value, by few draws; below zero it is another."""
        world = Then.of(self.revaluing, (), Tried(values={name: at}), FEW)
        deviates = [
            (_deviate(one.chance(world)) - one.few, _deviate(one.record.confidence)) for one in self.judged
        ]
        rails = [one for one in self.rails(world) if one is None or one.reason != "slice_too_small"]
        statuses = [one.status for one in self.fixed] + [None if one is None else one.status for one in rails]
        cleared = min((deviate - asked for deviate, asked in deviates), default=FAR)
        cleared = cleared if all(one == "cleared" for one in statuses) else -FAR
        missed = max((-asked - deviate for deviate, asked in deviates), default=-FAR)
        missed = FAR if "missed" in statuses else missed
        if self.now == "hold":
            return min(-cleared, -missed)
        if None in statuses:
            return -missed if self.now == "ship" else FAR
        return cleared if self.now == "ship" else missed


def _judged(revaluing: Revaluing, record: HurdleRecord, at_likely: Then) -> _Judged:
    gain = gain_about(revaluing, record)
    one = _Judged(record=record, gain=gain, confidence=confidence_of(gain), few=0.0)
    return replace(one, few=_deviate(one.chance(at_likely)) - _deviate(float(record.probability or 0.0)))


def _deviate(chance: float) -> float:
    return float(normal_ppf(np.clip(np.array([chance]), CERTAIN, 1.0 - CERTAIN))[0])
