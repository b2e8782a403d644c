"""From a plane of marks to its elements: axes, round ticks, layers, and the key below."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from payoff.rendering.charts.axes import Scale, fit, spread, text_width, tick_texts, ticks
from payoff.rendering.charts.marks import (
    Axis,
    Band,
    Box,
    Density,
    Dot,
    Key,
    Level,
    Line,
    Plane,
    Points,
    Span,
    Upright,
    Whisker,
)
from payoff.rendering.charts.style import Style
from payoff.rendering.charts.svg import Element, area, element, line, number, path, text

MOST_POINTS = 240
DENSITY, BINS = 34.0, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where numbers stand on the page."""

    across: Scale
    up: Scale
    top: float
    foot: float
    right: float
    style: Style

    @property
    def unit(self) -> float:
        """Return how large a length that goes with texts is."""
        return self.style.scale


def plane_elements(plane: Plane, style: Style) -> tuple[float, list[Element]]:
    """Return the height of a plane and its elements."""
    k = style.scale
    top, right = 26.0 * k, style.width - 12.0 * k
    foot = top + style.height
    labels = tick_texts(ticks(plane.y.low, plane.y.high, 6), *style.marks)
    left = 14.0 * k + max(text_width(label, 11.0 * k) for label in labels)
    frame = Frame(
        across=Scale(plane.x.low, plane.x.high, left, right),
        up=Scale(plane.y.low, plane.y.high, foot, top),
        top=top,
        foot=foot,
        right=right,
        style=style,
    )
    body = [*_axes(frame, plane)]
    for mark in plane.layers:
        body += _DRAWN[type(mark)](mark, frame)
    body += _names(plane, frame)
    entries, height = key_elements(plane.key, foot + 58.0 * k, style)
    return height - (0.0 if plane.key else 8.0 * k), [*body, *entries]


def key_elements(key: Sequence[Key], top: float, style: Style) -> tuple[list[Element], float]:
    """Return the entries of a key from ``top`` on and where it ends.

    Short ones stand beside each other; words that are too long for a line go on in the next.
    """
    k, x, y, body = style.scale, 0.0, top, list[Element]()
    for entry in key:
        lines = broken(entry.words, style.width - 36.0 * k, style.font_size)
        wide = 34.0 * k + max(text_width(words, style.font_size) for words in lines)
        if x > 0.0 and (len(lines) > 1 or x + wide > style.width):
            x, y = 0.0, y + 19.0 * k
        sample = _sample(entry, y - 4.0 * k, k)
        body.append(sample if x == 0.0 else element("g", sample, transform=f"translate({number(x)} 0)"))
        body += [text(x + 34.0 * k, y + 16.0 * k * at, words, kind="key") for at, words in enumerate(lines)]
        x, y = x + wide + 16.0 * k, y + 16.0 * k * (len(lines) - 1)
        if len(lines) > 1:
            x = style.width
    return body, y + 13.0 * k


def fitting_ticks(across: Scale, size: float, style: Style) -> list[float]:
    """Return as many ticks as stand beside each other with room between them."""
    length = abs(across.end - across.start)
    for most in range(7, 1, -1):
        found = ticks(across.low, across.high, most)
        widest = max(text_width(label, size) for label in tick_texts(found, *style.marks))
        room = abs(across(found[-1]) - across(found[0]))
        if len(found) < 2 or (widest + 8.0) * (len(found) - 1) <= room:
            return found
    return ticks(across.low, across.high, 2)[: 2 if length > 120 else 1]


def dot(x: float, y: float, kind: str, size: float, words: str = "") -> Element:
    """Return a mark whose shape says its kind too: square for bad, hollow for doubt, diamond for what is claimed."""
    inside = (element("title", words),) if words else ()
    name = kind.rsplit(maxsplit=1)[-1]
    if name == "bad":
        return element("rect", *inside, x=x - size, y=y - size, width=2 * size, height=2 * size, class_=kind)
    if name in ("claimed", "none"):
        reach = size * 1.3
        moves = f"M{x:.1f} {y - reach:.1f}l{reach:.1f} {reach:.1f}l{-reach:.1f} {reach:.1f}l{-reach:.1f} {-reach:.1f}z"
        return element("path", *inside, d=moves, class_=kind)
    return element("circle", *inside, cx=x, cy=y, r=size, class_=kind)


def _axes(frame: Frame, plane: Plane) -> list[Element]:
    """Return grid, ticks and titles of both axes."""
    across, up, k, width = frame.across, frame.up, frame.unit, frame.style.width
    body = []
    ys = ticks(up.low, up.high, 6)
    style = frame.style
    for at, label in zip(ys, tick_texts(ys, *style.marks), strict=True):
        body.append(line(across.start, up(at), across.end, up(at), "zero" if at == 0 else "grid"))
        body.append(text(across.start - 6 * k, up(at) + 4 * k, label, "end", kind="tick"))
    for at, label in _marks(plane.x, across, frame.style):
        half = text_width(label, 11 * k) / 2
        body.append(line(across(at), frame.foot, across(at), frame.foot + 4 * k, "grid"))
        x = max(min(across(at), width - half), half)
        body.append(text(x, frame.foot + 17 * k, label, "middle", kind="tick"))
    size = frame.style.font_size
    y_title, x_title = fit(plane.y.title, width, size), fit(plane.x.title, width - 20 * k, size)
    body.append(text(0, 13 * k, y_title, kind="axis", full=plane.y.title))
    half = text_width(x_title, size) / 2
    place = max(min((across.start + across.end) / 2, width - half), half)
    body.append(text(place, frame.foot + 35 * k, x_title, "middle", kind="axis", full=plane.x.title))
    return body


def _marks(axis: Axis, across: Scale, style: Style) -> list[tuple[float, str]]:
    """Return ticks with their labels: round numbers, or as many names as stand beside each other."""
    k = style.scale
    if not axis.names:
        found = fitting_ticks(across, 11 * k, style)
        return list(zip(found, tick_texts(found, *style.marks), strict=True))
    gap = (across.end - across.start) / len(axis.names)
    shown = [fit(name, 90 * k, 11 * k) for name in axis.names]
    every = max(1, math.ceil((max(text_width(name, 11 * k) for name in shown) + 8 * k) / gap))
    return [(float(index), name) for index, name in enumerate(shown) if index % every == 0]


def _line(mark: Line, frame: Frame) -> list[Element]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(mark.xs, mark.ys, strict=True):
        if x is None or y is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.across(x), frame.up(y)))
    kept = [_thinned(piece, len(mark.xs)) for piece in pieces if piece]
    return [path(kept, mark.kind, mark.dash)] if kept else []


def _band(mark: Band, frame: Frame) -> list[Element]:
    pieces: list[list[tuple[float, float, float]]] = [[]]
    for x, low, high in zip(mark.xs, mark.lows, mark.highs, strict=True):
        if x is None or low is None or high is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.across(x), frame.up(low), frame.up(high)))
    kept = [_thinned(piece, len(mark.xs)) for piece in pieces if len(piece) > 1]
    outlines = [
        [*((x, low) for x, low, _ in piece), *((x, high) for x, _, high in reversed(piece))] for piece in kept
    ]
    return [area(outlines, mark.kind)] if outlines else []


def _thinned(piece: list[Any], points: int) -> list[Any]:
    """Return a piece with no more points than the eye can tell apart, its ends among them."""
    step = max(1, points // MOST_POINTS)
    return [point for index, point in enumerate(piece) if index % step == 0 or index == len(piece) - 1]


def _box(mark: Box, frame: Frame) -> list[Element]:
    (left, right), (foot, top) = mark.x, mark.y
    corners = [(left, foot), (right, foot), (right, top), (left, top)]
    return [area([[(frame.across.held(x), frame.up.held(y)) for x, y in corners]], mark.kind)]


def _dot(mark: Dot, frame: Frame) -> list[Element]:
    x, y = frame.across.held(mark.x), frame.up.held(mark.y)
    size = 2.5 if mark.kind.endswith("small") else 4.5
    return [dot(x, y, mark.kind, size * frame.unit, mark.words)]


def _whisker(mark: Whisker, frame: Frame) -> list[Element]:
    x = frame.across(mark.x)
    return [line(x, frame.up.held(mark.low), x, frame.up.held(mark.high), mark.kind)]


def _level(mark: Level, frame: Frame) -> list[Element]:
    y = frame.up(mark.y)
    return [line(frame.across.start, y, frame.right, y, mark.kind, mark.dash)]


def _upright(mark: Upright, frame: Frame) -> list[Element]:
    x = frame.across(mark.x)
    return [line(x, frame.top, x, frame.foot, mark.kind, mark.dash)]


def _span(mark: Span, frame: Frame) -> list[Element]:
    left, right = frame.across.held(mark.low), frame.across.held(mark.high)
    return [
        element(
            "rect",
            x=left,
            y=frame.top,
            width=max(right - left, 0.5),
            height=frame.foot - frame.top,
            class_=mark.kind,
        ),
        *(line(x, frame.top, x, frame.foot, "edge", "1 3") for x in (left, right)),
    ]


def _density(mark: Density, frame: Frame) -> list[Element]:
    """Return bars at the foot, heights by square root so that few rows still show."""
    counts, across = [0.0] * BINS, frame.across
    for x, rows in zip(mark.xs, mark.rows, strict=False):
        if x is not None and rows is not None:
            place = int((x - across.low) / (across.high - across.low) * BINS)
            counts[min(max(place, 0), BINS - 1)] += rows
    most, width, tall = max(counts), (frame.right - across.start) / BINS, DENSITY * frame.unit
    heights = [tall * math.sqrt(count / most) if most > 0 else 0.0 for count in counts]
    return [
        element(
            "rect",
            x=across.start + index * width + 0.5,
            y=frame.foot - height,
            width=width - 1,
            height=height,
            class_="density",
        )
        for index, height in enumerate(heights)
        if height > 0
    ]


def _names(plane: Plane, frame: Frame) -> list[Element]:
    """Return the names of levels, kept apart and readable over lines."""
    k, found = frame.unit, [each for each in plane.layers if isinstance(each, Level) and each.name]
    wanted = [frame.up(each.y) - 5 * k for each in found]
    body = []
    for each, y in zip(found, spread(wanted, 14 * k, frame.top + 10 * k, frame.foot - 4 * k), strict=True):
        x = frame.right - 2 * k if each.side == "end" else frame.across.start + 4 * k
        words = fit(each.name, 150 * k, frame.style.font_size)
        body.append(text(x, y, words, each.side, kind="halo", full=each.name))
    return body


def _sample(entry: Key, middle: float, k: float) -> Element:
    if entry.sample in ("band", "span"):
        box = element("rect", x=2 * k, y=middle - 5 * k, width=24 * k, height=10 * k, class_=entry.kind)
        edges = (line(x * k, middle - 5 * k, x * k, middle + 5 * k, "edge", "1 3") for x in (2, 26))
        return box if entry.sample == "band" else element("g", box, *edges)
    if entry.sample == "dot":
        return dot(14 * k, middle, entry.kind, 4.5 * k)
    return line(2 * k, middle, 26 * k, middle, entry.kind, entry.dash)


def broken(words: str, width: float, size: float) -> list[str]:
    """Return words on at most two lines, the second cut where it must be."""
    if text_width(words, size) <= width:
        return [fit(words, width, size)]
    pieces = fit(words, len(words) * size * 2, size).split(" ")
    first = pieces[0]
    taken = 1
    while taken < len(pieces) and text_width(f"{first} {pieces[taken]}", size) <= width:
        first, taken = f"{first} {pieces[taken]}", taken + 1
    rest = " ".join(pieces[taken:])
    return [fit(first, width, size), *([fit(rest, width, size)] if rest else [])]


Drawing = Callable[[Any, Frame], list[Element]]
_DRAWN: dict[type, Drawing] = {
    Line: _line,
    Band: _band,
    Box: _box,
    Dot: _dot,
    Whisker: _whisker,
    Level: _level,
    Upright: _upright,
    Span: _span,
    Density: _density,
}


def usable(points: Points, least: int = 2) -> bool:
    """Return whether enough points are there to draw a line."""
    return sum(each is not None for each in points) >= least
