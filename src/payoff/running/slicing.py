"""Money by slice: value and gain in each, gain against all other rows, gain shrunken for display, and reversals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from payoff.comparison import Grounds, compare
from payoff.errors.data import ReversedBySlices
from payoff.record import Check
from payoff.running.against_rest import adjusted, against_rest, sums_of
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
from payoff.stats.rest import standardised
from payoff.tabulation import SliceTable

FEWEST_EVENTS = 10
FEWEST_SHRUNKEN = 3
SHRUNKEN = "empirical Bayes (DerSimonian-Laird)"
DISPLAY = "for display only, never judged"


def slice_estimates(grounds: Grounds, table: SliceTable) -> Iterator[Estimate]:
    """Yield value and gain over today (else nobody) of the model in every slice of one entry.

    Beside each gain: the same against all other rows, with what makes the difference where that is asked for, and drawn
    to the mean of all slices. Gains and differences carry bounds adjusted for the number of slices of the entry
    (Bonferroni) beside the plain ones.
    """
    unit, over = grounds.spec.decision.unit, reference(grounds.spec)
    worth, gain = (parts_compared(grounds, rival, table) for rival in (None, over))
    many = max(1, len(table.values))
    wide = 1.0 - (1.0 - LEVEL) / many
    values, gains = (money_intervals(grounds, each, LEVEL) for each in (worth, gain))
    wides = [(one.low, one.high) for one in money_intervals(grounds, gain, wide)]
    beside = against_rest(grounds, table, gain, wide)
    drawn = _shrunken(gains)
    for j, where in enumerate(places_of(table)):
        yield estimate_of(values[j], worth[j], "value", "decision", 1.0, unit, where)
        yield adjusted(estimate_of(gains[j], gain[j], "gain", "decision", 1.0, unit, where), wides[j], many)
        yield from beside[j]
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
        alike = standardised(sums_of(grounds, table), used / used.sum())
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
