"""What is wrong or worth knowing about the rows: every finding with code, place, count, first ids and remedy."""

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from payoff.engines import Engine
from payoff.errors import data as codes
from payoff.errors.classes import ClassUnseen, ProbabilitiesUnsummed
from payoff.formulas import double
from payoff.spec.model import Candidate, Maximise, Rule
from payoff.tabulation.counts import LARGEST, SUMMED, Counts, Shape, unsummed
from payoff.tabulation.findings import Finding, Test, finding_of
from payoff.tabulation.identity import check_identity
from payoff.tabulation.latency import check_latency
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared
from payoff.tabulation.quantity_checks import of_quantities, quantity_tests
from payoff.tabulation.rows import TOLERANCE

# Below this, chance alone may put the ids of a class at one end: 2 / binomial(2 n, n) is 1e-5 for n = 10.
FEWEST_OF_A_CLASS = 10

# Cubes of weights are divided by cubes of their sum: between these nothing overflows and nothing vanishes.
WEIGHTS = (1e-50, 1e50)


def check_rows(plan: Plan, engine: Engine, ready: Prepared) -> tuple[Finding, ...]:
    """Return every finding: from the totals of all rows, and by closer looks only where these are suspicious."""
    tests = list(_suspected(plan, ready.counts, ready.shape))
    findings = _tested(tests, engine, ready) if tests else []
    findings += _from_totals(plan, ready, engine)
    findings += check_identity(plan, engine, ready)
    findings += check_latency(plan, engine)
    return tuple(sorted(findings, key=lambda one: ("error", "warning", "note").index(one.severity)))


def _tested(tests: Sequence[Test], engine: Engine, ready: Prepared) -> list[Finding]:
    counted = engine.columns(
        "select "
        + ", ".join(f"count(*) filter (where {test.condition}) as c{j}" for j, test in enumerate(tests))
        + " from prepared"
    )
    rows = [int(counted[f"c{j}"][0]) for j in range(len(tests))]
    return [
        _fired(test, count, engine, ready.order) for test, count in zip(tests, rows, strict=True) if count
    ]


def _suspected(plan: Plan, counts: Counts, shape: Shape) -> Iterator[Test]:
    """Yield the tests that some row fails, or may fail."""
    rows = counts.count("n")
    for j, candidate in enumerate(plan.spec.columns_scored):
        low, high = (0.0, 1.0) if candidate.score_is == "probability" else (-LARGEST, LARGEST)
        if counts.count(f"s{j}") < rows or not counts.within(f"s{j}", low, high):
            yield from _score_tests(j, candidate)
    yield from quantity_tests(plan, counts)
    for name, one, off in unsummed(plan):
        if counts.count(name):
            yield _sum_test(one, off)
    for a, action in enumerate(plan.spec.decision.actions):
        fixed = shape.fixed[~shape.moving[:, a], a]
        if not np.isfinite(fixed).all() or (shape.moving[:, a].any() and not counts.is_whole(f"v{a}", "v")):
            yield _value_test(a, action)
    for j, name in enumerate(plan.keyed):
        if plan.is_counted(name) and counts.count(f"a{j}") < rows:
            yield _decision_test(j, name, plan)
    yield from _key_tests(plan, counts)


def _finite(name: str) -> str:
    # NaN is greater than every number in SQL, so this is false for it, as for infinity and NULL.
    return f"coalesce(abs({name}) <= {double(LARGEST)}, false)"


def _score_tests(j: int, candidate: Candidate) -> Iterator[Test]:
    where = f"{candidate.name}.score {candidate.score!r}"
    yield Test(
        error=codes.ScoreMissing,
        severity="error",
        where=where,
        condition=f"not {_finite(f's{j}')}",
        found="scores that are missing, NaN or infinite",
        fix="score these rows, or take them out of the file and say so; payoff drops none.",
    )
    if candidate.score_is == "probability":
        yield Test(
            error=codes.ScoreOutOfRange,
            severity="error",
            where=where,
            condition=f"{_finite(f's{j}')} and (s{j} < 0 or s{j} > 1)",
            found="scores outside 0 to 1, declared as probabilities",
            fix="divide percent scores by 100, or declare score_is: rank.",
        )
        yield Test(
            error=codes.RoundedScore,
            severity="note",
            where=where,
            condition=f"r{j} <> s{j}",
            found=f"scores outside 0 to 1 by less than {TOLERANCE:g}, set to the border",
            fix="nothing to do.",
        )


def _sum_test(candidate: Candidate, off: str) -> Test:
    return Test(
        error=ProbabilitiesUnsummed,
        severity="error",
        where=f"{candidate.name}.scores ({', '.join(candidate.scores or ())})",
        condition=off,
        found=f"rows whose class probabilities do not sum to 1 within {SUMMED:g}",
        fix="divide each by their sum, or list the column of the class that is missing.",
    )


def _value_test(a: int, action: str) -> Test:
    return Test(
        error=codes.ValueUndefined,
        severity="error",
        where=f"value.{action}",
        condition=f"st >= 0 and not {_finite(f'v{a}')}",
        found="values that are NULL or not finite (a missing input, or a division by zero)",
        fix="fill the column, or say in the formula what then holds, with coalesce(column, ...) or case.",
    )


def _decision_test(j: int, name: str, plan: Plan) -> Test:
    if isinstance(plan.spec.candidate(name).policy, Rule):
        found, fix = (
            "rows on which the rule is neither true nor false (NULL)",
            "write coalesce(column, ...) in it.",
        )
    elif plan.spec.candidate(name).policy == Maximise():
        found = "rows on which the value of an action is NULL under one of the outcomes"
        fix = "fill the columns that values are made of, or write coalesce(column, ...) in them."
    else:
        found = "decisions that are missing or not mapped"
        fix = "fill the column, or map every label it holds under `as`."
    return Test(
        error=codes.DecisionMissing,
        severity="error",
        where=name,
        condition=f"a_{j} is null",
        found=found,
        fix=fix,
    )


def _key_tests(plan: Plan, counts: Counts) -> Iterator[Test]:
    data, rows = plan.spec.data, counts.count("n")
    if data.weight is not None and not (counts.count("weights") == rows and counts.within("w", *WEIGHTS)):
        yield Test(
            error=codes.BadWeight,
            severity="error",
            where=f"data.weight {data.weight!r}",
            condition=f"not coalesce(w >= {double(WEIGHTS[0])} and w <= {double(WEIGHTS[1])}, false)",
            found=f"weights that are missing, negative, not finite, or beyond {WEIGHTS[0]:g} to {WEIGHTS[1]:g}",
            fix="give every row a weight of zero or more; zero takes a row out.",
        )
    for key, column, name in (("id", data.id, "i"), ("cluster", data.cluster, "k")):
        if column is not None and counts.count(name) < rows:
            yield Test(
                error=codes.IdMissing,
                severity="error",
                where=f"data.{key} {column!r}",
                condition=f"{name} is null",
                found=f"rows without {key}",
                fix=f"give every row its {key}.",
            )
    if data.time is not None and counts.count("t") < rows:
        yield Test(
            error=codes.TimeMissing,
            severity="error",
            where=f"data.time {data.time!r}",
            condition="t is null",
            found="rows without time",
            fix="give every row its time.",
        )


def _from_totals(plan: Plan, ready: Prepared, engine: Engine) -> Iterator[Finding]:
    counts = ready.counts
    yield from _of_weights(ready, counts)
    yield from of_quantities(plan, counts, ready.facts.rows)
    yield from _of_outcomes(plan, counts)
    yield from _ordered_ids(plan, counts, engine)
    for j, candidate in enumerate(plan.spec.columns_scored):
        low, high = counts[f"lo_s{j}"], counts[f"hi_s{j}"]
        if low is not None and low == high:
            yield finding_of(
                codes.ConstantScore,
                "warning",
                f"{candidate.name}.score {candidate.score!r}",
                counts.count("n"),
                f"every score is {low:g}: it carries no ranking",
                "check that the right column was named.",
            )


def _of_weights(ready: Prepared, counts: Counts) -> Iterator[Finding]:
    rows = counts.count("n")
    if rows == 0 or counts.values.get("w") == 0:
        found = "all weights are zero"
        yield finding_of(
            codes.BadWeight, "error", "data.weight", ready.facts.rows, found, "give rows a weight."
        )
    removed = ready.facts.rows - rows - counts.count("unhad")
    if removed:
        found = f"{removed} rows of weight zero, taken out"
        yield finding_of(codes.ZeroWeights, "note", "data.weight", removed, found, "nothing to do.")


def _of_outcomes(plan: Plan, counts: Counts) -> Iterator[Finding]:
    rows, states = counts.count("n"), plan.spec.data.states
    known = [counts.count(f"n{state}") for state in range(len(states))]
    where = f"data.outcome {plan.spec.data.outcome!r}"
    if sum(known) == 0:
        fix = "wait for outcomes, or widen the window."
        yield finding_of(codes.NoKnownOutcome, "error", where, rows, "no outcome is known yet", fix)
    elif plan.spec.data.classes is not None:
        yield from _unseen_classes(states, known, where)
    elif min(known) == 0 and not plan.quantities:
        found = f"all {sum(known)} known outcomes are {'positive' if known[1] else 'negative'}"
        fix = "check data.positive; ranking metrics are undefined with one class."
        yield finding_of(codes.OneClass, "warning", where, rows, found, fix)
    pending = rows - sum(known)
    if pending:
        severity: Literal["note", "warning"] = "note" if pending <= 0.05 * rows else "warning"
        found = f"{pending} of {rows} outcomes pending ({pending / rows:.1%})"
        fix = "declare data.maturity so that the verdict uses rows old enough, or wait."
        yield finding_of(codes.PendingRows, severity, where, pending, found, fix)


def _unseen_classes(states: Sequence[str], known: Sequence[int], where: str) -> Iterator[Finding]:
    for name, rows in zip(states, known, strict=True):
        if rows == 0:
            found = f"no known outcome of the class {name!r}: what it costs was not seen"
            fix = "add rows of that class, or take it out of data.classes."
            yield finding_of(ClassUnseen, "warning", where, 0, found, fix)


def _ordered_ids(plan: Plan, counts: Counts, engine: Engine) -> Iterator[Finding]:
    """Warn when the order of numeric ids separates the outcomes completely."""
    if plan.spec.data.id is None or plan.spec.data.classes is not None:
        return
    negative, positive = counts.count("n0"), counts.count("n1")
    if counts.count("u") < counts.count("n") or min(negative, positive) < FEWEST_OF_A_CLASS:
        return
    # Where positives lie at neither end, ids of negatives lie on both sides of them.
    if counts["lo_u"] != counts["lo_u1"] and counts["hi_u"] != counts["hi_u1"]:
        return
    ends = "cast(min(u) as double) as low, cast(max(u) as double) as high"
    found = engine.columns(f"select {ends} from prepared where st = 0")
    low, high = float(found["low"][0]), float(found["high"][0])
    if high < float(counts["lo_u1"] or 0.0) or float(counts["hi_u1"] or 0.0) < low:
        where = f"data.id {plan.spec.data.id!r}"
        text = "all ids of one outcome come before all ids of the other"
        fix = "check how ids were given: they may follow from the outcome."
        yield finding_of(codes.LeakSuspected, "warning", where, negative + positive, text, fix)


def _fired(test: Test, rows: int, engine: Engine, order: str) -> Finding:
    found = engine.columns(f"select i from prepared where {test.condition} order by {order} limit 5")
    return Finding(
        code=test.error.code,
        severity=test.severity,
        where=test.where,
        rows=rows,
        ids=tuple("(missing)" if one is None else str(one) for one in found["i"]),
        found=f"{rows} {test.found}",
        fix=test.fix,
    )
