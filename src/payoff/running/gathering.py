"""From spec and data to everything that was counted: the part of an evaluation that asks the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.choices import Choices, Cuts, choose_threshold, cut_scores, make_cuts
from payoff.comparison import Grounds
from payoff.engines import Engine
from payoff.formulas import is_constant_given_outcome, to_sql
from payoff.running.fingerprint import data_hash
from payoff.spec.model import Candidate, Spec, Threshold
from payoff.spec.volume import World, make_world
from payoff.tables import Cells
from payoff.tabulation import (
    Finding,
    Plan,
    Prepared,
    SliceTable,
    beyond_cap,
    check_rows,
    count_blocks,
    count_periods,
    count_policies,
    count_scores,
    count_sliced_scores,
    count_slices,
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
        fingerprint=data_hash(plan, engine),
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
    for candidate in (*spec.baselines, *spec.challengers, spec.model):
        if candidate.score is not None:
            progress(f"counting scores of {candidate.name}")
            scores[candidate.name] = count_scores(plan, engine, ready, candidate, choices)
            cuts[candidate.name], choices = _chosen(
                counted, engine, candidate, scores[candidate.name], choices
            )
    progress("counting decisions")
    grounds = Grounds(
        spec=spec,
        valuation=plan.valuation,
        choices=choices,
        cells=count_policies(plan, engine, ready, choices),
        constants=_constants(plan, engine),
        weighted=ready.weighted,
        beyond_cap=beyond_cap(plan, engine),
    )
    progress("counting slices")
    return Counted(
        plan=plan,
        ready=ready,
        world=counted.world,
        fingerprint=counted.fingerprint,
        findings=counted.findings,
        grounds=grounds,
        scores=scores,
        cuts=cuts,
        slices=count_slices(plan, engine, ready, choices),
        sliced_scores=count_sliced_scores(plan, engine, ready, spec.model, choices) if slice_scores else (),
        periods=count_periods(plan, engine, ready, choices),
    )


def _chosen(
    counted: Counted, engine: Engine, candidate: Candidate, scores: Cells, choices: Choices
) -> tuple[Cuts, Choices]:
    """Return the cuts of one score, the threshold in use among them, and the choices with that threshold."""
    plan, ready, policy = counted.plan, counted.ready, candidate.policy

    def cuts_with(*also: float) -> Cuts:
        at = cut_scores(scores, also)
        return make_cuts(at, *count_blocks(plan, engine, ready, candidate, choices, at))

    if isinstance(policy, Threshold) and not isinstance(policy.at, str):
        cuts = cuts_with(float(policy.at))
    else:
        cuts = cuts_with()
    made = choose_threshold(plan.spec, plan.valuation, candidate, cuts, choices)
    at = made.thresholds.get(candidate.name)
    return (cuts if at is None or at in cuts.at else cuts_with(at)), made


def _constants(plan: Plan, engine: Engine) -> NDArray[np.float64] | None:
    """Return (2, K) the parts by known outcome where no formula reads a column, else None."""
    if not all(is_constant_given_outcome(formula) for formula in plan.value.values()):
        return None
    parts = plan.valuation.expansion.parts
    if not parts:
        return np.zeros((2, 0))
    rows = []
    for outcome in ("false", "true"):
        texts = [to_sql(part, names={}, outcome=outcome, values={}) for part in parts]
        found = engine.columns(
            "select " + ", ".join(f"cast({text} as double) as p{k}" for k, text in enumerate(texts))
        )
        rows.append([float(found[f"p{k}"][0]) for k in range(len(parts))])
    return np.array(rows).reshape(2, len(parts))
