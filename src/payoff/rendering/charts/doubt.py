"""Two assumptions against each other, and the gain over shares of positives."""

from payoff.doubt.records import AssumptionDoubt, Pair
from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.curves import floats, known
from payoff.rendering.charts.plane import FOOT, TOP, Key, curve, places, plane, plotted
from payoff.rendering.charts.svg import Chart, area, element, line
from payoff.rendering.views import headline_hurdle


def pair_charts(result: Result) -> tuple[Chart, ...]:
    """Draw for pairs of assumptions where the gain just meets the hurdle, and what is held possible of both."""
    doubt = result.doubt
    if doubt is None:
        return ()
    by_name = {one.name: one for one in doubt.assumptions}
    charts = (
        _pair(one, by_name[one.first], by_name[one.second], index) for index, one in enumerate(doubt.pairs)
    )
    return tuple(one for one in charts if one is not None)


def _pair(one: Pair, first: AssumptionDoubt, second: AssumptionDoubt, index: int) -> Chart | None:
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return None
    width = second.high - second.low
    floor, top = second.low - width / 2.0, second.high + width / 2.0
    held = [None if y is None or not floor <= y <= top else y for y in one.y]
    pad = (first.high - first.low) * 0.06
    frame = plane((first.low - pad, first.high + pad), (floor, top), one.first, one.second)
    corners = [
        (frame.across(x), frame.up(y))
        for x, y in (
            (first.low, second.low),
            (first.high, second.low),
            (first.high, second.high),
            (first.low, second.high),
        )
    ]
    layers = [
        area(corners, "band"),
        curve(frame, one.x, held, "curve"),
        element("circle", cx=frame.across(first.likely), cy=frame.up(second.likely), r=4.5, class_="dot"),
    ]
    inside = any(y is not None and second.low <= y <= second.high for y in one.y)
    desc = (
        f"The line on which {one.hurdle} is just met {'crosses' if inside else 'does not cross'} "
        f"what is held possible of {one.first} and {one.second}."
    )
    keys = [
        Key("line", "curve", f"{one.hurdle} is just met on this line, the others at likely"),
        Key("band", "band", "held possible of both"),
        Key("dot", "dot", "likely"),
    ]
    return plotted(f"pair-{index}", f"{one.first} against {one.second}", desc, frame, layers, keys)


def prevalence_chart(result: Result) -> Chart | None:
    """Draw the headline's gain over shares of positives, with its hurdle and the share that the rows have."""
    found = next((one for one in result.curves if one.kind == "prevalence"), None)
    return None if found is None else _prevalence(result, found)


def _prevalence(result: Result, one: Curve) -> Chart | None:
    shares, values, lows, highs = (floats(one, name) for name in ("prevalence", "value", "low", "high"))
    if len(known(values)) < 2:
        return None
    headline = headline_hurdle(result)
    record = next((each for each in result.prevalences if each.hurdle == (headline and headline.name)), None)
    required = 0.0 if headline is None else headline.required
    ends = [*known(values), *known(lows), *known(highs), required, 0.0]
    pad = (max(ends) - min(ends)) * 0.08 or 1.0
    frame = plane(
        (0.0, max([*known(shares), 1e-6])), (min(ends) - pad, max(ends) + pad), "Share of positives", one.unit
    )
    layers = []
    both = [
        index for index, (low, high) in enumerate(zip(lows, highs, strict=True)) if None not in (low, high)
    ]
    if len(both) > 1:
        x, down, up = ([column[index] for index in both] for column in (shares, lows, highs))
        layers.append(area(places(frame, x, down) + places(frame, x, up)[::-1], "band"))
    asked = frame.up(required)
    layers.append(line(frame.across.start, asked, frame.across.end, asked, "guide", "3 3"))
    layers.append(curve(frame, shares, values, "curve"))
    keys = [
        Key("line", "curve", f"gain of {one.of} over {one.over}"),
        *([Key("band", "band", "95% interval at each share")] if len(both) > 1 else []),
        Key("line", "guide", "nothing" if headline is None else f"needed for {headline.name}", "3 3"),
    ]
    desc = "A straight line between the gain on negatives and on positives."
    if record is not None:
        here = frame.across(record.prevalence)
        layers.append(line(here, TOP, here, FOOT, "chosen", "4 3"))
        keys.append(Key("line", "chosen", f"these rows: {numbers.percent(record.prevalence)}", "4 3"))
        if record.break_even is not None:
            desc = f"Meets what is needed at {numbers.percent(record.break_even)} positives. {desc}"
    title = f"Gain over {one.over} if positives were rarer or more common"
    return plotted("prevalence", title, f"{desc} {one.note or ''}".strip(), frame, layers, keys)
