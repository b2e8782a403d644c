"""Which strings of a record are the user's: they are told as they stand in every language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from payoff.record import Result
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.voice import Voice
from payoff.rendering.wording import part_text
from payoff.verdicts.plans import Plan

# Fields that hold what users wrote, or one word of theirs; in a mapping under one of them, keys are theirs as well.
_THEIRS = frozenset(
    (
        "name",
        "names",
        "of",
        "over",
        "model",
        "today",
        "hurdle",
        "unlocks",
        "unlocked",
        "owner",
        "source",
        "by",
        "complexity",
        "action",
        "actions",
        "instead",
        "outcome",
        "slice",
        "settings",
        "mix",
        "decision",
        "outside",
        "decides",
        "beaten_by",
        "first",
        "second",
        "columns",
        "column",
        "text",
        "rule",
        "where",
        "code",
        "ids",
        "engine",
    )
)
_OURS = frozenset(("positive", "negative", "pending", "known", "shared", "none", "all"))
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PERIODS = frozenset(("decision", "year", "month", "week", "day"))


def voice_of(result: Result, language: Language, reference: Result | None = None) -> Voice:
    """Return how a result is told in a language: strings of its own and of its reference are left as they stand."""
    told = [result] if reference is None else [result, reference]
    units = frozenset(unit for one in told for unit in _units(one))
    if language.code == ENGLISH.code:
        return Voice(language, units=units)
    return Voice(language, frozenset(each for one in told for each in _own(one)) - _OURS - {""}, units)


def _own(result: Result) -> Iterator[str]:
    """Return every string of a result that is a user's, alone and as payoff joins them."""
    yield from _units(result)
    made = {_guardrail(each) for each in result.verdict.guardrails}
    yield from (each for each in _theirs(result.document(), within=False) if each not in made)
    for curve in result.curves:
        for many in curve.points.values():
            yield from (each for each in many if isinstance(each, str) and not _DATE.fullmatch(each))
    for rail in result.verdict.guardrails:
        yield ", ".join(f"{column} {value}" for column, value in (rail.slice or {}).items())
    for estimate in result.estimates:
        if estimate.slice is not None:
            yield from (part_text(estimate.slice), " × ".join(estimate.slice))


def _units(result: Result) -> set[str]:
    """Return the units of a result's amounts, without their periods."""
    units = {str(result.decision.get("unit", "")), *(each.unit for each in result.estimates)}
    return {unit.partition(" per ")[0] for unit in units} - {"", "1"}


def voice_of_plan(plan: Plan, language: Language) -> Voice:
    """Return how a plan is told in a language: strings of the spec are left as they stand."""
    units = frozenset((str(plan.decision["unit"]),))
    if language.code == ENGLISH.code:
        return Voice(language, units=units)
    return Voice(language, frozenset(_own_of_plan(plan)) - {""}, units)


def _own_of_plan(plan: Plan) -> Iterator[str]:
    """Return every string of a plan that is a user's."""
    yield from (str(value) for value in plan.decision.values() if value is not None)
    for hurdle in plan.hurdles:
        yield from (hurdle.name, hurdle.over, hurdle.unlocks or "")
    yield from (one.name for one in plan.assumptions)
    if plan.accuracies is not None:
        yield plan.accuracies.over
    if plan.rules is not None:
        yield from (plan.rules.over, plan.rules.rule or "", *plan.rules.columns)
        yield from (one.rule for one in plan.rules.by_column)
    if plan.distance is not None:
        yield from (plan.distance.of, plan.distance.over, plan.distance.hurdle)
        # The other ways are payoff's own words: recall, precision, threshold.
        yield from (one.name for one in plan.distance.directions if one.kind == "assumption")


def _guardrail(record: Any) -> str:
    """Return a guardrail's name where payoff made it, of its metric, its limit and where it holds; else nothing."""
    limit = r"(?: \S+ \S+)*?(?: over .+)? at (?:least|most) -?[\d.e+-]+(?: in every .+)?"
    return record.name if re.fullmatch(re.escape(record.metric) + limit, record.name, re.DOTALL) else ""


def _theirs(node: Any, *, within: bool) -> Iterator[str]:
    """Return every string at or below ``node`` that is a user's; ``within``: below a field that holds theirs."""
    if isinstance(node, str):
        if within and node not in _PERIODS:
            yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if within:
                yield str(key)
            yield from _theirs(value, within=within or key in _THEIRS)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _theirs(value, within=within)
