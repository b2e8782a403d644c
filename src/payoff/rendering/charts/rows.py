"""Rows on one axis: a dot and its interval under each label. The shape of most charts about money."""

from collections.abc import Sequence
from dataclasses import dataclass

from payoff.rendering.charts.axes import Scale, fit, scale, text_width, tick_texts, ticks
from payoff.rendering.charts.svg import Chart, Element, chart, element, line, text

WIDTH = 440.0
_ROW = 40.0
_SIDE = 8.0
_TOP = 8.0
_FOOT = 42.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. ``tone`` is good, bad, doubt or none; ``mark`` is what the number is held against.

    ``label`` stands on the left and is cut where it must; ``reading`` stands whole on the right.
    """

    label: str
    reading: str
    value: float | None
    low: float | None
    high: float | None
    tone: str = "none"
    mark: float | None = None
    bar: bool = False


def row_chart(name: str, title: str, desc: str, unit: str, rows: Sequence[Row]) -> Chart:
    """Return rows over a common axis in ``unit``, zero always in sight."""
    known = [each for row in rows for each in (row.value, row.low, row.high, row.mark)]
    across = scale([0.0, *known], _SIDE, WIDTH - _SIDE)
    foot = _TOP + _ROW * len(rows)
    body = [*_axis(across, foot, unit, len(rows))]
    for index, row in enumerate(rows):
        body += _drawn(row, across, _TOP + _ROW * index)
    return chart(name, title, desc, (WIDTH, foot + _FOOT), body)


def _axis(across: Scale, foot: float, unit: str, rows: int) -> list[Element]:
    """Return grid and zero line beside each row's interval, tick labels and the unit below."""
    places = fitting_ticks(across)
    body = []
    for at, label in zip(places, tick_texts(places), strict=True):
        tops = (_TOP + _ROW * index for index in range(rows))
        kind = "zero" if at == 0 else "grid"
        body += [line(across(at), top + 20, across(at), top + 38, kind) for top in tops]
        half = text_width(label, 11) / 2
        x = min(max(across(at), half), WIDTH - half)
        body.append(text(x, foot + 15, label, "middle", kind="tick"))
    body.append(text(WIDTH / 2, foot + 34, fit(unit, WIDTH - 2 * _SIDE), "middle", kind="axis", full=unit))
    return body


def fitting_ticks(across: Scale, size: float = 11.0) -> list[float]:
    """Return as many ticks as stand beside each other with room between them."""
    length = abs(across.end - across.start)
    for most in range(7, 1, -1):
        places = ticks(across.low, across.high, most)
        widest = max(text_width(label, size) for label in tick_texts(places))
        if len(places) < 2 or (widest + 8.0) * (len(places) - 1) <= abs(
            across(places[-1]) - across(places[0])
        ):
            return places
    return ticks(across.low, across.high, 2)[: 2 if length > 120 else 1]


def _drawn(row: Row, across: Scale, top: float) -> list[Element]:
    """Return one row: label and reading above, interval, dot and mark below."""
    reading = fit(row.reading, WIDTH * 0.62)
    room = WIDTH - text_width(reading) - 14
    middle = top + 29
    body = [
        text(0, top + 15, fit(row.label, room), kind="label", full=row.label),
        text(WIDTH, top + 15, reading, "end", kind="reading", full=row.reading),
    ]
    if row.bar and row.low is not None and row.high is not None:
        left, right = sorted((across(row.low), across(row.high)))
        body.append(
            element(
                "rect", x=left, y=middle - 5, width=right - left, height=10, class_="bar", fill_opacity="0.35"
            )
        )
    elif row.low is not None and row.high is not None:
        body.append(line(across(row.low), middle, across(row.high), middle, f"whisker {row.tone}"))
        body += [
            line(across(x), middle - 4, across(x), middle + 4, f"whisker {row.tone}")
            for x in (row.low, row.high)
        ]
    if row.mark is not None:
        body.append(line(across(row.mark), middle - 9, across(row.mark), middle + 9, "mark"))
        body.append(_flag(across(row.mark), middle - 9))
    if row.value is not None:
        body.append(element("circle", cx=across(row.value), cy=middle, r=4.5, class_=f"dot {row.tone}"))
    return body


def _flag(x: float, y: float) -> Element:
    """Return the small triangle on top of a mark, so that it is no whisker."""
    return element("path", d=f"M{x - 4:.1f} {y - 1:.1f}h8l-4 6z", class_="flag")
