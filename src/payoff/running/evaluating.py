"""One evaluation: gather, estimate, judge, record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from payoff.catalogue import weights_of
from payoff.choices import shares
from payoff.comparison import Grounds, compare
from payoff.doubt import contributions
from payoff.quantities import readable
from payoff.record import Check, Curve, CutTable, Result, WrongLabels
from payoff.running.best_of import best_of_bounds
from payoff.running.calibrating import miscalibrated, refused_hurdle
from payoff.running.capacities import (
    capacity_curves,
    capacity_estimates,
    capacity_records,
    capacity_remarks,
)
from payoff.running.classes import class_estimates, confusion
from payoff.running.costing import cost_records, present_values
from payoff.running.curves import curves
from payoff.running.disagreeing import disagreements
from payoff.running.doubting import doubt_record
from payoff.running.further import further_estimates
from payoff.running.gathering import Counted, counted_of
from payoff.running.limiting import limit_records
from payoff.running.looking import at_every_look, looks_of, looks_remarks
from payoff.running.measuring import measured, slice_metrics, technical_estimates
from payoff.running.money import money_estimates, money_interval
from payoff.running.parts import (
    assumption_records,
    check_of,
    cut_table,
    data_record,
    policy_records,
    policy_totals,
    with_turns,
)
from payoff.running.prevalences import prevalence_records
from payoff.running.remarks import remarks
from payoff.running.revaluing import revaluing_record
from payoff.running.scenarios import scenario_records
from payoff.running.slice_shares import share_differences
from payoff.running.slicing import reversals, slice_estimates
from payoff.running.stakes import headline, held
from payoff.running.tabulating import Gathered, Progress
from payoff.running.timing import latency_estimates
from payoff.running.topping import top_estimates
from payoff.running.unmeasured import unmeasured
from payoff.running.unseen import (
    bounded,
    gain_bounds,
    is_unseen,
    unjudged_guardrail,
    unjudged_hurdle,
    unseen_remark,
    unseen_words,
    without_money,
)
from payoff.running.wrong_labels import wrong_labels
from payoff.spec.linting import lint
from payoff.spec.model import Spec
from payoff.stats.estimates import Estimate
from payoff.tables.cells import PENDING
from payoff.verdicts import (
    Circumstances,
    Occasion,
    Verdict,
    conclude,
    guardrail_at_every_look,
    judge_guardrail,
    judge_hurdle,
    stricter_guardrails,
    stricter_hurdles,
)
from payoff.verdicts.rivals import Rival, scored_by

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
    estimates, unseen = _estimates(counted, counted.grounds), is_unseen(counted.grounds)
    findings += [] if unseen else reversals(counted.grounds, counted.slices, estimates)
    if unseen:
        estimates = bounded(counted.grounds, counted.world, estimates)
        findings.append(unseen_remark(counted.grounds))
    findings += [*remarks(counted, estimates), *looks_remarks(spec.looks), *capacity_remarks(counted)]
    findings += [] if unseen else miscalibrated(counted.grounds, estimates)
    refused = [one for one in findings if one.severity == "error"]
    progress("judging")
    verdict = _verdict(counted, counted.grounds, refused)
    doubt, prevalence_curves = _doubt(counted, counted.grounds, verdict)
    totals = policy_totals(counted.grounds, exact=counted.tables.exact)
    tables = () if unseen else _cut_tables(counted, counted.grounds)
    kept = (
        None if unseen or refused else revaluing_record(counted, counted.grounds, tables, verdict.guardrails)
    )
    limits = None if kept is None else limit_records(counted, counted.grounds, verdict.guardrails, kept.cuts)
    doubt["assumptions"] = with_turns(doubt["assumptions"], kept, verdict, limits)
    return Result(
        spec_hash=spec.hash,
        spec_text=spec.text,
        seed=SEED,
        today=spec.today,
        decision=_decision(spec),
        partial=bool(refused),
        data=data_record(counted, findings),
        policies=policy_records(spec, counted.grounds),
        **doubt,
        verdict=verdict,
        estimates=tuple(estimates),
        curves=() if unseen else (*curves(counted), *prevalence_curves, *capacity_curves(counted)),
        tables=tables,
        totals=without_money(totals) if unseen else totals,
        disagreements=() if unseen or counted.plan.quantities else tuple(disagreements(counted)),
        payoff_version=version,
        overrides=dict(overrides),
        notes=(*_notes(spec, counted), *([reused] if reused else [])),
        looks=looks_of(spec),
        wrong_labels=_wrong_labels(counted, counted.grounds, verdict),
        capacities=() if unseen else capacity_records(counted),
        confusion=()
        if unseen
        else tuple(confusion(counted.grounds, counted.world, exact=counted.tables.exact)),
        costs=() if unseen else cost_records(counted),
        revaluing=kept,
        limits=limits,
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
    out = [*money_estimates(grounds, counted.world, best_of_bounds(grounds)), *technical_estimates(counted)]
    out += [*class_estimates(counted), *further_estimates(counted)]
    out += [] if counted.plan.quantities else gain_bounds(grounds)
    out += [*capacity_estimates(counted), *top_estimates(counted)]
    out += [*present_values(counted), *latency_estimates(grounds.spec, counted.latencies)]
    declared = set(grounds.spec.slices)
    for table in counted.slices:
        if table.entry in declared:
            out += [*slice_estimates(grounds, table), *slice_metrics(counted, table)]
            out += share_differences(grounds, table)
    return [*out, *unmeasured(grounds, out)]


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


def _verdict(counted: Counted, grounds: Grounds, refused: Sequence[Check]) -> Verdict:
    spec, about = grounds.spec, _circumstances(counted, grounds)
    hurdles = [
        judge_hurdle(hurdle, at_every_look(grounds, compare(grounds, spec.model.name, hurdle.over)), about)
        for hurdle in stricter_hurdles(spec.hurdles, spec.looks)
    ]
    rails = [
        guardrail_at_every_look(record, spec.looks)
        for rail in stricter_guardrails(spec.guardrails, spec.looks)
        for record in judge_guardrail(rail, spec.model.name, measured(counted, rail))
    ]
    chosen = () if counted.plan.quantities else tuple(spec.decision.actions)
    name, volume = spec.decision.name, counted.world.volume
    occasion = Occasion(today=spec.today, actions=chosen, name=name, volume=volume)
    if is_unseen(grounds):
        unjudged = [unjudged_hurdle(record) for record in hurdles]
        return conclude(unjudged, [unjudged_guardrail(record) for record in rails], occasion, [])
    if refused:
        unjudged = [refused_hurdle(record) for record in hurdles]
        verdict = conclude(unjudged, rails, occasion, [])
        return replace(verdict, overall=None, unlocked=None, sentence=_not_judged(refused))
    rivals = []
    for rival in spec.baselines:
        if rival.name != spec.model.name:
            found = money_interval(grounds, compare(grounds, spec.model.name, rival.name), 0.95)
            scored = scored_by(rival.score, spec.model.score)
            rivals.append(Rival(name=rival.name, value=found.value, high=found.high, scored=scored))
    return conclude(hurdles, rails, occasion, rivals)


def _cut_tables(counted: Counted, grounds: Grounds) -> tuple[CutTable, ...]:
    scored = [one.name for one in grounds.spec.ranked if one.role != "baseline"]
    return tuple(cut_table(grounds, name, counted.cuts[name]) for name in scored)


def _wrong_labels(counted: Counted, grounds: Grounds, verdict: Verdict) -> tuple[WrongLabels, ...]:
    if is_unseen(grounds) or grounds.spec.data.classes is not None or counted.plan.quantities:
        return ()
    judged = {record.name: record for record in verdict.hurdles}
    constants = counted.tables.shape.constants
    return tuple(wrong_labels(grounds, constants, _circumstances(counted, grounds), judged))


def _doubt(counted: Counted, grounds: Grounds, verdict: Verdict) -> tuple[dict[str, Any], tuple[Curve, ...]]:
    """Return what the result says about assumptions, scenarios and prevalence, and the curve over prevalence."""
    if is_unseen(grounds):
        return {"assumptions": assumption_records(grounds.spec, None, None)}, ()
    about = _circumstances(counted, grounds)
    every = held(grounds, about, verdict.hurdles)
    stake = headline(every).stake if grounds.spec.hurdles else None
    shares = None if stake is None else contributions(stake)
    curves, prevalences = prevalence_records(grounds, every)
    return {
        "assumptions": assumption_records(grounds.spec, stake, shares),
        "doubt": None if shares is None else doubt_record(every, shares),
        "scenarios": tuple(scenario_records(grounds, about, every, counted.slices)),
        "prevalences": prevalences,
    }, curves


def _partial(
    spec: Spec,
    counted: Counted,
    checks: list[Check],
    overrides: Mapping[str, Any],
    version: str,
) -> Result:
    sentence = _not_judged([check for check in checks if check.severity == "error"])
    return Result(
        spec_hash=spec.hash,
        spec_text=spec.text,
        seed=SEED,
        today=spec.today,
        decision=_decision(spec),
        partial=True,
        data=data_record(counted, checks),
        policies=(),
        assumptions=assumption_records(spec, None, None),
        verdict=Verdict(overall=None, unlocked=None, sentence=sentence, hurdles=(), guardrails=()),
        estimates=(),
        curves=(),
        tables=(),
        totals=(),
        payoff_version=version,
        overrides=dict(overrides),
        notes=_notes(spec, counted),
    )


def _not_judged(errors: Sequence[Check]) -> str:
    first = errors[0]
    return f"payoff could not judge: {first.where}: {first.found} ({first.code})."


def _decision(spec: Spec) -> dict[str, Any]:
    volume = spec.decision.volume
    return {
        "name": spec.decision.name,
        "row": spec.decision.row,
        "unit": spec.decision.unit,
        "actions": list(spec.decision.actions),
        "volume": None if volume is None else str(volume.likely),
        "outcome_given": spec.data.outcome_given,
        **({} if spec.decision.quantity is None else {"quantity": spec.decision.quantity.unit}),
    }


def _notes(spec: Spec, counted: Counted) -> tuple[str, ...]:
    given = spec.data.outcome_given
    notes = [
        "Outcomes are taken as unaffected by what is done."
        if given == "any action"
        else f"Outcomes were seen under the action {given!r}; they are taken to tell what acting would bring."
    ]
    if counted.grounds is not None and is_unseen(counted.grounds):
        notes = [unseen_words(counted.grounds)]
        notes += ["Scenarios are not evaluated: outcomes are unseen."] if spec.scenarios else []
    looks = looks_of(spec)
    if looks is not None:
        notes.append(looks.words)
    if counted.world.source == "time":
        notes.append("No volume is declared: it is taken from the rows per year of the window.")
    if counted.world.source == "none":
        notes.append("No volume is known: money is per decision.")
    level = counted.tables.fixed.level
    if level is not None:
        notes.append(
            f"Pinball losses are at {level:.4g}, the quantile of the outcome that the value asks for."
        )
    if spec.today is None:
        notes.append("The spec names no policy as today's.")
    cells = None if counted.grounds is None else counted.grounds.cells
    if cells is not None and cells.prevalence is not None:
        declared = (
            f"The share of positives is declared ({readable(cells.prevalence)}): rows weigh by their outcome, and only "
            "means within outcomes are in doubt."
        )
        return (*notes, declared)
    weights = None if cells is None else weights_of(cells.where(cells.known))
    if weights is not None:
        notes.append(weights.of_all())
    return tuple(notes)
