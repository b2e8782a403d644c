"""Amounts with a period, and the few conversions between periods that payoff allows.

A year is 365.25 days, 12 months and 52.18 weeks **as a rate** (``docs/reference/spec.md``).
Capacity never converts.
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

Period = Literal["decision", "day", "week", "month", "year", "once"]
PERIODS: tuple[Period, ...] = get_args(Period)
_PERIOD: dict[str, Period] = {period: period for period in PERIODS}

PER_YEAR: dict[str, float] = {"day": 365.25, "week": 52.18, "month": 12.0, "year": 1.0}

_AMOUNT = re.compile(
    r"\s*(?P<number>[+-]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)"
    r"\s*(?:per\s+(?P<per>decision|day|week|month|year)|(?P<once>once))\s*"
)
_DURATION = re.compile(r"\s*(?P<number>[0-9]+)\s+(?P<unit>day|week)s?\s*")

_HORIZON = re.compile(r"(?P<number>[1-9][0-9]{0,2}) (?P<unit>day|week|month|year)s?")

LARGEST_AMOUNT = 1e30
"""No unit of money needs more, and what is multiplied, squared and added up from it stays a number."""

LEAST_VOLUME = 1 / LARGEST_AMOUNT
"""Costs per period are divided by the volume, and stay numbers."""

LONGEST_DURATION_DAYS = 36_525
"""A hundred years; what is longer is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number per period: ``45000 per year``, ``0.2 per decision``, ``120000 once``."""

    value: float
    per: Period

    def __str__(self) -> str:
        return f"{self.value:g} once" if self.per == "once" else f"{self.value:g} per {self.per}"

    def yearly(self) -> float:
        """Return the amount per year.

        Raises
        ------
        ValueError
            For an amount per decision or once: neither is a rate in time.

        >>> Amount(10.0, "month").yearly()
        120.0
        """
        if self.per not in PER_YEAR:
            raise ValueError(f"{self} is not a rate in time")
        return self.value * PER_YEAR[self.per]


def parse_amount(text: str) -> Amount:
    """Read ``NUMBER per PERIOD`` or ``NUMBER once``.

    Raises
    ------
    ValueError
        For anything else, and beyond ``LARGEST_AMOUNT``; the caller knows the place and words the error.

    >>> parse_amount("45_000 per year")
    Amount(value=45000.0, per='year')
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    value = float(match["number"].replace("_", ""))
    if abs(value) > LARGEST_AMOUNT:
        raise ValueError(text)
    return Amount(value, _PERIOD[match["per"] or "once"])


def parse_days(text: str) -> int:
    """Read ``NUMBER days`` or ``NUMBER weeks`` as whole days; months differ in length and are refused.

    Raises
    ------
    ValueError
        For anything else, and beyond a hundred years.

    >>> parse_days("60 days"), parse_days("2 weeks")
    (60, 14)
    """
    match = _DURATION.fullmatch(text)
    if match is None or len(match["number"]) > 6:
        raise ValueError(text)
    days = int(match["number"]) * (7 if match["unit"] == "week" else 1)
    if days > LONGEST_DURATION_DAYS:
        raise ValueError(text)
    return days


def years_of(text: str) -> float:
    """Read ``NUMBER days``, ``weeks``, ``months`` or ``years`` as years, by the same rates as amounts.

    Raises
    ------
    ValueError
        For anything else, and for nothing at all.

    >>> years_of("3 years"), years_of("18 months")
    (3.0, 1.5)
    """
    match = _HORIZON.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match["number"]) / PER_YEAR[match["unit"]]


def readable(value: float) -> str:
    """Return a number as a person says it: thousands separated, three significant digits below a thousand.

    >>> readable(1889.15), readable(-0.04271), readable(12.0)
    ('1,889', '-0.0427', '12')
    """
    if value != 0 and abs(value) < 1000:
        return f"{float(f'{value:.3g}'):,g}"
    return f"{value:,.0f}"
