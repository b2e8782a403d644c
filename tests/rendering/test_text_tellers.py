"""Terminal, Markdown and notebook: plain, within width, user strings shown literally."""

from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import fake_parts
import fakes
import pytest
from rich.console import Console

from payoff.rendering.literal import literal
from payoff.rendering.markdown import escape, to_markdown
from payoff.rendering.notebook import to_notebook_html
from payoff.rendering.outline import Section
from payoff.rendering.screen import to_renderable
from payoff.rendering.terminal import plain_sections, to_text

BUILDS = [fakes.bank, fakes.without_hurdles, fakes.one_class, fakes.partial, fakes.hostile]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("width", [80, 120])
def test_plain_text_stays_within_its_width_and_holds_no_escape_code(build: Any, width: int) -> None:
    text = to_text(build(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text


def test_the_verdict_is_the_first_word() -> None:
    assert to_text(fakes.bank()).startswith("SHIP: ")
    assert to_text(fakes.without_hurdles()).startswith("NO VERDICT: ")
    assert "(partial)" in to_text(fakes.partial()).splitlines()[0]


def test_the_summary_answers_what_why_and_what_would_change_it() -> None:
    text = " ".join(to_text(fakes.bank(), 300).split())
    for words in (
        "EUR 178,000 to EUR 246,000",
        "97%, asked 80%",
        "at least 9,000 more cases with a known outcome",
        "Fix: ",
    ):
        assert words in text


def test_control_characters_of_a_name_never_reach_the_terminal() -> None:
    text = to_text(fakes.hostile("\x1b[2J\x07"))
    assert "\x1b" not in text
    assert literal("\x1b") in text


def test_a_name_is_no_rich_markup() -> None:
    console = Console(width=400, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as capture:
        console.print(to_renderable(fakes.hostile("[red]")))
    assert "[red] pilot" in capture.get()


@pytest.mark.parametrize(
    "payload", [fake_parts.HOSTILE, "a|b", "[x](http://evil)", "@somebody", "`code`", "www.evil.org"]
)
def test_markdown_shows_user_strings_literally(payload: str) -> None:
    text = to_markdown(fakes.hostile(payload))
    assert payload not in text
    assert payload in unescape(text)
    assert unescape(escape(payload)) == payload


def test_every_markdown_table_row_has_as_many_cells_as_its_header() -> None:
    for block in to_markdown(fakes.hostile("a|b\nc")).split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1


@pytest.mark.parametrize("build", BUILDS)
def test_the_notebook_fragment_holds_only_its_own_plain_elements(build: Any) -> None:
    tags: set[str] = set()
    names: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            names.update(name for name, _ in attrs)

    Reader().feed(to_notebook_html(build()))
    assert tags <= {"div", "img", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert names <= {"alt", "class", "scope", "src", "style"}


def test_words_of_a_table_are_whole_where_columns_of_whole_words_fit() -> None:
    rows = (("relationship", "a long remark that goes on and on over many words", "certificate"),)
    told = plain_sections([Section(title="T", columns=("Assumption", "Remark", "Source"), rows=rows)], 44)
    assert "relationship" in told
    assert "certificate" in told


def test_a_summary_of_very_many_rows_says_how_many_more_there_are() -> None:
    result = fakes.bank()
    rail = result.verdict.guardrails[0]
    many = replace(result, verdict=replace(result.verdict, guardrails=(rail,) * 500))
    told = to_text(many)
    assert "440 more rows are in result.json." in told
    assert len(told) < 60_000


def test_plain_text_has_one_minus() -> None:
    result = fakes.bank()
    losing = replace(result, verdict=replace(result.verdict, sentence="It loses −EUR 5."))
    assert "−" not in to_text(losing)
    assert "It loses -EUR 5." in to_text(losing)
