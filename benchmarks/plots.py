"""Figures as small SVG files for the docs, drawn from a day's JSON without any library."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.laws import ratios
from benchmarks.processes import DONE

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 44, 48
# Apart by lightness and by hue, also for those who see few colours (Okabe and Ito).
COLOURS = ("#0072b2", "#555555", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
LABEL_GAP = 15
SKIPPED = {"payoff from Python"}

Point = tuple[float, float]
Lines = Mapping[str, Sequence[Point]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A logarithmic axis from ``low`` to ``high``, drawn from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value is drawn.

        Examples
        --------
        >>> Axis(low=1, high=100, start=0, end=200).at(10)
        100.0
        """
        share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the powers of ten within the axis."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def draw(document: Mapping[str, Any]) -> list[Path]:
    """Write every figure that the document has numbers for, and return the paths."""
    figures = {}
    if document.get("sizes"):
        cpu, peak = lines_of(document, "cpu", 1.0), lines_of(document, "peak", 2.0**20)
        figures["benchmark-cpu.svg"] = chart("CPU seconds of the whole process", cpu)
        figures["benchmark-memory.svg"] = chart("Peak memory in MiB", peak)
    if document.get("laws"):
        figures["benchmark-growth.svg"] = bars("What more questions cost, in CPU", growths(document["laws"]))
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, text in figures.items():
        (IMAGES / name).write_text(text, encoding="utf-8")
    return [IMAGES / name for name in figures]


def lines_of(document: Mapping[str, Any], what: str, unit: float) -> Lines:
    """Return a line of (rows, figure) for each contender, of two sizes or more at which it came to its end."""
    out: dict[str, list[Point]] = {}
    for rows, size in document["sizes"].items():
        for name, one in size["found"].items():
            if one["state"] == DONE and name not in SKIPPED:
                out.setdefault(name, []).append((float(rows), one[what] / unit))
    # A single point is no line: those measured at one size only stand in the page of results.
    return {name: line for name, line in out.items() if len(line) > 1}


def growths(laws: Mapping[str, Any]) -> dict[str, float]:
    """Return what each growth of the question does to CPU, as a ratio."""
    found = ratios(laws["found"])
    out = {"every metric against one": found["metrics"], "1,200 slices against 120": found["slices"]}
    further = {
        f"further policies: {count}": count * found.get(f"policy of {count}", 0.0) + 1 for count in (1, 5, 10)
    }
    return out | further


def chart(title: str, lines: Lines) -> str:
    """Return a chart of lines on logarithmic axes, each named at its end."""
    points = [point for line in lines.values() for point in line]
    across = Axis(
        low=min(x for x, _ in points), high=_above(x for x, _ in points), start=LEFT, end=WIDTH - RIGHT
    )
    low = 10 ** math.floor(math.log10(min(y for _, y in points)))
    up = Axis(low=low, high=_above(y for _, y in points), start=HEIGHT - BOTTOM, end=TOP)
    drawn = [*_grid(across, up), *_drawn(lines, across, up)]
    return _framed(f"{title}, by rows; both axes are logarithmic", drawn)


def _grid(across: Axis, up: Axis) -> Iterator[str]:
    for tick in up.ticks():
        y = up.at(tick)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
        yield _text(LEFT - 8, y + 4, f"{tick:,g}", anchor="end")
    for tick in across.ticks():
        x = across.at(tick)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield _text(x, HEIGHT - BOTTOM + 20, f"{tick:,.0f}", anchor="middle")


def _drawn(lines: Lines, across: Axis, up: Axis) -> Iterator[str]:
    heights = spread({name: up.at(line[-1][1]) for name, line in lines.items()}, LABEL_GAP)
    for place, (name, line) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        # Whose colour is taken is dashed.
        dash = ' stroke-dasharray="6 3"' if place >= len(COLOURS) else ""
        marks = [(across.at(x), up.at(y)) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
        width = 3 if name == "payoff" else 1.5
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in marks)
        label = f"{name} {told(line[-1][1])}"
        yield _text(WIDTH - RIGHT + 10, heights[name] + 4, label, colour=colour)


def bars(title: str, shares: Mapping[str, float]) -> str:
    """Return bars of ratios with a mark at 1, where more would cost nothing."""
    step, top = 34, max(*shares.values(), 1.5)
    start, room = 210, WIDTH - 210 - 70
    drawn = []
    for place, (name, share) in enumerate(shares.items()):
        y = TOP + 20 + place * step
        length = room * max(share, 0.0) / top
        drawn.append(f'<rect x="{start}" y="{y}" width="{length:.1f}" height="20" fill="{COLOURS[0]}"/>')
        drawn += [
            _text(start - 8, y + 15, name, anchor="end"),
            _text(start + length + 6, y + 15, f"{share:.2f}"),
        ]
    one, end = start + room / top, TOP + 20 + len(shares) * step
    drawn.append(
        f'<line x1="{one:.1f}" y1="{TOP}" x2="{one:.1f}" y2="{end}" stroke="#000" stroke-dasharray="4 3"/>'
    )
    return _framed(f"{title}; the dashed line is no more than before", drawn, end + 16)


def spread(heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """Return heights in the same order that are at least ``gap`` apart, moved down where they are not.

    Examples
    --------
    >>> spread({"a": 10.0, "b": 12.0, "c": 100.0}, 15)
    {'a': 10.0, 'b': 25.0, 'c': 100.0}
    """
    out: dict[str, float] = {}
    lowest = -math.inf
    for name, height in sorted(heights.items(), key=lambda one: one[1]):
        lowest = max(height, lowest + gap)
        out[name] = lowest
    return out


def told(value: float) -> str:
    """Return a figure as it is read: whole from a hundred on, three digits below.

    Examples
    --------
    >>> told(3881.2), told(4.804)
    ('3,881', '4.8')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _above(values: Iterator[float]) -> float:
    return max(values) * 1.15


def _framed(title: str, drawn: Sequence[str], height: float = HEIGHT) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12">'
    )
    named = f"<title>{escape(title)}</title>"
    back = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, named, back, _text(16, 24, title, size=14), *drawn, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, **style: Any) -> str:
    colour, anchor, size = style.get("colour", "#222"), style.get("anchor", "start"), style.get("size", 12)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )
