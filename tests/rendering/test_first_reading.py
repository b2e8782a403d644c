"""What a first reader takes from the words: each number has its unit, and no sentence says what is not so."""

import random
from datetime import date, timedelta
from typing import Any

import fakes
import pyarrow as pa
import pytest

import payoff
from payoff.rendering import numbers
from payoff.rendering.views import gains_title, rail_views, rows_needed_text

ROWS, DAYS = 1500, 15


def rows() -> pa.Table:
    """Return rows of 15 days: score, outcome, milliseconds; the second score ranks worse and costs nothing."""
    draw = random.Random(3)
    scores = [draw.random() ** 3 for _ in range(ROWS)]
    return pa.table(
        {
            "id": list(range(ROWS)),
            "day": [date(2025, 1, 1) + timedelta(row % DAYS) for row in range(ROWS)],
            "p": scores,
            "q": [0.5 * one + 0.5 * draw.random() for one in scores],
            "hit": [draw.random() < one for one in scores],
            "ms": [20.0 + draw.random() for _ in range(ROWS)],
            "amount": [50.0 + row % 40 for row in range(ROWS)],
        }
    )


def spec(policy: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR", "volume": "36525 per year", "actions": ["call", "skip"]},
        "data": {"outcome": "hit", "id": "id", "time": "day", "outcome_given": "any action"},
        "value": {"call": "(case when outcome then 0.3 * amount else 0 end) - 5", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": policy, "costs": {"running": "5000 per year"}},
        "challengers": {"old": {"score": "q", "policy": {"threshold": 0.5}}},
        "today": "nobody",
        "hurdles": [{"name": "pilot", "net_gain": "10000 per year"}],
    } | more


def test_too_few_periods_are_no_assumption_in_doubt() -> None:
    sentence = payoff.evaluate(rows(), spec({"capacity": "10 per day"})).verdict.sentence
    assert sentence.endswith("there are too few periods to tell how much their totals vary.")


def test_a_challenger_without_costs_is_among_the_several_whose_best_is_told() -> None:
    text = payoff.evaluate(rows(), spec({"threshold": 0.5})).to_text()
    assert "the best of 2 candidates" in " ".join(text.split())
    assert "of 1 candidates" not in text


def test_gains_less_running_costs_are_called_net() -> None:
    assert (
        gains_title(payoff.evaluate(rows(), spec({"threshold": 0.5})).record) == "Net gain over each baseline"
    )
    assert gains_title(fakes.bank()) == "Gain over each baseline"


def test_what_a_guardrail_sees_has_its_unit() -> None:
    rails = [
        {"metric": "gain", "at_least": 0.1},
        {"metric": "latency", "at": {"percentile": 95}, "at_most": 100},
        {"metric": "recall", "at_least": 0.1},
    ]
    asked = spec({"threshold": 0.5}, guardrails=rails)
    asked["model"] |= {"latency": {"column": "ms"}}
    seen = {one.record.metric: one.value.text for one in rail_views(payoff.evaluate(rows(), asked).record)}
    assert seen["gain"].startswith("EUR ")
    assert seen["gain"].endswith(" per decision")
    assert seen["latency"].endswith(" ms")
    assert seen["recall"].endswith("%")


def test_nothing_reads_as_zero_percent_whatever_stands_beside_it() -> None:
    assert numbers.percent(0.0, beside=[0.00074]) == "0%"


def test_no_further_rows_are_not_said_to_settle_a_hurdle() -> None:
    assert rows_needed_text((0, 0)) == "more cases are not what it lacks"
    assert rows_needed_text((0, 5)) == "up to 5 more cases with a known outcome would settle it"


def test_symmetric_assumptions_have_no_asymmetry_to_the_seventh_digit() -> None:
    asked = spec({"threshold": 0.5}, assumptions={"cost": {"likely": 5, "low": 4, "high": 6}})
    asked["value"] = {"call": "(case when outcome then 0.3 * amount else 0 end) - cost", "skip": 0}
    text = " ".join(payoff.evaluate(rows(), asked).to_text().split())
    assert "in the middle and the gain at likely on average." in text


def test_the_largest_expected_value_asks_for_probabilities() -> None:
    advice = " ".join(payoff.metrics(spec({"maximise": "expected value"}), rows()).to_text().split())
    assert "yes, the values of every row are weighed by them" in advice
    assert "the policy reads none" not in advice
    assert "-EUR 5 on a negative" in advice


def test_a_search_that_judged_no_slice_does_not_say_that_none_loses() -> None:
    few = rows().slice(0, 100)
    told = payoff.slices(few, spec({"threshold": 0.5}), ["amount"]).to_text()
    assert "No slice could be judged: all are too small." in told


def test_the_plan_takes_a_share_as_evaluate_does() -> None:
    for share in ("10%", 0.1):
        told = payoff.plan(spec({"capacity": share}), rows()).to_text()
        assert "There is room to call 10% of all decisions" in told


def test_the_ways_to_a_hurdle_do_not_ask_which_metrics_were_listed() -> None:
    asked = spec({"threshold": 0.9}, metrics=["recall", "roc_auc"])
    asked["hurdles"] = [{"name": "far", "net_gain": "100000 per year"}]
    result = payoff.evaluate(rows(), asked)
    told = payoff.plan(asked, rows(), result=result).to_text()
    assert "without one more false alarm" in told


def test_a_quantity_is_no_value_that_names_the_column_of_the_outcome() -> None:
    table = pa.table({"sold": [5.0, 6.0, 7.0], "order": [6.0, 6.0, 6.0]})
    asked = {
        "decision": {"unit": "EUR", "quantity": "loaves"},
        "data": {"outcome": "sold", "outcome_given": "any action"},
        "value": {"quantity": "2 * least(outcome, quantity) - greatest(quantity - outcome, 0)"},
        "model": {"name": "order", "policy": {"decided": "order"}},
    }
    assert "PAY270" not in [one.code for one in payoff.check(asked, table)]


@pytest.fixture(scope="module")
def of_classes() -> str:
    table = pa.table(
        {
            "kind": ["paid", "late", "paid", "default"] * 300,
            "a": [0.7, 0.2, 0.6, 0.2] * 300,
            "b": [0.2, 0.6, 0.3, 0.2] * 300,
            "c": [0.1, 0.2, 0.1, 0.6] * 300,
        }
    )
    asked = {
        "decision": {"unit": "EUR", "actions": ["lend", "decline"], "volume": "12000 per year"},
        "data": {"outcome": "kind", "classes": ["paid", "late", "default"], "outcome_given": "any action"},
        "value": {"lend": "case when outcome = 'paid' then 10 else -10 end", "decline": 0},
        "model": {
            "name": "m",
            "scores": {"paid": "a", "late": "b", "default": "c"},
            "policy": {"maximise": "expected value"},
        },
        "today": "nobody",
        "hurdles": [{"name": "ready", "gain": "1 per decision"}],
    }
    return payoff.evaluate(table, asked).to_model_card()


def test_the_card_of_several_classes_tells_no_metric_of_one_class_as_if_of_all(of_classes: str) -> None:
    assert "| F1, macro |" in of_classes
    assert "| Precision |" not in of_classes


def test_a_card_does_not_say_that_nothing_is_cleared_where_a_hurdle_is(of_classes: str) -> None:
    assert "**Ship.**" in of_classes
    assert "Nothing is cleared yet" not in of_classes


def test_the_card_of_a_quantity_decides_a_quantity() -> None:
    table = pa.table({"sold": [5.0, 6.0, 7.0, 9.0] * 200, "order": [6.0, 6.0, 7.0, 8.0] * 200})
    asked = {
        "decision": {"unit": "EUR", "quantity": "loaves"},
        "data": {"outcome": "sold", "outcome_given": "any action"},
        "value": {"quantity": "2 * least(outcome, quantity) - greatest(quantity - outcome, 0)"},
        "model": {"name": "order", "policy": {"decided": "order"}},
        "today": "nobody",
        "hurdles": [{"gain": "1 per decision"}],
    }
    card = payoff.evaluate(table, asked).to_model_card()
    assert "To decide a quantity of loaves for each row" in card
    assert "type: tabular-regression" in card


def test_metrics_of_the_best_rows_that_are_asked_for_are_told_first_with_their_k() -> None:
    asked = spec(
        {"threshold": 0.5}, metrics=["recall", {"precision_at_k": {"k": 50}}, {"precision_at_k": {"k": 90}}]
    )
    result = payoff.evaluate(rows(), asked)
    for text in (result.to_text(), result.to_model_card()):
        assert "Precision of the best (k 50)" in text
        assert "Precision of the best (k 90)" in text


def test_the_report_says_net_where_costs_are_counted() -> None:
    html = payoff.evaluate(rows(), spec({"threshold": 0.5})).to_html()
    assert "<dt><bdi>Worth more, running costs paid, than" in html
    assert "on the same cases, running costs paid." in html


def test_the_gate_says_of_the_hurdle_that_it_requires_why_it_rejects() -> None:
    asked = spec({"threshold": 0.5})
    asked["hurdles"] = [{"name": "pilot", "gain": "10 per year"}, {"name": "all", "gain": "9000000 per year"}]
    result = payoff.evaluate(rows(), asked)
    assert payoff.gate(result, require="pilot").result.verdict.sentence == result.verdict.sentence
    told = payoff.gate(result, require="all")
    assert (told.overall, "That it clears “all” is" in told.result.verdict.sentence) == ("reject", True)
