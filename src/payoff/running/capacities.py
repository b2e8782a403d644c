"""What a capacity does: how full it is, what one more place is worth, value by room, and what a burst costs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.choices import ceiling, coarser, shares, switches
from payoff.comparison import Grounds
from payoff.errors.capacity import CapacityNeverFull, FewPeriods
from payoff.record import CapacityRecord, Check, Curve, PeriodValue
from payoff.running.gathering import Counted
from payoff.running.room_money import value_at, worth_of_a_tenth_more, worth_of_one_more
from payoff.spec.model import Candidate, Capacity
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.finding_room import scaled
from payoff.stats.tiers import FEWEST_PERIODS
from payoff.tables import LEVELS
from payoff.tables.cells import PENDING
from payoff.tabulation import period_name

LOADS = 10

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """What one policy did in every period: (P,) numbers, rows, known rows, rows acted on, value over ``otherwise``."""

    number: Integers
    rows: Floats
    known: Floats
    acted: Floats
    value: Floats


def capacity_records(counted: Counted) -> tuple[CapacityRecord, ...]:
    """Return how full every capacity is, and its worst, middle and best periods."""
    grounds = counted.grounds
    if grounds is None:
        return ()
    return tuple(_record(counted, grounds, one, policy) for one, policy in grounds.spec.limited)


def capacity_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield the worth of one more place, and of a tenth more of them, of every capacity."""
    grounds = counted.grounds
    if grounds is None:
        return
    unit = grounds.spec.decision.unit
    for candidate, policy in grounds.spec.limited:
        filled = counted.tables.filled[candidate.name]
        one = worth_of_one_more(counted, filled, policy)
        yield _estimate(candidate, "worth_of_one_more", f"{unit} per row acted on", None, one)
        more = worth_of_a_tenth_more(counted, filled, policy)
        yearly = counted.world.scale("year")
        for per, factor in [("decision", 1.0)] + ([] if yearly is None else [("year", yearly)]):
            yield _estimate(
                candidate, "worth_of_a_tenth_more", f"{unit} per {per}", per, scaled(more, factor)
            )


def capacity_curves(counted: Counted) -> Iterator[Curve]:
    """Yield value by room, and value per period by how many rows arrive, of every capacity of model and challengers."""
    grounds = counted.grounds
    if grounds is None:
        return
    for candidate, policy in grounds.spec.limited:
        if candidate.role == "baseline":
            continue
        if not policy.carry_over:
            yield _by_room(counted, candidate, policy)
        if policy.per is not None:
            yield _by_load(counted, grounds, candidate, policy)


def capacity_remarks(counted: Counted) -> Iterator[Check]:
    """Yield what the reader must know of a capacity: that it never binds, or that periods are too few to judge."""
    for candidate, policy in counted.plan.spec.limited:
        filled = counted.tables.filled.get(candidate.name)
        if filled is None:
            continue
        where = f"{candidate.name}.policy"
        if not filled.full.any():
            yield _remark(
                CapacityNeverFull.code,
                where,
                f"a capacity of {ceiling(policy)} that no period reached: every row is acted on",
                "state the room that there really is, or compare with everybody.",
            )
        periods = len(np.unique(filled.period))
        if policy.per is not None and periods < FEWEST_PERIODS:
            yield _remark(
                FewPeriods.code,
                where,
                f"{periods} periods of a {policy.per}, {FEWEST_PERIODS} are needed for an interval",
                "evaluate a longer window.",
            )


def days_of(grounds: Grounds, candidate: Candidate, per: str) -> Days:
    """Return what one policy did in every period of a capacity."""
    units, likely = grounds.limits.units, grounds.valuation.contrast()
    if units is None:
        raise ValueError("no capacity is per period")
    number = coarser(np.asarray(units.keys["unit"], dtype=np.int64), str(grounds.spec.counted_by), per)
    numbers, code = np.unique(number, return_inverse=True)
    cells, actions = units.cells, grounds.valuation.actions
    taken = shares(candidate, cells, actions)
    policy = candidate.policy
    idle = np.zeros_like(taken)
    do = actions[0]
    if isinstance(policy, Capacity):
        idle[:, actions.index(policy.otherwise)] = 1.0
        do = policy.do
    by_cell = switches(taken, idle if isinstance(policy, Capacity) else None)
    parts = cells.moments.part_sums()[:, None, :] * by_cell[:, :, None]
    worth = (parts.reshape(len(cells), -1) @ likely) * cells.known

    def total(column: Floats) -> Floats:
        return np.asarray(np.bincount(code, column, len(numbers)), dtype=np.float64)

    rows = cells.moments.rows.astype(np.float64)
    return Days(
        number=numbers,
        rows=total(rows),
        known=total(rows * (cells.state != PENDING)),
        acted=total(rows * taken[:, actions.index(do)]),
        value=total(worth),
    )


def _record(counted: Counted, grounds: Grounds, candidate: Candidate, policy: Capacity) -> CapacityRecord:
    filled = counted.tables.filled[candidate.name]
    quantum = 1.0 if policy.cost is None else grounds.spec.decision.quantum
    known = float(grounds.cells.moments.rows[grounds.cells.known].sum())
    best = _extremes(counted, grounds, candidate, policy) if policy.per is not None else (None, None, None)
    return CapacityRecord(
        of=candidate.name,
        limit=ceiling(policy),
        per=policy.per,
        by=policy.by,
        counts="rows" if policy.cost is None else grounds.spec.decision.unit,
        share=counted.world.share if policy.per is not None else None,
        room=float(filled.places[0]) * quantum if policy.per is not None and len(filled) else None,
        periods=len(np.unique(filled.period)),
        pools=len(filled),
        full=int(filled.full.sum()),
        places=float(filled.places.sum()) * quantum,
        used=float(filled.used.sum()) * quantum,
        carry_over=policy.carry_over,
        tie_spread=None if policy.carry_over else filled.tie_stderr() / max(known, 1.0),
        worst=best[0],
        middle=best[1],
        best=best[2],
    )


def _extremes(
    counted: Counted, grounds: Grounds, candidate: Candidate, policy: Capacity
) -> tuple[PeriodValue | None, PeriodValue | None, PeriodValue | None]:
    """Return the periods of least, middle and most value, in the world's numbers."""
    days, share = days_of(grounds, candidate, str(policy.per)), counted.world.share or 1.0
    order = np.argsort(days.value, kind="stable")
    if not len(order):
        return None, None, None

    def told(place: int) -> PeriodValue:
        j = int(order[place])
        return PeriodValue(
            period=period_name(int(days.number[j]), str(policy.per)),
            rows=float(days.rows[j]) / share,
            acted=float(days.acted[j]) / share,
            value=float(days.value[j]) / share,
        )

    return told(0), told(len(order) // 2), told(-1)


def _by_room(counted: Counted, candidate: Candidate, policy: Capacity) -> Curve:
    filled = counted.tables.filled[candidate.name]
    per = "year" if counted.world.volume is not None else "decision"
    factor = counted.world.scale(per) or 1.0
    found = [value_at(counted, filled, policy, level) for level in range(len(LEVELS))]
    return Curve(
        kind="capacity",
        of=candidate.name,
        over=None,
        unit=f"{_unit(counted)} per {per}",
        points={
            "room": [level * policy.limit for level in LEVELS],
            "value": [_times(one.value, factor) for one in found],
            "low": [_times(one.low, factor) for one in found],
            "high": [_times(one.high, factor) for one in found],
        },
        note=ceiling(policy),
    )


def _by_load(counted: Counted, grounds: Grounds, candidate: Candidate, policy: Capacity) -> Curve:
    """Return the mean value of a period by how many rows arrive in it, in tenths of the periods, of the world."""
    days, share = days_of(grounds, candidate, str(policy.per)), counted.world.share or 1.0
    order = np.argsort(days.rows, kind="stable")
    groups = [one for one in np.array_split(order, min(LOADS, len(order))) if len(one)]

    def means(column: Floats) -> list[float]:
        return [float(column[one].mean()) / share for one in groups]

    return Curve(
        kind="burst",
        of=candidate.name,
        over=None,
        unit=f"{_unit(counted)} per {policy.per}",
        points={
            "rows": means(days.rows),
            "acted": means(days.acted),
            "value": means(days.value),
            "least": [float(days.value[one].min()) / share for one in groups],
            "most": [float(days.value[one].max()) / share for one in groups],
            "periods": [len(one) for one in groups],
        },
    )


def _unit(counted: Counted) -> str:
    return counted.plan.spec.decision.unit


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _remark(code: str, where: str, found: str, fix: str) -> Check:
    return Check(code=code, severity="warning", where=where, rows=0, ids=(), found=found, fix=fix)


def _estimate(candidate: Candidate, metric: str, unit: str, per: str | None, found: Interval) -> Estimate:
    return found.keyed(metric, candidate.name, unit=unit, per=per)
