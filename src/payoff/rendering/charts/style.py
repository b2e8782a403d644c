"""How charts look: palettes for light, dark and grey, and one table of what each kind of mark is drawn with.

Colour never carries meaning alone: lines differ in dash and width, tones in the shape of their mark. The report takes
the table as style sheet (its own variables as colours); a chart that stands alone carries it as attributes.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from payoff.errors import nearest
from payoff.errors.usage import UnusableStyle
from payoff.rendering.charts.axes import SUFFIXES
from payoff.rendering.charts.svg import Element

Theme = Literal["auto", "light", "dark", "grey"]

SANS = 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif'


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours by what they are for: each is a CSS colour."""

    paper: str
    ink: str
    muted: str
    rule: str
    accent: str
    good: str
    bad: str
    doubt: str
    plain: str


LIGHT = Palette(
    paper="#fcfbf8",
    ink="#1b2330",
    muted="#5a6473",
    rule="#e3dfd6",
    accent="#0d5c73",
    good="#1c6b45",
    bad="#a2332a",
    doubt="#855800",
    plain="#5a6473",
)
DARK = Palette(
    paper="#12161b",
    ink="#e9e6df",
    muted="#a3abb6",
    rule="#2c343d",
    accent="#74c5da",
    good="#7fca9f",
    bad="#f0978a",
    doubt="#e2b566",
    plain="#a3abb6",
)
GREY = Palette(
    paper="#ffffff",
    ink="#111111",
    muted="#555555",
    rule="#dddddd",
    accent="#333333",
    good="#222222",
    bad="#222222",
    doubt="#666666",
    plain="#666666",
)
PALETTES: Mapping[str, Palette] = {"auto": LIGHT, "light": LIGHT, "dark": DARK, "grey": GREY}
# The report's own variables; what has no tone is called none there.
PAGE = Palette(**{name: f"var(--{'none' if name == 'plain' else name})" for name in asdict(LIGHT)})

# Classes of a mark, and what it is drawn with; words that name a colour of the palette stand for it.
# Font sizes are of twelve units, what a text has that says nothing else.
KINDS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("t", {"fill": "ink"}),
    ("tick", {"fill": "muted", "font-size": "11px"}),
    ("axis", {"fill": "muted"}),
    ("key", {"fill": "muted"}),
    ("small", {"font-size": "11px"}),
    ("even", {"fill": "muted"}),
    ("label", {"font-weight": "600"}),
    ("large", {"font-weight": "600", "font-size": "14px"}),
    ("halo", {"paint-order": "stroke", "stroke": "paper", "stroke-width": "3.5", "stroke-linejoin": "round"}),
    ("paper", {"fill": "paper"}),
    ("grid", {"stroke": "rule", "stroke-width": "1"}),
    ("zero", {"stroke": "muted", "stroke-width": "1.2"}),
    ("whisker", {"stroke": "accent", "stroke-width": "2", "fill": "none"}),
    ("dot", {"fill": "accent"}),
    *(
        entry
        for tone, colour in (("good", "good"), ("bad", "bad"), ("doubt", "doubt"), ("none", "plain"))
        for entry in ((f"whisker {tone}", {"stroke": colour}), (f"dot {tone}", {"fill": colour}))
    ),
    ("dot doubt", {"fill": "paper", "stroke": "doubt", "stroke-width": "2"}),
    ("whisker rival", {"stroke": "ink"}),
    ("dot rival", {"fill": "paper", "stroke": "ink", "stroke-width": "1.5"}),
    ("dot claimed", {"fill": "paper", "stroke": "doubt", "stroke-width": "1.8"}),
    ("bar", {"fill": "accent", "fill-opacity": "0.35", "stroke": "accent", "stroke-width": "1"}),
    ("mark", {"stroke": "ink", "stroke-width": "1.6", "fill": "none"}),
    ("flag", {"fill": "ink"}),
    ("curve", {"stroke": "accent", "stroke-width": "2.2", "fill": "none", "stroke-linejoin": "round"}),
    ("other", {"stroke": "ink", "stroke-width": "1.5", "fill": "none", "stroke-linejoin": "round"}),
    (
        "band",
        {
            "fill": "accent",
            "fill-opacity": "0.16",
            "stroke": "accent",
            "stroke-opacity": "0.45",
            "stroke-width": "0.8",
        },
    ),
    ("flat", {"fill": "doubt", "fill-opacity": "0.12"}),
    ("edge", {"stroke": "doubt", "stroke-width": "1"}),
    ("density", {"fill": "ink", "fill-opacity": "0.2"}),
    ("guide", {"stroke": "muted", "stroke-width": "1.2", "fill": "none"}),
    ("iso", {"stroke": "muted", "stroke-width": "1.2", "fill": "none"}),
    ("chosen", {"stroke": "doubt", "stroke-width": "1.6"}),
    ("cell", {"stroke": "paper", "stroke-width": "2"}),
    ("gain", {"fill": "accent"}),
    ("loss", {"fill": "doubt"}),
    ("hatch", {"stroke": "doubt", "stroke-width": "1.6", "fill": "none"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a reader may want otherwise.

    Attributes
    ----------
    theme : ``light``, ``dark``, ``grey`` (for print without colours), or ``auto``: light, and dark where the reader's
        machine asks for it.
    width, height : of the chart, and of the frame inside it, in units of the drawing.
    font, font_size : a CSS list of families, and the size of most texts.
    decimal, thousands : what stands in the numbers of an axis.
    large : what stands there for thousands, millions, billions and trillions, as the language has it.
    colours : what differs from the theme's palette, by name.
    """

    theme: Theme = "auto"
    width: float = 400.0
    height: float = 230.0
    font: str = SANS
    font_size: float = 12.0
    decimal: str = "."
    thousands: str = ","
    large: tuple[str, ...] = SUFFIXES
    colours: Mapping[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> tuple[str, str, tuple[str, ...]]:
        """Return how the numbers of an axis are written."""
        return self.decimal, self.thousands, self.large

    @property
    def palette(self) -> Palette:
        """Return the colours in use."""
        return Palette(**{**asdict(PALETTES[self.theme]), **self.colours})

    @property
    def dark(self) -> Palette | None:
        """Return the colours where the reader's machine asks for dark, None where that changes nothing."""
        return Palette(**{**asdict(DARK), **self.colours}) if self.theme == "auto" else None

    @property
    def scale(self) -> float:
        """Return how large lengths that go with texts are, beside those of a text of twelve units."""
        return self.font_size / 12.0


PLAIN = Style()
PARTS = ("theme", "width", "height", "font", "font_size", "decimal", "thousands", *asdict(LIGHT))
_COLOUR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})|[a-zA-Z]+")
_FONTS = re.compile(r"[\w ,'\"-]+")
MARKS = (".", ",", " ", "\u00a0", "\u202f", "'", "’", "")
_LENGTHS: Mapping[str, tuple[float, float]] = {
    "width": (240, 4000),
    "height": (80, 4000),
    "font_size": (6, 48),
}


def restyled(style: Style, changes: Mapping[str, Any]) -> Style:
    """Return a style with some parts changed: those of `Style`, or a colour by its name in the palette.

    Raises
    ------
    UnusableStyle
        When there is no such part, or a value is none that it can have.

    >>> restyled(PLAIN, {"theme": "dark", "accent": "#ffb000"}).palette.accent
    '#ffb000'
    """
    colours, others = dict(style.colours), dict[str, Any]()
    for name, value in changes.items():
        if name not in PARTS:
            raise _unusable(name, f"{name!r}{nearest(name, PARTS)}", f"one of {', '.join(PARTS)}")
        if name in asdict(LIGHT):
            if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
                raise _unusable(name, repr(value), 'a colour such as "#0d5c73" or "teal"')
            colours[name] = value
        else:
            others[name] = _checked(name, value)
    return replace(style, colours=colours, **others)


def _checked(name: str, value: Any) -> Any:
    if name == "theme" and value not in PALETTES:
        raise _unusable(name, repr(value), f"one of {', '.join(PALETTES)}")
    if name in ("decimal", "thousands") and value not in tuple(MARKS):
        raise _unusable(name, repr(value), f"one of {', '.join(map(repr, MARKS))}")
    if name == "font" and not (isinstance(value, str) and _FONTS.fullmatch(value)):
        raise _unusable(name, repr(value), 'families as CSS lists them, such as "Georgia, serif"')
    if name in _LENGTHS:
        low, high = _LENGTHS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise _unusable(name, repr(value), f"a number from {low} to {high}")
        return float(value)
    return value


def _unusable(name: str, found: str, expected: str) -> UnusableStyle:
    return UnusableStyle(
        where=f"restyle.{name}", found=found, expected=expected, fix="change it, or leave it out."
    )


def rules(scope: str, palette: Palette) -> str:
    """Return the table as style sheet under one selector."""
    return "\n".join(_rule(scope, classes, drawn, asdict(palette)) for classes, drawn in KINDS)


def recoloured(scope: str, palette: Palette, only: frozenset[str]) -> str:
    """Return rules that change nothing but colours, for the kinds whose classes are all among ``only``."""
    colours = asdict(palette)
    coloured = (
        (classes, {key: value for key, value in drawn.items() if value in colours})
        for classes, drawn in KINDS
        if set(classes.split()) <= only
    )
    return "".join(_rule(scope, classes, drawn, colours) for classes, drawn in coloured if drawn)


def _rule(scope: str, classes: str, drawn: Mapping[str, str], colours: Mapping[str, str]) -> str:
    said = ";".join(f"{key}:{colours.get(value, value)}" for key, value in drawn.items())
    return f"{scope} .{'.'.join(classes.split())}{{{said}}}"


def dressed(root: Element, style: Style) -> Element:
    """Return an element and all inside it with the look of their kinds as attributes of their own."""
    colours = asdict(style.palette)
    seen: dict[str, tuple[tuple[str, str | float], ...]] = {}
    return _dressed(root, style.scale, colours, seen)


def _dressed(
    one: Element,
    scale: float,
    colours: Mapping[str, str],
    seen: dict[str, tuple[tuple[str, str | float], ...]],
) -> Element:
    kind = next((str(value) for key, value in one.attributes if key == "class"), "")
    if kind not in seen:
        seen[kind] = tuple(_look(kind, scale, colours).items())
    inside = tuple(
        child if isinstance(child, str) else _dressed(child, scale, colours, seen) for child in one.children
    )
    return Element(one.name, one.attributes + seen[kind], inside)


def _look(kind: str, scale: float, colours: Mapping[str, str]) -> dict[str, str | float]:
    classes = set(kind.split())
    found: dict[str, str | float] = {}
    for needed, drawn in KINDS:
        if set(needed.split()) <= classes:
            for key, value in drawn.items():
                sized = f"{float(value[:-2]) * scale:g}" if value.endswith("px") else value
                found[key] = colours.get(sized, sized)
    return found


def classes_in(root: Element) -> frozenset[str]:
    """Return every class that an element and all inside it have."""
    own = {name for key, value in root.attributes if key == "class" for name in str(value).split()}
    return frozenset(own).union(*(classes_in(each) for each in root.children if isinstance(each, Element)))
