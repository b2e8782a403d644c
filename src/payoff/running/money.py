"""Estimates in money: value of every policy, gain over every baseline, whole and in parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from payoff.catalogue import joined, told_by_weight
from payoff.comparison import Comparison, Grounds, compare, compare_parts
from payoff.spec.model import Spec
from payoff.spec.volume import World
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.inference import intervals
from payoff.tabulation import SliceTable

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Bounds of one gain per decision that hold for several gains at once, and for which."""

    low: float | None
    high: float | None
    adjustment: str


def money_estimates(
    grounds: Grounds, world: World, adjusted: Mapping[tuple[str, str], Adjusted]
) -> Iterator[Estimate]:
    """Yield value of every candidate and gain of model and challengers over every other, per decision and year.

    Parameters
    ----------
    adjusted : (candidate, rival) -> bounds of that gain beside the plain ones, where there are any.
    """
    spec = grounds.spec
    for candidate in spec.candidates:
        worth = compare(grounds, candidate.name, None)
        yield from _both(grounds, world, worth, "value")
        yield from _claimed(grounds, world, worth)
    for candidate in (spec.model, *spec.challengers):
        for rival in spec.candidates:
            if rival.name != candidate.name:
                compared = compare(grounds, candidate.name, rival.name)
                yield from _gains(grounds, world, compared, adjusted.get((candidate.name, rival.name)))


def places_of(table: SliceTable) -> list[dict[str, str]]:
    """Return every part of a table as its columns with their text."""
    return [dict(zip(table.entry, texts, strict=True)) for texts in table.values]


def parts_compared(grounds: Grounds, over: str | None, table: SliceTable) -> tuple[Comparison, ...]:
    """Return the model's value, or its gain over ``over``, in every part of a table."""
    return compare_parts(grounds, grounds.spec.model.name, over, table.cells, table.index, len(table.values))


def reference(spec: Spec) -> str:
    """Return the baseline that parts of the rows are compared with: today, unless that is the model or unknown."""
    return "nobody" if spec.today is None or spec.today == spec.model.name else spec.today


def _gains(grounds: Grounds, world: World, gain: Comparison, adjusted: Adjusted | None) -> Iterator[Estimate]:
    yield from _both(grounds, world, gain, "gain", adjusted=adjusted)
    yield from _claimed(grounds, world, gain)
    if _has_costs(grounds, gain):
        ours, theirs = (
            world.running(grounds.spec.candidate(name).costs) for name in (gain.of, gain.over or "nobody")
        )
        if ours is not None and theirs is not None:
            yield from _both(grounds, world, gain, "net_gain", less=ours - theirs, adjusted=adjusted)


def _claimed(grounds: Grounds, world: World, comparison: Comparison) -> Iterator[Estimate]:
    """Yield what a tuned threshold claims on the rows that chose it, beside the honest number."""
    if comparison.claimed is None:
        return
    found = replace(money_interval(grounds, comparison, LEVEL), low=None, high=None, tier="C")
    found = replace(found, value=float(comparison.claimed @ grounds.valuation.contrast()))
    found = replace(found, method="in sample", note="not a promise: the threshold was tuned on these rows")
    for per, factor in _scales(world):
        yield estimate_of(found, comparison, "claimed_value", per, factor, grounds.spec.decision.unit, None)


def _both(
    grounds: Grounds,
    world: World,
    comparison: Comparison,
    metric: str,
    *,
    less: float = 0.0,
    adjusted: Adjusted | None = None,
) -> Iterator[Estimate]:
    """Yield one number per decision, and per year where the volume is known."""
    found, unit = money_interval(grounds, comparison, LEVEL), grounds.spec.decision.unit
    for per, factor in _scales(world):
        made = estimate_of(found, comparison, metric, per, factor, unit, None, less=less)
        if adjusted is not None:
            wider = replace(found, low=adjusted.low, high=adjusted.high)
            ends = estimate_of(wider, comparison, metric, per, factor, unit, None, less=less)
            made = replace(
                made, low_adjusted=ends.low, high_adjusted=ends.high, adjustment=adjusted.adjustment
            )
        yield made


def money_interval(grounds: Grounds, comparison: Comparison, level: float) -> Interval:
    """Return a value or gain per decision with its interval; certain where nothing can vary."""
    return money_intervals(grounds, [comparison], level)[0]


def money_intervals(grounds: Grounds, comparisons: Sequence[Comparison], level: float) -> list[Interval]:
    """Return the same of several, such as those of slices, which is faster than one by one."""
    likely = grounds.valuation.contrast()
    points = [float(one.point @ likely) for one in comparisons]
    values = [point if np.isfinite(point) else None for point in points]
    certain = [one.is_alike and one.evidence.contrast.rows > 0 for one in comparisons]
    doubted = [j for j, is_certain in enumerate(certain) if not is_certain]
    judged = intervals(
        [comparisons[j].evidence for j in doubted], likely, level, [values[j] for j in doubted]
    )
    found = dict(zip(doubted, judged, strict=True))
    return [
        _noted(found[j], one, values[j])
        if j in found
        else _certain(one, level, "exact: no row is decided differently")
        for j, one in enumerate(comparisons)
    ]


def _noted(found: Interval, comparison: Comparison, value: float | None) -> Interval:
    note = "; ".join(dict.fromkeys(text for text in (comparison.note, found.note) if text)) or None
    return replace(found, value=value, note=note)


def _certain(comparison: Comparison, level: float, method: str) -> Interval:
    return Interval(
        value=0.0,
        low=0.0,
        high=0.0,
        level=level,
        rows=comparison.evidence.contrast.rows,
        events=0,
        method=method,
        tier="A",
        note=comparison.note,
        stderr=0.0,
    )


def estimate_of(
    found: Interval,
    comparison: Comparison,
    metric: str,
    per: str,
    factor: float,
    unit: str,
    where: Mapping[str, str] | None,
    *,
    less: float = 0.0,
) -> Estimate:
    """Return an interval per decision as an estimate of the result, scaled to its period."""
    ends = (found.value, found.low, found.high)
    value, low, high = (None if end is None else (end - less) * factor for end in ends)
    return Estimate(
        metric=metric,
        at=None,
        of=comparison.of,
        over=comparison.over,
        slice=where,
        value=value,
        low=low,
        high=high,
        level=found.level,
        unit=f"{unit} per {per}",
        per=per,
        rows=found.rows,
        events=found.events,
        method=found.method,
        tier=found.tier,
        note=_with_weights(found, comparison) if found.rows else "undefined: no known outcome here",
    )


def _with_weights(found: Interval, comparison: Comparison) -> str | None:
    """Return the note of a number of money, with what unequal weights leave of its rows."""
    if comparison.effective is None:
        return found.note
    return joined(found.note, told_by_weight(comparison.effective, found.rows))


def _scales(world: World) -> list[tuple[str, float]]:
    yearly = world.scale("year")
    return [("decision", 1.0)] + ([] if yearly is None else [("year", yearly)])


def _has_costs(grounds: Grounds, gain: Comparison) -> bool:
    names = [name for name in (gain.of, gain.over) if name is not None]
    return any(bool(grounds.spec.candidate(name).costs.recurring) for name in names)
