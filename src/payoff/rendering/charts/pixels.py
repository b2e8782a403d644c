"""Charts as PNG, through the extra ``png``: drawn by resvg, in a font that is there."""

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import import_module
from typing import Any

from payoff.errors.usage import MissingExtra, NoFont

# Letters vanish without a word where no family of the list is on the machine, so that one that is must be named.
FAMILIES = (
    "Inter",
    "Segoe UI",
    "Helvetica Neue",
    "Helvetica",
    "Arial",
    "Liberation Sans",
    "Noto Sans",
    "DejaVu Sans",
    "Roboto",
    "Ubuntu",
    "Cantarell",
    "Verdana",
    "Tahoma",
    "FreeSans",
)
TEXT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<text y="15" font-family="{family}" font-size="16">{words}</text></svg>'
)
ZOOM = 2
GENERIC = ("font_family", "sans_serif_family", "serif_family", "monospace_family")


def to_png(svg: str, fonts: Sequence[str] = ()) -> bytes:
    """Return an SVG as PNG at twice its size, texts in the first of ``fonts`` that this machine has.

    Raises
    ------
    MissingExtra
        When resvg-py is not installed.
    NoFont
        When no font is found: the picture would have no texts.
    """
    family = family_for(fonts)
    return bytes(_resvg().svg_to_bytes(svg_string=svg, zoom=ZOOM, **dict.fromkeys(GENERIC, family)))


def family_for(fonts: Sequence[str] = ()) -> str:
    """Return the first of ``fonts``, else of those known, that this machine has: all that a picture needs is there.

    Raises
    ------
    MissingExtra, NoFont
        As ``to_png``.
    """
    _resvg()
    family = next((each for each in (*fonts, *FAMILIES) if _draws(each.strip(" \"'"))), None)
    if family is None:
        raise NoFont(
            where="png",
            found="no font on this machine that texts can be drawn in",
            expected=f"one of {', '.join(FAMILIES)}, or another that the style names",
            fix="install one, such as fonts-dejavu or fonts-liberation, or save as .svg.",
        )
    return family.strip(" \"'")


@cache
def _draws(family: str) -> bool:
    """Return whether texts of a family leave a trace: a picture without differs from an empty one."""
    draw = _resvg().svg_to_bytes
    written, empty = (
        bytes(draw(svg_string=TEXT.format(family=escape(family, quote=True), words=words)))
        for words in ("Hg", "")
    )
    return written != empty


def _resvg() -> Any:
    try:
        return import_module("resvg_py")
    except ModuleNotFoundError as problem:
        raise MissingExtra(
            where="png", found="no resvg-py", expected="resvg-py", fix="pip install 'payoff[png]'."
        ) from problem
