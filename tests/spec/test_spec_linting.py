"""What `lint` sees without data: each remark appears when it should, and only then."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.spec import lint, load_spec


def document(**changes: Any) -> dict[str, Any]:
    """Return a spec about which nothing is doubtful, with sections replaced; None removes one."""
    clean: dict[str, Any] = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "outcome_given": "any action"},
        "value": {"act": "(case when outcome then margin else 0 end) - cost", "skip": 0},
        "assumptions": {
            "margin": {"likely": 60, "low": 40, "high": 90},
            "cost": {"likely": 5, "low": 4, "high": 7},
        },
        "model": {"name": "m", "score": "p", "policy": {"threshold": "from value"}},
        "today": "nobody",
        "hurdles": [{"name": "pilot", "gain": "1 per decision"}],
    }
    return {key: value for key, value in {**clean, **changes}.items() if value is not None}


def codes(**changes: Any) -> list[str]:
    """Return the codes of what is found."""
    return [finding.code for finding in lint(load_spec(document(**changes)))]


def test_nothing_is_said_about_a_clean_spec() -> None:
    assert codes() == []


CELLS = {"true_positive": "margin - cost", "false_positive": "-cost", "true_negative": 0}
DOUBTFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "a margin earned when caught and charged when missed": (
        "PAY230",
        {"value": {**CELLS, "false_negative": "-margin"}},
    ),
    "an amount earned when caught and charged when missed": (
        "PAY230",
        {
            "value": {
                "act": "(case when outcome then amount else 0 end) - cost - 0 * margin",
                "skip": "case when outcome then -amount else 0 end",
            }
        },
    ),
    "a turned sign": (
        "PAY231",
        {"value": {"act": "cost - (case when outcome then margin else 0 end)", "skip": 0}},
    ),
    "acting never pays": ("PAY232", {"value": {"act": "-cost - margin", "skip": 0}}),
    "doing nothing never pays": ("PAY232", {"value": {"act": "margin", "skip": "-cost"}}),
    "an assumption that nothing uses": (
        "PAY233",
        {"value": {"act": "case when outcome then margin else -1 end", "skip": 0}},
    ),
    "gain per year with running costs": (
        "PAY234",
        {
            "hurdles": [{"gain": "1 per year"}],
            "model": {
                "score": "p",
                "policy": {"threshold": "from value"},
                "costs": {"running": "9 per year"},
            },
        },
    ),
    "a hurdle of zero": ("PAY235", {"hurdles": [{"gain": "0 per decision"}]}),
    "a hurdle below zero": ("PAY235", {"hurdles": [{"gain": "-1 per decision"}]}),
    "no hurdle": ("PAY236", {"hurdles": None}),
    "an empty ladder": ("PAY236", {"hurdles": []}),
    "no today": ("PAY237", {"today": None, "hurdles": [{"gain": "1 per decision", "over": "everybody"}]}),
    "no range at all": ("PAY238", {"assumptions": {"margin": 60, "cost": 5}}),
    "one range missing": (
        "PAY238",
        {"assumptions": {"margin": {"likely": 60, "low": 40, "high": 90}, "cost": 5}},
    ),
    "outcome_given left out": ("PAY239", {"data": {"outcome": "y"}}),
    "the outcome as score": ("PAY240", {"model": {"score": "Y", "policy": {"threshold": "from value"}}}),
    "the outcome in a rule": ("PAY240", {"baselines": {"rule": {"when": "y = 1"}}}),
    "the outcome as the team of a capacity": (
        "PAY240",
        {"challengers": {"c": {"score": "p", "policy": {"capacity": "10%", "by": "y"}}}},
    ),
    "the outcome in what acting costs": (
        "PAY240",
        {
            "decision": {"unit": "EUR", "volume": "9 per year"},
            "data": {"outcome": "y", "outcome_given": "any action", "time": "day"},
            "challengers": {"c": {"score": "p", "policy": {"budget": "9 per day", "cost": "y + 1"}}},
        },
    ),
    "the outcome as decision": (
        "PAY240",
        {"baselines": {"agents": {"decided": "y", "as": {"1": "act", "0": "skip"}}}},
    ),
    "the outcome as the query of a ranking": (
        "PAY240",
        {"metrics": [{"precision_at_k": {"k": 10, "per": "Y"}}]},
    ),
    "a mix of the outcome": ("PAY240", {"scenarios": {"worse": {"mix": {"y": {"1": 0.5, "0": 0.5}}}}}),
    "the outcome as a challenger's score": (
        "PAY240",
        {"challengers": {"c": {"score": "y", "policy": {"threshold": "from value"}}}},
    ),
    "a value that varies by row": (
        "PAY241",
        {"value": {"act": "(case when outcome then margin * amount else 0 end) - cost", "skip": 0}},
    ),
    "a sign that a text column decides": (
        "PAY241",
        {"value": {"act": "case when kind = 'a' and outcome then margin else -cost end", "skip": 0}},
    ),
    "a ladder that falls": (
        "PAY242",
        {"hurdles": [{"name": "a", "gain": "2 per decision"}, {"name": "b", "gain": "1 per decision"}]},
    ),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_each_doubt_is_said_once_and_alone(case: str) -> None:
    code, changes = DOUBTFUL[case]
    companions = {"PAY230": {"PAY241"}}.get(code, set())
    found = codes(**changes)
    assert found.count(code) == 1
    assert set(found) <= {code} | companions


def test_a_leak_is_an_error_and_stands_first() -> None:
    found = lint(load_spec(document(data={"outcome": "p"})))
    assert [finding.severity for finding in found] == ["error", "note"]


def test_a_leak_is_seen_in_any_case_of_letters() -> None:
    for outcome, score in (("y", "Y"), ("Y", "y")):
        data = {"outcome": outcome, "outcome_given": "any action"}
        assert codes(data=data, model={"score": score, "policy": {"threshold": "from value"}}) == ["PAY240"]


def test_a_gain_that_doing_nothing_is_not_charged_for_on_positives_is_counted_once() -> None:
    assert codes(value={**CELLS, "false_negative": 0, "true_negative": "margin"}) == []


def test_running_costs_do_not_matter_to_net_gain_or_to_a_hurdle_per_decision() -> None:
    model = {"score": "p", "policy": {"threshold": "from value"}, "costs": {"running": "9 per year"}}
    assert codes(model=model, hurdles=[{"net_gain": "1 per year"}]) == []
    assert codes(model=model, hurdles=[{"gain": "1 per decision"}]) == []


def test_an_assumption_used_only_by_a_rule_is_used() -> None:
    value = {"act": "case when outcome then margin else -1 end", "skip": 0}
    assert codes(value=value, baselines={"rule": {"when": "amount > cost"}}) == []


def test_a_comment_about_outcome_given_is_no_statement(tmp_path: Any) -> None:
    text = "decision: {unit: EUR}\ndata: {outcome: y} # outcome_given: any action\n"
    text += "value: {act: 1, skip: 0}\nmodel: {policy: {always: act}}\n"
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    assert "PAY239" in [finding.code for finding in lint(load_spec(path))]


@given(
    cells=st.tuples(*[st.integers(-3, 3)] * 4),
)
def test_turned_signs_and_useless_actions_agree_with_the_four_numbers(
    cells: tuple[int, int, int, int],
) -> None:
    act_yes, act_no, skip_yes, skip_no = cells
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    found = codes(value=dict(zip(names, cells, strict=True)), assumptions=None)
    turned = skip_yes > act_yes and act_no > skip_no
    useless = (act_yes - skip_yes) * (act_no - skip_no) > 0
    assert ("PAY231" in found) == turned
    assert ("PAY232" in found) == useless
