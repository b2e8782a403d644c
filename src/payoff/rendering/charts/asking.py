"""What several charts ask of a result: the numbers of a curve, an estimate by name, the policy of a model."""

from collections.abc import Sequence

from payoff.record import Curve, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.marks import Key, Points, known
from payoff.stats.estimates import Estimate


def floats(curve: Curve, name: str) -> list[float | None]:
    """Return one list of a curve as numbers; what is no number is missing."""
    return [float(each) if isinstance(each, (int, float)) else None for each in curve.points.get(name, ())]


def of_kind(result: Result, kind: str) -> list[Curve]:
    """Return the curves of one kind, in the order of the result."""
    return [each for each in result.curves if each.kind == kind]


def policy_of(result: Result, name: str) -> PolicyRecord | None:
    """Return a policy by its name."""
    return next((each for each in result.policies if each.name == name), None)


def estimate_of(
    result: Result, metric: str, of: str, *, over: str | None = None, unit: str | None = None
) -> Estimate | None:
    """Return an estimate over all rows, None where there is none or it has no value."""
    found = (
        each
        for each in result.estimates
        if each.slice is None and (each.metric, each.of, each.over) == (metric, of, over)
    )
    return next((each for each in found if each.value is not None and unit in (None, each.unit)), None)


def band_key(lows: Points, words: str = "simultaneous band: holds at all points together") -> list[Key]:
    """Return the entry of a band in the key, none where there is no band."""
    return [Key("band", "band", words)] if len(known(lows)) > 1 else []


def over_text(over: str | None) -> str:
    """Return what a gain is over, as it stands behind a name."""
    return f" over {over}" if over else ""


def money_pair(low: float, high: float, unit: str) -> str:
    """Return two amounts, rounded together, the period said once."""
    head, _, per = unit.partition(" per ")
    ends = [numbers.money(end, head, beside=(low, high)) for end in (low, high)]
    return " to ".join(ends) + (f" per {per}" if per else "")


def nearest(xs: Points, at: float) -> int | None:
    """Return where in a list the number nearest to ``at`` stands."""
    there = [index for index, x in enumerate(xs) if x is not None]
    return min(there, key=lambda index: abs((xs[index] or 0.0) - at)) if there else None


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return names in a row, those beyond ``most`` as a count.

    >>> listed(["a", "b", "c"])
    'a, b, c'
    >>> listed(["a", "b", "c", "d"], 2)
    'a, b (+2)'
    """
    return ", ".join(names[:most]) + (f" (+{len(names) - most})" if len(names) > most else "")


def stretches(xs: Points, holds: Sequence[bool]) -> list[tuple[float, float]]:
    """Return from where to where something holds without a gap.

    >>> stretches([0.1, 0.2, 0.3, 0.4], [True, True, False, True])
    [(0.1, 0.2), (0.4, 0.4)]
    """
    found: list[tuple[float, float]] = []
    before = False
    for x, now in zip(xs, holds, strict=True):
        if x is None:
            continue
        if now:
            found.append((found.pop()[0], x) if before else (x, x))
        before = now
    return found


def stretches_text(found: Sequence[tuple[float, float]]) -> str:
    """Return stretches in numbers, the first few of many: ``0.1 to 0.2, 0.4``."""
    beside = [end for each in found for end in each]
    ends = [[numbers.number(end, beside=beside) for end in each] for each in found]
    return listed([f"{low} to {high}" if low != high else low for low, high in ends], 3)
