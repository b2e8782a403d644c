"""One way to draw every chart: on a page that brings the style sheet, or standing alone with a look of its own."""

import base64
import hashlib
from dataclasses import replace

from payoff.rendering.charts.axes import fit, text_width
from payoff.rendering.charts.frame import plane_elements
from payoff.rendering.charts.marks import Chart, Plane, Rows
from payoff.rendering.charts.matrix import matrix_elements
from payoff.rendering.charts.rows import rows_elements
from payoff.rendering.charts.style import PLAIN, Style, classes_in, dressed, recoloured
from payoff.rendering.charts.svg import Element, element, number, text
from payoff.rendering.literal import one_line

XMLNS = "http://www.w3.org/2000/svg"
MARGIN = 14.0


def on_page(chart: Chart, style: Style = PLAIN) -> str:
    """Return a chart as SVG for a page with payoff's style sheet; its title stands beside it there."""
    height, body = _figure(chart, style)
    box = f"0 0 {number(style.width)} {number(height)}"
    return str(_root(chart, chart.id, body, viewBox=box, font_size=f"{style.font_size:g}"))


def alone(chart: Chart, style: Style = PLAIN) -> str:
    """Return a chart as SVG that needs nothing else: title above, own look, light and dark."""
    k, margin = style.scale, MARGIN * style.scale
    title = _lines(chart.title, style.width, style.font_size * 1.17)
    head = 20.0 * k * len(title)
    height, body = _figure(chart, style)
    words = [text(0, 14 * k + 20 * k * index, words, kind="large") for index, words in enumerate(title)]
    tall, wide = head + height + 2 * margin + 6 * k, style.width + 2 * margin
    name = f"payoff-{hashlib.sha256(f'{chart}{style}'.encode()).hexdigest()[:10]}"
    inside = [
        element("rect", class_="paper", width=wide, height=tall),
        element(
            "g",
            *words,
            element("g", *body, transform=f"translate(0 {number(head + 6 * k)})"),
            transform=f"translate({number(margin)} {number(margin)})",
        ),
    ]
    root = _root(
        chart,
        name,
        inside,
        xmlns=XMLNS,
        viewBox=f"0 0 {number(wide)} {number(tall)}",
        width=wide,
        height=tall,
        font_family=_with_generic(style.font),
        font_size=f"{style.font_size:g}",
    )
    return str(_with_dark(dressed(root, style), name, style))


def pictured(chart: Chart, style: Style = PLAIN) -> Element:
    """Return a chart as an image in itself: nothing of it leaks into a page, and its message is the alternative."""
    coded = base64.b64encode(alone(chart, style).encode()).decode()
    return element(
        "img",
        src=f"data:image/svg+xml;base64,{coded}",
        alt=f"{chart.title}. {chart.message}",
        style=f"vertical-align:top;max-width:100%;width:{style.width * 1.45:.0f}px",
    )


def _figure(chart: Chart, style: Style) -> tuple[float, list[Element]]:
    figure = chart.figure
    if isinstance(figure, Plane):
        return plane_elements(figure, style)
    return rows_elements(figure, style) if isinstance(figure, Rows) else matrix_elements(figure, style)


def _root(chart: Chart, name: str, body: list[Element], **attributes: str | float) -> Element:
    """Return the whole, whose title and message are read aloud; ``name`` makes its ids unique."""
    return element(
        "svg",
        element("title", chart.title, id=f"{name}-title"),
        element("desc", chart.message, id=f"{name}-desc"),
        *body,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="chart",
        **attributes,
    )


def _with_dark(root: Element, name: str, style: Style) -> Element:
    """Return a drawing that turns dark where the reader's machine asks for it, if the style lets it."""
    if style.dark is None:
        return root
    sheet = recoloured(f"#{name}", style.dark, classes_in(root))
    rule = Element("style", (), (f"@media (prefers-color-scheme: dark){{{sheet}}}",))
    named, described, *body = root.children
    return replace(
        root, attributes=(("id", name), *root.attributes), children=(named, described, rule, *body)
    )


def _with_generic(font: str) -> str:
    """Return a list of families that ends in a generic one, so that texts are drawn where none of it is there."""
    last = font.rpartition(",")[2].strip()
    return font if last in ("serif", "sans-serif", "monospace") else f"{font}, sans-serif"


def _lines(title: str, width: float, size: float) -> list[str]:
    """Return a title on as many lines as it needs, three at most."""
    found: list[str] = []
    for word in one_line(title).split():
        wider = f"{found[-1]} {word}" if found else word
        if found and text_width(wider, size) <= width:
            found[-1] = wider
        else:
            found.append(fit(word, width, size))
    return found[:3]
