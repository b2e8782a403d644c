"""The summary in a terminal: plain text for pipes and logs, no escape codes, tables that grep reads."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from payoff.record import Result
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.languages.plain import told_section
from payoff.rendering.literal import no_command, one_line
from payoff.rendering.numbers import MINUS, count
from payoff.rendering.outline import Section, sections, verdict_line

_GAP = "  "
_NARROWEST, _LONGEST = 6, 24
MOST = 60
"""Rows of a table, and lines under it, that a summary tells."""


def to_text(
    result: Result, width: int = 80, reference: Result | None = None, language: Language = ENGLISH
) -> str:
    """Return the summary as plain text: the verdict first, then why, then what to do.

    Parameters
    ----------
    width : columns to stay within; cells wrap, nothing is cut.
    reference : a stored result; what changed since is told.
    """
    status, sentence = verdict_line(result)
    voice = voice_of(result, language, reference)
    said = f"{voice.heading(status.word).upper()}: {one_line(voice(sentence))}"
    head = _wrapped(said.replace(MINUS, "-"), width)
    told = tuple(told_section(_kept(one), voice) for one in sections(result, reference))
    return f"{no_command(head)}\n\n{plain_sections(told, width)}"


def plain_sections(told: Sequence[Section], width: int) -> str:
    """Return sections as plain text, an empty line between them."""
    text = "\n\n".join("\n".join(_section(one, width)) for one in told).replace(MINUS, "-")
    return no_command(text) + "\n"


def sections_text(head: str, found: Sequence[Section], width: int) -> str:
    """Return a headline and sections as plain text."""
    blocks = [_wrapped(one_line(head), width), *("\n".join(_section(section, width)) for section in found)]
    return no_command("\n\n".join(blocks).replace(MINUS, "-")) + "\n"


def _kept(section: Section) -> Section:
    """Return a section with no more rows and lines than are read, and how many more there are."""
    rows, lines = section.rows, section.lines
    more = [
        f"{count(len(many) - MOST)} more {word} are in result.json."
        for many, word in ((rows, "rows"), (lines, "points"))
        if len(many) > MOST
    ]
    return replace(section, rows=rows[:MOST], lines=(*lines[:MOST], *more)) if more else section


def _section(section: Section, width: int) -> list[str]:
    """Return title, table and lines of one section."""
    lines = [_wrapped(one_line(section.title), width)]
    if section.rows:
        lines += _table(section.columns, section.rows, width)
    return lines + [_wrapped(f"- {one_line(line)}", width, hang="  ") for line in section.lines]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return a table of wrapped cells, its header underlined."""
    cells = [[one_line(cell) for cell in row] for row in (columns, *rows)]
    widths = _widths(cells, width)
    lines = _row(cells[0], widths)
    lines.append(_GAP.join("-" * each for each in widths))
    return lines + [line for row in cells[1:] for line in _row(row, widths)]


def _widths(cells: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return column widths that fit, the widest columns giving way first."""
    widths = [max(len(row[index]) for row in cells) or 1 for index in range(len(cells[0]))]
    longest = [
        max(min(len(word), _LONGEST) for row in cells for word in (row[index].split() or [""]))
        for index in range(len(widths))
    ]
    # Words are broken only where columns of whole words do not fit beside each other.
    for least in (longest, [_NARROWEST] * len(widths)):
        while sum(widths) + len(_GAP) * (len(widths) - 1) > width:
            wide = [at for at, each in enumerate(widths) if each > least[at]]
            if not wide:
                break
            widths[max(wide, key=lambda at: widths[at])] -= 1
    return widths


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return one row of cells as one or more lines."""
    folded = [textwrap.wrap(cell, each) or [""] for cell, each in zip(row, widths, strict=True)]
    height = max(len(lines) for lines in folded)
    return [
        _GAP.join(
            (lines[at] if at < len(lines) else "").ljust(each)
            for lines, each in zip(folded, widths, strict=True)
        ).rstrip()
        for at in range(height)
    ]


def _wrapped(text: str, width: int, hang: str = "") -> str:
    return "\n".join(textwrap.wrap(text, max(width, 20), subsequent_indent=hang))
