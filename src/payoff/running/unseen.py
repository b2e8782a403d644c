"""Outcomes that nobody saw: bounds of value, gain and shares, and a refusal to call anything else measured.

Where outcomes are seen only under one action (``data.outcome_given``), rows without one are no random part: what is
true of the others says nothing of them. Manski (1989), doi:10.2307/145818; Manski (2003), doi:10.1007/b97478.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares
from payoff.comparison import Grounds, compare, does_nothing_free
from payoff.errors.judging import UnseenOutcomes
from payoff.record import Check, PolicyTotal
from payoff.running.money import reference
from payoff.spec.volume import World
from payoff.stats.estimates import Estimate
from payoff.tables import Cells
from payoff.tables.cells import PENDING, POSITIVE
from payoff.verdicts import GuardrailRecord, HurdleRecord

UNSEEN = "unseen_outcomes"
MANSKI = "worst and best outcome of every pending row (Manski)"
SAMPLE = "bounds of the sample, not an interval: no sampling doubt in it"
SEEN_ANYWAY = ("act_rate",)

Floats = NDArray[np.float64]


def is_unseen(grounds: Grounds) -> bool:
    """Return whether outcomes are seen only under one action and some rows have none."""
    given = grounds.spec.data.outcome_given
    return given != "any action" and bool(grounds.cells.moments.rows[grounds.cells.state == PENDING].sum())


def gain_bounds(grounds: Grounds) -> list[Estimate]:
    """Return what the model's gain can be once pending outcomes are known, whichever way they turn out."""
    spec = grounds.spec
    found = _money_bounds(grounds, spec.model.name, reference(spec))
    return (
        [] if found is None else [_money(grounds, spec.model.name, reference(spec), found, "decision", 1.0)]
    )


def bounded(grounds: Grounds, world: World, estimates: Sequence[Estimate]) -> list[Estimate]:
    """Return bounds of every value, gain and share, and the other estimates without their numbers."""
    kept = [one for one in estimates if one.metric != "gain_bounds"]
    note = f"not measured: outcomes are seen only under {grounds.spec.data.outcome_given!r}"
    refused = [one if one.metric in SEEN_ANYWAY else _refused(one, note) for one in kept]
    return [*refused, *_all_money(grounds, world), *_shares(grounds)]


def unjudged_hurdle(record: HurdleRecord) -> HurdleRecord:
    """Return a hurdle as it stands where the gain is not measured."""
    blank = replace(record, gain=None, low=None, high=None, probability=None, probability_sampling=None)
    return replace(blank, status="not evaluated", reason=UNSEEN, rows_needed=None, evpi=None)


def unjudged_guardrail(record: GuardrailRecord) -> GuardrailRecord:
    """Return a guardrail as it stands where its metric is not measured; the act rate needs no outcome."""
    if record.metric in SEEN_ANYWAY:
        return record
    return replace(record, status="not evaluated", value=None, low=None, high=None, reason=UNSEEN)


def without_money(totals: Sequence[PolicyTotal]) -> tuple[PolicyTotal, ...]:
    """Return the totals with their counts alone."""
    return tuple(replace(one, total=None) for one in totals)


def unseen_words(grounds: Grounds) -> str:
    """Return what a reader must know before any number."""
    rows, given = grounds.cells.moments.rows, grounds.spec.data.outcome_given
    unseen = int(rows[grounds.cells.state == PENDING].sum())
    return (
        f"Outcomes are seen only under {given!r}: {unseen:,} of {int(rows.sum()):,} rows have none, and they are no "
        "random part. Value, gain and every metric that needs an outcome are bounded, not measured."
    )


def unseen_remark(grounds: Grounds) -> Check:
    """Return the check that says so."""
    rows = int(grounds.cells.moments.rows[grounds.cells.state == PENDING].sum())
    return Check(
        code=UnseenOutcomes.code,
        severity="warning",
        where="data.outcome_given",
        rows=rows,
        ids=(),
        found=f"outcomes seen only under {grounds.spec.data.outcome_given!r}, and {rows:,} rows without one",
        fix="take that action for a small random share of the rows it is denied to, and judge those rows.",
    )


def _refused(one: Estimate, note: str) -> Estimate:
    blank = replace(one, value=None, low=None, high=None, low_adjusted=None, high_adjusted=None)
    return replace(blank, adjustment=None, method="no interval", tier="C", note=note)


def _all_money(grounds: Grounds, world: World) -> Iterator[Estimate]:
    spec, yearly = grounds.spec, world.scale("year")
    scales = [("decision", 1.0)] + ([] if yearly is None else [("year", yearly)])
    pairs: list[tuple[str, str | None]] = [(one.name, None) for one in spec.candidates]
    judged = (spec.model, *spec.challengers)
    pairs += [(one.name, rival.name) for one in judged for rival in spec.candidates if rival.name != one.name]
    for of, over in pairs:
        found = _money_bounds(grounds, of, over)
        if found is not None:
            for per, factor in scales:
                yield _money(grounds, of, over, found, per, factor)


def _money_bounds(grounds: Grounds, of: str, over: str | None) -> tuple[float, float] | None:
    """Return the least and the most per row, None where the tables, or the known rows, cannot tell."""
    cells, actions = grounds.cells, grounds.spec.decision.actions
    pending = cells.where(cells.state == PENDING)
    low, high = pending.pending_low, pending.pending_high
    if not len(pending) or low is None or high is None or grounds.weighted:
        return None
    if (over is None and not does_nothing_free(grounds)) or len(actions) > 2:
        return None
    moved = shares(grounds.spec.candidate(of), pending, actions)
    if over is not None:
        moved = moved - shares(grounds.spec.candidate(over), pending, actions)
    moved, rows = moved[:, 0], float(cells.moments.weight.sum())
    gain = compare(grounds, of, over)
    known = float(gain.point @ grounds.valuation.contrast()) * float(cells.moments.weight[cells.known].sum())
    if not np.isfinite(known):
        return None
    least = float(np.where(moved > 0, moved * low, moved * high).sum())
    most = float(np.where(moved > 0, moved * high, moved * low).sum())
    return (known + least) / rows, (known + most) / rows


def _money(
    grounds: Grounds, of: str, over: str | None, found: tuple[float, float], per: str, factor: float
) -> Estimate:
    name = "value_bounds" if over is None else "gain_bounds"
    unit = f"{grounds.spec.decision.unit} per {per}"
    ends = found[0] * factor, found[1] * factor
    return _estimate(name, of, over, ends, unit, int(grounds.cells.moments.rows.sum()))


def _shares(grounds: Grounds) -> Iterator[Estimate]:
    """Yield bounds of prevalence, precision and recall: every unseen outcome positive or negative as suits least."""
    spec, cells = grounds.spec, grounds.cells
    if grounds.weighted or spec.data.classes is not None:
        return
    total = int(cells.moments.rows.sum())
    positive, unseen = _rows(cells, POSITIVE, None), _rows(cells, PENDING, None)
    yield _estimate(
        "prevalence_bounds",
        spec.model.name,
        None,
        (positive / total, (positive + unseen) / total),
        "1",
        total,
    )
    for candidate in spec.candidates:
        acted = shares(candidate, cells, spec.decision.actions)[:, 0]
        caught, maybe = _rows(cells, POSITIVE, acted), _rows(cells, PENDING, acted)
        on = float(cells.moments.rows @ acted)
        if on > 0:
            ends = caught / on, (caught + maybe) / on
            yield _estimate("precision_bounds", candidate.name, None, ends, "1", round(on))
        least, most = positive + unseen - maybe, positive + maybe
        if least > 0 and most > 0:
            ends = caught / least, (caught + maybe) / most
            yield _estimate("recall_bounds", candidate.name, None, ends, "1", total)


def _rows(cells: Cells, state: int, acted: Floats | None) -> float:
    rows = cells.moments.rows * (cells.state == state)
    return float(rows.sum() if acted is None else rows @ acted)


def _estimate(
    metric: str, of: str, over: str | None, ends: tuple[float, float], unit: str, rows: int
) -> Estimate:
    return Estimate(
        metric=metric,
        at=None,
        of=of,
        over=over,
        slice=None,
        value=None,
        low=ends[0],
        high=ends[1],
        level=1.0,
        unit=unit,
        per=None if unit == "1" else unit.rpartition(" per ")[2],
        rows=rows,
        events=None,
        method=MANSKI,
        tier="C",
        note=SAMPLE,
    )
