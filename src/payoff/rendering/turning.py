"""At which values of an input the answer changes, in words: what the note, terminal and Markdown say of it."""

import re
from collections.abc import Iterator

from payoff.record import AssumptionRecord, Result
from payoff.rendering import numbers
from payoff.verdicts import Overall, Turn

TITLE = "What would change the answer"
ANSWERS: dict[Overall, str] = {"ship": "use it", "hold": "not yet", "reject": "do not use it"}
NOWHERE = "at no value held possible"
UNKNOWN = "not worked out"
CERTAIN = "taken as certain"
_CENTS = re.compile(r"\.00(?!\d)")


def value_text(record: AssumptionRecord, value: float | None) -> str:
    """Return a value of an assumption as its unit asks: an amount, a share, or the bare number."""
    turned = [one.at for one in record.turns or ()]
    beside = (record.likely, record.low, record.high, record.break_even, *turned)
    if record.unit == "1":
        return numbers.percent(value, beside=beside).replace(".0%", "%")
    if record.unit is not None:
        return _CENTS.sub("", numbers.money(value, record.unit, beside=beside))
    return numbers.number(value, beside=beside)


def turn_text(record: AssumptionRecord) -> str:
    """Return where the answer changes, from there on which way, and to what."""
    if record.low is None or record.high is None:
        return CERTAIN
    if record.turns is None:
        return UNKNOWN
    return "; ".join(_turn(record, one) for one in record.turns) or NOWHERE


def _turn(record: AssumptionRecord, turn: Turn) -> str:
    at, becomes = value_text(record, turn.at), ANSWERS[turn.becomes]
    if record.bound_to_rows:
        return f"at {at}: {becomes}"
    return f"from {at} {'up' if turn.at > record.likely else 'down'}: {becomes}"


def turn_lines(result: Result) -> tuple[str, ...]:
    """Return the same for a teller that knows only text, the most influential first."""
    return tuple(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    ordered = sorted(result.assumptions, key=lambda each: -(each.influence or 0.0))
    for each in ordered:
        for turn in each.turns or ():
            place = f"{each.name} (taken as {value_text(each, each.likely)})"
            yield f"{place}: {_turn(each, turn)}."
    still = [each.name for each in ordered if each.turns == ()]
    if still:
        yield f"At no value held possible does one of these change the answer: {', '.join(still)}."
