"""Errors, pinball losses, coverage and skill, against scikit-learn and loops over rows."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error

import payoff
from payoff.catalogue import quantity_bounds, quantity_metric, quantity_skill
from payoff.stats.proportions import clopper_pearson_lower, wilson
from payoff.stats.quantity_losses import Linearised, interval_of, mean_of, ratio_of_losses, share_of
from payoff.stats.tiers import FEW_UNITS, FEWEST_CLUSTERS
from payoff.tables.losses import Losses

# Sums of some hundred doubles in another order; thirds lose more to centring.
ROUNDING, THIRD = 1e-9, 1e-7
ALPHA = 5 / 7
Floats = NDArray[np.float64]
Make = Callable[..., Any]
KINDS = ("rows", "weighted", "clustered", "weighted clusters")


def losses_of(count: Make, make_spec: Make, rows: dict[str, Any], kind: str) -> Losses:
    data = {"weight": "weight"} if "weighted" in kind else {}
    data |= {"cluster": "day"} if "cluster" in kind else {}
    found = count(rows, make_spec(data=data)).tables.losses
    assert found is not None
    return found


def loss(rows: dict[str, Any], name: str, kind: str) -> Floats:
    q = {"net": rows["forecast"], "bolder": 1.1 * rows["forecast"], "recorded": rows["ordered"]}.get(name)
    error = (np.full(len(rows["demand"]), 45.0) if q is None else q) - rows["demand"]
    return {
        "absolute": np.abs(error),
        "squared": error**2,
        "error": error,
        "pinball": np.maximum(-ALPHA * error, (1 - ALPHA) * error),
        "covered": ((rows["demand"] >= rows["low"]) & (rows["demand"] <= rows["high"])).astype(float),
    }[kind]


def assert_is_that_of_rows(found: Linearised, x: Floats, z: Floats, rows: dict[str, Any], kind: str) -> None:
    """Compare a ratio, its error and its skewness with those of its influence, row by row or cluster by cluster."""
    w = rows["weight"] if "weighted" in kind else np.ones(len(x))
    ratio = (w * x).sum() / (w * z).sum()
    u = w * (x - ratio * z)
    if "cluster" in kind:
        u = np.array([u[rows["day"] == one].sum() for one in np.unique(rows["day"])])
    n = len(u)
    assert found.value == pytest.approx(ratio, rel=ROUNDING)
    assert found.units == n
    expected = math.sqrt((u**2).sum() * n / (n - 1)) / (w * z).sum()
    assert found.stderr == pytest.approx(expected, rel=ROUNDING)
    skewness = (u**3).mean() / (u**2).mean() ** 1.5
    assert found.skewness == pytest.approx(skewness, rel=THIRD, abs=THIRD)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mean_has_the_error_and_skewness_of_a_loop_over_rows(
    make_orders: Make, make_spec: Make, count: Make, kind: str
) -> None:
    rows = make_orders(1)
    losses = losses_of(count, make_spec, rows, kind)
    assert losses.level == pytest.approx(ALPHA)
    for place, (name, of) in enumerate(losses.columns):
        found = mean_of(losses, place)
        assert_is_that_of_rows(found, loss(rows, name, of), np.ones(len(rows["id"])), rows, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_ratio_of_two_losses_has_those_of_a_loop_too(
    make_orders: Make, make_spec: Make, count: Make, kind: str
) -> None:
    rows = make_orders(2)
    losses = losses_of(count, make_spec, rows, kind)
    assert len(losses.pairs) == 2 * 3 * 3
    for place, rival in losses.pairs:
        found = ratio_of_losses(losses, place, rival)
        x, z = (loss(rows, *losses.columns[one]) for one in (place, rival))
        assert_is_that_of_rows(found, x, z, rows, kind)


@pytest.mark.parametrize("kind", ["rows", "weighted"])
def test_losses_are_those_of_scikit_learn(make_orders: Make, make_spec: Make, count: Make, kind: str) -> None:
    rows = make_orders(3)
    losses, y = losses_of(count, make_spec, rows, kind), rows["demand"]
    w = rows["weight"] if kind == "weighted" else None
    forecasts = {"net": rows["forecast"], "bolder": 1.1 * rows["forecast"], "flat": np.full(len(y), 45.0)}
    for name, q in forecasts.items():
        found = {
            metric: quantity_metric(losses, metric, name).value
            for metric in (
                "mean_absolute_error",
                "root_mean_squared_error",
                "mean_pinball_loss",
                "mean_error",
            )
        }
        assert found == pytest.approx(
            {
                "mean_absolute_error": mean_absolute_error(y, q, sample_weight=w),
                "root_mean_squared_error": root_mean_squared_error(y, q, sample_weight=w),
                "mean_pinball_loss": mean_pinball_loss(y, q, sample_weight=w, alpha=losses.level),
                "mean_error": np.average(q - y, weights=w),
            },
            rel=ROUNDING,
        )
    skill = quantity_skill(losses, "pinball_skill", "net", "flat").value
    assert skill == pytest.approx(
        1
        - mean_pinball_loss(y, forecasts["net"], sample_weight=w, alpha=losses.level)
        / mean_pinball_loss(y, forecasts["flat"], sample_weight=w, alpha=losses.level),
        rel=ROUNDING,
    )


def test_the_coverage_of_an_interval_is_a_share_with_its_exact_bounds(
    make_orders: Make, make_spec: Make, count: Make
) -> None:
    rows = make_orders(4)
    losses = losses_of(count, make_spec, rows, "rows")
    inside, n = int(loss(rows, "net", "covered").sum()), len(rows["id"])
    assert quantity_metric(losses, "interval_coverage", "net") == wilson(inside, n)
    assert quantity_bounds(losses, "interval_coverage", "net", None, 0.95)[0] == clopper_pearson_lower(
        inside, n, 0.95
    )
    assert quantity_metric(losses, "interval_coverage", "flat") is None


def test_a_mean_square_far_from_zero_keeps_its_error(make_orders: Make, make_spec: Make, count: Make) -> None:
    """Quantities a billion too high: the error of the bias is that of the demand, not lost to cancellation."""
    rows = make_orders(5)
    plain, away = (
        mean_of(losses, losses.place("flat", "error"))
        for losses in (
            count(rows, make_spec(baselines={"flat": {"always": more + 45.0}}, today="flat")).tables.losses
            for more in (0, 1e9)
        )
    )
    assert away.value == pytest.approx(plain.value + 1e9, rel=1e-12)
    # 16 digits of a sum of squares of losses centred to nine digits of 1e9.
    assert away.stderr == pytest.approx(plain.stderr, rel=1e-6)


def test_a_level_that_does_not_follow_from_the_value_is_not_made_up(
    make_orders: Make, make_spec: Make, count: Make
) -> None:
    rows = make_orders(6) | {"price": np.full(360, 5.0)}
    bent = {
        "squares": "-(outcome - quantity) * (outcome - quantity)",
        "by row": "price * least(outcome, quantity) - cost * quantity",
        "nothing too many": "margin * least(outcome, quantity)",
        "a step": "case when quantity >= outcome then 5 else 0 end - cost * quantity",
    }
    for text in bent.values():
        counted = count(rows, make_spec(value={"quantity": text}))
        assert counted.tables.losses.level is None
        assert counted.tables.losses.place("net", "pinball") is None
    stated = make_spec(value={"quantity": bent["by row"]})
    stated["decision"] = {"unit": "EUR", "quantity": {"unit": "pieces", "level": 0.6}}
    assert count(rows, stated).tables.losses.level == 0.6


def test_estimates_carry_the_unit_of_what_is_decided(make_orders: Make, make_spec: Make) -> None:
    result = payoff.evaluate(pa.table(make_orders(7)), make_spec())
    units = {one.metric: one.unit for one in result.estimates if one.slice is None}
    assert units["mean_absolute_error"] == units["mean_error"] == units["mean_pinball_loss"] == "pieces"
    assert units["absolute_error_skill"] == units["interval_coverage"] == "1"
    assert units["gain"] in ("EUR per decision", "EUR per year")
    assert "nobody" not in {one.of for one in result.estimates if one.metric == "mean_absolute_error"}
    keys = [(one.metric, str(one.at), one.of, one.over, str(one.slice), one.unit) for one in result.estimates]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("rail", "status"),
    [
        ({"metric": "mean_absolute_error", "at_most": 40}, "cleared"),
        ({"metric": "mean_absolute_error", "at_most": 2}, "missed"),
        ({"metric": "pinball_skill", "over": "recorded", "at_least": 0.05}, "cleared"),
        ({"metric": "mean_error", "at_least": -5, "in_every": ["region"]}, "cleared"),
        ({"metric": "interval_coverage", "at_least": 0.99}, "missed"),
        ({"metric": "gain", "over": "today", "at_least": 0, "in_every": ["region"]}, "cleared"),
    ],
)
def test_guardrails_limit_metrics_of_quantities(
    make_orders: Make, make_spec: Make, rail: dict[str, Any], status: str
) -> None:
    result = payoff.evaluate(pa.table(make_orders(8)), make_spec(guardrails=[rail]))
    found = result.record.verdict.guardrails
    assert {one.status for one in found} == {status}
    assert len(found) == (2 if "in_every" in rail else 1)
    if rail["metric"] == "mean_error":
        rows = make_orders(8)
        by_region = {one.slice["region"]: one.value for one in found}
        for region, value in by_region.items():
            here = rows["region"] == region
            assert value == pytest.approx((rows["forecast"] - rows["demand"])[here].mean())


def linearised(skewness: float = 0.0, effective: float | None = None) -> Linearised:
    return Linearised(value=2.0, stderr=0.1, skewness=skewness, units=400, freedom=399.0, effective=effective)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_without_a_tail_the_interval_of_a_mean_is_that_of_student(level: float) -> None:
    found = interval_of(linearised(), 400, level)
    reach = 0.1 * stats.t.ppf(0.5 + level / 2, 399)
    assert (found.low, found.high) == pytest.approx((2.0 - reach, 2.0 + reach), rel=ROUNDING)
    assert (found.tier, found.note) == ("A", None)


def test_few_clusters_and_a_heavy_tail_widen_the_interval_or_take_its_trust() -> None:
    some = interval_of(linearised(effective=FEWEST_CLUSTERS), 400, 0.95)
    # Twice the error in either tail.
    reach = 0.1 * stats.t.ppf(1 - 0.025 / 2, 399)
    assert (some.low, some.high) == pytest.approx((2.0 - reach, 2.0 + reach), rel=ROUNDING)
    assert some.tier == "A-"
    few = interval_of(linearised(effective=FEWEST_CLUSTERS - 1.0), 400, 0.95)
    assert (few.tier, few.note) == ("C", f"{FEWEST_CLUSTERS - 1:.0f} {FEW_UNITS}")
    heavy = interval_of(linearised(skewness=40.0), 400, 0.95)
    assert (heavy.tier, heavy.note) == ("C", "the tail is too heavy for the interval")


@pytest.mark.parametrize("units", [FEWEST_CLUSTERS, 99])
def test_few_rows_are_enough_where_they_weigh_alike(units: int) -> None:
    found = interval_of(replace(linearised(), units=units, freedom=units - 1.0), units, 0.95)
    reach = 0.1 * stats.t.ppf(0.975, units - 1)
    assert (found.low, found.high) == pytest.approx((2.0 - reach, 2.0 + reach), rel=ROUNDING)
    assert (found.tier, found.note) == ("A", None)


def test_a_weighted_share_has_the_exact_bounds_of_the_rows_that_it_is_worth(
    make_orders: Make, make_spec: Make, count: Make
) -> None:
    rows = make_orders(10)
    losses = losses_of(count, make_spec, rows, "weighted")
    found = share_of(losses, losses.place("net", "covered"), 0.95)
    x, w, n = loss(rows, "net", "covered"), rows["weight"], len(rows["id"])
    share, kish = np.average(x, weights=w), w.sum() ** 2 / (w**2).sum()
    variance = (w**2 * (x - share) ** 2).sum() / w.sum() ** 2 * n / (n - 1)
    # Korn and Graubard (1998): fewer by (z / t)^2, since the variance is estimated.
    worth = min(share * (1 - share) / variance, kish)
    worth *= (stats.norm.ppf(0.975) / stats.t.ppf(0.975, kish - 1)) ** 2
    low, high = stats.beta.ppf(
        (0.025, 0.975), (share * worth, share * worth + 1), (worth - share * worth + 1, worth - share * worth)
    )
    assert (found.value, found.low, found.high) == pytest.approx((share, low, high), rel=ROUNDING)
    assert (found.tier, found.note) == ("A", None)


def test_a_share_of_all_rows_is_never_above_one(make_orders: Make, make_spec: Make, count: Make) -> None:
    rows = make_orders(9)
    rows |= {"low": np.zeros(360), "high": np.full(360, 1e6)}
    losses = losses_of(count, make_spec, rows, "weighted")
    place = losses.place("net", "covered")
    # What is summed in another order may be a last digit above the sum of the weights.
    first = losses.first.copy()
    first[:, place] += losses.weight * (1.0 - losses.shift[place]) * 1e-15
    first[:, place] += losses.weight * 1e-15
    assert share_of(replace(losses, first=first), place, 0.95).value == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_errors_that_are_all_alike_show_no_error(
    make_orders: Make, make_spec: Make, count: Make, kind: str
) -> None:
    rows = make_orders(1)
    # A forecast that is off by 0.1 each time, but for the rounding of quantities of some 50.
    rows["forecast"] = rows["demand"] + 0.1
    rows["weight"] = rows["weight"] / 3
    losses = losses_of(count, make_spec, rows, kind)
    for place, (name, of) in enumerate(losses.columns):
        if (name, of) == ("net", "absolute"):
            assert mean_of(losses, place).stderr == 0.0
            assert interval_of(mean_of(losses, place), len(rows["id"]), 0.95).tier == "C"
