"""Money of the best k rows and of rows around a cut is trusted as all money is: tiers, bounds, and none of no width."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.stats.support import support_bounds

# Sums of some thousand doubles in another order.
CLOSE = 1e-9
CONSTANT = {"act": "(case when outcome then 20 else 0 end) - 5", "skip": 0}
BY_AMOUNT = {"act": "case when outcome then amount else -5 end", "skip": 0}
HEAVY = {"act": "case when outcome then 1 else -amount end", "skip": 0}
Rows = dict[str, Any]


def rows_of(seed: int, n: int, *, digits: int = 12, rate: float | None = None, sigma: float = 0.5) -> Rows:
    """Return rows whose score is their chance of the outcome, or whose outcome is as likely everywhere."""
    rng = np.random.default_rng(seed)
    p = 0.02 + 0.7 * rng.random(n)
    return {
        "id": np.arange(n),
        "y": (rng.random(n) < (p if rate is None else rate)).astype(np.int64),
        "p": np.round(p, digits),
        "amount": np.exp(3.0 + sigma * rng.normal(size=n)).round(3) if rate is None else heavy(rng, n),
        "query": np.array([f"q{j % 60}" for j in range(n)]),
    }


def heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.asarray(np.exp(2.0 * rng.normal(size=n)).round(4))


def evaluated(rows: Rows, value: dict[str, Any], k: int, **more: Any) -> Any:
    spec = {
        "decision": {"unit": "EUR", "volume": "1000 per year"},
        "data": {"outcome": "y", "id": "id"} | more.pop("data", {}),
        "value": value,
        "model": {"name": "m", "score": "p", "policy": {"capacity": 0.1}},
        "metrics": [{"value_at_k": {"k": k}}, {"value_at_k": {"k": 2, "per": "query"}}],
        "today": "nobody",
    } | more
    return payoff.evaluate(pa.table(rows), spec).record


def found(record: Any, metric: str, per: str | None = None) -> Any:
    over = "nobody" if metric == "gain" else None
    return next(
        one
        for one in record.estimates
        if (one.metric, one.of, one.over, one.slice) == (metric, "m", over, None) and one.per in (per, None)
    )


def bounds(one: Any, factor: float = 1.0) -> list[float]:
    return [factor * end for end in (one.value, one.low, one.high)]


DESIGNS = {
    "declared": (CONSTANT, {}, "F"),
    "declared, tied": (CONSTANT, {"digits": 1}, "F"),
    "declared, few tied": (CONSTANT, {"digits": 3}, "F"),
    "amounts": (BY_AMOUNT, {}, "A"),
    "amounts, tied": (BY_AMOUNT, {"digits": 2}, "A"),
    "heavy amounts": (BY_AMOUNT, {"sigma": 1.5}, "A-"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_best_k_of_all_are_judged_as_a_capacity_for_as_many(name: str) -> None:
    value, how, tier = DESIGNS[name]
    record = evaluated(rows_of(1, 4_000, **how), value, 400)
    gain, best = found(record, "gain", "decision"), found(record, "value_at_k")
    assert (best.tier, best.method, best.rows) == (gain.tier, gain.method, 4_000)
    assert best.tier == tier
    assert bounds(best) == pytest.approx(bounds(gain, 4_000.0), rel=1e-8)
    assert best.events == gain.events


@pytest.mark.parametrize("name", ["declared", "amounts", "heavy amounts"])
def test_the_curve_has_the_bounds_of_the_gain_at_the_room_there_is(name: str) -> None:
    value, how, _ = DESIGNS[name]
    record = evaluated(rows_of(1, 4_000, **how), value, 400)
    curve = next(one for one in record.curves if one.kind == "capacity").points
    at = list(curve["room"]).index(0.1)
    drawn = [curve[name][at] for name in ("value", "low", "high")]
    # Where the worth at the cut is a mean of other rows: those between the rooms next to it.
    assert drawn == pytest.approx(bounds(found(record, "gain", "decision"), 1_000.0), rel=0.02)


def test_heavy_losses_leave_no_bounds_where_the_gain_has_none() -> None:
    for seed in range(8):
        rows = rows_of(seed, 2_000, rate=0.98)
        record = evaluated(rows, HEAVY, 200)
        assert found(record, "gain", "decision").tier == "C"
        for metric in ("value_at_k", "value_at_k_per_query", "worth_of_one_more", "worth_of_a_tenth_more"):
            one = found(record, metric, "decision")
            assert (one.tier, one.low, one.high, one.method) == ("C", None, None, "no interval")
            assert one.value is not None
            assert "deciding events, 50 are needed" in one.note
            assert "declare a cap" not in one.note
        curve = next(one for one in record.curves if one.kind == "capacity").points
        assert set(curve["low"]) == set(curve["high"]) == {None}
        assert None not in curve["value"]


def near(rows: Rows, places: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows from the highest score down, and the part of each that is within 1% of the cut."""
    n = len(rows["p"])
    order, place = np.argsort(-np.asarray(rows["p"]), kind="stable"), np.arange(n)
    window = max(0.01 * n, 1.0)
    upper, lower = (np.clip(end - place, 0.0, 1.0) for end in (places + window, places - window))
    return order, upper - lower


@pytest.mark.parametrize("n", [100, 2_000])
def test_one_more_on_declared_values_has_the_bounds_of_the_rows_around_the_cut(n: int) -> None:
    rows = rows_of(3, n)
    order, part = near(rows, 0.1 * n)
    y = np.asarray(rows["y"])[order]
    counts = np.array([part @ (y == 0), part @ (y == 1)])
    low, high = support_bounds(counts, np.array([-5.0, 15.0]), 0.95)
    one = found(evaluated(rows, CONSTANT, 10), "worth_of_one_more")
    assert bounds(one) == pytest.approx(
        [counts @ [-5.0, 15.0] / counts.sum(), float(low[0]), float(high[0])], abs=1e-7
    )
    assert (one.tier, one.rows) == ("F", round(0.02 * n))
    assert one.note == "the interval is that of the mean of the rows around the cut"


def test_one_more_of_few_rows_holds_the_truth_where_two_rows_tell_nothing() -> None:
    for seed in range(12):
        rows = rows_of(seed, 100)
        one = found(evaluated(rows, CONSTANT, 10), "worth_of_one_more")
        assert one.low <= 20 * (0.02 + 0.7 * 0.9) - 5 <= one.high


def test_one_more_of_amounts_is_the_mean_of_enough_rows_and_none_of_few() -> None:
    rows = rows_of(4, 12_000)
    order, part = near(rows, 1_200.0)
    worth = np.where(rows["y"] == 1, rows["amount"], -5.0)[order]
    mean = part @ worth / part.sum()
    error = np.sqrt(part @ (worth - mean) ** 2 / (part.sum() - 1) / part.sum())
    one = found(evaluated(rows, BY_AMOUNT, 10), "worth_of_one_more")
    assert one.value == pytest.approx(mean, abs=1e-6)
    assert one.tier in ("A", "A-")
    assert one.events == int(min(part @ (np.asarray(rows["y"])[order] == j) for j in (0, 1)) + CLOSE)
    # Hall's bounds of a light tail: of 240 rows, near those of Student.
    assert (one.high - one.low) / 2 == pytest.approx(1.97 * error, rel=0.05)
    few = found(evaluated(rows_of(4, 1_000), BY_AMOUNT, 10), "worth_of_one_more")
    assert (few.tier, few.low) == ("C", None)


def test_no_interval_has_no_width() -> None:
    rows = rows_of(5, 20_000)
    rows["amount"] = np.full(20_000, -5.0)
    record = evaluated(rows, BY_AMOUNT, 2_000)
    for metric in ("worth_of_one_more", "worth_of_a_tenth_more"):
        one = found(record, metric, "decision")
        assert (one.tier, one.low, one.high) == ("C", None, None)
        assert one.note == "the rows at the cut are alike, from which no error can be told"
    assert found(record, "value_at_k").low is None
    assert found(record, "value_at_k_per_query").low is None
    roomy = evaluated(
        rows_of(5, 400), CONSTANT, 40, model={"name": "m", "score": "p", "policy": {"capacity": "100%"}}
    )
    for metric in ("worth_of_one_more", "worth_of_a_tenth_more"):
        one = found(roomy, metric, "decision")
        assert (one.value, one.low, one.high, one.tier) == (0.0, None, None, "C")
        assert one.note == "no period was full, so that one more place stays empty"


@pytest.mark.parametrize("value", [CONSTANT, BY_AMOUNT], ids=["declared", "amounts"])
def test_cents_and_the_order_of_rows_change_no_bound(value: dict[str, Any]) -> None:
    rows = rows_of(6, 18_000)
    order = np.random.default_rng(0).permutation(18_000)
    cents = {"act": f"100 * ({value['act']})", "skip": 0}
    ours, turned, theirs = (
        evaluated(each, how, 1_800)
        for each, how in (
            (rows, value),
            ({name: np.asarray(column)[order] for name, column in rows.items()}, value),
            (rows, cents),
        )
    )
    assert ours.hash == turned.hash
    assert found(ours, "worth_of_one_more").low is not None
    for metric in ("value_at_k", "worth_of_one_more", "worth_of_a_tenth_more"):
        one, other = found(ours, metric, "decision"), found(theirs, metric, "decision")
        assert bounds(other) == pytest.approx(bounds(one, 100.0), rel=1e-7)
        assert (one.tier, one.events) == (other.tier, other.events)


def test_pending_rows_are_no_rows_of_the_best() -> None:
    rows = rows_of(7, 4_000)
    more = {name: np.concatenate([np.asarray(one), np.asarray(one)[:500]]) for name, one in rows.items()}
    more["id"] = np.arange(4_500)
    more["y"] = pa.array([*rows["y"].tolist(), *[None] * 500])
    first, second = (evaluated(each, BY_AMOUNT, 400) for each in (rows, more))
    for metric in ("value_at_k", "value_at_k_per_query"):
        one, other = found(first, metric), found(second, metric)
        assert one.value == pytest.approx(other.value, rel=CLOSE)
        assert (one.low, one.high) == (
            (None, None) if one.low is None else pytest.approx((other.low, other.high), rel=CLOSE)
        )


def test_clusters_have_no_interval_here() -> None:
    rows = rows_of(8, 4_000) | {"who": np.arange(4_000) % 900}
    record = evaluated(rows, BY_AMOUNT, 400, data={"cluster": "who"})
    for metric in ("value_at_k", "worth_of_one_more", "worth_of_a_tenth_more"):
        one = found(record, metric, "decision")
        assert (one.tier, one.low) == ("C", None)
        assert "clusters" in one.note
