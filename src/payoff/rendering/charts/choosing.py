"""Where metrics and value would choose differently: the threshold that each likes best, and what it is worth."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from payoff.record import CutTable, Result
from payoff.rendering import numbers
from payoff.rendering.charts.equal_value import outcomes_known
from payoff.rendering.charts.marks import Chart, Key, Row, Rows
from payoff.rendering.charts.money import short


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What acting from one score on does: counts by outcome and action, and money over acting on nobody.

    ``at`` is None where nobody is acted on.
    """

    at: float | None
    tp: float
    fp: float
    fn: float
    tn: float
    money: float

    @property
    def rate(self) -> float:
        """Return the share of rows acted on."""
        return (self.tp + self.fp) / (self.tp + self.fp + self.fn + self.tn)


def _accuracy(cut: Cut) -> float:
    return (cut.tp + cut.tn) / (cut.tp + cut.fp + cut.fn + cut.tn)


def _balanced(cut: Cut) -> float:
    return (cut.tp / (cut.tp + cut.fn) + cut.tn / (cut.tn + cut.fp)) / 2.0


def _f1(cut: Cut) -> float:
    return 2.0 * cut.tp / (2.0 * cut.tp + cut.fp + cut.fn)


def _matthews(cut: Cut) -> float:
    below = (cut.tp + cut.fp) * (cut.tp + cut.fn) * (cut.tn + cut.fp) * (cut.tn + cut.fn)
    return (cut.tp * cut.tn - cut.fp * cut.fn) / math.sqrt(below) if below > 0 else 0.0


def _money(cut: Cut) -> float:
    return cut.money


METRICS: tuple[tuple[str, Callable[[Cut], float]], ...] = (
    ("Value", _money),
    ("Accuracy", _accuracy),
    ("Balanced accuracy", _balanced),
    ("F1", _f1),
    ("Matthews correlation", _matthews),
)


def choosing_charts(result: Result) -> tuple[Chart, ...]:
    """Draw for every model what the threshold that each metric likes best is worth, beside the best by value."""
    found = []
    for index, table in enumerate(result.tables):
        cuts, unit = cuts_of(result, table)
        if len(cuts) > 2:
            found.append(_chart(table.of, cuts, unit, index))
    return tuple(found)


def cuts_of(result: Result, table: CutTable) -> tuple[list[Cut], str]:
    """Return every cut of one model, acting on nobody last, and the unit of its money; none where rows have weights.

    Two actions and two outcomes only. Money is per year where the volume is known, else per decision.
    """
    actions = [str(action) for action in result.decision.get("actions", ())]
    positives, negatives = outcomes_known(result, table.of)
    known = positives + negatives
    nobody = next((each for each in result.totals if each.of == "nobody"), None)
    weighted = nobody is None or nobody.total is None
    if (
        len(actions) != 2
        or not set(actions) <= set(table.value)
        or weighted
        or min(positives, negatives) <= 0
    ):
        return [], ""
    volume = result.data.volume_per_year
    factor = (1.0 if volume is None else volume) / known
    act, skip = (table.value[action] for action in actions)
    cuts = [
        Cut(
            at=at,
            tp=tp,
            fp=rows - tp,
            fn=max(positives - tp, 0.0),
            tn=max(negatives - (rows - tp), 0.0),
            money=(acting - skipping) * factor,
        )
        for at, rows, tp, acting, skipping in zip(
            table.cuts, table.rows, table.positives, act, skip, strict=True
        )
    ]
    cuts.append(Cut(at=None, tp=0.0, fp=0.0, fn=positives, tn=negatives, money=0.0))
    unit = result.decision.get("unit", "1")
    return cuts, f"{unit} per {'decision' if volume is None else 'year'}"


def _chart(of: str, cuts: list[Cut], unit: str, index: int) -> Chart:
    chosen = [(name, max(cuts, key=score)) for name, score in METRICS]
    best = chosen[0][1]
    beside = [cut.money for _, cut in chosen]
    rows = tuple(
        Row(
            label=f"{name}: {_short(cut)}",
            reading=numbers.money(cut.money, short(unit), beside=beside),
            value=cut.money,
            low=min(cut.money, 0.0),
            high=max(cut.money, 0.0),
            tone="model" if name == "Value" else "doubt",
            mark=best.money,
            bar=True,
        )
        for name, cut in chosen
    )
    return Chart(
        id=f"choosing-{index}",
        word="metric_choices",
        about=of,
        title=f"What choosing the threshold of {of} by a metric is worth",
        message=_message(chosen, unit),
        figure=Rows(
            unit=f"{unit}, against acting on nobody",
            rows=rows,
            key=(Key("line", "mark", "the most that any threshold is worth on these rows"),),
        ),
        numbers=tuple(
            {
                "of": of,
                "metric": name,
                "threshold": cut.at,
                "act_rate": cut.rate,
                "value": cut.money,
                "given_up": best.money - cut.money,
                "unit": unit,
            }
            for name, cut in chosen
        ),
    )


def _place(cut: Cut) -> str:
    if cut.at is None:
        return "act on nobody"
    return f"from {numbers.number(cut.at)}, acts on {numbers.percent(cut.rate)}"


def _short(cut: Cut) -> str:
    """Return the same for a narrow place: from which score on, and the share acted on."""
    return "nobody" if cut.at is None else f"from {numbers.number(cut.at)} ({numbers.percent(cut.rate)})"


def _message(chosen: list[tuple[str, Cut]], unit: str) -> str:
    best = chosen[0][1]
    beside = [best.money - cut.money for _, cut in chosen]
    words = [
        f"By value the best is to act {_place(best)}: {numbers.money(best.money, unit)}."
        if best.at is not None
        else "By value it is best to act on nobody."
    ]
    others = [
        f"{name} (would {_choice(cut)}) gives up {numbers.money(best.money - cut.money, short(unit), beside=beside)}"
        for name, cut in chosen[1:]
        if cut is not best
    ]
    others += [f"{name} would choose the same" for name, cut in chosen[1:] if cut is best]
    words.append(f"{'; '.join(others)}.")
    words.append("By the point, on the rows that choose.")
    return " ".join(words)


def _choice(cut: Cut) -> str:
    return "act on nobody" if cut.at is None else f"act on {numbers.percent(cut.rate)}"
