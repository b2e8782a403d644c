"""Second policies of one model: what a largest expected value is measured by."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from payoff.formulas import Formula
from payoff.spec.candidates import Field
from payoff.spec.model import Candidate, Maximise, Threshold
from payoff.spec.signs import pays_on_positives
from payoff.spec.worth import Worth

BEST_THRESHOLD, RECALIBRATED = "best threshold", "recalibrated"


def with_second_policies(field: Field, worth: Worth, actions: tuple[str, ...]) -> Field:
    """Return all candidates and, as challengers, what every largest expected value is measured by.

    Two policies on the same score: ``NAME/best threshold``, whether the amounts of each row add anything to one cut,
    and ``NAME/recalibrated``, what it costs that the score is not the probability that it claims to be.
    """
    likely = {name: one.likely for name, one in worth.assumptions.items()}
    seconds = tuple(
        second
        for one in (field.model, *field.challengers)
        for second in _seconds(one, worth.value, likely, actions)
    )
    return replace(field, challengers=(*field.challengers, *seconds))


def _seconds(
    one: Candidate, value: Mapping[str, Formula], likely: Mapping[str, float], actions: tuple[str, ...]
) -> Iterator[Candidate]:
    if not isinstance(one.policy, Maximise) or one.score is None:
        return
    first, last = actions[0], actions[-1]
    do, otherwise = (first, last) if pays_on_positives(value[first], value[last], likely) else (last, first)
    for name, policy in (
        (BEST_THRESHOLD, Threshold(at="best", do=do, otherwise=otherwise)),
        (RECALIBRATED, Maximise(recalibrated=True)),
    ):
        named = f"{one.name}/{name}"
        yield replace(one, name=named, role="challenger", policy=policy, variant_of=one.name)
