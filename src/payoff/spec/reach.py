"""Hurdles against what any decision at all could gain, and thresholds against what the values say, without rows."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from payoff.errors.linter import HurdleOutOfReach, ThresholdContradicted
from payoff.errors.spec import HurdleTooLow
from payoff.quantities import readable
from payoff.spec.findings import Finding
from payoff.spec.margins import OUTCOMES, Margins, corners, margins_of, margins_over
from payoff.spec.model import Always, Candidate, Hurdle, Spec, Threshold
from payoff.spec.volume import World, make_world

NEAR = 2.0
"""By which factor the odds of a threshold may be beside those of the values: nearer, little money depends on it."""


def reach(spec: Spec) -> Iterator[Finding]:
    """Yield hurdles out of reach of any model, hurdles that doing nothing clears, thresholds beside the values'."""
    likely = margins_of(spec)
    if likely is None:
        return
    every = _Box(spec, likely)
    world = make_world(spec, 0, None, None)
    for position, hurdle in enumerate(spec.hurdles):
        asked = required(spec, hurdle, world)
        if asked is not None:
            yield from _hurdle(spec, hurdle, f"hurdles[{position}]", asked, every)
    for candidate in (spec.model, *spec.challengers):
        yield from _threshold(candidate, every)


class _Box:
    """The values at the likely assumptions, and when asked at every corner of their ranges."""

    def __init__(self, spec: Spec, likely: Margins) -> None:
        self.spec, self.likely = spec, likely

    @cached_property
    def every(self) -> tuple[Margins, ...]:
        """Return the values at likely and at all corners; none where the corners cannot be told."""
        settings = corners(self.spec)
        return () if settings is None else (self.likely, *margins_over(self.spec, settings))


def required(spec: Spec, hurdle: Hurdle, world: World) -> tuple[float, float] | None:
    """Return the least gain per decision that clears a hurdle, for the model and for doing nothing.

    At the highest volume held possible. None where an amount per period meets no volume.
    """
    asked = world.per_decision(hurdle.amount)
    if asked is None:
        return None
    ours = theirs = 0.0
    if hurdle.metric == "net_gain":
        costs = [world.running(spec.candidate(name).costs) for name in (spec.model.name, hurdle.over)]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(costs):
            return None
        ours, theirs = known
    most = 1.0 if world.high is None or world.volume is None else world.volume / world.high
    return min(asked, asked * most) + (ours - theirs) * (most if ours > theirs else 1.0), asked - theirs


def out_of_reach(hurdle: Hurdle, where: str, best: float, asked: float, how: str) -> Finding:
    """Return the finding that no model reaches a hurdle; both numbers are per decision."""
    return Finding.of(
        HurdleOutOfReach,
        "warning",
        where,
        f'"{hurdle.name}" asks for {hurdle.amount}, which is {readable(asked)} per decision; a model that knew '
        f"every outcome would gain {readable(best)} over {hurdle.over} {how}",
        "ask for less, or check volume, unit and values: no model can clear this.",
    )


def cleared_by_nobody(hurdle: Hurdle, where: str, gain: float, asked: float) -> Finding:
    """Return the finding that doing nothing clears a hurdle; both numbers are per decision."""
    return Finding.of(
        HurdleTooLow,
        "warning",
        where,
        f'"{hurdle.name}" asks for {hurdle.amount} over {hurdle.over}, which is {readable(asked)} per decision: '
        f"doing nothing gains {readable(gain)} and clears it",
        f"compare with nobody, as {hurdle.over} loses money; or ask for more.",
    )


def _hurdle(
    spec: Spec, hurdle: Hurdle, where: str, asked: tuple[float, float], box: "_Box"
) -> Iterator[Finding]:
    least, idle = asked

    def best(at: Margins) -> float:
        return _over_outcomes(spec, [_best(at, spec, hurdle.over, y) for y in OUTCOMES], max)

    # The ends of the ranges are worked out only where the likely values fail.
    most = max((best(at) for at in box.every), default=None) if best(box.likely) < least else None
    if most is not None and most < least:
        prevalence = spec.data.prevalence
        how = "on a row" if prevalence is None else f"at a prevalence of {readable(prevalence)}"
        doubt = ", at the most favourable assumptions" if len(box.every) > 2 else ""
        yield out_of_reach(hurdle, where, most, least, how + doubt)
    policy, last = spec.candidate(hurdle.over).policy, spec.decision.actions[-1]
    if isinstance(policy, Always) and policy.action != last and hurdle.amount.value > 0:
        idling = [_ends(box.likely, last, policy.action, outcome)[0] for outcome in OUTCOMES]
        gain = _over_outcomes(spec, idling, min)
        if gain > idle:
            yield cleared_by_nobody(hurdle, where, gain, idle)


def _over_outcomes(
    spec: Spec, by_outcome: Sequence[float], pick: Callable[[Sequence[float]], float]
) -> float:
    """Return a mean over outcomes where their shares are known, else the best (or worst) of them."""
    yes, no = by_outcome
    share = spec.data.prevalence
    return pick((yes, no)) if share is None else share * yes + (1.0 - share) * no


def _best(margins: Margins, spec: Spec, over: str, outcome: bool) -> float:
    policy = spec.candidate(over).policy
    rivals = (policy.action,) if isinstance(policy, Always) else margins.actions
    return max(_ends(margins, action, rival, outcome)[1] for action in margins.actions for rival in rivals)


def _ends(margins: Margins, action: str, other: str, outcome: bool) -> tuple[float, float]:
    found = margins.gap(action, other, outcome)
    return (-float("inf"), float("inf")) if found is None else found


def _threshold(candidate: Candidate, box: "_Box") -> Iterator[Finding]:
    """Yield a given threshold that lies outside the range in which the values put it."""
    policy = candidate.policy
    if not isinstance(policy, Threshold) or not isinstance(policy.at, float):
        return
    if candidate.score_is != "probability":
        return
    at = _break_even(box.likely, policy)
    if at is None or _is_near(policy.at, [at]):
        return
    found = [_break_even(margins, policy) for margins in box.every]
    points = [one for one in found if one is not None]
    if not points or len(points) < len(found) or _is_near(policy.at, points):
        return
    place = (
        f"{candidate.role if candidate.role == 'model' else f'challengers.{candidate.name}'}.policy.threshold"
    )
    yield beside_values(place, policy, at, _example(box.likely, policy, at))


def beside_values(place: str, policy: Threshold, at: float, example: str) -> Finding:
    """Return the finding that a threshold lies elsewhere than the values put it, as a note: scores may be off."""
    return Finding.of(
        ThresholdContradicted,
        "note",
        place,
        f"threshold {readable(float(policy.at))}, while by the values {policy.do} pays from a probability of "
        f"{readable(at)}: {example}",
        "if the scores are probabilities that hold, use `threshold: from value`; if they are not, `threshold: best`.",
    )


def _break_even(margins: Margins, policy: Threshold) -> float | None:
    """Return the probability from which ``do`` pays; None where it depends on the row or there is none."""
    ends = [_ends(margins, policy.do, policy.otherwise, outcome) for outcome in OUTCOMES]
    if any(low != high for low, high in ends):
        return None
    earned, lost = ends[0][0], -ends[1][0]
    return lost / (lost + earned) if earned > 0.0 and lost > 0.0 else None


def _is_near(threshold: float, points: Sequence[float]) -> bool:
    """Return whether a threshold lies within the range of others, or near it."""
    low, high = _odds(min(points)), _odds(max(points))
    return low / NEAR <= _odds(threshold) <= high * NEAR


def _odds(probability: float) -> float:
    return probability / (1.0 - probability) if probability < 1.0 else float("inf")


def _example(margins: Margins, policy: Threshold, at: float) -> str:
    """Return what one row between the two thresholds is worth, in words."""
    score = (float(policy.at) + at) / 2.0
    yes, no = (_ends(margins, policy.do, policy.otherwise, outcome)[0] for outcome in OUTCOMES)
    worth = score * yes + (1.0 - score) * no
    taken = policy.do if score >= float(policy.at) else policy.otherwise
    return (
        f"at a score of {readable(score)} it is worth {readable(worth)} more than {policy.otherwise} "
        f"({readable(score)} x {readable(yes)} + {readable(1.0 - score)} x {readable(no)}), and the row gets {taken}"
    )
