"""From rows on one axis to their elements: a dot and its interval each. The shape of most charts about money."""

import re
from dataclasses import replace
from itertools import takewhile

from payoff.rendering.charts.axes import Scale, fit, scale, text_width, tick_texts
from payoff.rendering.charts.frame import broken, dot, fitting_ticks, key_elements
from payoff.rendering.charts.marks import Row, Rows
from payoff.rendering.charts.style import Style
from payoff.rendering.charts.svg import Element, element, line, text

TALL, DENSE, SIDE, TOP, LINE = 40.0, 23.0, 8.0, 8.0, 16.0
# The part of a chart's width that labels of dense rows have at most.
LABELS = 0.5
# Letters that are worth taking off.
ALIKE = 8


def rows_elements(figure: Rows, style: Style) -> tuple[float, list[Element]]:
    """Return the height of rows over a common axis, zero always in sight, and their elements."""
    k, width = style.scale, style.width
    figure = _shortened(figure, style) if figure.dense else figure
    ends = [each for row in figure.rows for each in (row.value, row.low, row.high, row.mark)]
    start, end = _columns(figure, style) if figure.dense else (SIDE * k, width - SIDE * k)
    across = scale([0.0, figure.mark, *ends], start, end)
    tops, foot = _tops(figure, style)
    body = _axis(across, figure, tops, foot, style)
    draw = _dense if figure.dense else _tall
    for row, top in zip(figure.rows, tops, strict=True):
        body += draw(row, across, top, style)
    if figure.split is not None and 0 < figure.split < len(tops):
        y = tops[figure.split] - 8.0 * k
        body.append(text(0, y, fit(figure.gap, width, style.font_size), kind="axis", full=figure.gap))
    entries, height = key_elements(figure.key, foot + 58.0 * k, style)
    return (height if figure.key else foot + 42.0 * k), [*body, *entries]


def _shortened(figure: Rows, style: Style) -> Rows:
    """Return rows whose labels begin alike without that beginning, where they would be cut with it."""
    labels = [row.label for row in figure.rows]
    widest = max(text_width(f"{row.label} {row.note}", style.font_size) for row in figure.rows)
    same = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*labels, strict=False)))
    alike = re.match(r".*[\s_/=-]", labels[0][:same])
    if len(labels) == 1 or alike is None or alike.end() < ALIKE or widest <= style.width * LABELS:
        return figure
    rows = tuple(replace(row, label=f"…{row.label[alike.end() :]}", whole=row.label) for row in figure.rows)
    return replace(figure, rows=rows)


def _columns(figure: Rows, style: Style) -> tuple[float, float]:
    """Return where the axis of dense rows begins and ends: labels and readings take what they need, within bounds."""
    size, gap, width = style.font_size, 12.0 * style.scale, style.width
    labels = max(text_width(f"{row.label} {row.note}", size) for row in figure.rows)
    readings = max(text_width(row.reading, size) for row in figure.rows)
    return min(labels + gap, width * LABELS), width - min(readings + gap, width * 0.25)


def _tops(figure: Rows, style: Style) -> tuple[list[float], float]:
    """Return where each row begins, and where all end; there is room where rows were left out."""
    k, tops, y = style.scale, list[float](), TOP * style.scale
    split = len(figure.rows) if figure.split is None else figure.split
    for index, row in enumerate(figure.rows):
        y += DENSE * k if index == split else 0.0
        y += 0.0 if figure.dense else LINE * k * len(_above(row, style))
        tops.append(y)
        y += (DENSE if figure.dense else TALL) * k
    return tops, y


def _above(row: Row, style: Style) -> list[str]:
    """Return the lines of a label that does not fit beside its reading, and so stands above it; none where it fits."""
    # Bold letters are wider.
    size, k = style.font_size * 1.06, style.scale
    both = text_width(row.label, size) + text_width(row.reading, style.font_size) + 14 * k
    return [] if both <= style.width else broken(row.label, style.width, size)


def _axis(across: Scale, figure: Rows, tops: list[float], foot: float, style: Style) -> list[Element]:
    """Return grid and zero line beside each row's interval, tick labels and the unit below."""
    k, width, body = style.scale, style.width, list[Element]()
    found = fitting_ticks(across, 11 * k, style)
    high, low = (2.0, DENSE - 2.0) if figure.dense else (20.0, 38.0)
    for at, label in zip(found, tick_texts(found, *style.marks), strict=True):
        kind = "zero" if at == 0 else "grid"
        body += [line(across(at), top + high * k, across(at), top + low * k, kind) for top in tops]
        half = text_width(label, 11 * k) / 2
        x = min(max(across(at), half), width - half)
        body.append(text(x, foot + 15 * k, label, "middle", kind="tick"))
    if figure.mark is not None:
        x = across(figure.mark)
        body.append(line(x, tops[0], x, foot, "guide", "3 3"))
    middle = min((across.start + across.end) / 2, width - text_width(figure.unit, style.font_size) / 2)
    unit = fit(figure.unit, width - 2 * SIDE * k, style.font_size)
    body.append(
        text(
            max(middle, text_width(unit, style.font_size) / 2),
            foot + 34 * k,
            unit,
            "middle",
            kind="axis",
            full=figure.unit,
        )
    )
    return body


def _tall(row: Row, across: Scale, top: float, style: Style) -> list[Element]:
    """Return one row: label and reading above, interval, dot and mark below."""
    k, size, width = style.scale, style.font_size, style.width
    above = _above(row, style)
    lines = above or [fit(row.label, width, size * 1.06)]
    reading = fit(row.reading, width if above else width * 0.62, size)
    first = top + 15 * k - LINE * k * len(above)
    return [
        *(
            text(0, first + LINE * k * at, words, kind="label", full=row.label)
            for at, words in enumerate(lines)
        ),
        text(width, top + 15 * k, reading, "end", kind="reading", full=row.reading),
        *_seen(row, across, top + 29 * k, style),
    ]


def _dense(row: Row, across: Scale, top: float, style: Style) -> list[Element]:
    """Return one row on one line: label, interval and dot, reading."""
    k, size, width = style.scale, style.font_size, style.width
    note = text_width(row.note, 11 * k)
    label = fit(row.label, across.start - note - 14 * k, size)
    reading = fit(row.reading, width - across.end - 8 * k, size)
    middle = top + DENSE / 2 * k
    return [
        text(0, middle + 4 * k, label, full=row.whole or row.label),
        text(across.start - 10 * k, middle + 4 * k, row.note, "end", kind="tick"),
        text(width, middle + 4 * k, reading, "end", kind="reading", full=row.reading),
        *_seen(row, across, middle, style),
    ]


def _seen(row: Row, across: Scale, middle: float, style: Style) -> list[Element]:
    k, body = style.scale, list[Element]()
    if row.low is not None and row.high is not None:
        left, right = sorted((across(row.low), across(row.high)))
        if row.bar:
            body.append(
                element(
                    "rect",
                    x=left,
                    y=middle - 5 * k,
                    width=max(right - left, 0.5),
                    height=10 * k,
                    class_="bar",
                )
            )
        else:
            kind = f"whisker {row.tone}"
            body.append(line(left, middle, right, middle, kind))
            body += [line(x, middle - 4 * k, x, middle + 4 * k, kind) for x in (left, right)]
    if row.mark is not None:
        x, top = across(row.mark), middle - 9 * k
        body.append(line(x, top, x, middle + 9 * k, "mark"))
        # The small triangle on top tells a mark from a whisker.
        moves = f"M{x - 4 * k:.1f} {top - k:.1f}h{8 * k:.1f}l{-4 * k:.1f} {6 * k:.1f}z"
        body.append(element("path", d=moves, class_="flag"))
    if row.value is not None:
        body.append(dot(across(row.value), middle, f"dot {row.tone}", 4.5 * k))
    return body
