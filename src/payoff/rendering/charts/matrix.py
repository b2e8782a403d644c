"""From a table that is seen to its elements: cells shaded by their size, losses hatched."""

import math

from payoff.rendering.charts.axes import fit
from payoff.rendering.charts.marks import Cell, Matrix
from payoff.rendering.charts.style import Style
from payoff.rendering.charts.svg import Element, element, path, text

TALL, TOP = 60.0, 44.0
FAINTEST, STRONGEST = 0.04, 0.34  # texts stay readable on the strongest shade


def matrix_elements(figure: Matrix, style: Style) -> tuple[float, list[Element]]:
    """Return the height of a matrix and its elements."""
    k, width, size = style.scale, style.width, style.font_size
    left = width * 0.26
    gap = (width - left) / len(figure.columns)
    body = [text(left, 13 * k, fit(figure.across, width - left, size), kind="axis", full=figure.across)]
    for index, name in enumerate(figure.columns):
        x = left + gap * (index + 0.5)
        body.append(text(x, 34 * k, fit(name, gap - 8 * k, size), "middle", kind="label", full=name))
    for row, (name, cells) in enumerate(figure.lines):
        top = TOP * k + TALL * k * row
        shown = fit(name, left - 10 * k, size)
        body.append(text(0, top + 34 * k, shown, kind="label", full=name))
        for index, cell in enumerate(cells):
            body += _cell(cell, left + gap * index, top, gap, style)
    height = TOP * k + TALL * k * len(figure.lines)
    unit = fit(figure.unit, width, size)
    body.append(text(left, height + 18 * k, unit, kind="axis", full=figure.unit))
    return height + 26 * k, body


def _cell(cell: Cell, x: float, y: float, width: float, style: Style) -> list[Element]:
    k, tall = style.scale, TALL * style.scale
    shade = FAINTEST + (STRONGEST - FAINTEST) * math.sqrt(min(abs(cell.weight), 1.0))
    kind = "cell loss" if cell.weight < 0 else "cell gain" if cell.weight > 0 else "cell even"
    body = [element("rect", x=x, y=y, width=width, height=tall, class_=kind, fill_opacity=f"{shade:.2f}")]
    if cell.weight < 0:
        corner = 10 * k
        stripes = [
            [(x + 2 + reach, y + 2), (x + 2, y + 2 + reach)] for reach in (corner / 2, corner, corner * 1.5)
        ]
        body.append(path(stripes, "hatch"))
    room = width - 8 * k
    large = fit(cell.large, room, 14 * k)
    body.append(text(x + width / 2, y + 22 * k, large, "middle", kind="large", full=cell.large))
    for line, words in enumerate(cell.small):
        place = y + (37 + 14 * line) * k
        body.append(text(x + width / 2, place, fit(words, room, 11 * k), "middle", kind="small", full=words))
    return body
