"""ROC, precision and recall: what each cut catches, and the lines on which value is equal."""

import math
from collections.abc import Sequence
from dataclasses import replace

from payoff.record import Curve, Result
from payoff.rendering import numbers
from payoff.rendering.charts.asking import estimate_of, floats, of_kind
from payoff.rendering.charts.equal_value import EqualValue, equal_value, varies
from payoff.rendering.charts.marks import DASHES, Axis, Chart, Dot, Key, Line, Mark, Plane, columns, known
from payoff.rendering.views import candidate

UNIT = (-0.02, 1.02)
FALSE_ALARMS = "False positive rate: share of negatives acted on"
# Rows acted on from which on a precision is drawn.
FEWEST = 10
RECALL = "Recall: share of positives acted on"
VARIES = "No line of equal value is straight here: what a decision is worth differs from row to row."


def roc(result: Result) -> Chart | None:
    """Draw ROC curves of all models, no skill, the points in use, and lines of equal value if straight."""
    curves = _shown(result, "roc", "false_positive_rate", "recall")
    if not curves:
        return None
    layers: list[Mark] = [Line([0.0, 1.0], [0.0, 1.0], "guide", "3 3")]
    key = [Key("dot", "dot", "the policy in use"), Key("line", "guide", "no skill", "3 3")]
    equal = equal_value(result, curves[0].of)
    if equal is not None:
        layers += [_sloped(equal, at) for at in equal.levels]
        key.append(Key("line", "iso", "lines of equal value; higher to the upper left", "1 4"))
    layers += _curves(curves, "false_positive_rate", "recall")
    layers += _in_use(result, curves, "specificity", "recall")
    said = _said(result, curves, "roc_auc", "AUC")
    return Chart(
        id="roc",
        word="roc",
        about="",
        title="ROC: what each cut catches and disturbs",
        message=_message(result, curves, said, "specificity", equal),
        figure=Plane(
            x=Axis(FALSE_ALARMS, *UNIT),
            y=Axis("Recall", *UNIT),
            layers=tuple(layers),
            key=(*_keys(said), *key),
        ),
        numbers=_numbers(curves, "false_positive_rate", "recall"),
    )


def precision_recall(result: Result) -> Chart | None:
    """Draw precision over recall of all models, a random score, the points in use, and lines of equal value."""
    curves = _shown(result, "precision_recall", "recall", "precision")
    if not curves:
        return None
    layers: list[Mark] = []
    key = [Key("dot", "dot", "the policy in use")]
    prevalence = estimate_of(result, "prevalence", curves[0].of)
    if prevalence is not None and prevalence.value is not None:
        layers.append(Line([0.0, 1.0], [prevalence.value] * 2, "guide", "3 3"))
        key.append(
            Key("line", "guide", f"a random score: prevalence {numbers.percent(prevalence.value)}", "3 3")
        )
    equal = equal_value(result, curves[0].of)
    if equal is not None:
        layers += [_bent(equal, at) for at in equal.levels]
        words = f"lines of equal value; the lowest is worth nothing: precision {numbers.percent(equal.break_even)}"
        key.append(Key("line", "iso", words, "1 4"))
    positives = None if prevalence is None else prevalence.events
    layers += _curves([_acting(each, positives) for each in curves], "recall", "precision")
    layers += _in_use(result, curves, "recall", "precision")
    said = _said(result, curves, "average_precision", "average precision")
    return Chart(
        id="pr",
        word="precision_recall",
        about="",
        title="Precision and recall: how often an action was asked for",
        message=_message(result, curves, said, "precision", equal),
        figure=Plane(
            x=Axis(RECALL, *UNIT), y=Axis("Precision", *UNIT), layers=tuple(layers), key=(*_keys(said), *key)
        ),
        numbers=_numbers(curves, "recall", "precision"),
    )


def _shown(result: Result, kind: str, *lists: str) -> list[Curve]:
    found = [
        each for each in of_kind(result, kind) if all(len(known(floats(each, name))) > 1 for name in lists)
    ]
    return found[: len(DASHES)]


def _curves(curves: Sequence[Curve], x: str, y: str) -> list[Mark]:
    """Return every model's curve, the judged one first and whole, the others dashed."""
    return [
        Line(floats(each, x), floats(each, y), "curve" if dash == "" else "other", dash)
        for each, dash in zip(curves, DASHES, strict=False)
    ]


def _acting(curve: Curve, positives: int | None) -> Curve:
    """Return the points of a curve that act on rows enough for a precision: that of the first row is 1 or 0."""
    recalls, precisions = floats(curve, "recall"), floats(curve, "precision")
    kept = [
        at
        for at, (recall, precision) in enumerate(zip(recalls, precisions, strict=True))
        if recall is None or not precision or recall * (positives or math.inf) >= FEWEST * precision
    ]
    return replace(
        curve, points={name: tuple(many[at] for at in kept) for name, many in curve.points.items()}
    )


def _in_use(result: Result, curves: Sequence[Curve], x: str, y: str) -> list[Mark]:
    """Return a dot where each model's policy works, none where that is not known."""
    found: list[Mark] = []
    for each in curves:
        across, up = (estimate_of(result, metric, each.of) for metric in (x, y))
        if across is None or up is None or across.value is None or up.value is None:
            continue
        at = 1.0 - across.value if x == "specificity" else across.value
        words = f"{each.of} as used: {y} {numbers.percent(up.value)}"
        kind = "dot" if each.of == candidate(result) else "dot rival"
        found.append(Dot(at, up.value, kind, words))
    return found


def _sloped(equal: EqualValue, through: tuple[float, float]) -> Line:
    """Return the line of equal value through one point, cut at the edges of the unit square."""
    x, y = through
    ends = []
    for at in (0.0, 1.0):
        height = y + equal.slope * (at - x)
        held = min(max(height, 0.0), 1.0)
        ends.append((at if held == height else x + (held - y) / equal.slope, held))
    return Line([end[0] for end in ends], [end[1] for end in ends], "iso", "1 4")


def _bent(equal: EqualValue, through: tuple[float, float]) -> Line:
    """Return the line of equal value through one point of ROC space, in recall and precision.

    There value is recall less slope times the false positive rate; at recall r that leaves a rate of
    (r - value) / slope, and precision is r / (r + odds x rate), odds being negatives for each positive.
    """
    level = through[1] - equal.slope * through[0]
    recalls = [max(level, 1e-3) + (1.0 - max(level, 1e-3)) * step / 60 for step in range(61)]
    rates = [(recall - level) / equal.slope for recall in recalls]
    precisions = [
        recall / (recall + equal.odds * rate) if 0.0 <= rate <= 1.0 else None
        for recall, rate in zip(recalls, rates, strict=True)
    ]
    return Line(recalls, precisions, "iso", "1 4")


def _said(result: Result, curves: Sequence[Curve], metric: str, title: str) -> list[str]:
    """Return each model's number in words."""
    found = ((each.of, estimate_of(result, metric, each.of)) for each in curves)
    return [f"{of}: {title} {numbers.ratio(one.value)}" if one is not None else of for of, one in found]


def _message(
    result: Result, curves: Sequence[Curve], said: Sequence[str], other: str, equal: EqualValue | None
) -> str:
    of = curves[0].of
    return " ".join(filter(None, (f"{'; '.join(said)}.", _use(result, of, other), _worth(result, of, equal))))


def _use(result: Result, of: str, other: str) -> str:
    """Say what the policy in use catches, and at which price."""
    recall, price = estimate_of(result, "recall", of), estimate_of(result, other, of)
    if recall is None or price is None or price.value is None:
        return ""
    paid = (
        f"acts on {numbers.percent(1.0 - price.value)} of the negatives"
        if other == "specificity"
        else f"is right in {numbers.percent(price.value)} of its actions"
    )
    return f"As used, {of} catches {numbers.percent(recall.value)} of the positives and {paid}."


def _worth(result: Result, of: str, equal: EqualValue | None) -> str:
    if equal is not None:
        return f"Acting pays from a precision of {numbers.percent(equal.break_even)} on."
    return VARIES if varies(result, of) else ""


def _numbers(curves: Sequence[Curve], x: str, y: str) -> tuple[dict[str, object], ...]:
    return tuple(
        {"of": each.of, **row}
        for each in curves
        for row in columns(**{x: floats(each, x), y: floats(each, y)})
    )


def _keys(words: Sequence[str]) -> list[Key]:
    return [
        Key("line", "curve" if dash == "" else "other", word, dash)
        for word, dash in zip(words, DASHES, strict=False)
    ]
