"""Calibration, and value over time."""

import math

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.curves import floats, known
from payoff.rendering.charts.plane import FOOT, RIGHT, Key, Plane, curve, plane, plotted, with_names
from payoff.rendering.charts.svg import Chart, Element, element, line
from payoff.rendering.literal import one_line

_DENSITY = 34.0


def calibration_charts(result: Result) -> tuple[Chart, ...]:
    """Draw observed rate against score for every model, the diagonal, and how many rows a score has."""
    found = [each for each in result.curves if each.kind == "calibration"]
    charts = (_calibration(each, index) for index, each in enumerate(found))
    return tuple(each for each in charts if each is not None)


def stability_charts(result: Result) -> tuple[Chart, ...]:
    """Draw value or gain per period with its interval; a period without a number keeps its place."""
    found = [each for each in result.curves if each.kind == "stability"]
    charts = (_stability(each, index) for index, each in enumerate(found))
    return tuple(each for each in charts if each is not None)


def _calibration(each: Curve, index: int) -> Chart | None:
    """Draw one model's recalibrated score against its score."""
    scores, rates, rows = (floats(each, name) for name in ("score", "recalibrated", "rows"))
    numbers_known = [*known(scores), *known(rates)]
    if not known(scores) or not known(rates):
        return None
    top = min(1.0, max(numbers_known) * 1.08) if min(numbers_known) >= 0 else max(numbers_known)
    low = min(0.0, *numbers_known)
    reach = (low, top if top > low else low + 1.0)
    frame = plane(reach, reach, "Score", "Observed rate, recalibrated (CORP)")
    layers = [*_density(frame, scores, rows), curve(frame, list(reach), list(reach), "guide", "3 3")]
    layers.append(curve(frame, scores, rates, "curve"))
    layers += [
        element("circle", cx=frame.across.held(x), cy=frame.up.held(y), r=2.5, class_="dot")
        for x, y in zip(scores, rates, strict=True)
        if x is not None and y is not None and len(scores) <= 40
    ]
    gaps = [abs(x - y) for x, y in zip(scores, rates, strict=True) if x is not None and y is not None]
    key = [
        Key("line", "curve", f"{each.of}: below the diagonal promises too much"),
        Key("line", "guide", "perfect calibration", "3 3"),
        Key("band", "density", "how many rows have the score"),
    ]
    desc = f"Largest gap between score and observed rate: {numbers.ratio(max(gaps))}."
    return plotted(f"calibration-{index}", f"Calibration of {each.of}", desc, frame, layers, key)


def _density(frame: Plane, scores: list[float | None], rows: list[float | None]) -> list[Element]:
    """Return bars at the foot: rows by score in 30 bins, heights by square root so that few still show."""
    bins = [0.0] * 30
    span = frame.across.high - frame.across.low
    for score, count in zip(scores, rows, strict=False):
        if score is not None and count is not None:
            bins[min(max(int((score - frame.across.low) / span * 30), 0), 29)] += count
    most = max(bins)
    width = (RIGHT - frame.across.start) / 30
    return [
        element(
            "rect",
            x=frame.across.start + index * width + 0.5,
            y=FOOT - _DENSITY * math.sqrt(count / most),
            width=width - 1,
            height=_DENSITY * math.sqrt(count / most),
            class_="density",
            fill_opacity="0.14",
        )
        for index, count in enumerate(bins)
        if count > 0
    ]


def _stability(each: Curve, index: int) -> Chart | None:
    """Draw one curve over its periods."""
    periods = [one_line(str(period)) for period in each.points.get("period", ())]
    values, lows, highs = (floats(each, name) for name in ("value", "low", "high"))
    money = [0.0, *known(values), *known(lows), *known(highs)]
    if not known(values):
        return None
    pad = (max(money) - min(money)) * 0.06 or 1.0
    frame = plane((-0.5, len(periods) - 0.5), (min(money) - pad, max(money) + pad), "Period", each.unit)
    frame, layers = with_names(frame, periods), []
    for at, (value, low, high) in enumerate(zip(values, lows, highs, strict=True)):
        x = frame.across(at)
        if low is not None and high is not None:
            layers.append(line(x, frame.up(low), x, frame.up(high), "whisker"))
        if value is not None:
            layers.append(element("circle", cx=x, cy=frame.up(value), r=4, class_="dot"))
    best, worst = max(known(values)), min(known(values))
    over = f" over {each.over}" if each.over else ""
    ends = (numbers.money(end, each.unit, beside=(best, worst)) for end in (worst, best))
    desc = f"{len(known(values))} of {len(periods)} periods have a number: from {' to '.join(ends)}."
    key = [Key("dot", "dot", f"{'gain' if over else 'value'} of {each.of}{over}, 95% interval")]
    return plotted(f"stability-{index}", f"Is it stable? {each.of}{over}", desc, frame, layers, key)
