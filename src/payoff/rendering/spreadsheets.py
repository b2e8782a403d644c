"""Every estimate as CSV, in which no cell is taken for a formula by the spreadsheet that opens it."""

import csv
import io
import json
from collections.abc import Mapping

from payoff.record import Result
from payoff.rendering.literal import in_json, literal
from payoff.stats.estimates import Estimate

COLUMNS = (
    "metric",
    "at",
    "of",
    "over",
    "slice",
    "value",
    "low",
    "high",
    "low_adjusted",
    "high_adjusted",
    "adjustment",
    "level",
    "unit",
    "per",
    "rows",
    "events",
    "method",
    "tier",
    "note",
)
"""The columns, in this order: all that an estimate of the result holds."""


NUMBERS = ("value", "low", "high", "low_adjusted", "high_adjusted", "level", "rows", "events")
"""Those that hold numbers: a minus there begins no formula."""


def to_csv(result: Result) -> str:
    """Return every estimate, one per line under a header (RFC 4180, UTF-8, numbers to ten significant digits).

    What is undefined is an empty cell. ``at`` and ``slice`` are JSON objects.
    """
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in result.estimates:
        cells = zip(COLUMNS, plain_cells(one), strict=True)
        writer.writerow([text if name in NUMBERS else cell(text) for name, text in cells])
    return held.getvalue()


def plain_cells(one: Estimate) -> list[str]:
    """Return an estimate's cells in the order of ``COLUMNS``, before anything is done against formulas."""
    return [_plain(getattr(one, name)) for name in COLUMNS]


def cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell("a17")
    ("'=1+1", 'a17')
    """
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return in_json(json.dumps(dict(value), ensure_ascii=False, sort_keys=True))
    return literal(str(value))
