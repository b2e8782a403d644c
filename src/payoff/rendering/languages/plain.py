"""Sections and Markdown told in a language, after they were laid out and before they are written."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from html import unescape

from payoff.rendering.languages.voice import Voice
from payoff.rendering.outline import Section
from payoff.rendering.wording import STATUSES

# A status begins with its sign.
_SIGNED = re.compile(rf"(?:{'|'.join(re.escape(one.sign) for one in STATUSES.values())}) (?=\w)")
_MARKUP = re.compile(r"\*\*(.+?)\*\*")


def told_section(section: Section, voice: Voice) -> Section:
    """Return a section with every text in it told."""
    if voice.is_english:
        return section
    return replace(
        section,
        title=voice.heading(section.title),
        columns=tuple(
            voice(head) if section.named and at else voice.heading(head)
            for at, head in enumerate(section.columns)
        ),
        rows=tuple(tuple(map(voice, row)) for row in section.rows),
        lines=tuple(map(voice, section.lines)),
    )


def told_markdown(text: str, voice: Voice, escape: Callable[[str], str], kept: Collection[str] = ()) -> str:
    """Return Markdown of payoff's with every heading, cell and line told; front matter and code are left alone.

    Strings of the user are character references in it, so that what marks up is payoff's own. Lines that are
    ``kept`` stay as they are.
    """
    if voice.is_english:
        return text
    lines, fenced = [], False
    for index, line in enumerate(text.split("\n")):
        fence = (line == "---" and (index == 0 or fenced)) or line.startswith("```")
        fenced = fenced != fence
        lines.append(line if fenced or fence or line in kept else _told_line(line, voice, escape))
    return "\n".join(lines)


def _told_line(line: str, voice: Voice, escape: Callable[[str], str]) -> str:
    if not line or set(line) <= set("|- "):
        return line
    if line.startswith("| "):
        return "| " + " | ".join(_told(cell, voice, escape) for cell in line[2:-2].split(" | ")) + " |"
    mark = re.match(r"#+ |- ", line)
    head = mark[0] if mark else ""
    return head + _told(line[len(head) :], voice, escape)


def _told(text: str, voice: Voice, escape: Callable[[str], str]) -> str:
    """Tell a stretch; what stands out in bold is told by itself."""
    pieces = _MARKUP.split(text)
    if len(pieces) > 1:
        told = (_told(piece, voice, escape) if piece.strip() else piece for piece in pieces)
        return "".join(f"**{one}**" if at % 2 else one for at, one in enumerate(told))
    sign = _SIGNED.match(text)
    if sign:
        return sign[0] + _told(text[sign.end() :], voice, escape)
    plain = unescape(text).strip()
    known = voice(plain)
    return text if known == plain else text.replace(text.strip(), escape(known), 1)
