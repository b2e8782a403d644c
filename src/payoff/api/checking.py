"""Lint a spec and check rows without evaluating; walk through what a row is worth."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from payoff.api.opening import Source, asked_for, opened
from payoff.errors.classes import NeedsTwoClasses
from payoff.errors.linter import ThresholdContradicted
from payoff.errors.quantity import NotForQuantities
from payoff.errors.spec import NotLinted
from payoff.record import Check
from payoff.rendering.explaining import walkthrough_text
from payoff.running.explaining import walked_through
from payoff.running.parts import check_of
from payoff.spec import lint
from payoff.spec.findings import Finding
from payoff.spec.walkthrough import Walkthrough, walk_through
from payoff.tabulation import check_rows, make_plan, prepare
from payoff.tabulation.example_rows import example_rows, numbers_of
from payoff.tabulation.leak_checks import check_leaks
from payoff.tabulation.value_checks import check_values

ORDER = ("error", "warning", "note")
ASKED_OF_ROWS = frozenset({NotLinted.code, ThresholdContradicted.code})
"""What the linter can only guess without rows, and the rows answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A walk through a value with ways to tell it; ``walkthrough`` holds the data alone."""

    walkthrough: Walkthrough

    def to_text(self, width: int = 80) -> str:
        """Return it as plain text."""
        return walkthrough_text(self.walkthrough, width)

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self.walkthrough), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def check(spec: Source, data: Any = None, *, rows: bool = True) -> tuple[Check, ...]:
    """Lint a spec and, where there are data and ``rows`` is True, check them without evaluating."""
    asked = asked_for(spec, data)
    if not rows or (data is None and asked.data.path is None):
        return tuple(_from_spec(lint(asked)))
    with opened(data, spec, asked) as engine:
        plan = make_plan(asked, engine)
        ready = prepare(plan, engine)
        seen = check_rows(plan, engine, ready)
        if any(one.severity == "error" for one in seen):
            return (*_from_spec(lint(asked)), *(check_of(one) for one in seen))
        if asked.data.classes is not None or asked.of_quantity is not None:
            return _merged([*_from_spec(lint(asked)), *(check_of(one) for one in seen)])
        examples = numbers_of(example_rows(plan, engine, ready))
        worth = check_values(plan, engine, ready, examples)
        leaks = check_leaks(plan, engine, ready)
    linted = _from_spec(lint(asked, examples), left_out=ASKED_OF_ROWS)
    return _merged([*linted, *(check_of(one) for one in (*seen, *worth, *leaks))])


def explain(spec: Source, data: Any = None) -> Explanation:
    """Walk through what a row is worth: every action at every outcome, in amounts, with a real row where there are any.

    Names one row per outcome by its id; pass no data and leave ``data.path`` out to keep to the spec alone.
    """
    asked = asked_for(spec, data)
    if asked.data.classes is not None:
        raise NeedsTwoClasses(
            where="data.classes",
            found=f"an outcome of {len(asked.data.classes)} classes",
            expected="a binary outcome: the walk goes through a positive and a negative row",
            fix="run `payoff evaluate`: its table of outcome by action says what every cell is worth.",
        )
    if asked.of_quantity is not None:
        raise NotForQuantities(
            where="decision.quantity",
            found="a quantity",
            expected="two actions: the walk goes through what each is worth in a positive and in a negative row",
            fix="run `payoff evaluate`: its curves say for which costs which quantity is better.",
        )
    if data is None and asked.data.path is None:
        return Explanation(walk_through(asked))
    with opened(data, spec, asked) as engine:
        plan = make_plan(asked, engine)
        ready = prepare(plan, engine)
        if any(one.severity == "error" for one in check_rows(plan, engine, ready)):
            return Explanation(walk_through(asked))
        return Explanation(walked_through(plan, engine, dict(example_rows(plan, engine, ready))))


def _from_spec(found: Iterable[Finding], left_out: frozenset[str] = frozenset()) -> list[Check]:
    return [
        Check(
            code=one.code,
            severity=one.severity,
            where=one.where,
            rows=0,
            ids=(),
            found=one.found,
            fix=one.fix,
        )
        for one in found
        if one.code not in left_out
    ]


def _merged(found: Sequence[Check]) -> tuple[Check, ...]:
    """Return findings, errors first; what spec and rows both say at one place is said once."""
    from_rows = {(one.code, one.where) for one in found if one.rows}
    kept = [one for one in found if one.rows or (one.code, one.where) not in from_rows]
    return tuple(sorted(kept, key=lambda one: ORDER.index(one.severity)))


__all__ = ["Explanation", "check", "explain"]
