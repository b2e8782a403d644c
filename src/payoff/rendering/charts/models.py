"""Two models side by side: the paired gain of each over today and over each other."""

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.charts.marks import Chart, Row, Rows
from payoff.rendering.charts.money import reading, tone, tone_key
from payoff.rendering.views import candidate, headline_unit
from payoff.stats.estimates import Estimate

MOST = 8


def models(result: Result) -> Chart | None:
    """Draw the paired gain of the judged model over every challenger, and of all of them over today's policy."""
    judged, unit = candidate(result), headline_unit(result)
    rivals = [each.name for each in result.policies if each.role == "challenger"][:MOST]
    if judged is None or not rivals:
        return None
    pairs = [(judged, rival) for rival in rivals]
    pairs += [] if result.today is None else [(name, result.today) for name in (judged, *rivals)]
    found = [each for pair in pairs if (each := _gain(result, *pair, unit)) is not None]
    if not any(each.over in rivals for each in found):
        return None
    unit = found[0].unit
    found = [each for each in found if each.unit == unit]
    rows = tuple(
        Row(
            label=f"{each.of} over {each.over}" + (" (today)" if each.over == result.today else ""),
            reading=reading(each, unit),
            value=each.value,
            low=each.low,
            high=each.high,
            tone=tone(each.low, each.high),
        )
        for each in found
    )
    return Chart(
        id="models",
        word="models",
        about="",
        title=f"{judged} and its challengers, on the same rows",
        message=" ".join(_said(each) for each in found),
        figure=Rows(unit=unit, rows=rows, key=tone_key(rows)),
        numbers=tuple(
            {
                "of": each.of,
                "over": each.over,
                "metric": each.metric,
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "unit": each.unit,
                "rows": each.rows,
                "tier": each.tier,
            }
            for each in found
        ),
    )


def _gain(result: Result, of: str, over: str, unit: str | None) -> Estimate | None:
    """Return the paired gain of one over another, turned round where only that is there."""
    found = [
        each
        for each in result.estimates
        if each.slice is None and each.metric in ("gain", "net_gain") and (each.of, each.over) == (of, over)
    ]
    found.sort(key=lambda each: (each.unit != unit, each.metric != "gain"))
    return next((each for each in found if each.value is not None), None)


def _said(each: Estimate) -> str:
    beside = (each.low, each.high)
    gain = numbers.money(each.value, each.unit, beside=beside)
    if each.low is None or each.high is None:
        return f"{each.of} over {each.over}: {gain}, without an interval."
    sure = "" if each.low > 0 or each.high < 0 else ", so either may be ahead"
    between = numbers.between(each.low, each.high, each.unit, beside=(each.value,))
    return f"{each.of} over {each.over}: {gain}, {between}{sure}."
