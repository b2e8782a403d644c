"""Two assumptions against each other, and the gain over shares of positives."""

from payoff.doubt.records import AssumptionDoubt, Pair
from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import floats
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Box,
    Chart,
    Dot,
    Key,
    Level,
    Line,
    Mark,
    Plane,
    Upright,
    columns,
    known,
    padded,
)
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
    if not first.high > first.low or not second.high > second.low:
        return None
    width = second.high - second.low
    floor, top = second.low - width / 2.0, second.high + width / 2.0
    held = [None if y is None or not floor <= y <= top else y for y in one.y]
    pad = (first.high - first.low) * 0.06
    inside = any(y is not None and second.low <= y <= second.high for y in one.y)
    return Chart(
        id=f"pair-{index}",
        word="assumption_pairs",
        about=f"{one.first} × {one.second}",
        title=f"{one.first} against {one.second}",
        message=(
            f"The line on which {one.hurdle} is just met {'crosses' if inside else 'does not cross'} "
            f"what is held possible of {one.first} ({_range(first)}) and {one.second} ({_range(second)})."
        ),
        figure=Plane(
            x=Axis(one.first, first.low - pad, first.high + pad),
            y=Axis(one.second, floor, top),
            layers=(
                Box((first.low, first.high), (second.low, second.high)),
                Line(one.x, held),
                Dot(first.likely, second.likely),
            ),
            key=(
                Key("line", "curve", f"{one.hurdle} is just met on this line, the others at likely"),
                Key("band", "band", "held possible of both"),
                Key("dot", "dot", "likely"),
            ),
        ),
        numbers=tuple(
            {"first": one.first, "second": one.second, "hurdle": one.hurdle, **row}
            for row in columns(x=one.x, y=one.y)
        ),
    )


def _range(one: AssumptionDoubt) -> str:
    ends = (one.low, one.high)
    return " to ".join(numbers.number(end, beside=ends) for end in ends)


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
    layers: list[Mark] = [Band(shares, lows, highs), Level(required), Line(shares, values)]
    keys = [
        Key("line", "curve", f"gain of {one.of} over {one.over}"),
        *([Key("band", "band", "95% interval at each share")] if len(known(lows)) > 1 else []),
        Key("line", "guide", "nothing" if headline is None else f"needed for {headline.name}", "3 3"),
    ]
    message = "A straight line between the gain on negatives and on positives."
    if record is not None:
        layers.append(Upright(record.prevalence))
        keys.append(Key("line", "chosen", f"these rows: {numbers.percent(record.prevalence)}", "4 3"))
        if record.break_even is not None:
            message = (
                f"Meets what is needed at {numbers.percent(record.break_even)} positives; "
                f"these rows have {numbers.percent(record.prevalence)}. {message}"
            )
    note = f" {one.note[:1].upper()}{one.note[1:]}." if one.note else ""
    return Chart(
        id="prevalence",
        word="prevalence",
        about="",
        title=f"Gain over {one.over} if positives were rarer or more common",
        message=f"{message}{note}",
        figure=Plane(
            x=Axis("Share of positives", 0.0, max([*known(shares), 1e-6])),
            y=Axis(one.unit, *padded([0.0, required, *values, *lows, *highs], 0.08)),
            layers=tuple(layers),
            key=tuple(keys),
        ),
        numbers=tuple(
            {"of": one.of, "over": one.over, "unit": one.unit, **row}
            for row in columns(prevalence=shares, value=values, low=lows, high=highs)
        ),
    )
