"""The parts of the record that restate what was asked and counted: data, policies, assumptions, totals, cuts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from payoff.choices import Cuts, Tuned, definition, kind_of, shares
from payoff.comparison import Grounds
from payoff.doubt import Contributions, Stake, nearest
from payoff.doubt.limits import Limits
from payoff.doubt.revaluing import Revaluing
from payoff.record import AssumptionRecord, Check, CutTable, DataRecord, PolicyRecord, PolicyTotal
from payoff.running.gathering import Counted
from payoff.spec.dimensions import units_of_assumptions
from payoff.spec.model import Spec, Threshold
from payoff.tables.cells import PENDING, POSITIVE
from payoff.tabulation import Finding
from payoff.verdicts import Verdict
from payoff.verdicts.turning import turns

MOST_CUTS = 101
FEWEST_ROWS = 10


def data_record(counted: Counted, checks: Sequence[Check]) -> DataRecord:
    """Return what was read, with every check."""
    facts, spec = counted.tables.facts, counted.plan.spec
    cells = None if counted.grounds is None else counted.grounds.cells
    rows = facts.rows if cells is None else int(cells.moments.rows.sum())
    pending = rows - sum(facts.labels.values())
    if cells is not None:
        pending = int(cells.moments.rows[cells.state == PENDING].sum())
    clusters = None if cells is None or cells.cluster is None else len(np.unique(cells.cluster))
    window = (str(facts.first_day), str(facts.last_day)) if facts.first_day and facts.last_day else None
    basis = "cluster" if spec.data.cluster else "id" if spec.data.id else "row position"
    return DataRecord(
        hash=counted.fingerprint,
        rows=rows,
        known=rows - pending,
        pending=pending,
        window=window,
        as_of=None if facts.as_of is None else str(facts.as_of),
        engine=counted.tables.engine,
        groups=basis,
        clusters=clusters,
        share=counted.world.share,
        volume_per_year=counted.world.volume,
        volume_from=counted.world.source,
        checks=tuple(checks),
    )


def check_of(finding: Finding) -> Check:
    """Return a finding as the record keeps it."""
    return Check(
        code=finding.code,
        severity=finding.severity,
        where=finding.where,
        rows=finding.rows,
        ids=finding.ids,
        found=finding.found,
        fix=finding.fix,
    )


def policy_records(spec: Spec, grounds: Grounds) -> tuple[PolicyRecord, ...]:
    """Return every policy as it was counted."""
    out = []
    for candidate in spec.candidates:
        tuned = grounds.choices.tuned.get(candidate.name)
        is_threshold = isinstance(candidate.policy, Threshold)
        ranges = _ranges(tuned) if tuned is not None else {}
        out.append(
            PolicyRecord(
                name=candidate.name,
                model=candidate.score,
                role=candidate.role,
                kind=kind_of(candidate),
                definition=definition(candidate, spec.decision.row),
                threshold=grounds.choices.thresholds.get(candidate.name) if is_threshold else None,
                in_sample=tuned is not None and tuned.method != "half-split",
                note=grounds.choices.notes.get(candidate.name),
                **ranges,
            )
        )
    return tuple(out)


def _ranges(tuned: Tuned) -> dict[str, float]:
    fit = tuned.fits.get(tuned.over)
    if fit is None or not fit.is_honest:
        return {}
    chosen = tuned.cuts.at[fit.chosen[fit.chosen >= 0]]
    return {
        "threshold_low": float(chosen.min()),
        "threshold_high": float(chosen.max()),
        "flat_low": float(tuned.cuts.at[fit.flat_low]),
        "flat_high": float(tuned.cuts.at[fit.flat_high]),
    }


def assumption_records(
    spec: Spec, stake: Stake | None, shares: Contributions | None
) -> tuple[AssumptionRecord, ...]:
    """Return the register of assumptions.

    Parameters
    ----------
    stake, shares : the gain that the first needed hurdle is about, and what contributes to its doubt; None without.
    """
    influence, units = {} if shares is None else shares.by_name(), units_of_assumptions(spec)
    out = []
    for item in spec.assumptions.values():
        low, high = (None, None) if stake is None else stake.ends(item.name)
        out.append(
            AssumptionRecord(
                name=item.name,
                likely=item.likely,
                low=item.low,
                high=item.high,
                shape=item.shape,
                owner=item.owner,
                source=item.source,
                date=None if item.date is None else str(item.date),
                break_even=None if stake is None else nearest(stake, item.name),
                influence=influence.get(item.name),
                bound_to_rows=stake is not None and stake.is_bound(item.name),
                gain_low=low,
                gain_high=high,
                unit=units.get(item.name),
            )
        )
    return tuple(out)


def with_turns(
    records: Sequence[AssumptionRecord], held: Revaluing | None, verdict: Verdict, limits: Limits | None
) -> tuple[AssumptionRecord, ...]:
    """Return the register with the values at which the answer turns; where nothing is revalued they are unknown."""
    found = {} if held is None else turns(held, verdict, limits)
    return tuple(replace(one, turns=found.get(one.name)) for one in records)


def policy_totals(grounds: Grounds, *, exact: bool) -> tuple[PolicyTotal, ...]:
    """Return exact counts of every policy, and exact money where the tables hold it."""
    cells, spec = grounds.cells, grounds.spec
    actions, states = spec.decision.actions, [*enumerate(spec.data.states), (PENDING, "pending")]
    if spec.of_quantity is not None:
        states = [(0, "known"), (PENDING, "pending")]
    out = []
    for candidate in spec.candidates:
        taken = shares(candidate, cells, actions)
        whole = bool(np.isin(taken, (0.0, 1.0)).all())
        counts = {}
        if whole:
            for a, action in enumerate(actions):
                for number, state in states:
                    here = (taken[:, a] == 1.0) & (cells.state == number)
                    counts[f"{action}/{state}"] = int(cells.moments.rows[here].sum())
        total = None
        if whole and exact and not grounds.weighted:
            total = sum(
                cells.moments.take((taken[:, a] == 1.0) & cells.known).exact_totals()[a]
                for a in range(len(actions))
            )
        out.append(
            PolicyTotal(
                of=candidate.name,
                rows=int(cells.moments.rows.sum()),
                pending=int(cells.moments.rows[cells.state == PENDING].sum()),
                counts=counts,
                total=total,
                quantum=spec.decision.quantum,
            )
        )
    return tuple(out)


def cut_table(grounds: Grounds, name: str, cuts: Cuts) -> CutTable:
    """Return cumulative sums of one score at no more than 101 cuts, at least 10 rows apart."""
    threshold = grounds.choices.thresholds.get(name)
    rows = _above(cuts, cuts.cells.moments.rows.astype(float))
    kept = _spread(cuts, rows, threshold)
    positive = _above(cuts, cuts.cells.moments.rows * (cuts.cells.state == POSITIVE))
    worth = cuts.cells.moments.part_sums() @ grounds.valuation.values().T
    actions = grounds.valuation.actions
    return CutTable(
        of=name,
        cuts=tuple(float(cuts.at[t]) for t in kept),
        rows=tuple(int(rows[t]) for t in kept),
        positives=tuple(int(positive[t]) for t in kept),
        value={
            action: tuple(float(_above(cuts, worth[:, a])[t]) for t in kept)
            for a, action in enumerate(actions)
        },
    )


def _above(cuts: Cuts, column: np.ndarray) -> np.ndarray:
    """Return (T,) the sum of a column over cells above each cut."""
    by_block = np.bincount(cuts.block, column, len(cuts.at) + 1)
    return np.asarray(np.cumsum(by_block[::-1])[::-1][1:])


def _spread(cuts: Cuts, rows: np.ndarray, keep: float | None) -> list[int]:
    wanted = None if keep is None else int(np.searchsorted(cuts.at, keep))
    step = max(FEWEST_ROWS, float(rows[0]) / (MOST_CUTS - 2)) if len(rows) else FEWEST_ROWS
    kept: list[int] = []
    for t in range(len(rows)):
        far = not kept or rows[kept[-1]] - rows[t] >= step
        if t == wanted and kept and rows[kept[-1]] - rows[t] < FEWEST_ROWS and rows[kept[-1]] != rows[t]:
            kept[-1] = t
        elif (far or t == wanted) and rows[t] >= FEWEST_ROWS:
            kept.append(t)
    return kept[:MOST_CUTS]
