"""Scenarios and correlations of assumptions in the spec: what they become, and what is refused where and how."""

from typing import Any

import numpy as np
import pytest

from payoff.errors import SpecError
from payoff.errors.spec import BetweenStops, InvalidCorrelation, InvalidMix, InvalidScenario, OutOfRange
from payoff.spec import lint, load_spec
from payoff.spec.model import Correlation, Scenario


def spec(scenarios: Any = None, correlated: Any = None, **more: Any) -> dict[str, Any]:
    found = {
        "decision": {"unit": "EUR", "volume": {"likely": 1000, "low": 500, "high": 2000, "per": "month"}},
        "data": {"outcome": "y"},
        "value": {"act": "case when amount > floor_at then margin * amount else 0 end - cost", "skip": 0},
        "assumptions": {
            "margin": {"likely": 0.5, "low": 0.4, "high": 0.6},
            "cost": {"likely": 5, "low": 4, "high": 7},
            "price": {"likely": 1, "low": 0, "high": 2},
            "floor_at": {"likely": 10, "low": 5, "high": 20},
            "bare": 3,
        },
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        **more,
    }
    if correlated is not None:
        found["assumptions"]["correlated"] = correlated
    if scenarios is not None:
        found["scenarios"] = scenarios
    return found


def test_scenarios_become_settings_in_the_order_written() -> None:
    given = {
        "pessimistic": {"margin": "low", "cost": 6, "volume": "low"},
        "busy": {"volume": 1500},
        "busier": {"volume": "24000 per year"},
        "regulated": {"prevalence": 0.02, "floor_at": 20},
        "south": {"mix": {"region": {"north": 0.25, "south": 0.75}}},
    }
    found = load_spec(spec(given)).scenarios
    assert found == (
        Scenario(name="pessimistic", settings={"margin": 0.4, "cost": 6.0}, volume=6_000.0),
        Scenario(name="busy", settings={}, volume=18_000.0),
        Scenario(name="busier", settings={}, volume=24_000.0),
        Scenario(name="regulated", settings={"floor_at": 20.0}, prevalence=0.02),
        Scenario(name="south", settings={}, column="region", mix={"north": 0.25, "south": 0.75}),
    )


def test_a_mixed_column_is_a_slice() -> None:
    assert load_spec(spec({"s": {"mix": {"region": {"north": 1}}}}, slices=["age"])).slices == (
        ("age",),
        ("region",),
    )


@pytest.mark.parametrize(
    ("given", "error", "where", "found"),
    [
        ({"margn": 0.4}, InvalidScenario, "scenarios.s.margn", "did you mean margin?"),
        ({}, InvalidScenario, "scenarios.s", "sets nothing"),
        ({"bare": "low"}, InvalidScenario, "scenarios.s.bare", "which has no range"),
        ({"floor_at": 12}, BetweenStops, "scenarios.s.floor_at", "12"),
        ({"volume": "30000 per fortnight"}, SpecError, "scenarios.s.volume", "30000 per fortnight"),
        ({"volume": -4}, OutOfRange, "scenarios.s.volume", "-4"),
        ({"prevalence": 1.2}, InvalidMix, "scenarios.s.prevalence", "1.2"),
        ({"mix": {"region": {"n": 0.5, "s": 0.4}}}, InvalidMix, "scenarios.s.mix.region", "add up to 0.9"),
        ({"mix": {"region": {"n": 1.5, "s": -0.5}}}, InvalidMix, "scenarios.s.mix.region", "shares"),
        ({"mix": {"a": {"n": 1}, "b": {"n": 1}}}, InvalidMix, "scenarios.s.mix", "2 columns"),
        ({"mix": {"a": {"n": 1}}, "prevalence": 0.1}, InvalidMix, "scenarios.s", "both prevalence and mix"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(
    given: Any, error: type[SpecError], where: str, found: str
) -> None:
    with pytest.raises(error) as caught:
        load_spec(spec({"s": given}))
    assert caught.value.where.partition(" ")[0].startswith(where)
    assert found in str(caught.value)
    assert "Fix: " in str(caught.value)


def test_prevalence_has_no_meaning_among_several_classes() -> None:
    given = spec({"s": {"prevalence": 0.1}}, data={"outcome": "y", "classes": ["a", "b", "c"]})
    given["value"] = {"act": "case when outcome = 'a' then margin else 0 end - cost", "skip": 0}
    with pytest.raises(InvalidMix, match="beside 3 classes"):
        load_spec(given)


def test_a_word_that_is_no_stop_is_of_the_wrong_kind() -> None:
    with pytest.raises(SpecError, match="PAY212"):
        load_spec(spec({"s": {"margin": "lowest"}}))


def test_an_assumption_called_as_a_key_of_scenarios_is_ambiguous() -> None:
    given = spec({"s": {"prevalence": 0.1}})
    given["assumptions"]["prevalence"] = 0.2
    with pytest.raises(InvalidScenario, match="also an assumption"):
        load_spec(given)


def test_a_scenario_beyond_the_range_is_noted() -> None:
    found = [one for one in lint(load_spec(spec({"s": {"margin": 0.9, "cost": 5}}))) if one.code == "PAY262"]
    assert [(one.severity, one.where) for one in found] == [("note", "scenarios.s.margin")]
    assert "0.4 to 0.6" in found[0].found


def test_correlations_become_pairs_and_the_volume_may_be_one() -> None:
    given = [
        {"between": ["margin", "cost"], "rank": -0.5},
        {"between": ["price", "decision.volume"], "rank": 0.3},
    ]
    assert load_spec(spec(correlated=given)).correlated == (
        Correlation(first="margin", second="cost", rank=-0.5),
        Correlation(first="price", second="decision.volume", rank=0.3),
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([{"between": ["margin", "cots"], "rank": 0.1}], "did you mean cost?"),
        ([{"between": ["margin", "bare"], "rank": 0.1}], "no range"),
        ([{"between": ["margin", "cost"], "rank": 1}], "rank correlation 1"),
        ([{"between": ["margin", "margin"], "rank": 0.5}], "move as one"),
        (
            [{"between": ["margin", "cost"], "rank": 0.5}, {"between": ["cost", "margin"], "rank": 0.4}],
            "again",
        ),
    ],
)
def test_a_correlation_that_cannot_be_is_refused(given: Any, found: str) -> None:
    with pytest.raises(InvalidCorrelation) as caught:
        load_spec(spec(correlated=given))
    assert caught.value.where.partition(" ")[0].startswith("assumptions.correlated[")
    assert found in str(caught.value)


def test_a_correlation_with_a_volume_without_range_is_refused() -> None:
    given = spec(correlated=[{"between": ["margin", "decision.volume"], "rank": 0.5}])
    given["decision"]["volume"] = "1000 per month"
    with pytest.raises(InvalidCorrelation, match="no range"):
        load_spec(given)


def test_correlations_that_contradict_each_other_are_refused_with_what_would_do() -> None:
    pairs = [("margin", "cost", 0.9), ("margin", "price", 0.9), ("cost", "price", -0.9)]
    given = [{"between": [a, b], "rank": rank} for a, b, rank in pairs]
    with pytest.raises(InvalidCorrelation, match=r"contradict each other.*all of them times 0\.53 would do"):
        load_spec(spec(correlated=given))
    weaker = [{"between": [a, b], "rank": 0.53 * rank} for a, b, rank in pairs]
    assert len(load_spec(spec(correlated=weaker)).correlated) == 3


def test_members_of_a_group_that_moves_as_one_share_their_correlations() -> None:
    given = spec(correlated=[{"between": ["cost", "price"], "rank": 0.5}])
    given["assumptions"]["together"] = ["margin", "cost"]
    assert load_spec(given).correlated[0].rank == 0.5
    given["assumptions"]["correlated"] = [{"between": ["margin", "cost"], "rank": 0.5}]
    with pytest.raises(InvalidCorrelation, match="move as one"):
        load_spec(given)


def test_both_are_refused_in_one_run() -> None:
    given = spec({"s": {"margn": 1}}, [{"between": ["margin", "cots"], "rank": 0.1}])
    with pytest.raises(SpecError) as caught:
        load_spec(given)
    assert {problem.code for problem in caught.value.problems} == {"PAY260", "PAY261"}


@pytest.mark.parametrize(("low", "likely", "high"), [(7, 5, 4), (4, 9, 7), (4, 3, 7)])
def test_an_assumption_out_of_order_is_refused_at_its_place(low: float, likely: float, high: float) -> None:
    given = spec()
    given["assumptions"]["cost"] = {"low": low, "likely": likely, "high": high}
    with pytest.raises(OutOfRange, match=r"PAY214 at assumptions\.cost"):
        load_spec(given)


@pytest.mark.parametrize("amount", ["200000 USD per year", "3 hours per day", "20% per year"])
def test_a_hurdle_in_another_unit_is_refused(amount: str) -> None:
    with pytest.raises(SpecError, match=r"PAY213 at hurdles\[0\]\.gain.*the unit of the spec"):
        load_spec(spec(hurdles=[{"gain": amount}]))


def test_the_least_possible_correlations_are_allowed() -> None:
    """Three that add up to nothing: the matrix is singular, and still possible."""
    rank = float(6 / np.pi * np.arcsin(-0.5 / 2))
    pairs = [("margin", "cost"), ("margin", "price"), ("cost", "price")]
    assert load_spec(spec(correlated=[{"between": list(pair), "rank": rank} for pair in pairs])).correlated
