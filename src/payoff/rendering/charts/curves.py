"""Value over threshold, ROC, precision and recall."""

from collections.abc import Sequence

from payoff.record import Curve, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.charts.axes import fit, spread
from payoff.rendering.charts.equal_value import EqualValue, equal_value
from payoff.rendering.charts.plane import FOOT, RIGHT, TOP, Key, Plane, curve, halo, places, plane, plotted
from payoff.rendering.charts.svg import Chart, Element, area, element, line
from payoff.rendering.views import candidate, plain_estimates
from payoff.stats.estimates import Estimate

DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 4")
_UNIT = (-0.02, 1.02)


def floats(curve: Curve, name: str) -> list[float | None]:
    """Return one list of a curve as numbers; what is no number is missing."""
    return [float(each) if isinstance(each, (int, float)) else None for each in curve.points.get(name, ())]


def known(values: Sequence[float | None]) -> list[float]:
    """Return the numbers that are there."""
    return [value for value in values if value is not None]


def value_charts(result: Result) -> tuple[Chart, ...]:
    """Draw value over threshold for every model: simultaneous band, hurdles, threshold, flat region."""
    found = [each for each in result.curves if each.kind == "value"]
    charts = (_value(result, each, index) for index, each in enumerate(found))
    return tuple(each for each in charts if each is not None)


def roc(result: Result) -> Chart | None:
    """Draw ROC curves of all models, no skill, the points in use, and lines of equal value if straight."""
    curves = _of_kind(result, "roc", "false_positive_rate", "recall")
    if not curves:
        return None
    frame = plane(_UNIT, _UNIT, "False positive rate: share of negatives acted on", "Recall")
    layers = [curve(frame, [0.0, 1.0], [0.0, 1.0], "guide", "3 3")]
    key = [Key("dot", "dot", "the policy in use"), Key("line", "guide", "no skill", "3 3")]
    equal = equal_value(result, curves[0].of)
    if equal is not None:
        layers += [_sloped(frame, equal, at) for at in equal.levels]
        key.append(Key("line", "iso", "lines of equal value; higher to the upper left", "1 4"))
    layers += _all(frame, curves, "false_positive_rate", "recall")
    layers += [_in_use(frame, result, each.of, "specificity", "recall") for each in curves]
    said = _said(result, curves, "roc_auc", "AUC")
    desc = f"Recall against false positive rate. {'; '.join(said)}."
    return plotted(
        "roc", "ROC: what each cut catches and disturbs", desc, frame, layers, [*_keys(said), *key]
    )


def precision_recall(result: Result) -> Chart | None:
    """Draw precision over recall of all models, prevalence as the line of a random score, points in use."""
    curves = _of_kind(result, "precision_recall", "recall", "precision")
    if not curves:
        return None
    frame = plane(_UNIT, _UNIT, "Recall: share of positives acted on", "Precision")
    layers, key = [], [Key("dot", "dot", "the policy in use")]
    prevalence = _estimate(result, curves[0].of, "prevalence")
    if prevalence is not None and prevalence.value is not None:
        layers.append(curve(frame, [0.0, 1.0], [prevalence.value] * 2, "guide", "3 3"))
        key.append(
            Key("line", "guide", f"a random score: prevalence {numbers.percent(prevalence.value)}", "3 3")
        )
    layers += _all(frame, curves, "recall", "precision")
    layers += [_in_use(frame, result, each.of, "recall", "precision") for each in curves]
    said = _said(result, curves, "average_precision", "average precision")
    title = "Precision and recall: how often an action was asked for"
    return plotted(
        "pr", title, f"Precision against recall. {'; '.join(said)}.", frame, layers, [*_keys(said), *key]
    )


def _value(result: Result, each: Curve, index: int) -> Chart | None:
    """Draw one model's value over its threshold."""
    cuts, values, lows, highs = (floats(each, name) for name in ("threshold", "value", "low", "high"))
    if len(known(values)) < 2 or len(known(cuts)) < 2:
        return None
    hurdles = [
        (hurdle.name, hurdle.required)
        for hurdle in result.verdict.hurdles
        if hurdle.of == each.of and hurdle.over == each.over and hurdle.unit == each.unit
    ]
    policy = next((policy for policy in result.policies if policy.name == each.of), None)
    frame = _value_frame(each, known(cuts), [0.0, *known(values), *known(lows), *known(highs)], hurdles)
    layers, key = _choice(frame, policy)
    band = places(frame, cuts, lows) + places(frame, cuts, highs)[::-1]
    if len(known(lows)) > 1 and len(known(highs)) > 1:
        layers.append(area(band, "band"))
        key.append(Key("band", "band", "simultaneous band: holds for whichever threshold is picked"))
    layers.append(curve(frame, cuts, values, "curve"))
    layers += _hurdle_lines(frame, hurdles)
    best = max(known(values))
    over = f" over {each.over}" if each.over else ""
    title = f"Value of {each.of}{over}, by threshold"
    desc = f"Highest at {numbers.money(best, each.unit)}. {_threshold_words(policy)}"
    keys = [Key("line", "curve", f"{each.of}{over}"), *key]
    keys += [Key("line", "mark", "a hurdle of the verdict", "6 3")] if hurdles else []
    return plotted(f"value-{index}", title, desc, frame, layers, keys)


def _value_frame(
    each: Curve, cuts: Sequence[float], values: Sequence[float], hurdles: Sequence[tuple[str, float]]
) -> Plane:
    money = [*values, *(required for _, required in hurdles)]
    low, high = min(money), max(money)
    pad = (high - low) * 0.06 or 1.0
    width = (max(cuts) - min(cuts)) or 1.0
    title = "Threshold: act from this score on"
    return plane((min(cuts), min(cuts) + width), (low - pad, high + pad), title, each.unit)


def _choice(frame: Plane, policy: PolicyRecord | None) -> tuple[list[Element], list[Key]]:
    """Return the flat region and the chosen threshold, drawn and explained."""
    if policy is None or policy.threshold is None:
        return [], []
    layers, key = [], []
    if policy.flat_low is not None and policy.flat_high is not None:
        left, right = frame.across.held(policy.flat_low), frame.across.held(policy.flat_high)
        layers.append(
            element(
                "rect",
                x=left,
                y=TOP,
                width=right - left,
                height=FOOT - TOP,
                class_="flat",
                fill_opacity="0.08",
            )
        )
        key.append(Key("band", "flat", "flat region: thresholds that are worth about the same"))
    if frame.across.low <= policy.threshold <= frame.across.high:
        x = frame.across(policy.threshold)
        layers.append(line(x, TOP, x, FOOT, "chosen", "4 3"))
        words = f"threshold in use {numbers.number(policy.threshold)}"
        key.insert(0, Key("line", "chosen", words, "4 3"))
    return layers, key


def _hurdle_lines(frame: Plane, hurdles: Sequence[tuple[str, float]]) -> list[Element]:
    """Return the lines of the hurdles with their names, kept apart."""
    ys = spread([frame.up(required) - 5 for _, required in hurdles], 14.0, TOP + 10, FOOT - 4)
    layers = []
    for (name, required), y in zip(hurdles, ys, strict=True):
        layers.append(line(frame.across.start, frame.up(required), RIGHT, frame.up(required), "mark", "6 3"))
        layers.append(halo(RIGHT - 2, y, fit(name, 150), "end", full=name))
    return layers


def _threshold_words(policy: PolicyRecord | None) -> str:
    if policy is None or policy.threshold is None:
        return "No threshold is in use."
    words = f"Threshold in use: {numbers.number(policy.threshold)}."
    if policy.flat_low is None or policy.flat_high is None:
        return words
    ends = (numbers.number(policy.flat_low), numbers.number(policy.flat_high))
    return f"{words} Thresholds from {ends[0]} to {ends[1]} are worth about the same."


def _of_kind(result: Result, kind: str, *lists: str) -> list[Curve]:
    found = [each for each in result.curves if each.kind == kind]
    return [each for each in found if all(len(known(floats(each, name))) > 1 for name in lists)][
        : len(DASHES)
    ]


def _all(frame: Plane, curves: Sequence[Curve], x: str, y: str) -> list[Element]:
    """Return every model's curve, the judged one first and whole, the others dashed."""
    return [
        curve(frame, floats(each, x), floats(each, y), "curve" if dash == "" else "other", dash)
        for each, dash in zip(curves, DASHES, strict=False)
    ]


def _in_use(frame: Plane, result: Result, of: str, x: str, y: str) -> Element:
    """Return a dot where the model's policy works, or nothing where that is not known."""
    across, up = _estimate(result, of, x), _estimate(result, of, y)
    if across is None or up is None or across.value is None or up.value is None:
        return element("g")
    at = 1.0 - across.value if x == "specificity" else across.value
    words = f"{of} as used: {y} {numbers.percent(up.value)}"
    kind = "dot" if of == candidate(result) else "dot rival"
    x_place, y_place = frame.across.held(at), frame.up.held(up.value)
    return element("circle", element("title", words), cx=x_place, cy=y_place, r=4.5, class_=kind)


def _sloped(frame: Plane, equal: EqualValue, through: tuple[float, float]) -> Element:
    """Return the line of equal value through one point, cut at the edges of the unit square."""
    x, y = through
    ends = []
    for at in (0.0, 1.0):
        height = y + equal.slope * (at - x)
        held = min(max(height, 0.0), 1.0)
        ends.append((at if held == height else x + (held - y) / equal.slope, held))
    return curve(frame, [end[0] for end in ends], [end[1] for end in ends], "iso", "1 4")


def _estimate(result: Result, of: str, metric: str) -> Estimate | None:
    return next((each for each in plain_estimates(result, of) if each.metric == metric), None)


def _said(result: Result, curves: Sequence[Curve], metric: str, title: str) -> list[str]:
    """Return each model's number in words."""
    words = []
    for each in curves:
        estimate = _estimate(result, each.of, metric)
        value = None if estimate is None else estimate.value
        words.append(f"{each.of}: {title} {numbers.ratio(value)}" if value is not None else each.of)
    return words


def _keys(words: Sequence[str]) -> list[Key]:
    return [
        Key("line", "curve" if dash == "" else "other", word, dash)
        for word, dash in zip(words, DASHES, strict=False)
    ]
