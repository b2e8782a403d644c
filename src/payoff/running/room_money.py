"""Money of rooms: what more of them is worth, and what several of them are; by the trust of all money."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.running.gathering import Counted
from payoff.spec.model import Capacity
from payoff.stats.estimates import Interval
from payoff.stats.finding_room import Sums, contrast_of_sums, rarer, scaled, support_of_room, trusted
from payoff.stats.inference import Support
from payoff.stats.periods import Totals, blocks_of, contrast_of_totals
from payoff.tables import ALL, AS_IT_IS, AT_THE_CUT, LEVELS, Filled

MORE = LEVELS.index(1.1)
CLUSTERED = "rows come in clusters, which this number takes no account of"
QUEUED = "not given: unworked rows wait, and more room today changes the queue of tomorrow"
NEVER = "no period was full, so that one more place stays empty"
AROUND = "the interval is that of the mean of the rows around the cut"

Floats = NDArray[np.float64]


def declared(counted: Counted, do: int, otherwise: int | None) -> Floats | None:
    """Return (S,) what one action is worth more than another by outcome, where the spec declares it; else None.

    Parameters
    ----------
    do, otherwise : places of the actions; None is doing nothing, the last of them.
    """
    grounds = counted.grounds
    if grounds is None or grounds.constants is None or grounds.weighted:
        return None
    actions = grounds.valuation.actions
    likely = grounds.valuation.contrast().reshape(len(actions), -1)[1:]
    each = np.concatenate([likely, np.zeros((1, likely.shape[1]))])
    other = len(actions) - 1 if otherwise is None else otherwise
    return np.asarray(grounds.constants @ (each[do] - each[other]), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Taken:
    """Sums over the rows that a piece of room takes, by pool: (P,), and (P, S) by class of outcome."""

    rows: Floats
    first: Floats
    second: Floats
    third: Floats
    rows_of: Floats
    deciding_of: Floats


def worth_of_one_more(counted: Counted, filled: Filled, policy: Capacity) -> Interval:
    """Return the mean worth of the rows at the cut, over the pools in which some row found no room."""
    full = filled.full
    if not full.any() or policy.carry_over:
        return _untold(counted, filled, policy, 0.0)
    taken = _Taken(
        rows=filled.near_rows[full],
        first=filled.near[full],
        second=filled.near_squared[full],
        third=filled.cubed[full, AT_THE_CUT],
        rows_of=filled.rows_of[full, AT_THE_CUT],
        deciding_of=filled.deciding_of[full, AT_THE_CUT],
    )
    found = _mean(counted, filled, policy, taken, np.flatnonzero(full))
    return found if found.low is None else replace(found, note=AROUND)


def worth_of_a_tenth_more(counted: Counted, filled: Filled, policy: Capacity) -> Interval:
    """Return what a tenth more room is worth per decision."""
    known = filled.known.astype(np.float64)
    if not filled.full.any() or policy.carry_over:
        return _untold(counted, filled, policy, float(known.sum()))

    def more(columns: Floats) -> Floats:
        return np.asarray(columns[:, MORE] - columns[:, AS_IT_IS])

    taken = _Taken(
        rows=more(filled.reached),
        first=more(filled.worth),
        second=more(filled.worth_squared),
        third=more(filled.cubed),
        rows_of=more(filled.rows_of),
        deciding_of=more(filled.deciding_of),
    )
    return _mean(counted, filled, policy, taken, None)


def value_at(counted: Counted, filled: Filled, policy: Capacity, level: int) -> Interval:
    """Return the value per decision of so many times the room.

    Of a share of one pool, rows count against the worth of those where it ends.
    """
    known = filled.known.astype(np.float64)
    about = _about(counted, filled, known)
    events = _events(filled, filled.deciding_of[:, level])
    value, squared, reached = (
        column[:, level] for column in (filled.worth, filled.worth_squared, filled.reached)
    )
    if known.sum() <= 0:
        return about.interval(None, None, 0.0)
    if policy.per is not None:
        return _of_periods(filled, policy, (value, known), about, events)
    near = _at_the_end(filled, level)
    sums = Sums(
        rows=float(known.sum()),
        first=float(value.sum()),
        second=float(squared.sum()),
        third=float(filled.cubed[:, level].sum()),
        moved=float((value - near * reached).sum()),
        moved_second=float((squared - 2 * near * value + near**2 * reached).sum()),
    )
    worth, support = _declared(counted, policy), None
    if worth is not None:
        inside, whole = filled.rows_of[0, level], filled.rows_of[0, ALL]
        left = np.maximum(whole - inside, 0.0)
        part, rows = np.array([1.0, 0.0]), np.stack([inside, left])
        kept = 1 if reached.sum() >= known.sum() else 2
        support = support_of_room(part[:kept], rows[:kept], worth, float(near[0]))
    return trusted(contrast_of_sums(sums, events), support, about.refused)


def _at_the_end(filled: Filled, level: int) -> Floats:
    """Return (P,) the mean worth of the rows between the levels to either side, where a share of each pool ends."""
    low, high = max(level - 1, 0), min(level + 1, len(LEVELS) - 1)
    rows = filled.reached[:, high] - filled.reached[:, low]
    near = (filled.worth[:, high] - filled.worth[:, low]) / np.where(rows > 0, rows, 1.0)
    return np.where(rows > 0, near, 0.0)


def _untold(counted: Counted, filled: Filled, policy: Capacity, rows: float) -> Interval:
    """Return nothing where rows wait, and a worth of nothing where no pool was full."""
    about = replace(_about(counted, filled, np.array([rows])), refused=QUEUED if policy.carry_over else NEVER)
    return about.interval(None if policy.carry_over else 0.0, None, 0.0)


def _mean(
    counted: Counted, filled: Filled, policy: Capacity, taken: _Taken, per: NDArray[np.intp] | None
) -> Interval:
    """Return what the rows that are taken are worth: each of them in the pools ``per``, or per decision where None."""
    known = filled.known.astype(np.float64)
    size, rows = (known if per is None else taken.rows), float(taken.rows.sum())
    about = _about(counted, filled, size, per)
    if rows <= 0 or size.sum() <= 0:
        return about.interval(None, None, 0.0)
    events = _events(filled, taken.deciding_of)
    if policy.per is not None:
        return _of_periods(filled, policy, (taken.first, size), about, events, per)
    first, second, third = (float(one.sum()) for one in (taken.first, taken.second, taken.third))
    worth, support = _declared(counted, policy), None
    if worth is not None:
        support = Support(counts=np.maximum(taken.rows_of.sum(axis=0), 0.0), parts=worth[:, None])
    # How many rows might do is told of all, as those at the cut are a share of them.
    contrast = replace(
        contrast_of_sums(Sums.of_mean(rows, first, second, third), events), rows=round(known.sum())
    )
    found = trusted(contrast, support, about.refused)
    return replace(scaled(found, rows / float(size.sum())), rows=about.rows)


def _of_periods(
    filled: Filled,
    policy: Capacity,
    totals: tuple[Floats, Floats],
    about: Totals,
    events: int,
    pools: NDArray[np.intp] | None = None,
) -> Interval:
    period = filled.period if pools is None else filled.period[pools]
    contrast = contrast_of_totals(*totals, blocks_of(period, str(policy.per)), about, events)
    found = trusted(replace(contrast, rows=int(filled.known.sum())), None, about.refused)
    return replace(found, rows=about.rows)


def _events(filled: Filled, deciding: Floats) -> int:
    return rarer(deciding.sum(axis=0), filled.deciding_of[:, ALL].sum(axis=0))


def _about(counted: Counted, filled: Filled, rows: Floats, pools: NDArray[np.intp] | None = None) -> Totals:
    period = filled.period if pools is None else filled.period[pools]
    return Totals(
        periods=len(np.unique(period)),
        rows=round(float(rows.sum())),
        refused=CLUSTERED if counted.tables.clustered else None,
    )


def _declared(counted: Counted, policy: Capacity) -> Floats | None:
    """Return (S,) the declared worth of a place by outcome, for a share of one pool of independent rows; else None."""
    if policy.per is not None or policy.by is not None or counted.tables.clustered or counted.grounds is None:
        return None
    actions = counted.grounds.valuation.actions
    return declared(counted, actions.index(policy.do), actions.index(policy.otherwise))
