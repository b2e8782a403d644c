"""Estimates of the best k rows, of all of them or as the mean over rankings such as queries and days."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from payoff.running.gathering import Counted
from payoff.running.room_money import declared
from payoff.spec.model import Candidate
from payoff.spec.top import Ranked
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.finding_room import Sums, contrast_of_sums, rarer, scaled, support_of_room, trusted
from payoff.stats.jackknife import delete_a_group
from payoff.stats.periods import Totals, blocks_of, contrast_of_totals, ratio_of_totals
from payoff.stats.top import Rankings, part_of_top, tied, top_of
from payoff.tables import HALF_WINDOW

LEVEL = 0.95
FEWEST_EVENTS = 10
ALIKE = "no interval: the best rows are alike in every part of the rows, from which no error can be told"
ALIKE_BELOW = 1e-12
HIGHEST = {"precision_at_k": 1.0, "recall_at_k": 1.0, "ndcg": 1.0, "lift_at_k": np.inf}
ROUGH = "no interval: fewer than 10 positives"
CLUSTERED = "rows come in clusters, of which this number takes no account"


def top_estimates(counted: Counted) -> Iterator[Estimate]:
    """Yield every metric of the top that the spec asks for, of every score."""
    spec = counted.plan.spec
    for candidate in spec.scored:
        for one in spec.tops:
            rankings = counted.tables.rankings[(candidate.name, one.per or "")]
            if one.per is not None:
                found = _over_pools(counted, rankings, one)
            elif one.name == "value_at_k":
                found = _value_of_all(counted, rankings, one)
            else:
                found = _over_all(rankings, one)
            yield _estimate(counted, candidate, one, _possible(found, rankings, one))


def _possible(found: Interval, rankings: Rankings, one: Ranked) -> Interval:
    """Return an interval within what the metric can be, and none where no error was seen.

    Of all rows, recall and lift are 1 whatever the rows hold.
    """
    if found.value is None or found.low is None or found.high is None:
        return found
    whole = one.k is not None and one.k >= int(np.bincount(rankings.pool, rankings.rows).max(initial=0))
    certain = whole and one.name in ("recall_at_k", "lift_at_k")
    if found.high - found.low <= ALIKE_BELOW * abs(found.value) and not certain:
        return replace(
            found, low=None, high=None, method="no interval", tier="C", note=_joined(found.note, ALIKE)
        )
    if one.name not in HIGHEST:
        return found
    return replace(found, low=max(found.low, 0.0), high=min(found.high, HIGHEST[one.name]))


def _over_all(rankings: Rankings, one: Ranked) -> Interval:
    """Return a metric of one ranking, with the delete-a-group jackknife: k stays the same part of the rows."""
    whole = tied(rankings)
    rows, positives = int(whole.rows.sum()), int(whole.positives.sum())
    value = _number(float(top_of(whole, one.name, one.k)[0])) if rows else None
    about = Totals(periods=1, rows=rows, method="delete-a-group jackknife")
    if value is None:
        return about.interval(None, None, 0.0)
    if min(positives, rows - positives) < FEWEST_EVENTS:
        return Totals(periods=1, rows=rows, refused=ROUGH).interval(value, None, 0.0)
    without = []
    for group in np.unique(rankings.group):
        rest = tied(rankings.without(int(group)))
        part = float(rest.rows.sum()) / rows
        without.append(top_of(rest, one.name, None if one.k is None else one.k * part)[0])
    if len(without) < 2:
        return Totals(periods=1, rows=rows, refused="no interval: one group of rows").interval(
            value, None, 0.0
        )
    made = delete_a_group(value, without)
    return about.interval(value, made.stderr, made.degrees_of_freedom)


def _value_of_all(counted: Counted, rankings: Rankings, one: Ranked) -> Interval:
    """Return what acting on the best k rows of all is worth: money like that of a capacity for a share of one pool."""
    whole = tied(rankings)
    rows = float(whole.rows.sum())
    if rows == 0:
        return Totals(periods=1, rows=0).interval(None, None, 0.0)
    places = min(float(one.k or rows), rows)

    def part(room: float) -> NDArray[np.float64]:
        return part_of_top(whole, np.array([room]))

    acted, window = part(places), max(HALF_WINDOW * rows, 1.0)
    near = part(places + window) - part(max(places - window, 0.0))
    at_cut = float(near @ whole.value / (near @ whole.rows)) if places < rows else 0.0
    spread = whole.squared - 2.0 * at_cut * whole.value + at_cut**2 * whole.rows
    sums = Sums(
        rows=rows,
        first=float(acted @ whole.value),
        second=float(acted**2 @ whole.squared),
        third=float(acted**3 @ whole.cubed),
        moved=float(acted @ (whole.value - at_cut * whole.rows)),
        moved_second=float(acted**2 @ spread),
    )
    events = rarer((acted > 0) @ whole.deciding, whole.deciding.sum(axis=0))
    worth, clustered = declared(counted, 0, None), counted.tables.clustered
    support = None
    if worth is not None and not clustered:
        by_outcome = np.stack([whole.rows - whole.positives, whole.positives], axis=1).astype(np.float64)
        support = support_of_room(acted, by_outcome, worth, at_cut)
    found = trusted(contrast_of_sums(sums, events), support, CLUSTERED if clustered else None, ALIKE)
    return scaled(found, rows)


def _over_pools(counted: Counted, rankings: Rankings, one: Ranked) -> Interval:
    """Return the mean over rankings; those in which the metric is undefined are left out, and counted in the note."""
    each = top_of(rankings, one.name, one.k)
    defined = np.isfinite(each)
    rows, left_out = int(rankings.rows.sum()), int((~defined).sum())
    same = counted.plan.spec.data.cluster == one.per
    refused = CLUSTERED if counted.tables.clustered and not same else None
    number = int(defined.sum())
    about = Totals(periods=number, rows=rows, refused=refused)
    block = np.arange(number)
    if one.is_timed:
        block = blocks_of(rankings.period[defined], str(one.per))
    if one.name == "value_at_k":
        acted = part_of_top(rankings, np.full(rankings.size, np.inf if one.k is None else float(one.k))) > 0
        events = rarer(acted @ rankings.deciding, rankings.deciding.sum(axis=0))
        return trusted(contrast_of_totals(each, np.ones(number), block, about, events), None, refused, ALIKE)
    found = ratio_of_totals(each[defined], np.ones(number), block, about)
    if not left_out:
        return found
    words = f"{left_out} of {rankings.size} rankings without a positive are left out"
    return replace(found, note=_joined(found.note, words))


def _joined(note: str | None, words: str) -> str:
    return "; ".join(text for text in (note, words) if text)


def _estimate(counted: Counted, candidate: Candidate, one: Ranked, found: Interval) -> Estimate:
    money = counted.plan.spec.decision.unit
    return found.keyed(
        one.name if one.per is None else f"{one.name}_per_{one.per}",
        candidate.name,
        at=None if one.k is None else {"k": float(one.k)},
        unit=money if one.name == "value_at_k" else "1",
    )


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
