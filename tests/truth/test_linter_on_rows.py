"""What `payoff check` asks of rows: each finding on rows that deserve it, silence on rows that do not."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors.linter import UnitsDiffer
from payoff.record import Check

ROWS = 2_000


def rows(seed: int = 7, **columns: Any) -> pa.Table:
    """Return rows whose score is a calibrated probability, with columns replaced."""
    random = np.random.default_rng(seed)
    score = random.beta(1.2, 6.0, ROWS)
    held = {
        "id": np.arange(ROWS),
        "y": random.random(ROWS) < score,
        "p": score,
        "amount": 10.0 + random.integers(0, 90, ROWS),
        "kind": random.choice(["a", "b"], ROWS),
    }
    return pa.table({**held, **columns})


def spec(**changes: Any) -> dict[str, Any]:
    """Return a spec about which nothing is doubtful on these rows, with sections replaced."""
    clean: dict[str, Any] = {
        "decision": {"unit": "EUR", "actions": ["call", "skip"]},
        "data": {"outcome": "y", "id": "id", "outcome_given": "any action"},
        "value": {"call": "(case when outcome then amount else 0 end) - cost", "skip": 0},
        "assumptions": {"cost": {"likely": 5, "low": 4, "high": 7}},
        "model": {"name": "m", "score": "p", "policy": {"threshold": "best"}},
        "today": "nobody",
        "hurdles": [{"name": "pilot", "gain": "1 per decision"}],
    }
    return {**clean, **changes}


def found(data: pa.Table, **changes: Any) -> list[Check]:
    """Return what check says."""
    return list(payoff.check(spec(**changes), data))


def codes(data: pa.Table, **changes: Any) -> list[str]:
    """Return its codes."""
    return [one.code for one in found(data, **changes)]


def test_nothing_is_said_about_clean_rows() -> None:
    assert codes(rows()) == []


VALUES = {
    "it pays to miss in every row": (
        "PAY231",
        {"call": "cost - case when outcome then amount else 0 end", "skip": 0},
        {"call": "cost - 6 + case when outcome then amount else 0 end", "skip": 0},
    ),
    "an action is best in no row": (
        "PAY232",
        {"call": "case when outcome then amount else -1 end - 101", "skip": 0},
        {"call": "case when outcome then amount else -1 end - 98", "skip": 0},
    ),
    "a false alarm is free in every row": (
        "PAY265",
        {"call": "case when outcome then amount else 5 - cost end", "skip": 0},
        {"call": "case when outcome then amount when kind = 'a' then -cost else 0 end", "skip": 0},
    ),
    "all actions are alike in every row": (
        "PAY266",
        {"call": "amount - amount * 1.0 * cost / 5", "skip": 0},
        {"call": "amount - amount * 0.9 * cost / 5 - case when outcome then 0 else 20 end", "skip": 0},
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_are_held_against_every_row(name: str) -> None:
    code, slip, honest = VALUES[name]
    assert codes(rows(), value=slip).count(code) == 1
    assert code not in codes(rows(), value=honest)


def test_a_finding_holds_the_numbers_of_one_row_and_no_id() -> None:
    (one,) = (
        each
        for each in found(rows(), value=VALUES["an action is best in no row"][1])
        if each.code == "PAY232"
    )
    assert "on a positive (amount " in one.found
    assert one.ids == ()
    assert one.rows == ROWS


def test_a_threshold_that_leaves_money_is_a_warning_and_its_neighbours_are_silent() -> None:
    def policy(at: Any, score_is: str = "probability") -> dict[str, Any]:
        return {"model": {"name": "m", "score": "p", "score_is": score_is, "policy": {"threshold": at}}}

    (one,) = (each for each in found(rows(), **policy(0.6)) if each.code == "PAY268")
    assert one.severity == "warning"
    assert "PAY268" not in codes(rows(), **policy(0.1))
    assert "PAY268" not in codes(rows(), **policy(0.6, "rank"))
    # Scores five times too high: the values would act where it loses, and the threshold is right.
    too_high = np.minimum(np.asarray(rows()["p"]) * 5.0, 1.0)
    assert "PAY268" not in codes(rows(p=too_high), **policy(0.5))


def test_a_false_alarm_about_a_threshold_is_rare_where_the_values_are_right() -> None:
    policy = {"model": {"name": "m", "score": "p", "policy": {"threshold": 0.125}}}
    value = {"call": "(case when outcome then 35 else 0 end) - 5 + 0 * amount", "skip": 0}
    alarms = sum("PAY268" in codes(rows(seed), value=value, **policy) for seed in range(20))
    assert alarms == 0


def test_a_hurdle_beyond_perfect_knowledge_is_out_of_reach() -> None:
    data = rows()
    yes = np.asarray(data["y"])
    perfect = float(np.where(yes, np.asarray(data["amount"]) - 5.0, 0.0).mean())
    assert "PAY269" in codes(data, hurdles=[{"gain": f"{perfect * 1.3} per decision"}])
    assert "PAY269" not in codes(data, hurdles=[{"gain": f"{perfect * 0.99} per decision"}])
    everybody = perfect - float((yes * np.asarray(data["amount"]) - 5.0).mean())
    over = {"over": "everybody"}
    assert "PAY269" in codes(data, hurdles=[{"gain": f"{everybody * 1.3} per decision", **over}])
    assert "PAY269" not in codes(data, hurdles=[{"gain": f"{everybody * 0.99} per decision", **over}])


def test_what_doing_nothing_clears_is_said_where_the_baseline_loses() -> None:
    value = {"call": "(case when outcome then amount else 0 end) - 40", "skip": 0}
    hurdle = [{"gain": "5 per decision", "over": "everybody"}]
    assert "PAY235" in codes(rows(), value=value, hurdles=hurdle)
    assert "PAY235" not in codes(rows(), hurdles=hurdle)


def test_a_rule_that_is_the_outcome_is_a_leak() -> None:
    data = rows(later=np.asarray(rows()["y"]).astype(int))
    assert leaks(data, "later = 1")
    assert not leaks(data, "amount > 50")


def leaks(data: pa.Table, rule: str) -> bool:
    """Return whether a rule is said to know the outcome."""
    return any(
        "exactly by their outcome" in one.found for one in found(data, baselines={"rule": {"when": rule}})
    )


def test_a_score_that_splits_the_outcomes_is_a_leak() -> None:
    splits = np.where(np.asarray(rows()["y"]), 0.9, 0.1)
    assert any("splits all positives" in one.found for one in found(rows(p=splits)))
    nearly = splits.copy()
    nearly[0] = 0.5 if splits[0] == 0.1 else 0.1
    nearly[1], nearly[2] = 0.95, 0.05
    assert not any("splits all positives" in one.found for one in found(rows(p=nearly)))


def test_rows_of_another_currency_are_counted() -> None:
    mixed = np.where(np.arange(ROWS) < 30, "USD", "EUR")
    (one,) = (each for each in found(rows(currency=mixed)) if each.code == UnitsDiffer.code)
    assert (one.rows, "USD" in one.found) == (30, True)
    assert UnitsDiffer.code not in codes(rows(currency=np.full(ROWS, "EUR")))
    hostile = np.where(np.arange(ROWS) < 30, "\x1b[31m", "EUR")
    assert not any("\x1b" in one.found for one in found(rows(currency=hostile)))


def test_a_walk_tells_a_real_row_whose_amounts_add_up() -> None:
    value = {
        "call": "case when outcome and kind = 'a' then amount * 0.5 when outcome then 3 else 0 end - cost",
        "skip": "case when outcome then -least(amount, 20) else 0 end",
    }
    told = json.loads(payoff.explain(spec(value=value), rows()).to_json())
    data = rows().to_pylist()
    assert [cell["outcome"] for cell in told["cells"]] == ["y is positive"] * 2 + ["y is negative"] * 2
    for cell in told["cells"]:
        row = data[int(cell["row"])]
        assert row["y"] == (cell["outcome"] == "y is positive")
        worth = {
            ("call", True): (row["amount"] * 0.5 if row["kind"] == "a" else 3) - 5,
            ("call", False): -5,
            ("skip", True): -min(row["amount"], 20),
            ("skip", False): 0,
        }[cell["action"], row["y"]]
        assert cell["worth"] == pytest.approx(worth, abs=1e-12)
        assert sum(one["number"] for one in cell["amounts"]) == pytest.approx(worth, abs=1e-12)
        of = [each for each in data if each["y"] == row["y"]]
        assert cell["rows"] == len(of)
    text = payoff.explain(spec(value=value), rows()).to_text()
    assert "if outcome" not in text


def test_without_ids_the_row_is_named_by_its_place() -> None:
    data = {"outcome": "y", "outcome_given": "any action"}
    text = payoff.explain(spec(data=data), rows()).to_text()
    assert "here row " in text


def test_a_quoted_id_is_found_again() -> None:
    names = [f"it's {j}" for j in range(ROWS)]
    text = payoff.explain(spec(), rows(id=names)).to_text()
    assert "here id it's " in text


def test_rows_that_cannot_be_used_are_told_from_the_spec_alone() -> None:
    missing = np.asarray(rows()["p"]).copy()
    missing[3] = np.nan
    assert "it is worth what the row says" in payoff.explain(spec(), rows(p=missing)).to_text()
