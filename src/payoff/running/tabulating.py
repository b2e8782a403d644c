"""From spec and rows to tables: the part of an evaluation that asks the engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from payoff.catalogue import CATALOGUE, score_cells
from payoff.choices import (
    Choices,
    Cuts,
    choose_threshold,
    cut_scores,
    finer,
    grid_for,
    is_fine_enough,
    least_scores,
    make_block_cuts,
    make_cuts,
    split_at,
)
from payoff.engines import Engine
from payoff.spec.model import Candidate, Spec, Threshold
from payoff.tables import Cells, Keyed
from payoff.tabulation import (
    Columns,
    Fixed,
    Plan,
    Prepared,
    Tabulated,
    basis_of,
    check_rows,
    count_blocks,
    count_decisions,
    count_hash,
    count_scores,
    count_sliced_scores,
    count_stretches,
    fixed_of,
    make_plan,
    prepare,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """Tables, and the choices and cuts that follow from them.

    ``cuts`` holds those of every candidate with a score; none where a check found an error.
    """

    plan: Plan
    tables: Tabulated
    choices: Choices
    cuts: Mapping[str, Cuts]


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    """What every query of one tabulation needs, and the choices that stand before it."""

    plan: Plan
    engine: Engine
    ready: Prepared
    fixed: Fixed | None


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """What was counted of one score: its cells, and money by stretch where it is on a grid."""

    cells: Cells
    stretches: Keyed | None


def tabulate(spec: Spec, engine: Engine, progress: Progress, fixed: Fixed | None = None) -> Gathered:
    """Ask the engine for everything: checks, scores, choices, then policies and slices.

    Parameters
    ----------
    fixed : choices made before, so that these tables add to those that made them.
    """
    progress("reading the columns")
    plan = make_plan(spec, engine)
    ready = prepare(plan, engine, fixed)
    progress("checking the rows")
    tables = _unfilled(plan, engine, ready)
    if tables.failed:
        hashed = count_hash(plan, engine)
        return Gathered(plan=plan, tables=replace(tables, hashed=hashed), choices=Choices(), cuts={})
    return _filled(tables, _Asking(plan, engine, ready, fixed), progress)


def needs_sliced_scores(spec: Spec) -> bool:
    """Return whether a guardrail limits a metric of scores in every slice."""
    return any(
        rail.in_every and CATALOGUE[rail.metric].of in ("ranking", "probability") for rail in spec.guardrails
    )


def waves(spec: Spec) -> Iterator[tuple[Candidate, ...]]:
    """Yield the candidates with a score whose tables can be counted together: no choice of one depends on another's.

    Baselines come one by one, since the thresholds of the first are keys in the tables of the next.
    """
    yield from ((candidate,) for candidate in spec.baselines if candidate.score is not None)
    yield tuple(one for one in (*spec.challengers, spec.model) if one.score is not None)


def _unfilled(plan: Plan, engine: Engine, ready: Prepared) -> Tabulated:
    """Return tables that hold what was seen of the rows, and no cells yet."""
    return Tabulated(
        basis=basis_of(plan),
        relation=Columns(
            schema=dict(engine.schema),
            types=dict(engine.types),
            integers=engine.integers,
            floats=engine.floats,
        ),
        engine=engine.name,
        fixed=fixed_of(plan, ready),
        facts=ready.facts,
        counts=ready.counts,
        shape=ready.shape,
        findings=check_rows(plan, engine, ready),
        weighted=ready.weighted,
        clustered=ready.clustered,
        pending=ready.pending,
        quantum=plan.spec.decision.quantum,
    )


def _filled(tables: Tabulated, asking: _Asking, progress: Progress) -> Gathered:
    plan, spec = asking.plan, asking.plan.spec
    choices = Choices()
    scores: dict[str, Cells] = {}
    blocks: dict[str, Keyed] = {}
    cuts: dict[str, Cuts] = {}
    for wave in waves(spec):
        for candidate in wave:
            progress(f"counting scores of {candidate.name}")
            scores[candidate.name], choices = _scored(asking, candidate, choices)
        gridded = [candidate for candidate in wave if choices.grids[candidate.name].kind != "exact"]
        stretches = count_stretches(plan, asking.engine, asking.ready, gridded, choices)
        for candidate in wave:
            found = _Scored(scores[candidate.name], stretches.get(candidate.name))
            found, cuts[candidate.name], choices = _chosen(asking, candidate, found, choices)
            scores[candidate.name] = found.cells
            blocks[candidate.name] = found.stretches or _of_cuts(cuts[candidate.name])
    progress("counting decisions")
    decided = count_decisions(plan, asking.engine, asking.ready, choices)
    sliced = needs_sliced_scores(spec)
    tables = replace(
        tables,
        fixed=_with_choices(tables.fixed, choices, cuts),
        scores=scores,
        blocks=blocks,
        policies=decided.policies,
        slices=decided.slices,
        sliced_scores=count_sliced_scores(plan, asking.engine, asking.ready, spec.model, choices)
        if sliced
        else (),
        periods=decided.periods,
        hashed=decided.hashed,
    )
    return Gathered(plan=plan, tables=tables, choices=choices, cuts=cuts)


def _scored(asking: _Asking, candidate: Candidate, choices: Choices) -> tuple[Cells, Choices]:
    """Return the cells of one score, on a grid fine enough for it, and the choices with that grid."""
    plan, engine, ready = asking.plan, asking.engine, asking.ready
    if asking.fixed is not None:
        choices = choices.with_grid(candidate.name, asking.fixed.grids[candidate.name])
        return count_scores(plan, engine, ready, candidate, choices), choices
    grid = grid_for(candidate, ready.facts.rows)
    while True:
        choices = choices.with_grid(candidate.name, grid)
        cells = count_scores(plan, engine, ready, candidate, choices)
        if grid.kind == "exact" or is_fine_enough(cells, score_cells(cells)):
            return cells, choices
        grid = finer(grid, cells)


def _chosen(
    asking: _Asking, candidate: Candidate, found: _Scored, choices: Choices
) -> tuple[_Scored, Cuts, Choices]:
    """Return what was counted of one score, split at its threshold, its cuts, and the choices with that threshold."""
    plan, policy = asking.plan, candidate.policy
    held = None if asking.fixed is None else asking.fixed.thresholds
    also = () if held is None or held.get(candidate.name) is None else (float(held[candidate.name] or 0.0),)
    if isinstance(policy, Threshold) and not isinstance(policy.at, str):
        also = (float(policy.at),)
    cuts = _cuts(asking, candidate, found, choices, also)
    made = choose_threshold(plan.spec, plan.valuation, candidate, cuts, choices, held)
    at = made.thresholds.get(candidate.name)
    grid = choices.grids[candidate.name]
    if at is None or grid.at == at:
        return found, cuts, made
    if found.stretches is not None and at in cuts.at:
        # A cut is the least score of a stretch, so that its rows are split there already.
        cells, stretches = split_at(grid, at, found.cells, found.stretches)
        return _Scored(cells, stretches), cuts, made.with_grid(candidate.name, replace(grid, at=at))
    if found.stretches is not None:
        # A threshold from the value definition lies within a stretch, which is counted again in two parts.
        made = made.with_grid(candidate.name, replace(grid, at=at))
        cells = count_scores(plan, asking.engine, asking.ready, candidate, made)
        split = count_stretches(plan, asking.engine, asking.ready, [candidate], made)
        found = _Scored(cells, split[candidate.name])
    elif at in cuts.at:
        return found, cuts, made
    return found, _cuts(asking, candidate, found, made, (at,)), made


def _cuts(
    asking: _Asking, candidate: Candidate, found: _Scored, choices: Choices, also: tuple[float, ...]
) -> Cuts:
    grid = choices.grids[candidate.name]
    if found.stretches is not None:
        return make_block_cuts(found.stretches, least_scores(grid, found.cells), also)
    held = None if asking.fixed is None else asking.fixed.cuts.get(candidate.name)
    at = cut_scores(found.cells, also) if held is None else np.array(held, dtype=np.float64)
    return make_cuts(at, *count_blocks(asking.plan, asking.engine, asking.ready, candidate, choices, at))


def _of_cuts(cuts: Cuts) -> Keyed:
    return Keyed(cells=cuts.by_group, keys={"b": cuts.group_block})


def _with_choices(fixed: Fixed, choices: Choices, cuts: Mapping[str, Cuts]) -> Fixed:
    exact = [name for name, grid in choices.grids.items() if grid.kind == "exact"]
    return replace(
        fixed,
        grids=dict(choices.grids),
        cuts={name: tuple(cuts[name].at.tolist()) for name in exact},
        thresholds=dict(choices.thresholds),
    )
