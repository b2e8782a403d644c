"""Specs that a plan takes and an evaluation refuses."""

from pathlib import Path
from typing import Any

import pytest

from payoff.errors import PayoffError, SpecError
from payoff.errors.spec import InvalidHurdle, MissingKey, UnknownCandidate, UnknownKey, WrongKind
from payoff.errors.usage import UnplannableDecision
from payoff.spec import load_spec
from payoff.spec.unfinished import load_unfinished

SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR", "actions": ["call", "skip"]},
    "value": {"call": "case when outcome then 10 else -1 end", "skip": 0},
    "today": "nobody",
}


def test_model_policy_and_data_may_be_lacking_for_a_plan_and_not_for_an_evaluation() -> None:
    found = load_unfinished(SPEC)
    assert (found.has_outcome, found.capacity, found.scores) == (False, None, frozenset())
    assert [one.name for one in found.spec.candidates] == ["model", "nobody", "everybody"]
    with pytest.raises(SpecError) as caught:
        load_spec(SPEC)
    assert {type(one) for one in caught.value.problems} == {MissingKey}
    assert {one.where for one in caught.value.problems} == {"data", "model"}


@pytest.mark.parametrize("data", [{}, {"path": "rows.csv"}, {"prevalence": 0.1}])
def test_data_without_an_outcome_are_kept_otherwise(data: dict[str, Any]) -> None:
    found = load_unfinished({**SPEC, "data": data})
    assert not found.has_outcome
    assert (found.spec.data.path, found.spec.data.prevalence) == (data.get("path"), data.get("prevalence"))


def test_a_finished_spec_is_planned_without_its_policy_and_keeps_its_hash() -> None:
    finished = {
        **SPEC,
        "data": {"outcome": "y"},
        "model": {
            "name": "new",
            "score": "p",
            "policy": {"threshold": "best"},
            "costs": {"running": "5 per year"},
        },
        "challengers": {"old": {"score": "q", "policy": {"threshold": 0.1}}},
        "guardrails": [{"metric": "roc_auc", "at_least": 0.7}],
        "slices": ["region"],
    }
    found, whole = load_unfinished(finished), load_spec(finished)
    assert found.spec.hash == whole.hash
    assert found.spec.model.name == "new"
    assert found.spec.model.costs == whole.model.costs
    assert found.scores == {"p", "q"}
    assert (found.spec.challengers, found.spec.guardrails, found.spec.slices) == ((), (), ())


def test_a_challenger_that_is_in_use_today_stays() -> None:
    challengers = {
        "old": {"score": "q", "policy": {"threshold": 0.1}},
        "other": {"policy": {"always": "call"}},
    }
    found = load_unfinished({**SPEC, "challengers": challengers, "today": "old"})
    assert [one.name for one in found.spec.challengers] == ["old"]


@pytest.mark.parametrize(
    ("text", "share", "yearly"),
    [("200 per day", None, 73_050.0), ("10 per week", None, 521.8), ("5 per month", None, 60.0)],
)
def test_a_capacity_is_read_from_the_policy(text: str, share: float | None, yearly: float) -> None:
    found = load_unfinished({**SPEC, "model": {"policy": {"capacity": text}}}).capacity
    assert found is not None
    assert (found.share, found.per_year) == (share, pytest.approx(yearly))
    assert found.share_of(2 * yearly) == pytest.approx(0.5)
    assert found.share_of(yearly / 2) == 1.0
    assert found.share_of(None) is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"hurdels": []}, UnknownKey),
        ({"model": {"polcy": {}}}, UnknownKey),
        ({"model": 3}, WrongKind),
        ({"data": 3}, WrongKind),
        ({"decision": {"unit": "EUR", "actions": ["a", "b", "c"]}}, UnplannableDecision),
        ({"today": "somebody"}, UnknownCandidate),
        ({"hurdles": [{"name": "h"}]}, InvalidHurdle),
        ({"hurdles": [{"name": "h", "gain": "1 per year"}], "today": None}, UnknownCandidate),
        ({"model": {"policy": {"capacity": "200"}}}, UnplannableDecision),
        ({"model": {"policy": {"capacity": "-3 per day"}}}, UnplannableDecision),
        ({"model": {"policy": {"capacity": "3 per day", "by": "branch"}}}, UnplannableDecision),
    ],
)
def test_what_is_wrong_in_a_finished_spec_is_wrong_in_an_unfinished_one(change: Any, error: type) -> None:
    spec = {key: value for key, value in {**SPEC, **change}.items() if value is not None}
    with pytest.raises(error):
        load_unfinished(spec)


@pytest.mark.parametrize(
    ("section", "key"), [("decision", "quantity"), ("data", "classes"), ("decision", "actions")]
)
def test_quantities_and_several_classes_are_refused_by_name(section: str, key: str) -> None:
    """Whether the format knows the key or not."""
    given = {**SPEC, section: {**SPEC.get(section, {"outcome": "y"}), key: ["a", "b", "c"]}}
    with pytest.raises(PayoffError) as caught:
        load_unfinished(given)
    assert caught.value.where == f"{section}.{key}"


def test_places_of_a_file_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("decision: {unit: EUR}\nvalue:\n  act: 1\n  skip: 0\nhurdels: []\n", encoding="utf-8")
    with pytest.raises(UnknownKey, match=r"hurdels \(line 5\)"):
        load_unfinished(path)
