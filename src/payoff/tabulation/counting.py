"""The queries: what is counted, by which keys, and the tables that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices
from payoff.engines import Columns, Engine
from payoff.formulas import double
from payoff.spec.model import Candidate, Threshold
from payoff.tables import Cells
from payoff.tabulation.outcomes import Facts, look, state_sql
from payoff.tabulation.plan import Plan
from payoff.tabulation.rows import prepared_sql, slice_entries, sliced_columns
from payoff.tabulation.sums import Sums

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Rows made ready once: what was seen, how sums are taken, and the counts that shifts came from."""

    facts: Facts
    sums: Sums
    weighted: bool
    clustered: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceTable:
    """The cells of one slice entry: ``values`` holds the text of each slicing column per slice, ``index`` the
    slice of each cell.
    """

    entry: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    index: NDArray[np.intp]
    cells: Cells


def prepare(plan: Plan, engine: Engine) -> Prepared:
    """Define ``prepared`` in the engine and fix what sums are centred by.

    Raises
    ------
    UnclearPositive, PrevalenceNeeded
        As the rows and labels demand.
    """
    facts = look(plan, engine)
    data = plan.spec.data
    counts = _counts(plan, facts, engine) if data.prevalence is not None and data.weight is None else None
    engine.define("prepared", prepared_sql(plan, facts, counts))
    weighted = data.weight is not None or counts is not None
    valuation, parts = plan.valuation, range(plan.valuation.parts)
    means = ", ".join(f"median(p{k}) filter (abs(p{k}) < 1e300) as m{k}" for k in parts)
    found = engine.columns(f"select st, {means} from prepared where st < 2 group by st")
    shift = np.zeros((2, valuation.parts))
    for row, state in enumerate(found["st"]):
        shift[int(state)] = [_finite(float(found[f"m{k}"][row])) for k in parts]
    sums = Sums(
        quantum=plan.spec.decision.quantum,
        weighted=weighted,
        shift=shift,
        values=valuation.values(),
        differences=valuation.differences(),
    )
    return Prepared(facts=facts, sums=sums, weighted=weighted, clustered=data.cluster is not None)


def count_scores(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices
) -> Cells:
    """Return the scores table of one candidate: rows and weights by score x group x state, without money."""
    return _count(plan, engine, ready, choices, Keys(actions=(), score=_score(plan, candidate)))


def count_blocks(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices, at: Floats
) -> tuple[Cells, NDArray[np.int64]]:
    """Return cells by block x group x state x actions of the baselines, and the block of each.

    ``at`` are (T,) cut scores, ascending; a row's block is the number of them at or below its score.
    """
    others = tuple(name for name in plan.rivals if name != candidate.name and _decidable(plan, name, choices))
    block = _block_sql(_score(plan, candidate), at, 0, len(at))
    found, keys = _query(plan, engine, ready, choices, Keys(actions=others, also=("b",), block=block))
    return _cells(found, keys, ready), np.asarray(found["b"], dtype=np.int64)


def count_policies(plan: Plan, engine: Engine, ready: Prepared, choices: Choices) -> Cells:
    """Return the policies table: group x state x joint actions of all policies that vary by row."""
    return _count(plan, engine, ready, choices, Keys(actions=plan.keyed))


def count_periods(plan: Plan, engine: Engine, ready: Prepared, choices: Choices) -> SliceTable | None:
    """Return the policies table by period of the window, or None without a time."""
    if plan.spec.data.time is None:
        return None
    found, keys = _query(plan, engine, ready, choices, Keys(actions=plan.keyed, also=("t",)))
    return _sliced(("period",), found, ("t",), _cells(found, keys, ready))


def count_slices(plan: Plan, engine: Engine, ready: Prepared, choices: Choices) -> tuple[SliceTable, ...]:
    """Return the policies table by every slice entry on its own."""
    columns = sliced_columns(plan)
    tables = []
    for entry in slice_entries(plan):
        names = tuple(f"x{columns.index(column)}" for column in entry)
        found, keys = _query(plan, engine, ready, choices, Keys(actions=plan.keyed, also=names))
        tables.append(_sliced(entry, found, names, _cells(found, keys, ready)))
    return tuple(tables)


def count_sliced_scores(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices
) -> tuple[SliceTable, ...]:
    """Return the scores table of one candidate by every slice entry, for ranking and calibration by slice."""
    columns = sliced_columns(plan)
    tables = []
    for entry in slice_entries(plan):
        names = tuple(f"x{columns.index(column)}" for column in entry)
        scored = Keys(actions=(), score=_score(plan, candidate), also=names)
        found, keys = _query(plan, engine, ready, choices, scored)
        tables.append(_sliced(entry, found, names, _cells(found, keys, ready)))
    return tuple(tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a table is keyed by beside group and outcome state (and cluster, where rows come in clusters).

    Tables by score hold no money. ``block`` defines the column b.
    """

    actions: tuple[str, ...]
    score: str | None = None
    also: tuple[str, ...] = ()
    block: str | None = None


def _count(plan: Plan, engine: Engine, ready: Prepared, choices: Choices, keys: Keys) -> Cells:
    found, keys = _query(plan, engine, ready, choices, keys)
    return _cells(found, keys, ready)


def _query(plan: Plan, engine: Engine, ready: Prepared, choices: Choices, keys: Keys) -> tuple[Columns, Keys]:
    acts = {name: _action_sql(plan, name, choices) for name in keys.actions}
    extra = "".join(f", {sql} as d{plan.keyed.index(name)}" for name, sql in acts.items())
    extra += "" if keys.block is None else f", {keys.block} as b"
    columns = [*([keys.score] if keys.score else []), *keys.also, "g", "st"]
    columns += [f"d{plan.keyed.index(name)}" for name in keys.actions]
    columns += ["k"] if ready.clustered else []
    listed = ", ".join(columns)
    bounds = "coalesce(sum(lo), 0.0) as lo_sum, coalesce(sum(hi), 0.0) as hi_sum"
    source, sums = f"({ready.sums.rows_sql(extra)})", f"{ready.sums.aggregates()}, {bounds}"
    if keys.score is not None:
        source, sums = "prepared", ready.sums.counts()
    found = engine.columns(f"select {listed}, {sums} from {source} group by {listed} order by {listed}")
    return {**found, **{f"action/{n}": found[f"d{plan.keyed.index(n)}"] for n in keys.actions}}, keys


def _cells(found: Columns, keys: Keys, ready: Prepared) -> Cells:
    state = np.asarray(found["st"], dtype=np.int64)
    return Cells(
        group=np.asarray(found["g"], dtype=np.int64),
        state=state,
        actions={name: np.asarray(found[f"action/{name}"], dtype=np.int64) for name in keys.actions},
        moments=ready.sums.read_counts(found, state) if keys.score else ready.sums.read(found, state),
        score=np.asarray(found[keys.score], dtype=np.float64) if keys.score else None,
        cluster=np.asarray(found["k"], dtype=np.int64) if ready.clustered else None,
        pending_low=None if keys.score else np.asarray(found["lo_sum"], dtype=np.float64),
        pending_high=None if keys.score else np.asarray(found["hi_sum"], dtype=np.float64),
    )


def _score(plan: Plan, candidate: Candidate) -> str:
    return f"s{[other.name for other in plan.spec.scored].index(candidate.name)}"


def _block_sql(score: str, at: Floats, low: int, high: int) -> str:
    """Return the number of cuts at or below a score, known to be ``low`` to ``high``, by halving."""
    if low == high:
        return str(low)
    middle = (low + high) // 2
    above, below = _block_sql(score, at, middle + 1, high), _block_sql(score, at, low, middle)
    return f"case when {score} >= {double(float(at[middle]))} then {above} else {below} end"


def _sliced(entry: tuple[str, ...], found: Columns, names: Sequence[str], cells: Cells) -> SliceTable:
    rows = list(zip(*(found[name].tolist() for name in names), strict=True))
    numbered: dict[tuple[str, ...], int] = {row: number for number, row in enumerate(sorted(set(rows)))}
    index = np.fromiter((numbered[row] for row in rows), dtype=np.intp, count=len(rows))
    return SliceTable(entry=entry, values=tuple(numbered), index=index, cells=cells)


def _action_sql(plan: Plan, name: str, choices: Choices) -> str:
    candidate = plan.spec.candidate(name)
    if not isinstance(candidate.policy, Threshold):
        return f"a_{plan.keyed.index(name)}"
    actions = plan.spec.decision.actions
    score = _score(plan, candidate)
    do, otherwise = actions.index(candidate.policy.do), actions.index(candidate.policy.otherwise)
    # A threshold of None acts on nobody: no score reaches it.
    threshold = choices.thresholds[name]
    reached = "false" if threshold is None else f"{score} >= {double(threshold)}"
    return f"cast(case when {reached} then {do} else {otherwise} end as integer)"


def _decidable(plan: Plan, name: str, choices: Choices) -> bool:
    return not isinstance(plan.spec.candidate(name).policy, Threshold) or name in choices.thresholds


def _counts(plan: Plan, facts: Facts, engine: Engine) -> Mapping[int, int]:
    found = engine.columns(f"select {state_sql(plan, facts)} as st, count(*) as n from source group by 1")
    return {int(state): int(n) for state, n in zip(found["st"], found["n"], strict=True)}


def _finite(number: float) -> float:
    return number if np.isfinite(number) else 0.0
