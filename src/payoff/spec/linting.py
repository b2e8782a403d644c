"""What is doubtful about a spec and can be seen without data."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from payoff.errors.linter import HorizonMissing, OutcomeByColumn
from payoff.errors.spec import (
    CostsLeftOut,
    HurdleTooLow,
    LadderFalls,
    NoHurdles,
    NoRanges,
    NoToday,
    OutcomeGivenUnstated,
    OutcomeLeak,
    OutsideRange,
    UnusedAssumption,
)
from payoff.spec.findings import Finding
from payoff.spec.invented import invented
from payoff.spec.margins import names_outcome
from payoff.spec.model import Candidate, Capacity, Decided, Hurdle, Maximise, Quantity, Role, Rule, Spec
from payoff.spec.reach import reach
from payoff.spec.signs import NO_EXAMPLES, Examples, signs
from payoff.spec.units import units

_OUTCOME_GIVEN = re.compile(r"^[^#\n]*\boutcome_given[\"']?\s*[:=]", re.MULTILINE)
_SECTIONS: Mapping[Role, str] = {"model": "model", "challenger": "challengers", "baseline": "baselines"}


def lint(spec: Spec, examples: Examples = NO_EXAMPLES) -> tuple[Finding, ...]:
    """Return what is doubtful about a spec, errors first; an empty tuple means nothing was seen.

    ``examples`` are the numbers of one real row per outcome, where there are rows, for the words.
    Whether ``outcome_given`` is stated is read off the text, as the spec itself holds the default.

    >>> from payoff.spec import load_spec
    >>> spec = load_spec({
    ...     "decision": {"unit": "EUR"},
    ...     "data": {"outcome": "y", "outcome_given": "any action"},
    ...     "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    ...     "model": {"score": "y", "policy": {"threshold": "best"}},
    ...     "today": "nobody",
    ... })
    >>> [(finding.code, finding.severity) for finding in lint(spec)]
    [('PAY240', 'error'), ('PAY236', 'warning')]
    """
    order = ("error", "warning", "note")
    turned = tuple(signs(spec, examples))
    # Where the values themselves are doubtful, what follows from them is no second finding.
    follows = () if any(one.severity != "note" for one in turned) else tuple(reach(spec))
    found = [
        *_leaks(spec),
        *turned,
        *units(spec),
        *follows,
        *_by_column(spec),
        *_assumptions(spec),
        *_hurdles(spec),
        *_unsaid(spec),
        *invented(spec),
        *_horizon(spec),
        *_scenarios(spec),
    ]
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _leaks(spec: Spec) -> Iterator[Finding]:
    """Yield every place where a candidate knows the outcome that it should predict."""
    told = {
        "the outcome column": spec.data.outcome,
        "the day on which outcomes are known": spec.data.label_known_on,
    }
    for candidate in spec.candidates:
        for use, columns in _read_by(candidate, spec):
            names = {column.casefold() for column in columns}
            for what, column in told.items():
                if column is not None and column.casefold() in names:
                    yield _leak(
                        _place(candidate), f'{what} "{column}" as {use}: it is not known when deciding'
                    )
    outcome = spec.data.outcome.casefold()
    for top in spec.tops:
        if top.per is not None and top.per.casefold() == outcome:
            yield _leak("metrics", f'{top.name} per "{top.per}", the outcome: no ranking knows it')
    for scenario in spec.scenarios:
        if scenario.column is not None and scenario.column.casefold() == outcome:
            yield _leak(
                f"scenarios.{scenario.name}.mix",
                f'a mix of "{scenario.column}", the outcome',
                "write prevalence, which moves the share of positives.",
            )


def _leak(where: str, found: str, fix: str = "use what is known when the decision is made.") -> Finding:
    return Finding.of(OutcomeLeak, "error", where, found, fix)


def _by_column(spec: Spec) -> Iterator[Finding]:
    """Yield values that name the outcome's column; of a quantity `outcome` is that column."""
    if spec.decision.quantity is None and names_outcome(spec):
        yield Finding.of(
            OutcomeByColumn,
            "note",
            "value",
            f'values name the column "{spec.data.outcome}", and what depends on the outcome cannot be seen',
            "write `outcome`, which is true on positive rows.",
        )


def _read_by(candidate: Candidate, spec: Spec) -> Iterator[tuple[str, frozenset[str]]]:
    if candidate.score is not None:
        yield "a score", frozenset({candidate.score})
    if candidate.scores is not None:
        yield "a class probability", frozenset(candidate.scores)
    if isinstance(candidate.policy, Capacity):
        cost, by = candidate.policy.cost, candidate.policy.by
        yield "the team of a capacity", frozenset() if by is None else frozenset({by})
        yield "part of what acting costs", frozenset() if cost is None else cost.columns
    if isinstance(candidate.policy, Rule):
        yield "part of a rule", candidate.policy.when.columns
    if isinstance(candidate.policy, Decided):
        yield "a recorded decision", frozenset({candidate.policy.column})
    if isinstance(candidate.policy, Quantity):
        yield "part of a quantity", candidate.policy.formula.columns
    if candidate.policy == Maximise():
        columns = frozenset(column for formula in spec.value.values() for column in formula.columns)
        yield "part of an expected value (write `outcome` in the value instead)", columns


def _horizon(spec: Spec) -> Iterator[Finding]:
    """Yield what a net present value lacks, where one is meant."""
    decision = spec.decision
    keys = {"horizon": decision.horizon, "discount_rate": decision.discount_rate}
    missing = [key for key, held in keys.items() if held is None]
    built = [_place(one) for one in spec.candidates if one.costs.build is not None]
    example = {"horizon": "horizon: 3 years", "discount_rate": "discount_rate: 0.08"}
    if missing and (built or len(missing) < len(keys)):
        reason = (
            f"costs.build of {', '.join(built)}" if built else f"decision.{(set(keys) - set(missing)).pop()}"
        )
        yield Finding.of(
            HorizonMissing,
            "note" if len(missing) == len(keys) else "warning",
            f"decision.{missing[0]}",
            f"{reason} without decision.{' and decision.'.join(missing)}: no net present value",
            f"add {' and '.join(example[key] for key in missing)}: how long it lasts, what money costs a year.",
        )
    elif not missing and decision.volume is None and spec.data.time is None:
        yield Finding.of(
            HorizonMissing,
            "warning",
            "decision.volume",
            "a horizon and a discount rate without a volume: no net present value",
            "add decision.volume, such as 45000 per year, or data.time.",
        )


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


def _scenarios(spec: Spec) -> Iterator[Finding]:
    """Yield what scenarios set beyond the range that its owner holds possible."""
    for scenario in spec.scenarios:
        for name, value in scenario.settings.items():
            item = spec.assumptions[name]
            if item.low is not None and item.high is not None and not item.low <= value <= item.high:
                yield Finding.of(
                    OutsideRange,
                    "note",
                    f"scenarios.{scenario.name}.{name}",
                    f"{value:g}, beyond the {item.low:g} to {item.high:g} that its owner holds possible",
                    "widen the range if this can happen; the verdict's confidence does not know it now.",
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
    costly = [name for name in (spec.model.name, hurdle.over) if spec.candidate(name).costs.recurring]
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
