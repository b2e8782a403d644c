"""A value walked through, in sentences: ``when we call and subscribed is yes, we earn EUR 55: margin 60 less ...``."""

from payoff.rendering import numbers
from payoff.rendering.literal import one_line
from payoff.rendering.outline import Section
from payoff.rendering.terminal import sections_text
from payoff.spec.walkthrough import Amount, Cell, Walkthrough

FOR_EXAMPLE = "One row of each outcome stands for all of them: the one nearest to their mean."


def walkthrough_text(found: Walkthrough, width: int = 80) -> str:
    """Return the walk through every cell as plain text."""
    by_outcome: dict[str, list[Cell]] = {}
    for cell in found.cells:
        by_outcome.setdefault(cell.outcome, []).append(cell)
    sections = tuple(
        Section(title=_title(found, cells[0]), lines=tuple(cell_text(cell, found.unit) for cell in cells))
        for cells in by_outcome.values()
    )
    closing = "At the likely assumptions, in names and numbers of the spec."
    if any(cell.row is not None for cell in found.cells):
        closing = f"{closing} {FOR_EXAMPLE}"
    return sections_text(
        f"What a row is worth: {one_line(found.decision)}",
        (*sections, Section(title="Read", lines=(closing,))),
        width,
    )


def cell_text(cell: Cell, unit: str) -> str:
    """Return one cell as a sentence.

    >>> amounts = (
    ...     Amount(text="margin 60", takes=False, number=60.0, given=()),
    ...     Amount(text="call_cost 5", takes=True, number=-5.0, given=()),
    ... )
    >>> cell_text(
    ...     Cell(action="call", outcome="subscribed is yes", amounts=amounts, worth=55.0, low=55.0, high=55.0), "EUR"
    ... )
    'When we call and subscribed is yes, we earn EUR 55: margin 60 less call_cost 5.'
    """
    made = _made_of(cell.amounts, is_known=cell.worth is not None)
    beside = "" if cell.mean is None else f" On average: {numbers.money(cell.mean, unit)}."
    text = f"When we {cell.action} and {cell.outcome}, {_worth(cell, unit)}{f': {made}' if made else ''}.{beside}"
    return one_line(text)


def _title(found: Walkthrough, cell: Cell) -> str:
    if cell.row is None or cell.rows is None:
        return one_line(cell.outcome)
    named = f"row {cell.row}" if found.id is None else f"{found.id} {cell.row}"
    return one_line(f"{cell.outcome} ({numbers.count(cell.rows)} rows; here {named})")


def _worth(cell: Cell, unit: str) -> str:
    if cell.worth is None:
        held = (
            ""
            if cell.low is None and cell.high is None
            else f", {numbers.between(cell.low, cell.high, unit)}"
        )
        return f"it is worth what the row says{held}"
    if cell.worth == 0.0:
        return "nothing is gained or lost"
    verb = "earn" if cell.worth > 0.0 else "lose"
    return f"we {verb} {numbers.money(abs(cell.worth), unit)}"


def _made_of(amounts: tuple[Amount, ...], *, is_known: bool) -> str:
    """Return the amounts as a sum in words: what is earned first, then what it is less of."""
    earned = [_amount(one) for one in amounts if not one.takes]
    taken = [_amount(one) for one in amounts if one.takes]
    if not earned:
        return " and ".join(taken) if is_known or not taken else f"less {' less '.join(taken)}"
    return " less ".join([" plus ".join(earned), *taken])


def _amount(one: Amount) -> str:
    """Return one amount; what is made of several numbers says what they come to."""
    is_simple = one.number is None or not any(sign in one.text for sign in (" x ", " / ", " + ", " - ", "("))
    total = ""
    if one.number is not None and not is_simple:
        total = f" = {numbers.number(-one.number if one.takes else one.number)}"
    conditions = f" ({', '.join(one.given)})" if one.given else ""
    return f"{one.text}{total}{conditions}"
