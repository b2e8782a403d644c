"""Outcome against action in rows and money, and what two policies decide differently."""

from payoff.record import Disagreement, Flip, Result
from payoff.rendering import numbers
from payoff.rendering.charts.marks import Cell, Chart, Matrix, Row, Rows
from payoff.rendering.charts.money import short
from payoff.rendering.confusion import confusion_cells
from payoff.stats.estimates import ConfusionCell

MOST_RIVALS = 6
TUNED = "Threshold tuned on these rows: the money is what they claim, not the honest value."


def confusion_charts(result: Result) -> tuple[Chart, ...]:
    """Draw outcome against action of model, challengers and today's policy: money, rows and share of the outcome."""
    found = confusion_cells(result)
    tuned = {policy.name for policy in result.policies if policy.in_sample}
    return tuple(
        _confusion(of, cells, index, tuned=of in tuned)
        for index, (of, cells) in enumerate(found.items())
        if cells
    )


def flip_charts(result: Result) -> tuple[Chart, ...]:
    """Draw the money of what the model decides differently than another policy, by outcome; today's first.

    Constant policies are left out unless one of them is today's: against these every row that is acted on differs.
    """
    trivial = {"nobody", "everybody"} - {result.today}
    found = [
        each for each in result.disagreements if each.differing and each.flips and each.over not in trivial
    ]
    found.sort(key=lambda each: (each.over != result.today, not _is_model(result, each.over)))
    return tuple(_flips(each, index) for index, each in enumerate(found[:MOST_RIVALS]))


def _is_model(result: Result, name: str) -> bool:
    return any(each.name == name and each.role == "challenger" for each in result.policies)


def _confusion(of: str, cells: list[ConfusionCell], index: int, *, tuned: bool) -> Chart:
    actions = tuple(dict.fromkeys(cell.action for cell in cells))
    outcomes = tuple(dict.fromkeys(cell.outcome for cell in cells))
    unit, beside = cells[0].unit, [cell.money for cell in cells]
    most = max(abs(money) for money in beside) or 1.0
    held = {(cell.outcome, cell.action): cell for cell in cells}

    def drawn(outcome: str, action: str) -> Cell:
        cell = held.get((outcome, action))
        if cell is None:
            return Cell(large="–", small=(), weight=0.0)
        share = () if cell.share is None else (f"{numbers.percent(cell.share)} of {outcome}",)
        return Cell(
            large=numbers.money(cell.money, "1", beside=beside),
            small=(f"{numbers.count(cell.rows)} rows", *share),
            weight=cell.money / most,
        )

    lines = tuple((outcome, tuple(drawn(outcome, action) for action in actions)) for outcome in outcomes)
    return Chart(
        id=f"confusion-{index}",
        word="confusion",
        about=of,
        title=f"Outcome by action of {of}, in rows and money",
        message=_confusion_message(of, cells) + (f" {TUNED}" if tuned else ""),
        figure=Matrix(across="Action", columns=actions, lines=lines, unit=f"{unit}; hatched cells lose"),
        numbers=tuple(
            {
                "of": cell.of,
                "outcome": cell.outcome,
                "action": cell.action,
                "rows": cell.rows,
                "share": cell.share,
                "money": cell.money,
                "unit": cell.unit,
            }
            for cell in cells
        ),
    )


def _confusion_message(of: str, cells: list[ConfusionCell]) -> str:
    total, unit = sum(cell.money for cell in cells), cells[0].unit
    best, worst = max(cells, key=lambda cell: cell.money), min(cells, key=lambda cell: cell.money)
    beside = (total, best.money, worst.money)

    def said(cell: ConfusionCell) -> str:
        return (
            f"{numbers.money(cell.money, short(unit), beside=beside)} from {cell.action} where the outcome "
            f"is {cell.outcome} ({numbers.count(cell.rows)} rows)"
        )

    words = f"{of} is worth {numbers.money(total, unit, beside=beside)}. Most is {said(best)}"
    return f"{words}; least is {said(worst)}." if worst is not best else f"{words}."


def _flips(each: Disagreement, index: int) -> Chart:
    unit = each.unit
    beside = [each.money, *(flip.money for flip in each.flips)]
    flips = sorted(each.flips, key=lambda flip: -flip.money)

    def row(flip: Flip) -> Row:
        return Row(
            label=f"{flip.outcome}: {flip.action}, not {flip.instead} · n {numbers.count(flip.rows)}",
            reading=numbers.money(flip.money, short(unit), beside=beside),
            value=flip.money,
            low=min(flip.money, 0.0),
            high=max(flip.money, 0.0),
            tone="good" if flip.money > 0 else "bad" if flip.money < 0 else "none",
            bar=True,
        )

    whole = Row(
        label="all of them together",
        reading=numbers.money(each.money, short(unit), beside=beside),
        value=each.money,
        low=min(each.money, 0.0),
        high=max(each.money, 0.0),
        tone="good" if each.money > 0 else "bad" if each.money < 0 else "none",
        bar=True,
    )
    return Chart(
        id=f"flips-{index}",
        word="flips",
        about=each.over,
        title=f"Where {each.of} decides otherwise than {each.over}, in money",
        message=_flips_message(each),
        figure=Rows(unit=unit, rows=(*(row(flip) for flip in flips), whole)),
        numbers=tuple(
            {
                "of": each.of,
                "over": each.over,
                "outcome": flip.outcome,
                "action": flip.action,
                "instead": flip.instead,
                "rows": flip.rows,
                "share": flip.share,
                "low": flip.low,
                "high": flip.high,
                "money": flip.money,
                "unit": unit,
            }
            for flip in flips
        ),
    )


def _flips_message(each: Disagreement) -> str:
    agree = each.rows - each.differing
    words = [
        f"They agree on {numbers.count(agree)} of {numbers.count(each.rows)} rows"
        + (f" ({numbers.percent(1.0 - each.share)})" if each.share is not None else "")
        + f" and differ on {numbers.count(each.differing)}, which add up to {numbers.money(each.money, each.unit)}."
    ]
    best = max(each.flips, key=lambda flip: flip.money)
    worst = min(each.flips, key=lambda flip: flip.money)
    named = [
        f"{numbers.money(flip.money, each.unit, beside=(best.money, worst.money))} on {numbers.count(flip.rows)} "
        f"{flip.outcome} rows ({flip.action}, not {flip.instead})"
        for flip in (best, worst)
    ]
    words.append(f"Most is gained, {named[0]}" + (f"; most is lost, {named[1]}." if worst.money < 0 else "."))
    if each.note:
        words.append(f"{each.note[:1].upper()}{each.note[1:]}.")
    return " ".join(words)
