"""SVG as values: elements that can only be written escaped."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from payoff.rendering.literal import literal


@dataclass(frozen=True, slots=True)
class Element:
    """An SVG element. Strings among ``children`` are text and are escaped, always."""

    name: str
    attributes: tuple[tuple[str, str | float], ...] = ()
    children: tuple["Element | str", ...] = ()

    def __str__(self) -> str:
        inside = "".join(
            str(child) if isinstance(child, Element) else escape(literal(child), quote=False)
            for child in self.children
        )
        attributes = "".join(f' {key}="{_attribute(value)}"' for key, value in self.attributes)
        return f"<{self.name}{attributes}>{inside}</{self.name}>" if inside else f"<{self.name}{attributes}/>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A finished chart: ``id`` unique on its page, title and description in words, ``svg`` escaped."""

    id: str
    title: str
    desc: str
    svg: str


def element(name: str, *children: Element | str, **attributes: str | float) -> Element:
    """Return an element; a trailing underscore is dropped and others become hyphens.

    >>> str(element("text", "a < b", class_="label", text_anchor="end", x=1.25))
    '<text class="label" text-anchor="end" x="1.2">a &lt; b</text>'
    """
    named = tuple((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Element(name, named, children)


def text(
    x: float, y: float, content: str, anchor: str = "start", *, kind: str = "", full: str = ""
) -> Element:
    """Return a text at (x, y); ``full`` is the unshortened text, shown on hover and read aloud."""
    title = (element("title", full),) if full and full != content else ()
    return element("text", *title, content, x=x, y=y, text_anchor=anchor, class_=f"t {kind}".strip())


def line(x1: float, y1: float, x2: float, y2: float, kind: str, dash: str = "") -> Element:
    """Return a straight line; ``dash`` is an SVG dash pattern."""
    more: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind, stroke="currentColor", **more)


def path(points: Iterable[tuple[float, float]], kind: str, dash: str = "") -> Element:
    """Return an open line through ``points``."""
    more: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element("path", d=_moves(points), class_=kind, fill="none", stroke="currentColor", **more)


def area(points: Iterable[tuple[float, float]], kind: str) -> Element:
    """Return a filled outline."""
    return element("path", d=_moves(points) + "Z", class_=kind, fill="currentColor", fill_opacity="0.14")


def chart(name: str, title: str, desc: str, size: tuple[float, float], body: Iterable[Element]) -> Chart:
    """Return a chart whose title and description are read aloud; ``name`` makes its ids unique."""
    width, height = size
    root = element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", desc, id=f"{name}-desc"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="chart",
        font_size="12",
        font_family="system-ui, sans-serif",
        fill="currentColor",
    )
    return Chart(id=name, title=title, desc=desc, svg=str(root))


def _moves(points: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if i else 'M'}{_number(x)} {_number(y)}" for i, (x, y) in enumerate(points))


def _attribute(value: str | float) -> str:
    return escape(literal(value)) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
