"""Specs of what does not exist yet: a plan needs neither model nor policy nor rows.

What a plan does not use is not asked for: a model without policy stands for everybody being acted on, data without
an outcome column have none. The keys that are there are checked as in any spec.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from payoff.errors.usage import UnplannableDecision
from payoff.quantities import PER_YEAR, parse_amount
from payoff.spec.asking import ACTIONS
from payoff.spec.building import build, digest
from payoff.spec.capacities import share_of_rows
from payoff.spec.checking import check_document
from payoff.spec.document import SpecDocument
from payoff.spec.model import Spec
from payoff.spec.places import Plain, Text
from payoff.spec.reading import read

NO_OUTCOME = "outcome"
UNUSED = ("guardrails", "slices", "metrics")
"""Sections that a plan makes nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many can be acted on: ``share`` of all decisions, or ``per_year``; exactly one of the two."""

    text: str
    share: float | None = None
    per_year: float | None = None

    def share_of(self, volume: float | None) -> float | None:
        """Return the largest share of decisions that can be acted on; None where the volume is not known."""
        if self.share is not None:
            return self.share
        return None if volume is None or self.per_year is None else min(1.0, self.per_year / volume)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A spec to plan with.

    Attributes
    ----------
    spec : whose model acts on everybody.
    has_outcome : whether it names a column of outcomes.
    capacity : of the model's policy, None where it has none.
    scores : columns that hold a model's score or recorded decisions, so that no rule is sought in them.
    """

    spec: Spec
    has_outcome: bool
    capacity: Capacity | None
    scores: frozenset[str]


def load_unfinished(source: str | FilePath | Mapping[str, object]) -> Unfinished:
    """Read a spec that may lack model, policy and data.

    Raises
    ------
    payoff.errors.SpecError
        As ``load_spec``, but for what is lacking.
    UnplannableDecision
        For more actions than two, and for quantities.

    >>> found = load_unfinished({
    ...     "decision": {"unit": "EUR"},
    ...     "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    ...     "today": "nobody",
    ... })
    >>> found.has_outcome, found.spec.model.name
    (False, 'model')
    """
    text = read(source)
    tree = dict(text.tree)
    named = tree.get("data")
    has_outcome = isinstance(named, Mapping) and "outcome" in named
    if named is None or (isinstance(named, Mapping) and not has_outcome):
        tree["data"] = {**(named or {}), "outcome": NO_OUTCOME}
    model = tree.get("model", {})
    if isinstance(model, Mapping):
        tree["model"] = {"policy": {"always": _first_action(tree)}, **model}
    document = check_document(replace(text, tree=tree))
    _refuse(text, tree, document)
    planned = {key: value for key, value in tree.items() if key not in UNUSED}
    planned["model"] = _acting_on_everybody(tree, document)
    planned["challengers"] = _compared(document, tree)
    spec = build(replace(text, tree=planned))
    return Unfinished(
        spec=replace(spec, hash=digest(text.tree), text=text.text),
        has_outcome=has_outcome,
        capacity=_capacity(text, document),
        scores=_scores(document),
    )


def _first_action(tree: Plain) -> str:
    decision = tree.get("decision")
    actions = decision.get("actions") if isinstance(decision, Mapping) else None
    return str(actions[0]) if isinstance(actions, tuple | list) and actions else ACTIONS[0]


def _acting_on_everybody(tree: Plain, document: SpecDocument) -> Plain:
    given = tree["model"]
    kept = (
        {}
        if not isinstance(given, Mapping)
        else {key: given[key] for key in ("name", "costs") if key in given}
    )
    actions = document.decision.actions or ACTIONS
    return {**kept, "policy": {"always": actions[0]}}


def _compared(document: SpecDocument, tree: Plain) -> Plain | None:
    """Return the challengers that something is compared with; the others are no part of a plan."""
    given = tree.get("challengers")
    named = {document.today, *(hurdle.over for hurdle in document.hurdles or ())}
    if not isinstance(given, Mapping):
        return None
    return {name: value for name, value in given.items() if name in named} or None


def _refuse(text: Text, tree: Plain, document: SpecDocument) -> None:
    """Refuse what a frontier of recall and precision knows nothing of."""
    for section, key, found in (
        ("decision", "quantity", "a quantity"),
        ("data", "classes", "an outcome of several classes"),
    ):
        given = tree.get(section)
        if isinstance(given, Mapping) and key in given:
            raise UnplannableDecision(
                where=text.at((section, key)),
                found=found,
                expected="two actions and a yes-or-no outcome: others have no recall and no precision",
                fix="plan one yes-or-no part of the decision in a spec of its own.",
            )
    actions = document.decision.actions or ACTIONS
    if len(actions) != 2:
        raise UnplannableDecision(
            where=text.at(("decision", "actions")),
            found=f"{len(actions)} actions",
            expected="two: the first acts, the last does nothing; a frontier of recall and precision knows no others",
            fix="plan each pair of actions in a spec of its own.",
        )


def _scores(document: SpecDocument) -> frozenset[str]:
    scored = [document.model, *(document.challengers or {}).values(), *(document.baselines or {}).values()]
    policies = [document.model.policy, *(document.baselines or {}).values()]
    columns = [one.score for one in scored] + [one.decided for one in policies]
    return frozenset(column for column in columns if column is not None)


def _capacity(text: Text, document: SpecDocument) -> Capacity | None:
    """Return how many the model's policy can act on."""
    given: object = document.model.policy.capacity
    if getattr(document.model.policy, "budget", None) is not None:
        raise UnplannableDecision(
            where=text.at(("model", "policy", "budget")),
            found="a budget in money",
            expected="a number of rows per period, or a share: what rows cost is not known before they are chosen",
            fix="plan with the number that the budget pays for on average: `capacity`.",
        )
    if given is None:
        return None
    where = text.at(("model", "policy", "capacity"))
    if document.model.policy.by is not None:
        raise UnplannableDecision(
            where=text.at(("model", "policy", "by")),
            found=f"a capacity for each {document.model.policy.by}",
            expected="one for all: without predictions nothing tells how the best cases spread",
            fix="plan with the sum of all capacities, or each part in a spec of its own.",
        )
    share = share_of_rows(given)
    if share is not None and share > 0.0:
        return Capacity(text=f"{100 * share:g}% of all decisions", share=share)
    try:
        amount = parse_amount(str(given))
    except ValueError:
        amount = None
    if amount is None or amount.per not in PER_YEAR or amount.value < 0:
        raise UnplannableDecision(
            where=where,
            found=f"the capacity {given}",
            expected='a number per day, week, month or year such as "200 per day", or a share up to 1',
            fix="write the capacity in one of these forms to plan with it.",
        )
    return Capacity(text=str(amount), per_year=amount.yearly())
