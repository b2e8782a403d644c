"""Other forms of a result: no build system obeys them, no reader cuts them in the middle, hubs can read them."""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import fake_parts
import fakes
import pytest
import yaml

import payoff
from payoff.cli.reporting import MAIL
from payoff.record import Result
from payoff.rendering.literal import no_command
from payoff.rendering.markdown import MOST_BYTES, MOST_ROWS, to_markdown
from payoff.rendering.model_card import to_model_card
from payoff.rendering.notebook import to_notebook_html
from payoff.rendering.terminal import to_text
from payoff.rendering.widths import columns

COMMANDS = (
    "::error file=app.js,line=1::Missing semicolon",
    "  ::set-output name=x::y",
    "a\n::add-mask::secret",
    "##[error]boom",
    "said ##vso[task.setvariable variable=x]y",
    "##teamcity[buildStatus text='x']",
    ":::error::x",
)


def obeyed(line: str) -> bool:
    """Whether a build system takes this line for a command: GitHub trims it first, others look anywhere."""
    return line.lstrip().startswith("::") or re.search(r"##(\[|vso\[|teamcity\[)", line) is not None


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("width", [60, MAIL, 80, 120])
def test_no_line_of_the_text_is_a_command_of_a_build_system(command: str, width: int) -> None:
    told = to_text(fakes.hostile(command), width, fakes.hostile("before"))
    assert [line for line in told.splitlines() if obeyed(line)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_markdown_or_of_a_card_is_a_command_of_a_build_system(command: str) -> None:
    for told in (to_markdown(fakes.hostile(command)), to_model_card(fakes.hostile(command))):
        assert [line for line in told.splitlines() if obeyed(line)] == []


def test_what_is_no_command_is_left_as_it_is() -> None:
    for text in ("a::b", "# title", "## title", "[x]", "##", "time 10:30"):
        assert no_command(text) == text
    assert "error" in no_command("::error::x")


@pytest.mark.parametrize("build", [fakes.bank, fakes.hostile, fakes.without_hurdles, fakes.partial])
def test_a_mail_is_no_wider_than_mail_programs_show(build: Callable[[], Result]) -> None:
    assert max(len(line) for line in to_text(build(), MAIL).splitlines()) <= MAIL + 1  # a backslash put in


def many(payload: str, count: int = 200) -> Result:
    """Return a result of many slices, each with a guardrail, under names of this kind."""
    result = fakes.hostile(payload)
    verdict = result.verdict
    rails = tuple(
        replace(
            fake_parts.rail("recall", "cleared" if j else "missed", 0.5, slice={payload: f"{payload} {j}"}),
            name=payload,
        )
        for j in range(count)
    )
    checks = tuple(
        replace(result.data.checks[0], found=f"{payload} {j}", where=payload) for j in range(count)
    )
    return replace(
        result,
        verdict=replace(verdict, guardrails=rails, hurdles=verdict.hurdles * 20),
        data=replace(result.data, checks=checks),
    )


@pytest.mark.parametrize(
    "payload",
    ["a|b", "<img src=x>" * 30, "x" * 5_000, "🏦" * 900, "\n| a | b |\n", "word " * 300, "[" * 2_000],
)
def test_markdown_stays_within_its_size_and_is_cut_between_lines_in_words(payload: str) -> None:
    told = to_markdown(many(payload), fakes.hostile(payload))
    assert len(told.encode()) <= MOST_BYTES
    assert told.startswith("## ✓ Ship: ")
    for block in told.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1
        assert len(rows) != 2, "the head of a table alone"
        assert all(row.endswith(" |") or set(row) <= set("| -") for row in rows)
    whole = "payoff 0." in told.splitlines()[-1]
    cut = re.search(
        r"^\*Cut here, because a summary may have no more&#58; [\d,]+ more lines", told, re.MULTILINE
    )
    assert whole != (cut is not None)
    if cut is not None:
        assert told[cut.start() :].count("\n") == 1


def test_a_short_summary_is_whole_and_guardrails_left_out_are_counted() -> None:
    told = to_markdown(many("a name"))
    assert "Cut here" not in told
    assert f"{200 - MOST_ROWS} more are in the report: {200 - MOST_ROWS} cleared." in told
    rails = told.split("### Guardrails")[1]
    assert rails.index("missed") < rails.index("cleared")


def test_the_card_has_what_a_hub_needs_of_every_evaluation() -> None:
    """The fields without which `huggingface_hub` 2.4 refuses a `model-index`; checked against it by hand."""
    for build in (fakes.bank, fakes.hostile, fakes.one_class):
        head = yaml.safe_load(to_model_card(build()).split("---\n")[1])
        for model in head["model-index"]:
            assert isinstance(model["name"], str)
            for result in model["results"]:
                assert {"type", "name"} <= set(result["task"])
                assert {"type", "name"} <= set(result["dataset"])
                assert result["metrics"]
                for metric in result["metrics"]:
                    assert {"type", "value"} <= set(metric)
                    assert isinstance(metric["value"], float)
                kinds = [metric["type"] for metric in result["metrics"]]
                assert len(kinds) == len(set(kinds)), "a hub keeps one value of a kind"


@pytest.mark.parametrize("build", [fakes.bank, fakes.hostile, fakes.without_hurdles, fakes.partial])
def test_a_notebook_holds_charts_as_images_with_words_and_runs_nothing(build: Callable[[], Result]) -> None:
    told = to_notebook_html(build())
    images = re.findall(r"<img [^>]*>", told)
    assert all('src="data:image/svg+xml;base64,' in image for image in images)
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)
    assert not re.search(r"<(script|style|svg|iframe|link)", told)
    if build is fakes.bank:
        assert len(images) == 3


@pytest.mark.parametrize(("said", "taken"), [("20", 60), ("60", 60), ("97", 97), ("120", 120), ("400", 120)])
def test_text_is_as_wide_as_the_terminal_within_reason(
    said: str, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", said)
    assert columns() == taken


@pytest.mark.parametrize("said", ["70", "110"])
def test_the_summary_on_a_terminal_fills_its_width(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setenv("COLUMNS", said)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", screen)
    payoff.Result(fakes.bank()).show()
    longest = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in screen.getvalue().splitlines())
    assert int(said) - 15 <= longest <= int(said)


def test_a_summary_that_is_piped_keeps_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    payoff.Result(fakes.bank()).show()
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80
