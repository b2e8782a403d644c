"""The linter's questions about values, asked of the rows.

Is an action ever best, does a threshold leave money, can a hurdle be reached? Only ``payoff check`` asks; an evaluation
answers by its numbers.
"""

import math
from collections.abc import Iterator, Mapping

from payoff.engines import Engine
from payoff.errors.linter import ThresholdContradicted
from payoff.formulas import Formula, double, quote, to_sql
from payoff.quantities import readable
from payoff.spec.findings import Finding as Remark
from payoff.spec.margins import margins_of, names_outcome
from payoff.spec.model import Always, Candidate, Random, Spec, Threshold
from payoff.spec.reach import cleared_by_nobody, out_of_reach, required
from payoff.spec.signs import Examples, alike, free_cell, missing_pays, never, on_each
from payoff.spec.volume import make_world
from payoff.tabulation.findings import Finding
from payoff.tabulation.outcomes import state_sql
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared

SURE = 3.0
"""Standard errors beyond which a difference is said to be there: one false alarm in 700 at most."""

UNLUCKY = 5.0
"""Rows of the worse outcome added to those decided otherwise, so that few rare losses unseen are not taken for none."""

FEWEST = 50
"""Rows decided otherwise below which nothing is said of a threshold."""


def check_values(plan: Plan, engine: Engine, ready: Prepared, examples: Examples) -> tuple[Finding, ...]:
    """Return what the rows say about values, thresholds and hurdles."""
    found = [*_worth(plan, engine, examples)] if not names_outcome(plan.spec) else []
    if not found:
        found += [*_thresholds(plan, engine, ready), *_hurdles(plan, engine, ready)]
    rows = ready.facts.rows
    return tuple(
        Finding(
            code=one.code,
            severity=one.severity,
            where=one.where,
            rows=rows,
            ids=(),
            found=one.found,
            fix=one.fix,
        )
        for one in found
    )


def _worth(plan: Plan, engine: Engine, examples: Examples) -> Iterator[Remark]:
    """Ask of every row what the actions would be worth at either outcome, and compare."""
    actions, last = plan.spec.decision.actions, len(plan.spec.decision.actions) - 1
    pieces = {
        "valid": " and ".join(f"{name} is not null" for name in _names(len(actions))),
        "turned": f"t{last} > t0 and f0 > f{last}",
        "alike": " and ".join(f"t{a} = t{last} and f{a} = f{last}" for a in range(last)),
        "free": f"f0 = f{last} and t0 >= t{last}",
        "idle": f"t0 = t{last} and f0 <= f{last}",
    }
    for a in range(len(actions)):
        rivals = [f"(t{a} >= t{b} or f{a} >= f{b})" for b in range(len(actions)) if b != a]
        pieces[f"best{a}"] = " and ".join(rivals)
    counted = ", ".join(f"count(case when {sql} then 1 end) as {name}" for name, sql in pieces.items())
    found = engine.columns(f"select {counted} from ({_either(plan)}) as either_outcome")
    count = {name: int(found[name][0]) for name in pieces}
    if count["valid"] > 0:
        yield from _told(plan, count, examples)


def _told(plan: Plan, count: Mapping[str, int], examples: Examples) -> Iterator[Remark]:
    actions, margins = plan.spec.decision.actions, margins_of(plan.spec)
    pair = actions[0], actions[-1]
    whole = f"in all {count['valid']:,} rows"
    shown = whole if margins is None else f"{whole}; {on_each(margins, pair, examples)}"
    if count["alike"] == count["valid"]:
        yield alike(shown)
        return
    if count["turned"] == count["valid"]:
        yield missing_pays(shown)
        return
    useless = [action for a, action in enumerate(actions) if count[f"best{a}"] == 0]
    others = {action: next(one for one in (*pair[::-1], *actions) if one != action) for action in useless}
    yield from (never(action, others[action], shown) for action in useless)
    if not useless and count["free"] == count["valid"]:
        yield free_cell(pair, shown, positive=False)
    elif not useless and count["idle"] == count["valid"]:
        yield free_cell(pair, shown, positive=True)


def _names(actions: int) -> list[str]:
    return [f"{letter}{a}" for letter in "tf" for a in range(actions)]


def _either(plan: Plan, more: Mapping[str, str] | None = None) -> str:
    """Return a query of the values of all actions at either outcome (t<a>, f<a>), with further columns."""
    columns = dict(more or {})
    for letter, outcome in zip("tf", ("true", "false"), strict=True):
        for a, action in enumerate(plan.spec.decision.actions):
            columns[f"{letter}{a}"] = f"cast({_value(plan, plan.value[action], outcome)} as double)"
    return f"select {', '.join(f'{sql} as {name}' for name, sql in columns.items())} from source"


def _value(plan: Plan, formula: Formula, outcome: str) -> str:
    names = {
        column: f"cast(source.{quote(column)} as double)" if kind == "number" else f"source.{quote(column)}"
        for column, kind in plan.schema.items()
    }
    return to_sql(formula, names=names, outcome=outcome, values=plan.valuation.likely)


def _thresholds(plan: Plan, engine: Engine, ready: Prepared) -> Iterator[Remark]:
    """Ask what rows on which a given threshold and the values disagree would have brought by the values."""
    if ready.weighted or ready.clustered or names_outcome(plan.spec):
        return
    for candidate in (plan.spec.model, *plan.spec.challengers):
        policy = candidate.policy
        if (
            isinstance(policy, Threshold)
            and isinstance(policy.at, float)
            and candidate.score_is == "probability"
        ):
            yield from _threshold(plan, engine, ready, candidate, policy)


def _threshold(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, policy: Threshold
) -> Iterator[Remark]:
    actions, at = plan.spec.decision.actions, double(float(policy.at))
    do, other = actions.index(policy.do), actions.index(policy.otherwise)
    more = {
        "st": state_sql(plan, ready.facts),
        "s": f"cast(source.{quote(str(candidate.score))} as double)",
    }
    yes, no = f"(t{do} - t{other})", f"(f{do} - f{other})"
    pays = f"s * {yes} + (1 - s) * {no}"
    sign = f"case when s < {at} and {pays} > 0 then 1 when s >= {at} and {pays} < 0 then -1 else 0 end"
    inner = f"select {sign} as m, case when st = 1 then {yes} else {no} end as d, {yes} as t, {no} as f"
    found = engine.columns(
        "select count(*) as n, count(case when m <> 0 then 1 end) as moved, sum(m * d) as m, sum(m * m * d * d) as mm, "
        f"sum(least(m * t, m * f)) as worst from ({inner} from ({_either(plan, more)}) as either_outcome "
        "where st >= 0) as judged"
    )
    n, differing = int(found["n"][0]), int(found["moved"][0])
    if differing < FEWEST:
        return
    worst = float(found["worst"][0]) / differing
    total, squares = float(found["m"][0]), float(found["mm"][0]) + UNLUCKY * worst * worst
    mean, shy = total / n, (total + UNLUCKY * worst) / n
    error = math.sqrt(max(squares / n - shy * shy, 0.0) / n)
    if shy > SURE * error:
        yield Remark.of(
            ThresholdContradicted,
            "warning",
            f"{candidate.name}.policy.threshold",
            f"threshold {readable(float(policy.at))} decides {differing:,} of {n:,} rows against score and values; "
            f"deciding them by the values would have gained {readable(mean)} per decision more "
            f"(standard error {readable(error)})",
            "use `threshold: best`, or `from value` where values depend on the outcome alone.",
        )


def _hurdles(plan: Plan, engine: Engine, ready: Prepared) -> Iterator[Remark]:
    """Ask what knowing every outcome would gain over what a hurdle compares with, and what doing nothing would."""
    spec = plan.spec
    if ready.clustered or not spec.hurdles:
        return
    last = len(spec.decision.actions) - 1
    world = make_world(spec, ready.facts.rows, ready.facts.first_day, ready.facts.last_day)
    best = f"greatest({', '.join(f'v{a}' for a in range(last + 1))})"
    for position, hurdle in enumerate(spec.hurdles):
        asked, rival = required(spec, hurdle, world), _rival(plan, hurdle.over)
        if asked is None or rival is None:
            continue
        where, idle = f"hurdles[{position}]", not _is_idle(spec, hurdle.over)
        most, doubt = _mean(engine, f"{best} - ({rival})")
        if most + SURE * doubt < asked[0]:
            yield out_of_reach(
                hurdle, where, most, asked[0], "per decision on these rows, at likely assumptions"
            )
        gain, doubt = _mean(engine, f"v{last} - ({rival})")
        if idle and hurdle.amount.value > 0 and gain - SURE * doubt > asked[1]:
            yield cleared_by_nobody(hurdle, where, gain, asked[1])


def _is_idle(spec: Spec, name: str) -> bool:
    policy = spec.candidate(name).policy
    return isinstance(policy, Always) and policy.action == spec.decision.actions[-1]


def _mean(engine: Engine, sql: str) -> tuple[float, float]:
    """Return the weighted mean of an expression over known rows, and its standard error."""
    inner = f"select w, {sql} as x from prepared where st >= 0"
    found = engine.columns(
        f"select sum(w) as w, sum(w * w) as ww, sum(w * x) as x, sum(w * x * x) as xx from ({inner}) as each_row"
    )
    if not found["w"][0] or found["x"][0] is None:
        return math.nan, math.nan
    weight, squares = float(found["w"][0]), float(found["ww"][0])
    mean = float(found["x"][0]) / weight
    spread = max(float(found["xx"][0]) / weight - mean * mean, 0.0)
    return mean, math.sqrt(spread * squares) / weight


def _rival(plan: Plan, name: str) -> str | None:
    """Return SQL of what a row is worth under another candidate; None where its actions are chosen later."""
    policy, actions = plan.spec.candidate(name).policy, plan.spec.decision.actions
    if isinstance(policy, Always):
        return f"v{actions.index(policy.action)}"
    if isinstance(policy, Random):
        do, other = (actions.index(one) for one in (policy.do, policy.otherwise))
        return f"{double(policy.share)} * v{do} + {double(1.0 - policy.share)} * v{other}"
    if isinstance(policy, Threshold):
        if not isinstance(policy.at, float):
            return None
        score = f"s{[one.name for one in plan.spec.scored].index(name)}"
        do, other = (actions.index(one) for one in (policy.do, policy.otherwise))
        return f"case when {score} >= {double(policy.at)} then v{do} else v{other} end"
    if name not in plan.keyed or not plan.is_counted(name):
        return None
    taken = f"a_{plan.keyed.index(name)}"
    return f"case {taken} {' '.join(f'when {a} then v{a}' for a in range(len(actions)))} end"
