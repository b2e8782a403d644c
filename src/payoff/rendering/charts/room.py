"""Charts of a capacity: value over room, and value of a period by how many rows arrive in it."""

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import floats
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Chart,
    Key,
    Level,
    Line,
    Plane,
    Upright,
    columns,
    known,
    padded,
)

PAD = 0.08


def room_charts(result: Result) -> tuple[Chart, ...]:
    """Draw value over room for every capacity of model and challengers."""
    found = (_by_room(result, one, index) for index, one in _limited(result) if one.kind == "capacity")
    return tuple(one for one in found if one is not None)


def burst_charts(result: Result) -> tuple[Chart, ...]:
    """Draw what quiet and busy periods bring, for every capacity of model and challengers."""
    found = (_by_load(one, index) for index, one in _limited(result) if one.kind == "burst")
    return tuple(one for one in found if one is not None)


def _limited(result: Result) -> list[tuple[int, Curve]]:
    return list(enumerate(each for each in result.curves if each.kind in ("capacity", "burst")))


def _by_room(result: Result, each: Curve, index: int) -> Chart | None:
    room, values, lows, highs = (floats(each, name) for name in ("room", "value", "low", "high"))
    if len(known(values)) < 2 or max(known(room)) <= 0.0:
        return None
    policy = next((one for one in result.capacities if one.of == each.of), None)
    counts = "rows" if policy is None else policy.counts
    per = "share of all rows" if policy is None or policy.per is None else f"{counts} per {policy.per}"
    # The room there is stands in the middle of the curve.
    now, at = known(room)[len(known(room)) // 2], known(values)[len(known(values)) // 2]
    keys = [Key("line", "curve", f"{each.of}, over acting on nobody")]
    keys += [Key("band", "band", "95% interval at each room by itself")] if len(known(lows)) > 1 else []
    keys.append(Key("line", "chosen", f"the room there is: {numbers.number(now)}", "4 3"))
    best = max(known(values))
    beside = (at, known(values)[-1], best)
    worth = [numbers.money(one, each.unit, beside=beside) for one in beside]
    note = f" ({each.note})" if each.note else ""
    return Chart(
        id=f"room-{index}",
        word="room",
        about=each.of,
        title=f"Value of {each.of} by room",
        message=(
            f"Worth {worth[0]} with the room there is{note}, {worth[1]} with twice as much; "
            f"most, {worth[2]}, at {numbers.number(room[values.index(best)])} {per}."
        ),
        figure=Plane(
            x=Axis(f"Room: {per}", 0.0, max(known(room))),
            y=Axis(each.unit, *padded([0.0, *values, *lows, *highs], PAD)),
            layers=(Band(room, lows, highs), Line(room, values), Upright(now)),
            key=tuple(keys),
        ),
        numbers=tuple(
            {"of": each.of, "unit": each.unit, **row}
            for row in columns(room=room, value=values, low=lows, high=highs)
        ),
    )


def _by_load(each: Curve, index: int) -> Chart | None:
    rows, values, lows, highs = (floats(each, name) for name in ("rows", "value", "least", "most"))
    if len(known(values)) < 2 or max(known(rows)) <= min(known(rows)):
        return None
    quiet, busy = (numbers.money(values[j], each.unit, beside=(values[0], values[-1])) for j in (0, -1))
    return Chart(
        id=f"burst-{index}",
        word="bursts",
        about=each.of,
        title=f"What busy periods bring {each.of}",
        message=f"From {quiet} where fewest rows arrive to {busy} where most do.",
        figure=Plane(
            x=Axis("Rows that arrive in a period", min(known(rows)), max(known(rows))),
            y=Axis(each.unit, *padded([0.0, *values, *lows, *highs], PAD)),
            layers=(Band(rows, lows, highs), Level(0.0), Line(rows, values)),
            key=(
                Key("line", "curve", "mean of a tenth of the periods"),
                Key("band", "band", "worst to best period of it; no interval"),
            ),
        ),
        numbers=tuple(
            {"of": each.of, "unit": each.unit, **row}
            for row in columns(rows=rows, value=values, least=lows, most=highs)
        ),
    )
