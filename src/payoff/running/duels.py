"""For which cost ratios, and at which thresholds, the model's quantity beats another one: curves, and in words."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from payoff.record import Curve
from payoff.running.gathering import Counted
from payoff.stats.duels import Duelled, by_cost_ratio, by_threshold

NEITHER = "the band tells neither apart from the other"


def duel_curves(counted: Counted) -> Iterator[Curve]:
    """Yield what the model saves against every other forecast by cost ratio, and its Murphy diagram."""
    limits = counted.plan.spec.decision.quantity
    if limits is None:
        return
    for duel in counted.tables.duels:
        ratios = by_cost_ratio(duel)
        words = ratio_words(ratios, duel.of, duel.over)
        yield _curve("cost_ratio", duel.of, duel.over, limits.unit, ratios, words)
        alpha = counted.tables.fixed.level
        if alpha is not None:
            found = by_threshold(duel, alpha)
            words = threshold_words(found, duel.of, duel.over)
            yield _curve("murphy", duel.of, duel.over, limits.unit, found, words)


def _curve(kind: str, of: str, over: str, unit: str, found: Duelled, words: str) -> Curve:
    points = {
        "at": found.at.tolist(),
        "value": found.value.tolist(),
        "low": _listed(found.low),
        "high": _listed(found.high),
    }
    return Curve(
        kind="cost_ratio" if kind == "cost_ratio" else "murphy",
        of=of,
        over=over,
        unit=unit,
        points=points,
        note=words,
    )


def ratio_words(found: Duelled, of: str, over: str) -> str:
    """Return for which cost ratios which of the two wins, as far as the band tells."""
    if found.dominates:
        winner = of if found.dominates > 0 else over
        return f"{winner} costs less whatever a unit too few and a unit too many cost"
    told = _told(found, of, over, "costs less for ratios")
    return told or f"for no ratio: {NEITHER}"


def threshold_words(found: Duelled, of: str, over: str) -> str:
    """Return at which thresholds which of the two wins, and whether one dominates."""
    if found.dominates:
        winner = of if found.dominates > 0 else over
        return (
            f"{winner} dominates: it loses less at every threshold, so by every loss made for this quantile"
        )
    told = _told(found, of, over, "loses less at thresholds")
    return f"{told}; neither dominates" if told else f"at no threshold: {NEITHER}"


def _told(found: Duelled, of: str, over: str, words: str) -> str:
    """Return what each of the two does in which stretches, nothing where the band tells nothing."""
    pairs = ((of, list(_ranges(found, found.wins))), (over, list(_ranges(found, found.loses))))
    return "; ".join(f"{name} {words} {' and '.join(ranges)}" for name, ranges in pairs if ranges)


def _ranges(found: Duelled, where: NDArray[np.bool_]) -> Iterator[str]:
    """Yield the stretches of neighbouring points at which something holds."""
    for holds, places in groupby(range(len(where)), key=lambda place: bool(where[place])):
        ends = list(places)
        if holds:
            first, last = float(found.at[ends[0]]), float(found.at[ends[-1]])
            yield f"{first:.4g}" if first == last else f"{first:.4g} to {last:.4g}"


def _listed(column: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(number) else float(number) for number in column]
