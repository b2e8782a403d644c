"""How amounts read: unit, separators, as many digits as help, and never a rounding that changes the story.

Numbers that stand together (a gain, its interval, the hurdle) are rounded at one place: three significant
digits of the largest, more where two different numbers would otherwise read the same, or one as zero.
Missing reads as ``not evaluated``, never as zero.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

MINUS = "−"
ABSENT = "not evaluated"

_DIGITS = 3
_MOST_DIGITS = 10  # what the result itself keeps
_WORDED = 1e18  # beyond, separators no longer help the eye
_CURRENCY = re.compile(r"[A-Z]{3}")

Beside = Sequence[float | None]


def money(value: float | None, unit: str, *, beside: Beside = (), note: str | None = None) -> str:
    """Return an amount with its unit: ``EUR 212,000 per year``.

    Parameters
    ----------
    value : in ``unit``; None where undefined, ``note`` then says why.
    unit : ``EUR per year``; a code or a sign stands before the number, a word after it; ``1`` is bare.
    beside : the numbers it will be compared with; all are rounded at one place.

    >>> money(211734.5, "EUR per year")
    'EUR 212,000 per year'
    >>> money(-5000.0, "EUR")
    '−EUR 5,000'
    >>> money(90.0, "minutes per day")
    '90 minutes per day'
    >>> money(None, "EUR", note="no labels")
    'not evaluated (no labels)'
    """
    if value is None:
        return absent(note)
    head, _, per = unit.partition(" per ")
    text = _dressed(value, head, decimals((value, *beside), cents=_is_currency(head)))
    return f"{text} per {per}" if per else text


def between(low: float | None, high: float | None, unit: str, *, beside: Beside = ()) -> str:
    """Return an interval in words, each end with its unit, the period said once.

    >>> between(21300.0, 402800.0, "EUR per year")
    'between EUR 21,000 and EUR 403,000 per year'
    >>> between(None, 3.0, "EUR")
    'at most EUR 3'
    """
    if low is None and high is None:
        return ABSENT
    head, _, per = unit.partition(" per ")
    places = decimals((low, high, *beside), cents=_is_currency(head))
    ends = [None if end is None else _dressed(end, head, places) for end in (low, high)]
    return _joined(ends[0], ends[1]) + (f" per {per}" if per else "")


def beside_asked(ends: Beside, asked: float, unit: str) -> tuple[Beside, Beside]:
    """Return what a gain and its interval are rounded with, and what the amount asked is rounded with.

    Each reads by itself, so that a gain reads the same beside every hurdle; where a rounding would make it read as
    the amount asked, all are rounded together.

    >>> beside_asked((1889.2, 1306.0, 3426.0), 10_000.0, "EUR")
    ((1889.2, 1306.0, 3426.0), (10000.0,))
    >>> len(beside_asked((1999.6, 1306.0, 3426.0), 2000.0, "EUR")[0])
    4
    """
    told = {money(end, unit, beside=ends) for end in ends if end is not None and end != asked}
    together = (*ends, asked)
    apart = money(asked, unit) not in told and money(asked, unit, beside=ends) not in told
    return (ends, (asked,)) if apart else (together, together)


def confidence(value: float | None, *, beside: Beside = ()) -> str:
    """Return a confidence; never certain, and never the same text as a different confidence ``beside`` it.

    >>> confidence(0.97)
    '97%'
    >>> confidence(0.99961)
    '>99.9%'
    >>> confidence(0.9496, beside=[0.95])
    '94.96%'
    """
    if value is None:
        return ABSENT
    if value > 0.999:
        return ">99.9%"
    if value < 0.001:
        return "<0.1%"
    for places in range(6):
        text = f"{100.0 * value:.{places}f}"
        others = [f"{100.0 * other:.{places}f}" for other in beside if other is not None and other != value]
        if text not in others and float(text) not in (0.0, 100.0):
            break
    return text + "%"


def absent(note: str | None = None) -> str:
    """Return how a missing number reads, with the reason where there is one."""
    return f"{ABSENT} ({note})" if note else ABSENT


def decimals(values: Iterable[float | None], *, cents: bool = False) -> int:
    """Return the decimals (negative: tens, hundreds) at which ``values`` are rounded together.

    >>> decimals([211734.0, 21000.0])
    -3
    >>> decimals([4.968], cents=True)
    2
    """
    return _places(frozenset(float(value) for value in values if value is not None), cents)


@lru_cache(4096)
def _places(numbers: frozenset[float], cents: bool) -> int:
    """Return the same of numbers: value, low and high are told one by one and rounded together each time."""
    largest = max((abs(value) for value in numbers), default=0.0)
    if largest == 0.0:
        return 0
    magnitude = math.floor(math.log10(largest))
    places = _DIGITS - 1 - magnitude
    for digits in range(_DIGITS, _MOST_DIGITS + 1):
        places = digits - 1 - magnitude
        if cents and (places == 1 or (places > 2 and all(round(value, 2) == value for value in numbers))):
            places = 2
        if _tells_apart(numbers, places):
            break
    return min(places, 0) if all(value.is_integer() for value in numbers) else places


def signed(value: float, places: int) -> str:
    """Return a number with a minus that is one and its thousands separated, rounded at ``places``."""
    return "".join(_split(value, places))


def _tells_apart(numbers: frozenset[float], places: int) -> bool:
    """Say whether rounding keeps different numbers different and no number but zero at zero."""
    rounded = {round(value, places) for value in numbers}
    return len(rounded) == len(numbers) and (0.0 not in rounded or 0.0 in numbers)


def _is_currency(head: str) -> bool:
    return bool(_CURRENCY.fullmatch(head)) or (len(head) == 1 and unicodedata.category(head) == "Sc")


def _dressed(value: float, head: str, places: int) -> str:
    """Return sign, unit and number in the order that the unit asks for."""
    sign, size = _split(value, places)
    if head in ("", "1"):
        return sign + size
    if not _is_currency(head):
        return f"{sign}{size} {head}"
    return f"{sign}{head}{size}" if len(head) == 1 else f"{sign}{head} {size}"


def _split(value: float, places: int) -> tuple[str, str]:
    rounded = round(value, places)
    sign = MINUS if rounded < 0 else ""
    if abs(rounded) >= _WORDED or places > 12:
        return sign, f"{abs(value):.{_DIGITS - 1}e}"
    return sign, f"{abs(rounded):,.{max(places, 0)}f}"


def _joined(low: str | None, high: str | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"between {low} and {high}"
