"""Results of every kind told in German: no English is left but what users wrote, names of methods, and commands."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from json import loads
from pathlib import Path
from typing import Any

import duckdb
import fakes
import pytest

import payoff
from payoff.record import Result
from payoff.record.rivals import rivals_in
from payoff.rendering.languages import language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.languages.voice import Voice
from payoff.rendering.markdown import to_markdown
from payoff.rendering.model_card import TEMPLATE, to_model_card
from payoff.rendering.notebook import to_notebook_html
from payoff.rendering.report import to_html
from payoff.rendering.terminal import to_text
from payoff.verdicts import conclude, occasion_of

ROOT = Path(__file__).resolve().parents[2]
GERMAN = language("de")
# Names of methods, files and versions; codes; the command that makes the result again.
UNTOLD = re.compile(r"[a-z0-9_./]+|PAY\d{3}|payoff evaluate .*|[0-9a-f]{12,}")
ENGLISH = re.compile(
    r"\b(the|of|and|with|than|between|per|is|are|were|rows|over|against|by|from|to|more|which|needs?|at least|at most"
    r"|every|exact|today|where|else|otherwise|cleared|missed|undecided|hold|ship|reject|not|nothing|none|for|each|only"
    r"|other|yes|no|most|gain|value|number|choose|decide)\b|\d(k|M|bn|tn)\b|\d%",
    re.IGNORECASE,
)
READ_ALOUD = re.compile(r'\b(?:aria-label|data-label|title|alt|placeholder)="([^"]*)"')
# What scripts put into a page: names and words, but no spec, no name of a key, and no estimate's own record.
UNSHOWN = ("spec", "code", "unit", "metric", "kind", "per", "periods", "cells", "fields", "numbers", "rows")


def bank() -> Result:
    """Return the result built by hand, with the sentence that payoff would write."""
    made = fakes.bank()
    verdict = conclude(
        made.verdict.hurdles,
        made.verdict.guardrails,
        occasion_of(made.decision, made.today),
        rivals_in(made),
    )
    return replace(made, verdict=verdict)


def example(folder: str, spec: str, path: str) -> Result:
    place = ROOT / "examples" / folder
    return payoff.evaluate(str(place / path), str(place / spec)).record


def capacity(folder: Path) -> Result:
    rows = ROOT / "src" / "payoff" / "demonstration" / "bank.parquet"
    order = "(case when poutcome = 'success' then 1000000 else 0 end) - contact_id as list_order"
    duckdb.sql(f"copy (select *, {order} from '{rows}') to '{folder / 'list.parquet'}' (format parquet)")
    return payoff.evaluate(
        str(folder / "list.parquet"), str(ROOT / "examples" / "capacity-bank" / "capacity.yaml")
    ).record


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    demonstration = ROOT / "src" / "payoff" / "demonstration"
    found = {
        "by hand": bank(),
        "demonstration": payoff.evaluate(
            str(demonstration / "bank.parquet"), str(demonstration / "bank.yaml")
        ).record,
        "several actions": example("credit", "credit.yaml", "credit.parquet"),
        "quantities": example("flights", "flights.yaml", "flights.parquet"),
        "capacity": capacity(tmp_path_factory.mktemp("capacity")),
    }
    for name in ("ship", "hold", "reject"):
        found[name] = example("stranger", f"{name}.yaml", "orders.csv")
    found["bad data"] = example("stranger", "broken.yaml", "broken.csv")
    return found


KINDS = (
    "by hand",
    "demonstration",
    "several actions",
    "quantities",
    "capacity",
    "ship",
    "hold",
    "reject",
    "bad data",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_has_its_german(
    kind: str, results: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    said: set[str] = set()  # what was told already, on its way into the page
    call = Voice.__call__

    def noting(self: Voice, text: str) -> str:
        left.extend(each for each in self.unknown(text) if not UNTOLD.fullmatch(each) and each not in said)
        told = call(self, text)
        said.add(told)
        return told

    monkeypatch.setattr(Voice, "__call__", noting)
    result = results[kind]
    to_html(result, language=GERMAN)
    to_html(result, reference=replace(result, notes=("other",)), language=GERMAN)
    to_text(result, 100, language=GERMAN)
    to_markdown(result, language=GERMAN)
    to_notebook_html(result, GERMAN)
    # a slice of the hand-made result whose value is also a word of payoff's
    assert sorted(set(left) - {"age_band = unknown", "other"}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_english_word_stands_in_a_german_form(kind: str, results: dict[str, Result]) -> None:
    result = results[kind]
    own = voice_of(result, GERMAN).own
    page = to_html(result, language=GERMAN)
    forms = {
        "page": (*shown(page), *handed(page)),
        "notebook": shown(to_notebook_html(result, GERMAN)),
        "text": to_text(result, 10_000, language=GERMAN).splitlines(),
        "markdown": written(to_markdown(result, language=GERMAN)),
        "card": written(to_model_card(result, GERMAN)),
    }
    stray = [(form, text) for form, texts in forms.items() for text in texts if english_in(text, own)]
    assert stray == []


def english_in(text: str, own: frozenset[str]) -> bool:
    """Say whether English is left in a text, apart from the user's strings, names of methods, and commands."""
    bare = re.sub(r"`[^`]*`|'[^']*'|payoff (?:evaluate|report) .*|\{\w+\}|\bROWS\b", "", text)
    return bool(ENGLISH.search(without(own, bare))) and not UNTOLD.fullmatch(text)


def shown(page: str) -> Iterator[str]:
    """Yield every text of a page between tags or read aloud from one, but styles, scripts, code and the spec."""
    bare = re.sub(r"<(style|script|pre|code)\b[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    for text in (*re.findall(r">([^<>]+)<", bare), *READ_ALOUD.findall(bare)):
        if text.strip():
            yield unescape(text.strip())


def handed(page: str) -> Iterator[str]:
    """Yield every text that a page hands to its scripts to be shown."""
    for text in re.findall(
        r'<script type="application/json" id="what-if-data">(.*?)</script>', page, re.DOTALL
    ):
        data = loads(text)
        yield from (f"{rail['name']}" for rail in data["guardrails"])
        yield from _strings({name: data[name] for name in ("revaluing", "words", "language")})


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _strings(each)


def written(text: str) -> Iterator[str]:
    """Yield every line of Markdown but the front matter, and headings and words of the template of model cards."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    for line in body.splitlines():
        if line not in TEMPLATE and not line.startswith("# Model Card for "):
            yield from (unescape(each) for each in line.split(" | "))


def without(own: frozenset[str], text: str) -> str:
    """Take the user's strings out of a text, the longest first."""
    for each in sorted(own, key=len, reverse=True):
        text = text.replace(each, "")
    return text


def test_a_reference_is_told_as_well(results: dict[str, Result]) -> None:
    page = to_html(results["hold"], reference=results["ship"], language=GERMAN)
    assert "Was sich seit der Referenz geändert hat" in page
    voice = voice_of(results["hold"], GERMAN, results["ship"])
    assert [each for each in shown(page) if english_in(each, voice.own) and "@@" not in each] == []


def test_the_same_result_is_told_the_same(results: dict[str, Any]) -> None:
    assert to_html(results["hold"], language=GERMAN) == to_html(results["hold"], language=GERMAN)
