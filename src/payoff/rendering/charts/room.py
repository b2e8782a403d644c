"""Charts of a capacity: value over room, and value of a period by how many rows arrive in it."""

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.curves import floats, known
from payoff.rendering.charts.plane import FOOT, TOP, Key, curve, places, plane, plotted
from payoff.rendering.charts.svg import Chart, area, line

PAD = 0.08


def room_charts(result: Result) -> tuple[Chart, ...]:
    """Draw both for every capacity of model and challengers."""
    drawn = [
        _by_room(result, one, index) if one.kind == "capacity" else _by_load(one, index)
        for index, one in enumerate(each for each in result.curves if each.kind in ("capacity", "burst"))
    ]
    return tuple(one for one in drawn if one is not None)


def _by_room(result: Result, each: Curve, index: int) -> Chart | None:
    room, values, lows, highs = (floats(each, name) for name in ("room", "value", "low", "high"))
    if len(known(values)) < 2 or max(known(room)) <= 0.0:
        return None
    policy = next((one for one in result.capacities if one.of == each.of), None)
    counts = "rows" if policy is None else policy.counts
    per = "share of all rows" if policy is None or policy.per is None else f"{counts} per {policy.per}"
    ends = [0.0, *known(values), *known(lows), *known(highs)]
    pad = (max(ends) - min(ends)) * PAD or 1.0
    frame = plane((0.0, max(known(room))), (min(ends) - pad, max(ends) + pad), f"Room: {per}", each.unit)
    layers = []
    keys = [Key("line", "curve", f"{each.of}, over acting on nobody")]
    if len(known(lows)) > 1 and len(known(highs)) > 1:
        layers.append(area(places(frame, room, lows) + places(frame, room, highs)[::-1], "band"))
        keys.append(Key("band", "band", "95% interval at each room by itself"))
    layers.append(curve(frame, room, values, "curve"))
    now = known(room)[len(known(room)) // 2]
    x = frame.across(now)
    layers.append(line(x, TOP, x, FOOT, "chosen", "4 3"))
    keys.append(Key("line", "chosen", f"the room there is: {numbers.number(now)}", "4 3"))
    at = known(values)[len(known(values)) // 2]
    desc = f"Worth {numbers.money(at, each.unit)} with the room there is ({each.note or ''}), "
    desc += f"{numbers.money(known(values)[-1], each.unit)} with twice as much."
    return plotted(f"room-{index}", f"Value of {each.of} by room", desc, frame, layers, keys)


def _by_load(each: Curve, index: int) -> Chart | None:
    rows, values, lows, highs = (floats(each, name) for name in ("rows", "value", "least", "most"))
    if len(known(values)) < 2 or max(known(rows)) <= min(known(rows)):
        return None
    ends = [0.0, *known(lows), *known(highs)]
    pad = (max(ends) - min(ends)) * PAD or 1.0
    span = (min(known(rows)), max(known(rows)))
    frame = plane(span, (min(ends) - pad, max(ends) + pad), "Rows that arrive in a period", each.unit)
    layers = [
        area(places(frame, rows, lows) + places(frame, rows, highs)[::-1], "band"),
        line(frame.across.start, frame.up(0.0), frame.across.end, frame.up(0.0), "guide", "3 3"),
        curve(frame, rows, values, "curve"),
    ]
    keys = [
        Key("line", "curve", "mean of a tenth of the periods"),
        Key("band", "band", "worst to best period of it; no interval"),
    ]
    quiet, busy = (numbers.money(values[j], each.unit) for j in (0, -1))
    desc = f"From {quiet} where fewest rows arrive to {busy} where most do."
    return plotted(f"burst-{index}", f"What busy periods bring {each.of}", desc, frame, layers, keys)
