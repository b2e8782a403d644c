"""Plans of every kind told in German: no English is left but what users wrote, and no number changes."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from planned_calls import rows, spec_of

import payoff
from payoff.errors.usage import ChartNotDrawn, UnknownLanguage
from payoff.rendering.charts.drawing import alone
from payoff.rendering.charts.frontier import frontier_charts
from payoff.rendering.charts.spoken import spoken
from payoff.rendering.charts.style import PLAIN
from payoff.rendering.languages import language
from payoff.rendering.languages.own import voice_of_plan
from payoff.rendering.languages.voice import Voice

GERMAN = language("de")
ENGLISH = re.compile(
    r"\b(the|of|and|with|than|between|per|is|are|rows|over|against|by|from|to|more|needs?)\b"
)


def judged(**more: Any) -> Any:
    model = {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.6}}
    spec = spec_of(model=model, **more)
    return payoff.plan(spec, rows(), result=payoff.evaluate(rows(), spec), point_costs="600 per year")


def alone_worth(positive: float, negative: float, **more: Any) -> Any:
    value = {"call": f"case when outcome then {positive} else {negative} end", "skip": 0}
    return payoff.plan(spec_of(value=value, assumptions={}, **more), prevalence=0.3)


def beyond() -> Any:
    hurdles = [{"name": "far", "net_gain": "20000 per year", "over": "nobody"}]
    return judged(hurdles=hurdles)


PLANS = {
    "stated": lambda: payoff.plan(spec_of(), prevalence=0.1),
    "a model judged": judged,
    "a net gain": beyond,
    "no model needed": lambda: alone_worth(60, 5),
    "nobody is best": lambda: alone_worth(-1, -5),
    "no model can": lambda: alone_worth(60, -5, hurdles=[{"name": "far", "gain": "9e9 per year"}]),
    "no hurdle": lambda: alone_worth(60, -5, hurdles=[]),
    "a share of rows": lambda: alone_worth(60, -5, model={"policy": {"capacity": 0.1}}),
    "a capacity": lambda: alone_worth(60, -5, model={"policy": {"capacity": "2 per day"}}),
    "clusters": lambda: payoff.plan(spec_of(data={"outcome": "y", "id": "id", "cluster": "who"}), rows()),
    "rows at another prevalence": lambda: payoff.plan(spec_of(), rows(), prevalence=0.2),
    "columns": lambda: payoff.plan(
        spec_of(value={"call": "case when outcome then amount else -5 end", "skip": 0}, assumptions={}),
        prevalence=0.1,
        assume={"amount": 70},
    ),
    "no volume": lambda: payoff.plan(
        spec_of(
            decision={"unit": "EUR", "actions": ["call", "skip"]},
            hurdles=[{"name": "pilot", "gain": "0.5 per decision"}],
        ),
        prevalence=0.1,
    ),
}


@pytest.fixture(scope="module")
def plans() -> dict[str, Any]:
    return {name: make() for name, make in PLANS.items()}


@pytest.mark.parametrize("kind", PLANS)
def test_every_text_of_a_plan_has_its_german(
    kind: str, plans: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    said: set[str] = set()
    call = Voice.__call__

    def noting(self: Voice, text: str) -> str:
        left.extend(each for each in self.unknown(text) if each not in said)
        told = call(self, text)
        said.add(told)
        return told

    monkeypatch.setattr(Voice, "__call__", noting)
    plans[kind].to_html(language="de")
    plans[kind].to_text(100, language="de")
    plans[kind].to_markdown(language="de")
    assert sorted(set(left)) == []


@pytest.mark.parametrize("kind", PLANS)
def test_no_english_word_stands_in_a_german_plan(kind: str, plans: dict[str, Any]) -> None:
    plan = plans[kind]
    own = sorted(voice_of_plan(plan.record, GERMAN).own, key=len, reverse=True)
    stray = []
    forms = [shown(plan.to_html(language="de"))]
    forms += [
        plan.to_text(999, language="de").splitlines(),
        unescape(plan.to_markdown(language="de")).splitlines(),
    ]
    for text in (each for form in forms for each in form):
        bare = text
        for each in own:
            bare = bare.replace(each, "")
        if ENGLISH.search(bare):
            stray.append(text)
    assert stray == []


def shown(page: str) -> list[str]:
    """Every text of a page between tags, but its style."""
    bare = re.sub(r"<style\b[^>]*>.*?</style>", "", page, flags=re.DOTALL)
    return [unescape(text.strip()) for text in re.findall(r">([^<>]+)<", bare) if text.strip()]


@pytest.mark.parametrize("kind", PLANS)
def test_the_page_has_the_same_elements_and_numbers_in_every_language(
    kind: str, plans: dict[str, Any]
) -> None:
    def elements(page: str) -> list[str]:
        return re.findall(
            r"<[a-z][a-z0-9]*", re.sub(r"(<svg[^>]*>).*?</svg>", r"\1</svg>", page, flags=re.DOTALL)
        )

    def digits(text: str) -> list[str]:
        return sorted(re.sub(r"[.,]", "", each) for each in re.findall(r"\d[\d.,]*", text))

    told, english = plans[kind].to_html(language="de"), plans[kind].to_html()
    assert '<html lang="de"' in told
    assert elements(told) == elements(english)
    assert digits(plans[kind].to_text(999, language="de")) == digits(plans[kind].to_text(999))


def test_a_decision_named_like_a_word_of_payoff_keeps_its_name() -> None:
    told = payoff.plan(spec_of("Recall"), prevalence=0.1).to_html(language="de")
    assert '<p class="subject"><bdi>Recall</bdi></p>' in told


def test_a_plan_in_german_answers_first() -> None:
    text = payoff.plan(spec_of(), prevalence=0.1).to_text(999, language="de")
    assert text.splitlines()[0] == (
        "PLAN: Um pilot zu nehmen (8.000 EUR pro Jahr gegenüber nobody (heute)), muss ein Modell mit einer AUC von "
        "etwa 0,644 oder mehr ordnen; perfekte Vorhersagen brächten 27.500 EUR pro Jahr. roll-out kann kein Modell "
        "erreichen."
    )


def test_charts_of_a_plan_say_what_is_seen_in_numbers(plans: dict[str, Any]) -> None:
    plan = plans["stated"].record
    precision, roc, accuracy = frontier_charts(plan)
    assert precision.message == (
        "pilot needs a precision of 11.4% or more, least at recall 100%; below recall 29.1% no precision is enough. "
        "Acting at random has 10.0% precision."
    )
    assert roc.message == (
        "pilot needs an AUC of about 0.644: then 74.1% of the positives are acted on, and 55.0% of the negatives."
    )
    assert accuracy.message == (
        "The best threshold gains EUR 5,000 per year at AUC 0.500 and EUR 21,400 per year at AUC 0.950; "
        "pilot is met from about AUC 0.644 on."
    )
    told, style = spoken(precision, PLAIN, voice_of_plan(plan, GERMAN))
    assert told.message.startswith("pilot verlangt eine Präzision von 11,4\u00a0% oder mehr")
    assert ">0,2</text>" in alone(told, style)


def test_an_unknown_language_of_a_plan_is_refused(plans: dict[str, Any]) -> None:
    with pytest.raises(UnknownLanguage):
        plans["stated"].to_html(language="fr")


def test_charts_of_a_plan_are_objects_like_those_of_a_result(plans: dict[str, Any], tmp_path: Path) -> None:
    plot = plans["stated"].plot
    assert list(plot) == ["frontier", "accuracy"]
    assert plot.frontier().about == "precision_recall"
    assert plot.frontier("roc").title == "The same in ROC space: lines of equal value"
    assert (
        plot.in_language("de").accuracy().message.startswith("Die beste Schwelle bringt 5.000 EUR pro Jahr")
    )
    saved = plot.in_language("de").save(tmp_path)
    assert [path.name for path in saved] == ["frontier-1.svg", "frontier-2.svg", "accuracy.svg"]
    assert plot.accuracy().rows[0]["auc"] == 0.5
    with pytest.raises(ChartNotDrawn, match=r"a plan without it, expected a hurdle that a model can reach"):
        plans["no model needed"].plot.frontier()
    with pytest.raises(ChartNotDrawn, match=r"list\(plan.plot\) names those that this plan can draw"):
        plot.value_curve  # noqa: B018
    assert repr(plot).startswith("charts of this plan:\n  frontier: precision needed")
