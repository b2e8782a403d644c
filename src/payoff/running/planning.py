"""A plan: what a model has to reach before it exists, hurdle by hurdle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.doubt import Draws, dimensions, draw, points
from payoff.errors.judging import ActingOnNegativesPays, PlanLacks
from payoff.quantities import Amount
from payoff.running.accuracies import accuracies
from payoff.running.footing import Footing
from payoff.running.planned_hurdles import ENDS, drawn_auc, planned_hurdle, quantile_of
from payoff.spec.model import Hurdle
from payoff.stats.estimates import Interval
from payoff.stats.frontier import break_even_precision
from payoff.stats.proportions import wilson
from payoff.verdicts.plans import (
    PLAN_SCHEMA,
    Circumstance,
    Distance,
    Plan,
    PlanAssumption,
    PlannedHurdle,
    SingleRules,
)

Floats = NDArray[np.float64]

DRAWS = 512
BREAK_EVEN = "break-even"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked up beside the frontier, None where there was nothing to look at."""

    rules: SingleRules | None = None
    distance: Distance | None = None
    cost: Amount | None = None
    volume_stated: bool = False


def make_plan_of(footing: Footing, found: Found, version: str) -> Plan:
    """Return the plan of a footing.

    Raises
    ------
    ActingOnNegativesPays
        When acting pays on negatives and loses on positives.
    PlanLacks
        When a hurdle or a capacity per period meets no volume.
    """
    _refuse(footing)
    spec, settings = footing.spec, _settings(footing)
    ladder = hurdles_of(footing)
    planned = tuple(planned_hurdle(footing, hurdle, settings) for hurdle in ladder)
    return Plan(
        schema=PLAN_SCHEMA,
        payoff_version=version,
        spec_hash=spec.hash,
        decision={
            "name": spec.decision.name,
            "row": spec.decision.row,
            "unit": spec.decision.unit,
            "act": spec.decision.actions[0],
            "skip": spec.decision.actions[-1],
        },
        today=spec.today,
        circumstance=_circumstance(footing, settings, stated=found.volume_stated),
        hurdles=planned,
        assumptions=_assumptions(footing, _open(ladder, planned)),
        accuracies=accuracies(footing, ladder[0].over, found.cost),
        rules=found.rules,
        distance=found.distance,
        draws=DRAWS if settings else 0,
        notes=tuple(_notes(footing)),
    )


def hurdles_of(footing: Footing) -> tuple[Hurdle, ...]:
    """Return the hurdles, or breaking even over what is done today where the spec has none."""
    spec = footing.spec
    if spec.hurdles:
        return spec.hurdles
    only = Hurdle(
        name=BREAK_EVEN,
        metric="gain",
        amount=Amount(0.0, "decision" if footing.world.volume is None else "year"),
        over=spec.today or "nobody",
        confidence=0.95,
        needed_to_ship=True,
        unlocks=None,
    )
    return (only,)


def _open(ladder: tuple[Hurdle, ...], planned: tuple[PlannedHurdle, ...]) -> Hurdle:
    """Return the first hurdle that a model could reach and nothing else does, else the first."""
    both = zip(ladder, planned, strict=True)
    return next((hurdle for hurdle, found in both if found.status == "reachable"), ladder[0])


def _refuse(footing: Footing) -> None:
    at = footing.stakes({})
    if at.on_positive < 0 < at.on_negative:
        act = footing.spec.decision.actions[0]
        raise ActingOnNegativesPays(
            where="value",
            found=f"{act} worth {at.on_positive:g} on a positive and {at.on_negative:g} on a negative",
            expected=f"{act} to pay where the outcome is positive",
            fix="check the signs, name the other label as data.positive, or swap the actions.",
        )
    if footing.capacity is not None and footing.capacity.share_of(footing.world.volume) is None:
        raise PlanLacks(
            where="model.policy.capacity",
            found=f"{footing.capacity.text} and no volume",
            expected="decisions per period, to tell which share of them that is",
            fix='state it: --volume "45000 per year", or decision.volume.',
        )


def _settings(footing: Footing) -> Draws:
    """Return draws of the assumptions and the volume; nothing where none has a range."""
    groups = dimensions(footing.spec, footing.world)
    if not groups:
        return {}
    return draw(footing.spec, footing.valuation, footing.world, points(len(groups), DRAWS))


def _circumstance(footing: Footing, settings: Draws, *, stated: bool) -> Circumstance:
    likely, drawn = footing.stakes({}), footing.stakes(settings)
    positive, negative = (_ends(each, settings) for each in (drawn.on_positive, drawn.on_negative))
    share = _interval(footing)
    world, capacity = footing.world, footing.capacity
    return Circumstance(
        prevalence=footing.prevalence,
        prevalence_low=None if share is None else share.low,
        prevalence_high=None if share is None else share.high,
        prevalence_from=footing.prevalence_from,
        volume_per_year=world.volume,
        volume_from="option" if stated else world.source,
        capacity=None if capacity is None else capacity.text,
        capacity_share=None if capacity is None else float(likely.capacity),
        on_positive=float(likely.on_positive),
        on_positive_low=positive[0],
        on_positive_high=positive[1],
        on_negative=float(likely.on_negative),
        on_negative_low=negative[0],
        on_negative_high=negative[1],
        worth_from=footing.worth_from,
        break_even_precision=float(break_even_precision(likely)) if likely.is_choice else None,
        rows=footing.rows,
        positives=footing.positives,
    )


def _interval(footing: Footing) -> Interval | None:
    """Return the interval of a prevalence that was counted, None where rows are weighted or come in clusters."""
    rows, positives = footing.rows, footing.positives
    if footing.prevalence_from != "rows" or rows is None or positives is None:
        return None
    plain = footing.spec.data.cluster is None and footing.spec.data.weight is None
    return wilson(positives, rows) if plain else None


def _assumptions(footing: Footing, hurdle: Hurdle) -> tuple[PlanAssumption, ...]:
    bound, out = footing.valuation.expansion.bound, []
    for item in footing.spec.assumptions.values():
        found: list[float | None] = [None, None]
        if item.low is not None and item.high is not None:
            for place, (stop, end) in enumerate((("low", item.low), ("high", item.high))):
                one = (
                    {f"{item.name}@{stop}": np.ones(1)}
                    if item.name in bound
                    else {item.name: np.full(1, end)}
                )
                auc = float(drawn_auc(footing, hurdle, one)[0])
                found[place] = auc if math.isfinite(auc) else None
        out.append(
            PlanAssumption(
                hurdle=hurdle.name,
                name=item.name,
                likely=item.likely,
                low=item.low,
                high=item.high,
                least_auc_low=found[0],
                least_auc_high=found[1],
            )
        )
    return tuple(out)


def _notes(footing: Footing) -> list[str]:
    notes = []
    if footing.worth_from == "rows":
        notes.append(
            "Values vary by row: the mean of each class is taken. A model that finds the rows worth most needs less."
        )
    if footing.worth_from == "declared":
        notes.append("Values use columns: one typical row, as stated, stands for all.")
    if footing.prevalence_from == "option" and footing.rows is not None:
        notes.append(
            "The prevalence is the one stated; within each class the rows stand for the world (label shift)."
        )
    if footing.capacity is not None and footing.capacity.per_year is not None:
        notes.append(
            "The capacity is taken on average over the year: bursts that overflow it are not in the plan."
        )
    if not footing.spec.hurdles:
        notes.append("The spec names no hurdle: the plan is for breaking even.")
    if footing.rows is not None:
        notes.append(
            "Prevalence and means are taken as the rows show them; their own doubt is not in the ranges."
        )
    return notes


def _ends(drawn: Floats, settings: Draws) -> tuple[float | None, float | None]:
    if not settings or drawn.ndim == 0 or np.ptp(drawn) == 0:
        return None, None
    low, high = (quantile_of(drawn, end) for end in ENDS)
    return low, high
