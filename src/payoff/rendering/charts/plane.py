"""A frame with two axes, round ticks, and a key below: what every curve is drawn in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from payoff.rendering.charts.axes import Scale, fit, text_width, tick_texts, ticks
from payoff.rendering.charts.rows import WIDTH, fitting_ticks
from payoff.rendering.charts.svg import Chart, Element, chart, element, line, path, text

HEIGHT = 250.0
RIGHT = WIDTH - 12.0
TOP = 26.0
FOOT = TOP + HEIGHT
_KEY_LINE = 19.0


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key: a sample (``line``, ``band``, ``dot``) of a class and dash, and its words."""

    sample: str
    kind: str
    words: str
    dash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The two scales of a frame and what its axes are called; ``marks`` replace round ticks across."""

    across: Scale
    up: Scale
    x_title: str
    y_title: str
    marks: tuple[tuple[float, str], ...] | None = None


def left_for(low: float, high: float) -> float:
    """Return where the plot begins, so that the y axis's tick labels of ``low`` to ``high`` have room."""
    room = Scale(low, high, FOOT, TOP)
    return 14.0 + max(text_width(label, 11) for label in tick_texts(ticks(room.low, room.high, 6)))


def plane(x: tuple[float, float], y: tuple[float, float], x_title: str, y_title: str) -> Plane:
    """Return a frame from the ranges of x and y (already padded)."""
    across, up = Scale(x[0], x[1], left_for(*y), RIGHT), Scale(y[0], y[1], FOOT, TOP)
    return Plane(across=across, up=up, x_title=x_title, y_title=y_title)


def with_names(frame: Plane, names: Sequence[str]) -> Plane:
    """Return the frame with named places 0, 1, 2, ... across, as many names as stand beside each other."""
    gap = (frame.across.end - frame.across.start) / max(len(names), 1)
    shown = [fit(name, 90, 11) for name in names]
    every = max(1, math.ceil((max(text_width(name, 11) for name in shown) + 8) / gap))
    marks = tuple((float(index), name) for index, name in enumerate(shown) if index % every == 0)
    return replace(frame, marks=marks)


def plotted(
    name: str, title: str, desc: str, frame: Plane, layers: Sequence[Element], key: Sequence[Key]
) -> Chart:
    """Return the chart: axes, layers, and the key, one entry a line."""
    body = [*_axes(frame), *layers]
    top = FOOT + 58.0
    for index, entry in enumerate(key):
        body += _entry(entry, top + index * _KEY_LINE)
    height = top + len(key) * _KEY_LINE - (6.0 if key else 14.0)
    return chart(name, title, desc, (WIDTH, height), body)


def places(frame: Plane, xs: Sequence[float | None], ys: Sequence[float | None]) -> list[tuple[float, float]]:
    """Return points on the page, thinned to what the eye can tell apart; a missing point is left out."""
    known = [(x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None]
    step = max(1, len(known) // 240)
    kept = [point for index, point in enumerate(known) if index % step == 0 or index == len(known) - 1]
    return [(frame.across(x), frame.up(y)) for x, y in kept]


def curve(
    frame: Plane, xs: Sequence[float | None], ys: Sequence[float | None], kind: str, dash: str = ""
) -> Element:
    """Return a line through the points."""
    return path(places(frame, xs, ys), kind, dash)


def halo(x: float, y: float, content: str, anchor: str, *, full: str = "") -> Element:
    """Return a label inside the plot, kept readable over lines."""
    return text(x, y, content, anchor, kind="halo", full=full)


def _axes(frame: Plane) -> list[Element]:
    """Return grid, ticks and titles of both axes."""
    across, up = frame.across, frame.up
    body = []
    ys = ticks(up.low, up.high, 6)
    for at, label in zip(ys, tick_texts(ys), strict=True):
        body.append(line(across.start, up(at), across.end, up(at), "zero" if at == 0 else "grid"))
        body.append(text(across.start - 6, up(at) + 4, label, "end", kind="tick"))
    xs = fitting_ticks(across)
    for at, label in frame.marks or zip(xs, tick_texts(xs), strict=True):
        half = text_width(label, 11) / 2
        body.append(line(across(at), FOOT, across(at), FOOT + 4, "grid"))
        body.append(text(max(min(across(at), WIDTH - half), half), FOOT + 17, label, "middle", kind="tick"))
    middle = (across.start + across.end) / 2
    body.append(text(0, 13, fit(frame.y_title, WIDTH), kind="axis", full=frame.y_title))
    x_title = fit(frame.x_title, WIDTH - 20)
    half = text_width(x_title) / 2
    place = max(min(middle, WIDTH - half), half)
    body.append(text(place, FOOT + 35, x_title, "middle", kind="axis", full=frame.x_title))
    return body


def _entry(entry: Key, y: float) -> list[Element]:
    """Return one line of the key."""
    middle = y - 4
    if entry.sample == "band":
        sample = element(
            "rect", x=2, y=middle - 5, width=24, height=10, class_=entry.kind, fill_opacity="0.14"
        )
    elif entry.sample == "dot":
        sample = element("circle", cx=14, cy=middle, r=4.5, class_=entry.kind)
    else:
        sample = line(2, middle, 26, middle, entry.kind, entry.dash)
    return [sample, text(34, y, fit(entry.words, WIDTH - 36), kind="key", full=entry.words)]
