"""Capacities: which rows find room, from the scores and the room there is; no threshold is asked for.

Every pool is filled from the highest score down. The score in which the room ends is its *cut*: rows above it are acted
on, a part of those at it, the same for all of them, and none below. What is taken from the rows for this are the cuts
and parts: they stand as constants in every query that follows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from payoff.engines import Columns, Engine
from payoff.errors.capacity import CostUnusable
from payoff.formulas import double
from payoff.spec.model import Candidate, Capacity
from payoff.tables import LEVELS, Filled, shared_code
from payoff.tabulation.plan import Plan
from payoff.tabulation.rows import Seen, pool_columns, score_sql

# Rows to either side of a cut, as a share of the pool, over which the worth of one more place is a mean.
HALF_WINDOW = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One ceiling as SQL: the room in a pool of ``whole`` places wanted and ``n`` rows."""

    name: str
    room: str


def fill(plan: Plan, engine: Engine, share: float | None) -> dict[str, Filled]:
    """Return candidate -> what its capacity is filled with; ``prepared`` must be defined, without actions under one.

    Parameters
    ----------
    share : part of the world's decisions that the rows are; of a capacity per period they get that part.

    Raises
    ------
    CostUnusable
        When acting on a row takes nothing of a budget, or nobody knows how much.
    """
    return {name: _filled(plan, engine, name, policy, share) for name, policy in _limited(plan)}


def held_actions(
    plan: Plan, filled: Mapping[str, Filled], seen: Seen | None
) -> dict[int, tuple[str, str]]:
    """Return place of each candidate -> SQL of its action in a row, and the join that finds the cut of its pool."""
    return {
        plan.keyed.index(name): _held(plan, plan.spec.candidate(name), policy, filled[name], seen)
        for name, policy in _limited(plan)
    }


def _limited(plan: Plan) -> list[tuple[str, Capacity]]:
    return [(candidate.name, policy) for candidate, policy in plan.spec.limited]


def room_of(policy: Capacity, share: float | None, quantum: float) -> float:
    """Return the places per period that the rows have: rows, or quanta of money.

    >>> room_of(Capacity(limit=200.0, per="day", do="call", otherwise="skip"), 0.1, 0.01)
    20.0
    """
    if share is None:
        raise ValueError("a capacity per period needs the share of the world")
    places = policy.limit * share
    return places if policy.cost is None else places / quantum


def _filled(plan: Plan, engine: Engine, name: str, policy: Capacity, share: float | None) -> Filled:
    place = plan.keyed.index(name)
    _refuse_costs(plan, engine, name, place)
    quantum = plan.spec.decision.quantum
    if policy.per is None:
        room = f"{double(policy.limit)} * whole"
    else:
        room = double(room_of(policy, share, quantum))
    found = engine.columns(_query(plan, name, policy, room))
    whole = np.asarray(found["whole"], dtype=np.float64)
    places = policy.limit * whole if policy.per is None else np.full(len(whole), room_of(policy, share, quantum))
    return _in_order(found, whole, places, len(plan.valuation.expansion.parts))


def _query(plan: Plan, name: str, policy: Capacity, room: str) -> str:
    """Return the query of one capacity: a row per pool."""
    place = plan.keyed.index(name)
    score = f"s{[one.name for one in plan.spec.scored].index(name)}"
    window = f"greatest({double(HALF_WINDOW)} * whole, whole / n)"
    levels = [_Level(f"l{j}", f"({double(level)} * ({room}))") for j, level in enumerate(LEVELS)]
    levels += [_Level("lo", f"greatest(({room}) - {window}, 0.0e0)"), _Level("hi", f"(({room}) + {window})")]
    scored = (
        f"select per_{place} as pt, by_{place} as pb, {score} as ps, "
        f"cast(sum(cost_{place}) as double) as c, count(*) as m from prepared group by per_{place}, by_{place}, {score}"
    )
    ranked = (
        "select *, sum(c) over (partition by pt, pb order by ps desc) as upto, "
        "sum(c) over (partition by pt, pb) as whole, "
        "cast(sum(m) over (partition by pt, pb) as double) as n from scored"
    )
    cuts = ", ".join(_cut_of(level) for level in levels)
    pools = f"select pt, pb, max(whole) as whole, max(n) as n, {cuts} from ranked group by pt, pb"
    return (
        f"with scored as ({scored}), ranked as ({ranked}), pools as ({pools}) "
        f"select pt, pb, max(whole) as whole, max(l{LEVELS.index(1.0)}_cut) as cut, "
        f"max(l{LEVELS.index(1.0)}_part) as part, {_sums(plan, policy, score)} "
        f"from prepared join pools on prepared.per_{place} = pools.pt and prepared.by_{place} = pools.pb "
        "group by pt, pb"
    )


def _cut_of(level: _Level) -> str:
    """Return the score in which the room ends, NULL where every row finds some, and the part of it that does."""
    inside = f"upto >= {level.room} and whole > {level.room}"
    part = f"({level.room} - (upto - c)) / c"
    return (
        f"max(case when {inside} then ps end) as {level.name}_cut, "
        f"max(case when {inside} and upto - c < {level.room} then {part} end) as {level.name}_part"
    )


def _sums(plan: Plan, policy: Capacity, score: str) -> str:
    actions = plan.spec.decision.actions
    value = f"(v{actions.index(policy.do)} - v{actions.index(policy.otherwise)})"
    known = f"case when st < 2 then {value} end"
    out = {"n_rows": "count(*)", "n_known": "count(case when st < 2 then 1 end)"}
    for j in range(len(LEVELS)):
        out[f"w{j}"] = f"coalesce(sum({_taken(score, f'l{j}', known)}), 0.0e0)"
    out["near"] = f"coalesce(sum({_near(score, known)}), 0.0e0)"
    out["n_near"] = f"coalesce(sum({_near(score, 'case when st < 2 then 1.0e0 end')}), 0.0e0)"
    for k in range(len(plan.valuation.expansion.parts)):
        out[f"p_{k}"] = f"coalesce(sum({_near(score, f'case when st < 2 then p{k} end')}), 0.0e0)"
    at_cut = f"st < 2 and {score} = l{LEVELS.index(1.0)}_cut"
    out["n_tied"] = f"count(case when {at_cut} then 1 end)"
    out["tied_1"] = f"coalesce(sum(case when {at_cut} then {value} end), 0.0e0)"
    out["tied_2"] = f"coalesce(sum(case when {at_cut} then {value} * {value} end), 0.0e0)"
    return ", ".join(f"{sql} as {name}" for name, sql in out.items())


def _taken(score: str, level: str, what: str) -> str:
    """Return ``what`` of a row as far as it finds room."""
    return (
        f"case when {level}_cut is null or {score} > {level}_cut then {what} "
        f"when {score} = {level}_cut then coalesce({level}_part, 0.0e0) * {what} end"
    )


def _near(score: str, what: str) -> str:
    """Return ``what`` of a row as far as it finds room with a little more of it, and none with a little less."""
    more, less = (
        f"case when {level}_cut is null or {score} > {level}_cut then 1.0e0 "
        f"when {score} = {level}_cut then coalesce({level}_part, 0.0e0) else 0.0e0 end"
        for level in ("hi", "lo")
    )
    return f"(({more}) - ({less})) * {what}"


def _in_order(found: Columns, whole: np.ndarray, places: np.ndarray, parts: int) -> Filled:
    """Return the pools in the order of period and team."""
    by = np.array([str(text) for text in found["pb"].tolist()], dtype=object)
    period = np.asarray(found["pt"], dtype=np.int64)
    order = np.lexsort([np.unique(by, return_inverse=True)[1], period])

    def column(name: str, kind: type = np.float64) -> np.ndarray:
        return np.asarray(found[name], dtype=kind)[order]

    return Filled(
        period=period[order],
        by=by[order],
        rows=column("n_rows", np.int64),
        known=column("n_known", np.int64),
        wanted=whole[order],
        places=places[order],
        used=np.minimum(places, whole)[order],
        cut=column("cut"),
        part=np.nan_to_num(column("part")),
        worth=np.stack([column(f"w{j}") for j in range(len(LEVELS))], axis=1),
        value=column("near"),
        value_known=column("n_near"),
        parts_near=np.stack([column(f"p_{k}") for k in range(parts)], axis=1)
        if parts
        else np.zeros((len(whole), 0)),
        tied=column("n_tied", np.int64),
        tied_first=column("tied_1"),
        tied_second=column("tied_2"),
    )


def _refuse_costs(plan: Plan, engine: Engine, name: str, place: int) -> None:
    """Refuse a budget of which acting on some row takes nothing, or nobody knows how much."""
    if name not in plan.costs:
        return
    bad = f"not coalesce(cost_{place} > 0, false)"
    count = int(engine.columns(f"select count(*) as n from prepared where {bad}")["n"][0])
    if count:
        raise CostUnusable(
            where=f"{name}.cost",
            found=f"{count} rows whose cost is missing, negative or below one step of decision.quantum",
            expected="a cost above 0 for every row",
            fix="fill the columns, or say in the formula what then holds, with coalesce(column, ...).",
        )


def _held(
    plan: Plan, candidate: Candidate, policy: Capacity, filled: Filled, seen: Seen | None
) -> tuple[str, str]:
    actions = plan.spec.decision.actions
    do, otherwise = actions.index(policy.do), actions.index(policy.otherwise)
    full = np.flatnonzero(filled.full)
    score = score_sql(plan, candidate, seen)
    if not len(full):
        return f"cast({do} as bigint)", ""
    codes = [_code(float(filled.part[j]), do, otherwise, len(actions)) for j in full]
    if policy.per is None and policy.by is None:
        cut = double(float(filled.cut[full[0]]))
        return f"cast(case when {score} > {cut} then {do} when {score} = {cut} then {codes[0]} else {otherwise} end as bigint)", ""
    place = plan.keyed.index(candidate.name)
    rows = [
        f"({int(filled.period[j])}, '{_escaped(str(filled.by[j]))}', {double(float(filled.cut[j]))}, {code})"
        for j, code in zip(full, codes, strict=True)
    ]
    name, columns = f"cuts_{place}", pool_columns(plan)
    table = f"(select * from (values {', '.join(rows)}) as held(pt, pb, at_cut, code)) as {name}"
    keys = f"{name}.pt = {columns[f'per_{place}']} and {name}.pb = {columns[f'by_{place}']}"
    action = (
        f"cast(case when {name}.at_cut is null or {score} > {name}.at_cut then {do} "
        f"when {score} = {name}.at_cut then {name}.code else {otherwise} end as bigint)"
    )
    return action, f"left join {table} on {keys}"


def _code(part: float, do: int, otherwise: int, actions: int) -> int:
    if part >= 1.0:
        return do
    return otherwise if part <= 0.0 else shared_code(part, actions)


def _escaped(text: str) -> str:
    return text.replace("'", "''")
