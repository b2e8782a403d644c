"""Sixty hostile strings in every place that a user can fill, in every form: nothing runs, no element, no request.

Each form is opened in a real browser; its elements, with the names of their attributes, are counted and must be those
of the same result with plain words. All are opened without the policy that would hide what they let through.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fakes
import pytest
import yaml
from hostile_strings import SIXTY
from looking import CENSUS, census, leads
from made import made, page_of
from markdown_it import MarkdownIt

import payoff
from browser import Watched, visiting, watching
from payoff.rendering.charts.drawing import alone
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.markdown import to_markdown
from payoff.rendering.model_card import to_model_card
from payoff.rendering.notebook import to_notebook_html
from payoff.rendering.plan_report import plan_to_html
from payoff.rendering.report import to_html

pytestmark = pytest.mark.system

PLAIN = "plain words"
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>x</title>'
# A drawing shown as an image runs nothing, whatever it holds.
SAFE = re.compile(r"#[\w.-]*|data:,|data:image/svg\+xml;base64,[A-Za-z0-9+/]+=*")
SPEC = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "5000 per year", "actions": ["call", "skip"]},
    "data": {"outcome": "y", "id": "id"},
    "value": {"call": "case when outcome then worth else 0 end - price", "skip": 0},
    "assumptions": {
        "worth": {"likely": 60, "low": 50, "high": 80, "owner": "finance", "source": "a study"},
        "price": {"likely": 5, "low": 3, "high": 6},
    },
    "today": "nobody",
    "hurdles": [{"name": "pilot", "gain": "8000 per year", "unlocks": "one region"}],
}


@pytest.fixture(scope="module")
def watched(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One page that every test of this file opens again with its own text."""
    target = tmp_path_factory.mktemp("hostile") / "page.html"
    target.write_text(HEAD, encoding="utf-8")
    with watching(browser, target) as found:
        yield found


def opened(watched: Watched, text: str, *, kind: str = "html") -> Counter[str]:
    """Open ``text`` as a file of this kind, refuse what it does, and return its elements."""
    target = Path(watched.page.url.removeprefix("file://"))
    target.write_text(text, encoding="utf-8")
    watched.heard.clear()
    watched.page.goto(target.as_uri(), wait_until="load")
    assert watched.faults() == []
    harmful = [one for one in leads(watched.page) if not SAFE.fullmatch(one)]
    assert harmful == []
    return census(watched.page)


@pytest.fixture(scope="module")
def plan() -> Any:
    """A plan, to be filled with hostile strings."""
    return payoff.plan(SPEC, prevalence=0.1).record


@pytest.fixture(scope="module")
def plain(watched: Watched, plan: Any) -> dict[str, Counter[str]]:
    """Elements of each page with plain words."""
    return {name: opened(watched, page) for name, page in pages(PLAIN, plan).items()}


def pages(payload: str, plan: Any) -> dict[str, str]:
    """Return the pages that stand by themselves, with ``payload`` in every string, without their policy."""
    found = {"report": to_html(fakes.hostile(payload)), "plan": plan_to_html(fakes.renamed(plan, payload))}
    return {name: re.sub("<meta http-equiv=[^>]*>", "", text, count=1) for name, text in found.items()}


@pytest.mark.parametrize("number", range(len(SIXTY)))
def test_a_page_shows_a_hostile_string_and_nothing_more(
    number: int, watched: Watched, plan: Any, plain: dict[str, Counter[str]]
) -> None:
    for name, page in pages(SIXTY[number], plan).items():
        assert opened(watched, page) == plain[name], name
    assert watched.page.title() != ""


MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})  # the least careful of its readers


def card(result: Any) -> str:
    """Return a model card as a hub shows it: what stands above is YAML, and no part of the page."""
    head, body = re.fullmatch(r"---\n(.*?)\n---\n(.*)", to_model_card(result), flags=re.DOTALL).groups()
    assert yaml.safe_load(head)["model-index"]
    return MARKDOWN.render(body)


FORMS = {
    "notebook": lambda payload: to_notebook_html(fakes.hostile(payload)),
    "markdown": lambda payload: MARKDOWN.render(to_markdown(fakes.hostile(payload))),
    "card": lambda payload: card(fakes.hostile(payload)),
    "charts": lambda payload: "".join(charts(payload)),
}


def charts(payload: str) -> list[str]:
    """Return every chart as the file that is exported."""
    kinds = gallery(fakes.hostile(payload))
    return [alone(chart) for name in sorted(kinds) for chart in kinds[name]]


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_in_other_pages_brings_nothing_of_a_hostile_string(form: str, watched: Watched) -> None:
    """All strings in one page, each in a part of its own; without a policy, all that they could do would be done."""
    parts = [f"<article>{FORMS[form](payload)}</article>" for payload in [PLAIN, *SIXTY]]
    opened(watched, HEAD + "".join(parts))
    counts = [Counter(one) for one in watched.page.evaluate(f"[...document.body.children].map({CENSUS})")]
    different = [payload for payload, count in zip(SIXTY, counts[1:], strict=True) if count != counts[0]]
    assert different == []


@pytest.mark.parametrize("payload", SIXTY[:29:7])
def test_a_chart_opened_as_a_file_of_its_own_is_well_formed_and_runs_nothing(
    payload: str, browser: Any, tmp_path: Path
) -> None:
    """A browser runs scripts of an SVG file that is opened, and shows an error where it is no XML."""
    for number, text in enumerate(charts(payload)[:6]):
        target = tmp_path / f"{number}.svg"
        target.write_text(text, encoding="utf-8")
        with visiting(browser, target) as page:
            assert page.evaluate("document.documentElement.localName") == "svg"
            assert (
                page.evaluate("document.querySelectorAll('script, parsererror, foreignObject').length") == 0
            )


def test_a_real_result_of_hostile_rows_and_names_shows_them_and_nothing_more(
    watched: Watched, shared: Path
) -> None:
    """Sixty slice values from a file, hostile columns, owners, hurdles and ids, through the real command line."""
    found = {
        name: page_of(made(name, shared)).read_text(encoding="utf-8") for name in ("hostile", "harmless")
    }
    assert "&lt;img src=x onerror=alert(1)&gt;" in found["hostile"]
    assert opened(watched, found["hostile"]) == opened(watched, found["harmless"])
