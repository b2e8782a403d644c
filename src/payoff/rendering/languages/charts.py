"""Charts told in a language before they are drawn, so that what is measured, wrapped and cut is what is read."""

import re
from dataclasses import fields, is_dataclass, replace
from html import escape, unescape
from typing import Any

from payoff.rendering.charts.drawing import on_page
from payoff.rendering.charts.marks import Chart
from payoff.rendering.languages.voice import Voice

# What is read of a chart; its other strings name kinds, dashes and places.
READ = frozenset(("title", "message", "name", "names", "words", "label", "reading", "note", "gap"))
READ |= frozenset(("large", "small", "across", "columns", "lines", "unit"))
_TICK = re.compile(r'(<text [^>]*class="[^"]*\btick\b[^"]*"[^>]*>)([^<>]+)(</text>)')


def drawn(chart: Chart, voice: Voice) -> str:
    """Return a chart as its page shows it, told in a voice; the numbers at its axes are written when it is drawn."""
    if voice.is_english:
        return on_page(chart)
    told = replace(
        chart, title=voice(chart.title), message=voice(chart.message), figure=_told(chart.figure, voice)
    )
    return _TICK.sub(lambda tick: f"{tick[1]}{escape(voice(unescape(tick[2])))}{tick[3]}", on_page(told))


def _told(node: Any, voice: Voice, *, read: bool = False) -> Any:
    """Return a figure, or a part of one, with every string that is ``read`` told."""
    if isinstance(node, str):
        return voice(node) if read else node
    if isinstance(node, tuple):
        return tuple(_told(each, voice, read=read) for each in node)
    if is_dataclass(node) and not isinstance(node, type):
        found = {one.name: getattr(node, one.name) for one in fields(node)}
        return replace(node, **{key: _told(value, voice, read=key in READ) for key, value in found.items()})
    return node
