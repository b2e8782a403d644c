"""What a second hostile user found among capacities, quantities, weights and amounts: crashes, and one wrong number."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors import PayoffError, SpecError
from payoff.judging import annotations

SPEC: dict[str, Any] = {
    "decision": {"unit": "EUR", "volume": "3650 per year"},
    "data": {"outcome": "y", "id": "id", "time": "day"},
    "value": {"act": "case when outcome then prize else 0 end - 5", "skip": 0},
    "assumptions": {"prize": {"likely": 12, "low": 8, "high": 15}},
    "model": {"name": "m", "score": "p", "policy": {"capacity": "2 per day"}},
    "today": "nobody",
    "hurdles": [{"gain": "0.5 per decision"}],
}


def rows(count: int = 200, **changed: Any) -> pa.Table:
    number = np.arange(count)
    first = dt.date(2026, 1, 1)
    columns: dict[str, Any] = {
        "id": number,
        "y": number % 3 == 0,
        "p": (number * 37 % 101) / 101.0,
        "day": [first + dt.timedelta(days=int(one) * 40 // count) for one in number],
        "w": np.ones(count),
    }
    return pa.table(columns | changed)


@pytest.mark.parametrize("known", [0, 5])
def test_a_capacity_that_acts_on_parts_of_rows_alone_has_no_interval(known: int) -> None:
    outcomes = [True if j == known else None for j in range(200)]
    result = payoff.evaluate(rows(y=outcomes), SPEC | {"data": SPEC["data"] | {"positive": True}})
    assert result.verdict.overall == "hold"
    one = payoff.evaluate(rows(1), SPEC)
    found = next(each for each in one.estimates if each.metric == "precision" and each.of == "m")
    assert (found.low, found.high, found.tier) == (None, None, "C")
    assert "parts of rows" in (found.note or "")


def test_a_capacity_over_dates_that_lie_ages_apart_is_judged() -> None:
    days = rows()["day"].to_pylist()
    days[:2] = [dt.date(1700, 1, 1), dt.date(2200, 12, 31)]
    assert payoff.evaluate(rows(day=days), SPEC).verdict.overall == "hold"


def test_a_row_without_time_has_no_period_to_compete_in() -> None:
    days = rows()["day"].to_pylist()
    with pytest.raises(PayoffError, match=r"data\.time 'day'.*1 rows without time") as refused:
        payoff.evaluate(rows(day=[None, *days[1:]]), SPEC)
    assert refused.value.code == "PAY315"


@pytest.mark.parametrize("weight", [1e300, 1e-300])
def test_weights_whose_cubes_are_no_numbers_are_refused(weight: float) -> None:
    spec = SPEC | {
        "data": SPEC["data"] | {"weight": "w"},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
    }
    result = payoff.evaluate(rows(w=np.full(200, weight)), spec)
    assert result.record.partial
    assert [one.code for one in result.checks if one.severity == "error"] == ["PAY313"]


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"decision": {"unit": "EUR", "volume": "1e308 per day"}}, r"decision\.volume", "PAY213"),
        ({"model": SPEC["model"] | {"policy": {"capacity": "1e308 per day"}}}, r"model\.policy", "PAY283"),
        ({"model": SPEC["model"] | {"costs": {"running": "1e308 per day"}}}, r"model\.costs", "PAY213"),
    ],
)
def test_an_amount_that_no_money_needs_is_refused(change: dict[str, Any], place: str, code: str) -> None:
    with pytest.raises(SpecError, match=place) as refused:
        payoff.load_spec(SPEC | change)
    assert refused.value.code == code


def test_a_value_of_1e30_in_every_row_asks_for_a_larger_quantum() -> None:
    spec = SPEC | {
        "assumptions": {"prize": 1e30},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
    }
    with pytest.raises(PayoffError, match=r"larger decision\.quantum") as refused:
        payoff.evaluate(rows(), spec)
    assert refused.value.code == "PAY404"


def test_a_budget_that_is_a_share_is_told_how_budgets_are_written() -> None:
    policy = {"budget": "10%", "cost": 1}
    with pytest.raises(SpecError, match="1000 per day") as refused:
        payoff.load_spec(SPEC | {"model": SPEC["model"] | {"policy": policy}})
    assert refused.value.code == "PAY283"


@pytest.mark.parametrize("end", ["low", "high"])
def test_an_end_of_a_predicted_interval_that_is_nan_is_missing_and_covers_nothing(end: str) -> None:
    number = np.arange(60)
    demand = 20.0 + number % 7
    ends = {"low": demand - 3.0, "high": demand + 3.0}
    ends[end][4] = np.nan
    spec = {
        "decision": {"unit": "EUR", "quantity": "pieces"},
        "data": {"outcome": "demand", "id": "id"},
        "value": {"quantity": "2 * least(outcome, quantity) - greatest(quantity - outcome, 0)"},
        "model": {
            "name": "m",
            "policy": {"decided": "forecast"},
            "interval": {"low": "low", "high": "high", "covers": 0.8},
        },
    }
    table = pa.table({"id": number, "demand": demand, "forecast": demand + number % 3, **ends})
    result = payoff.evaluate(table, spec)
    found = next(one for one in result.checks if one.code == "PAY325")
    assert (found.severity, found.rows, found.ids) == ("error", 1, ("4",))
    assert result.record.partial


@pytest.mark.parametrize("value", [99.0, 1.0])
def test_a_value_tried_outside_its_range_is_judged_as_if_the_range_reached_it(value: float) -> None:
    spec = SPEC | {"model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}}}
    ends = {"likely": value, "low": min(8.0, value), "high": max(15.0, value)}
    tried = payoff.evaluate(rows(), spec, assume={"prize": value}).verdict.hurdles[0]
    stated = payoff.evaluate(rows(), spec | {"assumptions": {"prize": ends}}).verdict.hurdles[0]
    assert tried.probability == stated.probability


def plan_of(table: pa.Table) -> Any:
    spec = {
        "decision": {"unit": "EUR", "volume": "3650 per year"},
        "data": {"outcome": "y", "id": "id"},
        "value": SPEC["value"],
        "assumptions": SPEC["assumptions"],
        "today": "nobody",
        "hurdles": [{"gain": "0.5 per decision"}],
    }
    return payoff.plan(spec, data=table)


def test_a_plan_from_rows_leaves_out_a_column_of_one_value() -> None:
    number = np.arange(200)
    told = plan_of(rows(one=np.full(200, 7.0))).record.rules
    assert "p" in told.columns
    assert "one" not in told.columns
    alone = pa.table({"id": number, "y": number % 3 == 0, "one": np.full(200, 7.0)})
    assert plan_of(alone).record.rules.rule is None


@pytest.mark.parametrize("kind", ["nearly all the least", "infinite", "infinite in many"])
def test_columns_without_quantiles_or_with_infinity_are_searched(kind: str) -> None:
    number = np.arange(2000)
    column = {
        "nearly all the least": np.where(number < 1980, 0.0, number % 10 + 1.0),
        "infinite": np.where(number % 2 == 0, np.inf, 1.0),
        "infinite in many": np.where(number % 2 == 0, -np.inf, number),
    }[kind]
    table = rows(2000, amount=column)
    spec = SPEC | {"model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}}}
    assert payoff.slices(table, spec, ["amount"]).record is not None
    assert plan_of(table).record.rules is not None


def test_policies_that_differ_on_pending_rows_alone_have_no_interval_and_clear_no_hurdle() -> None:
    number = np.arange(200)
    score = np.where(number < 8, 0.9, 0.1)
    outcomes = [None if j < 8 else j % 3 == 0 for j in range(200)]
    spec = SPEC | {
        "data": SPEC["data"] | {"positive": True},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "hurdles": [{"gain": "-0.1 per decision"}],
    }
    result = payoff.evaluate(rows(p=score, y=outcomes), spec)
    assert (result.verdict.overall, result.verdict.hurdles[0].status) == ("hold", "not evaluated")
    gains = [
        one for one in result.estimates if one.metric == "gain" and one.over == "nobody" and not one.slice
    ]
    assert gains
    assert {(one.low, one.high, one.tier) for one in gains} == {(None, None, "C")}


def test_a_share_of_the_best_rows_stays_a_share_and_has_no_interval_where_all_are_alike() -> None:
    rng = np.random.default_rng(1)
    score = np.round(rng.random(200), 1)
    spec = SPEC | {
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "metrics": [{"precision_at_k": {"k": 20}}, {"recall_at_k": {"k": 999}}, {"ndcg": {"k": 5}}],
    }
    near = payoff.evaluate(rows(p=score, y=rng.random(200) < np.where(score > 0.85, 0.97, score)), spec)
    found = {one.metric: one for one in near.estimates if one.metric in ("precision_at_k", "recall_at_k")}
    assert 0.9 < found["precision_at_k"].value < 1.0
    assert found["precision_at_k"].high == 1.0
    assert (found["recall_at_k"].low, found["recall_at_k"].high, found["recall_at_k"].tier) == (1.0, 1.0, "A")
    sure = payoff.evaluate(rows(p=score, y=(score > 0.55)), spec)
    found = {one.metric: one for one in sure.estimates if one.metric in ("precision_at_k", "ndcg")}
    for one in found.values():
        assert (one.value, one.low, one.high, one.tier) == (1.0, None, None, "C")
        assert "alike" in (one.note or "")


def test_rows_that_cannot_be_decided_are_refused_with_their_code() -> None:
    spec = SPEC | {
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then prize else 0 end - w", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": {"maximise": "expected value"}},
    }
    table = rows(20, w=[None, *[1.0] * 19])
    with pytest.raises(PayoffError, match="no decision for 0") as refused:
        list(payoff.decide(spec, table))
    assert refused.value.code == "PAY309"
    classes = {
        "data": {"outcome": "kind", "id": "id", "classes": ["a", "b"]},
        "value": {"act": "case when outcome = 'a' then prize else -1 end", "skip": 0},
        "model": {"name": "m", "scores": {"a": "p", "b": "w"}, "policy": {"maximise": "expected value"}},
    }
    with pytest.raises(PayoffError, match="class probabilities are missing") as refused:
        list(payoff.decide(SPEC | classes, table))
    assert refused.value.code == "PAY321"


def test_saved_tables_with_any_byte_changed_are_read_the_same_or_refused(tmp_path: Path) -> None:
    tables = tmp_path / "one.payoff"
    payoff.tabulate(rows(), SPEC, tables)
    whole = tables.read_bytes()
    for place in range(20, len(whole), len(whole) // 40):
        tables.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        try:
            payoff.evaluate(None, SPEC, tables=[tables])
        except PayoffError as refused:
            assert refused.code == "PAY603"  # noqa: PT017 - some bytes are of no meaning


@pytest.mark.parametrize("character", ["\x9b", "\x85", "\x7f", "\x1b"])
def test_a_name_with_what_steers_a_terminal_is_refused(character: str) -> None:
    named = SPEC["model"] | {"name": f"m{character}31m"}
    with pytest.raises(SpecError, match="control character") as refused:
        payoff.load_spec(SPEC | {"model": named})
    assert refused.value.code == "PAY212"


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\u202e"])
def test_a_value_of_the_rows_steers_no_terminal_through_an_annotation(character: str) -> None:
    spec = SPEC | {
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "guardrails": [{"metric": "recall", "at_least": 0.1, "in_every": ["team"]}],
    }
    table = rows(team=[f"{character}31ma" if j % 2 else "b" for j in range(200)])
    told = annotations(payoff.gate(spec, table))
    assert "?31ma" in told
    assert character not in told
