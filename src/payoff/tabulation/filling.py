"""Capacities: which rows find room, from the scores and the room there is; no threshold is asked for.

The engine counts rows, costs and values by pool and score; here every pool is filled from the highest score down. The
score in which the room ends is its *cut*: rows above it are acted on, a part of those at it, the same for all of them,
and none below. What is taken from the rows for this are the cuts and parts: they stand as constants in every query
that follows. Of many rows the engine counts cells of scores first, and single scores only where the room ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Grid
from payoff.engines import Columns, Engine
from payoff.errors.capacity import CostUnusable
from payoff.errors.data import TimeMissing
from payoff.formulas import double
from payoff.spec.model import Candidate, Capacity
from payoff.tables import Filled, shared_code
from payoff.tabulation.plan import Plan
from payoff.tabulation.pools import Pools, Scores, descending, filled_of, is_ending, joined, rooms, waited
from payoff.tabulation.rows import Seen, pool_columns, score_sql
from payoff.tabulation.scales import cell_sql

# Up to so many rows every score is counted by itself at once.
EXACT_ROWS = 200_000
STEPS = {"probability": 128, "rank": 1024}

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def fill(plan: Plan, engine: Engine, share: float | None, rows: int) -> dict[str, Filled]:
    """Return candidate -> what its capacity is filled with; ``prepared`` must be defined, without actions under one.

    Parameters
    ----------
    share : part of the world's decisions that the rows are; of a capacity per period they get that part.
    rows : how many there are.

    Raises
    ------
    CostUnusable
        When acting on a row takes nothing of a budget, or nobody knows how much.
    TimeMissing
        When a row is of no period.
    """
    out = {}
    for candidate, policy in plan.spec.limited:
        _refuse_times(plan, engine, candidate.name)
        _refuse_costs(plan, engine, candidate.name)
        pools, scores = _counted(plan, engine, candidate, policy, share, rows)
        waits = policy.carry_over
        out[candidate.name] = waited(pools, scores, waits) if waits else filled_of(pools, scores)
    return out


def _counted(
    plan: Plan, engine: Engine, candidate: Candidate, policy: Capacity, share: float | None, rows: int
) -> tuple[Pools, Scores]:
    """Return the pools, and the scores of each, single ones where the room ends."""
    query = _Query(plan, candidate, policy)
    if rows <= EXACT_ROWS or policy.carry_over:
        return _pooled(query, engine.columns(query.of_scores()), share)
    found = engine.columns(query.of_cells())
    pools, cells = _pooled(query, found, share)
    ending = is_ending(cells, pools)
    if not ending.any():
        return pools, cells
    single = engine.columns(query.of_scores(within=_written(query, pools, cells.take(ending))))
    return pools, joined(cells.take(~ending), _scores(query, single, _numbers(single, pools)))


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """How the scores of one candidate are counted."""

    plan: Plan
    candidate: Candidate
    policy: Capacity

    @property
    def place(self) -> int:
        """Return the place by which columns of ``prepared`` are named."""
        return self.plan.keyed.index(self.candidate.name)

    @property
    def pool(self) -> dict[str, str]:
        """Return the keys that tell pools apart, with their columns."""
        timed = {"pt": f"per_{self.place}"} if self.policy.per is not None else {}
        return timed | ({"pb": f"by_{self.place}"} if self.policy.by is not None else {})

    @property
    def score(self) -> str:
        """Return the column of the score."""
        return f"s{[one.name for one in self.plan.spec.scored].index(self.candidate.name)}"

    @property
    def cell(self) -> str:
        """Return SQL of the cell of scores that a score lies in."""
        kind = str(self.candidate.score_is)
        return cell_sql(Grid(kind=kind, steps=STEPS[kind]), self.score)  # type: ignore[arg-type]

    def of_cells(self) -> str:
        """Return the query of sums by pool and cell of scores."""
        return self._grouped([*self.pool, "pc"], "max(ps) as ps", f", {self.cell} as pc", "")

    def of_scores(self, within: str = "") -> str:
        """Return the query of sums by pool and score, of some cells alone where ``within`` lists them."""
        if not within:
            return self._grouped([*self.pool, "ps"], "cast(0 as bigint) as pc", "", "")
        keys = [*self.pool, "pc"]
        names = ", ".join(f"e_{key}" for key in keys)
        same = " and ".join(f"cells.{key} = ending.e_{key}" for key in keys)
        join = f" join (select * from (values {within}) as held({names})) as ending on {same}"
        return self._grouped([*keys, "ps"], "", f", {self.cell} as pc", join)

    def _grouped(self, keys: list[str], also: str, column: str, join: str) -> str:
        actions, parts = self.plan.spec.decision.actions, len(self.plan.valuation.expansion.parts)
        do, otherwise = (actions.index(name) for name in (self.policy.do, self.policy.otherwise))
        pool = "".join(f", {sql} as {key}" for key, sql in self.pool.items())
        inner = (
            f"select {self.score} as ps, st, cost_{self.place} as c{pool}{column}, "
            f"case when st >= 0 then v{do} - v{otherwise} end as d"
            + "".join(f", case when st >= 0 then p{k} end as p{k}" for k in range(parts))
            + " from prepared"
        )
        sums = {"cost": "cast(sum(c) as double)", "n_rows": "count(*)", "n_known": "count(d)"}
        sums |= {"d_1": "coalesce(sum(d), 0.0e0)", "d_2": "coalesce(sum(d * d), 0.0e0)"}
        sums["d_3"] = "coalesce(sum(d * d * d), 0.0e0)"
        for state in range(_states(self.plan)):
            sums[f"n_of_{state}"] = f"count(case when st = {state} then 1 end)"
            sums[f"n_differ_{state}"] = f"count(case when st = {state} and d <> 0 then 1 end)"
        sums |= {f"p_{k}": f"coalesce(sum(p{k}), 0.0e0)" for k in range(parts)}
        shown = [*keys, *([also] if also else []), *(f"{sql} as {name}" for name, sql in sums.items())]
        return f"select {', '.join(shown)} from ({inner}) as cells{join} group by {', '.join(keys)}"


def _keys(found: Columns) -> tuple[Integers, NDArray[np.generic], Integers]:
    """Return (c,) the period of each cell, all teams in order, and (c,) which of them each cell is of."""
    size = len(found["n_rows"])
    period = np.asarray(found["pt"], dtype=np.int64) if "pt" in found else np.zeros(size, dtype=np.int64)
    if "pb" not in found:
        return period, np.array([""], dtype=object), np.zeros(size, dtype=np.int64)
    texts, code = np.unique(np.array(found["pb"].tolist(), dtype=object), return_inverse=True)
    return period, texts, code.astype(np.int64)


def _pooled(query: _Query, found: Columns, share: float | None) -> tuple[Pools, Scores]:
    """Return the pools of an answer with their room, and its scores."""
    period, texts, code = _keys(found)
    held, pool = np.unique(period * len(texts) + code, return_inverse=True)
    scores = _scores(query, found, pool.astype(np.int64))
    size = len(held)
    whole = np.asarray(np.bincount(scores.pool, scores.cost, size), dtype=np.float64)
    rows = np.asarray(np.bincount(scores.pool, scores.rows, size), dtype=np.float64)
    policy, quantum = query.policy, query.plan.spec.decision.quantum
    places = policy.limit * whole if policy.per is None else np.full(size, room_of(policy, share, quantum))
    made = Pools(
        period=held // len(texts),
        by=texts[held % len(texts)],
        whole=whole,
        room=rooms(places, whole, rows),
    )
    return made, scores


def _numbers(found: Columns, pools: Pools) -> Integers:
    """Return the number of the pool of each cell of a later answer."""
    period, texts, code = _keys(found)
    place = {(int(t), str(b)): j for j, (t, b) in enumerate(zip(pools.period, pools.by, strict=True))}
    names = [str(text) for text in texts]
    keys = zip(period.tolist(), code.tolist(), strict=True)
    return np.array([place[t, names[b]] for t, b in keys], dtype=np.int64)


def _scores(query: _Query, found: Columns, pool: Integers) -> Scores:
    parts, states = len(query.plan.valuation.expansion.parts), _states(query.plan)
    made = Scores(
        pool=pool,
        cell=np.asarray(found["pc"], dtype=np.int64),
        score=np.asarray(found["ps"], dtype=np.float64),
        cost=np.asarray(found["cost"], dtype=np.float64),
        rows=np.asarray(found["n_rows"], dtype=np.int64),
        known=np.asarray(found["n_known"], dtype=np.int64),
        first=np.asarray(found["d_1"], dtype=np.float64),
        second=np.asarray(found["d_2"], dtype=np.float64),
        third=np.asarray(found["d_3"], dtype=np.float64),
        rows_of=_by_state(found, "n_of", states),
        deciding_of=_by_state(found, "n_differ", states),
        parts=np.stack([np.asarray(found[f"p_{k}"], dtype=np.float64) for k in range(parts)], axis=1)
        if parts
        else np.zeros((len(pool), 0)),
    )
    return descending(made)


def _states(plan: Plan) -> int:
    """Return how many classes of outcome there are."""
    return max(2, len(plan.spec.data.classes or ()))


def _by_state(found: Columns, name: str, states: int) -> Integers:
    return np.stack([np.asarray(found[f"{name}_{one}"], dtype=np.int64) for one in range(states)], axis=1)


def _written(query: _Query, pools: Pools, cells: Scores) -> str:
    """Return cells of scores as rows of constants."""
    texts = [f"'{_escaped(str(text))}'" for text in pools.by]
    rows = []
    for pool, cell in zip(cells.pool.tolist(), cells.cell.tolist(), strict=True):
        key = {"pt": str(int(pools.period[pool])), "pb": texts[pool]}
        rows.append(", ".join([*(key[name] for name in query.pool), str(cell)]))
    return ", ".join(f"({row})" for row in rows)


def room_of(policy: Capacity, share: float | None, quantum: float) -> float:
    """Return the places per period that the rows have: rows, or quanta of money.

    >>> room_of(Capacity(limit=200.0, per="day", do="call", otherwise="skip"), 0.1, 0.01)
    20.0
    """
    if share is None:
        raise ValueError("a capacity per period needs the share of the world")
    places = policy.limit * share
    return places if policy.cost is None else places / quantum


def held_actions(plan: Plan, filled: Mapping[str, Filled], seen: Seen | None) -> dict[int, tuple[str, str]]:
    """Return place of each candidate -> SQL of its action in a row, and the join that finds the cut of its pool."""
    return {
        plan.keyed.index(one.name): _held(plan, one, policy, filled[one.name], seen)
        for one, policy in plan.spec.limited
    }


def _refuse_times(plan: Plan, engine: Engine, name: str) -> None:
    """Refuse a capacity per period where some row is of none: nobody knows for whose room it competes."""
    missing = f"per_{plan.keyed.index(name)} is null"
    count = int(engine.columns(f"select count(*) as n from prepared where {missing}")["n"][0])
    if count:
        raise TimeMissing(
            where=f"data.time {plan.spec.data.time!r}",
            found=f"{count} rows without time, and {name} acts under a capacity per period",
            expected="a time in every row",
            fix="give every row its time.",
        )


def _refuse_costs(plan: Plan, engine: Engine, name: str) -> None:
    """Refuse a budget of which acting on some row takes nothing, or nobody knows how much."""
    if name not in plan.costs:
        return
    place = plan.keyed.index(name)
    bad = f"not coalesce(cost_{place} > 0, false)"
    count = int(engine.columns(f"select count(*) as n from prepared where {bad}")["n"][0])
    if count:
        raise CostUnusable(
            where=f"{name}.cost",
            found=f"{count} rows whose cost is missing, negative, below one step of decision.quantum or beyond 9.2e18",
            expected="a cost above 0 for every row, and one that can be counted",
            fix="fill the columns, or say in the formula what then holds, with coalesce(column, ...); check the units.",
        )


def _held(
    plan: Plan, candidate: Candidate, policy: Capacity, filled: Filled, seen: Seen | None
) -> tuple[str, str]:
    actions = plan.spec.decision.actions
    do, otherwise = actions.index(policy.do), actions.index(policy.otherwise)
    full, score = np.flatnonzero(filled.full), score_sql(plan, candidate, seen)
    if not len(full):
        return f"cast({do} as bigint)", ""
    codes = [_code(float(filled.part[j]), do, otherwise, len(actions)) for j in full]
    pool = _Query(plan, candidate, policy).pool
    if not pool:
        return _at_cut(score, double(float(filled.cut[full[0]])), (do, otherwise, str(codes[0]))), ""
    name, columns = f"cuts_{plan.keyed.index(candidate.name)}", pool_columns(plan)
    rows = []
    for j, code in zip(full, codes, strict=True):
        key = {"pt": str(int(filled.period[j])), "pb": f"'{_escaped(str(filled.by[j]))}'"}
        rows.append([*(key[one] for one in pool), double(float(filled.cut[j])), str(code)])
    written = ", ".join(f"({', '.join(row)})" for row in rows)
    table = f"(select * from (values {written}) as held({', '.join([*pool, 'at_cut', 'code'])})) as {name}"
    keys = " and ".join(f"{name}.{one} = {columns[sql]}" for one, sql in pool.items())
    return _at_cut(score, f"{name}.at_cut", (do, otherwise, f"{name}.code")), f"left join {table} on {keys}"


def _at_cut(score: str, cut: str, codes: tuple[int, int, str]) -> str:
    """Return the action by the cut of a row's pool: pools in which every row finds room have none."""
    do, otherwise, shared = codes
    above = f"when {cut} is null or {score} > {cut} then {do}"
    return f"cast(case {above} when {score} = {cut} then {shared} else {otherwise} end as bigint)"


def _code(part: float, do: int, otherwise: int, actions: int) -> int:
    if part >= 1.0:
        return do
    return otherwise if part <= 0.0 else shared_code(part, actions)


def _escaped(text: str) -> str:
    return text.replace("'", "''")
