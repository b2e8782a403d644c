"""What acting is worth: over the threshold, and over the share of rows that is acted on."""

from dataclasses import dataclass, replace

from payoff.record import Curve, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import (
    band_key,
    estimate_of,
    floats,
    nearest,
    of_kind,
    over_text,
    policy_of,
    stretches,
    stretches_text,
)
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Chart,
    Dot,
    Key,
    Level,
    Line,
    Mark,
    Plane,
    Span,
    Upright,
    Whisker,
    columns,
    known,
    padded,
)
from payoff.stats.estimates import Estimate

# Points of the curve on either side of the threshold in use that its close-up shows.
NEAR = 8
# Where what is marked takes more than this part of either axis, the whole curve shows it well enough.
CROWDED = 0.12
BAND = "simultaneous band: holds for whichever threshold is picked"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One value curve and what the result says about its policy."""

    curve: Curve
    cuts: list[float | None]
    values: list[float | None]
    lows: list[float | None]
    highs: list[float | None]
    rates: list[float | None]
    policy: PolicyRecord | None
    hurdles: list[tuple[str, float]]
    honest: Estimate | None
    claimed: Estimate | None
    with_zero: bool = True


def value_charts(result: Result) -> tuple[Chart, ...]:
    """Draw value over threshold for every model: band, hurdles, threshold, flat region, honest and claimed."""
    return tuple(_by_threshold(each, index) for index, each in enumerate(_told(result)))


def close_charts(result: Result) -> tuple[Chart, ...]:
    """Draw the same close to the threshold in use, for every model whose marks lie on one spot of the whole curve."""
    found = (_close(each, index) for index, each in enumerate(_told(result)))
    return tuple(each for each in found if each is not None)


def capacity_charts(result: Result) -> tuple[Chart, ...]:
    """Draw the same over how many rows are acted on, for every model whose curve says it."""
    found = [each for each in _told(result) if len(known(each.rates)) > 1]
    return tuple(_by_capacity(result, each, index) for index, each in enumerate(found))


def _told(result: Result) -> list[_Told]:
    return [
        _about(result, each)
        for each in of_kind(result, "value")
        if len(known(floats(each, "value"))) > 1 and len(known(floats(each, "threshold"))) > 1
    ]


def _about(result: Result, each: Curve) -> _Told:
    names = ("threshold", "value", "low", "high", "act_rate")
    cuts, values, lows, highs, rates = (floats(each, name) for name in names)
    key = {"over": each.over, "unit": each.unit}
    return _Told(
        curve=each,
        cuts=cuts,
        values=values,
        lows=lows or [None] * len(cuts),
        highs=highs or [None] * len(cuts),
        rates=rates,
        policy=policy_of(result, each.of),
        hurdles=[
            (one.name, one.required)
            for one in result.verdict.hurdles
            if (one.of, one.over, one.unit) == (each.of, each.over, each.unit)
        ],
        honest=estimate_of(result, "gain", each.of, **key),
        claimed=estimate_of(result, "claimed_value", each.of, **key),
    )


def _by_threshold(told: _Told, index: int) -> Chart:
    each, policy = told.curve, told.policy
    layers, key = _threshold(told)
    layers = [*layers[:1], Band(told.cuts, told.lows, told.highs), *layers[1:]]
    layers.append(Line(told.cuts, told.values))
    layers += [Level(required, "mark", "6 3", name) for name, required in told.hurdles]
    at = None if policy is None else policy.threshold
    marks, marked = _honest(told, at)
    keys = [
        Key("line", "curve", f"{each.of}{over_text(each.over)}"),
        *marked,
        *key,
        *band_key(told.lows, BAND),
    ]
    keys += [Key("line", "mark", "a hurdle of the verdict", "6 3")] if told.hurdles else []
    return Chart(
        id=f"value-{index}",
        word="value_curve",
        about=each.of,
        title=f"Value of {each.of}{over_text(each.over)}, by threshold",
        message=_message(told),
        figure=Plane(
            x=Axis("Threshold: act from this score on", min(known(told.cuts)), max(known(told.cuts))),
            y=Axis(each.unit, *_ends(told)),
            layers=(*layers, *marks),
            key=tuple(keys),
        ),
        numbers=_numbers(told),
    )


def _close(told: _Told, index: int) -> Chart | None:
    policy, cuts = told.policy, told.cuts
    middle = None if policy is None or policy.threshold is None else nearest(cuts, policy.threshold)
    if policy is None or middle is None or told.honest is None or not _is_crowded(told, policy):
        return None
    part = slice(max(middle - NEAR, 0), middle + NEAR + 1)
    near = replace(
        told,
        cuts=cuts[part],
        values=told.values[part],
        lows=told.lows[part],
        highs=told.highs[part],
        rates=told.rates[part],
        with_zero=False,
    )
    if len(known(near.cuts)) < NEAR or len(known(near.values)) < NEAR:
        return None
    low, high = _ends(replace(near, hurdles=[]))
    room = (high - low) / 2
    near = replace(near, hurdles=[one for one in told.hurdles if low - room <= one[1] <= high + room])
    unit = told.curve.unit
    ends = [
        numbers.number(end, beside=known(near.cuts)) for end in (min(known(near.cuts)), max(known(near.cuts)))
    ]
    worth = numbers.between(min(known(near.values)), max(known(near.values)), unit)
    return replace(
        _by_threshold(near, index),
        id=f"value-close-{index}",
        word="value_close_up",
        title=f"The same, close to the threshold in use of {told.curve.of}",
        message=f"Thresholds from {ends[0]} to {ends[1]} are worth {worth} by the point.",
    )


def _is_crowded(told: _Told, policy: PolicyRecord) -> bool:
    """Return whether the flat region, or the interval at the threshold, is too small to be seen in the whole."""
    cuts, (low, high) = known(told.cuts), _ends(told)
    flat = None if policy.flat_low is None or policy.flat_high is None else policy.flat_high - policy.flat_low
    tall = told.honest is not None and told.honest.low is not None and told.honest.high is not None
    interval = told.honest.high - told.honest.low if tall else None  # type: ignore[operator, union-attr]
    narrow = flat is not None and flat < CROWDED * (max(cuts) - min(cuts))
    return narrow or (interval is not None and interval < CROWDED * (high - low))


def _by_capacity(result: Result, told: _Told, index: int) -> Chart:
    each = told.curve
    rates = [None if rate is None else 100.0 * rate for rate in told.rates]
    at = None if told.policy is None or told.policy.threshold is None else _rate(told, told.policy.threshold)
    layers: list[Mark] = [Band(rates, told.lows, told.highs)]
    keys = [Key("line", "curve", f"{each.of}{over_text(each.over)}")]
    if at is not None:
        layers.append(Upright(100.0 * at))
        keys.append(
            Key("line", "chosen", f"acted on with the threshold in use: {numbers.percent(at)}", "4 3")
        )
    layers.append(Line(rates, told.values))
    layers += [Level(required, "mark", "6 3", name) for name, required in told.hurdles]
    marks, marked = _honest(told, None if at is None else 100.0 * at)
    keys += [*marked, *band_key(told.lows, BAND)]
    keys += [Key("line", "mark", "a hurdle of the verdict", "6 3")] if told.hurdles else []
    return Chart(
        id=f"by-capacity-{index}",
        word="value_by_capacity",
        about=each.of,
        title=f"Value of {each.of}{over_text(each.over)}, by how many are acted on",
        message=_capacity_message(result, told),
        figure=Plane(
            x=Axis("Percent of rows acted on, highest scores first", 0.0, 100.0),
            y=Axis(each.unit, *_ends(told)),
            layers=(*layers, *marks),
            key=tuple(keys),
        ),
        numbers=_numbers(told),
    )


def _numbers(told: _Told) -> tuple[dict[str, object], ...]:
    """Return the points of the curve; the same whichever axis they are drawn over."""
    rates = told.rates or [None] * len(told.cuts)
    found = columns(threshold=told.cuts, act_rate=rates, value=told.values, low=told.lows, high=told.highs)
    key = {"of": told.curve.of, "over": told.curve.over, "unit": told.curve.unit}
    return tuple({**key, **row} for row in found)


def _ends(told: _Told) -> tuple[float, float]:
    drawn = [one for one in (told.honest, told.claimed) if one is not None]
    marks = [end for one in drawn for end in (one.value, one.low, one.high)]
    hurdles = [required for _, required in told.hurdles]
    return padded(
        [*([0.0] if told.with_zero else []), *told.values, *told.lows, *told.highs, *hurdles, *marks]
    )


def _threshold(told: _Told) -> tuple[list[Mark], list[Key]]:
    """Return the flat region and the threshold in use, drawn and explained."""
    policy, cuts = told.policy, known(told.cuts)
    if policy is None or policy.threshold is None:
        return [], []
    layers: list[Mark] = []
    key = []
    if policy.flat_low is not None and policy.flat_high is not None:
        layers.append(Span(policy.flat_low, policy.flat_high))
        key.append(Key("span", "flat", "flat region: thresholds that are worth about the same"))
    if min(cuts) <= policy.threshold <= max(cuts):
        layers.append(Upright(policy.threshold))
        words = f"threshold in use {numbers.number(policy.threshold)}"
        key.insert(0, Key("line", "chosen", words, "4 3"))
    return layers, key


def _honest(told: _Told, at: float | None) -> tuple[list[Mark], list[Key]]:
    """Return what the choice claims on the rows that made it, beside what it earns on others."""
    honest, claimed = told.honest, told.claimed
    if at is None or honest is None or honest.value is None:
        return [], []
    unit, beside = told.curve.unit, [one.value for one in (honest, claimed) if one is not None]
    layers: list[Mark] = []
    if honest.low is not None and honest.high is not None:
        layers.append(Whisker(at, honest.low, honest.high))
    key = []
    if claimed is not None and claimed.value is not None:
        words = f"claimed on the rows that chose it: {numbers.money(claimed.value, unit, beside=beside)}"
        layers.append(Dot(at, claimed.value, "dot claimed", words))
        key.append(Key("dot", "dot claimed", words))
    word = "honest" if claimed is not None else "as used"
    words = f"{word}, with its 95% interval: {numbers.money(honest.value, unit, beside=beside)}"
    layers.append(Dot(at, honest.value, "dot", words))
    return layers, [Key("dot", "dot", words), *key]


def _message(told: _Told) -> str:
    unit, policy = told.curve.unit, told.policy
    best = max(known(told.values))
    at = told.cuts[told.values.index(best)]
    honest = None if told.honest is None else told.honest.value
    words = [f"The curve is highest at {numbers.number(at)}: {numbers.money(best, unit, beside=(honest,))}."]
    if policy is None or policy.threshold is None:
        return f"{words[0]} No threshold is in use."
    if honest is not None and told.honest is not None:
        interval = numbers.between(told.honest.low, told.honest.high, unit, beside=(honest, best))
        words.append(
            f"The threshold in use, {numbers.number(policy.threshold)}, is honestly worth "
            f"{numbers.money(honest, unit, beside=(best,))}"
            + (f", {interval}." if told.honest.low is not None else ".")
        )
    else:
        words.append(f"Threshold in use: {numbers.number(policy.threshold)}.")
    if policy.flat_low is not None and policy.flat_high is not None and policy.flat_low < policy.flat_high:
        ends = [
            numbers.number(end, beside=(policy.flat_low, policy.flat_high))
            for end in (policy.flat_low, policy.flat_high)
        ]
        words.append(f"Thresholds from {ends[0]} to {ends[1]} are worth about the same.")
    words += [_above(told, name, required) for name, required in told.hurdles]
    return " ".join(words)


def _above(told: _Told, name: str, required: float) -> str:
    """Say where the curve, and where its band, stands above a hurdle."""
    sure = stretches(told.cuts, [low is not None and low > required for low in told.lows])
    if sure:
        return f"The whole band is above {name} at {stretches_text(sure)}."
    reached = max(known(told.values)) > required
    return (
        f"The curve passes {name}, the band does not clear it anywhere."
        if reached
        else f"No threshold reaches {name}."
    )


def _capacity_message(result: Result, told: _Told) -> str:
    unit, best = told.curve.unit, max(known(told.values))
    rate = told.rates[told.values.index(best)]
    volume = result.data.volume_per_year
    words = [f"Worth most, {numbers.money(best, unit)}, with {numbers.percent(rate)} acted on"]
    words.append(f" ({numbers.number(rate * volume)} a year)." if rate is not None and volume else ".")
    for share in (0.1, 0.25, 0.5):
        index = nearest(told.rates, share)
        value, found = (None, None) if index is None else (told.values[index], told.rates[index])
        if value is not None and found is not None and abs(found - share) < 0.03:
            words.append(
                f" With {numbers.percent(found)} acted on: {numbers.money(value, unit, beside=(best,))}."
            )
    return "".join(words)


def _rate(told: _Told, threshold: float) -> float | None:
    index = nearest(told.cuts, threshold)
    return None if index is None else told.rates[index]
