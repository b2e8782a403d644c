"""Estimates in money: value of every policy, gain over every baseline, whole and in parts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from payoff.comparison import Comparison, Grounds, compare
from payoff.spec.model import Spec
from payoff.spec.volume import World
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.inference import interval
from payoff.tabulation import SliceTable

LEVEL = 0.95


def money_estimates(grounds: Grounds, world: World) -> Iterator[Estimate]:
    """Yield value of every candidate and gain of model and challengers over every other, per decision and year."""
    spec = grounds.spec
    for candidate in spec.candidates:
        worth = compare(grounds, candidate.name, None)
        yield from _both(grounds, world, worth, "value", None)
        yield from _claimed(grounds, world, worth)
    for candidate in (spec.model, *spec.challengers):
        for rival in spec.candidates:
            if rival.name != candidate.name:
                yield from _gains(grounds, world, compare(grounds, candidate.name, rival.name))


def slice_estimates(grounds: Grounds, world: World, table: SliceTable) -> Iterator[Estimate]:
    """Yield rows, value and gain over today (else nobody) of the model in every slice of one entry.

    Gains carry bounds adjusted for the number of slices of the entry (Bonferroni) beside the plain ones.
    """
    spec, over = grounds.spec, reference(grounds.spec)
    many = max(1, len(table.values))
    for where, cells in table.parts():
        worth = compare(grounds, spec.model.name, None, cells)
        yield from _both(grounds, world, worth, "value", where, yearly=False)
        gain = compare(grounds, spec.model.name, over, cells)
        for estimate in _both(grounds, world, gain, "gain", where, yearly=False):
            wide = money_interval(grounds, gain, 1.0 - (1.0 - LEVEL) / many)
            adjustment = f"Bonferroni over {many} slices"
            yield replace(estimate, low_adjusted=wide.low, high_adjusted=wide.high, adjustment=adjustment)


def reference(spec: Spec) -> str:
    """Return the baseline that parts of the rows are compared with: today, unless that is the model or unknown."""
    return "nobody" if spec.today is None or spec.today == spec.model.name else spec.today


def _gains(grounds: Grounds, world: World, gain: Comparison) -> Iterator[Estimate]:
    yield from _both(grounds, world, gain, "gain", None)
    yield from _claimed(grounds, world, gain)
    if _has_costs(grounds, gain):
        ours, theirs = (
            world.running(grounds.spec.candidate(name).costs) for name in (gain.of, gain.over or "nobody")
        )
        if ours is not None and theirs is not None:
            yield from _both(grounds, world, gain, "net_gain", None, less=ours - theirs)


def _claimed(grounds: Grounds, world: World, comparison: Comparison) -> Iterator[Estimate]:
    """Yield what a tuned threshold claims on the rows that chose it, beside the honest number."""
    if comparison.claimed is None:
        return
    found = replace(money_interval(grounds, comparison, LEVEL), low=None, high=None, tier="C")
    found = replace(found, value=float(comparison.claimed @ grounds.valuation.contrast()))
    found = replace(found, method="in sample", note="not a promise: the threshold was tuned on these rows")
    for per, factor in _scales(world):
        yield _estimate(found, comparison, "claimed_value", per, factor, grounds.spec.decision.unit, None)


def _both(
    grounds: Grounds,
    world: World,
    comparison: Comparison,
    metric: str,
    where: Mapping[str, str] | None,
    *,
    yearly: bool = True,
    less: float = 0.0,
) -> Iterator[Estimate]:
    found = money_interval(grounds, comparison, LEVEL)
    for per, factor in _scales(world) if yearly else [("decision", 1.0)]:
        yield _estimate(found, comparison, metric, per, factor, grounds.spec.decision.unit, where, less=less)


def money_interval(grounds: Grounds, comparison: Comparison, level: float) -> Interval:
    """Return a value or gain per decision with its interval; certain where nothing can vary."""
    likely = grounds.valuation.contrast()
    value = float(comparison.point @ likely)
    contrast = comparison.evidence.contrast
    if comparison.differing == 0 and contrast.rows > 0:
        return _certain(comparison, level, "exact: no row is decided differently")
    found = interval(comparison.evidence, likely, level, value=value if np.isfinite(value) else None)
    note = "; ".join(dict.fromkeys(text for text in (comparison.note, found.note) if text)) or None
    return replace(found, value=value if np.isfinite(value) else None, note=note or None)


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


def _estimate(
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
        note=found.note if found.rows else "undefined: no known outcome here",
    )


def _scales(world: World) -> list[tuple[str, float]]:
    yearly = world.scale("year")
    return [("decision", 1.0)] + ([] if yearly is None else [("year", yearly)])


def _has_costs(grounds: Grounds, gain: Comparison) -> bool:
    names = [name for name in (gain.of, gain.over) if name is not None]
    return any(grounds.spec.candidate(name).costs.running is not None for name in names)
