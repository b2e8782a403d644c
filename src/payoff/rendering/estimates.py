"""Every estimate as one table: the most important rows as they stand, all of them as data for the page's script.

The script (``scripts/estimates.js``) searches, sorts and copies; without it the rows here are the table, and a sentence
says where the rest is.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.languages.voice import Voice
from payoff.rendering.literal import literal
from payoff.rendering.spreadsheets import COLUMNS, NUMBERS, plain_cells
from payoff.rendering.views import Shown, metric_shown
from payoff.rendering.wording import METRICS, metric_title, part_text
from payoff.stats.estimates import Estimate

MOST_STATIC = 270
"""What stands in the page itself, for a reader without scripts: all of most results; more would weigh too much."""

MOST_LIVE = 7_500

_GAINS = ("gain", "net_gain")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, the field of the CSV by which it sorts (None: by its text), whether that is a number."""

    title: str
    field: str | None = None
    numeric: bool = False


SHOWN = (
    Column("Metric"),
    Column("Of", "of"),
    Column("Over", "over"),
    Column("Slice"),
    Column("Value", "value", numeric=True),
    Column("Low", "low", numeric=True),
    Column("High", "high", numeric=True),
    Column("Unit"),
    Column("Rows", "rows", numeric=True),
    Column("Events", "events", numeric=True),
    Column("Trust", "tier"),
    Column("Method and note", "method"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateTable:
    """The table: ``rows`` stand in the page, a cell per column and a note each; ``data`` is JSON for the script.

    ``live`` counts the estimates that the data hold, ``all`` those of the result.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[str | Shown, ...], str], ...]
    live: int
    all: int
    levels: str
    data: str


# What the script says; it fills the places.
WORDS = {
    "said": "{shown} of {all} shown.",
    "match": "{found} of {all} match, {shown} shown.",
    "none": "Not one of {all} has all these words.",
    "copied": "{found} copied as CSV.",
    "byHand": "Copy the text below.",
}


def estimate_table(result: Result, voice: Voice | None = None) -> EstimateTable:
    """Return all estimates: those over all rows first, then gains in slices, then the rest of the slices."""
    ordered = sorted(result.estimates, key=_importance)[:MOST_LIVE]
    cells = [_cells(one) for one in ordered]
    levels = sorted({one.level for one in result.estimates})
    return EstimateTable(
        columns=SHOWN,
        rows=tuple((row, one.note or "") for row, one in zip(cells[:MOST_STATIC], ordered, strict=False)),
        live=len(ordered),
        all=len(result.estimates),
        levels=(voice or Voice()).amount(" and ".join(f"{100 * level:.4g}%" for level in levels)),
        data=_data(ordered, cells, voice or Voice()),
    )


def _importance(one: Estimate) -> int:
    return 0 if one.slice is None else 1 if one.metric in _GAINS else 2


def _cells(one: Estimate) -> tuple[str | Shown, ...]:
    value, low, high = _amounts(one)
    return (
        metric_title(one.metric, one.at),
        one.of,
        one.over or "",
        part_text(one.slice),
        value,
        low,
        high,
        _unit(one),
        Shown(one.rows, numbers.count(one.rows)),
        "" if one.events is None else Shown(one.events, numbers.count(one.events)),
        one.tier,
        one.method,
    )


def _amounts(one: Estimate) -> tuple[str | Shown, ...]:
    """Return value and interval without their unit, which has a column; nothing where there is none."""
    ends = (one.value, one.low, one.high)
    if one.unit == "1":
        return tuple("" if shown.value is None else shown for shown in metric_shown(one))
    return tuple("" if end is None else Shown(end, numbers.number(end, beside=ends)) for end in ends)


def _unit(one: Estimate) -> str:
    known = METRICS.get(one.metric)
    if one.unit != "1":
        return one.unit
    return "share" if known is not None and known.kind == "percent" else "ratio"


def _data(estimates: Sequence[Estimate], cells: Sequence[tuple[str | Shown, ...]], voice: Voice) -> str:
    """Return all rows as JSON that no HTML can be hidden in: texts said more than once stand once, in ``texts``."""
    tell = cache(lambda text: literal(voice(text)))
    lines = [
        [*plain_cells(one), *(tell(_text(cell)) for cell in row), tell(one.note or "")]
        for one, row in zip(estimates, cells, strict=True)
    ]
    times = Counter(text for line in lines for text in line)
    texts = [text for text, count in times.most_common() if count > 1]
    places = {text: index for index, text in enumerate(texts)}
    document: dict[str, Any] = {
        "fields": COLUMNS,
        "numbers": [COLUMNS.index(name) for name in NUMBERS],
        "note": len(COLUMNS) + len(SHOWN),
        "columns": [_column(index, one) for index, one in enumerate(SHOWN)],
        "words": {name: voice(text) for name, text in WORDS.items()},
        "language": voice.language.code,
        "texts": texts,
        "rows": [[places.get(text, text) for text in line] for line in lines],
    }
    packed = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return packed.replace("<", "\\u003c")


def _column(index: int, column: Column) -> dict[str, Any]:
    """Return where the script finds a column's text, and by what it sorts."""
    cell = len(COLUMNS) + index
    by = cell if column.field is None else COLUMNS.index(column.field)
    return {"cell": cell, "by": by, "numeric": column.numeric}


def _text(cell: str | Shown) -> str:
    return cell if isinstance(cell, str) else cell.text
