"""One evaluation: gather, estimate, judge, record."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from payoff.choices import shares
from payoff.comparison import Grounds, compare
from payoff.record import Check, Result
from payoff.running.curves import curves
from payoff.running.disagreeing import disagreements
from payoff.running.further import further_estimates
from payoff.running.gathering import Counted, counted_of
from payoff.running.measuring import measured, slice_metrics, technical_estimates
from payoff.running.money import money_estimates, money_interval, reference, slice_estimates
from payoff.running.parts import (
    assumption_records,
    check_of,
    cut_table,
    data_record,
    policy_records,
    policy_totals,
)
from payoff.running.remarks import remarks
from payoff.running.tabulating import Gathered, Progress
from payoff.spec.linting import lint
from payoff.spec.model import Spec
from payoff.stats.estimates import Estimate
from payoff.tables import Cells
from payoff.tables.cells import PENDING
from payoff.verdicts import Circumstances, Verdict, conclude, judge_guardrail, judge_hurdle, judged_gain

SEED = 20_260_101


def judged(
    gathered: Gathered, overrides: Mapping[str, Any], progress: Progress, version: str, reused: str = ""
) -> Result:
    """Return the result of tables, however they came about; marked ``partial`` where a check found an error.

    Parameters
    ----------
    overrides : what the caller changed in the spec (``--assume``, ``--model``), recorded as it is.
    progress : called with what is being done; a ``Follower`` hears more.
    version : payoff's own.
    reused : which part of the tables was read from files, in words.
    """
    counted, spec = counted_of(gathered), gathered.plan.spec
    findings = [*_linted(spec), *(check_of(finding) for finding in counted.tables.findings)]
    if counted.grounds is None or any(finding.severity == "error" for finding in findings):
        return _partial(spec, counted, findings, overrides, version)
    progress("estimating")
    estimates = list(_estimates(counted, counted.grounds))
    findings += remarks(counted, estimates)
    progress("judging")
    verdict = _verdict(counted, counted.grounds)
    return Result(
        spec_hash=spec.hash,
        spec_text=spec.text,
        seed=SEED,
        today=spec.today,
        decision=_decision(spec),
        partial=False,
        data=data_record(counted, findings),
        policies=policy_records(spec, counted.grounds),
        assumptions=_assumptions(counted, counted.grounds),
        verdict=verdict,
        estimates=tuple(estimates),
        curves=tuple(curves(counted)),
        tables=tuple(
            cut_table(counted.grounds, one.name, counted.cuts[one.name])
            for one in spec.scored
            if one.role != "baseline"
        ),
        totals=policy_totals(counted.grounds, exact=counted.tables.exact),
        disagreements=tuple(disagreements(counted)),
        payoff_version=version,
        overrides=dict(overrides),
        notes=(*_notes(spec, counted), *([reused] if reused else [])),
    )


def _linted(spec: Spec) -> list[Check]:
    """Return what the linter refuses or warns of; its notes are for ``check`` alone."""
    return [
        Check(
            code=one.code,
            severity=one.severity,
            where=one.where,
            rows=0,
            ids=(),
            found=one.found,
            fix=one.fix,
        )
        for one in lint(spec)
        if one.severity != "note"
    ]


def _estimates(counted: Counted, grounds: Grounds) -> list[Estimate]:
    out = [*money_estimates(grounds, counted.world), *technical_estimates(counted)]
    out += [*further_estimates(counted), *_bounds(grounds)]
    declared = set(grounds.spec.slices)
    for table in counted.slices:
        if table.entry in declared:
            out += [*slice_estimates(grounds, table), *slice_metrics(counted, table)]
    return out


def _bounds(grounds: Grounds) -> list[Estimate]:
    """Return what the gain can be once pending outcomes are known, whichever way they turn out."""
    cells, spec = grounds.cells, grounds.spec
    pending = cells.where(cells.state == PENDING)
    if not len(pending) or pending.pending_low is None or pending.pending_high is None:
        return []
    over, rows = reference(spec), float(cells.moments.weight.sum())
    gain = compare(grounds, spec.model.name, over)
    known = float(gain.point @ grounds.valuation.contrast()) * float(cells.moments.weight[cells.known].sum())
    moved = _acted(grounds, spec.model.name, pending) - _acted(grounds, over, pending)
    least = np.where(moved > 0, moved * pending.pending_low, moved * pending.pending_high).sum()
    most = np.where(moved > 0, moved * pending.pending_high, moved * pending.pending_low).sum()
    return [
        Estimate(
            metric="gain_bounds",
            at=None,
            of=spec.model.name,
            over=over,
            slice=None,
            value=None,
            low=(known + float(least)) / rows,
            high=(known + float(most)) / rows,
            level=1.0,
            unit=f"{spec.decision.unit} per decision",
            per="decision",
            rows=int(cells.moments.rows.sum()),
            events=None,
            method="worst and best outcome of every pending row (Manski)",
            tier="C",
            note="bounds of the sample, not an interval: no sampling doubt in it",
        )
    ]


def _acted(grounds: Grounds, name: str, cells: Cells) -> np.ndarray:
    return shares(grounds.spec.candidate(name), cells, grounds.spec.decision.actions)[:, 0]


def _circumstances(counted: Counted, grounds: Grounds) -> Circumstances:
    cells, spec = grounds.cells, grounds.spec
    rows = int(cells.moments.rows.sum())
    pending = int(cells.moments.rows[cells.state == PENDING].sum())
    last = shares(spec.model, cells, spec.decision.actions)[:, -1]
    return Circumstances(
        spec=spec,
        valuation=grounds.valuation,
        world=counted.world,
        known=rows - pending,
        pending_share=0.0 if spec.data.maturity_days else pending / max(rows, 1),
        acts=bool((last < 1.0).any()),
    )


def _verdict(counted: Counted, grounds: Grounds) -> Verdict:
    spec, about = grounds.spec, _circumstances(counted, grounds)
    hurdles = [
        judge_hurdle(hurdle, compare(grounds, spec.model.name, hurdle.over), about) for hurdle in spec.hurdles
    ]
    rails = [
        record
        for rail in spec.guardrails
        for record in judge_guardrail(rail, spec.model.name, measured(counted, rail))
    ]
    rivals = []
    for rival in spec.baselines:
        if rival.name != spec.model.name:
            found = money_interval(grounds, compare(grounds, spec.model.name, rival.name), 0.95)
            rivals.append((rival.name, found.value, found.high))
    return conclude(hurdles, rails, spec.today, rivals)


def _assumptions(counted: Counted, grounds: Grounds) -> tuple[Any, ...]:
    spec = grounds.spec
    hurdle = next((one for one in spec.hurdles if one.needed_to_ship), None)
    if hurdle is None:
        return assumption_records(spec, None, None, 1.0)
    about = _circumstances(counted, grounds)
    judged = judged_gain(hurdle.metric, compare(grounds, spec.model.name, hurdle.over), about)
    factor = counted.world.scale(hurdle.amount.per) or 1.0
    return assumption_records(spec, judged, counted.world.per_decision(hurdle.amount), factor)


def _partial(
    spec: Spec,
    counted: Counted,
    checks: list[Check],
    overrides: Mapping[str, Any],
    version: str,
) -> Result:
    errors = [check for check in checks if check.severity == "error"]
    first = errors[0]
    sentence = f"payoff could not judge: {first.where}: {first.found} ({first.code})."
    return Result(
        spec_hash=spec.hash,
        spec_text=spec.text,
        seed=SEED,
        today=spec.today,
        decision=_decision(spec),
        partial=True,
        data=data_record(counted, checks),
        policies=(),
        assumptions=assumption_records(spec, None, None, 1.0),
        verdict=Verdict(overall=None, unlocked=None, sentence=sentence, hurdles=(), guardrails=()),
        estimates=(),
        curves=(),
        tables=(),
        totals=(),
        payoff_version=version,
        overrides=dict(overrides),
        notes=_notes(spec, counted),
    )


def _decision(spec: Spec) -> dict[str, Any]:
    volume = spec.decision.volume
    return {
        "name": spec.decision.name,
        "row": spec.decision.row,
        "unit": spec.decision.unit,
        "actions": list(spec.decision.actions),
        "volume": None if volume is None else str(volume.likely),
        "outcome_given": spec.data.outcome_given,
    }


def _notes(spec: Spec, counted: Counted) -> tuple[str, ...]:
    given = spec.data.outcome_given
    notes = [
        "Outcomes are taken as unaffected by what is done."
        if given == "any action"
        else f"Outcomes were seen under the action {given!r}; they are taken to tell what acting would bring."
    ]
    if counted.world.source == "time":
        notes.append("No volume is declared: it is taken from the rows per year of the window.")
    if counted.world.source == "none":
        notes.append("No volume is known: money is per decision.")
    if spec.today is None:
        notes.append("The spec names no policy as today's.")
    return tuple(notes)
