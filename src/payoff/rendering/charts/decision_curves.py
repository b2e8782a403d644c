"""Decision curves: net benefit over threshold probabilities, and what of actions is avoided net of misses."""

from collections.abc import Sequence

from payoff.record import Curve, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.curves import floats, known
from payoff.rendering.charts.plane import FOOT, TOP, Key, Plane, curve, places, plane, plotted
from payoff.rendering.charts.svg import Chart, Element, area, line

Points = Sequence[float | None]
# Acting on everybody falls without end: what lies further below zero than this part of the top is not drawn.
SHOWN_BELOW = 0.25
X_TITLE = "Threshold probability: act from this score on"


def decision_curve_charts(result: Result) -> tuple[Chart, ...]:
    """Draw net benefit beside acting on nobody and on everybody, and actions avoided, for every model."""
    found = [each for each in result.curves if each.kind == "net_benefit"]
    charts = (
        _avoided(result, each, index) if "avoided" in each.points else _benefit(result, each, index)
        for index, each in enumerate(found)
    )
    return tuple(each for each in charts if each is not None)


def _benefit(result: Result, each: Curve, index: int) -> Chart | None:
    names = ("threshold", "value", "band_low", "band_high", "everybody")
    cuts, values, lows, highs, everybody = (floats(each, name) for name in names)
    if len(known(values)) < 2:
        return None
    top = max([*known(values), *known(highs), 1e-9])
    floor = -SHOWN_BELOW * top
    # Beyond the last threshold that any row reaches all is zero.
    last = max((index for index, value in enumerate(values) if value), default=0) + 1
    cuts, values, lows, highs, everybody = (
        column[:last] for column in (cuts, values, lows, highs, everybody)
    )
    frame = _frame(cuts, [floor, top], "Net benefit: true positives per row")
    layers = band_pieces(frame, cuts, _within(lows, floor), _within(highs, floor))
    layers.append(curve(frame, cuts, _within(everybody, floor), "guide", "3 3"))
    layers.append(line(frame.across.start, frame.up(0.0), frame.across.end, frame.up(0.0), "guide", "1 4"))
    layers.append(curve(frame, cuts, _within(values, floor), "curve"))
    mark, marked = _in_use(result, each, frame)
    desc = f"Highest at {numbers.ratio(max(known(values)))}. {_better(cuts, values, everybody)}"
    keys = [
        Key("line", "curve", each.of),
        Key("line", "guide", "acting on everybody", "3 3"),
        Key("line", "guide", "acting on nobody", "1 4"),
        *band_key(lows),
        *marked,
    ]
    return plotted(f"net-benefit-{index}", f"Net benefit of {each.of}", desc, frame, [*layers, *mark], keys)


def _avoided(result: Result, each: Curve, index: int) -> Chart | None:
    cuts, values = floats(each, "threshold"), floats(each, "avoided")
    lows, highs = (_per_hundred(cuts, floats(each, name)) for name in ("band_low", "band_high"))
    if len(known(values)) < 2:
        return None
    ends = [0.0, *known(values)]
    pad = (max(ends) - min(ends)) * 0.15 or 1.0
    low, high = min(ends) - pad, max(ends) + pad
    frame = _frame(cuts, [low, high], "Actions avoided per 100 rows, net of misses")
    held = [[None if end is None else min(max(end, low), high) for end in column] for column in (lows, highs)]
    layers = band_pieces(frame, cuts, *held)
    layers.append(line(frame.across.start, frame.up(0.0), frame.across.end, frame.up(0.0), "guide", "3 3"))
    layers.append(curve(frame, cuts, values, "curve"))
    mark, marked = _in_use(result, each, frame)
    best = numbers.number(max(known(values)))
    keys = [
        Key("line", "curve", f"{each.of} in place of acting on everybody"),
        Key("line", "guide", "acting on everybody", "3 3"),
        *band_key(lows),
        *marked,
    ]
    title = f"Actions that {each.of} avoids"
    desc = f"At most {best} per 100 rows, misses counted at the odds of the threshold."
    return plotted(f"avoided-{index}", title, desc, frame, [*layers, *mark], keys)


def _frame(cuts: Points, ends: Sequence[float], y_title: str) -> Plane:
    across = known(cuts)
    return plane((0.0, max([*across, 0.01])), (min(ends), max(ends) * 1.06), X_TITLE, y_title)


def band_pieces(frame: Plane, cuts: Points, lows: Points, highs: Points) -> list[Element]:
    """Return the band, in as many pieces as thresholds with bounds lie beside each other."""
    pieces: list[list[int]] = [[]]
    for index, (low, high) in enumerate(zip(lows, highs, strict=True)):
        if low is None or high is None:
            pieces.append([])
        else:
            pieces[-1].append(index)
    drawn = []
    for piece in (piece for piece in pieces if len(piece) > 1):
        x, down, up = ([column[index] for index in piece] for column in (cuts, lows, highs))
        drawn.append(area(places(frame, x, down) + places(frame, x, up)[::-1], "band"))
    return drawn


def band_key(lows: Points) -> list[Key]:
    """Return the entry of a simultaneous band in the key, none where there is no band."""
    if len(known(lows)) < 2:
        return []
    return [Key("band", "band", "simultaneous band: holds at all points together")]


def _within(values: Points, floor: float) -> list[float | None]:
    return [None if value is None or value < floor else value for value in values]


def _per_hundred(cuts: Points, values: Points) -> list[float | None]:
    return [
        None if value is None or not cut else value * (1.0 - cut) / cut * 100.0
        for cut, value in zip(cuts, values, strict=True)
    ]


def _in_use(result: Result, each: Curve, frame: Plane) -> tuple[list[Element], list[Key]]:
    """Return the threshold in use, drawn and explained."""
    policy: PolicyRecord | None = next((one for one in result.policies if one.name == each.of), None)
    at = None if policy is None else policy.threshold
    if at is None or not frame.across.low <= at <= frame.across.high:
        return [], []
    x = frame.across(at)
    words = f"threshold in use {numbers.number(at)}"
    return [line(x, TOP, x, FOOT, "chosen", "4 3")], [Key("line", "chosen", words, "4 3")]


def _better(cuts: Points, values: Points, everybody: Points) -> str:
    """Say where the model has more net benefit than both constant policies."""
    ahead = [
        cut
        for cut, value, other in zip(cuts, values, everybody, strict=True)
        if cut is not None and value is not None and value > max(other or 0.0, 0.0)
    ]
    if not ahead:
        return "Nowhere above acting on everybody and on nobody."
    ends = (numbers.ratio(min(ahead)), numbers.ratio(max(ahead)))
    return f"Above both acting on everybody and on nobody at thresholds from {ends[0]} to {ends[1]}, by the point."
