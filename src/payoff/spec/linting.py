"""What is doubtful about a spec and can be seen without data."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from payoff.errors.spec import (
    CostsLeftOut,
    HurdleTooLow,
    LadderFalls,
    NoHurdles,
    NoRanges,
    NoToday,
    NotUsedYet,
    OutcomeGivenUnstated,
    OutcomeLeak,
    UnusedAssumption,
)
from payoff.spec.findings import Finding
from payoff.spec.model import Candidate, Decided, Hurdle, Quantity, Role, Rule, Spec
from payoff.spec.signs import signs

_OUTCOME_GIVEN = re.compile(r"^[^#\n]*\boutcome_given[\"']?\s*[:=]", re.MULTILINE)
_SECTIONS: Mapping[Role, str] = {"model": "model", "challenger": "challengers", "baseline": "baselines"}


def lint(spec: Spec) -> tuple[Finding, ...]:
    """Return what is doubtful about a spec, errors first; an empty tuple means nothing was seen.

    Whether ``outcome_given`` is stated is read off the text, as the spec itself holds the default.

    >>> from payoff.spec import load_spec
    >>> spec = load_spec({
    ...     "decision": {"unit": "EUR"},
    ...     "data": {"outcome": "y", "outcome_given": "any action"},
    ...     "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    ...     "model": {"score": "y", "policy": {"threshold": 0.5}},
    ...     "today": "nobody",
    ... })
    >>> [(finding.code, finding.severity) for finding in lint(spec)]
    [('PAY240', 'error'), ('PAY236', 'warning')]
    """
    order = ("error", "warning", "note")
    found = [
        *_leaks(spec),
        *signs(spec),
        *_assumptions(spec),
        *_hurdles(spec),
        *_unsaid(spec),
        *_unused_keys(spec),
    ]
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _leaks(spec: Spec) -> Iterator[Finding]:
    """Yield every place where a candidate knows the outcome that it should predict."""
    outcome = spec.data.outcome.casefold()
    for candidate in spec.candidates:
        for use, columns in _read_by(candidate):
            if outcome in {column.casefold() for column in columns}:
                yield Finding.of(
                    OutcomeLeak,
                    "error",
                    _place(candidate),
                    f'the outcome column "{spec.data.outcome}" as {use}',
                    "use what is known when the decision is made.",
                )


def _read_by(candidate: Candidate) -> Iterator[tuple[str, frozenset[str]]]:
    if candidate.score is not None:
        yield "a score", frozenset({candidate.score})
    if isinstance(candidate.policy, Rule):
        yield "part of a rule", candidate.policy.when.columns
    if isinstance(candidate.policy, Decided):
        yield "a recorded decision", frozenset({candidate.policy.column})
    if isinstance(candidate.policy, Quantity):
        yield "part of a quantity", candidate.policy.formula.columns


def _unused_keys(spec: Spec) -> Iterator[Finding]:
    """Yield keys that are kept and not computed with yet, so that nobody counts on them."""
    found = [
        f"decision.{key}" for key in ("horizon", "discount_rate") if getattr(spec.decision, key) is not None
    ]
    for candidate in spec.candidates:
        place = _place(candidate)
        found += [f"{place}.costs.build"] if candidate.costs.build is not None else []
        found += [
            f"{place}.{key}" for key in ("latency", "complexity") if getattr(candidate, key) is not None
        ]
    for where in found:
        text = "a key that this version reads and computes nothing from"
        yield Finding.of(NotUsedYet, "note", where, text, "leave it for later versions, or judge it by hand.")


def _place(candidate: Candidate) -> str:
    section = _SECTIONS[candidate.role]
    return section if candidate.role == "model" else f"{section}.{candidate.name}"


def _assumptions(spec: Spec) -> Iterator[Finding]:
    rules = [one.policy.when for one in spec.candidates if isinstance(one.policy, Rule)]
    rules += [one.policy.formula for one in spec.candidates if isinstance(one.policy, Quantity)]
    used = {name for formula in (*spec.value.values(), *rules) for name in formula.assumptions}
    for name in spec.assumptions:
        if name not in used:
            yield Finding.of(
                UnusedAssumption,
                "warning",
                f"assumptions.{name}",
                "an assumption that no formula uses",
                "use it in a value, or remove it.",
            )
    bare = [name for name, assumption in spec.assumptions.items() if assumption.low is None]
    if bare:
        every = len(bare) == len(spec.assumptions)
        yield Finding.of(
            NoRanges,
            "warning" if every else "note",
            "assumptions",
            f"no range for {', '.join(bare)}: {'all' if every else 'this part of the'} doubt about money is left out",
            "write {likely: ..., low: ..., high: ...}: the least and the most that the owner holds possible.",
        )


def _hurdles(spec: Spec) -> Iterator[Finding]:
    if not spec.hurdles:
        yield Finding.of(
            NoHurdles,
            "warning",
            "hurdles",
            "no hurdle, so there will be no verdict and the gate refuses",
            "state the least gain worth having, such as {gain: 0.1 per decision}.",
        )
    for position, hurdle in enumerate(spec.hurdles):
        yield from _hurdle(spec, hurdle, f"hurdles[{position}]")
    for (_, earlier), (position, later) in combinations(enumerate(spec.hurdles), 2):
        same = (earlier.metric, earlier.over, earlier.amount.per) == (
            later.metric,
            later.over,
            later.amount.per,
        )
        if same and later.amount.value < earlier.amount.value:
            yield Finding.of(
                LadderFalls,
                "warning",
                f"hurdles[{position}]",
                f'"{later.name}" asks for {later.amount}, less than "{earlier.name}" before it ({earlier.amount})',
                "order the hurdles from the lowest to the highest.",
            )


def _hurdle(spec: Spec, hurdle: Hurdle, where: str) -> Iterator[Finding]:
    if hurdle.amount.value < 0 and hurdle.over != "nobody":
        yield Finding.of(
            HurdleTooLow,
            "note",
            where,
            f'"{hurdle.name}" is a margin of non-inferiority: being worse than {hurdle.over} by less than '
            f"{str(hurdle.amount).removeprefix('-')} clears it, and so does deciding exactly as {hurdle.over} does",
            "choose the margin before looking at the rows; it is what giving up the old way is worth at most.",
        )
    elif hurdle.amount.value <= 0:
        yield Finding.of(
            HurdleTooLow,
            "warning",
            where,
            f'"{hurdle.name}" asks for {hurdle.amount} over {hurdle.over}: doing exactly what {hurdle.over} does '
            f"{'clears' if hurdle.amount.value < 0 else 'reaches'} it",
            "ask for the least gain that would be worth the change; below zero it is a margin of non-inferiority.",
        )
    costly = [
        name for name in (spec.model.name, hurdle.over) if spec.candidate(name).costs.running is not None
    ]
    if hurdle.metric == "gain" and hurdle.amount.per != "decision" and costly:
        yield Finding.of(
            CostsLeftOut,
            "warning",
            where,
            f'"{hurdle.name}" judges gain per {hurdle.amount.per}, which leaves out the '
            f"running costs of {' and '.join(costly)}",
            "use net_gain, which counts them.",
        )


def _unsaid(spec: Spec) -> Iterator[Finding]:
    if spec.today is None:
        yield Finding.of(
            NoToday,
            "warning",
            "today",
            "nothing says what is done today",
            "add `today: nobody`, `today: everybody` or a baseline's name.",
        )
    if not _OUTCOME_GIVEN.search(spec.text):
        yield Finding.of(
            OutcomeGivenUnstated,
            "note",
            "data.outcome_given",
            "outcomes are taken as unaffected by what is done, and the spec does not say so",
            "state `outcome_given: any action`, or the action under which the outcomes were seen.",
        )
