"""Which of two forecasts wins: what one saves against the other, by cost ratio and by threshold."""

from payoff.record import Curve, Result
from payoff.rendering.charts.curves import floats, known
from payoff.rendering.charts.decision_curves import band_key, band_pieces
from payoff.rendering.charts.plane import Key, curve, plane, plotted
from payoff.rendering.charts.svg import Chart, line

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
    ends = [0.0, *known(values), *known(lows), *known(highs)]
    pad = (max(ends) - min(ends)) * 0.1 or 1.0
    across = known(at)
    y_title = "Saved per row" if each.kind == "murphy" else f"Saved per row, {each.unit}"
    frame = plane(
        (min(across), max(across)),
        (min(ends) - pad, max(ends) + pad),
        X_TITLES[each.kind] + (f", {each.unit}" if each.kind == "murphy" else ""),
        y_title,
    )
    layers = band_pieces(frame, at, lows, highs)
    layers.append(line(frame.across.start, frame.up(0.0), frame.across.end, frame.up(0.0), "guide", "3 3"))
    layers.append(curve(frame, at, values, "curve"))
    keys = [
        Key("line", "curve", f"{each.of}: above the line it costs less"),
        Key("line", "guide", f"as {each.over}", "3 3"),
        *band_key(lows),
    ]
    title = TITLES[each.kind].format(of=each.of, over=each.over)
    note = f"{each.note}." if each.note else ""
    return plotted(f"duel-{index}", title, note[:1].upper() + note[1:], frame, layers, keys)
