"""Doubt, scenarios and prevalence as terminal, report and Markdown tell them."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.rendering.charts.doubt import pair_charts, prevalence_chart
from payoff.rendering.charts.drawing import alone
from payoff.rendering.charts.money import tornado
from payoff.rendering.doubt import (
    break_even_rows,
    doubt_views,
    prevalence_lines,
    scenario_views,
    spread_lines,
)
from payoff.rendering.markdown import to_markdown
from payoff.rendering.report import to_html
from payoff.rendering.terminal import to_text

HOSTILE = "</td><script>alert(1)</script>"


def evaluated(correlated: bool = False) -> payoff.Result:
    rng = np.random.default_rng(4)
    n = 4_000
    p = rng.random(n).round(2)
    rows: dict[str, Any] = {
        "id": np.arange(n),
        "y": (rng.random(n) < 0.5 * p).astype(np.int64),
        "p": p,
        "amount": rng.gamma(2.0, 10.0, n).round(2),
        "region": rng.choice(["north", "south"], n),
    }
    assumptions: dict[str, Any] = {
        "margin": {"likely": 0.5, "low": 0.3, "high": 0.8},
        "cost": {"likely": 3, "low": 2, "high": 5},
        "edge": {"likely": 10, "low": 5, "high": 20},
    }
    if correlated:
        assumptions["correlated"] = [{"between": ["margin", "cost"], "rank": 0.4}]
    spec = {
        "decision": {
            "unit": "EUR",
            "volume": {"likely": 10_000, "low": 8_000, "high": 15_000, "per": "year"},
        },
        "data": {"outcome": "y", "id": "id"},
        "value": {
            "act": "case when outcome and amount > edge then margin * amount else 0 end - cost",
            "skip": 0,
        },
        "assumptions": assumptions,
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.6}},
        "today": "everybody",
        "hurdles": [
            {"name": HOSTILE, "gain": "2000 per year", "over": "today"},
            {"name": "far", "gain": "200000 per year"},
        ],
        "scenarios": {
            HOSTILE + "2": {"margin": 0.9, "cost": 4},
            "rare": {"prevalence": 0.1},
            "south": {"mix": {"region": {"north": 0.1, "south": 0.9}}, "volume": "high"},
        },
    }
    return payoff.evaluate(pa.table(rows), spec)


@pytest.fixture(scope="module")
def result() -> payoff.Result:
    return evaluated()


def test_the_terminal_tells_effects_spread_box_scenarios_and_prevalence(result: payoff.Result) -> None:
    text = " ".join(to_text(result.record, 400).split())
    for words in (
        "How far the assumptions move the gain, EUR per year; each by itself, no interactions",
        "By the assumptions alone the gain over everybody is between",
        "the asymmetry of the assumptions",
        "(90% interval)",
        "of the box of all ranges",
        "Knowing every assumption exactly is worth",
        "decisions are held, what is not named stays at likely",
        "margin beyond the range held possible",
        "label shift",
        "nothing but the mix of region changes",
    ):
        assert words in text
    assert text.count("volume") >= 2


def test_the_tornado_says_that_it_knows_no_interactions_and_holds_the_volume(result: payoff.Result) -> None:
    chart = tornado(result.record)
    assert chart is not None
    assert "One at a time: no interactions." in chart.message
    assert "volume: 8,000 to 15,000" in unescape(alone(chart))


def test_every_number_of_the_report_is_that_of_the_result(result: payoff.Result) -> None:
    html, doubt = to_html(result.record), result.record.doubt
    assert doubt is not None
    exact = {float(value) for value in re.findall(r'<data value="([^"]+)"', html)}
    for one in doubt.assumptions:
        for end in (one.gain_low, one.gain_high):
            assert end is None or float(f"{end:.10g}") in exact
    for effect in doubt.effects:
        assert float(f"{effect.first:.10g}") in exact
        assert float(f"{effect.worth_of_learning:.10g}") in exact
    for scenario in result.record.scenarios:
        gain = scenario.gains[0]
        for end in (gain.value, gain.low, gain.difference, gain.difference_high):
            assert end is not None
            assert float(f"{end:.10g}") in exact


def test_names_are_shown_and_never_run(result: payoff.Result) -> None:
    html = to_html(result.record)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;") > 5
    assert "<script" not in to_markdown(result.record)


def test_markdown_tells_the_same(result: payoff.Result) -> None:
    text = unescape(to_markdown(result.record))
    assert "### Scenarios: gain over everybody, EUR per year" in text
    assert "### How far the assumptions move the gain" in text
    for line in (*spread_lines(result.record), *prevalence_lines(result.record)):
        assert line in text


def test_charts_of_pairs_and_of_prevalence_say_in_words_what_they_show(result: payoff.Result) -> None:
    pairs, chart = pair_charts(result.record), prevalence_chart(result.record)
    assert pairs
    assert all("is just met" in one.message for one in pairs)
    assert chart is not None
    assert "label shift" in chart.message


def test_every_hurdle_has_its_break_evens(result: payoff.Result) -> None:
    found = {(name, hurdle) for name, hurdle, _, _ in break_even_rows(result.record)}
    assert found == {
        (name, hurdle) for name in ("margin", "cost", "edge", "volume") for hurdle in (HOSTILE, "far")
    }
    remarks = {name: remark for name, _, _, remark in break_even_rows(result.record)}
    assert "bound to rows" in remarks["edge"]


def test_correlated_assumptions_are_told_without_shares_that_cannot_be_read() -> None:
    record = evaluated(correlated=True).record
    views = {one.name: one for one in doubt_views(record)}
    assert views["margin"].total.text == "correlated"
    assert views["margin"].share.value is not None
    assert "Shapley" in " ".join(spread_lines(record))


def test_nothing_is_told_of_what_is_not_there(result: payoff.Result) -> None:
    bare = replace(result.record, doubt=None, scenarios=(), prevalences=(), curves=())
    text = to_text(bare, 100)
    for words in ("How far the assumptions", "Scenarios", "If positives"):
        assert words not in text
    assert scenario_views(bare) == doubt_views(bare) == spread_lines(bare) == ()
    assert 'id="scenarios"' not in to_html(bare)
    assert "### Scenarios" not in to_markdown(bare)


def test_a_value_that_meets_a_hurdle_but_cannot_be_is_marked() -> None:
    result = payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").record
    marked = {}
    for name, hurdle, at, remark in break_even_rows(result):
        for shown in at:
            marked[(name, hurdle)] = (shown.value, remark)
    value, remark = marked[("deposit_share", "roll-out")]
    assert value < 0
    assert "impossible unless it can change its sign" in remark
    assert "possible" not in marked[("deposit_share", "pilot")][1]
    assert "beyond what is held possible" in marked[("call_cost", "roll-out")][1] or (
        4 <= marked[("call_cost", "roll-out")][0] <= 7
    )
