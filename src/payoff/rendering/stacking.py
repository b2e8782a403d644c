"""Wide tables as cards on a narrow screen: every cell carries the head of its column, which is not in sight there."""

import re

_TAG = re.compile(r"<[^>]*>")
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<td\b")


def stacked(table: str) -> str:
    """Return one table as payoff's templates write it, its cells labelled; its strings are escaped already.

    >>> stacked('<table class="dense"><thead><tr><th>Of</th><th>Rows</th></tr></thead><tbody><tr><th>a</th>'
    ...         '<td>1</td></tr></tbody></table>').partition("<tbody>")[2]
    '<tr><th>a</th><td data-label="Rows">1</td></tr></tbody></table>'
    """
    head, body, rest = str(table).partition("<tbody>")
    labels = [_TAG.sub("", one).strip() for one in _HEAD.findall(head)]
    first = re.sub(r"<table( class=\"(\w+)\")?>", _named, head, count=1)
    return first + body + _ROW.sub(lambda row: _labelled(row[0], labels), rest)


def _named(table: re.Match[str]) -> str:
    return f'<table class="{table[2]} stack">' if table[2] else '<table class="stack">'


def _labelled(row: str, labels: list[str]) -> str:
    """Return a row whose cells after its heading carry the heads of their columns."""
    left = iter(labels[1:])
    return _CELL.sub(lambda _: f'<td data-label="{next(left, "")}"', row)
