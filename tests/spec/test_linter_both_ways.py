"""Each finding of the linter fires on the slip that it is for, and stays silent on the honest neighbour of it."""

from typing import Any

import pytest
from tests.spec.test_spec_linting import document

from payoff.spec import lint, load_spec

LARGE = "case when outcome and amount > 100 then {} else 0 end - cost"
EARNS = "case when outcome then {} else 0 end"

SLIPS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # name: code, the slip, the same said rightly
    "a share of an amount earned, and the whole amount charged": (
        "PAY230",
        {"value": {"act": "case when outcome then 0.8 * amount else 0 end - cost", "skip": EARNS.format("-amount")}},
        {"value": {"act": "case when outcome then -0.2 * amount else 0 end - cost", "skip": EARNS.format("-amount")}},
    ),
    "a product earned under a condition, and charged": (
        "PAY230",
        {"value": {"act": LARGE.format("margin * amount"), "skip": EARNS.format("-margin * amount")}},
        {"value": {"act": LARGE.format("margin * amount"), "skip": 0}},
    ),
    "money that is earned and paid whatever the outcome": (
        "PAY230",
        {"value": {"act": "case when outcome then margin else -cost end", "skip": EARNS.format("-margin")}},
        {"value": {"act": "case when outcome then cost + margin else margin end - cost", "skip": "-margin"}},
    ),
    "a turned sign in a value that varies by row": (
        "PAY231",
        {"value": {"act": "cost - case when outcome then margin + abs(amount) else 0 end", "skip": 0}},
        {"value": {"act": "case when outcome then margin + abs(amount) else 0 end - cost", "skip": 0}},
    ),
    "an action that loses whatever the amount": (
        "PAY232",
        {"value": {"act": "-cost - greatest(amount, 0)", "skip": 0}},
        {"value": {"act": "case when outcome then margin else 0 end - cost - least(abs(amount), 9)", "skip": 0}},
    ),
    "a case without else": (
        "PAY265",
        {"value": {"act": "case when outcome then margin end", "skip": 0}},
        {"value": {"act": "case when outcome then margin when not outcome then -cost end", "skip": 0}},
    ),
    "a false alarm that costs nothing": (
        "PAY265",
        {"value": {"act": EARNS.format("margin"), "skip": 0}},
        {"value": {"act": "case when outcome then margin else -cost end", "skip": 0}},
    ),
    "a caught case that earns nothing": (
        "PAY265",
        {"value": {"act": "case when outcome then 0 else -cost end", "skip": 0}},
        {"value": {"act": "case when outcome then 0 else -cost end", "skip": EARNS.format("-margin")}},
    ),
    "a value that does not look at the outcome": (
        "PAY265",
        {"value": {"act": "amount - cost", "skip": 0}},
        {"value": {"act": EARNS.format("amount") + " - cost", "skip": 0}},
    ),
    "actions that are all alike": (
        "PAY266",
        {"value": {"act": EARNS.format("margin") + " - cost", "skip": EARNS.format("margin") + " - cost"}},
        {"value": {"act": EARNS.format("margin") + " - cost", "skip": EARNS.format("margin - 9") + " - cost"}},
    ),
    "alike for any amount": (
        "PAY266",
        {"value": {"act": "amount * margin", "skip": "margin * amount"}},
        {"value": {"act": EARNS.format("amount") + " + margin * amount - cost", "skip": "margin * amount"}},
    ),
    "dollars in a spec of euros": (
        "PAY267",
        {"value": {"act": EARNS.format("amount_usd") + " - cost", "skip": 0}},
        {"value": {"act": EARNS.format("amount_usd * eur_per_usd") + " - cost", "skip": 0}},
    ),
    "dollars beside the number that converts them": (
        "PAY267",
        {"value": {"act": EARNS.format("amountUSD") + " - cost", "skip": 0}},
        {"value": {"act": EARNS.format("0.9 * amountUSD") + " - cost", "skip": 0}},
    ),
    "percent that is added, and not compared": (
        "PAY267",
        {"value": {"act": EARNS.format("fee_pct") + " - cost", "skip": 0}, "assumptions": {"fee_pct": 3, "cost": 5}},
        {
            "value": {"act": EARNS.format("case when growth_pct > fee_pct then 9 else 1 end") + " - cost", "skip": 0},
            "assumptions": {"fee_pct": 3, "cost": 5},
        },
    ),
    "cents": (
        "PAY267",
        {"value": {"act": EARNS.format("fee_cents") + " - cost", "skip": 0}},
        {"value": {"act": EARNS.format("fee_cents / 100") + " - cost", "skip": 0}},
    ),
    "percent for a share": (
        "PAY267",
        {
            "value": {"act": EARNS.format("amount * fee_pct") + " - cost", "skip": 0},
            "assumptions": {"fee_pct": {"likely": 3, "low": 2, "high": 4}, "cost": {"likely": 5, "low": 4, "high": 6}},
        },
        {
            "value": {"act": EARNS.format("amount * fee_pct / 100") + " - cost", "skip": 0},
            "assumptions": {"fee_pct": {"likely": 3, "low": 2, "high": 4}, "cost": {"likely": 5, "low": 4, "high": 6}},
        },
    ),
    "a threshold of one half where one in twelve pays": (
        "PAY268",
        {"model": {"score": "p", "policy": {"threshold": 0.5}}},
        {"model": {"score": "p", "policy": {"threshold": 0.12}}},
    ),
    "a threshold of one half on a rank": (
        "PAY268",
        {"model": {"score": "p", "score_is": "probability", "policy": {"threshold": 0.5}}},
        {"model": {"score": "p", "score_is": "rank", "policy": {"threshold": 0.5}}},
    ),
    "a challenger's threshold": (
        "PAY268",
        {"challengers": {"c": {"score": "p2", "policy": {"threshold": 0.9}}}},
        {"challengers": {"c": {"score": "p2", "policy": {"threshold": "best"}}}},
    ),
    "more asked of a row than its best outcome brings": (
        "PAY269",
        {"hurdles": [{"gain": "87 per decision"}]},
        {"hurdles": [{"gain": "86 per decision"}]},
    ),
    "more asked than positives of that share can bring": (
        "PAY269",
        {"data": {"outcome": "y", "outcome_given": "any action", "prevalence": 0.01}},
        {"data": {"outcome": "y", "outcome_given": "any action", "prevalence": 0.02}},
    ),
    "more a year than the volume can bring": (
        "PAY269",
        {"decision": {"unit": "EUR", "volume": "10 per year"}, "hurdles": [{"gain": "900 per year"}]},
        {"decision": {"unit": "EUR", "volume": "10 per year"}, "hurdles": [{"gain": "800 per year"}]},
    ),
    "an assumption inside a condition, which no end of its range moves": (
        "PAY269",
        {
            "value": {"act": "case when outcome then 100 else -cost end", "skip": 0},
            "hurdles": [{"gain": "200 per decision"}],
        },
        {
            "value": {"act": "case when outcome and margin > amount then 100 else -cost end", "skip": 0},
            "hurdles": [{"gain": "200 per decision"}],
        },
    ),
    "running costs that eat more than can be gained": (
        "PAY269",
        {
            "decision": {"unit": "EUR", "volume": "10 per year"},
            "hurdles": [{"net_gain": "1 per year"}],
            "model": {"score": "p", "policy": {"threshold": "best"}, "costs": {"running": "900 per year"}},
        },
        {
            "decision": {"unit": "EUR", "volume": "10 per year"},
            "hurdles": [{"net_gain": "1 per year"}],
            "model": {"score": "p", "policy": {"threshold": "best"}, "costs": {"running": "800 per year"}},
        },
    ),
    "a hurdle that doing nothing clears": (
        "PAY235",
        {
            "value": {"act": "case when outcome then 5 else -60 end", "skip": "case when outcome then 0 else 0 end"},
            "assumptions": None,
            "data": {"outcome": "y", "outcome_given": "any action", "prevalence": 0.1},
            "hurdles": [{"gain": "1 per decision", "over": "everybody"}],
        },
        {
            "value": {"act": "case when outcome then 60 else -5 end", "skip": "case when outcome then 0 else 0 end"},
            "assumptions": None,
            "data": {"outcome": "y", "outcome_given": "any action", "prevalence": 0.1},
            "hurdles": [{"gain": "1 per decision", "over": "everybody"}],
        },
    ),
    "the day of the label in a rule": (
        "PAY240",
        {
            "data": {"outcome": "y", "outcome_given": "any action", "label_known_on": "known"},
            "baselines": {"rule": {"when": "known is null"}},
        },
        {
            "data": {"outcome": "y", "outcome_given": "any action", "label_known_on": "known"},
            "baselines": {"rule": {"when": "applied is null"}},
        },
    ),
    "the outcome by its column": (
        "PAY270",
        {"value": {"act": "case when y = 1 then margin else -cost end", "skip": 0}},
        {"value": {"act": "case when outcome then margin else -cost end", "skip": 0}},
    ),
}  # fmt: skip


def found(changes: dict[str, Any]) -> list[str]:
    """Return the codes that lint gives for a clean spec with these sections replaced."""
    return [finding.code for finding in lint(load_spec(document(**changes)))]


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_and_its_honest_neighbour_is_not(name: str) -> None:
    code, slip, honest = SLIPS[name]
    assert found(slip).count(code) == 1
    assert code not in found(honest)


def test_the_words_hold_the_numbers_of_the_user() -> None:
    doubled = lint(load_spec(document(**SLIPS["money that is earned and paid whatever the outcome"][1])))
    assert "60 and -60, together 120 for one case" in doubled[0].found
    half = lint(load_spec(document(**SLIPS["a threshold of one half where one in twelve pays"][1])))
    assert "0.292 x 55 + 0.708 x -5" in half[0].found


def test_with_the_numbers_of_a_row_the_words_hold_them() -> None:
    spec = load_spec(document(**SLIPS["a share of an amount earned, and the whole amount charged"][1]))
    (doubled,) = (one for one in lint(spec, {True: {"amount": 200.0}, False: {}}) if one.code == "PAY230")
    assert "with amount 200: 160 and -200, together 360 for one case" in doubled.found


def test_what_bounds_settle_needs_no_rows() -> None:
    value = {
        "act": "case when outcome then margin * least(greatest(amount, 1), 9) else 0 end - cost",
        "skip": 0,
    }
    assert found({"value": value}) == []
