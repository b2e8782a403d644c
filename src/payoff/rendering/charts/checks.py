"""Calibration with the scores that move money, and value over time."""

import re
from collections.abc import Sequence

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import estimate_of, floats, of_kind, over_text, policy_of
from payoff.rendering.charts.marks import (
    Axis,
    Chart,
    Density,
    Dot,
    Key,
    Line,
    Mark,
    Plane,
    Span,
    Upright,
    Whisker,
    columns,
    known,
    padded,
)
from payoff.rendering.literal import one_line
from payoff.stats.estimates import Estimate

# How `paired_mean_local` names the rows that it looked at.
LOOKED_AT = re.compile(r"^scores (?P<low>[-+.\deE]+) to (?P<high>[-+.\deE]+)$")


def calibration_charts(result: Result) -> tuple[Chart, ...]:
    """Draw observed rate against score for every model, the diagonal, where money moves, and rows by score."""
    found = [
        each
        for each in of_kind(result, "calibration")
        if known(floats(each, "score")) and known(floats(each, "recalibrated"))
    ]
    return tuple(_calibration(result, each, index) for index, each in enumerate(found))


def stability_charts(result: Result) -> tuple[Chart, ...]:
    """Draw value or gain per period with its interval; a period without a number keeps its place."""
    found = [each for each in of_kind(result, "stability") if known(floats(each, "value"))]
    return tuple(_stability(each, index) for index, each in enumerate(found))


def moving(estimate: Estimate | None) -> tuple[float, float] | None:
    """Return from where to where scores were looked at around the threshold in use, None where that is not said."""
    found = LOOKED_AT.match(estimate.note or "") if estimate is not None else None
    return None if found is None else (float(found["low"]), float(found["high"]))


def _calibration(result: Result, each: Curve, index: int) -> Chart:
    scores, rates, rows = (floats(each, name) for name in ("score", "recalibrated", "rows"))
    ends = [*known(scores), *known(rates)]
    top = min(1.0, max(ends) * 1.08) if min(ends) >= 0 else max(ends)
    low = min(0.0, *ends)
    reach = (low, top if top > low else low + 1.0)
    layers, key = _where(result, each.of, reach)
    layers = [Density(scores, rows), Line(reach, reach, "guide", "3 3"), *layers, Line(scores, rates)]
    if len(scores) <= 40:
        layers += [
            Dot(x, y, "dot small")
            for x, y in zip(scores, rates, strict=True)
            if x is not None and y is not None
        ]
    keys = [
        Key("line", "curve", f"{each.of}: below the diagonal promises too much"),
        Key("line", "guide", "perfect calibration", "3 3"),
        *key,
        Key("band", "density", "how many rows have the score"),
    ]
    return Chart(
        id=f"calibration-{index}",
        word="calibration",
        about=each.of,
        title=f"Calibration of {each.of}",
        message=_calibration_message(result, each.of, scores, rates),
        figure=Plane(
            x=Axis("Score", *reach),
            y=Axis("Observed rate, recalibrated (CORP)", *reach),
            layers=tuple(layers),
            key=tuple(keys),
        ),
        numbers=tuple(
            {"of": each.of, **row}
            for row in columns(score=scores, recalibrated=rates, rows=rows or [None] * len(scores))
        ),
    )


def _where(result: Result, of: str, reach: tuple[float, float]) -> tuple[list[Mark], list[Key]]:
    """Return the scores around the threshold in use, where being wrong changes what is done."""
    policy, region = policy_of(result, of), moving(estimate_of(result, "local_calibration", of))
    layers: list[Mark] = []
    key = []
    if region is not None:
        layers.append(Span(*region))
        key.append(Key("span", "flat", "scores that move money: being wrong here changes what is done"))
    at = None if policy is None else policy.threshold
    if at is not None and reach[0] <= at <= reach[1]:
        layers.append(Upright(at))
        key.insert(0, Key("line", "chosen", f"threshold in use {numbers.number(at)}", "4 3"))
    return layers, key


def _calibration_message(
    result: Result, of: str, scores: Sequence[float | None], rates: Sequence[float | None]
) -> str:
    gaps = [(abs(x - y), x, y) for x, y in zip(scores, rates, strict=True) if x is not None and y is not None]
    gap, score, rate = max(gaps)
    place = f"at score {numbers.ratio(score)}, where {numbers.percent(rate)} came true"
    words = [f"The largest gap, {numbers.ratio(gap)}, is {place}."]
    local = estimate_of(result, "local_calibration", of)
    if local is not None and local.value is not None:
        side = (
            "more often than" if local.value > 0 else "less often than" if local.value < 0 else "as often as"
        )
        sure = local.low is not None and local.high is not None and (local.low > 0 or local.high < 0)
        words.insert(
            0,
            f"Around the threshold in use, where money moves, outcomes came true {side} the scores say, by "
            f"{numbers.ratio(abs(local.value))}{'' if sure else ', within what chance alone does'}.",
        )
    return " ".join(words)


def _stability(each: Curve, index: int) -> Chart:
    """Draw one curve over its periods."""
    periods = [one_line(str(period)) for period in each.points.get("period", ())]
    values, lows, highs = (floats(each, name) for name in ("value", "low", "high"))
    lows, highs = lows or [None] * len(values), highs or [None] * len(values)
    layers: list[Mark] = []
    for at, (value, low, high) in enumerate(zip(values, lows, highs, strict=True)):
        if low is not None and high is not None:
            layers.append(Whisker(float(at), low, high))
        if value is not None:
            layers.append(Dot(float(at), value, "dot" if low is not None else "dot rival"))
    key = [
        Key(
            "dot",
            "dot",
            f"{'gain' if each.over else 'value'} of {each.of}{over_text(each.over)}, 95% interval",
        )
    ]
    if any(value is not None and low is None for value, low in zip(values, lows, strict=True)):
        key.append(Key("dot", "dot rival", "too few deciding rows for an interval"))
    return Chart(
        id=f"stability-{index}",
        word="stability",
        about=each.over or each.of,
        title=f"Is it stable? {each.of}{over_text(each.over)}",
        message=_stability_message(each, periods, values, lows, highs),
        figure=Plane(
            x=Axis("Period", -0.5, max(len(periods), 1) - 0.5, tuple(periods)),
            y=Axis(each.unit, *padded([0.0, *values, *lows, *highs])),
            layers=tuple(layers),
            key=tuple(key),
        ),
        numbers=tuple(
            {"of": each.of, "over": each.over, "unit": each.unit, **row}
            for row in columns(period=periods, value=values, low=lows, high=highs)
        ),
    )


def _stability_message(
    each: Curve,
    periods: Sequence[str],
    values: Sequence[float | None],
    lows: Sequence[float | None],
    highs: Sequence[float | None],
) -> str:
    there = known(values)
    best, worst = max(there), min(there)
    below = sum(value < 0 for value in there)
    sure = sum(high is not None and high < 0 for high in highs)
    clear = sum(low is not None and low > 0 for low in lows)
    without = sum(high is None for high in highs)
    untold = f"; {without} of {len(periods)} without an interval, so not judged" if without else ""
    ends = [numbers.money(end, each.unit, beside=(best, worst)) for end in (worst, best)]
    places = [periods[list(values).index(end)] for end in (worst, best)]
    return (
        f"From {ends[0]} ({places[0]}) to {ends[1]} ({places[1]}) in {len(there)} of {len(periods)} periods; "
        f"{below} below zero, {sure} of them with their whole interval; {clear} wholly above{untold}."
    )
