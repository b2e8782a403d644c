"""Policies under a capacity, against loops over rows, over orders of ties and over periods."""

import itertools
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import t

import payoff
from payoff.errors.capacity import CapacityNotHeld, CostUnusable
from payoff.errors.data import ContradictedThreshold
from payoff.tabulation import filling

# Sums of some thousand doubles, divided once.
CLOSE = 1e-9
FIRST = date(2024, 1, 1)
Columns = dict[str, Any]


def rows_of(seed: int, days: int = 70, per_day: int = 12, digits: int = 1) -> Columns:
    """Return customers by day; scores of few digits are tied."""
    rng = np.random.default_rng(seed)
    n = days * per_day
    busy = np.repeat(rng.normal(0, 0.5, days), per_day)
    skill = rng.normal(0, 1, n) + busy
    return {
        "id": np.arange(n),
        "day": np.repeat([FIRST + timedelta(days=j) for j in range(days)], per_day),
        "y": (rng.random(n) < 1 / (1 + np.exp(1.0 - skill))).astype(np.int64),
        "p": np.round(1 / (1 + np.exp(1.0 - skill - rng.normal(0, 0.7, n))), digits),
        "amount": np.round(rng.gamma(2.0, 40.0, n), 2),
        "team": rng.choice(["a", "b", "o'c"], n),
        "person": rng.integers(0, n // 3, n),
    }


def spec_of(rows: Columns, policy: Any, **more: Any) -> dict[str, Any]:
    """Return a spec over ``rows_of``: the file is the world."""
    data = {"outcome": "y", "id": "id", "time": "day", "sampled": 1.0} | more.pop("data", {})
    return {
        "decision": {"unit": "EUR", "volume": "10000 per year"},
        "data": data,
        "value": {"act": "case when outcome then margin * amount else 0 end - 20", "skip": 0},
        "assumptions": {"margin": {"likely": 0.8, "low": 0.6, "high": 1.0}},
        "model": {"name": "m", "score": "p", "policy": policy},
        "baselines": {"coin": {"random": 0.3}},
        "today": "coin",
        "hurdles": [{"name": "pilot", "gain": "1 per decision", "over": "today"}],
    } | more


def value_of(rows: Columns) -> np.ndarray:
    return np.where(rows["y"] == 1, 0.8 * np.asarray(rows["amount"]), 0.0) - 20.0


def evaluated(rows: Columns, policy: Any, **more: Any) -> Any:
    return payoff.evaluate(pa.table(rows), spec_of(rows, policy, **more)).record


def found(
    record: Any, metric: str, over: str | None = None, of: str = "m", per: str | None = "decision"
) -> Any:
    return next(
        one
        for one in record.estimates
        if (one.metric, one.over, one.of, one.per, one.slice) == (metric, over, of, per, None)
    )


def filled(score: np.ndarray, cost: np.ndarray, room: float) -> np.ndarray:
    """Return the part of every row that is acted on: from the top, ties alike."""
    part = np.zeros(len(score))
    for at in sorted(set(score.tolist()), reverse=True):
        here = score == at
        part[here] = min(1.0, max(0.0, room) / cost[here].sum())
        room -= cost[here].sum()
    return part


def by_pool(rows: Columns, pools: list[Any], room: Any, cost: np.ndarray | None = None) -> np.ndarray:
    """Return the part of every row, each pool filled by itself; ``room`` is a number or a share."""
    out, paid = np.zeros(len(pools)), np.ones(len(pools)) if cost is None else cost
    for pool in dict.fromkeys(pools):
        here = np.array([one == pool for one in pools])
        out[here] = filled(
            np.asarray(rows["p"])[here], paid[here], room(paid[here].sum()) if callable(room) else room
        )
    return out


def days_and_teams(rows: Columns) -> list[Any]:
    return list(zip(rows["day"], rows["team"], strict=True))


POOLS = {
    "per day": ({"capacity": "3 per day"}, lambda r: list(r["day"]), 3.0),
    "per day and team": (
        {"capacity": "1 per day", "by": "team"},
        lambda r: list(zip(r["day"], r["team"], strict=True)),
        1.0,
    ),
    "per week": ({"capacity": "20 per week"}, lambda r: [d.isocalendar()[:2] for d in r["day"]], 20.0),
    "per month": ({"capacity": "77 per month"}, lambda r: [(d.year, d.month) for d in r["day"]], 77.0),
    "share": ({"capacity": "15%"}, lambda r: [0] * len(r["id"]), lambda n: 0.15 * n),
    "share by team": ({"capacity": 0.15, "by": "team"}, lambda r: list(r["team"]), lambda n: 0.15 * n),
}


@pytest.mark.parametrize("cells", [False, True], ids=["single scores", "cells first"])
@pytest.mark.parametrize("name", POOLS)
def test_the_value_is_that_of_a_loop_over_pools_and_rows(
    name: str, cells: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cells:
        monkeypatch.setattr(filling, "EXACT_ROWS", 10)
    policy, pools, room = POOLS[name]
    rows = rows_of(1, digits=2)
    part = by_pool(rows, pools(rows), room)
    record = evaluated(rows, policy)
    assert found(record, "value").value == pytest.approx((part * value_of(rows)).mean(), abs=CLOSE)
    assert found(record, "gain", "coin").value == pytest.approx(
        ((part - 0.3) * value_of(rows)).mean(), abs=CLOSE
    )
    caught = (part * rows["y"]).sum()
    assert found(record, "recall", per=None).value == pytest.approx(caught / rows["y"].sum(), abs=CLOSE)
    assert found(record, "precision", per=None).value == pytest.approx(caught / part.sum(), abs=CLOSE)
    assert found(record, "act_rate", per=None).value == pytest.approx(part.mean(), abs=CLOSE)


@pytest.mark.parametrize("seed", range(5))
def test_the_value_is_the_mean_over_all_orders_of_tied_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 8, int(rng.integers(1, 8))
    rows = rows_of(seed, days=1, per_day=n) | {"p": rng.choice([0.2, 0.5, 0.8], n)}
    worth, totals = value_of(rows), []
    for order in itertools.permutations(range(n)):
        ranked = sorted(order, key=lambda j: -rows["p"][j])
        totals.append(sum(worth[j] for j in ranked[:k]))
    record = evaluated(rows, {"capacity": f"{k} per day"})
    assert found(record, "value").value * n == pytest.approx(np.mean(totals), abs=1e-7)
    assert record.capacities[0].tie_spread * n == pytest.approx(np.std(totals), abs=1e-7)


def test_room_for_all_is_everybody_and_none_is_nobody() -> None:
    rows = rows_of(2)
    everyone, nobody = evaluated(rows, {"capacity": "12 per day"}), evaluated(rows, {"capacity": "0 per day"})
    assert found(everyone, "gain", "everybody").value == 0.0
    assert found(everyone, "value").value == pytest.approx(value_of(rows).mean(), abs=CLOSE)
    assert found(nobody, "gain", "nobody").value == 0.0
    assert nobody.verdict.hurdles[0].status == "not evaluated"
    assert any(check.code == "PAY347" for check in everyone.data.checks)
    assert found(everyone, "worth_of_one_more", per=None).value == 0.0


def test_unused_room_stays_unused() -> None:
    rows = rows_of(3, per_day=4)
    record = evaluated(rows, {"capacity": "9 per day"})
    capacity = record.capacities[0]
    assert (capacity.places, capacity.used, capacity.full, capacity.pools) == (630.0, 280.0, 0, 70)
    assert found(record, "act_rate", per=None).value == 1.0


def test_the_world_s_room_is_shared_out_to_the_file() -> None:
    rows = rows_of(4)
    half = evaluated(rows, {"capacity": "6 per day"}, data={"sampled": 0.5})
    own = evaluated(rows, {"capacity": "3 per day"})
    assert found(half, "value").value == found(own, "value").value
    assert (half.capacities[0].room, half.capacities[0].share) == (3.0, 0.5)
    per_year = spec_of(rows, {"capacity": "6 per day"}) | {
        "decision": {"unit": "EUR", "volume": "24 per day"}
    }
    del per_year["data"]["sampled"]
    found_here = payoff.evaluate(pa.table(rows), per_year).record
    assert found_here.capacities[0].share == pytest.approx(0.5, abs=1e-12)
    # 5.4 places: the sixth row of a day is acted on in part.
    odd = evaluated(rows, {"capacity": "6 per day"}, data={"sampled": 0.9})
    part = by_pool(rows, list(rows["day"]), 5.4)
    assert found(odd, "value").value == pytest.approx((part * value_of(rows)).mean(), abs=CLOSE)


def test_a_budget_is_spent_from_the_top_and_the_last_row_in_part() -> None:
    rows = rows_of(5, digits=3)
    cost = np.round(5.0 + np.asarray(rows["amount"]) / 10, 4)
    policy = {"budget": "40 per day", "cost": "5 + amount / 10"}
    record = evaluated(rows, policy)
    part = by_pool(rows, list(rows["day"]), 40.0, cost)
    assert found(record, "value").value == pytest.approx((part * value_of(rows)).mean(), abs=1e-6)
    assert record.capacities[0].used == pytest.approx((part * cost).sum(), abs=1e-3)
    assert record.capacities[0].counts == "EUR"
    with pytest.raises(CostUnusable, match="cost above 0"):
        evaluated(rows, {"budget": "40 per day", "cost": "amount - 50"})


def test_a_cost_too_large_to_be_counted_is_refused_as_a_cost() -> None:
    with pytest.raises(CostUnusable, match="beyond"):
        evaluated(rows_of(2), {"budget": "100 per day", "cost": "amount * 1e30"})


def test_pending_rows_take_room_and_have_no_value() -> None:
    rows = rows_of(6)
    known = np.arange(len(rows["y"])) % 5 != 0
    asked = rows | {"y": pa.array([int(y) if k else None for y, k in zip(rows["y"], known, strict=True)])}
    record = evaluated(asked, {"capacity": "3 per day"}, data={"maturity": "1 days"})
    part = by_pool(rows, list(rows["day"]), 3.0)
    old = known & np.array([day < rows["day"][-1] for day in rows["day"]])
    assert found(record, "value").value == pytest.approx((part * value_of(rows))[old].mean(), abs=CLOSE)
    assert found(record, "act_rate", per=None).value == pytest.approx(part.mean(), abs=CLOSE)


def test_rows_in_any_order_and_money_in_any_unit_tell_the_same() -> None:
    rows = rows_of(7)
    order = np.random.default_rng(0).permutation(len(rows["id"]))
    one = evaluated(rows, {"capacity": "3 per day", "by": "team"})
    other = evaluated(
        {name: np.asarray(column)[order] for name, column in rows.items()},
        {"capacity": "3 per day", "by": "team"},
    )
    assert one.hash == other.hash
    cents = evaluated(
        rows,
        {"capacity": "3 per day", "by": "team"},
        value={"act": "100 * (case when outcome then margin * amount else 0 end - 20)", "skip": 0},
    )
    for metric, over in (("value", None), ("gain", "coin")):
        ours, theirs = found(one, metric, over), found(cents, metric, over)
        for name in ("value", "low", "high"):
            assert getattr(theirs, name) == pytest.approx(100 * getattr(ours, name), rel=1e-9)


def by_blocks(gain: np.ndarray, block: list[Any]) -> float:
    """Return the standard error of a mean by blocks of rows, linearised."""
    totals: dict[Any, float] = {}
    for each, one in zip(gain - gain.mean(), block, strict=True):
        totals[one] = totals.get(one, 0.0) + each
    n = len(totals)
    return float(np.sqrt(n / (n - 1) * sum(one**2 for one in totals.values())) / len(gain))


@pytest.mark.parametrize(("days", "unit"), [(59, "day"), (60, "week")])
def test_the_error_is_that_of_the_totals_of_days_and_from_sixty_on_of_weeks(days: int, unit: str) -> None:
    rows = rows_of(8, days=days)
    part = by_pool(rows, list(rows["day"]), 3.0)
    block = list(rows["day"]) if unit == "day" else [day.isocalendar()[:2] for day in rows["day"]]
    expected = by_blocks((part - 0.3) * value_of(rows), block)
    seen = payoff.evaluate(pa.table(rows), spec_of(rows, {"capacity": "3 per day"}))
    found_here = found(seen.record, "gain", "coin")
    # Hall's interval of a light tail is near that of Student.
    reach = t.ppf(0.975, len(set(block)) - 1) * expected
    assert (found_here.high - found_here.low) / 2 == pytest.approx(reach, rel=0.1)
    assert "by period" in found_here.method


def test_with_clusters_the_largest_of_three_errors_counts() -> None:
    rows = rows_of(9, days=210, per_day=4)
    # Rows of one customer are alike over weeks.
    rows["person"] = np.asarray(rows["person"]) % 130
    rows["y"] = np.where(rows["person"] % 2 == 0, 1, 0)
    rows["amount"] = 3.0 * rows["person"]
    record = evaluated(rows, {"capacity": "2 per day"}, data={"cluster": "person"})
    seen = found(record, "gain", "coin")
    gain = (by_pool(rows, list(rows["day"]), 2.0) - 0.3) * value_of(rows)
    week, person = [day.isocalendar()[:2] for day in rows["day"]], rows["person"].tolist()
    by_week, by_person, by_both = (
        by_blocks(gain, block) for block in (week, person, list(zip(week, person, strict=True)))
    )
    two_way = np.sqrt(by_week**2 + by_person**2 - by_both**2)
    expected = max(by_week, by_person, two_way)
    assert two_way > by_week  # else the test shows nothing
    assert seen.value == pytest.approx(gain.mean(), abs=CLOSE)
    # Hall's interval with t of thirty weeks, its error divided by five for the tail; only the scale is looked at.
    assert seen.method.endswith("widened x5 for a heavy tail")
    assert (seen.high - seen.low) / 2 / expected == pytest.approx(t.ppf(1 - 0.025 / 5, 29), rel=0.12)


def test_few_periods_give_no_verdict_and_say_so() -> None:
    rows = rows_of(10, days=19, per_day=60)
    record = evaluated(rows, {"capacity": "9 per day"})
    assert found(record, "gain", "coin").tier == "C"
    assert record.verdict.hurdles[0].reason == "few_periods"
    assert any(check.code == "PAY348" for check in record.data.checks)
    enough = evaluated(rows_of(10, days=20, per_day=60), {"capacity": "9 per day"})
    assert found(enough, "gain", "coin").tier in ("A", "A-")


def test_the_worth_of_one_more_place_is_that_of_the_rows_at_the_cut() -> None:
    rows = rows_of(11, digits=9)
    record = evaluated(rows, {"capacity": "3 per day"})
    day, worth = np.array(rows["day"]), value_of(rows)
    near = []
    for each in dict.fromkeys(rows["day"]):
        here = np.flatnonzero(day == each)
        ranked = here[np.argsort(-np.asarray(rows["p"])[here])]
        near += [worth[ranked[2]], worth[ranked[3]]]
    one = found(record, "worth_of_one_more", per=None)
    assert one.value == pytest.approx(np.mean(near), abs=1e-6)
    assert one.low < one.value < one.high
    # A tenth more of three places is three tenths of the fourth row.
    tenth = found(record, "worth_of_a_tenth_more")
    assert tenth.value == pytest.approx(0.3 * np.sum(near[1::2]) / len(worth), abs=1e-6)


def test_the_curve_passes_through_the_capacity_and_the_periods_add_up() -> None:
    rows = rows_of(12)
    record = evaluated(rows, {"capacity": "3 per day"})
    curve = next(one for one in record.curves if one.kind == "capacity")
    at = list(curve.points["room"]).index(3.0)
    assert curve.points["value"][at] == pytest.approx(found(record, "value", per="year").value, rel=1e-9)
    burst = next(one for one in record.curves if one.kind == "burst")
    total = sum(v * n for v, n in zip(burst.points["value"], burst.points["periods"], strict=True))
    assert total == pytest.approx(found(record, "value").value * len(rows["y"]), rel=1e-9)
    capacity = record.capacities[0]
    assert capacity.worst.value <= capacity.middle.value <= capacity.best.value


def test_rows_that_find_no_room_wait_for_it_if_asked() -> None:
    rows = rows_of(13, days=30, per_day=5, digits=1)
    for patience in (1, 3):
        part = waited(rows, 3.0, patience)
        record = evaluated(rows, {"capacity": "3 per day", "carry_over": patience})
        assert found(record, "value").value == pytest.approx((part * value_of(rows)).mean(), abs=CLOSE)
        assert found(record, "act_rate", per=None).value == pytest.approx(part.mean(), abs=CLOSE)
    assert found(record, "worth_of_one_more", per=None).value is None


def waited(rows: Columns, room: float, patience: int) -> np.ndarray:
    """Return the part of every row that is worked in the end, a day at a time."""
    turn = np.array([(day - FIRST).days for day in rows["day"]])
    left = np.ones(len(turn))
    for now in range(turn.max() + 1):
        here = (turn <= now) & (turn >= now - patience) & (left > 0)
        done = np.zeros(len(turn))
        done[here] = filled(np.asarray(rows["p"])[here], left[here], room)
        left -= done * left
    return 1.0 - left


def test_guardrails_hold_for_a_model_under_capacity() -> None:
    rows = rows_of(14)
    record = evaluated(
        rows,
        {"capacity": "6 per day"},
        guardrails=[
            {"metric": "recall", "at_least": 0.3},
            {"metric": "precision", "at_least": 0.2},
            {"metric": "act_rate", "at_most": 0.6},
            {"metric": "gain", "at_least": 0, "over": "coin"},
            {
                "metric": "gain",
                "at_least": -5,
                "over": "coin",
                "in_every": ["team"],
                "evidence": "not refuted",
            },
        ],
    )
    assert {rail.status for rail in record.verdict.guardrails} == {"cleared"}


def test_a_baseline_and_a_challenger_may_be_under_a_capacity_too() -> None:
    rows = rows_of(15)
    policy = {"threshold": 0.5}
    limited = {"score": "p", "capacity": "3 per day"}
    weekly = {"score": "p", "capacity": "20 per week"}
    record = evaluated(
        rows,
        {"capacity": "4 per day"},
        baselines={"three": limited, "weekly": weekly, "top": {"score": "p", **policy}},
        today="three",
    )
    worth = value_of(rows)
    ours = by_pool(rows, list(rows["day"]), 4.0)
    theirs = by_pool(rows, [d.isocalendar()[:2] for d in rows["day"]], 20.0)
    assert found(record, "gain", "weekly").value == pytest.approx(((ours - theirs) * worth).mean(), abs=CLOSE)
    tuned = evaluated(rows, {"threshold": "best"}, baselines={"three": limited}, today="three")
    assert found(tuned, "gain", "three").tier == "C"
    assert "against a capacity" in found(tuned, "gain", "three").note


def test_the_list_is_whole_rows_no_more_than_there_is_room_and_the_same_every_time() -> None:
    rows = rows_of(16)
    spec = spec_of(rows, {"capacity": "3 per day", "by": "team"})
    listed = list(payoff.decide(spec, pa.table(rows)))
    again = list(payoff.decide(spec, pa.table({k: v for k, v in rows.items() if k not in ("y", "amount")})))
    assert listed == again
    assert [who for who, _, _ in listed] == [str(one) for one in rows["id"]]
    acted = np.array([action == "act" for _, _, action in listed])
    part = by_pool(rows, list(zip(rows["day"], rows["team"], strict=True)), 3.0)
    assert acted[part == 1.0].all()
    assert not acted[part == 0.0].any()
    assert acted.sum() == pytest.approx(part.sum(), abs=1e-9)
    with pytest.raises(CapacityNotHeld, match="waiting"):
        list(payoff.decide(spec_of(rows, {"capacity": "3 per day", "carry_over": 1}), pa.table(rows)))


def test_a_capacity_that_fills_up_with_what_loses_is_refused() -> None:
    value = {"act": "case when outcome then -40 else 5 end", "skip": 0}
    with pytest.raises(ContradictedThreshold, match="acts on high scores"):
        evaluated(rows_of(17), {"capacity": "3 per day"}, value=value, assumptions={})
