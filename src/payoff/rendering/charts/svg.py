"""SVG as values: elements that can only be written escaped. What they look like is said in ``style``."""

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
    more: dict[str, str | float] = {} if anchor == "start" else {"text_anchor": anchor}
    return element("text", *title, content, x=x, y=y, class_=f"t {kind}".strip(), **more)


def line(x1: float, y1: float, x2: float, y2: float, kind: str, dash: str = "") -> Element:
    """Return a straight line; ``dash`` is an SVG dash pattern."""
    more: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind, **more)


def path(pieces: Iterable[Iterable[tuple[float, float]]], kind: str, dash: str = "") -> Element:
    """Return an open line through the points of every piece."""
    more: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element("path", d="".join(map(_moves, pieces)), class_=kind, **more)


def area(pieces: Iterable[Iterable[tuple[float, float]]], kind: str) -> Element:
    """Return filled outlines."""
    return element("path", d="".join(_moves(each) + "Z" for each in pieces), class_=kind)


def _moves(points: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if i else 'M'}{number(x)} {number(y)}" for i, (x, y) in enumerate(points))


def _attribute(value: str | float) -> str:
    return escape(literal(value)) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
