"""The best of several candidates, in sentences that hold for whichever of them is picked."""

from collections.abc import Sequence

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.views import headline_hurdle, headline_unit
from payoff.stats.estimates import Estimate

HEAD = (
    "The best of several candidates (bounds that hold for all of them at once, so for the one that is picked)"
)


def best_of_lines(result: Result) -> tuple[str, ...]:
    """Return one sentence per baseline, today's first, where model and challengers were compared with it together."""
    hurdle = headline_hurdle(result)
    metric, unit = hurdle.metric if hurdle else "gain", headline_unit(result)
    found: dict[str, list[Estimate]] = {}
    for wanted in dict.fromkeys((metric, "gain")):
        for one in result.estimates:
            if (one.metric, one.unit, one.slice) == (wanted, unit, None) and one.adjustment is not None:
                found.setdefault(str(one.over), []).append(one)
    ordered = sorted(found, key=lambda over: over != result.today)
    return tuple(_line(over, _one_of_each(found[over]), result.today) for over in ordered)


def _one_of_each(several: Sequence[Estimate]) -> list[Estimate]:
    """Return the first of every candidate: its net gain, or its gain where no cost makes them differ."""
    found: dict[str, Estimate] = {}
    for one in several:
        found.setdefault(one.of, one)
    return list(found.values())


def _line(over: str, gains: Sequence[Estimate], today: str | None) -> str:
    rival = f"{over} (today)" if over == today else over
    judged = [one for one in gains if one.low_adjusted is not None and one.high_adjusted is not None]
    if not judged:
        return f"Over {rival}: none of {len(gains)} candidates has an interval that can be trusted."
    best = max(judged, key=lambda one: one.low_adjusted or 0.0)
    low, high = float(best.low_adjusted or 0.0), max(float(one.high_adjusted or 0.0) for one in judged)
    beside = [end for one in judged for end in (one.low_adjusted, one.high_adjusted, one.low)]
    least, loss, lost = (numbers.money(end, best.unit, beside=beside) for end in (low, -low, -high))
    among = (
        f"{len(judged)} of {len(gains)} candidates"
        if len(judged) < len(gains)
        else f"{len(gains)} candidates"
    )
    sure = f"{50.0 + 50.0 * best.level:g}% sure"
    if low > 0.0:
        return f"Over {rival}: the best of {among}, whichever it was, gains at least {least} ({best.of}; {sure})."
    if high < 0.0:
        return f"Over {rival}: none of {among} gains; the best loses at least {lost} ({sure})."
    return (
        f"Over {rival}: the best of {among} is not shown to gain; whichever it was, it may lose up to {loss} "
        f"({best.of}; {sure})."
    )
