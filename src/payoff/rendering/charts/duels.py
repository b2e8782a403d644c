"""Which of two forecasts wins: what one saves against the other, by cost ratio and by threshold."""

from payoff.record import Curve, Result
from payoff.rendering.charts.asking import band_key, floats, stretches, stretches_text
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Chart,
    Key,
    Level,
    Line,
    Plane,
    Points,
    columns,
    known,
    padded,
)

MOST = 4
X_TITLES = {
    "cost_ratio": "Cost of one too few, as part of both",
    "murphy": "Threshold",
}
TITLES = {
    "cost_ratio": "For which costs {of} or {over} wins",
    "murphy": "Murphy diagram of {of} against {over}",
}


def duel_charts(result: Result) -> tuple[Chart, ...]:
    """Draw what the model saves against today's forecast and a few others, above zero where it wins."""
    found = [one for one in result.curves if one.kind in TITLES]
    found.sort(key=lambda one: one.over != result.today)
    rivals = list(dict.fromkeys(one.over for one in found))[:MOST]
    charts = (_duel(one, index) for index, one in enumerate(found) if one.over in rivals)
    return tuple(each for each in charts if each is not None)


def _duel(each: Curve, index: int) -> Chart | None:
    at, values, lows, highs = (floats(each, name) for name in ("at", "value", "low", "high"))
    if len(known(values)) < 2:
        return None
    of_costs = each.kind == "cost_ratio"
    return Chart(
        id=f"duel-{index}",
        word="cost_ratio" if of_costs else "murphy",
        about=each.over or "",
        title=TITLES[each.kind].format(of=each.of, over=each.over),
        message=_message(each, at, values, lows, highs),
        figure=Plane(
            x=Axis(
                X_TITLES[each.kind] + ("" if of_costs else f", {each.unit}"), min(known(at)), max(known(at))
            ),
            y=Axis(
                f"Saved per row, {each.unit}" if of_costs else "Saved per row",
                *padded([0.0, *values, *lows, *highs], 0.1),
            ),
            layers=(Band(at, lows, highs), Level(0.0), Line(at, values)),
            key=(
                Key("line", "curve", f"{each.of}: above the line it costs less"),
                Key("line", "guide", f"as {each.over}", "3 3"),
                *band_key(lows),
            ),
        ),
        numbers=tuple(
            {"of": each.of, "over": each.over, "unit": each.unit, **row}
            for row in columns(at=at, value=values, low=lows, high=highs)
        ),
    )


def _message(each: Curve, at: Points, values: Points, lows: Points, highs: Points) -> str:
    """Return what the curve's note says; without one, where either wins with its whole band."""
    if each.note:
        return f"{each.note[:1].upper()}{each.note[1:]}."
    what = "cost ratios" if each.kind == "cost_ratio" else "thresholds"
    wins = stretches(at, [low is not None and low > 0 for low in lows])
    losses = stretches(at, [high is not None and high < 0 for high in highs])
    words = [
        f"{name} wins with its whole band at {what} {stretches_text(found)}"
        for name, found in ((each.of, wins), (each.over, losses))
        if found
    ]
    if words:
        return f"{'; '.join(words)}."
    ahead = sum(value > 0 for value in known(values))
    return f"Neither wins for sure anywhere; by the point {each.of} is ahead at {ahead} of {len(known(values))} places."
