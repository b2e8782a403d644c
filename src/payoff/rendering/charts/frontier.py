"""The hurdle frontier in the planes of recall and precision and of ROC, and the worth of accuracy."""

from collections.abc import Sequence

from payoff.rendering import numbers
from payoff.rendering.charts.axes import fit, spread
from payoff.rendering.charts.plane import FOOT, RIGHT, TOP, Key, Plane, curve, halo, places, plane, plotted
from payoff.rendering.charts.svg import Chart, Element, area, element, line
from payoff.verdicts.plans import Plan, PlannedHurdle

DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 4")
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
    frame = plane(_UNIT, _UNIT, "Recall: share of positives acted on", "Precision")
    share = plan.circumstance.prevalence
    layers: list[Element] = _band(frame, hurdles[0].frontier, "recall", "precision")
    key = [Key("band", "band", f"{hurdles[0].name}: {_RANGE}")] if layers else []
    layers.append(curve(frame, [0.0, 1.0], [share, share], "guide", "3 3"))
    layers += _room(plan, frame)
    for one, dash in zip(hurdles, DASHES, strict=False):
        kind = "curve" if dash == "" else "other"
        layers.append(curve(frame, one.frontier["recall"], one.frontier["precision"], kind, dash))
        layers.append(_dot(frame, one.recall, one.precision, f"{one.name}: best threshold at the least AUC"))
    now = _as_it_is(plan, frame)
    layers += [] if now is None else [now]
    lines = [
        Key("line", "curve" if dash == "" else "other", f"{one.name} is cleared above this line", dash)
        for one, dash in zip(hurdles, DASHES, strict=False)
    ]
    key = [*lines, *key, Key("dot", "dot", "best threshold at the least AUC")]
    key.append(Key("line", "guide", "no skill: precision is the share of positives", "3 3"))
    if plan.distance is not None and now is not None:
        key.append(Key("dot", "dot rival", f"{plan.distance.of} as it is"))
    if plan.circumstance.capacity_share is not None:
        key.append(
            Key("line", "iso", "room: below this line more are acted on than there is capacity for", "1 4")
        )
    title = "How precise a model must be at each recall"
    said = "; ".join(
        f"{one.name} needs {numbers.percent(one.least_precision)} "
        f"at recall {numbers.percent(one.recall_of_least_precision)}"
        for one in hurdles
        if one.least_precision is not None
    )
    return plotted("frontier-pr", title, f"Precision needed at each recall. {said}.", frame, layers, key)


def _as_it_is(plan: Plan, frame: Plane) -> Element | None:
    """Return where the model of a result stands, None where there is none."""
    ways = () if plan.distance is None else plan.distance.directions
    now = {one.kind: one.now for one in ways}
    recall, precision = now.get("recall"), now.get("precision")
    if recall is None or precision is None:
        return None
    x, y = frame.across.held(recall), frame.up.held(precision)
    return element("circle", element("title", "as it is"), cx=x, cy=y, r=4.5, class_="dot rival")


def _room(plan: Plan, frame: Plane) -> list[Element]:
    """Return the line below which a capacity is overrun: precision = prevalence x recall / capacity."""
    share = plan.circumstance.capacity_share
    if not share:
        return []
    end = min(1.0, share / plan.circumstance.prevalence)
    return [curve(frame, [0.0, end], [0.0, end * plan.circumstance.prevalence / share], "iso", "1 4")]


def _roc(plan: Plan) -> Chart | None:
    hurdles = _shown(plan)
    if not hurdles:
        return None
    frame = plane(_UNIT, _UNIT, "False positive rate: share of negatives acted on", "Recall")
    layers: list[Element] = _band(frame, hurdles[0].roc, "false_positive_rate", "recall")
    key = [Key("band", "band", f"{hurdles[0].name}: {_RANGE}")] if layers else []
    layers.append(curve(frame, [0.0, 1.0], [0.0, 1.0], "guide", "3 3"))
    lines = []
    for one, dash in zip(hurdles, DASHES, strict=False):
        kind = "curve" if dash == "" else "other"
        layers.append(curve(frame, one.roc["false_positive_rate"], one.roc["recall"], kind, dash))
        layers.append(
            curve(frame, one.roc["false_positive_rate"], one.roc.get("least_curve", []), "iso", "1 4")
        )
        layers.append(
            _dot(frame, one.false_positive_rate, one.recall, f"{one.name}: where the curve touches")
        )
        words = f"{one.name} is cleared above this line (least AUC {numbers.ratio(one.least_auc)})"
        lines.append(Key("line", kind, words, dash))
    key = [*lines, *key, Key("line", "iso", "curves of the least AUC: each touches its line", "1 4")]
    key.append(Key("line", "guide", "no skill", "3 3"))
    title = "The same in ROC space: lines of equal value"
    said = "; ".join(f"{one.name}: least AUC {numbers.ratio(one.least_auc)}" for one in hurdles)
    return plotted(
        "frontier-roc", title, f"Recall needed at each false positive rate. {said}.", frame, layers, key
    )


def _band(frame: Plane, points: object, x: str, y: str) -> list[Element]:
    """Return the band between the 5% and the 95% point; where the latter is beyond any model it ends at the top."""
    lists: dict[str, Sequence[float | None]] = dict(points)  # type: ignore[call-overload]
    rows = [
        (at, low, 1.0 if high is None else high)
        for at, low, high in zip(lists[x], lists[f"{y}_low"], lists[f"{y}_high"], strict=True)
        if at is not None and low is not None
    ]
    if len(rows) < 2:
        return []
    under = places(frame, [at for at, _, _ in rows], [low for _, low, _ in rows])
    over = places(frame, [at for at, _, _ in rows], [high for _, _, high in rows])
    return [area([*under, *over[::-1]], "band")]


def _dot(frame: Plane, x: float | None, y: float | None, words: str) -> Element:
    if x is None or y is None:
        return element("g")
    return element("circle", element("title", words), cx=frame.across(x), cy=frame.up(y), r=4.5, class_="dot")


def _accuracy(plan: Plan) -> Chart | None:
    """Draw what the best threshold gains at each AUC, with the hurdles of the same unit and baseline."""
    found = plan.accuracies
    if found is None:
        return None
    hurdles = [
        (one.name, one.required) for one in plan.hurdles if (one.over, one.unit) == (found.over, found.unit)
    ]
    gains = [one.gain for one in found.steps]
    money = [0.0, *gains, *(required for _, required in hurdles)]
    pad = (max(money) - min(money)) * 0.06 or 1.0
    frame = plane(
        (0.49, 1.0), (min(money) - pad, max(money) + pad), "AUC of the model (binormal)", found.unit
    )
    layers = [curve(frame, [one.auc for one in found.steps], gains, "curve")]
    ys = spread([frame.up(required) - 5 for _, required in hurdles], 14.0, TOP + 10, FOOT - 4)
    for (name, required), y in zip(hurdles, ys, strict=True):
        at = frame.up(required)
        layers.append(line(frame.across.start, at, RIGHT, at, "mark", "6 3"))
        layers.append(halo(frame.across.start + 4, y, fit(name, 150), "start", full=name))
    key = [Key("line", "curve", f"gain over {found.over} at the best threshold")]
    key += [Key("line", "mark", "a hurdle", "6 3")] if hurdles else []
    title = f"What accuracy is worth over {found.over}"
    desc = f"From {numbers.money(gains[0], found.unit)} at AUC 0.50 to {numbers.money(gains[-1], found.unit)} at 0.95."
    return plotted("accuracy", title, desc, frame, layers, key)
