"""A value is told cell by cell: every action at every outcome, in amounts that add up to what the row is worth."""

from dataclasses import replace

import pytest
from tests.spec.test_spec_linting import document

from payoff.rendering.explaining import cell_text, walkthrough_text
from payoff.spec import load_spec
from payoff.spec.walkthrough import walk_through

OPEN = "margin 60 (if amount > 100) plus 30 (otherwise)"


def sentences(**changes: object) -> list[str]:
    """Return the walk of a clean spec with sections replaced."""
    found = walk_through(load_spec(document(**changes)))
    return [cell_text(cell, found.unit) for cell in found.cells]


def test_every_cell_is_said_in_the_words_of_the_spec() -> None:
    spec = {
        "decision": {"unit": "EUR", "actions": ["call", "skip"]},
        "data": {"outcome": "subscribed", "positive": "yes"},
        "value": {"call": "(case when outcome then margin else 0 end) - cost", "skip": 0},
    }
    assert sentences(**spec) == [
        "When we call and subscribed is yes, we earn EUR 55: margin 60 less cost 5.",
        "When we skip and subscribed is yes, nothing is gained or lost.",
        "When we call and subscribed is not yes, we lose EUR 5: cost 5.",
        "When we skip and subscribed is not yes, nothing is gained or lost.",
    ]


@pytest.mark.parametrize(
    ("act", "first", "third"),
    [
        (
            "case when outcome then amount * margin else 0 end - cost",
            "it is worth what the row says: amount x margin 60 less cost 5.",
            "we lose EUR 5: cost 5.",
        ),
        (
            "case when outcome and amount > 100 then margin when outcome then 30 else 0 end - cost",
            f"it is worth what the row says, between EUR 25 and EUR 55: {OPEN} less cost 5.",
            "we lose EUR 5: cost 5.",
        ),
        (
            "(margin + 1) * (1 - 0.5) - cost",
            "we earn EUR 25.50: (margin 60 + 1) x (1 - 0.5) = 30.5 less cost 5.",
            "we earn EUR 25.50: (margin 60 + 1) x (1 - 0.5) = 30.5 less cost 5.",
        ),
        (
            "-margin * amount - -2 * cost",
            "it is worth what the row says: 2 x cost 5 = 10 less margin 60 x amount.",
            "it is worth what the row says: 2 x cost 5 = 10 less margin 60 x amount.",
        ),
        ("-10 + 0 * margin - -cost", "we lose EUR 5: cost 5 less 10.", "we lose EUR 5: cost 5 less 10."),
    ],
)
def test_conditions_and_parts_are_said_as_they_are_written(act: str, first: str, third: str) -> None:
    found = sentences(value={"act": act, "skip": 0})
    assert found[0] == f"When we act and y is positive, {first}"
    assert found[2] == f"When we act and y is negative, {third}"


def test_an_assumption_below_zero_is_said_with_its_sign() -> None:
    assumptions = {"fee": {"likely": -5, "low": -6, "high": -4}}
    found = sentences(
        value={"act": "case when outcome then 60 else 0 end + fee", "skip": 0}, assumptions=assumptions
    )
    assert found[0] == "When we act and y is positive, we earn EUR 55: 60 plus fee -5."
    assert found[2] == "When we act and y is negative, we lose EUR 5: fee -5."


def test_amounts_add_up_to_the_worth_where_both_are_known() -> None:
    value = {
        "act": "case when outcome then margin * 2 else -margin end - cost * (1 + 2) + 4",
        "skip": "-cost",
    }
    for cell in walk_through(load_spec(document(value=value))).cells:
        assert sum(one.number or 0.0 for one in cell.amounts) == pytest.approx(cell.worth, abs=1e-12)


def test_an_id_of_the_rows_stays_text_on_one_line() -> None:
    found = walk_through(load_spec(document()))
    rows = tuple(replace(cell, row="a\x1b[31m\nb", rows=3, mean=1.0) for cell in found.cells)
    text = walkthrough_text(replace(found, id="key", cells=rows))
    assert "\x1b" not in text
    assert "\nb" not in text
