"""From spec and rows to tables: the part of an evaluation that asks the engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from payoff.catalogue import MEANS, SKILL_OF, kind_of_metric, score_cells
from payoff.choices import (
    Choices,
    Cuts,
    Grid,
    choose_threshold,
    cut_scores,
    finer,
    given_thresholds,
    grid_for,
    is_fine_enough,
    is_given,
    least_scores,
    make_block_cuts,
    make_cuts,
    recalibrate,
    refuse_given,
    split_at,
)
from payoff.engines import Engine
from payoff.running.timing import timed
from payoff.spec.model import Candidate, Maximise, Spec, Threshold
from payoff.tables import Cells, Keyed
from payoff.tabulation import (
    Asking,
    Columns,
    Fixed,
    Plan,
    Scored,
    Tabulated,
    basis_of,
    check_rows,
    count_blocks,
    count_classes,
    count_decisions,
    count_duels,
    count_hash,
    count_losses,
    count_pairs,
    count_rankings,
    count_scores,
    count_sliced_losses,
    count_sliced_scores,
    fixed_of,
    make_plan,
    prepare,
)
from payoff.tabulation.latency import Latencies

Progress = Callable[[str], None]

ROUND = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """Tables, and the choices and cuts that follow from them.

    ``cuts`` holds those of every candidate whose score is cut; none where a check found an error. ``around`` are money
    and rows a little below and above the model's threshold, where they were asked for and there is one.
    """

    plan: Plan
    tables: Tabulated
    choices: Choices
    cuts: Mapping[str, Cuts]
    latencies: Mapping[str, Latencies] = field(default_factory=dict)
    around: Cuts | None = None


def tabulate(
    spec: Spec,
    engine: Engine,
    progress: Progress,
    fixed: Fixed | None = None,
    around: float | None = None,
) -> Gathered:
    """Ask the engine for everything: checks, scores, choices, then policies and slices.

    Parameters
    ----------
    fixed : choices made before, so that these tables add to those that made them.
    around : how far below and above its threshold the model's scores are counted once more; None not at all.
    """
    progress("reading the columns")
    plan = make_plan(spec, engine)
    asking = Asking(plan, engine, prepare(plan, engine, fixed))
    progress("checking the rows")
    tables = _unfilled(asking)
    if tables.failed:
        hashed = count_hash(asking)
        return Gathered(plan=plan, tables=replace(tables, hashed=hashed), choices=Choices(), cuts={})
    gathered = _filled(tables, asking, fixed, progress)
    return gathered if around is None else replace(gathered, around=_around(asking, gathered.choices, around))


def _around(asking: Asking, choices: Choices, reach: float) -> Cuts | None:
    """Return the rows cut a little below the model's threshold, at it, and a little above; None without one."""
    model = asking.plan.spec.model
    at = choices.thresholds.get(model.name)
    if at is None or not isinstance(model.policy, Threshold) or asking.plan.spec.data.classes is not None:
        return None
    # To a round number, which 0.07 - 0.01 is not in binary: scores are often round.
    cuts = np.array([round(at - reach, ROUND), at, round(at + reach, ROUND)])
    return make_cuts(cuts, count_blocks(asking, model, choices, cuts))


def needs_sliced_scores(spec: Spec) -> bool:
    """Return whether a guardrail limits a metric of scores in every slice."""
    return any(
        rail.in_every and kind_of_metric(rail.metric) in ("ranking", "probability")
        for rail in spec.guardrails
    )


def waves(spec: Spec) -> Iterator[tuple[Candidate, ...]]:
    """Yield the candidates whose scores are cut, those together of which no choice depends on another's.

    Baselines come one by one, since the thresholds of the first are keys in the tables of the next.
    """
    yield from ((one,) for one in spec.baselines if one in spec.ranked and not is_given(one))
    judged = (*spec.challengers, spec.model)
    by_threshold = (one for one in judged if one.score is not None and spec.data.classes is None)
    yield tuple(one for one in by_threshold if one.policy != Maximise(recalibrated=True))


def _unfilled(asking: Asking) -> Tabulated:
    """Return tables that hold what was seen of the rows, and no cells yet."""
    plan, engine, ready = asking.plan, asking.engine, asking.ready
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


def _filled(tables: Tabulated, asking: Asking, fixed: Fixed | None, progress: Progress) -> Gathered:
    plan, spec = asking.plan, asking.plan.spec
    choices, scores, blocks, cuts = cut(asking, fixed, progress)
    held = None if fixed is None else fixed.recalibrations
    choices = recalibrate(spec, choices, lambda name: score_cells(scores[name]), held)
    progress("counting decisions")
    decided = count_decisions(asking, choices)
    refuse_given(spec, plan.valuation, decided.policies)
    sliced = needs_sliced_scores(spec)
    tables = replace(
        tables,
        fixed=_with_choices(tables.fixed, choices, cuts),
        scores=scores,
        blocks=blocks,
        policies=decided.policies,
        slices=decided.slices,
        sliced_scores=count_sliced_scores(asking, spec.model, choices) if sliced else (),
        periods=decided.periods,
        pairs=count_pairs(asking, choices),
        **_counted_losses(asking, tables.fixed),
        classes=count_classes(asking),
        hashed=decided.hashed,
        filled=asking.ready.filled,
        units=decided.units,
        teams=decided.teams,
        rankings=count_rankings(asking),
    )
    latencies = timed(spec, asking.engine)
    return Gathered(plan=plan, tables=tables, choices=choices, cuts=cuts, latencies=latencies)


def _counted_losses(asking: Asking, fixed: Fixed) -> dict[str, Any]:
    """Return the losses of quantities; by slice only where a guardrail asks for it."""
    if not asking.plan.quantities:
        return {}
    rails = [rail for rail in asking.plan.spec.guardrails if rail.metric in (*MEANS, *SKILL_OF)]
    entries = tuple(dict.fromkeys(entry for rail in rails for entry in rail.in_every))
    return {
        "losses": count_losses(asking, fixed.level, fixed.losses),
        "duels": count_duels(asking, fixed.duel),
        "sliced_losses": count_sliced_losses(asking, fixed.level, fixed.losses, entries),
    }


def cut(
    asking: Asking, fixed: Fixed | None, progress: Progress
) -> tuple[Choices, dict[str, Cells], dict[str, tuple[Keyed, ...]], dict[str, Cuts]]:
    """Return the choices, and by candidate the cells of its score, money between its cuts, and these cuts."""
    spec = asking.plan.spec
    choices = given_thresholds(spec)
    scores: dict[str, Cells] = {}
    blocks: dict[str, tuple[Keyed, ...]] = {}
    cuts: dict[str, Cuts] = {}
    *before, last = waves(spec)
    given = tuple(one for one in spec.baselines if one in spec.ranked and is_given(one))
    given += spec.class_scores
    for wave, beside in (*((wave, ()) for wave in before), (last, given)):
        progress(f"counting scores of {', '.join(one.name for one in (*wave, *beside))}")
        counted, choices = _scored(asking, (*wave, *beside), choices, fixed)
        for candidate in wave:
            name = candidate.name
            found, cuts[name], choices = _chosen(asking, candidate, counted[name], choices, fixed)
            scores[name] = found.cells
            blocks[name] = found.stretches or cuts[name].blocks
        scores |= {one.name: counted[one.name].cells for one in beside}
    return choices, scores, blocks, cuts


def _scored(
    asking: Asking, wave: Sequence[Candidate], choices: Choices, fixed: Fixed | None
) -> tuple[dict[str, Scored], Choices]:
    """Return what was counted of each score, on a grid fine enough for it, and the choices with these grids."""
    rows = asking.ready.facts.rows
    grids = {one.name: grid_for(one, rows) if fixed is None else fixed.grids[one.name] for one in wave}
    leads = {one.name: _lead(one, wave, grids, fixed) for one in wave}
    counted: dict[str, Scored] = {}
    waiting = [one for one in wave if leads[one.name] == one.name]
    while waiting:
        choices = choices.with_grids({one.name: grids[one.name] for one in waiting})
        cut = [one for one in waiting if not is_given(one)]
        found = count_scores(asking, waiting, choices, cut)
        counted |= found
        waiting = [
            one for one in waiting if fixed is None and not _is_enough(grids[one.name], found[one.name])
        ]
        grids |= {one.name: finer(grids[one.name], found[one.name].cells) for one in waiting}
    choices = choices.with_grids({name: grids[lead] for name, lead in leads.items()})
    return {name: counted[lead] for name, lead in leads.items()}, choices


def _lead(
    candidate: Candidate, wave: Sequence[Candidate], grids: Mapping[str, Grid], fixed: Fixed | None
) -> str:
    """Return the first candidate of the wave whose tables are those of this one too: same score, same cells.

    A threshold given for a baseline splits no cells, so that any cells of its score serve it.
    """
    anyway = fixed is None and is_given(candidate)
    return next(
        other.name
        for other in wave
        if (other.score, other.score_is) == (candidate.score, candidate.score_is)
        and (anyway or grids[other.name] == grids[candidate.name])
    )


def _is_enough(grid: Grid, found: Scored) -> bool:
    return grid.kind == "exact" or is_fine_enough(found.cells, score_cells(found.cells))


def _chosen(
    asking: Asking, candidate: Candidate, found: Scored, choices: Choices, fixed: Fixed | None
) -> tuple[Scored, Cuts, Choices]:
    """Return what was counted of one score, split at its threshold, its cuts, and the choices with that threshold."""
    plan, policy = asking.plan, candidate.policy
    held = None if fixed is None else fixed.thresholds
    also = () if held is None or held.get(candidate.name) is None else (float(held[candidate.name] or 0.0),)
    if isinstance(policy, Threshold) and not isinstance(policy.at, str):
        also = (float(policy.at),)
    kept = None if fixed is None else fixed.cuts.get(candidate.name)
    cuts = _cuts(asking, candidate, found, choices, also, kept)
    made = choose_threshold(plan.spec, plan.valuation, candidate, cuts, choices, held)
    at = made.thresholds.get(candidate.name)
    grid = choices.grids[candidate.name]
    if at is None or grid.at == at:
        return found, cuts, made
    if found.stretches and at in cuts.at:
        # A cut is the least score of a stretch, so that its rows are split there already.
        cells, stretches = split_at(grid, at, found.cells, found.stretches)
        return Scored(cells, stretches), cuts, made.with_grids({candidate.name: replace(grid, at=at)})
    if found.stretches:
        # A threshold from the value definition lies within a stretch, which is counted again in two parts.
        made = made.with_grids({candidate.name: replace(grid, at=at)})
        found = count_scores(asking, [candidate], made, [candidate])[candidate.name]
    elif at in cuts.at:
        return found, cuts, made
    return found, _cuts(asking, candidate, found, made, (at,), kept), made


def _cuts(
    asking: Asking,
    candidate: Candidate,
    found: Scored,
    choices: Choices,
    also: tuple[float, ...],
    kept: tuple[float, ...] | None,
) -> Cuts:
    """Return the cuts of one score, ``also`` among them; those ``kept`` where they were made before."""
    grid = choices.grids[candidate.name]
    if found.stretches:
        return make_block_cuts(found.stretches, least_scores(grid, found.cells), also)
    at = cut_scores(found.cells, also) if kept is None else np.array(kept, dtype=np.float64)
    return make_cuts(at, count_blocks(asking, candidate, choices, at))


def _with_choices(fixed: Fixed, choices: Choices, cuts: Mapping[str, Cuts]) -> Fixed:
    exact = [name for name in cuts if choices.grids[name].kind == "exact"]
    return replace(
        fixed,
        grids=dict(choices.grids),
        cuts={name: tuple(cuts[name].at.tolist()) for name in exact},
        thresholds=dict(choices.thresholds),
        recalibrations=dict(choices.recalibrations),
    )
