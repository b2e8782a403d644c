"""From the document to ``Spec``: names resolved, formulas parsed, defaults filled, everything checked.

Sections that do not need each other are all built before the first problem is raised, so that one run
names every problem.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from payoff.errors import PayoffError
from payoff.spec.asking import Asked
from payoff.spec.candidates import Field, candidates
from payoff.spec.checking import check_document, first_of
from payoff.spec.correlations import correlations
from payoff.spec.demands import guardrails, hurdles, metrics, slices
from payoff.spec.measures import measures
from payoff.spec.model import Spec
from payoff.spec.places import Node, Text
from payoff.spec.quantity import values_of_quantities
from payoff.spec.ranked import tops
from payoff.spec.scenarios import scenarios
from payoff.spec.variants import with_second_policies
from payoff.spec.world import cap, data, decision
from payoff.spec.worth import Worth, worth


def build(text: Text) -> Spec:
    """Return the resolved spec of a document.

    Raises
    ------
    payoff.errors.SpecError
        The first problem; its ``problems`` holds all that were found.
    """
    asked = Asked(text=text, document=check_document(text))
    try:
        return _spec(asked)
    except PayoffError:
        raise first_of(_problems(asked)) from None


def _spec(asked: Asked) -> Spec:
    """Build every section, stopping at the first problem."""
    valued = worth(asked)
    field = with_second_policies(candidates(asked), valued, asked.actions)
    guarded, named = guardrails(asked, field), scenarios(asked, valued)
    made = Spec(
        decision=decision(asked),
        data=data(asked),
        value=valued.value,
        of_quantity=valued.of_quantity,
        assumptions=valued.assumptions,
        together=valued.together,
        cap=cap(asked),
        model=field.model,
        challengers=field.challengers,
        baselines=field.baselines,
        today=field.today,
        hurdles=hurdles(asked, field),
        guardrails=guarded,
        slices=slices(asked, guarded, [one.column for one in named if one.column is not None]),
        metrics=metrics(asked),
        tops=tops(asked),
        hash=digest(asked.text.tree),
        text=asked.text.text,
        correlated=correlations(asked, valued),
        scenarios=named,
        measures=measures(asked),
    )
    return made if made.of_quantity is None else replace(made, value=values_of_quantities(made))


def _problems(asked: Asked) -> list[PayoffError]:
    """Build every section by itself and return what each refuses; those without candidates wait for them."""
    found: list[PayoffError] = []
    field: Field | None = None
    valued: Worth | None = None
    sections: tuple[Callable[[Asked], object], ...] = (
        decision,
        data,
        worth,
        cap,
        candidates,
        metrics,
        measures,
        tops,
    )
    for section in sections:
        try:
            built = section(asked)
        except PayoffError as problem:
            found.append(problem)
        else:
            field = built if isinstance(built, Field) else field
            valued = built if isinstance(built, Worth) else valued
    if valued is not None:
        found += _doubted(asked, valued)
    if field is not None:
        whole = field if valued is None else with_second_policies(field, valued, asked.actions)
        found += _demanded(asked, whole)
    return found


def _doubted(asked: Asked, valued: Worth) -> list[PayoffError]:
    """Return what correlations and scenarios refuse once all assumptions are known."""
    found: list[PayoffError] = []
    for section in (correlations, scenarios):
        try:
            section(asked, valued)
        except PayoffError as problem:
            if all(str(problem) != str(one) for one in found):
                found.append(problem)
    return found


def _demanded(asked: Asked, field: Field) -> list[PayoffError]:
    """Return what hurdles, guardrails and slices refuse once all candidates are known."""
    found: list[PayoffError] = []
    for section in (hurdles, guardrails):
        try:
            section(asked, field)
        except PayoffError as problem:
            found.append(problem)
    try:
        slices(asked, ())
    except PayoffError as problem:
        found.append(problem)
    return found


def digest(tree: Node) -> str:
    """Return the sha256 of the canonical document: layout, key order and format play no part.

    >>> digest({"a": 1, "b": 2.0}) == digest({"b": 2, "a": 1.0})
    True
    """
    canonical = json.dumps(_canonical(tree), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _canonical(node: Node) -> object:
    """Write numbers of one value alike, and dates as their text."""
    if isinstance(node, Mapping):
        return {key: _canonical(value) for key, value in node.items()}
    if isinstance(node, tuple):
        return [_canonical(value) for value in node]
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return node.isoformat() if isinstance(node, date) else node
