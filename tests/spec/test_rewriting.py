"""A spec's text is cut at its numbers: put together again it is what it was, and another number stands in its place."""

import json

import pytest

from payoff.spec.reading import read_text
from payoff.spec.rewriting import LONGEST, Slot, cut

BLOCK = """\
# ours
payoff: 1
decision:
  volume: {likely: 700, low: 600, high: 900, per: month}  # from the ledger
assumptions:
  together: [margin, cost]
  margin:
    likely: 5   # euros
    low: 4
    owner: "who: 'knows'"
  "cost": 1e-3
  correlated: [{between: [margin, cost], rank: 0.5}]
model: {name: müll 🙂, policy: {capacity: "20 per day", carry_over: 2}}
"""
TOML = '[decision]\nvolume = "8400 per year"\n[assumptions]\nmargin = {likely = 5.0, date = 2026-01-02}\n'


def whole(text: str) -> str:
    return "".join(one if isinstance(one, str) else one.was for one in cut(text))


def slots(text: str) -> list[tuple[str, str, str, str | None]]:
    return [(one.name, one.part, one.was, one.per) for one in cut(text) if isinstance(one, Slot)]


@pytest.mark.parametrize("text", [BLOCK, BLOCK.replace("\n", "\r\n"), "payoff: 1"])
def test_pieces_are_the_text(text: str) -> None:
    assert whole(text) == text


def test_every_number_that_can_be_tried_has_its_slot_in_the_order_of_the_text() -> None:
    assert slots(BLOCK) == [
        ("decision.volume", "likely", "700", None),
        ("decision.volume", "low", "600", None),
        ("decision.volume", "high", "900", None),
        ("decision.volume", "per", "month", None),
        ("margin", "likely", "5", None),
        ("margin", "low", "4", None),
        ("cost", "whole", "1e-3", None),
        ("model.capacity", "whole", '"20 per day"', "day"),
    ]


def test_a_budget_is_money_and_a_share_has_no_period() -> None:
    assert slots("model: {policy: {budget: 50.5 per week}}") == [
        ("model.capacity.money", "whole", "50.5 per week", "week")
    ]
    assert slots("model: {policy: {capacity: 10%}}") == [("model.capacity", "whole", "10%", None)]


@pytest.mark.parametrize("text", [TOML, json.dumps({"decision": {"name": "\U0001f642", "x": 1e-7}})])
def test_toml_and_json_are_told_again_as_what_payoff_reads(text: str) -> None:
    form = "json" if text.startswith("{") else "toml"
    told, given = read_text(f"# a word\n{whole(text)}", "yaml").tree, read_text(text, form).tree
    assert json.loads(json.dumps(told, default=str)) == json.loads(json.dumps(given, default=str))


def test_what_is_too_long_or_no_spec_is_not_cut() -> None:
    assert cut("a: " + "x" * LONGEST) == ()
    assert cut("a: [") == ()
