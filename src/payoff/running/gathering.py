"""From spec and data to everything that was counted: the part of an evaluation that asks the engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import score_cells
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
)
from payoff.comparison import Grounds
from payoff.engines import Engine
from payoff.formulas import is_constant_given_outcome
from payoff.running.fingerprint import data_hash
from payoff.spec.model import Candidate, Spec, Threshold
from payoff.spec.volume import World, make_world
from payoff.tables import Cells, Keyed
from payoff.tabulation import (
    Finding,
    Plan,
    Prepared,
    SliceTable,
    beyond_cap,
    check_rows,
    count_blocks,
    count_decisions,
    count_scores,
    count_sliced_scores,
    count_stretches,
    make_plan,
    prepare,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """All tables of one evaluation.

    ``scores`` and ``cuts`` hold those of every candidate with a score; ``sliced_scores`` the scores tables of the
    model by slice, only where a guardrail asks for a metric of scores in every slice. ``grounds`` is None, and
    the tables are empty, when a check found an error.
    """

    plan: Plan
    ready: Prepared
    world: World
    fingerprint: str
    findings: tuple[Finding, ...]
    grounds: Grounds | None
    scores: Mapping[str, Cells]
    cuts: Mapping[str, Cuts]
    slices: tuple[SliceTable, ...]
    sliced_scores: tuple[SliceTable, ...]
    periods: SliceTable | None


def gather(spec: Spec, engine: Engine, slice_scores: bool, progress: Progress) -> Counted:
    """Ask the engine for everything: checks, scores, choices, then policies and slices."""
    progress("reading the columns")
    plan = make_plan(spec, engine)
    ready = prepare(plan, engine)
    progress("checking the rows")
    findings = check_rows(plan, engine, ready)
    facts = ready.facts
    counted = Counted(
        plan=plan,
        ready=ready,
        world=make_world(spec, facts.rows, facts.first_day, facts.last_day),
        fingerprint=data_hash(plan, ready),
        findings=findings,
        grounds=None,
        scores={},
        cuts={},
        slices=(),
        sliced_scores=(),
        periods=None,
    )
    if any(finding.severity == "error" for finding in findings):
        return counted
    return _tables(counted, engine, slice_scores, progress)


def _tables(counted: Counted, engine: Engine, slice_scores: bool, progress: Progress) -> Counted:
    plan, ready, spec = counted.plan, counted.ready, counted.plan.spec
    choices = Choices()
    scores: dict[str, Cells] = {}
    cuts: dict[str, Cuts] = {}
    for wave in _waves(spec):
        for candidate in wave:
            progress(f"counting scores of {candidate.name}")
            scores[candidate.name], choices = _scored(counted, engine, candidate, choices)
        gridded = [candidate for candidate in wave if choices.grids[candidate.name].kind != "exact"]
        stretches = count_stretches(plan, engine, ready, gridded, choices)
        for candidate in wave:
            found = _Scored(scores[candidate.name], stretches.get(candidate.name))
            cuts[candidate.name], choices = _chosen(counted, engine, candidate, found, choices)
    progress("counting decisions")
    decided = count_decisions(plan, engine, ready, choices)
    grounds = Grounds(
        spec=spec,
        valuation=plan.valuation,
        choices=choices,
        cells=decided.policies,
        constants=_constants(plan, ready),
        weighted=ready.weighted,
        beyond_cap=beyond_cap(plan, ready.counts, ready.shape),
    )
    return Counted(
        plan=plan,
        ready=ready,
        world=counted.world,
        fingerprint=counted.fingerprint,
        findings=counted.findings,
        grounds=grounds,
        scores=scores,
        cuts=cuts,
        slices=decided.slices,
        sliced_scores=count_sliced_scores(plan, engine, ready, spec.model, choices) if slice_scores else (),
        periods=decided.periods,
    )


def _waves(spec: Spec) -> Iterator[tuple[Candidate, ...]]:
    """Yield the candidates with a score whose tables can be counted together: no choice of one depends on another's.

    Baselines come one by one, since the thresholds of the first are keys in the tables of the next.
    """
    yield from ((candidate,) for candidate in spec.baselines if candidate.score is not None)
    yield tuple(one for one in (*spec.challengers, spec.model) if one.score is not None)


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """What was counted of one score: its cells, and money by stretch where it is on a grid."""

    cells: Cells
    stretches: Keyed | None


def _scored(
    counted: Counted, engine: Engine, candidate: Candidate, choices: Choices
) -> tuple[Cells, Choices]:
    """Return the cells of one score, on a grid fine enough for it, and the choices with that grid."""
    grid = grid_for(candidate, counted.ready.facts.rows)
    while True:
        choices = choices.with_grid(candidate.name, grid)
        cells = count_scores(counted.plan, engine, counted.ready, candidate, choices)
        if grid.kind == "exact" or is_fine_enough(cells, score_cells(cells)):
            return cells, choices
        grid = finer(grid, cells)


def _chosen(
    counted: Counted, engine: Engine, candidate: Candidate, found: _Scored, choices: Choices
) -> tuple[Cuts, Choices]:
    """Return the cuts of one score, the threshold in use among them, and the choices with that threshold."""
    plan, ready, policy = counted.plan, counted.ready, candidate.policy

    def cuts_with(found: _Scored, *also: float) -> Cuts:
        if found.stretches is not None:
            least = least_scores(choices.grids[candidate.name], found.cells)
            return make_block_cuts(found.stretches, least, also)
        at = cut_scores(found.cells, also)
        return make_cuts(at, *count_blocks(plan, engine, ready, candidate, choices, at))

    given = isinstance(policy, Threshold) and not isinstance(policy.at, str)
    cuts = cuts_with(found, float(policy.at)) if given else cuts_with(found)  # type: ignore[union-attr]
    made = choose_threshold(plan.spec, plan.valuation, candidate, cuts, choices)
    at = made.thresholds.get(candidate.name)
    if at is None or at in cuts.at:
        return cuts, made
    if found.stretches is not None:
        # A threshold from the value definition lies within a stretch, which is split there.
        choices = choices.with_grid(candidate.name, replace(choices.grids[candidate.name], at=at))
        cells = count_scores(plan, engine, ready, candidate, choices)
        split = count_stretches(plan, engine, ready, [candidate], choices)
        found = _Scored(cells, split[candidate.name])
        made = replace(made, grids=choices.grids)
    return cuts_with(found, at), made


def _constants(plan: Plan, ready: Prepared) -> NDArray[np.float64] | None:
    """Return (2, K) the parts by known outcome where no formula reads a column, else None."""
    if not all(is_constant_given_outcome(formula) for formula in plan.value.values()):
        return None
    return ready.shape.constants
