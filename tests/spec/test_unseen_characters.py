"""Names hold only what can be seen: two that look alike would be told apart by nobody."""

from collections.abc import Callable
from typing import Any

import pytest

import payoff
from payoff.errors.spec import InvalidName, WrongKind
from payoff.rendering.literal import literal


def spec(**changed: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR", "actions": ["act", "skip"]},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then 10 else -2 end", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "hurdles": [{"name": "pilot", "gain": "1 per decision"}],
        **changed,
    }


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "model.name": lambda name: {"model": {**spec()["model"], "name": name}},
    "challengers": lambda name: {
        "challengers": {name: {"score": "q", "score_is": "rank", "policy": {"threshold": 1}}}
    },
    "baselines": lambda name: {"baselines": {name: {"always": "act"}}},
    "hurdles[0].name": lambda name: {"hurdles": [{"name": name, "gain": "1 per decision"}]},
    "guardrails[0].name": lambda name: {"guardrails": [{"name": name, "metric": "recall", "at_least": 0.1}]},
    "decision.unit": lambda name: {"decision": {"unit": name}},
}
UNSEEN = {
    "a\u202eb": "U+202E (RIGHT-TO-LEFT OVERRIDE) as character 2",
    "a\u2066b": "U+2066 (LEFT-TO-RIGHT ISOLATE)",
    "a\u200fb": "U+200F (RIGHT-TO-LEFT MARK)",
    "a\u200bb": "U+200B (ZERO WIDTH SPACE)",
    "a\u2028b": "U+2028 (LINE SEPARATOR)",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_with_a_character_that_nobody_sees_is_refused_by_its_code_point(name: str, place: str) -> None:
    with pytest.raises(InvalidName) as raised:
        payoff.load_spec(spec(**PLACES[place](name)))
    assert raised.value.code == "PAY215"
    assert UNSEEN[name] in raised.value.found
    assert place.partition(".")[0].partition("[")[0] in raised.value.where
    # The message itself steers nothing.
    assert literal(raised.value.found) == raised.value.found


@pytest.mark.parametrize(
    "name", ["Zürich", "العربية", "עברית", "हिन्दी", "नि\u200dष्ठा", "👩\u200d💻 team", "面 子", "a:b|c"]
)
def test_names_of_every_script_are_taken_with_the_joiners_they_need(name: str) -> None:
    made = payoff.load_spec(spec(model={**spec()["model"], "name": name}))
    assert made.model.name == name


def test_titles_and_sources_may_hold_them_and_are_spelled_out_when_told() -> None:
    made = payoff.load_spec(spec(decision={"unit": "EUR", "name": "a\u202eb"}))
    assert made.decision.name == "a\u202eb"


@pytest.mark.parametrize("place", ["name", "row", "unit"])
def test_control_characters_are_refused_in_every_text(place: str) -> None:
    with pytest.raises(WrongKind, match=r"PAY212 at decision.*U\+001B"):
        payoff.load_spec(spec(decision={"unit": "EUR", place: "a\x1bb"}))
