"""Formats, bombs, sources, the hash, and keys that are misspelt."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.errors import SpecError
from payoff.errors.spec import (
    DuplicateKey,
    EmptyValue,
    MalformedSpec,
    MissingKey,
    OversizedSpec,
    UnknownKey,
    UnreadableSpec,
    UnusableNumber,
    WrongKind,
)
from payoff.spec import load_spec
from payoff.spec.checking import check_document, keys_at
from payoff.spec.reading import read, read_text

QUICK_SECONDS = 2.0  # a bomb is refused while it is read; this is far above any machine's pause

WHOLE: dict[str, Any] = {
    "payoff": 1,
    "decision": {"name": "Call", "unit": "EUR", "volume": "45000 per year", "actions": ["call", "skip"]},
    "data": {"path": "rows.csv", "outcome": "y", "positive": "yes", "id": "id", "as_of": "2026-01-31"},
    "value": {"call": "case when outcome then margin else 0 end - cost", "skip": 0},
    "assumptions": {"margin": {"likely": 60, "low": 40.0, "high": 90, "owner": "Finance"}, "cost": 5},
    "cap": {"gain": 100, "loss": 10},
    "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}, "costs": {"running": "10 per day"}},
    "challengers": {"c": {"score": "q", "score_is": "rank", "policy": {"threshold": "best"}}},
    "baselines": {
        "rule": {"when": "x > 1", "do": "call"},
        "old": {"decided": "d", "as": {"1": "call", "0": "skip"}},
    },
    "today": "old",
    "hurdles": [{"name": "h", "gain": "100 per year", "confidence": 0.9, "needed_to_ship": True}],
    "guardrails": [{"metric": "recall", "at_least": 0.4, "in_every": ["a", ["a", "b"]]}],
    "slices": ["a"],
    "metrics": ["recall"],
}

TOML = """
payoff = 1
today = "old"
slices = ["a"]
metrics = ["recall"]
[decision]
name = "Call"
unit = "EUR"
volume = "45000 per year"
actions = ["call", "skip"]
[data]
path = "rows.csv"
outcome = "y"
positive = "yes"
id = "id"
as_of = 2026-01-31
[value]
call = "case when outcome then margin else 0 end - cost"
skip = 0
[assumptions]
margin = {likely = 60.0, low = 40, high = 90, owner = "Finance"}
cost = 5.0
[cap]
gain = 100
loss = 10
[model]
name = "m"
score = "p"
policy = {threshold = 0.5}
costs = {running = "10 per day"}
[challengers.c]
score = "q"
score_is = "rank"
policy = {threshold = "best"}
[baselines.rule]
when = "x > 1"
do = "call"
[baselines.old]
decided = "d"
as = {1 = "call", 0 = "skip"}
[[hurdles]]
name = "h"
gain = "100 per year"
confidence = 0.9
needed_to_ship = true
[[guardrails]]
metric = "recall"
at_least = 0.4
in_every = ["a", ["a", "b"]]
"""

YAML = """
# another layout, another order
metrics: [recall]
slices:
  - a
guardrails:
  - {in_every: [a, [a, b]], at_least: 4e-1, metric: recall}
hurdles: [{needed_to_ship: true, confidence: 0.90, gain: 100 per year, name: h}]
today: old
baselines:
  old: {as: {0: skip, 1: call}, decided: d}
  rule: {do: call, when: x > 1}
challengers: {c: {policy: {threshold: best}, score_is: rank, score: q}}
model: {costs: {running: 10 per day}, policy: {threshold: .5}, score: p, name: m}
cap: {loss: 10.0, gain: 1e2}
assumptions: {cost: 5, margin: {high: 90, low: 40, likely: 60, owner: Finance}}
value: {skip: 0, call: 'case when outcome then margin else 0 end - cost'}
data: {as_of: 2026-01-31, id: id, positive: "yes", outcome: y, path: rows.csv}
decision: {actions: [call, skip], volume: 45000 per year, unit: EUR, name: Call}
payoff: 1
"""


def _saved(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_layout_order_and_format_leave_the_hash_unchanged(tmp_path: Path) -> None:
    hashes = {
        load_spec(WHOLE).hash,
        load_spec(_saved(tmp_path, "s.yaml", YAML)).hash,
        load_spec(str(_saved(tmp_path, "s.json", json.dumps(WHOLE)))).hash,
        load_spec(_saved(tmp_path, "s.toml", TOML)).hash,
    }
    assert len(hashes) == 1


def test_every_change_of_a_value_changes_the_hash() -> None:
    before = load_spec(WHOLE).hash
    for key, value in (("today", "nobody"), ("slices", ["b"]), ("cap", {"gain": 100, "loss": 11})):
        assert load_spec({**WHOLE, key: value}).hash != before


def test_the_text_is_kept_as_written_and_nothing_is_substituted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "canary")
    text = YAML.replace("rows.csv", '"${SECRET}.csv"')
    spec = load_spec(_saved(tmp_path, "s.yaml", text))
    assert (spec.text, spec.data.path) == (text, "${SECRET}.csv")
    assert "canary" not in repr(spec)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a: " + "[" * 60 + "]" * 60, OversizedSpec),
        ("a: " + "{b: " * 60 + "1" + "}" * 60, OversizedSpec),
        ("a: [" + "1, " * 30_000 + "1]", OversizedSpec),
        ("a: '" + "x" * 1_100_000 + "'", OversizedSpec),
        ("a: " + "[" * 100_000, OversizedSpec),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", SpecError),
        ("a: &a [*a]", SpecError),
    ],
    ids=["lists", "mappings", "entries", "bytes", "unclosed", "billion laughs", "recursive"],
)
def test_a_yaml_bomb_is_refused_at_once(text: str, kind: type[SpecError]) -> None:
    began = time.process_time()
    with pytest.raises(kind):
        read_text(text, "yaml")
    assert time.process_time() - began < QUICK_SECONDS


def test_a_dict_that_shares_its_parts_is_refused() -> None:
    bomb: object = "x"
    for _ in range(30):
        bomb = [bomb, bomb]
    with pytest.raises(OversizedSpec):
        read({"a": bomb})
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(OversizedSpec):
        read({"a": endless})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"a": NaN}', UnusableNumber),
        ('{"a": -Infinity}', UnusableNumber),
        ('{"a": 1e999}', UnusableNumber),
        ('{"a": ' + "1" * 400 + "}", UnusableNumber),
        ('{"a": 1, "a": 2}', DuplicateKey),
        ('{"a": {"b": 1, "b": 1}}', DuplicateKey),
        ('{"a": null}', EmptyValue),
        ('{"a": "\\ud800"}', WrongKind),
        ('{"a": "\\u0000"}', WrongKind),
        ('{"a": 1,}', MalformedSpec),
        ("[1]", WrongKind),
        ("{" + '"a": [' * 5_000, SpecError),
        ('{"a": ' + "[" * 60 + "]" * 60 + "}", OversizedSpec),
        ('{"a": ' + "[" * 200_000, OversizedSpec),
    ],
)
def test_json_is_held_to_the_same_rules(text: str, kind: type[SpecError]) -> None:
    with pytest.raises(kind):
        read_text(text, "json")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a = nan", UnusableNumber),
        ("a = inf", UnusableNumber),
        ("a = 1\na = 2", MalformedSpec),
        ("a = 2026-01-01T10:00:00Z", WrongKind),
        ("a = 10:00:00", WrongKind),
        ("a = 99999999999999999999999", UnusableNumber),
        ("a = ", MalformedSpec),
    ],
)
def test_toml_is_held_to_the_same_rules(text: str, kind: type[SpecError]) -> None:
    with pytest.raises(kind):
        read_text(text, "toml")


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 10**400, None, object(), b"x", {1.5: "x"}, {True: "x"}, {"1": 1, 1: 2}],
)
def test_a_dict_is_held_to_the_same_rules(value: object) -> None:
    with pytest.raises(SpecError):
        read({"a": value})


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe9t\xe9\n")
    (tmp_path / "huge.yaml").write_bytes(b"#" * 1_100_000)
    for name, said in [
        ("missing.yaml", "no such file"),
        ("spec.txt", "the ending .txt"),
        ("latin.yaml", "(line 2): found byte 0xe9"),
        ("huge.yaml", "more than 1048576 bytes"),
    ]:
        with pytest.raises((UnreadableSpec, OversizedSpec)) as caught:
            load_spec(tmp_path / name)
        assert said in str(caught.value)
    for source in ("payoff: 1\ntoday: nobody", 5):
        with pytest.raises(UnreadableSpec):
            load_spec(source)  # type: ignore[arg-type]


PLACES: list[tuple[tuple[str | int, ...], str]] = [
    ((), "today"),
    *(
        ((section,), key)
        for section in ("decision", "data", "cap", "model")
        for key in sorted(keys_at((section,)))
    ),
    *((("hurdles", 0), key) for key in sorted(keys_at(("hurdles", 0)))),
    *((("guardrails", 0), key) for key in sorted(keys_at(("guardrails", 0)))),
    *((("model", "policy"), key) for key in sorted(keys_at(("model", "policy")))),
    *((("baselines", "rule"), key) for key in sorted(keys_at(("baselines", "rule")))),
    *((("assumptions", "margin"), key) for key in sorted(keys_at(("assumptions", "margin")))),
]


@given(st.sampled_from(PLACES), st.data())
def test_a_key_with_one_letter_wrong_is_refused_with_the_right_suggestion(
    place: tuple[tuple[str | int, ...], str], data: st.DataObject
) -> None:
    path, key = place
    known = keys_at(path)
    position = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(st.sampled_from("qxz"))
    misspelt = key[:position] + letter + key[position + 1 :]
    one_too_many = misspelt[:-1] in known  # thresholdq is as near to threshold as to thresholds
    if misspelt in known or one_too_many or len(key) < 5:
        return
    tree = json.loads(json.dumps(WHOLE))
    node = tree
    for part in path:
        node = node[part]
    node[misspelt] = node.pop(key, "x")
    with pytest.raises(SpecError) as caught:
        check_document(read(tree))
    unknown = [problem for problem in caught.value.problems if isinstance(problem, UnknownKey)]
    assert [problem.found for problem in unknown] == [f'the unknown key "{misspelt}" (did you mean {key}?)']


def test_an_error_says_the_place_and_the_line(tmp_path: Path) -> None:
    text = YAML.replace("gain: 100 per year", "gian: 100 per year")
    with pytest.raises(UnknownKey) as caught:
        load_spec(_saved(tmp_path, "s.yaml", text))
    assert caught.value.where == "hurdles[0].gian (line 8)"


def test_every_problem_of_a_document_is_listed() -> None:
    broken = {
        **WHOLE,
        "decision": {"name": 5},
        "tody": "x",
        "slices": [["a", 3]],
        "assumptions": {"margin": "60"},
    }
    with pytest.raises(SpecError) as caught:
        load_spec(broken)
    found = {(type(problem), problem.where) for problem in caught.value.problems}
    assert found == {
        (WrongKind, "decision.name"),
        (MissingKey, "decision.unit"),
        (UnknownKey, "tody"),
        (WrongKind, "slices[0][1]"),
        (WrongKind, "assumptions.margin"),
    }


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("decision", "name", 5, 'write it in quotes: "5"'),
        ("model", "score", True, "found true, expected text"),
        ("model", "score_is", "probabilty", "'probability' or 'rank'"),
        ("cap", "gain", "100 EUR", "expected a number"),
        ("data", "as_of", "31/01/2026", "a date such as 2026-01-31"),
        ("decision", "actions", "call", "a list"),
        ("decision", "currency", "currency", "state one unit in decision.unit"),
        ("data", "currency", "currency", "state one unit in decision.unit"),
    ],
)
def test_a_value_of_the_wrong_kind_says_what_belongs_there(
    section: str, key: str, value: object, said: str
) -> None:
    with pytest.raises(SpecError) as caught:
        load_spec({**WHOLE, section: {**WHOLE[section], key: value}})
    assert said in str(caught.value)


def test_a_bare_number_for_an_amount_is_answered_with_an_example() -> None:
    with pytest.raises(WrongKind) as caught:
        load_spec({**WHOLE, "hurdles": [{"gain": 200000}]})
    assert 'such as "200000 per year"' in str(caught.value)
