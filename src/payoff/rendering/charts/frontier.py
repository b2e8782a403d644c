"""The hurdle frontier in the planes of recall and precision and of ROC, and the worth of accuracy."""

from collections.abc import Mapping, Sequence

from payoff.rendering import numbers
from payoff.rendering.charts.marks import (
    DASHES,
    Axis,
    Band,
    Chart,
    Dot,
    Key,
    Level,
    Line,
    Mark,
    Plane,
    Points,
    columns,
    padded,
)
from payoff.verdicts.plans import Plan, PlannedHurdle

_UNIT = (-0.02, 1.02)
_RANGE = "5% to 95% over the ranges of the assumptions"


def frontier_charts(plan: Plan) -> tuple[Chart, ...]:
    """Return the charts of a plan that can be drawn."""
    found = (_precision_recall(plan), _roc(plan), _accuracy(plan))
    return tuple(one for one in found if one is not None)


def _shown(plan: Plan) -> list[PlannedHurdle]:
    """Return the hurdles that a frontier can be drawn of: the line must pass somewhere."""
    found = [
        one for one in plan.hurdles if any(each is not None for each in one.frontier.get("precision", ()))
    ]
    return [one for one in found if one.status == "reachable"][: len(DASHES)]


def _precision_recall(plan: Plan) -> Chart | None:
    hurdles = _shown(plan)
    if not hurdles:
        return None
    share, named = plan.circumstance.prevalence, _named(hurdles)
    layers = _band(hurdles[0].frontier, "recall", "precision")
    key = [Key("band", "band", f"{hurdles[0].name}: {_RANGE}")] if layers else []
    layers += [Line([0.0, 1.0], [share, share], "guide", "3 3"), *_room(plan)]
    for one, kind, dash in named:
        layers.append(Line(one.frontier["recall"], one.frontier["precision"], kind, dash))
        layers += _dot(one.recall, one.precision, f"{one.name}: best threshold at the least AUC")
    now = _as_it_is(plan)
    lines = [Key("line", kind, f"{one.name} is cleared above this line", dash) for one, kind, dash in named]
    key = [*lines, *key, Key("dot", "dot", "best threshold at the least AUC")]
    key.append(Key("line", "guide", "no skill: precision is the share of positives", "3 3"))
    if plan.distance is not None and now:
        key.append(Key("dot", "dot rival", f"{plan.distance.of} as it is"))
    if plan.circumstance.capacity_share is not None:
        key.append(
            Key("line", "iso", "room: below this line more are acted on than there is capacity for", "1 4")
        )
    return Chart(
        id="frontier-pr",
        word="frontier",
        about="precision_recall",
        title="How precise a model must be at each recall",
        message=f"{'; '.join(map(_needs, hurdles))}. Acting at random has {numbers.percent(share)} precision.",
        figure=Plane(
            x=Axis("Recall: share of positives acted on", *_UNIT),
            y=Axis("Precision", *_UNIT),
            layers=(*layers, *now),
            key=tuple(key),
        ),
        numbers=_numbers(hurdles, [one.frontier for one in hurdles], "recall", "precision"),
    )


def _needs(one: PlannedHurdle) -> str:
    """Say what a hurdle asks at least: of the precision, wherever it is least, and of the recall, were all hits."""
    least = (
        f"no precision clears {one.name}"
        if one.least_precision is None
        else f"{one.name} needs a precision of {numbers.percent(one.least_precision)} or more, "
        f"least at recall {numbers.percent(one.recall_of_least_precision)}"
    )
    if one.least_recall is None:
        return least
    return f"{least}; below recall {numbers.percent(one.least_recall)} no precision is enough"


def _touches(one: PlannedHurdle) -> str:
    """Say which AUC a hurdle asks at least, and what is caught and disturbed where its curve touches."""
    asked = f"{one.name} needs an AUC of about {numbers.ratio(one.least_auc)}"
    if one.recall is None or one.false_positive_rate is None:
        return asked
    caught, disturbed = numbers.percent(one.recall), numbers.percent(one.false_positive_rate)
    return f"{asked}: then {caught} of the positives are acted on, and {disturbed} of the negatives"


def _named(hurdles: Sequence[PlannedHurdle]) -> list[tuple[PlannedHurdle, str, str]]:
    """Return hurdles with the kind and the dash of their line."""
    return [
        (one, "curve" if dash == "" else "other", dash) for one, dash in zip(hurdles, DASHES, strict=False)
    ]


def _numbers(
    hurdles: Sequence[PlannedHurdle], lists: Sequence[Mapping[str, Points]], x: str, y: str
) -> tuple[dict[str, object], ...]:
    return tuple(
        {"hurdle": one.name, **row}
        for one, points in zip(hurdles, lists, strict=True)
        for row in columns(**{x: points[x], y: points[y]})
    )


def _as_it_is(plan: Plan) -> list[Mark]:
    """Return where the model of a result stands, nothing where there is none."""
    ways = () if plan.distance is None else plan.distance.directions
    now = {one.kind: one.now for one in ways}
    recall, precision = now.get("recall"), now.get("precision")
    return [] if recall is None or precision is None else [Dot(recall, precision, "dot rival", "as it is")]


def _room(plan: Plan) -> list[Mark]:
    """Return the line below which a capacity is overrun: precision = prevalence x recall / capacity."""
    share = plan.circumstance.capacity_share
    if not share:
        return []
    end = min(1.0, share / plan.circumstance.prevalence)
    return [Line([0.0, end], [0.0, end * plan.circumstance.prevalence / share], "iso", "1 4")]


def _roc(plan: Plan) -> Chart | None:
    hurdles = _shown(plan)
    if not hurdles:
        return None
    layers = _band(hurdles[0].roc, "false_positive_rate", "recall")
    key = [Key("band", "band", f"{hurdles[0].name}: {_RANGE}")] if layers else []
    layers.append(Line([0.0, 1.0], [0.0, 1.0], "guide", "3 3"))
    lines = []
    for one, kind, dash in _named(hurdles):
        rates = one.roc["false_positive_rate"]
        layers.append(Line(rates, one.roc["recall"], kind, dash))
        layers.append(Line(rates, one.roc.get("least_curve", [None] * len(rates)), "iso", "1 4"))
        layers += _dot(one.false_positive_rate, one.recall, f"{one.name}: where the curve touches")
        words = f"{one.name} is cleared above this line (least AUC {numbers.ratio(one.least_auc)})"
        lines.append(Key("line", kind, words, dash))
    key = [*lines, *key, Key("line", "iso", "curves of the least AUC: each touches its line", "1 4")]
    key.append(Key("line", "guide", "no skill", "3 3"))
    return Chart(
        id="frontier-roc",
        word="frontier",
        about="roc",
        title="The same in ROC space: lines of equal value",
        message=f"{'; '.join(map(_touches, hurdles))}.",
        figure=Plane(
            x=Axis("False positive rate: share of negatives acted on", *_UNIT),
            y=Axis("Recall", *_UNIT),
            layers=tuple(layers),
            key=tuple(key),
        ),
        numbers=_numbers(hurdles, [one.roc for one in hurdles], "false_positive_rate", "recall"),
    )


def _band(points: Mapping[str, Points], x: str, y: str) -> list[Mark]:
    """Return the band between the 5% and the 95% point; where the latter is beyond any model it ends at the top."""
    rows = [
        (at, low, 1.0 if high is None else high)
        for at, low, high in zip(points[x], points[f"{y}_low"], points[f"{y}_high"], strict=True)
        if at is not None and low is not None
    ]
    if len(rows) < 2:
        return []
    at, low, high = (list(column) for column in zip(*rows, strict=True))
    return [Band(at, low, high)]


def _dot(x: float | None, y: float | None, words: str) -> list[Mark]:
    return [] if x is None or y is None else [Dot(x, y, "dot", words)]


def _earned(areas: Sequence[float], ends: Sequence[str]) -> str:
    first, last = numbers.ratio(areas[0]), numbers.ratio(areas[-1])
    return f"The best threshold gains {ends[0]} at AUC {first} and {ends[1]} at AUC {last}"


def _accuracy(plan: Plan) -> Chart | None:
    """Draw what the best threshold gains at each AUC, with the hurdles of the same unit and baseline."""
    found = plan.accuracies
    if found is None:
        return None
    same = [one for one in plan.hurdles if (one.over, one.unit) == (found.over, found.unit)]
    hurdles = [(one.name, one.required) for one in same]
    met = [
        f"{one.name} is met from about AUC {numbers.ratio(one.least_auc)} on"
        for one in same
        if one.status == "reachable" and one.least_auc is not None
    ]
    areas, gains = [one.auc for one in found.steps], [one.gain for one in found.steps]
    ends = [numbers.money(end, found.unit, beside=(gains[0], gains[-1])) for end in (gains[0], gains[-1])]
    key = [Key("line", "curve", f"gain over {found.over} at the best threshold")]
    key += [Key("line", "mark", "a hurdle", "6 3")] if hurdles else []
    return Chart(
        id="accuracy",
        word="accuracy",
        about="",
        title=f"What accuracy is worth over {found.over}",
        message=f"{'; '.join([_earned(areas, ends), *met])}.",
        figure=Plane(
            x=Axis("AUC of the model (binormal)", 0.49, 1.0),
            y=Axis(found.unit, *padded([0.0, *gains, *(required for _, required in hurdles)])),
            layers=(
                Line(areas, gains),
                *(Level(required, "mark", "6 3", name, "start") for name, required in hurdles),
            ),
            key=tuple(key),
        ),
        numbers=tuple(
            {"over": found.over, "unit": found.unit, **row} for row in columns(auc=areas, gain=gains)
        ),
    )
