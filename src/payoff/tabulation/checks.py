"""What is wrong or worth knowing about the rows: every finding with code, place, count, first ids and remedy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from payoff.engines import Columns, Engine
from payoff.errors import data as codes
from payoff.errors.family import DataError
from payoff.formulas import double, quote
from payoff.spec.model import Decided, Rule
from payoff.tabulation.counting import Prepared
from payoff.tabulation.plan import Plan
from payoff.tabulation.rows import TOLERANCE

Severity = Literal["error", "warning", "note"]
LARGEST = "1.7976931348623157e308"
EXACT = 2**53
# Below this, chance alone may put the ids of a class at one end: 2 / binomial(2 n, n) is 1e-5 for n = 10.
FEWEST_OF_A_CLASS = 10
ENTITY = re.compile(
    r"(customer|client|patient|account|user|person|member|household|device|merchant|card)s?(_?(id|no|key|number))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding; ``error`` means that no number may rest on these rows."""

    code: str
    severity: Severity
    where: str
    rows: int
    ids: tuple[str, ...]
    found: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A condition on rows of ``prepared`` that makes them a finding."""

    error: type[DataError]
    severity: Severity
    where: str
    condition: str
    found: str
    fix: str


def check_rows(plan: Plan, engine: Engine, ready: Prepared) -> tuple[Finding, ...]:
    """Run every check on the rows; one query for all counts, one more for the ids of each that fires."""
    tests = [*_score_tests(plan), *_value_tests(plan), *_decision_tests(plan), *_key_tests(plan)]
    counted = engine.columns(
        "select "
        + ", ".join(f"count(*) filter ({test.condition}) as c{j}" for j, test in enumerate(tests))
        + (", " if tests else "")
        + f"{_summaries(plan)} from prepared"
    )
    findings = []
    for j, test in enumerate(tests):
        rows = int(counted[f"c{j}"][0])
        if rows:
            findings.append(_fired(test, rows, engine))
    findings += _from_summaries(plan, ready, counted)
    findings += _duplicates(plan, engine)
    findings += _entities(plan, engine)
    findings += _rounded(plan, engine)
    findings += _ordered_ids(plan, engine)
    return tuple(sorted(findings, key=lambda one: ("error", "warning", "note").index(one.severity)))


def beyond_cap(plan: Plan, engine: Engine) -> int:
    """Return the known rows that gain or lose by acting more than the declared cap."""
    cap = plan.spec.cap
    if cap is None:
        return 0
    last = len(plan.spec.decision.actions) - 1
    gap = f"v0 - v{last}"
    found = engine.columns(
        "select count(*) as n from prepared where st < 2 "
        f"and (({gap}) > {double(cap.gain)} or ({gap}) < {double(-cap.loss)})"
    )
    return int(found["n"][0])


def _finite(name: str) -> str:
    # NaN is greater than every number in SQL, so this is false for it, as for infinity and NULL.
    return f"coalesce(abs({name}) <= {LARGEST}, false)"


def _score_tests(plan: Plan) -> Iterator[Test]:
    for j, candidate in enumerate(plan.spec.scored):
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


def _value_tests(plan: Plan) -> Iterator[Test]:
    for a, action in enumerate(plan.spec.decision.actions):
        yield Test(
            error=codes.ValueUndefined,
            severity="error",
            where=f"value.{action}",
            condition=f"st < 2 and not {_finite(f'v{a}')}",
            found="values that are NULL or not finite (a missing input, or a division by zero)",
            fix="fill the column, or say in the formula what then holds, with coalesce(column, ...) or case.",
        )


def _decision_tests(plan: Plan) -> Iterator[Test]:
    for j, name in enumerate(plan.keyed):
        policy = plan.spec.candidate(name).policy
        if isinstance(policy, Rule):
            found, fix = (
                "rows on which the rule is neither true nor false (NULL)",
                "write coalesce(column, ...) in it.",
            )
        elif isinstance(policy, Decided):
            found = "decisions that are missing or not mapped"
            fix = "fill the column, or map every label it holds under `as`."
        else:
            continue
        yield Test(
            error=codes.DecisionMissing,
            severity="error",
            where=name,
            condition=f"a_{j} is null",
            found=found,
            fix=fix,
        )


def _key_tests(plan: Plan) -> Iterator[Test]:
    data = plan.spec.data
    if data.weight is not None:
        yield Test(
            error=codes.BadWeight,
            severity="error",
            where=f"data.weight {data.weight!r}",
            condition=f"not {_finite('w')} or w < 0",
            found="weights that are missing, negative or not finite",
            fix="give every row a weight of zero or more; zero takes a row out.",
        )
    for key in ("id", "cluster"):
        column = getattr(data, key)
        if column is not None:
            missing = "i is null" if key == "id" else "k is null"
            yield Test(
                error=codes.IdMissing,
                severity="error",
                where=f"data.{key} {column!r}",
                condition=missing,
                found=f"rows without {key}",
                fix=f"give every row its {key}.",
            )
    if data.time is not None:
        yield Test(
            error=codes.TimeMissing,
            severity="error",
            where=f"data.time {data.time!r}",
            condition="t is null",
            found="rows without time",
            fix="give every row its time.",
        )


def _summaries(plan: Plan) -> str:
    pieces = [
        "count(*) as n",
        "count(*) filter (st = 0) as n0",
        "count(*) filter (st = 1) as n1",
        "sum(w) as w",
    ]
    last = len(plan.spec.decision.actions) - 1
    pieces += [f"sum(abs(v0 - v{last})) filter (st < 2) as money"]
    for j in range(len(plan.spec.scored)):
        pieces += [f"min(s{j}) as lo{j}", f"max(s{j}) as hi{j}"]
    return ", ".join(pieces)


def _from_summaries(plan: Plan, ready: Prepared, counted: Columns) -> Iterator[Finding]:
    yield from _of_weights(ready, counted)
    yield from _of_outcomes(plan, counted)
    for j, candidate in enumerate(plan.spec.scored):
        low, high = float(counted[f"lo{j}"][0]), float(counted[f"hi{j}"][0])
        if low == high:
            yield _finding(
                codes.ConstantScore,
                "warning",
                f"{candidate.name}.score {candidate.score!r}",
                int(counted["n"][0]),
                f"every score is {low:g}: it carries no ranking",
                "check that the right column was named.",
            )


def _of_weights(ready: Prepared, counted: Columns) -> Iterator[Finding]:
    rows = int(counted["n"][0])
    if rows == 0 or float(counted["w"][0]) == 0:
        found = "all weights are zero"
        yield _finding(
            codes.BadWeight, "error", "data.weight", ready.facts.rows, found, "give rows a weight."
        )
    removed = ready.facts.rows - rows
    if removed:
        found = f"{removed} rows of weight zero, taken out"
        yield _finding(codes.ZeroWeights, "note", "data.weight", removed, found, "nothing to do.")


def _of_outcomes(plan: Plan, counted: Columns) -> Iterator[Finding]:
    rows, negative, positive = (int(counted[name][0]) for name in ("n", "n0", "n1"))
    where = f"data.outcome {plan.spec.data.outcome!r}"
    if negative + positive == 0:
        fix = "wait for outcomes, or widen the window."
        yield _finding(codes.NoKnownOutcome, "error", where, rows, "no outcome is known yet", fix)
    elif min(negative, positive) == 0:
        found = f"all {negative + positive} known outcomes are {'positive' if positive else 'negative'}"
        fix = "check data.positive; ranking metrics are undefined with one class."
        yield _finding(codes.OneClass, "warning", where, rows, found, fix)
    pending = rows - negative - positive
    if pending:
        severity: Severity = "note" if pending <= 0.05 * rows else "warning"
        found = f"{pending} of {rows} outcomes pending ({pending / rows:.1%})"
        fix = "declare data.maturity so that the verdict uses rows old enough, or wait."
        yield _finding(codes.PendingRows, severity, where, pending, found, fix)


def _duplicates(plan: Plan, engine: Engine) -> Iterator[Finding]:
    data = plan.spec.data
    if data.id is None:
        if data.cluster is None:
            yield _finding(
                codes.NoGroups,
                "note",
                "data.id",
                0,
                "no id: groups follow the position of rows",
                "name an id column.",
            )
        return
    source = quote(data.id)
    if plan.types[data.id] in ("FLOAT", "DOUBLE"):
        found = engine.columns(f"select count(*) as n from source where abs({source}) >= {EXACT}")
        if int(found["n"][0]):
            yield _finding(
                codes.IdNotExact,
                "error",
                f"data.id {data.id!r}",
                int(found["n"][0]),
                "ids beyond 2^53 in a floating point column",
                "store ids as text or as integers.",
            )
    distinct = engine.columns("select count(*) as n, count(distinct i) as ids from prepared")
    if int(distinct["n"][0]) > int(distinct["ids"][0]):
        yield from _repeated(plan, engine)
    if plan.schema[data.id] == "text":
        yield from _similar_ids(plan, engine)


def _repeated(plan: Plan, engine: Engine) -> Iterator[Finding]:
    scores = "".join(f", count(distinct s{j})" for j in range(len(plan.spec.scored)))
    repeated = engine.columns(
        "select i, n, conflicting, count(*) over () as ids, sum(n) over () as all_rows from (select i, count(*) as n, "
        f"greatest(count(distinct st){scores}) > 1 as conflicting from prepared "
        "group by i having count(*) > 1) order by i limit 5"
    )
    if len(repeated["i"]):
        ids, rows = int(repeated["ids"][0]), int(repeated["all_rows"][0])
        kind = (
            "some with different scores or outcomes"
            if repeated["conflicting"].any()
            else "exact copies as far as shown"
        )
        yield Finding(
            code=codes.DuplicateIds.code,
            severity="error",
            where=f"data.id {plan.spec.data.id!r}",
            rows=rows,
            ids=tuple(str(one) for one in repeated["i"]),
            found=f"{ids} ids stand for {rows} rows ({kind})",
            fix="keep one row per decision; if customers come back, name them in data.cluster and give decisions ids.",
        )


def _similar_ids(plan: Plan, engine: Engine) -> Iterator[Finding]:
    found = engine.columns(
        "select count(distinct i) - count(distinct nfc_normalize(trim(i))) as n from prepared"
    )
    if int(found["n"][0]):
        yield _finding(
            codes.SimilarIds,
            "warning",
            f"data.id {plan.spec.data.id!r}",
            int(found["n"][0]),
            "ids that differ only by spaces or by how accents are written",
            "write ids in one way; payoff takes them as different.",
        )


def _entities(plan: Plan, engine: Engine) -> Iterator[Finding]:
    data = plan.spec.data
    if data.cluster is not None:
        return
    named = {data.id, data.outcome, data.weight, data.time, *(one.score for one in plan.spec.candidates)}
    suspects = [column for column in plan.schema if column not in named and ENTITY.search(column)]
    for column in suspects[:5]:
        name = quote(column)
        found = engine.columns(f"select count({name}) as n, count(distinct {name}) as d from source")
        rows, distinct = int(found["n"][0]), int(found["d"][0])
        if 1 < distinct < rows:
            yield _finding(
                codes.RepeatedEntity,
                "warning",
                f"column {column!r}",
                rows,
                f"{distinct} different values in {rows} rows: rows may belong together",
                f"name data.cluster: {column}, or intervals may be too narrow.",
            )


def _rounded(plan: Plan, engine: Engine) -> Iterator[Finding]:
    """Say which probabilities were set to 0 or 1 because rounding had put them just outside."""
    for candidate in plan.spec.scored:
        if candidate.score_is != "probability":
            continue
        score, margin = f"cast({quote(str(candidate.score))} as double)", double(TOLERANCE)
        outside = f"({score} < 0 and {score} >= -{margin}) or ({score} > 1 and {score} <= 1 + {margin})"
        rows = int(engine.columns(f"select count(*) as n from source where {outside}")["n"][0])
        if rows:
            where = f"{candidate.name}.score {candidate.score!r}"
            found = f"{rows} scores outside 0 to 1 by less than {TOLERANCE:g}, set to the border"
            yield _finding(codes.RoundedScore, "note", where, rows, found, "nothing to do.")


def _ordered_ids(plan: Plan, engine: Engine) -> Iterator[Finding]:
    """Warn when the order of numeric ids separates the outcomes completely."""
    if plan.spec.data.id is None:
        return
    number = "try_cast(i as bigint)"
    found = engine.columns(
        f"select st, count(*) as n, count({number}) as m, cast(min({number}) as double) as lo, "
        f"cast(max({number}) as double) as hi from prepared where st < 2 group by st order by st"
    )
    if len(found["st"]) < 2 or not (found["n"] == found["m"]).all() or found["n"].min() < FEWEST_OF_A_CLASS:
        return
    if found["hi"][0] < found["lo"][1] or found["hi"][1] < found["lo"][0]:
        where = f"data.id {plan.spec.data.id!r}"
        text = "all ids of one outcome come before all ids of the other"
        fix = "check how ids were given: they may follow from the outcome."
        yield _finding(codes.LeakSuspected, "warning", where, int(found["n"].sum()), text, fix)


def _fired(test: Test, rows: int, engine: Engine) -> Finding:
    found = engine.columns(f"select i from prepared where {test.condition} order by n limit 5")
    return Finding(
        code=test.error.code,
        severity=test.severity,
        where=test.where,
        rows=rows,
        ids=tuple("(missing)" if one is None else str(one) for one in found["i"]),
        found=f"{rows} {test.found}",
        fix=test.fix,
    )


def _finding(
    error: type[DataError],
    severity: Severity,
    where: str,
    rows: int,
    found: str,
    fix: str,
) -> Finding:
    return Finding(code=error.code, severity=severity, where=where, rows=rows, ids=(), found=found, fix=fix)
