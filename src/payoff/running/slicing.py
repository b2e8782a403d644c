"""Money by slice: value and gain in each, gain against all other rows, gain shrunken for display, and reversals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

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
from payoff.running.reversing import reversals_per_acted
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.multiplicity import shrink
from payoff.stats.part_sums import PartSums
from payoff.stats.rest import differences_from_rest, standardised
from payoff.stats.tiers import tail_ratio, widened_words, widening
from payoff.tabulation import SliceTable

FEWEST_EVENTS = 10
FEWEST_SHRUNKEN = 3
Ends = tuple[float | None, float | None]
SAME = "exact: no row is decided differently"
TOO_SMALL = "too few deciding events on one side, or too heavy a tail"
SHRUNKEN = "empirical Bayes (DerSimonian-Laird)"
DISPLAY = "for display only, never judged"


def slice_estimates(grounds: Grounds, table: SliceTable) -> Iterator[Estimate]:
    """Yield value and gain over today (else nobody) of the model in every slice of one entry.

    Beside each gain: the same against all other rows, and drawn to the mean of all slices. Gains and differences carry
    bounds adjusted for the number of slices of the entry (Bonferroni) beside the plain ones.
    """
    unit, over = grounds.spec.decision.unit, reference(grounds.spec)
    worth, gain = (parts_compared(grounds, rival, table) for rival in (None, over))
    many = max(1, len(table.values))
    wide = 1.0 - (1.0 - LEVEL) / many
    values, gains = (money_intervals(grounds, each, LEVEL) for each in (worth, gain))
    wides = [(one.low, one.high) for one in money_intervals(grounds, gain, wide)]
    adjustment = f"Bonferroni over {many} slices"
    differences, wider = _against_rest(grounds, table, gain, wide) if many > 1 else ([], [])
    drawn = _shrunken(gains)
    for j, where in enumerate(places_of(table)):
        yield estimate_of(values[j], worth[j], "value", "decision", 1.0, unit, where)
        yield _adjusted(
            estimate_of(gains[j], gain[j], "gain", "decision", 1.0, unit, where), wides[j], adjustment
        )
        if differences:
            made = estimate_of(differences[j], gain[j], "gain_difference", "decision", 1.0, unit, where)
            yield _adjusted(made, wider[j], adjustment)
        if j in drawn:
            yield estimate_of(drawn[j], gain[j], "gain_shrunken", "decision", 1.0, unit, where)


def reversals(
    grounds: Grounds, tables: Sequence[SliceTable], estimates: Sequence[Estimate]
) -> Iterator[Check]:
    """Yield a warning for every entry in which the sign of the gain turns round when each slice counts the same.

    Then the same of the value per row acted on (``payoff.running.reversing``). Both signs are beyond chance, each by
    its own interval. Slices of fewer than 10 deciding events are left out.

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
    yield from reversals_per_acted(grounds, tables)


def _reversed(
    grounds: Grounds, table: SliceTable, whole: Interval, alike: tuple[float, float, float], against: int
) -> Check:
    unit, many = f"{grounds.spec.decision.unit} per decision", len(table.values)
    value, low, high = alike
    overall = f"{whole.value or 0.0:+.4g} {unit} over all rows"
    text = (
        f"the gain over {reference(grounds.spec)} is {overall}, and {value:+.4g} ({low:+.4g} to {high:+.4g}) where "
        f"each slice counts the same; in {against} of {many} slices it has the other sign"
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


def _adjusted(estimate: Estimate, ends: Ends, adjustment: str) -> Estimate:
    return replace(estimate, low_adjusted=ends[0], high_adjusted=ends[1], adjustment=adjustment)


def _against_rest(
    grounds: Grounds, table: SliceTable, gains: Sequence[Comparison], wide: float
) -> tuple[list[Interval], list[Ends]]:
    """Return the difference of each slice's gain from that of the rest, and its bounds at a wider level."""
    bent = differences_from_rest(_sums(grounds, table, reference(grounds.spec)))
    if all(one.is_alike for one in gains):
        same = Interval(value=0.0, low=0.0, high=0.0, level=LEVEL, rows=0, events=0, method=SAME, tier="A")
        return [replace(same, rows=one.evidence.contrast.rows) for one in gains], [(0.0, 0.0)] * len(gains)
    refused = next((one.evidence.refused for one in gains if one.evidence.refused), None)
    if refused is not None:
        bent = replace(bent, widening=np.zeros_like(bent.widening))
    (low, high), wider = bent.bounds(LEVEL), bent.bounds(wide)
    by_tail = widening(tail_ratio(bent.skewness, bent.units)).tolist()
    by = " by cluster" if any(one.evidence.contrast.clustered for one in gains) else ""
    made = [
        Interval(
            value=_number(bent.value[j]),
            low=_number(low[j]),
            high=_number(high[j]),
            level=LEVEL,
            rows=gain.evidence.contrast.rows,
            events=int(bent.events[j]),
            method=_method(factor, by_tail[j], by),
            tier="C" if factor == 0 else "A" if factor == 1 else "A-",
            note=_note(gain.note, (refused or TOO_SMALL) if factor == 0 else None),
        )
        for j, (gain, factor) in enumerate(zip(gains, bent.widening.tolist(), strict=True))
    ]
    return made, [(_number(one), _number(other)) for one, other in zip(*wider, strict=True)]


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _note(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None


def _method(factor: int, by_tail: int, by: str) -> str:
    """Name the method as docs/methods does."""
    if factor == 0:
        return "no interval"
    return f"Hall t against the rest{by}" + widened_words(factor, by_tail)


def _shrunken(gains: Sequence[Interval]) -> dict[int, Interval]:
    """Return the gains drawn to their weighted mean by their place, where slices are large enough and not certain."""
    usable = {
        j: one
        for j, one in enumerate(gains)
        if one.value is not None and (one.stderr or 0.0) > 0.0 and (one.events or 0) >= FEWEST_EVENTS
    }
    if len(usable) < FEWEST_SHRUNKEN:
        return {}
    values, errors = ([float(getattr(one, name)) for one in usable.values()] for name in ("value", "stderr"))
    drawn = zip(usable.items(), shrink(values, errors).mean.tolist(), strict=True)
    return {
        j: replace(one, value=mean, low=None, high=None, tier="C", method=SHRUNKEN, note=DISPLAY)
        for (j, one), mean in drawn
    }
