"""Slices against all other rows: the difference of gains, and where it is asked for what makes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from payoff.comparison import Comparison, Grounds, sums_by_part
from payoff.running.money import LEVEL, estimate_of, places_of, reference
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.mix import shift_effects
from payoff.stats.part_sums import PartSums
from payoff.stats.rest import Bent, differences_from_rest
from payoff.stats.tiers import tail_ratio, widened_words, widening
from payoff.tabulation import SliceTable

ASKED = "shift_effects"
EFFECTS = ("gain_reweighted", "mix_effect", "performance_effect")
SAME = "exact: no row is decided differently"
TOO_SMALL = "too few deciding events on one side, or too heavy a tail"
NO_SPREAD = "no interval: the rows show no spread in it"
NOT_EVALUATED = "not evaluated"
NO_REST = "not evaluated: there are no other rows to compare with"
NO_NEGATIVE = "not evaluated: no negative outcome in this slice, and some in the others"
NO_POSITIVE = "not evaluated: no positive outcome in this slice, and some in the others"
BY_OUTCOME = "takes rows as drawn by their outcome alone, alike in every slice"
Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Numbers of every slice, plain and with bounds that hold for all slices of the entry."""

    plain: Sequence[Interval]
    wider: Sequence[Ends]


def sums_of(grounds: Grounds, table: SliceTable) -> PartSums:
    """Return sums of the model's gain over today (else nobody) by slice."""
    over = reference(grounds.spec)
    return sums_by_part(grounds, grounds.spec.model.name, over, table.cells, table.index, len(table.values))


def adjusted(estimate: Estimate, ends: Ends, many: int) -> Estimate:
    """Return an estimate with bounds that hold for many slices at once."""
    adjustment = f"Bonferroni over {many} slices"
    return replace(estimate, low_adjusted=ends[0], high_adjusted=ends[1], adjustment=adjustment)


def against_rest(
    grounds: Grounds, table: SliceTable, gains: Sequence[Comparison], wide: float
) -> list[list[Estimate]]:
    """Return, for every slice, the gain less that of the rest, and the parts of that where the spec asks for them.

    Parameters
    ----------
    gains : of the slices.
    wide : the level of the bounds that hold for all slices of the entry.
    """
    found: dict[str, Told] = {}
    asked = ASKED in grounds.spec.metrics and grounds.spec.of_quantity is None
    if len(gains) > 1:
        bent = differences_from_rest(sums_of(grounds, table))
        found["gain_difference"] = _told(bent, gains, wide)
        found |= _effects(grounds, table, gains, wide) if asked else {}
    elif asked:
        nothing = Told([_nothing(one, NO_REST) for one in gains], [(None, None)])
        found = dict.fromkeys(EFFECTS, nothing)
    unit, places = grounds.spec.decision.unit, places_of(table)
    return [
        [
            adjusted(
                estimate_of(told.plain[j], gains[j], metric, "decision", 1.0, unit, where),
                told.wider[j],
                len(gains),
            )
            for metric, told in found.items()
        ]
        for j, where in enumerate(places)
    ]


def _effects(
    grounds: Grounds, table: SliceTable, gains: Sequence[Comparison], wide: float
) -> dict[str, Told]:
    """Return what other shares of outcomes do, and other gains on rows of one outcome."""
    known = table.cells.known
    cells, classes = table.cells.where(known), len(table.cells.states)
    part = table.index[known] * classes + cells.state
    name, over = grounds.spec.model.name, reference(grounds.spec)
    effects = shift_effects(sums_by_part(grounds, name, over, cells, part, len(gains) * classes))
    told = [_spread(bent, gains, wide) for bent in (effects.reweighted, effects.mix, effects.performance)]
    by_outcome = BY_OUTCOME if grounds.spec.data.prevalence is not None else None
    alike = all(one.is_alike for one in gains)
    lacking = [None if alike else _lacking(grounds, row) for row in effects.lacking]
    return {
        metric: Told(
            [
                replace(one, note=_note(one.note, by_outcome)) if why is None else _nothing(gain, why)
                for one, gain, why in zip(each.plain, gains, lacking, strict=True)
            ],
            each.wider,
        )
        for metric, each in zip(EFFECTS, told, strict=True)
    }


def _lacking(grounds: Grounds, absent: NDArray[np.bool_]) -> str | None:
    """Return why nothing can be told of a slice that holds no row of an outcome; None where it holds all."""
    if not absent.any():
        return None
    first, classes = int(np.argmax(absent)), grounds.spec.data.classes
    if classes is None:
        return NO_POSITIVE if first else NO_NEGATIVE
    return f"not evaluated: no outcome {classes[first]!r} in this slice, and some in the others"


def _told(bent: Bent, gains: Sequence[Comparison], wide: float) -> Told:
    """Return numbers against the rest as intervals; certain where no row is decided differently."""
    if all(one.is_alike for one in gains):
        same = Interval(value=0.0, low=0.0, high=0.0, level=LEVEL, rows=0, events=0, method=SAME, tier="A")
        exact = [replace(same, rows=one.evidence.contrast.rows) for one in gains]
        return Told(exact, [(0.0, 0.0)] * len(gains))
    refused = next((one.evidence.refused for one in gains if one.evidence.refused), None)
    if refused is not None:
        bent = replace(bent, widening=np.zeros_like(bent.widening))
    by = " by cluster" if any(one.evidence.contrast.clustered for one in gains) else ""
    plain = list(_intervals(bent, gains, by, refused or TOO_SMALL))
    return Told(plain, [(_number(low), _number(high)) for low, high in zip(*bent.bounds(wide), strict=True)])


def _spread(bent: Bent, gains: Sequence[Comparison], wide: float) -> Told:
    """Return the same, where rows that do not vary in a number are no reason to call them too few."""
    told = _told(bent, gains, wide)
    noted = [
        replace(one, note=_note(gain.note, NO_SPREAD))
        if error == 0.0 and one.note == _note(gain.note, TOO_SMALL)
        else one
        for one, gain, error in zip(told.plain, gains, bent.stderr.tolist(), strict=True)
    ]
    return Told(noted, told.wider)


def _intervals(bent: Bent, gains: Sequence[Comparison], by: str, why: str) -> Iterator[Interval]:
    low, high = bent.bounds(LEVEL)
    by_tail = widening(tail_ratio(bent.skewness, bent.units)).tolist()
    for j, (gain, factor) in enumerate(zip(gains, bent.widening.tolist(), strict=True)):
        yield Interval(
            value=_number(bent.value[j]),
            low=_number(low[j]),
            high=_number(high[j]),
            level=LEVEL,
            rows=gain.evidence.contrast.rows,
            events=int(bent.events[j]),
            method=_method(factor, by_tail[j], by),
            tier="C" if factor == 0 else "A" if factor == 1 else "A-",
            note=_note(gain.note, why if factor == 0 else None),
        )


def _nothing(gain: Comparison, why: str) -> Interval:
    return Interval(
        value=None,
        low=None,
        high=None,
        level=LEVEL,
        rows=gain.evidence.contrast.rows,
        events=None,
        method=NOT_EVALUATED,
        tier="C",
        note=why,
    )


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _note(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None


def _method(factor: int, by_tail: int, by: str) -> str:
    """Name the method as docs/methods does."""
    if factor == 0:
        return "no interval"
    return f"Hall t against the rest{by}" + widened_words(factor, by_tail)
