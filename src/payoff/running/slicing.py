"""Money by slice: value and gain in each, gain against all other rows, gain shrunken for display, and reversals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap

import numpy as np

from payoff.comparison import Comparison, Grounds, compare, sums_by_part
from payoff.errors.data import ReversedBySlices
from payoff.record import Check
from payoff.running.money import (
    LEVEL,
    estimate_of,
    money_interval,
    money_intervals,
    parts_compared,
    places_of,
    reference,
)
from payoff.stats.estimates import Estimate, Interval, Tier
from payoff.stats.multiplicity import shrink
from payoff.stats.rest import Bent, PartSums, differences_from_rest, standardised
from payoff.tabulation import SliceTable

FEWEST_EVENTS = 10
FEWEST_SHRUNKEN = 3
REST = "this slice less all other rows"
ALONE = "undefined: no other rows with a known outcome"
SHRUNKEN = "for display only, drawn to the mean of all slices; never judged"


def slice_estimates(grounds: Grounds, table: SliceTable) -> Iterator[Estimate]:
    """Yield value and gain over today (else nobody) of the model in every slice of one entry, in four ways.

    Gains and their differences from the rest carry bounds adjusted for the number of slices of the entry (Bonferroni)
    beside the plain ones.
    """
    unit, over = grounds.spec.decision.unit, reference(grounds.spec)
    worth, gain = (parts_compared(grounds, rival, table) for rival in (None, over))
    many = max(1, len(table.values))
    wide = 1.0 - (1.0 - LEVEL) / many
    values, gains = (money_intervals(grounds, each, LEVEL) for each in (worth, gain))
    adjusted = {"gain": money_intervals(grounds, gain, wide)}
    found = {"value": (worth, values), "gain": (gain, gains)}
    if many > 1:
        bent = differences_from_rest(_sums(grounds, table, over))
        found["gain_difference"] = gain, _differences(bent, gain, LEVEL)
        adjusted["gain_difference"] = _differences(bent, gain, wide)
        found["gain_shrunken"] = gain, _shrunken(gains)
    for j, where in enumerate(places_of(table)):
        for metric, (compared, intervals) in found.items():
            made = estimate_of(intervals[j], compared[j], metric, "decision", 1.0, unit, where)
            if metric in adjusted:
                ends = adjusted[metric][j]
                bounds = {"low_adjusted": ends.low, "high_adjusted": ends.high}
                made = replace(made, **bounds, adjustment=f"Bonferroni over {many} slices")
            yield made


def reversals(
    grounds: Grounds, tables: Sequence[SliceTable], estimates: Sequence[Estimate]
) -> Iterator[Check]:
    """Yield a warning for every entry in which the sign of the gain turns round when each slice counts the same.

    Both signs are beyond chance, each by its own interval. Slices of fewer than 10 deciding events are left out.

    Simpson (1951), https://doi.org/10.1111/j.2517-6161.1951.tb00088.x
    """
    over = reference(grounds.spec)
    whole = money_interval(grounds, compare(grounds, grounds.spec.model.name, over), LEVEL)
    sign = _sign(whole.low, whole.high)
    by_entry: dict[tuple[str, ...], list[Estimate]] = {}
    for one in estimates if sign else ():
        if one.metric == "gain" and one.slice is not None:
            by_entry.setdefault(tuple(one.slice), []).append(one)
    for table in tables:
        gains = by_entry.get(table.entry, [])
        used = np.array([(one.events or 0) >= FEWEST_EVENTS for one in gains], dtype=np.float64)
        mean = float(sum((one.value or 0.0) * here for one, here in zip(gains, used, strict=True)))
        if used.sum() < 2 or mean * sign >= 0.0:
            continue
        alike = standardised(_sums(grounds, table, over), used / used.sum())
        low, high = (float(end[0]) for end in alike.bounds(LEVEL))
        if _sign(low, high) == -sign:
            against = sum((one.value or 0.0) * sign < 0.0 for one in gains)
            yield _reversed(grounds, table, whole, (float(alike.value[0]), low, high), against)


def _reversed(
    grounds: Grounds, table: SliceTable, whole: Interval, alike: tuple[float, float, float], against: int
) -> Check:
    unit, many = f"{grounds.spec.decision.unit} per decision", len(table.values)
    value, low, high = alike
    overall = f"{whole.value or 0.0:+.4g} {unit} over all rows"
    text = (
        f"the gain over {reference(grounds.spec)} is {overall}, and {value:+.4g} ({low:+.4g} to {high:+.4g}) where each "
        f"slice counts the same; in {against} of {many} slices it has the other sign"
    )
    return Check(
        code=ReversedBySlices.code,
        severity="warning",
        where=f"slices {' x '.join(table.entry)}",
        rows=whole.rows,
        ids=(),
        found=text,
        fix="ask which mix of slices the model will meet, and read the slices, not the total alone.",
    )


def _sign(low: float | None, high: float | None) -> int:
    """Return the sign of a number that lies between these two, 0 where it is not told."""
    if low is None or high is None:
        return 0
    return int(low > 0.0) - int(high < 0.0)


def _sums(grounds: Grounds, table: SliceTable, over: str) -> PartSums:
    name = grounds.spec.model.name
    return sums_by_part(grounds, name, over, table.cells, table.index, len(table.values))


def _differences(bent: Bent, gains: Sequence[Comparison], level: float) -> list[Interval]:
    """Return the difference of each slice's gain from that of the rest, as intervals."""
    low, high = bent.bounds(level)
    nothing = all(one.differing == 0 for one in gains)
    refused = next((one.evidence.refused for one in gains if one.evidence.refused), None)
    clustered = any(one.evidence.contrast.clustered for one in gains)

    def made(j: int, gain: Comparison) -> Interval:
        value, factor = float(bent.value[j]), int(bent.widening[j])
        told = not nothing and refused is None and factor > 0
        notes = [gain.note, REST if np.isfinite(value) else ALONE, None if told or nothing else refused]
        if not told and not nothing and refused is None and np.isfinite(value):
            notes.append(f"{int(bent.events[j])} deciding events on the smaller side, or too heavy a tail")
        return Interval(
            value=value if np.isfinite(value) else None,
            low=float(low[j]) if told else (0.0 if nothing else None),
            high=float(high[j]) if told else (0.0 if nothing else None),
            level=level,
            rows=gain.evidence.contrast.rows,
            events=int(bent.events[j]),
            method=_method(factor if told else 0, clustered, nothing),
            tier=_tier(factor if told else 0, nothing),
            note="; ".join(dict.fromkeys(note for note in notes if note)),
        )

    return list(starmap(made, enumerate(gains)))


def _method(factor: int, clustered: bool, nothing: bool) -> str:
    """Name the method as docs/methods does."""
    if nothing:
        return "exact: no row is decided differently"
    if factor == 0:
        return "no interval"
    by = " by cluster" if clustered else ""
    return f"Hall t against the rest{by}" + (f", widened x{factor} for a heavy tail" if factor > 1 else "")


def _tier(factor: int, nothing: bool) -> Tier:
    if factor == 0 and not nothing:
        return "C"
    return "A-" if factor > 1 else "A"


def _shrunken(gains: Sequence[Interval]) -> list[Interval]:
    """Return the gains drawn to their weighted mean, for display; None where a slice is too small or certain."""
    usable = [
        j
        for j, one in enumerate(gains)
        if one.value is not None and (one.stderr or 0.0) > 0.0 and (one.events or 0) >= FEWEST_EVENTS
    ]
    means: dict[int, float] = {}
    if len(usable) >= FEWEST_SHRUNKEN:
        values, errors = ([float(getattr(gains[j], name)) for j in usable] for name in ("value", "stderr"))
        means = dict(zip(usable, shrink(values, errors).mean.tolist(), strict=True))
    few = f"not shrunken: {FEWEST_SHRUNKEN} slices with {FEWEST_EVENTS} deciding events each are needed, this among them"
    return [
        replace(
            one,
            value=means.get(j),
            low=None,
            high=None,
            tier="C",
            method="empirical Bayes (DerSimonian-Laird)",
            note=SHRUNKEN if j in means else few,
        )
        for j, one in enumerate(gains)
    ]
