"""The queries: what is counted, by which keys, and the tables that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices
from payoff.engines import Columns, Engine
from payoff.formulas import double
from payoff.spec.model import Candidate, Threshold
from payoff.tables import PENDING, Cells, Keyed, Spread, joined, merge
from payoff.tables.cells import KNOWN_STATES
from payoff.tabulation.grouping import grouped
from payoff.tabulation.hashing import hash_sql, is_sliced_text, text_weight
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared
from payoff.tabulation.rows import period_name, slice_entries, sliced_columns
from payoff.tabulation.scales import block_sql, coarse_sql, fine_sql
from payoff.tabulation.slices import SliceTable, slice_table

Floats = NDArray[np.float64]


def count_scores(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices
) -> Cells:
    """Return the scores table of one candidate, on its grid: rows and weights, without money."""
    grid, score = choices.grids[candidate.name], _score(plan, candidate)
    if grid.kind == "exact":
        keys = [*_clustered(ready), "g", "st", score]
        found = grouped(engine, "select * from prepared", [keys], ready.sums.counts(), _texts(plan))[0]
        return _by_score(_score_cells(found, score, ready))
    keys = ["st", "c", *(["g"] if ready.clustered else [])]
    aggregates = f"{ready.sums.counts()}, {_scores_within(score, ready)}"
    scored = f"select *, {fine_sql(grid, score)} as c from prepared"
    cells = _grid_cells(grouped(engine, scored, [keys], aggregates, _texts(plan))[0], ready)
    return merge(Keyed(cells=cells, keys={})).cells


def count_stretches(
    plan: Plan, engine: Engine, ready: Prepared, candidates: Sequence[Candidate], choices: Choices
) -> dict[str, Keyed]:
    """Return money by stretch of each candidate's grid x group x state x actions of the baselines, in one scan.

    The key ``b`` is the number of the stretch. No threshold needs to be known for it but those of baselines.
    """
    names = tuple(dict.fromkeys(name for one in candidates for name in _others(plan, one, choices)))
    extra, sets = "", []
    for candidate in candidates:
        score = _score(plan, candidate)
        extra += f", {coarse_sql(choices.grids[candidate.name], score)} as b_{score}"
        others = _columns_of(plan, _others(plan, candidate, choices))
        sets.append([*_clustered(ready), f"b_{score}", "g", "st", *others])
    if not sets:
        return {}
    answer = _asked(engine, plan, ready, extra + _acts(plan, names, choices), sets)
    found = _counted(answer, plan, ready, names)
    out = {}
    for candidate, keyed in zip(candidates, found, strict=True):
        number = keyed.keys[f"b_{_score(plan, candidate)}"]
        out[candidate.name] = Keyed(cells=keyed.cells, keys={"b": number})
    return out


def count_blocks(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices, at: Floats
) -> tuple[Cells, NDArray[np.int64]]:
    """Return cells by block x group x state x actions of the baselines, and the block of each.

    ``at`` are (T,) cut scores, ascending; a row's block is the number of them at or below its score.
    """
    others = _others(plan, candidate, choices)
    extra = f", {block_sql(_score(plan, candidate), at.tolist())} as b{_acts(plan, others, choices)}"
    sets = [[*_clustered(ready), "b", "g", "st", *_columns_of(plan, others)]]
    keyed = _counted(_asked(engine, plan, ready, extra, sets), plan, ready, others)[0]
    return keyed.cells, np.asarray(keyed.keys["b"], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """All decisions, counted in one scan: by policy, by slice, and by period where there is a time.

    ``policies`` holds group x state x joint actions of all policies that vary by row. ``hashed`` is the sum of the
    hashes of all rows.
    """

    policies: Cells
    slices: tuple[SliceTable, ...]
    periods: SliceTable | None
    hashed: int


def count_decisions(plan: Plan, engine: Engine, ready: Prepared, choices: Choices) -> Decided:
    """Return the policies table, and the same by slice entry and by period."""
    acts = _acts(plan, plan.keyed, choices)
    always = [*_clustered(ready), "st", *_columns_of(plan, plan.keyed)]
    timed = ["t"] if plan.spec.data.time else []
    # An entry whose columns are all in another one's adds up from it.
    finest = _finest(slice_entries(plan))
    columns = sliced_columns(plan)
    named = {entry: [f"x{columns.index(column)}" for column in entry] for entry in slice_entries(plan)}
    grouping = ["g"] if _jackknifed_slices(plan) else []
    sets = [[*timed, "g", *always], *([*named[entry], *grouping, *always] for entry in finest)]
    answer = _asked(engine, plan, ready, acts, sets, hashed=True)
    found = _counted(answer, plan, ready, plan.keyed)
    tables = dict(zip(finest, found[1:], strict=True))
    slices = []
    for entry, names in named.items():
        source = tables[next(one for one in finest if set(entry) <= set(one))]
        slices.append(slice_table(entry, [source.keys[name] for name in names], source.cells))
    return Decided(
        policies=merge(found[0], keep=()).cells,
        slices=tuple(slices),
        periods=_periods(ready, found[0]) if timed else None,
        hashed=_hash_of(answer, plan),
    )


def count_hash(plan: Plan, engine: Engine) -> int:
    """Return the sum of the hashes of all rows, where nothing else is counted of them."""
    columns = sliced_columns(plan)
    finest = _finest(slice_entries(plan))
    sets = [[f"x{columns.index(column)}" for column in entry] for entry in finest] or [["st"]]
    found = grouped(engine, "select * from prepared", sets, _hash_aggregate(), _texts(plan))
    return _hash_of(_Answer(counted=found, summed=[]), plan)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What the engine said to one list of sets of keys.

    ``counted`` are counts of all rows, ``summed`` the sums of those whose money varies; one of them may be empty,
    and ``summed`` are all rows where ``counted`` is.
    """

    counted: list[Columns]
    summed: list[Columns]


def _asked(
    engine: Engine,
    plan: Plan,
    ready: Prepared,
    extra: str,
    sets: Sequence[Sequence[str]],
    *,
    hashed: bool = False,
) -> _Answer:
    """Count all rows, and sum money only over rows whose money varies.

    Where it varies in some states of the outcome alone, the rows of these states are read once more: most rows are
    negatives, and what a negative is worth seldom varies.
    """
    texts, states, counted = _texts(plan), ready.sums.summed_states, []
    also = f", {_hash_aggregate()}" if hashed else ""
    if states != (*KNOWN_STATES, *((PENDING,) if ready.pending else ())):
        counts = f"{ready.sums.counts()}{also}"
        counted = grouped(engine, f"select *{extra} from prepared", sets, counts, texts)
    if not states:
        return _Answer(counted=counted, summed=[])
    if counted:
        sums = ready.sums.aggregates()
        summed = grouped(engine, ready.sums.rows_sql(extra, "varying"), sets, sums, texts)
        return _Answer(counted=counted, summed=summed)
    sums = f"{ready.sums.aggregates()}{also}"
    return _Answer(counted=[], summed=grouped(engine, ready.sums.rows_sql(extra), sets, sums, texts))


def _counted(answer: _Answer, plan: Plan, ready: Prepared, names: Sequence[str]) -> list[Keyed]:
    """Return one table per set of keys."""
    states, parts = ready.sums.summed_states, []
    if answer.counted:
        rest = [_where(found, ~np.isin(found["st"], states)) for found in answer.counted]
        parts.append([_keyed(found, plan, names, ready) for found in rest])
    if answer.summed:
        parts.append([_keyed(found, plan, names, ready) for found in answer.summed])
    return [merge(_with_clusters(joined([part[j] for part in parts]))) for j in range(len(parts[0]))]


def _hash_aggregate() -> str:
    return f"cast(sum({hash_sql('h')}) as bigint) as h_sum"


def _hash_of(answer: _Answer, plan: Plan) -> int:
    """Return the sum of the hashes of all rows: those of one slice are multiplied by a number made from its text."""
    total = 0
    for found in answer.counted or answer.summed:
        columns = [
            found[f"x{j}"]
            for j, column in enumerate(sliced_columns(plan))
            if f"x{j}" in found and is_sliced_text(plan, column)
        ]
        sums: dict[tuple[str, ...], int] = {}
        for *texts, hashed in zip(*columns, found["h_sum"].tolist(), strict=True):
            key = tuple(str(text) for text in texts)
            sums[key] = sums.get(key, 0) + int(hashed)
        total += sum(text_weight(texts) * hashed for texts, hashed in sums.items())
    return total


def _keyed(found: Columns, plan: Plan, names: Sequence[str], ready: Prepared) -> Keyed:
    keys = {name: found[name] for name in found if name in ("b", "t", "k") or name.startswith(("x", "b_"))}
    held = tuple(name for name in names if f"d{plan.keyed.index(name)}" in found)
    return Keyed(cells=_money_cells(found, plan, held, ready), keys=keys)


def _with_clusters(keyed: Keyed) -> Keyed:
    """Return the cells with the number of their cluster, and without its key."""
    if "k" not in keyed.keys:
        return keyed
    cluster = np.unique(keyed.keys["k"], return_inverse=True)[1].astype(np.int64)
    keys = {name: column for name, column in keyed.keys.items() if name != "k"}
    return Keyed(cells=replace(keyed.cells, cluster=cluster), keys=keys)


def _where(found: Columns, mask: NDArray[np.bool_]) -> Columns:
    return {name: column[mask] for name, column in found.items()}


def count_sliced_scores(
    plan: Plan, engine: Engine, ready: Prepared, candidate: Candidate, choices: Choices
) -> tuple[SliceTable, ...]:
    """Return the scores table of one candidate by every slice entry, for ranking and calibration by slice."""
    grid, score = choices.grids[candidate.name], _score(plan, candidate)
    columns, tables = sliced_columns(plan), []
    exact = grid.kind == "exact"
    extra = "" if exact else f", {fine_sql(grid, score)} as c"
    aggregates = ready.sums.counts() if exact else f"{ready.sums.counts()}, {_scores_within(score, ready)}"
    for entry in slice_entries(plan):
        names = [f"x{columns.index(column)}" for column in entry]
        keys = [*names, *_clustered(ready), "g", "st", score if exact else "c"]
        found = grouped(engine, f"select *{extra} from prepared", [keys], aggregates, _texts(plan))[0]
        cells = _score_cells(found, score, ready) if exact else _grid_cells(found, ready)
        tables.append(slice_table(entry, [found[name] for name in names], cells))
    return tuple(tables)


def _periods(ready: Prepared, whole: Keyed) -> SliceTable:
    by_period = merge(whole, group=False)
    numbers, code = np.unique(by_period.keys["t"], return_inverse=True)
    names = np.array([period_name(int(number), str(ready.facts.period)) for number in numbers], dtype=object)
    return slice_table(("period",), [names[code]], by_period.cells)


def _finest(entries: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the entries whose columns are not all in another entry; of two alike the first."""
    return [
        entry
        for place, entry in enumerate(entries)
        if not any(
            set(entry) < set(other) or (set(entry) == set(other) and earlier < place)
            for earlier, other in enumerate(entries)
        )
    ]


def _jackknifed_slices(plan: Plan) -> bool:
    """Return whether a guardrail compares a metric in every slice, which the jackknife over groups judges."""
    return any(rail.in_every and rail.over for rail in plan.spec.guardrails)


def _money_cells(found: Columns, plan: Plan, names: Sequence[str], ready: Prepared) -> Cells:
    state = np.asarray(found["st"], dtype=np.int64)
    none = np.zeros(len(state))
    return Cells(
        group=_group(found, len(state)),
        state=state,
        actions={name: np.asarray(found[f"d{plan.keyed.index(name)}"], dtype=np.int64) for name in names},
        moments=ready.sums.read(found, state),
        pending_low=np.asarray(found.get("lo_sum", none), dtype=np.float64),
        pending_high=np.asarray(found.get("hi_sum", none), dtype=np.float64),
    )


def _score_cells(found: Columns, score: str, ready: Prepared) -> Cells:
    """Return cells of exact scores, in the order of the answer."""
    state = np.asarray(found["st"], dtype=np.int64)
    return Cells(
        group=_group(found, len(state)),
        state=state,
        actions={},
        moments=ready.sums.read_counts(found, state),
        score=np.asarray(found[score], dtype=np.float64),
        cluster=_cluster(found, ready),
    )


def _by_score(cells: Cells) -> Cells:
    """Return cells of exact scores in the order of the scores."""
    keys = [] if cells.cluster is None else [cells.cluster]
    return cells.take(np.lexsort([*keys, cells.state, cells.group, np.asarray(cells.score)]))


def _grid_cells(found: Columns, ready: Prepared) -> Cells:
    """Return cells of a grid, in the order of the answer."""
    state = np.asarray(found["st"], dtype=np.int64)
    spread, moments = _spread(found), ready.sums.read_counts(found, state)
    weight = np.where(moments.weight > 0, moments.weight, 1.0)
    return Cells(
        group=_group(found, len(state)),
        state=state,
        actions={},
        moments=moments,
        score=spread.first / weight,
        cell=np.asarray(found["c"], dtype=np.int64),
        spread=spread,
    )


def _spread(found: Columns) -> Spread:
    names = {"low": "s_lo", "high": "s_hi", "first": "s_1", "second": "s_2"}
    return Spread(**{name: np.asarray(found[column], dtype=np.float64) for name, column in names.items()})


def _scores_within(score: str, ready: Prepared) -> str:
    weight = "w * " if ready.weighted else ""
    sums = f"sum({weight}{score}) as s_1, sum({weight}{score} * {score}) as s_2"
    return f"min({score}) as s_lo, max({score}) as s_hi, {sums}"


def _group(found: Columns, size: int) -> NDArray[np.int64]:
    return np.asarray(found["g"], dtype=np.int64) if "g" in found else np.zeros(size, dtype=np.int64)


def _cluster(found: Columns, ready: Prepared) -> NDArray[np.int64] | None:
    if not ready.clustered or "k" not in found:
        return None
    return np.unique(found["k"], return_inverse=True)[1].astype(np.int64)


def _clustered(ready: Prepared) -> list[str]:
    return ["k"] if ready.clustered else []


def _texts(plan: Plan) -> frozenset[str]:
    """Return the keys that are text: those of slices, and the cluster unless it is a whole number."""
    slicing = {f"x{j}" for j in range(len(sliced_columns(plan)))}
    return frozenset(slicing if plan.spec.data.cluster in plan.integers else slicing | {"k"})


def _score(plan: Plan, candidate: Candidate) -> str:
    return f"s{[other.name for other in plan.spec.scored].index(candidate.name)}"


def _others(plan: Plan, candidate: Candidate, choices: Choices) -> tuple[str, ...]:
    """Return the baselines whose actions are known before the candidate's threshold is."""
    return tuple(
        name
        for name in plan.rivals
        if name != candidate.name and (plan.is_counted(name) or name in choices.thresholds)
    )


def _columns_of(plan: Plan, names: Sequence[str]) -> list[str]:
    return [f"d{plan.keyed.index(name)}" for name in names]


def _acts(plan: Plan, names: Sequence[str], choices: Choices) -> str:
    """Return the columns of actions, to be added to ``prepared``."""
    written: Mapping[str, str] = {name: _action_sql(plan, name, choices) for name in names}
    return "".join(f", {sql} as d{plan.keyed.index(name)}" for name, sql in written.items())


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
