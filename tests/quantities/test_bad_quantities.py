"""What means nothing for a quantity, or only for one, is refused with code, place and remedy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.errors import PayoffError, SpecError

Make = Callable[..., Any]


def changed(spec: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the spec with something else, or nothing, at a place such as ``model.policy``."""
    *above, last = path.split(".")
    held = spec
    for key in above:
        held[key] = dict(held[key])
        held = held[key]
    if value is None:
        held.pop(last)
    else:
        held[last] = value
    return spec


REFUSED = [
    ("decision.actions", ["act", "skip"], "PAY292", "decision.actions"),
    ("decision.quantity", {"unit": "pieces", "least": 5, "most": 5}, "PAY214", "decision.quantity.most"),
    ("decision.quantity", {"unit": "pieces", "level": 1}, "PAY214", "decision.quantity.level"),
    ("decision.quantity", {"unit": "pieces", "unknown": 1}, "PAY210", "decision.quantity.unknown"),
    ("value", {"act": "outcome", "skip": 0}, "PAY292", "value.act"),
    ("value", {"quantity": "5 * outcome"}, "PAY292", "value.quantity"),
    ("value", {"quantity": "-cost * quantity"}, "PAY292", "value.quantity"),
    ("value", {"quantity": "case when outcome then quantity else 0 end"}, "PAY254", "value.quantity"),
    ("data.positive", "1", "PAY293", "data.positive"),
    ("data.prevalence", 0.1, "PAY293", "data.prevalence"),
    ("data.sampled", "by outcome", "PAY293", "data.sampled"),
    ("data.outcome_given", "net", "PAY293", "data.outcome_given"),
    ("model.score", "forecast", "PAY293", "model.score"),
    ("model.policy", {"threshold": 0.5}, "PAY293", "model.policy.threshold"),
    ("model.policy", {"decided": "forecast", "as": {"1": "net"}}, "PAY293", "model.policy.as"),
    ("model.policy", {"quantity": "outcome + 1"}, "PAY257", "model.policy.quantity"),
    ("baselines.flat", {"always": "ordered"}, "PAY292", "baselines.flat.always"),
    ("baselines.flat", {"random": 0.2}, "PAY293", "baselines.flat.random"),
    ("baselines.flat", {"when": "forecast > 3", "do": "net"}, "PAY293", "baselines.flat.when"),
    ("baselines.nobody", {"always": 3}, "PAY215", "baselines.nobody"),
    ("today", "everybody", "PAY217", "today"),
    ("cap", {"gain": 5, "loss": 5}, "PAY293", "cap"),
    ("metrics", ["recall"], "PAY293", "metrics[0]"),
    ("metrics", ["mean_absolut_error"], "PAY225", "metrics[0]"),
    ("guardrails", [{"metric": "recall", "at_least": 0.2}], "PAY293", "guardrails[0].metric"),
    (
        "guardrails",
        [{"metric": "mean_error", "over": "flat", "at_most": 2}],
        "PAY224",
        "guardrails[0].over",
    ),
    ("model.interval", {"low": "low"}, "PAY211", "model.interval.high"),
    ("model.interval", {"low": "low", "high": "high", "covers": 80}, "PAY214", "model.interval.covers"),
]


@pytest.mark.parametrize(("path", "value", "code", "place"), REFUSED)
def test_a_spec_of_a_quantity_that_means_nothing_is_refused(
    make_spec: Make, path: str, value: Any, code: str, place: str
) -> None:
    with pytest.raises(SpecError) as refused:
        payoff.load_spec(changed(make_spec(), path, value))
    found = [(one.code, one.where) for one in refused.value.problems or (refused.value,)]
    assert any(each == code and where.startswith(place) for each, where in found), found
    assert refused.value.fix


ACTIONS: dict[str, Any] = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y"},
    "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
    "baselines": {"b": {"always": "act"}},
    "today": "nobody",
}


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        ("value", {"quantity": "5 * least(outcome, quantity)"}, "PAY295", "value.quantity"),
        ("model.policy", {"quantity": "p + 1"}, "PAY295", "model.policy.quantity"),
        ("baselines.b", {"naive": "mean"}, "PAY295", "baselines.b.naive"),
        ("model.interval", {"low": "a", "high": "b"}, "PAY295", "model.interval"),
        ("data.censored", "cut", "PAY295", "data.censored"),
        ("metrics", ["mean_absolute_error"], "PAY295", "metrics[0]"),
        ("guardrails", [{"metric": "mean_error", "at_most": 3}], "PAY295", "guardrails[0].metric"),
        ("baselines.b", {"always": 120}, "PAY218", "baselines.b.always"),
    ],
)
def test_what_is_only_for_quantities_is_refused_where_actions_are_decided(
    path: str, value: Any, code: str, place: str
) -> None:
    spec = {key: dict(one) if isinstance(one, dict) else one for key, one in ACTIONS.items()}
    with pytest.raises(SpecError) as refused:
        payoff.load_spec(changed(spec, path, value))
    found = [(one.code, one.where) for one in refused.value.problems or (refused.value,)]
    assert any(each == code and where.startswith(place) for each, where in found), found


def test_a_formula_that_speaks_of_quantity_where_none_is_decided_says_how_to_decide_one() -> None:
    spec = ACTIONS | {"value": {"act": "case when outcome then quantity else 0 end", "skip": 0}}
    rows = pa.table({"y": [0, 1] * 20, "p": [0.1, 0.9] * 20})
    with pytest.raises(PayoffError) as refused:
        payoff.evaluate(rows, spec)
    assert refused.value.code == "PAY253"
    assert "decision.quantity" in refused.value.fix
    # A column of that name is a column, as ever.
    assert not payoff.evaluate(rows.append_column("quantity", pa.array([3.0] * 40)), spec).record.partial


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (lambda q: [None if j == 3 else one for j, one in enumerate(q)], "PAY325"),
        (lambda q: [float("nan") if j == 3 else one for j, one in enumerate(q)], "PAY325"),
        (lambda q: [float("inf") if j == 3 else one for j, one in enumerate(q)], "PAY325"),
        (lambda q: [-1.0 if j == 3 else one for j, one in enumerate(q)], "PAY326"),
    ],
)
def test_a_quantity_that_is_missing_or_out_of_range_makes_no_result(
    make_orders: Make, make_spec: Make, column: Callable[[Any], Any], code: str
) -> None:
    rows = make_orders(1)
    result = payoff.evaluate(pa.table(rows | {"forecast": column(rows["forecast"].tolist())}), make_spec())
    found = next(one for one in result.checks if one.code == code)
    assert (found.severity, found.rows, found.ids) == ("error", 1, (str(rows["id"][3]),))
    assert found.where.startswith("net")
    assert result.record.partial
    assert result.estimates == ()


def test_a_quantity_below_zero_may_be_allowed_and_a_most_may_be_stated(
    make_orders: Make, make_spec: Make
) -> None:
    rows = make_orders(2)
    rows["forecast"] = np.where(np.arange(360) == 3, -1.0, rows["forecast"])
    table = pa.table(rows)
    allowed = make_spec(decision={"unit": "EUR", "quantity": {"unit": "pieces", "least": -10}})
    assert not payoff.evaluate(table, allowed).record.partial
    most = make_spec(decision={"unit": "EUR", "quantity": {"unit": "pieces", "least": -10, "most": 50}})
    codes = {(one.code, one.where.split(":")[0]) for one in payoff.evaluate(table, most).checks}
    assert ("PAY326", "net") in codes


@pytest.mark.parametrize(
    ("name", "column", "code"),
    [
        ("forecast", ["many"] * 360, "PAY254"),
        ("demand", ["many"] * 360, "PAY302"),
        ("low", ["many"] * 360, "PAY302"),
        ("forecast", None, "PAY253"),
        ("low", None, "PAY301"),
        ("demand", None, "PAY301"),
    ],
)
def test_a_column_that_is_text_or_not_there_is_named(
    make_orders: Make, make_spec: Make, name: str, column: Any, code: str
) -> None:
    rows = make_orders(3)
    rows = {key: one for key, one in rows.items() if key != name} | ({} if column is None else {name: column})
    with pytest.raises(PayoffError) as refused:
        payoff.evaluate(pa.table(rows), make_spec())
    assert refused.value.code == code


def test_outcomes_that_stop_at_what_was_ordered_look_censored(make_orders: Make, make_spec: Make) -> None:
    rows = make_orders(4)
    sales = rows | {"demand": np.minimum(rows["demand"], rows["ordered"])}
    found = [one for one in payoff.evaluate(pa.table(sales), make_spec()).checks if one.code == "PAY327"]
    assert [one.severity for one in found] == ["warning"]
    assert "recorded" in found[0].found
    assert not [one for one in payoff.evaluate(pa.table(rows), make_spec()).checks if one.code == "PAY327"]


@pytest.mark.parametrize("flag", ["boolean", "number"])
def test_censored_outcomes_that_are_named_are_counted(make_orders: Make, make_spec: Make, flag: str) -> None:
    rows = make_orders(5)
    cut = rows["demand"] > 50
    rows["cut"] = cut if flag == "boolean" else cut.astype(float)
    spec = make_spec(data={"censored": "cut"})
    found = next(one for one in payoff.evaluate(pa.table(rows), spec).checks if one.code == "PAY327")
    assert found.rows == cut.sum()


def test_crossed_intervals_are_counted_and_cover_nothing(make_orders: Make, make_spec: Make) -> None:
    rows = make_orders(6)
    crossed = np.arange(360) % 10 == 0
    rows["low"], rows["high"] = (
        np.where(crossed, rows["high"], rows["low"]),
        np.where(crossed, rows["low"], rows["high"]),
    )
    result = payoff.evaluate(pa.table(rows), make_spec())
    assert next(one for one in result.checks if one.code == "PAY328").rows == 36
    inside = (rows["demand"] >= rows["low"]) & (rows["demand"] <= rows["high"])
    coverage = next(one for one in result.estimates if one.metric == "interval_coverage")
    assert coverage.value == pytest.approx(inside.mean())


def test_an_interval_without_an_end_makes_no_result(make_orders: Make, make_spec: Make) -> None:
    rows = make_orders(7)
    rows["low"] = [None if j == 0 else one for j, one in enumerate(rows["low"].tolist())]
    result = payoff.evaluate(pa.table(rows), make_spec())
    assert result.record.partial
    assert "PAY325" in {one.code for one in result.checks}
