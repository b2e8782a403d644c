"""The result in Markdown, for a job summary or a pull request.

Strings of the user are written with character references, which no Markdown dialect takes for markup, a link,
a mention or HTML.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from payoff.record import Result
from payoff.rendering import best_of, numbers
from payoff.rendering.asking import TITLE as ASKED
from payoff.rendering.asking import asks
from payoff.rendering.changes import TITLE as SINCE
from payoff.rendering.changes import changes_since, plain_cell
from payoff.rendering.confusion import confusion_views
from payoff.rendering.costs import HEAD as COSTS
from payoff.rendering.costs import cost_lines, cost_views, latency_title
from payoff.rendering.doubt import (
    COLUMNS,
    SCENARIO_COLUMNS,
    SPREAD,
    doubt_rows,
    prevalence_lines,
    scenario_lines,
    scenario_rows,
    scenario_title,
    spread_lines,
)
from payoff.rendering.forecasts import WINS_TITLE, win_lines
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.languages.plain import told_markdown
from payoff.rendering.languages.voice import Voice
from payoff.rendering.literal import shorten
from payoff.rendering.outline import range_text
from payoff.rendering.room import ROOM, room_lines
from payoff.rendering.sensitivity import BOUNDS, HEAD, bound_lines, wrong_label_lines
from payoff.rendering.turning import TITLE as CHANGES
from payoff.rendering.turning import turn_lines
from payoff.rendering.unsettled import TITLE as UNKNOWN
from payoff.rendering.unsettled import unknown_lines
from payoff.rendering.views import (
    RailView,
    flip_views,
    gain_views,
    gains_title,
    hurdle_views,
    interval_text,
    rail_views,
)
from payoff.rendering.wording import OVERALL, sentence_case

MOST_ASSUMPTIONS = 10
PARTIAL = "**Partial:** the data stopped the evaluation before its end."
MOST_ROWS = 30
MOST_BYTES = 60_000
"""What a comment on a pull request, and the summary of a job, take at least."""

LONGEST_SENTENCE, LONGEST = 1_500, 1_000
_ACTIVE = re.compile(r"[\\`*_{}\[\]()<>#|~@&$!^=:\"'/]|(?<=www)\.")


def to_markdown(result: Result, reference: Result | None = None, language: Language = ENGLISH) -> str:
    """Return the verdict, gains, hurdles, guardrails and a short register; what changed since ``reference``."""
    status, meaning = OVERALL[result.verdict.overall]
    name = escape(str(result.decision.get("name", "payoff")))
    sentence = escape(result.verdict.sentence, LONGEST_SENTENCE)
    voice = voice_of(result, language, reference)
    # The name in it is the user's, so it is not told with the rest.
    head = f"## {status.sign} {sentence_case(voice.heading(status.word))}: {name}"
    parts = [
        f"**{sentence}**\n\n{PARTIAL if result.partial else meaning}",
        _listing(ASKED, asks(result)),
        _listing(CHANGES, turn_lines(result)),
        hurdles_table(result),
        gains_table(result),
        _listing(UNKNOWN, unknown_lines(result)),
        _changed(result, reference),
        _scenarios(result),
        guardrails_table(result),
        _doubt(result),
        *confusion_tables(result),
        _costs(result),
    ]
    told = "\n\n".join([*(part for part in parts if part), _register(result)]) + "\n"
    return fitted(f"{head}\n\n{told_markdown(told, voice, escape)}", voice)


def _listing(title: str, lines: Sequence[str]) -> str:
    """Return lines as points under their heading; nothing where there are none."""
    return "\n\n".join([f"### {title}", "\n".join(f"- {escape(line)}" for line in lines)]) if lines else ""


def fitted(text: str, voice: Voice) -> str:
    """Return Markdown of at most ``MOST_BYTES``, cut between lines (a row of a table is one) and with a word on it."""
    if len(text.encode()) <= MOST_BYTES:
        return text
    lines, room = text.split("\n"), MOST_BYTES - 400
    kept = 0
    while room >= len(lines[kept].encode()) + 1:
        room -= len(lines[kept].encode()) + 1
        kept += 1
    left = sum(1 for line in lines[kept:] if line.strip())
    # A heading, or the head of a table, says nothing without what follows.
    while kept and (not lines[kept - 1].strip() or lines[kept - 1].startswith(("#", "| ---", "|---"))):
        kept -= 1
    words = voice(
        f"Cut here, because a summary may have no more: {numbers.count(left)} more lines are in the report."
    )
    return "\n".join([*lines[:kept], "", f"*{escape(words)}*", ""])


def escape(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` on one line, everything that Markdown or HTML could take for markup as a reference.

    What is very long is cut with an ellipsis: no name fills a summary.

    >>> escape("a|b")
    'a&#124;b'
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", shorten(text, longest))


def hurdles_table(result: Result) -> str:
    """Return the ladder of hurdles under its heading."""
    views = hurdle_views(result)
    if not views and result.partial:
        return "### Hurdles\n\nNot judged: the rows or the spec have errors."
    if not views:
        return "### Hurdles\n\nNone given: no verdict, and the gate refuses."
    rows = (
        (
            escape(each.record.name) + (" (needed)" if each.record.needed_to_ship else ""),
            f"{each.status.sign} {each.status.word}",
            escape(each.gain.text),
            escape(interval_text(each.low, each.high)),
            escape(each.required.text),
            escape(f"{each.reached.text}, asked {each.asked.text}"),
            escape("; ".join(word for word in (each.reason, each.more_rows) if word)),
        )
        for each in views
    )
    columns = ("Hurdle", "Status", "Gain", "95% interval", "Required", "Confidence", "Remark")
    return "### Hurdles\n\n" + table(columns, rows)


def gains_table(result: Result) -> str:
    """Return the gain over each baseline under its heading; nothing where there is none."""
    rows = [
        (
            escape(each.over) + (" (today)" if each.is_today else ""),
            escape(each.gain.text),
            escape(interval_text(each.low, each.high)),
            each.share or "",
        )
        for each in gain_views(result)
    ]
    columns = ("Over", "Gain", "95% interval", "Of its value")
    return f"### {gains_title(result)}\n\n" + table(columns, rows) if rows else ""


def confusion_tables(result: Result) -> list[str]:
    """Return outcome against action of every policy that is told of, each under its heading."""
    return [
        f"### {escape(each.of)}: outcome by action, rows and {escape(each.unit)}\n\n"
        + table(
            ("Outcome", *(escape(action) for action in each.actions), "All"),
            [
                (escape(name), *(f"{cell.rows}: {cell.money}" for cell in cells))
                for name, cells in (*each.lines, ("All", each.foot))
            ],
        )
        for each in confusion_views(result, challengers=False)
    ]


def guardrails_table(result: Result) -> str:
    """Return the guardrails under their heading, those that need attention first; nothing where there is none."""
    views = rail_views(result)
    rows = [
        (
            escape(each.record.name),
            escape(each.place),
            f"{each.status.sign} {each.status.word}",
            escape(each.value.text),
            escape(each.interval),
            escape(each.reason),
        )
        for each in views[:MOST_ROWS]
    ]
    columns = ("Guardrail", "Where", "Status", "Seen", "95% interval", "Remark")
    if not rows:
        return ""
    rest = "" if len(views) <= MOST_ROWS else f"\n\n{_rest(views[MOST_ROWS:])}"
    return f"### Guardrails\n\n{table(columns, rows)}{rest}"


def _rest(views: Sequence[RailView]) -> str:
    """Return how many guardrails are not in the table and how they stand."""
    counts = Counter(each.status.word for each in views)
    stand = ", ".join(f"{numbers.count(many)} {word}" for word, many in counts.items())
    return f"{numbers.count(len(views))} more are in the report: {stand}."


def _costs(result: Result) -> str:
    views = cost_views(result)
    rows = [
        (
            escape(each.record.of),
            *(escape(text) for text in (each.gain.text, each.interval, each.recurring.text, each.net.text)),
            escape(each.build.text),
            escape(each.complexity),
            escape(each.latency),
            escape(each.mark),
        )
        for each in views
    ]
    columns = ("Policy", "Gain", "95% interval", "Running", "Net gain", "Once", "Complexity")
    if not rows:
        return ""
    shown = table((*columns, escape(latency_title(result).capitalize()), "Efficient"), rows)
    lines = "\n".join(f"- {escape(line)}" for line in cost_lines(result))
    over, unit = escape(views[0].record.over), escape(views[0].record.unit)
    return f"### {COSTS}: gain over {over}, {unit}\n\n{shown}\n\n{lines}"


def _scenarios(result: Result) -> str:
    rows = [[escape(cell) for cell in row] for row, _ in scenario_rows(result)]
    if not rows:
        return ""
    columns = [column.capitalize() for column in SCENARIO_COLUMNS]
    lines = [f"- {escape(line)}" for line in scenario_lines(result)]
    return "\n\n".join(
        [
            f"### {escape(scenario_title(result))}",
            table(columns, rows),
            *(["\n".join(lines)] if lines else []),
        ]
    )


def _doubt(result: Result) -> str:
    """Return how far the assumptions move the gain, and other shares of positives."""
    rows = [[escape(cell) for cell in row] for row in doubt_rows(result, MOST_ASSUMPTIONS)]
    lines = [f"- {escape(line)}" for line in (*spread_lines(result), *prevalence_lines(result))]
    if not rows and not lines:
        return ""
    columns = [column.capitalize() for column in COLUMNS]
    parts = [f"### {SPREAD}", *([table(columns, rows)] if rows else []), "\n".join(lines)]
    return "\n\n".join(parts)


def _changed(result: Result, reference: Result | None) -> str:
    """Return what changed since a stored result; of the spec only that it did."""
    if reference is None:
        return ""
    found = changes_since(result, reference)
    parts = [f"### {SINCE}", "\n".join(f"- {escape(line)}" for line in found.lines)]
    for one in found.tables:
        rows = ([escape(plain_cell(cell)) for cell in row] for row in one.rows[:MOST_ROWS])
        parts.append(f"**{one.title}**\n\n{table(one.columns, rows)}")
    return "\n\n".join(parts)


def _register(result: Result) -> str:
    """Return assumptions, checks and provenance, short."""
    parts = ["### Register"]
    columns = ("Assumption", "Likely", "Range", "Break-even", "Answer changes", "Owner", "Source")
    rows = [
        (
            escape(each.record.name),
            escape(each.likely.text),
            escape(range_text(each)),
            "nowhere" if each.at.value is None else escape(each.at.text),
            escape(each.turns),
            escape(each.record.owner or "no owner"),
            escape(each.record.source or "no source"),
        )
        for each in flip_views(result)
    ]
    if rows:
        parts.append(table(columns, rows))
    lines = [
        f"{check.code} ({check.severity}) {check.where}: {check.found}. {check.fix}"
        for check in result.data.checks
    ]
    lines += result.notes
    parts.append("\n".join(f"- {escape(line)}" for line in lines))
    told = (
        (best_of.HEAD, best_of.best_of_lines(result)),
        (ROOM, room_lines(result)),
        (HEAD, wrong_label_lines(result)),
        (BOUNDS, bound_lines(result)),
        (WINS_TITLE, win_lines(result)),
    )
    for title, found in told:
        if found:
            parts.append("\n".join([f"{title}:", "", *(f"- {escape(line)}" for line in found)]))
    rows_read, pending = numbers.count(result.data.rows), numbers.count(result.data.pending)
    hashes = f"spec {result.spec_hash[:12]}, data {result.data.hash[:12]}, result {result.hash[:12]}"
    parts.append(
        f"{rows_read} rows, {pending} pending; {escape(hashes)}; payoff {escape(result.payoff_version)}."
    )
    return "\n\n".join(part for part in parts if part)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are escaped already."""
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
