"""Naive quantities know the past of their group and nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.engines import open_engine
from payoff.errors.quantity import InvalidNaive, NoHistory
from payoff.spec import load_spec
from payoff.tabulation import make_plan, prepare

Make = Callable[..., Any]
Rows = dict[str, Any]
RULES: dict[str, dict[str, Any]] = {
    "last": {"naive": "last value"},
    "week": {"naive": "last season", "season": "7 days"},
    "mean": {"naive": "mean"},
    "upper": {"naive": "quantile", "level": 0.8},
}
# Means of outcomes held to six places.
PLACES = 1e-6


def naive(rows: Rows, rule: dict[str, Any]) -> list[float | None]:
    """Return the quantity of every row by a loop over all rows of earlier days."""
    out: list[float | None] = []
    for shop, day in zip(rows["shop"], rows["day"], strict=True):
        alike = rows["shop"] == shop if "by" in rule else np.ones(len(rows["shop"]), dtype=bool)
        known = np.array([one is not None for one in rows["demand"]]) & alike
        days = rows["day"]
        if rule["naive"] == "last value":
            before = days[known & (days < day)]
            here = known & (days == before.max()) if len(before) else np.zeros(len(days), dtype=bool)
        elif rule["naive"] == "last season":
            here = known & (days == day - timedelta(days=7))
        elif rule["naive"] == "mean":
            here = known & (days < day)
        else:
            here = known & np.array([(one.year, one.month) < (day.year, day.month) for one in days])
        past = np.array([rows["demand"][j] for j in np.flatnonzero(here)], dtype=float)
        if not len(past):
            out.append(rule.get("otherwise"))
        elif rule["naive"] == "quantile":
            out.append(float(np.quantile(past, rule["level"], method="inverted_cdf")))
        else:
            out.append(float(past.mean()))
    return out


def decided(rows: Rows, spec: dict[str, Any], name: str) -> dict[int, float]:
    """Return id -> quantity as payoff prepares it."""
    with open_engine(pa.table(rows)) as engine:
        plan = make_plan(load_spec(spec), engine)
        prepare(plan, engine)
        column = f"qty_{list(plan.quantities).index(name)}"
        found = engine.columns(f"select u, {column} as q from prepared")
        return dict(zip(found["u"].tolist(), found["q"].tolist(), strict=True))


@pytest.mark.parametrize("by", [{}, {"by": "shop"}])
@pytest.mark.parametrize("otherwise", [{}, {"otherwise": 33}])
@pytest.mark.parametrize("name", RULES)
def test_a_naive_quantity_is_that_of_a_loop_over_earlier_rows(
    make_orders: Make, make_spec: Make, name: str, by: dict[str, str], otherwise: dict[str, float]
) -> None:
    rows = make_orders(1, shops=3, days=75)
    rows["demand"] = np.array([None if j % 11 == 0 else one for j, one in enumerate(rows["demand"])])
    # Whole days without a known outcome, and a group that begins late.
    rows["demand"][rows["day"] == date(2026, 2, 3)] = None
    keep = ~((rows["shop"] == "s1") & (rows["day"] < date(2026, 1, 20)))
    rows = {key: column[keep] for key, column in rows.items()}
    rule = RULES[name] | by | otherwise
    spec = make_spec(baselines={"naive": rule}, today="naive")
    found = decided(rows, spec, "naive")
    expected = {
        int(one): quantity
        for one, quantity in zip(rows["id"], naive(rows, rule), strict=True)
        if quantity is not None
    }
    assert found.keys() == expected.keys()
    for one, quantity in expected.items():
        assert found[one] == pytest.approx(quantity, abs=PLACES)


@pytest.mark.parametrize("name", RULES)
def test_the_future_plays_no_part(make_orders: Make, make_spec: Make, name: str) -> None:
    """Outcomes from a day on, put in any other order, leave the quantities of that day and before as they are."""
    rows = make_orders(2, shops=3, days=75)
    spec = make_spec(baselines={"naive": RULES[name] | {"by": "shop", "otherwise": 1}}, today="naive")
    cut = date(2026, 2, 20)
    later = np.flatnonzero(rows["day"] >= cut)
    shuffled = rows["demand"].copy()
    shuffled[later] = rows["demand"][np.random.default_rng(0).permutation(later)]
    before, after = (decided(rows | {"demand": each}, spec, "naive") for each in (rows["demand"], shuffled))
    same = [int(one) for one, day in zip(rows["id"], rows["day"], strict=True) if day <= cut]
    assert len(same) > 100
    assert {one: before[one] for one in same} == {one: after[one] for one in same}
    assert before != after


@pytest.mark.parametrize("name", RULES)
def test_an_outcome_plays_no_part_in_the_quantity_of_its_own_day(
    make_orders: Make, make_spec: Make, name: str
) -> None:
    rows = make_orders(3, shops=2, days=70)
    spec = make_spec(baselines={"naive": RULES[name] | {"otherwise": 1}}, today="naive")
    day = date(2026, 3, 1)
    changed = np.where(rows["day"] == day, rows["demand"] + 1000, rows["demand"])
    before, after = (decided(rows | {"demand": each}, spec, "naive") for each in (rows["demand"], changed))
    here = [int(one) for one, on in zip(rows["id"], rows["day"], strict=True) if on <= day]
    assert {one: before[one] for one in here} == {one: after[one] for one in here}


def test_a_naive_quantity_is_held_within_what_may_be_decided(make_orders: Make, make_spec: Make) -> None:
    rows = make_orders(4, shops=2, days=40)
    rows["demand"] = rows["demand"] - 35.0
    spec = make_spec(
        baselines={"n": RULES["last"] | {"otherwise": 1}},
        today="n",
        decision={"unit": "EUR", "quantity": {"unit": "pieces", "least": 0, "most": 9}},
    )
    found = decided(rows, spec, "n")
    expected = [min(max(one, 0.0), 9.0) for one in naive(rows, RULES["last"] | {"otherwise": 1})]
    assert 0.0 in expected
    assert 9.0 in expected
    assert [found[int(one)] for one in rows["id"]] == pytest.approx(expected, abs=PLACES)


def test_rows_without_history_are_left_out_for_every_candidate_and_counted(
    make_orders: Make, make_spec: Make
) -> None:
    rows = make_orders(4, shops=3, days=30)
    result = payoff.evaluate(
        pa.table(rows), make_spec(baselines={"week": RULES["week"] | {"by": "shop"}}, today="week")
    )
    check = next(one for one in result.checks if one.code == NoHistory.code)
    assert check.rows == 3 * 7
    assert {one.rows for one in result.record.totals} == {3 * 23}
    kept = rows["day"] >= date(2026, 1, 8)
    value = next(one for one in result.estimates if (one.metric, one.of) == ("value", "net"))
    demand, forecast = rows["demand"][kept], rows["forecast"][kept]
    each = 5 * np.minimum(demand, forecast) - 2 * np.maximum(forecast - demand, 0)
    assert value.value == pytest.approx(each.mean())


@pytest.mark.parametrize(
    ("rule", "data", "place"),
    [
        ({"naive": "last value"}, {"time": None}, "baselines.n"),
        ({"naive": "last season"}, {}, "baselines.n"),
        ({"naive": "last season", "season": "a week"}, {}, "baselines.n.season"),
        ({"naive": "quantile"}, {}, "baselines.n"),
        ({"naive": "mean", "level": 0.5}, {}, "baselines.n.level"),
        ({"naive": "mean", "otherwise": "ordered"}, {}, "baselines.n.otherwise"),
        ({"naive": "mean"}, {"label_known_on": "day"}, "baselines.n"),
        ({"naive": "mean"}, {"maturity": "7 days"}, "baselines.n"),
    ],
)
def test_a_naive_rule_that_cannot_be_honest_is_refused(
    make_spec: Make, rule: dict[str, Any], data: dict[str, Any], place: str
) -> None:
    spec = make_spec(baselines={"n": rule}, today="n")
    spec["data"] = {key: one for key, one in (spec["data"] | data).items() if one is not None}
    with pytest.raises(InvalidNaive) as refused:
        payoff.load_spec(spec)
    assert refused.value.code == "PAY294"
    assert refused.value.where.startswith(place)
