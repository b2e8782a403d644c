"""Repeated looks, as an evaluation takes them: evidence for every look, what is recorded, what is warned of."""

from collections.abc import Iterator
from dataclasses import replace

from payoff.comparison import Comparison, Grounds
from payoff.errors.judging import RepeatedLook
from payoff.record import Check, LooksRecord
from payoff.spec.looks import ANY_TIME, Looks
from payoff.spec.model import Spec
from payoff.stats.inference import Sequential
from payoff.stats.sequences import tightest_at
from payoff.verdicts import looks_record

MANY = 10


def at_every_look(grounds: Grounds, gain: Comparison) -> Comparison:
    """Return a gain whose evidence holds at every look, where the spec is judged at any number of them."""
    looks, tuned = grounds.spec.looks, grounds.choices.tuned
    if looks is None or looks.count is not None:
        return gain
    refused = "rows carry weights" if grounds.weighted else None
    if gain.of in tuned or gain.over in tuned:
        refused = "a threshold is tuned on the rows of each look"
    sequence = Sequential(rho=tightest_at(looks.planned), refused=refused)
    return replace(gain, evidence=replace(gain.evidence, sequence=sequence))


def looks_of(spec: Spec) -> LooksRecord | None:
    """Return what is recorded of repeated looks; None where this is the only one."""
    asked = {hurdle.name: hurdle.confidence for hurdle in spec.hurdles}
    return None if spec.looks is None else looks_record(spec.looks, asked)


def looks_remarks(looks: Looks | None) -> Iterator[Check]:
    """Yield that the rows are judged more than once; a warning from ten times on."""
    if looks is None or looks.count is None:
        return
    many = looks.count >= MANY
    fix = "judge fresh rows alone" + (
        f": these are worn out by so many looks, or use {ANY_TIME}." if many else "."
    )
    yield Check(
        code=RepeatedLook.code,
        severity="warning" if many else "note",
        where="looks",
        rows=0,
        ids=(),
        found=f"{looks.count} looks at the same rows, so that each must show more",
        fix=fix,
    )
