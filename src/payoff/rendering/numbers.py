"""How numbers read that are no amounts: assumptions, ratios, shares, counts. Amounts are told by `quantities`."""

from payoff.quantities.telling import (
    ABSENT,
    MINUS,
    Beside,
    absent,
    between,
    confidence,
    decimals,
    money,
    signed,
)
from payoff.stats.estimates import Estimate

__all__ = [
    "ABSENT",
    "MINUS",
    "absent",
    "between",
    "confidence",
    "count",
    "decimals",
    "money",
    "number",
    "percent",
    "ratio",
    "share_of_baseline",
    "signed",
]

_DIGITS = 3


def number(value: float | None, *, beside: Beside = (), note: str | None = None) -> str:
    """Return a bare number: an assumption, a threshold.

    >>> number(0.04217)
    '0.0422'
    >>> number(40000.0)
    '40,000'
    >>> number(5.0, beside=[4.25])
    '5'
    """
    if value is None:
        return absent(note)
    text = signed(value, decimals((value, *beside)))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def ratio(value: float | None, *, beside: Beside = (), note: str | None = None) -> str:
    """Return a number between -1 and 1 with three decimals, more where neighbours would read the same.

    >>> ratio(0.7416)
    '0.742'
    >>> ratio(0.9999, beside=[1.0])
    '0.9999'
    """
    return absent(note) if value is None else signed(value, max(_DIGITS, decimals((value, *beside, 1.0))))


def percent(value: float | None, *, beside: Beside = (), note: str | None = None) -> str:
    """Return a proportion as a percentage; only 1 reads as 100% and only 0 as 0%.

    >>> percent(0.7416)
    '74.2%'
    >>> percent(0.00012)
    '0.0120%'
    >>> percent(0.999999)
    '>99.9%'
    """
    if value is None:
        return absent(note)
    if value == 0.0:
        return "0%"
    if 0.999 < value < 1.0:
        return ">99.9%"
    if 0.0 < value < 1e-4:
        return "<0.01%"
    shares = [100.0 * number for number in (value, *beside) if number is not None]
    places = min(max(1, decimals(shares)), 4) if abs(value) < 1.0 else 0
    return signed(100.0 * value, places) + "%"


def count(value: int | None) -> str:
    """Return a number of rows.

    >>> count(16476)
    '16,476'
    """
    return ABSENT if value is None else f"{value:,}".replace("-", MINUS)


def share_of_baseline(gain: Estimate, baseline: Estimate) -> str | None:
    """Return the gain as a percentage of the baseline's value, or None where that would mislead.

    Only against a positive baseline whose interval excludes zero: against a loss or near zero a
    percentage has the wrong sign or explodes.
    """
    if gain.value is None or gain.unit != baseline.unit:
        return None
    if baseline.value is None or baseline.low is None or baseline.low <= 0.0 or baseline.value <= 0.0:
        return None
    share = 100.0 * gain.value / baseline.value
    places = 0 if abs(share) >= 1.0 else 1
    sign = "+" if share >= 0 else ""
    return f"{sign}{signed(share, places)}%"
