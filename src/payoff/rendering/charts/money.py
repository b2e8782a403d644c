"""Charts about money: the ladder of hurdles, the gain over each baseline, slices, assumptions."""

from payoff.doubt.records import AssumptionDoubt
from payoff.record import AssumptionRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.rows import Row, row_chart
from payoff.rendering.charts.svg import Chart
from payoff.rendering.doubt import told_name
from payoff.rendering.views import gain_views, gains_title, headline_hurdle, hurdle_views
from payoff.rendering.wording import part_text
from payoff.stats.estimates import Estimate

MOST_ROWS = 16


def hurdle_ladder(result: Result) -> Chart | None:
    """Draw the gain with its interval against what each hurdle requires, in the order of the ladder.

    Hurdles in another unit than the headline's do not share the axis and stay in the table.
    """
    headline = headline_hurdle(result)
    views = [each for each in hurdle_views(result) if headline and each.record.unit == headline.unit]
    if headline is None or not views:
        return None
    rows = [
        Row(
            label=f"{view.status.sign} {view.record.name}",
            reading=f"needs {numbers.money(view.record.required, _short(headline.unit))}",
            value=view.record.gain,
            low=view.record.low,
            high=view.record.high,
            tone=view.status.tone,
            mark=view.record.required,
        )
        for view in views
    ]
    said = (
        f"{view.record.name}: {view.status.word}, gain {view.gain.text} over {view.record.over} "
        f"({view.interval}), required {view.required.text}"
        for view in views
    )
    title = "The hurdles and the gain held against them"
    return row_chart("hurdles", title, "; ".join(said) + ".", headline.unit, rows)


def gain_over_baselines(result: Result) -> Chart | None:
    """Draw the paired gain over every baseline with its 95% interval and the line at zero."""
    views = gain_views(result)
    if not views:
        return None
    unit = views[0].estimate.unit
    views = tuple(view for view in views if view.estimate.unit == unit)[:MOST_ROWS]
    rows = [
        Row(
            label=f"over {view.over}" + (" (today)" if view.is_today else ""),
            reading=_read(view.estimate, unit),
            value=view.estimate.value,
            low=view.estimate.low,
            high=view.estimate.high,
            tone=_tone(view.estimate.low, view.estimate.high),
        )
        for view in views
    ]
    said = (f"over {view.over}: {view.gain.text}, {view.interval}" for view in views)
    return row_chart("gains", f"{gains_title(result)}, on the same rows", "; ".join(said) + ".", unit, rows)


def slice_charts(result: Result) -> tuple[Chart, ...]:
    """Draw the money in every value of each slice entry, largest first, with rows; one chart per entry."""
    charts = []
    for index, (columns, estimates) in enumerate(money_by_slice(result).items()):
        drawn = [each for each in estimates if each.value is not None][:MOST_ROWS]
        if not drawn:
            continue
        over = drawn[0].over
        title = f"{'Gain over ' + over if over else 'Value'} by {' × '.join(columns)}"
        rest = len(estimates) - len(drawn)
        said = "; ".join(
            f"{part_text(each.slice, alone=True)}: {_read(each, each.unit)}, {each.rows} rows"
            for each in drawn
        )
        more = f"; {rest} more in the table or too small to judge" if rest else ""
        rows = [
            Row(
                label=f"{part_text(each.slice, alone=True)} · n {numbers.count(each.rows)}",
                reading=_read(each, each.unit),
                value=each.value,
                low=_first(each.low_adjusted, each.low),
                high=_first(each.high_adjusted, each.high),
                tone=_tone(_first(each.low_adjusted, each.low), _first(each.high_adjusted, each.high)),
            )
            for each in drawn
        ]
        charts.append(row_chart(f"slice-{index}", title, said + more + ".", drawn[0].unit, rows))
    return tuple(charts)


def money_by_slice(result: Result) -> dict[tuple[str, ...], list[Estimate]]:
    """Return the estimates of money by slice entry, best first; per decision, so that sizes do not mislead.

    The gain over today where it is known by slice, else over the headline's baseline, else any, else value.
    """
    headline = headline_hurdle(result)
    wanted = [result.today, headline.over if headline else None]
    found: dict[tuple[str, ...], list[Estimate]] = {}
    model = next((policy.name for policy in result.policies if policy.role == "model"), None)
    for each in result.estimates:
        if each.slice is not None and each.of == model and each.metric in ("gain", "value"):
            found.setdefault(tuple(each.slice), []).append(each)
    for columns, estimates in found.items():
        best = min(_preference(each, wanted) for each in estimates)
        kept = [each for each in estimates if _preference(each, wanted) == best]
        found[columns] = sorted(kept, key=lambda each: (each.value is None, -(each.value or 0.0)))
    return found


def tornado(result: Result) -> Chart | None:
    """Draw the judged gain at the low and the high end of each assumption, the others at likely."""
    headline = headline_hurdle(result)
    every = result.assumptions if result.doubt is None else result.doubt.assumptions
    views = [view for view in every if view.gain_low is not None and view.gain_high is not None]
    if headline is None or not views:
        return None
    views.sort(key=lambda view: -abs((view.gain_high or 0.0) - (view.gain_low or 0.0)))
    rows = [
        Row(
            label=f"{told_name(view.name)}: {_range(view)}",
            reading=" to ".join(
                numbers.money(end, _short(headline.unit), beside=(view.gain_low, view.gain_high))
                for end in (view.gain_low, view.gain_high)
            ),
            value=headline.gain,
            low=view.gain_low,
            high=view.gain_high,
            mark=headline.required,
            bar=True,
        )
        for view in views[:MOST_ROWS]
    ]
    said = "; ".join(f"{row.label} gives {row.reading}" for row in rows)
    title = f"What each assumption does to the gain that {headline.name} is about"
    return row_chart("tornado", title, f"{said}. One at a time: no interactions.", headline.unit, rows)


def _range(view: AssumptionRecord | AssumptionDoubt) -> str:
    beside = (view.likely, view.low, view.high)
    return " to ".join(numbers.number(end, beside=beside) for end in (view.low, view.high))


def _preference(estimate: Estimate, wanted: list[str | None]) -> tuple[int, int, str, str]:
    over = (
        wanted.index(estimate.over) if estimate.over is not None and estimate.over in wanted else len(wanted)
    )
    return (
        0 if estimate.metric == "gain" else 1,
        over,
        "" if estimate.unit.endswith("per decision") else estimate.unit,
        estimate.over or "",
    )


def _first(adjusted: float | None, plain: float | None) -> float | None:
    return plain if adjusted is None else adjusted


def _short(unit: str) -> str:
    """Return the unit without its period, which the axis says."""
    return unit.partition(" per ")[0]


def _read(estimate: Estimate, unit: str) -> str:
    return numbers.money(estimate.value, _short(unit), beside=(estimate.low, estimate.high))


def _tone(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "none"
    return "good" if low > 0 else "bad" if high < 0 else "doubt"
