"""Decision curves: net benefit over threshold probabilities, and what of actions is avoided net of misses."""

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import band_key, floats, of_kind, policy_of, stretches, stretches_text
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Chart,
    Key,
    Level,
    Line,
    Mark,
    Plane,
    Points,
    Upright,
    columns,
    known,
    padded,
)

# Acting on everybody falls without end: what lies further below zero than this part of the top is not drawn.
SHOWN_BELOW = 0.25
X_TITLE = "Threshold probability: act from this score on"


def decision_curve_charts(result: Result) -> tuple[Chart, ...]:
    """Draw net benefit beside acting on nobody and on everybody, and actions avoided, for every model."""
    charts = (
        _avoided(result, each, index) if "avoided" in each.points else _benefit(result, each, index)
        for index, each in enumerate(of_kind(result, "net_benefit"))
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
    marks, marked = _in_use(result, each, cuts)
    return Chart(
        id=f"net-benefit-{index}",
        word="decision_curve",
        about=each.of,
        title=f"Net benefit of {each.of}",
        message=f"Highest at {numbers.ratio(max(known(values)))}. {_better(cuts, values, everybody)}",
        figure=Plane(
            x=_across(cuts),
            y=Axis("Net benefit: true positives per row", floor, top * 1.06),
            layers=(
                Band(cuts, _within(lows, floor), _within(highs, floor)),
                Line(cuts, _within(everybody, floor), "guide", "3 3"),
                Level(0.0, "guide", "1 4"),
                Line(cuts, _within(values, floor)),
                *marks,
            ),
            key=(
                Key("line", "curve", each.of),
                Key("line", "guide", "acting on everybody", "3 3"),
                Key("line", "guide", "acting on nobody", "1 4"),
                *band_key(lows),
                *marked,
            ),
        ),
        numbers=tuple(
            {"of": each.of, **row}
            for row in columns(
                threshold=cuts, value=values, band_low=lows, band_high=highs, everybody=everybody
            )
        ),
    )


def _avoided(result: Result, each: Curve, index: int) -> Chart | None:
    cuts, values = floats(each, "threshold"), floats(each, "avoided")
    lows, highs = (_per_hundred(cuts, floats(each, name)) for name in ("band_low", "band_high"))
    if len(known(values)) < 2:
        return None
    low, high = padded([0.0, *values], 0.15)
    down, up = (
        [None if end is None else min(max(end, low), high) for end in column] for column in (lows, highs)
    )
    marks, marked = _in_use(result, each, cuts)
    best = max(known(values))
    return Chart(
        id=f"avoided-{index}",
        word="actions_avoided",
        about=each.of,
        title=f"Actions that {each.of} avoids",
        message=(
            f"At most {numbers.number(best)} per 100 rows, at threshold "
            f"{numbers.number(cuts[values.index(best)])}, misses counted at the odds of the threshold."
        ),
        figure=Plane(
            x=_across(cuts),
            y=Axis("Actions avoided per 100 rows, net of misses", low, high),
            layers=(Band(cuts, down, up), Level(0.0), Line(cuts, values), *marks),
            key=(
                Key("line", "curve", f"{each.of} in place of acting on everybody"),
                Key("line", "guide", "acting on everybody", "3 3"),
                *band_key(lows),
                *marked,
            ),
        ),
        numbers=tuple(
            {"of": each.of, **row}
            for row in columns(threshold=cuts, avoided=values, band_low=lows, band_high=highs)
        ),
    )


def _across(cuts: Points) -> Axis:
    return Axis(X_TITLE, 0.0, max([*known(cuts), 0.01]))


def _within(values: Points, floor: float) -> list[float | None]:
    return [None if value is None or value < floor else value for value in values]


def _per_hundred(cuts: Points, values: Points) -> list[float | None]:
    return [
        None if value is None or not cut else value * (1.0 - cut) / cut * 100.0
        for cut, value in zip(cuts, values, strict=True)
    ]


def _in_use(result: Result, each: Curve, cuts: Points) -> tuple[list[Mark], list[Key]]:
    """Return the threshold in use, drawn and explained."""
    policy = policy_of(result, each.of)
    at = None if policy is None else policy.threshold
    if at is None or not 0.0 <= at <= max([*known(cuts), 0.01]):
        return [], []
    return [Upright(at)], [Key("line", "chosen", f"threshold in use {numbers.number(at)}", "4 3")]


def _better(cuts: Points, values: Points, everybody: Points) -> str:
    """Say where the model has more net benefit than both constant policies."""
    ahead = stretches(
        cuts,
        [
            value is not None and value > max(other or 0.0, 0.0)
            for value, other in zip(values, everybody, strict=True)
        ],
    )
    if not ahead:
        return "Nowhere above acting on everybody and on nobody."
    return (
        f"Above both acting on everybody and on nobody at thresholds {stretches_text(ahead)}, by the point."
    )
