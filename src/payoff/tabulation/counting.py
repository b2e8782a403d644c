"""Tables of scores: rows by score, and money between cuts or by stretch of a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices
from payoff.engines import Columns
from payoff.spec.model import Candidate
from payoff.tables import Cells, Keyed, Spread, merge
from payoff.tabulation.acting import action_columns, action_keys, score_column
from payoff.tabulation.answers import Asking, Columned, ask, groups_of, keyed_cells
from payoff.tabulation.grouping import Grouping, grouped
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared
from payoff.tabulation.rows import slice_entries, sliced_columns
from payoff.tabulation.scales import block_sql, coarse_sql, fine_sql
from payoff.tabulation.slices import SliceTable, slice_table

# Baselines whose joint actions are keys at once: eight cells for one.
FEW = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What was counted of one score.

    Attributes
    ----------
    stretches : money by stretch, once for every few baselines; none of exact scores, or where it was not asked.
    """

    cells: Cells
    stretches: tuple[Keyed, ...] = ()


def count_scores(
    asking: Asking, candidates: Sequence[Candidate], choices: Choices, stretched: Sequence[Candidate]
) -> dict[str, Scored]:
    """Return the tables of several scores on their grids, in one scan where the engine can share one.

    Parameters
    ----------
    stretched : those whose money is summed by stretch x group x state x actions of the baselines. No threshold needs
        to be known for it but those of baselines.
    """
    plan = asking.plan
    gridded = [one for one in candidates if choices.grids[one.name].kind != "exact"]
    stretched = [one for one in gridded if one in stretched]
    columned = _columned(plan, gridded, stretched, choices)
    money = {one.name: _by_stretch(asking, one, choices) for one in stretched}
    answer = ask(
        asking,
        columned,
        [grouping for several in money.values() for grouping in several],
        [_by_score_cell(asking, one, choices) for one in candidates],
    )
    tables = iter(keyed_cells(answer, asking))
    return {
        one.name: Scored(
            _cells(found, asking, one, choices),
            tuple(_blocks(next(tables), _stretch_key(plan, one)) for _ in money.get(one.name, ())),
        )
        for one, found in zip(candidates, answer.plain, strict=True)
    }


def count_blocks(asking: Asking, candidate: Candidate, choices: Choices, at: Floats) -> tuple[Keyed, ...]:
    """Return cells by block ``b`` x group x state x actions of the baselines, once for every few of these.

    ``at`` are (T,) cut scores, ascending; a row's block is the number of them at or below its score.
    """
    plan = asking.plan
    others = _others(plan, candidate, choices)
    block = f", {block_sql(score_column(plan, candidate), at.tolist())} as b"
    groupings = _by_few(asking, "b", others)
    columned = Columned(then=block + action_columns(plan, others, choices))
    return tuple(keyed_cells(ask(asking, columned, groupings), asking))


def count_sliced_scores(asking: Asking, candidate: Candidate, choices: Choices) -> tuple[SliceTable, ...]:
    """Return the scores table of one candidate by every slice entry, for ranking and calibration by slice."""
    plan, grid = asking.plan, choices.grids[candidate.name]
    score, columns, tables = score_column(plan, candidate), sliced_columns(plan), []
    exact = grid.kind == "exact"
    cell = "" if exact else f", {fine_sql(grid, score)} as {_cell_key(plan, candidate)}"
    sums = _sums(asking, score, exact=exact)
    for entry in slice_entries(plan):
        names = tuple(f"x{columns.index(column)}" for column in entry)
        last = score if exact else _cell_key(plan, candidate)
        by = Grouping((*names, *asking.clustered, "g", "st", last), sums)
        found = grouped(asking.engine, f"select *{cell} from prepared", [by], asking.texts)[0]
        cells = _exact_cells(found, score, asking.ready) if exact else _grid_cells(found, last, asking.ready)
        tables.append(slice_table(entry, [found[name] for name in names], cells))
    return tuple(tables)


def _columned(
    plan: Plan, gridded: Sequence[Candidate], stretched: Sequence[Candidate], choices: Choices
) -> Columned:
    """Return the columns of cells, of stretches and of what the baselines do."""
    cells, stretches = "", ""
    for one in gridded:
        cell = fine_sql(choices.grids[one.name], score_column(plan, one))
        cells += f", {cell} as {_cell_key(plan, one)}"
    for one in stretched:
        stretch = coarse_sql(choices.grids[one.name], _cell_key(plan, one))
        stretches += f", {stretch} as {_stretch_key(plan, one)}"
    others = tuple(dict.fromkeys(name for one in stretched for name in _others(plan, one, choices)))
    return Columned(cells, stretches + action_columns(plan, others, choices))


def _by_score_cell(asking: Asking, candidate: Candidate, choices: Choices) -> Grouping:
    score = score_column(asking.plan, candidate)
    if choices.grids[candidate.name].kind == "exact":
        return Grouping((*asking.clustered, "g", "st", score), _sums(asking, score, exact=True))
    # Where there are several classes the groups jackknife what their scores say together.
    grouped_too = ("g",) if asking.ready.clustered or asking.plan.spec.data.classes is not None else ()
    return Grouping(
        ("st", _cell_key(asking.plan, candidate), *grouped_too), _sums(asking, score, exact=False)
    )


def _by_stretch(asking: Asking, candidate: Candidate, choices: Choices) -> list[Grouping]:
    others = _others(asking.plan, candidate, choices)
    return _by_few(asking, _stretch_key(asking.plan, candidate), others)


def _by_few(asking: Asking, key: str, others: Sequence[str]) -> list[Grouping]:
    """Return groupings of the same rows, each by the actions of a few baselines.

    The joint actions of all of them are many; what a score gains over one does not ask for more than its own.
    """
    plan, first = asking.plan, (*asking.clustered, key, "g", "st")
    few = [others[start : start + FEW] for start in range(0, max(1, len(others)), FEW)]
    through = (*first, *action_keys(plan, others)) if len(few) > 1 else None
    return [Grouping((*first, *action_keys(plan, some)), {}, through) for some in few]


def _blocks(keyed: Keyed, key: str) -> Keyed:
    return Keyed(cells=keyed.cells, keys={"b": keyed.keys[key]})


def _cells(found: Columns, asking: Asking, candidate: Candidate, choices: Choices) -> Cells:
    if choices.grids[candidate.name].kind == "exact":
        return _by_score(_exact_cells(found, score_column(asking.plan, candidate), asking.ready))
    cells = _grid_cells(found, _cell_key(asking.plan, candidate), asking.ready)
    return merge(Keyed(cells=cells, keys={})).cells


def _cell_key(plan: Plan, candidate: Candidate) -> str:
    return f"c_{score_column(plan, candidate)}"


def _stretch_key(plan: Plan, candidate: Candidate) -> str:
    return f"b_{score_column(plan, candidate)}"


def _sums(asking: Asking, score: str, *, exact: bool) -> Mapping[str, str]:
    """Return the aggregates of one cell of scores."""
    if exact:
        return asking.ready.sums.counts()
    weight = "w * " if asking.ready.weighted else ""
    return asking.ready.sums.counts() | {
        "s_lo": f"min({score})",
        "s_hi": f"max({score})",
        "s_1": f"sum({weight}{score})",
        "s_2": f"sum({weight}{score} * {score})",
    }


def _exact_cells(found: Columns, score: str, ready: Prepared) -> Cells:
    """Return cells of exact scores, in the order of the answer."""
    state = np.asarray(found["st"], dtype=np.int64)
    return Cells(
        group=groups_of(found),
        state=state,
        actions={},
        moments=ready.sums.read_counts(found, state),
        score=np.asarray(found[score], dtype=np.float64),
        cluster=_cluster(found, ready),
        prevalence=ready.prevalence,
    )


def _by_score(cells: Cells) -> Cells:
    """Return cells of exact scores in the order of the scores."""
    keys = [] if cells.cluster is None else [cells.cluster]
    return cells.take(np.lexsort([*keys, cells.state, cells.group, np.asarray(cells.score)]))


def _grid_cells(found: Columns, cell: str, ready: Prepared) -> Cells:
    """Return cells of a grid, in the order of the answer."""
    state = np.asarray(found["st"], dtype=np.int64)
    spread, moments = _spread(found), ready.sums.read_counts(found, state)
    weight = np.where(moments.weight > 0, moments.weight, 1.0)
    return Cells(
        group=groups_of(found),
        state=state,
        actions={},
        moments=moments,
        score=spread.first / weight,
        cell=np.asarray(found[cell], dtype=np.int64),
        spread=spread,
        prevalence=ready.prevalence,
    )


def _spread(found: Columns) -> Spread:
    names = {"low": "s_lo", "high": "s_hi", "first": "s_1", "second": "s_2"}
    return Spread(**{name: np.asarray(found[column], dtype=np.float64) for name, column in names.items()})


def _cluster(found: Columns, ready: Prepared) -> NDArray[np.int64] | None:
    if not ready.clustered or "k" not in found:
        return None
    return np.unique(found["k"], return_inverse=True)[1].astype(np.int64)


def _others(plan: Plan, candidate: Candidate, choices: Choices) -> tuple[str, ...]:
    """Return the baselines whose actions are known before the candidate's threshold is."""
    return tuple(
        name
        for name in plan.rivals
        if name != candidate.name
        and (plan.is_counted(name) or plan.is_limited(name) or name in choices.thresholds)
    )
