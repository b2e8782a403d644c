"""What a model has to reach before it exists: ``payoff plan`` in Python."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from payoff import __version__
from payoff.api.opening import opened, refuse_swapped
from payoff.api.plans import Plan
from payoff.errors import nearest
from payoff.errors.judging import PlanLacks
from payoff.errors.usage import NotANumber, UnknownName
from payoff.quantities import PER_YEAR, Amount, parse_amount
from payoff.record import Result as Record
from payoff.running import tabulate as count
from payoff.running.distances import distance_to_next
from payoff.running.footing import (
    Footing,
    footing_with_rows,
    footing_without_rows,
    reduced,
)
from payoff.running.planning import Found, make_plan_of
from payoff.running.progress import following
from payoff.running.single_rules import search_rules
from payoff.spec import Spec
from payoff.spec.model import Volume
from payoff.spec.trying import tried_at
from payoff.spec.unfinished import Unfinished, load_unfinished
from payoff.storage import read_record
from payoff.verdicts.plans import SingleRules


def plan(
    spec: Any,
    data: Any = None,
    *,
    result: Any = None,
    prevalence: float | None = None,
    volume: str | None = None,
    assume: Mapping[str, float] | None = None,
    point_costs: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """Say what a model has to reach to clear the hurdles of a spec, before there is any model.

    Parameters
    ----------
    spec : a spec, a file of one, or a mapping; model, policy and data may be lacking.
    data : rows with outcomes; None for what the spec names, if it names an outcome too. They give the prevalence, mean
        values where formulas use columns, what baselines do, and what the best rule on one column earns.
    result : a result of the same decision, or its path: how far it is from the next hurdle.
    prevalence : share of positives, in place of what spec or rows say.
    volume : decisions per period such as ``45000 per year``, in place of the spec's.
    assume : other likely values of assumptions; without rows also typical values of columns, taken for every row.
    point_costs : what one more point of AUC costs, such as ``20000 per year``.
    progress : called with the name of each step as it begins.

    Raises
    ------
    PayoffError
        When spec or rows cannot be used, or a number is lacking that the plan needs.
    """
    refuse_swapped(spec, data)
    unfinished, typical = _asked(spec, prevalence, volume, assume or {})
    cost = None if point_costs is None else _rate(point_costs, "--point-costs", "20000 per year")
    record = _record(result)
    named = unfinished.spec.data.path is not None and unfinished.has_outcome
    if data is not None and not unfinished.has_outcome:
        raise PlanLacks(
            where="data.outcome",
            found="rows, and no column that says what turned out to be true",
            expected="data.outcome",
            fix="name the column in the spec, or leave the rows out and state --prevalence.",
        )
    if data is None and not named:
        footing: Footing = footing_without_rows(unfinished, prevalence, typical, record)
        rules = None
    else:
        _refuse_typical(typical)
        footing, rules = _with_rows(spec, data, unfinished, prevalence, progress or _silent)
    distance = None if record is None else distance_to_next(footing, record)
    found = Found(rules=rules, distance=distance, cost=cost, volume_stated=volume is not None)
    return Plan(make_plan_of(footing, found, __version__))


def _asked(
    spec: Any, prevalence: float | None, volume: str | None, assume: Mapping[str, float]
) -> tuple[Unfinished, Mapping[str, float]]:
    """Return the spec with what was stated beside it, and the values assumed that are of columns."""
    unfinished = (
        Unfinished(spec=spec, has_outcome=True, capacity=None, scores=_scores_of(spec))
        if isinstance(spec, Spec)
        else load_unfinished(spec)
    )
    asked = unfinished.spec
    if prevalence is not None and not 0.0 < prevalence < 1.0:
        raise NotANumber(
            where="--prevalence",
            found=f"{prevalence:g}",
            expected="a share strictly between 0 and 1",
            fix="write 0.05, not 5%.",
        )
    if volume is not None:
        stated = Volume(likely=_rate(volume, "--volume", "45000 per year"))
        asked = replace(asked, decision=replace(asked.decision, volume=stated))
    columns = {name for formula in asked.value.values() for name in formula.columns}
    assumptions = dict(asked.assumptions)
    for name, likely in assume.items():
        if name not in assumptions and name not in columns:
            known = [*assumptions, *sorted(columns)]
            raise UnknownName(
                where="--assume",
                found=f"{name!r}{nearest(name, known)}",
                expected=f"one of {', '.join(known) or 'none at all'}",
                fix="name an assumption, or a column that a value uses.",
            )
        if name in assumptions:
            assumptions[name] = tried_at(assumptions[name], likely)
    typical = {name: value for name, value in assume.items() if name in columns}
    return replace(unfinished, spec=reduced(replace(asked, assumptions=assumptions))), typical


def _scores_of(spec: Spec) -> frozenset[str]:
    return frozenset(one.score for one in spec.candidates if one.score is not None)


def _refuse_typical(typical: Mapping[str, float]) -> None:
    if typical:
        name = next(iter(typical))
        raise UnknownName(
            where="--assume",
            found=f"{name!r}, a column, and rows that hold it",
            expected="either rows or a typical value",
            fix="leave it out: its values are read from the rows.",
        )


def _rate(text: str, where: str, example: str) -> Amount:
    try:
        amount = parse_amount(text)
    except ValueError:
        amount = None
    if amount is None or amount.per not in PER_YEAR or not 0.0 < amount.value < float("inf"):
        raise NotANumber(
            where=where,
            found=repr(text),
            expected=f'a positive number per day, week, month or year, such as "{example}"',
            fix="state it per period; spread what is paid once over the years that it serves.",
        )
    return amount


def _record(result: Any) -> Record | None:
    if result is None or isinstance(result, Record):
        return result
    return read_record(Path(result)) if isinstance(result, (str, Path)) else result.record


def _with_rows(
    source: Any,
    data: Any,
    unfinished: Unfinished,
    prevalence: float | None,
    progress: Callable[[str], None],
) -> tuple[Footing, SingleRules | None]:
    spec = unfinished.spec
    with opened(data, source, spec) as engine:
        telling = following(progress, engine, spec)
        footing = footing_with_rows(count(spec, engine, telling), unfinished, prevalence)
        return footing, search_rules(spec, unfinished, engine, footing.world, telling)


def _silent(_: str) -> None:
    return None


__all__ = ["Plan", "plan"]
