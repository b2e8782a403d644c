"""A chart in another language: its texts told, and the marks in the numbers of its axes."""

import re
from collections.abc import Callable
from dataclasses import replace

from payoff.rendering.charts.marks import Chart, retold
from payoff.rendering.charts.style import Style
from payoff.rendering.languages.voice import Voice

_SENTENCES = re.compile(r"(?<=[.!?]) ")


def spoken(chart: Chart, style: Style, voice: Voice) -> tuple[Chart, Style]:
    """Return a chart and its style as a voice tells them; in English both are as they stand."""
    if voice.is_english:
        return chart, style
    language = voice.language
    told = replace(retold(chart, voice), message=in_clauses(chart.message, voice))
    return told, replace(style, decimal=language.decimal, thousands=language.thousands, large=language.large)


def in_clauses(message: str, tell: Callable[[str], str]) -> str:
    """Return a message told clause by clause: a text with places never reaches beyond one.

    >>> in_clauses("One is up; two is down. Three.", str.upper)
    'ONE IS UP; TWO IS DOWN. THREE.'
    """
    return " ".join(
        "; ".join(tell(clause) for clause in sentence.removesuffix(".").split("; "))
        + sentence[len(sentence.removesuffix(".")) :]
        for sentence in _SENTENCES.split(message)
    )
