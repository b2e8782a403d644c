"""What an evaluation rests on: tables, choices and cuts, be they counted now or read from files."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import score_cells
from payoff.choices import (
    Cuts,
    Limits,
    choose_threshold,
    given_thresholds,
    least_scores,
    make_block_cuts,
    make_cuts,
    recalibrate,
    refuse_given,
)
from payoff.comparison import Grounds
from payoff.formulas import is_constant_given_outcome
from payoff.running.fingerprint import data_hash
from payoff.running.tabulating import Gathered, waves
from payoff.spec.model import Candidate, Spec, Threshold
from payoff.spec.volume import World, make_world
from payoff.tables import Cells
from payoff.tabulation import (
    Plan,
    SliceTable,
    Tabulated,
    beyond_cap,
    bind,
    shared_weight,
    unweighted,
    without_shared_weight,
)
from payoff.tabulation.latency import Latencies


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """All that the statistics read.

    ``grounds`` is None when a check found an error.
    """

    plan: Plan
    tables: Tabulated
    world: World
    fingerprint: str
    grounds: Grounds | None
    cuts: Mapping[str, Cuts]
    latencies: Mapping[str, Latencies] = field(default_factory=dict)

    @property
    def scores(self) -> Mapping[str, Cells]:
        """Return candidate -> its scores table."""
        return self.tables.scores

    @property
    def slices(self) -> tuple[SliceTable, ...]:
        """Return the policies table by slice entry."""
        return self.tables.slices


def counted_of(gathered: Gathered) -> Counted:
    """Return what the statistics read."""
    weight = shared_weight(gathered.tables)
    if weight is not None:
        cuts = {name: _evened(one, weight) for name, one in gathered.cuts.items()}
        gathered = replace(gathered, tables=without_shared_weight(gathered.tables), cuts=cuts)
    plan, tables = gathered.plan, gathered.tables
    facts, spec = tables.facts, plan.spec
    return Counted(
        plan=plan,
        tables=tables,
        world=make_world(spec, facts.rows, facts.first_day, facts.last_day),
        fingerprint=data_hash(plan, tables.counts.count("n"), tables.hashed),
        grounds=None if tables.policies is None else _grounds(gathered, tables.policies),
        cuts=gathered.cuts,
        latencies=gathered.latencies,
    )


def _evened(cuts: Cuts, weight: float) -> Cuts:
    """Return cuts of rows that all weigh ``weight`` as those of rows without weights."""
    return replace(
        cuts,
        parts=tuple(
            replace(one, cells=unweighted(one.cells, weight), by_group=unweighted(one.by_group, weight))
            for one in cuts.parts
        ),
    )


def gathered_again(spec: Spec, tables: Tabulated, *, held: bool) -> Gathered:
    """Return tables read from files with their cuts and choices; no row is read.

    Parameters
    ----------
    held : whether the thresholds of the tables stand, rather than being chosen again from them.
    """
    plan = bind(spec, tables.relation)
    choices = given_thresholds(spec).with_grids(tables.fixed.grids)
    cuts: dict[str, Cuts] = {}
    for wave in waves(spec):
        for candidate in wave:
            cuts[candidate.name] = _cuts_again(candidate, tables)
            thresholds = tables.fixed.thresholds if held else None
            choices = choose_threshold(
                spec, plan.valuation, candidate, cuts[candidate.name], choices, thresholds
            )
    choices = recalibrate(
        spec, choices, lambda name: score_cells(tables.scores[name]), tables.fixed.recalibrations
    )
    if tables.policies is not None:
        refuse_given(spec, plan.valuation, tables.policies)
    return Gathered(plan=plan, tables=tables, choices=choices, cuts=cuts)


def _cuts_again(candidate: Candidate, tables: Tabulated) -> Cuts:
    blocks, fixed = tables.blocks[candidate.name], tables.fixed
    grid = fixed.grids[candidate.name]
    if grid.kind == "exact":
        at = np.array(fixed.cuts[candidate.name], dtype=np.float64)
        return make_cuts(at, blocks)
    threshold = fixed.thresholds.get(candidate.name) if isinstance(candidate.policy, Threshold) else None
    also = () if threshold is None else (threshold,)
    return make_block_cuts(blocks, least_scores(grid, tables.scores[candidate.name]), also)


def _grounds(gathered: Gathered, policies: Cells) -> Grounds:
    plan, tables = gathered.plan, gathered.tables
    return Grounds(
        spec=plan.spec,
        valuation=plan.valuation,
        choices=gathered.choices,
        cells=policies,
        constants=_constants(plan, tables),
        weighted=tables.weighted,
        beyond_cap=beyond_cap(plan, tables.counts, tables.shape),
        limits=Limits(filled=tables.filled, units=tables.units, teams=tables.teams),
    )


def _constants(plan: Plan, tables: Tabulated) -> NDArray[np.float64] | None:
    """Return (C, K) the parts by known outcome where no formula reads a column, else None."""
    if not all(is_constant_given_outcome(formula) for formula in plan.value.values()):
        return None
    return tables.shape.constants
