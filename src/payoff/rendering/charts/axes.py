"""Scales, nice ticks, how wide a text is, and labels that keep out of each other's way."""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from payoff.rendering.literal import one_line
from payoff.rendering.numbers import MINUS

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_NARROW = frozenset("iljtfr.,:;'|!()[]/ I-")
_LARGE = (1e3, 1e6, 1e9, 1e12)
SUFFIXES = ("k", "M", "bn", "tn")
"""What stands for a thousand, a million, and so on."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map from numbers ``low`` to ``high`` onto places ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of ``value``."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def held(self, value: float) -> float:
        """Return the place of ``value``, held inside the scale."""
        return self(min(max(value, self.low), self.high))


def scale(values: Iterable[float | None], start: float, end: float, *, pad: float = 0.04) -> Scale:
    """Return a scale that holds ``values``, padded at both ends; a single value gets room around it."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low <= abs(high) * 1e-9:
        room = abs(high) * 0.5 or 1.0
        low, high = low - room, high + room
    margin = (high - low) * pad
    return Scale(low - margin, high + margin, start, end)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers from ``low`` to ``high``, at most ``most`` of them.

    >>> ticks(-7000.0, 52000.0, 4)
    [0.0, 20000.0, 40000.0]
    """
    if not (high > low and math.isfinite(high - low)):
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / max(most, 1)))
    for step in (power * factor for factor in (*_STEPS, 20.0, 25.0, 50.0)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [
                round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1)
            ]
    return [low]


def tick_texts(
    values: Sequence[float], decimal: str = ".", thousands: str = ",", large: Sequence[str] = SUFFIXES
) -> list[str]:
    """Return how ticks read: one suffix and one number of decimals for all.

    >>> tick_texts([-50000.0, 0.0, 50000.0])
    ['−50k', '0', '50k']
    >>> tick_texts([0.0, 0.05, 0.1])
    ['0', '0.05', '0.10']
    """
    marks = str.maketrans({".": decimal, ",": thousands})
    texts, suffix = _english(values)
    return [
        text.translate(marks) + (large[suffix] if suffix is not None and text != "0" else "")
        for text in texts
    ]


def _english(values: Sequence[float]) -> tuple[list[str], int | None]:
    """Return the digits of every tick, and the place of the suffix that all of them have."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= 1e16 or 0.0 < largest < 1e-6:
        return [f"{value:.2g}".replace("-", MINUS) for value in values], None
    suffix = next((place for place in (3, 2, 1, 0) if largest >= 2 * _LARGE[place]), None)
    size = 1.0 if suffix is None else _LARGE[suffix]
    places = next(
        (
            p
            for p in range(10)
            if all(abs(round(v / size, p) - v / size) <= largest / size * 1e-9 for v in values)
        ),
        10,
    )
    return [_tick(value / size, places) for value in values], suffix


def text_width(content: str, size: float = 12.0) -> float:
    """Return how wide a text is at most, in the same unit as ``size``, for common sans serif faces."""
    return sum(_glyph(letter) for letter in content) * size


def fit(content: str, width: float, size: float = 12.0) -> str:
    """Return ``content`` on one line, cut with an ellipsis where it is wider than ``width``.

    >>> fit("self-employed", 40.0)
    'self…'
    """
    whole = one_line(content)
    if text_width(whole, size) <= width:
        return whole
    room, kept = width - text_width("…", size), 0
    for letter in whole:
        room -= text_width(letter, size)
        if room < 0:
            break
        kept += 1
    return whole[:kept].rstrip(" -") + "…"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places near the given ones, at least ``gap`` apart, inside ``low`` to ``high`` where they fit.

    >>> spread([10.0, 12.0, 50.0], 10.0, 0.0, 100.0)
    [10.0, 20.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = dict(zip(order, _pushed([places[index] for index in order], gap, low), strict=True))
    limit = high
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return [moved[index] for index in range(len(places))]


def _pushed(places: Sequence[float], gap: float, low: float) -> list[float]:
    """Return sorted places pushed up until they are ``gap`` apart."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + gap if found else low))
    return found


def _tick(value: float, places: int) -> str:
    if value == 0:
        return "0"
    return f"{MINUS if value < 0 else ''}{abs(value):,.{places}f}"


def _glyph(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if letter in _NARROW:
        return 0.42
    if letter in "mwMW@%" or ord(letter) > 0x2FF:
        return 1.0
    return 0.78 if letter.isupper() else 0.65
