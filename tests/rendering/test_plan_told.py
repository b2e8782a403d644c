"""A plan as text, JSON and page: plain words, escaped strings, one document that loads nothing."""

import base64
import hashlib
import json
import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from planned_calls import rows, spec_of

import payoff
from payoff.verdicts import plans

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "plan.md"
HOSTILE = "<script>alert(1)</script> & \u202e"


def test_the_first_sentence_answers_and_the_rest_explains() -> None:
    text = payoff.plan(spec_of(), prevalence=0.1).to_text(100)
    head, _, rest = text.partition("\n\n")
    assert head.replace("\n", " ") == (
        "PLAN: To clear pilot, EUR 8,000 per year over nobody (today), a model must rank with an AUC of about 0.644 or "
        "more; perfect predictions would gain EUR 27,500 per year. roll-out cannot be reached by any model."
    )
    for words in (
        "10.0% of the outcomes are positive, as stated; 5,000 decisions per year",
        "So call pays where the outcome is likelier than 8.33%",
        "pilot: recall below 29.1% is unreachable even at precision 1",
        "roll-out: unreachable even at precision 1 and recall 1",
        "pilot unlocks one region",
        "With 80% power",
    ):
        assert words in " ".join(rest.split())
    assert "\x1b" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_whole_is_told_with_rows_and_a_result() -> None:
    model = {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}}
    spec = spec_of(model=model)
    plan = payoff.plan(spec, rows(), result=payoff.evaluate(rows(), spec), point_costs="100 per year")
    text = " ".join(plan.to_text(110).split())
    for words in (
        "From new to the next hurdle",
        "The way that asks the least of its room",
        "What the best rule on one column already earns",
        "Check that each column is known when the decision is made",
        "further accuracy is worth its cost from",
        "What moves the least AUC of pilot, one assumption at a time",
    ):
        assert words in text
    page = plan.to_html()
    assert "frontier-pr" in page
    assert "frontier-roc" in page


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag


def test_the_page_loads_nothing_runs_nothing_and_says_so_in_its_policy() -> None:
    page = payoff.plan(spec_of(), prevalence=0.1).to_html()
    tags = Page(page).tags
    policy = next(each["content"] for tag, each in tags if "http-equiv" in each)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not {tag for tag, _ in tags} & {"script", "img", "iframe", "object", "embed"}
    links = [each[key] for _, each in tags for key in ("href", "src") if key in each]
    assert all(str(link).startswith(("#", "data:")) for link in links)
    assert "://" not in re.sub(r'xmlns="[^"]*"', "", page)
    ids = [each["id"] for _, each in tags if "id" in each]
    assert len(ids) == len(set(ids))
    assert {str(link)[1:] for link in links if str(link).startswith("#")} <= set(ids)
    assert len(page) < 1_000_000


def test_names_of_the_user_are_shown_and_never_obeyed() -> None:
    hurdle = {"name": HOSTILE.strip("\u202e "), "gain": "8000 per year", "unlocks": HOSTILE}
    plan = payoff.plan(spec_of(HOSTILE, hurdles=[hurdle]), prevalence=0.1)
    assert "<script>" not in plan.to_html()
    assert "&lt;script&gt;" in plan.to_html()
    assert "\u202e" not in plan.to_text() + plan.to_html()
    assert json.loads(plan.to_json())["decision"]["name"] == HOSTILE


def test_json_is_canonical_and_holds_every_field_of_the_record() -> None:
    plan = payoff.plan(spec_of(), prevalence=0.1)
    document = json.loads(plan.to_json())
    assert plan.to_json() == payoff.plan(spec_of(), prevalence=0.1).to_json()
    assert list(document) == sorted(document)
    assert set(document) == {one.name for one in fields(plans.Plan)} | {"checksum"}
    assert set(document["hurdles"][0]) == {one.name for one in fields(plans.PlannedHurdle)}
    assert document["schema"] == 1


@pytest.mark.parametrize(
    "record",
    [
        plans.Plan, plans.Circumstance, plans.PlannedHurdle, plans.PlannedRows, plans.SingleRules, plans.RuleFound,
        plans.Accuracies, plans.Accuracy, plans.Distance, plans.Direction, plans.PlanAssumption,
    ],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_every_field_is_described_in_the_reference(record: Any) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [one.name for one in fields(record) if f"`{one.name}`" not in page] == []


def test_files_are_written_whole_into_a_folder(tmp_path: Path) -> None:
    plan = payoff.plan(spec_of(), prevalence=0.1)
    paths = plan.save(tmp_path / "out")
    assert [path.name for path in paths] == ["plan.json", "plan.html"]
    assert paths[0].read_text(encoding="utf-8") == plan.to_json()
    assert paths[1].read_text(encoding="utf-8") == plan.to_html()
    assert str(plan) == plan.to_text()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"call": "case when outcome then 60 else 5 end", "skip": 0}, "needed for pilot: choosing “call” for everyb"),
        ({"call": "case when outcome then -1 else -5 end", "skip": 0}, "No model can clear pilot"),
    ],
)  # fmt: skip
def test_a_decision_that_needs_no_model_is_told_so_in_every_form(value: Any, words: str) -> None:
    plan = payoff.plan(spec_of(value=value, assumptions={}), prevalence=0.3)
    assert words in " ".join(plan.to_text().split())
    assert words in plan.to_html()
    assert "nan" not in plan.to_json().lower()


def test_a_plan_in_markdown_answers_first_and_takes_no_name_for_markup() -> None:
    hurdle = {"name": "a|b <b>x</b> [y](http://z)", "gain": "8000 per year", "unlocks": "## up\n- all"}
    plan = payoff.plan(spec_of("::error::", hurdles=[hurdle]), prevalence=0.1)
    text = plan.to_markdown()
    lines = text.splitlines()
    assert lines[0] == "## ✓ Within reach: &#58;&#58;error&#58;&#58;"
    assert lines[2].startswith("**To clear a&#124;b &#60;b&#62;x&#60;&#47;b&#62;")
    assert lines[-1] == "A plan is arithmetic on what was stated, not a measurement of any model."
    assert [line for line in lines if line.startswith("### ")] == [
        "### What is at stake",
        "### The hurdles &#40;&#42; needed to ship&#41;",
        "### A model that is just good enough",
        "### Precision needed at each recall",
        "### Labelled rows needed to show it",
        "### What more accuracy is worth",
        f"### What moves the least AUC of {lines[2][11 : lines[2].index(', EUR')]}, one assumption at a time",
    ]
    for block in text.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1
    assert "<b>" not in text
    assert "](http" not in text


def test_a_plan_of_the_longest_names_fits_a_comment() -> None:
    hurdles = [{"name": f"{'<' * 150} {at}", "gain": f"{8000 + at} per year"} for at in range(40)]
    text = payoff.plan(spec_of(hurdles=hurdles), prevalence=0.1).to_markdown()
    assert len(text.encode()) <= 60_000
    assert "Cut here" in text
