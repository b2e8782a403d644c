"""Charts about money: the ladder of hurdles, the gain over each baseline, policies side by side, assumptions."""

from collections.abc import Sequence

from payoff.doubt.records import AssumptionDoubt
from payoff.quantities.telling import beside_asked
from payoff.record import AssumptionRecord, HurdleRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import listed
from payoff.rendering.charts.marks import Chart, Key, Row, Rows
from payoff.rendering.doubt import told_name
from payoff.rendering.views import (
    GainView,
    HurdleView,
    gain_views,
    gains_title,
    headline_hurdle,
    headline_unit,
    hurdle_views,
)
from payoff.stats.estimates import Estimate

MOST_ROWS, NAMED = 16, 2
# More rows than this take one line each, so that the chart stands beside the ladder at one size.
MOST_TALL = 3
HELD = Key("line", "mark", "what the hurdle needs")
SHAPES = {
    "good": "whole interval above zero",
    "doubt": "interval holds zero",
    "bad": "whole interval below zero",
    "model": "the model",
    "rival": "another policy",
    "none": "no interval",
}


def hurdle_ladder(result: Result) -> Chart | None:
    """Draw the gain with its interval against what each hurdle requires, in the order of the ladder.

    Hurdles in another unit than the headline's do not share the axis and stay in the table.
    """
    headline = headline_hurdle(result)
    views = [each for each in hurdle_views(result) if headline and each.record.unit == headline.unit]
    if headline is None or not views:
        return None
    rows = tuple(
        Row(
            label=f"{view.status.sign} {view.record.name}",
            reading=f"needs {numbers.money(view.record.required, short(headline.unit))}",
            value=view.record.gain,
            low=view.record.low,
            high=view.record.high,
            tone=view.status.tone,
            mark=view.record.required,
        )
        for view in views
    )
    said = (f"{view.record.name} is {view.status.word}: {_against(view.record)}" for view in views)
    return Chart(
        id="hurdles",
        word="hurdles",
        about="",
        title="The hurdles and the gain held against them",
        message="; ".join(said) + ".",
        figure=Rows(unit=headline.unit, rows=rows, key=(HELD, *_statuses(views))),
        numbers=tuple(
            {
                "hurdle": view.record.name,
                "status": view.record.status,
                "over": view.record.over,
                "value": view.record.gain,
                "low": view.record.low,
                "high": view.record.high,
                "required": view.record.required,
                "unit": view.record.unit,
            }
            for view in views
        ),
    )


def gain_over_baselines(result: Result) -> Chart | None:
    """Draw the paired gain over every baseline with its 95% interval and the line at zero."""
    views = gain_views(result)
    if not views:
        return None
    unit = views[0].estimate.unit
    views = tuple(view for view in views if view.estimate.unit == unit)[:MOST_ROWS]
    dense = len(views) > MOST_TALL
    rows = tuple(
        Row(
            label=f"{'' if dense else 'over '}{view.over}" + (" (today)" if view.is_today else ""),
            reading=reading(view.estimate, unit),
            value=view.estimate.value,
            low=view.estimate.low,
            high=view.estimate.high,
            tone=tone(view.estimate.low, view.estimate.high),
        )
        for view in views
    )
    return Chart(
        id="gains",
        word="gains",
        about="",
        title=f"{gains_title(result)}, on the same rows",
        message=_gains_message(views),
        figure=Rows(unit=unit, rows=rows, dense=dense, key=tone_key(rows)),
        numbers=tuple(_estimated(view.estimate) for view in views),
    )


def policies(result: Result) -> Chart | None:
    """Draw what every policy is worth against doing nothing, side by side, most first."""
    unit = headline_unit(result)
    found = [
        each
        for each in result.estimates
        if each.metric == "value" and each.slice is None and each.over is None and each.unit == unit
    ]
    found = sorted((each for each in found if each.value is not None), key=lambda each: -(each.value or 0.0))
    if len(found) < 2 or unit is None:
        return None
    roles = {each.name: each.role for each in result.policies}
    told = {each.of: each.of + (" (today)" if each.of == result.today else "") for each in found}
    rows = tuple(
        Row(
            label=f"{told[each.of]} · {roles.get(each.of, 'policy')}",
            reading=reading(each, unit),
            value=each.value,
            low=each.low,
            high=each.high,
            # A diamond: what has no interval must not look like what has one.
            tone="none" if each.low is None else "model" if roles.get(each.of) == "model" else "rival",
        )
        for each in found[:MOST_ROWS]
    )
    # Quantities are told by what they cost, not by what they change against doing nothing.
    against = "" if "quantity" in result.decision else " against doing nothing"
    losing = [each.of for each in found if against and each.high is not None and each.high < 0]
    worth, next_worth = (numbers.money(each.value, unit) for each in found[:2])
    message = f"{found[0].of} is worth most, {worth}{against}; next is {found[1].of}, {next_worth}."
    message += f" Worse than doing nothing: {listed(losing)}." if losing else ""
    return Chart(
        id="policies",
        word="policies",
        about="",
        title=f"What every policy is worth{against}",
        message=message,
        figure=Rows(unit=unit, rows=rows, key=tone_key(rows)),
        numbers=tuple(_estimated(each) for each in found[:MOST_ROWS]),
    )


def tornado(result: Result) -> Chart | None:
    """Draw the judged gain at the low and the high end of each assumption, the others at likely."""
    headline = headline_hurdle(result)
    every = result.assumptions if result.doubt is None else result.doubt.assumptions
    views = [view for view in every if view.gain_low is not None and view.gain_high is not None]
    if headline is None or not views:
        return None
    views.sort(key=lambda view: -abs((view.gain_high or 0.0) - (view.gain_low or 0.0)))
    views = views[:MOST_ROWS]
    rows = tuple(
        Row(
            label=f"{told_name(view.name)}: {_range(view)}",
            reading=" to ".join(
                numbers.money(end, short(headline.unit), beside=(view.gain_low, view.gain_high))
                for end in (view.gain_low, view.gain_high)
            ),
            value=headline.gain,
            low=view.gain_low,
            high=view.gain_high,
            mark=headline.required,
            tone="model",
            bar=True,
        )
        for view in views
    )
    flips = [
        told_name(view.name)
        for view in views
        if min(view.gain_low or 0.0, view.gain_high or 0.0)
        < headline.required
        < max(view.gain_low or 0.0, view.gain_high or 0.0)
    ]
    said = "; ".join(f"{row.label} gives {row.reading}" for row in rows[:NAMED])
    moving = f"Taking the gain across what {headline.name} needs, each alone and within its range: {listed(flips)}. "
    nothing = f"None of them alone takes the gain across what {headline.name} needs. "
    return Chart(
        id="tornado",
        word="tornado",
        about="",
        title=f"What each assumption does to the gain that {headline.name} is about",
        message=f"{moving if flips else nothing}{said}. One at a time: no interactions.",
        figure=Rows(unit=headline.unit, rows=rows, key=(HELD,)),
        numbers=tuple(
            {
                "assumption": view.name,
                "low": view.low,
                "high": view.high,
                "gain_low": view.gain_low,
                "gain": headline.gain,
                "gain_high": view.gain_high,
                "required": headline.required,
                "unit": headline.unit,
            }
            for view in views
        ),
    )


def _against(record: HurdleRecord) -> str:
    """Return what is required and the gain with its interval, rounded as everywhere."""
    ends = (record.gain, record.low, record.high)
    beside, beside_required = beside_asked(ends, record.required, record.unit)
    gain, low, high = (numbers.money(end, short(record.unit), beside=beside) for end in ends)
    interval = "" if record.low is None or record.high is None else f" ({low} to {high})"
    required = numbers.money(record.required, record.unit, beside=beside_required)
    return f"it needs {required}, and the gain over {record.over} is {gain}{interval}"


def _gains_message(views: Sequence[GainView]) -> str:
    """Say what is gained over the first baseline, which is today's, and over which the gain is sure."""
    first, unit = views[0], views[0].estimate.unit
    words = f"Over {first.over}{' (today)' if first.is_today else ''}: {first.gain.text}"
    words += f", {first.interval}." if first.estimate.low is not None else ", without an interval."
    if len(views) == 1:
        return words
    sure = [view.over for view in views if view.estimate.low is not None and view.estimate.low > 0]
    lost = [view.over for view in views if view.estimate.high is not None and view.estimate.high < 0]
    least = min(views, key=lambda view: view.estimate.value or 0.0)
    words += (
        f" Least over {least.over}: {numbers.money(least.estimate.value, unit)}."
        if least is not first
        else ""
    )
    words += f" With its whole interval above zero over {listed(sure) if sure else 'none'}."
    return words + (f" With its whole interval below zero over {listed(lost)}." if lost else "")


def reading(estimate: Estimate, unit: str) -> str:
    """Return an amount as it stands at the end of a row: the period is said by the axis."""
    return numbers.money(estimate.value, short(unit), beside=(estimate.low, estimate.high))


def short(unit: str) -> str:
    """Return the unit without its period, which the axis says."""
    return unit.partition(" per ")[0]


def tone(low: float | None, high: float | None) -> str:
    """Return the tone of an interval: good or bad where it excludes zero, doubt where it does not."""
    if low is None or high is None:
        return "none"
    return "good" if low > 0 else "bad" if high < 0 else "doubt"


def tone_key(rows: Sequence[Row]) -> tuple[Key, ...]:
    """Return what the marks of rows say by their shape, of those that are there."""
    tones = {row.tone for row in rows}
    return tuple(Key("dot", f"dot {kind}", words) for kind, words in SHAPES.items() if kind in tones)


def _statuses(views: Sequence[HurdleView]) -> tuple[Key, ...]:
    """Return what the marks of hurdles say by their shape."""
    said = {view.status.tone: view.status.word for view in views}
    return tuple(Key("dot", f"dot {kind}", words) for kind, words in said.items())


def _estimated(each: Estimate) -> dict[str, object]:
    return {
        "metric": each.metric,
        "of": each.of,
        "over": each.over,
        "value": each.value,
        "low": each.low,
        "high": each.high,
        "unit": each.unit,
        "rows": each.rows,
        "method": each.method,
        "tier": each.tier,
    }


def _range(view: AssumptionRecord | AssumptionDoubt) -> str:
    beside = (view.likely, view.low, view.high)
    return " to ".join(numbers.number(end, beside=beside) for end in (view.low, view.high))
