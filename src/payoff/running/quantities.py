"""Metrics of quantities as estimates of the result, and what guardrails measure of them."""

from collections.abc import Iterator, Mapping

from payoff.catalogue import LEVELLED, MEANS, SKILL_OF, quantity_bounds, quantity_metric, quantity_skill
from payoff.errors.judging import UnsupportedGuardrail
from payoff.running.gathering import Counted
from payoff.spec.model import NOBODY, Guardrail, Spec
from payoff.stats.estimates import Estimate, Interval
from payoff.tables.losses import Losses
from payoff.verdicts import Measured

FEWEST = 10


def quantity_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield every metric of quantities that the spec asks for, of every candidate but nobody."""
    losses, spec = counted.tables.losses, counted.plan.spec
    if losses is None:
        return
    forecasts = [one.name for one in spec.candidates if one.name != NOBODY]
    for name in spec.metrics:
        for candidate in forecasts if name in MEANS else ():
            found = quantity_metric(losses, name, candidate)
            if found is not None:
                yield _estimate(spec, losses, name, candidate, None, found)
        for one in (spec.model, *spec.challengers) if name in SKILL_OF else ():
            for rival in forecasts:
                skill = None if rival == one.name else quantity_skill(losses, name, one.name, rival)
                if skill is not None:
                    yield _estimate(spec, losses, name, one.name, rival, skill)


def quantity_measured(counted: Counted, rail: Guardrail) -> tuple[Measured, ...]:
    """Return what a guardrail on a metric of quantities limits, in every place that it names.

    Raises
    ------
    UnsupportedGuardrail
        When the model has no predicted interval, or no level follows from the value.
    """
    losses = counted.tables.losses
    if losses is None:
        return ()
    if not rail.in_every:
        return (_measure(counted, rail, losses, None),)
    return tuple(
        _measure(counted, rail, table.part(j), dict(zip(table.entry, texts, strict=True)))
        for table in counted.tables.sliced_losses
        if table.entry in rail.in_every
        for j, texts in enumerate(table.values)
    )


def _measure(counted: Counted, rail: Guardrail, losses: Losses, where: Mapping[str, str] | None) -> Measured:
    model = counted.plan.spec.model.name
    found = (
        quantity_metric(losses, rail.metric, model)
        if rail.metric in MEANS
        else quantity_skill(losses, rail.metric, model, str(rail.over))
    )
    if found is None:
        lacking = {
            "interval_coverage": "a coverage, and the model has no interval",
            "mean_pinball_loss": "a pinball loss, and no level follows from the value",
        }.get(rail.metric, "a skill over a candidate that forecasts nothing, or without a level")
        raise UnsupportedGuardrail(
            where=f"guardrails.{rail.name}",
            found=lacking,
            expected="a metric that these rows can give",
            fix="state model.interval or decision.quantity.level, or limit another metric.",
        )
    return Measured(
        slice=where,
        found=found,
        bounds=lambda confidence: quantity_bounds(losses, rail.metric, model, rail.over, confidence),
        enough=found.rows >= FEWEST,
    )


def at_of_quantity(spec: Spec, losses: Losses, name: str, candidate: str) -> Mapping[str, float] | None:
    """Return the parameters of a metric: the level of a pinball loss, the share that an interval is meant to cover."""
    if name in LEVELLED:
        return None if losses.level is None else {"alpha": losses.level}
    interval = spec.candidate(candidate).interval
    if name == "interval_coverage" and interval is not None and interval.covers is not None:
        return {"covers": interval.covers}
    return None


def _estimate(spec: Spec, losses: Losses, name: str, of: str, over: str | None, found: Interval) -> Estimate:
    limits = spec.decision.quantity
    pure = name in SKILL_OF or name == "interval_coverage" or limits is None
    return found.keyed(
        name,
        of,
        at=at_of_quantity(spec, losses, name, of),
        over=over,
        unit="1" if pure or limits is None else limits.unit,
    )
