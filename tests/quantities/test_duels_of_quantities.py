"""Which of two forecasts wins for which costs, against loops over rows and the integral of elementary losses."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import payoff
from payoff.stats.duels import RATIOS, Duelled, by_cost_ratio, by_threshold
from payoff.tables.forecast_duels import Duel, joined_duels

# Sums of some hundred doubles in another order.
ROUNDING = 1e-9
KINDS = ("rows", "weighted", "clustered", "weighted clusters")
Floats = NDArray[np.float64]
Make = Callable[..., Any]


def duel_of(count: Make, make_spec: Make, rows: dict[str, Any], kind: str = "rows") -> Duel:
    data = {"weight": "weight"} if "weighted" in kind else {}
    data |= {"cluster": "day"} if "cluster" in kind else {}
    found = count(rows, make_spec(data=data)).tables.duels
    return next(one for one in found if one.over == "recorded")


def elementary(quantity: float, outcome: float, at: float, alpha: float) -> float:
    """Ehm, Gneiting, Jordan and Krueger (2016), (1{y < x} - alpha)(1{h < x} - 1{h < y})."""
    return ((outcome < quantity) - alpha) * (float(at < quantity) - float(at < outcome))


def assert_is_that_of_rows(found: Duelled, saved: Floats, rows: dict[str, Any], kind: str) -> None:
    """Compare means and errors with those of (n, T) savings, row by row or cluster by cluster."""
    w = rows["weight"] if "weighted" in kind else np.ones(len(saved))
    mean = w @ saved / w.sum()
    influence = w[:, None] * (saved - mean)
    if "cluster" in kind:
        influence = np.array([influence[rows["day"] == one].sum(axis=0) for one in np.unique(rows["day"])])
    n = len(influence)
    stderr = np.sqrt((influence**2).sum(axis=0) * n / (n - 1)) / w.sum()
    np.testing.assert_allclose(found.value, mean, rtol=ROUNDING, atol=ROUNDING)
    np.testing.assert_allclose(found.stderr, stderr, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("kind", KINDS)
def test_by_cost_ratio_it_is_the_mean_cost_that_is_saved(
    make_orders: Make, make_spec: Make, count: Make, kind: str
) -> None:
    rows = make_orders(1)
    found = by_cost_ratio(duel_of(count, make_spec, rows, kind))
    y, mine, theirs = rows["demand"], rows["forecast"], rows["ordered"]

    def cost(quantity: Floats) -> Floats:
        under, over = np.maximum(y - quantity, 0.0), np.maximum(quantity - y, 0.0)
        return under[:, None] * RATIOS + over[:, None] * (1.0 - RATIOS)

    assert_is_that_of_rows(found, cost(theirs) - cost(mine), rows, kind)
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_murphy_diagram_is_the_mean_of_elementary_losses(
    make_orders: Make, make_spec: Make, count: Make, kind: str
) -> None:
    rows = make_orders(2)
    duel = duel_of(count, make_spec, rows, kind)
    found = by_threshold(duel, 5 / 7)
    saved = np.array(
        [
            [elementary(b, y, h, 5 / 7) - elementary(a, y, h, 5 / 7) for h in duel.at]
            for a, b, y in zip(rows["forecast"], rows["ordered"], rows["demand"], strict=True)
        ]
    )
    assert_is_that_of_rows(found, saved, rows, kind)
    assert found.deciding.tolist() == (saved != 0).any(axis=0).tolist()


def test_elementary_losses_add_up_to_the_pinball_loss(
    make_orders: Make, make_spec: Make, count: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payoff.tabulation.loss_columns.THRESHOLDS", 4_000)
    monkeypatch.setattr("payoff.tabulation.loss_columns.SPREAD", 50.0)
    rows = make_orders(3, shops=2, days=20)
    y = rows["demand"]
    # All quantities lie within the outcomes, so that no loss lies beyond the thresholds.
    rows["forecast"] = np.clip(rows["forecast"], y.min(), y.max())
    duel = duel_of(count, make_spec, rows)
    step = float(np.diff(duel.at).mean())
    whole = by_threshold(duel, 0.7).value.sum() * step

    def pinball(quantity: Floats) -> float:
        return float(np.mean(np.where(y >= quantity, 0.7 * (y - quantity), 0.3 * (quantity - y))))

    # A sum over thresholds misses each of two ends of a row's loss by half a step.
    assert whole == pytest.approx(pinball(rows["ordered"]) - pinball(rows["forecast"]), abs=2 * step)


def test_at_the_critical_ratio_the_saving_is_the_gain(make_orders: Make, make_spec: Make) -> None:
    result = payoff.evaluate(pa.table(make_orders(4)), make_spec())
    curve = next(one for one in result.record.curves if one.kind == "cost_ratio" and one.over == "recorded")
    gain = next(
        one
        for one in result.estimates
        if (one.metric, one.of, one.over, one.per) == ("gain", "net", "recorded", "decision")
    )
    saved = dict(zip(curve.points["at"], curve.points["value"], strict=True))
    # Linear in the ratio: between two hundredths it is the chord.
    ratio = 5 / 7
    low, high = math.floor(ratio * 100) / 100, math.ceil(ratio * 100) / 100
    at = saved[low] + (saved[high] - saved[low]) * (ratio - low) / (high - low)
    assert 7 * at == pytest.approx(gain.value, rel=ROUNDING)


def test_one_dominates_only_where_the_band_says_so_everywhere(
    make_orders: Make, make_spec: Make, count: Make
) -> None:
    rows = make_orders(5)
    rows["forecast"] = rows["demand"] + 1.0
    better = by_cost_ratio(duel_of(count, make_spec, rows | {"ordered": rows["demand"] + 4.0}))
    assert better.dominates == 1
    worse = by_cost_ratio(
        duel_of(count, make_spec, rows | {"forecast": rows["demand"] + 4.0, "ordered": rows["forecast"]})
    )
    assert worse.dominates == -1
    # Too few costs the first nothing, too many costs the second nothing: each wins at one end.
    crossed = by_cost_ratio(
        duel_of(count, make_spec, rows | {"ordered": np.maximum(rows["demand"] - 1.0, 0.0)})
    )
    assert crossed.dominates == 0
    assert crossed.wins[-1]
    assert crossed.loses[0]
    same = by_cost_ratio(duel_of(count, make_spec, rows | {"ordered": rows["forecast"]}))
    assert (same.dominates, same.wins.any(), same.loses.any()) == (0, False, False)


@pytest.mark.parametrize("by", [by_cost_ratio, lambda duel: by_threshold(duel, 0.7)])
def test_parts_of_the_rows_added_are_all_rows(
    make_orders: Make, make_spec: Make, count: Make, by: Callable[[Duel], Duelled]
) -> None:
    rows = make_orders(6)
    duel = duel_of(count, make_spec, rows)
    half = np.arange(len(duel.rows)) % 2 == 0
    names = [name for name in Duel.__dataclass_fields__ if name not in ("of", "over", "at", "cluster")]
    parts = [replace(duel, **{name: getattr(duel, name)[part] for name in names}) for part in (half, ~half)]
    whole, added = by(duel), by(joined_duels(parts))
    np.testing.assert_allclose(added.value, whole.value, rtol=ROUNDING, atol=ROUNDING)
    np.testing.assert_allclose(added.low, whole.low, rtol=1e-6)


def duel_of_units(u: np.ndarray, o: np.ndarray) -> Duel:
    """Return the duel of rows that each save ``u`` units too few and ``o`` units too many."""
    n = len(u)
    return Duel(
        of="a",
        over="b",
        at=np.zeros(1),
        mine=np.zeros(1, dtype=np.int64),
        theirs=np.zeros(1, dtype=np.int64),
        outcome=np.zeros(1, dtype=np.int64),
        rows=np.array([n]),
        differing=np.array([n]),
        **{name: np.array([float(n)]) for name in ("weight", "weight2", "weight3")},
        **{name: np.array([[u.sum(), o.sum()]]) for name in ("first", "first2", "first3")},
        **{name: np.array([[u @ u, u @ o, o @ o]]) for name in ("second", "second3")},
        third=np.array([[(u**3).sum(), u * u @ o, u @ (o * o), (o**3).sum()]]),
    )


def test_the_band_holds_at_all_ratios_at_once() -> None:
    """Two forecasts that are as good as each other: the band misses zero somewhere in about one set of twenty."""
    misses, sets, n = 0, 300, 400
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        error = rng.normal(0, 1, (2, n))
        under, over = np.maximum(-error, 0.0), np.maximum(error, 0.0)
        u, o = under[1] - under[0], over[1] - over[0]
        found = by_cost_ratio(duel_of_units(u, o))
        misses += bool(found.wins.any() or found.loses.any())
    # 5% of 300 is 15 with a standard error of 3.8: beyond 27 or below 5 is one chance in a thousand.
    assert 5 <= misses <= 27


def test_what_every_row_saves_more_moves_the_band_by_it() -> None:
    generator = np.random.default_rng(7)
    u, o = generator.exponential(1.0, (2, 200))
    plain, more = by_cost_ratio(duel_of_units(u, o)), by_cost_ratio(duel_of_units(u + 10.0, o))
    for name in ("low", "value", "high"):
        # Cubes of tens, less as much.
        np.testing.assert_allclose(getattr(more, name), getattr(plain, name) + 10.0 * RATIOS, rtol=1e-7)


def test_a_cluster_decides_where_a_row_of_it_saves_anything() -> None:
    def of_clusters(saving: int) -> Duelled:
        n = 100
        saved = np.outer(np.arange(n) < saving, np.ones(2))
        weights = dict.fromkeys(("weight", "weight2", "weight3"), np.ones(n))
        one = duel_of_units(np.ones(1), np.ones(1))
        return by_cost_ratio(replace(one, rows=np.ones(n, int), cluster=np.arange(n), first=saved, **weights))

    few, enough = of_clusters(49), of_clusters(50)
    assert np.isnan(few.low).all()
    assert (enough.low < 0.5).all()
    assert few.deciding.all()
    assert not of_clusters(0).deciding.any()


def test_where_every_row_saves_nothing_neither_wins() -> None:
    """One is a unit too low in every row and the other one too high: even at one half, apart on either side."""
    n = 60
    u, o = np.full(n, -1.0), np.full(n, 1.0)
    found = by_cost_ratio(duel_of_units(u, o))
    even = RATIOS == 0.5
    assert (found.low[even], found.high[even]) == (0.0, 0.0)
    assert found.wins.tolist() == (RATIOS < 0.5).tolist()
    assert found.loses.tolist() == (RATIOS > 0.5).tolist()
