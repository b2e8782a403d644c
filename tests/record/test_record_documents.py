"""Results as documents: the round trip, what is refused, and what the hash covers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors.store import UnreadableResult
from payoff.record import Result, from_document

SPEC: Mapping[str, Any] = {
    "decision": {"name": "Call", "unit": "EUR", "volume": "1000 per year"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "(case when outcome then margin else 0 end) - 2", "skip": 0},
    "assumptions": {"margin": {"likely": 10, "low": 8, "high": 12, "owner": "finance"}},
    "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": "best"}},
    "baselines": {"coin": {"random": 0.25}},
    "hurdles": [{"name": "pays", "gain": "10 per year", "over": "nobody"}],
    "guardrails": [{"metric": "recall", "at_least": 0.2, "in_every": ["region"]}],
    "slices": ["region"],
}


@pytest.fixture(scope="module")
def record() -> Result:
    rng = np.random.default_rng(3)
    n = 800
    p = rng.random(n).round(2)
    rows = pa.table(
        {
            "id": [f"c{j}" for j in range(n)],
            "y": (rng.random(n) < p).astype(np.int64),
            "p": p,
            "region": rng.choice(["north", "süd", "(missing)"], n),
        }
    )
    return payoff.evaluate(rows, SPEC).record


def test_a_result_read_back_is_the_same_result(record: Result) -> None:
    text = record.to_json()
    again = from_document(json.loads(text))
    assert again.to_json() == text
    assert again.hash == record.hash
    assert from_document(json.loads(again.to_json())) == again
    assert type(again.verdict.hurdles[0]) is type(record.verdict.hurdles[0])
    assert [one.name for one in again.policies] == [one.name for one in record.policies]
    assert again.estimates[0].metric == record.estimates[0].metric


def in_order(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert [name for name, _ in pairs] == sorted(dict(pairs))
    return dict(pairs)


def test_the_text_is_canonical(record: Result) -> None:
    text = record.to_json()
    assert text.endswith("}\n")
    json.loads(text, object_pairs_hook=in_order)
    assert "NaN" not in text
    assert "Infinity" not in text
    assert "süd" in text


def test_every_estimate_has_a_line_of_its_own(record: Result) -> None:
    lines = [line.rstrip(",") for line in record.to_json().splitlines()]
    estimates = json.loads(record.to_json())["estimates"]
    first = lines.index('"estimates": [') + 1
    shown = lines[first : first + len(estimates) + 1]
    assert shown == [*(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in estimates), "]"]


def test_numbers_are_kept_to_ten_significant_digits(record: Result) -> None:
    moved = replace(record, meta={"seconds": 1.23456789012345e-5})
    assert json.loads(moved.to_json())["meta"]["seconds"] == 1.23456789e-5


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_never_reaches_a_result(record: Result, number: float) -> None:
    first = replace(record.estimates[0], value=number)
    with pytest.raises(ValueError, match="finite"):
        replace(record, estimates=(first, *record.estimates[1:])).to_json()
    with pytest.raises(ValueError, match="finite"):
        replace(record, meta={"seconds": [number]}).to_json()


def hurdle_missed(record: Result) -> Result:
    changed = replace(record.verdict.hurdles[0], status="missed")
    return replace(record, verdict=replace(record.verdict, hurdles=(changed,)))


def rail_missed(record: Result) -> Result:
    changed = replace(record.verdict.guardrails[0], status="missed")
    rails = (changed, *record.verdict.guardrails[1:])
    return replace(record, verdict=replace(record.verdict, guardrails=rails))


EXACT: dict[str, Callable[[Result], Result]] = {
    "a hurdle's status": hurdle_missed,
    "a guardrail's status": rail_missed,
    "overall": lambda one: replace(one, verdict=replace(one.verdict, overall="hold")),
    "the rung": lambda one: replace(one, verdict=replace(one.verdict, unlocked="other")),
    "the spec": lambda one: replace(one, spec_hash="0" * 64),
    "the data": lambda one: replace(one, data=replace(one.data, hash="0" * 64)),
    "a count": lambda one: replace(one, totals=(replace(one.totals[0], rows=1), *one.totals[1:])),
    "a total": lambda one: replace(one, totals=(replace(one.totals[0], total=-1), *one.totals[1:])),
    "an override": lambda one: replace(one, overrides={"assume": {"margin": 9.0}}),
}


@pytest.mark.parametrize("what", EXACT)
def test_the_hash_changes_with_what_is_exact(what: str, record: Result) -> None:
    assert record.verdict.overall == "ship"
    assert EXACT[what](record).hash != record.hash


SOFT: dict[str, Callable[[Result], Result]] = {
    "meta": lambda one: replace(one, meta={"written_at": "never", "seconds": 1.0, "path": "elsewhere"}),
    "the sentence": lambda one: replace(one, verdict=replace(one.verdict, sentence="other words")),
    "an interval": lambda one: replace(one, estimates=one.estimates[1:]),
    "the version": lambda one: replace(one, payoff_version="99"),
    "the engine": lambda one: replace(one, data=replace(one.data, engine="another")),
}


@pytest.mark.parametrize("what", SOFT)
def test_the_hash_does_not_change_with_time_place_or_words(what: str, record: Result) -> None:
    assert SOFT[what](record).hash == record.hash


def test_the_same_rows_in_another_order_have_the_same_hash() -> None:
    rows = {"id": ["a", "b", "c", "d"], "y": [0, 1, 0, 1], "p": [0.1, 0.9, 0.4, 0.6], "region": ["n"] * 4}
    turned = {name: column[::-1] for name, column in rows.items()}
    one, other = (payoff.evaluate(pa.table(each), SPEC).record.hash for each in (rows, turned))
    assert one == other


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("verdict"),
        lambda document: document.pop("hash"),
        lambda document: document.pop("spec"),
        lambda document: document.update(schema=99),
        lambda document: document.update(unknown=1),
        lambda document: document["verdict"].update(overall="reject"),
        lambda document: document["data"].update(hash="0" * 64),
        lambda document: document.update(data=None),
        lambda document: document.update(policies=[1]),
    ],
)
def test_a_document_that_is_not_what_payoff_wrote_is_refused(
    change: Callable[[dict[str, Any]], Any], record: Result
) -> None:
    document = json.loads(record.to_json())
    change(document)
    with pytest.raises(UnreadableResult) as caught:
        from_document(document)
    assert caught.value.code == "PAY601"
