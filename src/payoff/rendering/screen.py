"""The summary on a screen, by Rich: the same sections as the plain text, with colour beside the words.

Strings go in as `Text`, never as markup, so that a name such as ``[red]`` stays a name.
"""

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from payoff.record import Result
from payoff.rendering.literal import one_line
from payoff.rendering.outline import Section, sections, verdict_line
from payoff.rendering.wording import Status

_STYLES = {"good": "green", "bad": "red", "doubt": "yellow", "none": "dim"}


def to_renderable(result: Result, reference: Result | None = None) -> Group:
    """Return the summary for ``rich.console.Console.print``."""
    status, sentence = verdict_line(result)
    head = Text(f" {status.sign} {status.word.upper()} ", style=f"bold reverse {_STYLES[status.tone]}")
    answer = Text.assemble(head, " ", (one_line(sentence), "bold"))
    return Group(
        answer, *(Padding(_section(section), (1, 0, 0, 0)) for section in sections(result, reference))
    )


def _section(section: Section) -> Group:
    """Return title, table and lines of one section."""
    parts: list[Text | Table] = [Text(one_line(section.title), style="bold")]
    if section.rows:
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
        for column in section.columns:
            table.add_column(Text(one_line(column)), overflow="fold")
        for index, row in enumerate(section.rows):
            status = section.statuses[index] if section.statuses else None
            cells = zip(section.columns, row, strict=True)
            table.add_row(*(_cell(cell, status if column == "status" else None) for column, cell in cells))
        parts.append(table)
    return Group(*parts, *(Text(f"- {one_line(line)}") for line in section.lines))


def _cell(cell: str, status: Status | None) -> Text:
    """Return a cell; the row's status takes its colour and sign."""
    if status is None:
        return Text(one_line(cell))
    return Text(f"{status.sign} {cell}", style=_STYLES[status.tone])
