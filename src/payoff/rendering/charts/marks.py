"""What a chart is, before anybody draws it: marks at numbers, a key, a title, a message, and the numbers behind.

Nothing here knows of places on a page, of colours or of fonts: ``drawing`` makes those of a chart and a style.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Points = Sequence[float | None]
Numbers = tuple[Mapping[str, Any], ...]

# Dashes of several curves of one kind, so that they are told apart without colour.
DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 4")


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; where one is missing the line is broken."""

    xs: Points
    ys: Points
    kind: str = "curve"
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The space between two lines, in as many pieces as points with both ends lie beside each other."""

    xs: Points
    lows: Points
    highs: Points
    kind: str = "band"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between two numbers on either axis."""

    x: tuple[float, float]
    y: tuple[float, float]
    kind: str = "band"


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark at a point, held inside the frame; ``words`` are shown on hover."""

    x: float
    y: float
    kind: str = "dot"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval at ``x``."""

    x: float
    low: float
    high: float
    kind: str = "whisker"


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the whole frame at one height, with its name at ``side``; names keep out of each other's way."""

    y: float
    kind: str = "guide"
    dash: str = "3 3"
    name: str = ""
    side: Literal["start", "end"] = "end"


@dataclass(frozen=True, slots=True)
class Upright:
    """A line from foot to top at one place."""

    x: float
    kind: str = "chosen"
    dash: str = "4 3"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the axis, shaded from foot to top and bounded by dotted lines."""

    low: float
    high: float
    kind: str = "flat"


@dataclass(frozen=True, slots=True)
class Density:
    """How many rows lie where, as bars at the foot."""

    xs: Points
    rows: Points


Mark = Line | Band | Box | Dot | Whisker | Level | Upright | Span | Density


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key: a sample (``line``, ``band``, ``span``, ``dot``) of a kind and dash, and its words."""

    sample: str
    kind: str
    words: str
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis is called and from where to where it goes; ``names`` stand at 0, 1, 2, ... in place of ticks."""

    title: str
    low: float
    high: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Marks in a frame of two axes, and the key below."""

    x: Axis
    y: Axis
    layers: tuple[Mark, ...]
    key: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. ``tone`` is good, bad, doubt or none; ``mark`` is what the number is held against.

    ``label`` stands on the left and is cut where it must, ``note`` behind it is not; ``reading`` stands on the right.
    ``whole`` is the label where what all labels begin with was taken off it.
    """

    label: str
    reading: str
    note: str = ""
    value: float | None
    low: float | None = None
    high: float | None = None
    tone: str = "none"
    mark: float | None = None
    bar: bool = False
    whole: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows on one axis in ``unit``, zero always in sight: a dot and its interval for each.

    ``dense`` rows take one line each. ``mark`` is a line through all of them. ``gap`` is said between the rows
    before and after ``split``, where rows were left out.
    """

    unit: str
    rows: tuple[Row, ...]
    dense: bool = False
    mark: float | None = None
    split: int | None = None
    gap: str = ""
    key: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: what it is in large, lines below in small, and its size among all cells, from -1 to 1."""

    large: str
    small: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A table that is seen: ``lines`` by ``columns``, cells shaded by their weight, losses hatched."""

    across: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: data only.

    Attributes
    ----------
    id : unique on its page.
    word : what it is called where it is asked for, such as ``value_curve``.
    about : which of several charts of that word it is: a model, a baseline, a slice.
    title : what is drawn.
    message : what is seen in it, in sentences with numbers: the text alternative.
    figure : the marks.
    numbers : the numbers behind it, one mapping a row, all with the same keys.
    """

    id: str
    word: str
    about: str
    title: str
    message: str
    figure: Plane | Rows | Matrix
    numbers: Numbers


def known(values: Points) -> list[float]:
    """Return the numbers that are there."""
    return [value for value in values if value is not None]


def padded(values: Sequence[float | None], pad: float = 0.06) -> tuple[float, float]:
    """Return ends that hold ``values`` with room around them, also around a single one.

    >>> padded([0.0, 10.0], 0.1)
    (-1.0, 11.0)
    """
    there = known(values) or [0.0]
    low, high = min(there), max(there)
    room = (high - low) * pad if high - low > max(abs(low), abs(high)) * 1e-9 else abs(high) * 0.5 or 1.0
    return low - room, high + room


def columns(**lists: Sequence[Any]) -> Numbers:
    """Return lists of one length as rows.

    >>> columns(x=[1, 2], y=[3, None])
    ({'x': 1, 'y': 3}, {'x': 2, 'y': None})
    """
    return tuple(dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True))


def retold(chart: Chart, tell: Callable[[str], str]) -> Chart:
    """Return a chart with every text of it told anew, before anything is broken into lines or cut; numbers stay."""
    return replace(
        chart, title=tell(chart.title), message=tell(chart.message), figure=_retold(chart.figure, tell)
    )


def _retold(figure: Plane | Rows | Matrix, tell: Callable[[str], str]) -> Plane | Rows | Matrix:
    if isinstance(figure, Matrix):
        lines = tuple(
            (
                tell(name),
                tuple(replace(cell, large=tell(cell.large), small=_each(cell.small, tell)) for cell in cells),
            )
            for name, cells in figure.lines
        )
        return Matrix(
            across=tell(figure.across),
            columns=_each(figure.columns, tell),
            lines=lines,
            unit=tell(figure.unit),
        )
    key = tuple(replace(each, words=tell(each.words)) for each in figure.key)
    if isinstance(figure, Rows):
        rows = tuple(
            replace(row, label=tell(row.label), note=tell(row.note), reading=tell(row.reading))
            for row in figure.rows
        )
        return replace(figure, unit=tell(figure.unit), gap=tell(figure.gap), rows=rows, key=key)
    x, y = (
        replace(axis, title=tell(axis.title), names=_each(axis.names, tell)) for axis in (figure.x, figure.y)
    )
    return replace(figure, x=x, y=y, key=key, layers=tuple(_told(mark, tell) for mark in figure.layers))


def _told(mark: Mark, tell: Callable[[str], str]) -> Mark:
    if isinstance(mark, Dot):
        return replace(mark, words=tell(mark.words))
    return replace(mark, name=tell(mark.name)) if isinstance(mark, Level) else mark


def _each(texts: tuple[str, ...], tell: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(tell(text) for text in texts)
