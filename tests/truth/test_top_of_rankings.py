"""The best k rows of all, of queries and of days, against scikit-learn and loops over rows and orders."""

import itertools
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import ndcg_score

import payoff
from payoff.errors import SpecError
from payoff.errors.store import TablesLack
from payoff.stats.top import Rankings, tied, top_of

CLOSE = 1e-12
NAMES = ("precision_at_k", "recall_at_k", "lift_at_k", "value_at_k", "ndcg")


def rows_of(seed: int, n: int = 600, digits: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, 1, n)
    return {
        "id": np.arange(n),
        "query": np.array([f"q{j % 40}" for j in range(n)]),
        "day": [date(2024, 1, 1) + timedelta(days=int(j)) for j in rng.integers(0, 30, n)],
        "y": (rng.random(n) < 1 / (1 + np.exp(1.5 - skill))).astype(np.int64),
        "p": np.round(1 / (1 + np.exp(1.5 - skill - rng.normal(0, 0.7, n))), digits),
        "amount": rng.gamma(2.0, 30.0, n).round(2),
    }


def test_places_are_counted_within_each_ranking_also_behind_one_of_a_single_score() -> None:
    one = np.ones(3, dtype=np.int64)
    both = Rankings(
        pool=np.array([0, 1, 1]),
        period=np.array([0, 1]),
        group=one * 0,
        score=np.array([0.5, 0.9, 0.1]),
        rows=np.array([3, 2, 2]),
        positives=np.array([1, 2, 0]),
        value=np.zeros(3),
        squared=np.zeros(3),
        cubed=np.zeros(3),
        deciding=np.zeros((3, 2), dtype=np.int64),
    )
    assert top_of(both, "precision_at_k", 2.0).tolist() == pytest.approx([1 / 3, 1.0])
    assert top_of(both, "precision_at_k", 4.0).tolist() == pytest.approx([1 / 3, 0.5])


def evaluated(rows: dict[str, Any], metrics: list[Any], **more: Any) -> Any:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "time": "day"} | more.pop("data", {}),
        "value": {"act": "case when outcome then amount else 0 end - 9", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "metrics": metrics,
    }
    return payoff.evaluate(pa.table(rows), spec).record


def found(record: Any, metric: str) -> Any:
    return next(one for one in record.estimates if one.metric == metric and one.of == "m")


def part_of(score: np.ndarray, k: float) -> np.ndarray:
    part = np.zeros(len(score))
    for at in sorted(set(score.tolist()), reverse=True):
        here = score == at
        part[here], k = min(1.0, max(0.0, k) / here.sum()), k - here.sum()
    return part


def by_hand(rows: dict[str, Any], here: np.ndarray, name: str, k: int) -> float:
    y, p = np.asarray(rows["y"])[here], np.asarray(rows["p"])[here]
    if name == "ndcg":
        return float(ndcg_score(y[None], p[None], k=k))
    part, places = part_of(p, k), min(k, len(p))
    if name == "value_at_k":
        worth = np.where(y == 1, np.asarray(rows["amount"])[here], 0.0) - 9
        return float(part @ worth)
    caught = part @ y
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(
            {"precision_at_k": caught / places, "recall_at_k": caught / y.sum()}.get(
                name, caught / places / y.mean()
            )
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_best_of_all_rows_is_that_of_a_loop(name: str) -> None:
    rows = rows_of(1)
    one = found(evaluated(rows, [{name: {"k": 50}}]), name)
    assert one.value == pytest.approx(by_hand(rows, np.ones(600, bool), name, 50), abs=1e-9)
    assert one.at == {"k": 50.0}
    if name != "value_at_k":  # money: test_money_of_rooms
        assert one.low < one.value < one.high


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("per", ["query", "day"])
def test_the_best_of_every_query_and_day_is_the_mean_over_them(name: str, per: str) -> None:
    rows = rows_of(2)
    key = np.array([str(one) for one in rows[per]])
    each = np.array([by_hand(rows, key == pool, name, 3) for pool in sorted(set(key))])
    each = each[np.isfinite(each)]
    one = found(evaluated(rows, [{name: {"k": 3, "per": per}}]), f"{name}_per_{per}")
    assert one.value == pytest.approx(each.mean(), abs=1e-9)
    error = each.std(ddof=1) / np.sqrt(len(each))
    if name == "value_at_k":  # money, of 43 deciding rows
        assert (one.tier, one.low) == ("C", None)
        return
    assert (one.high - one.low) / 2 == pytest.approx(error * 2.03, rel=0.02)


def test_ndcg_of_all_places_is_asked_for_by_its_name() -> None:
    rows = rows_of(3)
    one = found(evaluated(rows, ["ndcg", "roc_auc"]), "ndcg")
    assert one.value == pytest.approx(float(ndcg_score(rows["y"][None], rows["p"][None])), abs=1e-9)
    assert found(evaluated(rows, ["ndcg", "roc_auc"]), "roc_auc").value is not None


@pytest.mark.parametrize("name", NAMES)
def test_ties_are_the_mean_over_all_orders(name: str) -> None:
    rng = np.random.default_rng(4)
    for _ in range(5):
        n, k = 7, int(rng.integers(1, 7))
        score, y, value = rng.choice([0.1, 0.5], n), rng.integers(0, 2, n), rng.normal(0, 5, n)
        y[:2] = (0, 1)
        orders = [
            order for order in itertools.permutations(range(n)) if (np.diff(score[list(order)]) <= 0).all()
        ]
        seen = [of_order(y[list(order)], value[list(order)], name, k) for order in orders]
        assert top_of(rankings(score, y, value), name, k)[0] == pytest.approx(np.mean(seen), abs=CLOSE)


def of_order(y: np.ndarray, value: np.ndarray, name: str, k: int) -> float:
    discount = 1 / np.log2(np.arange(len(y)) + 2)
    return float(
        {
            "precision_at_k": y[:k].mean(),
            "recall_at_k": y[:k].sum() / y.sum(),
            "lift_at_k": y[:k].mean() / y.mean(),
            "value_at_k": value[:k].sum(),
            "ndcg": (y * discount)[:k].sum() / discount[: min(k, y.sum())].sum(),
        }[name]
    )


def rankings(score: np.ndarray, y: np.ndarray, value: np.ndarray) -> Rankings:
    order = np.argsort(-score, kind="stable")
    none = np.zeros(len(y), dtype=np.int64)
    return tied(
        Rankings(
            pool=none,
            period=np.zeros(1, dtype=np.int64),
            group=none,
            score=score[order],
            rows=np.ones(len(y), dtype=np.int64),
            positives=y[order],
            value=value[order],
            squared=value[order] ** 2,
            cubed=value[order] ** 3,
            deciding=np.stack([y[order] == 0, y[order] == 1], axis=1).astype(np.int64),
        )
    )


def test_pending_rows_and_the_order_of_rows_change_nothing() -> None:
    rows = rows_of(5)
    asked = [{name: {"k": 20, "per": "query"}} for name in NAMES]
    more = {
        name: np.concatenate([np.asarray(column), np.asarray(column)[:50]]) for name, column in rows.items()
    }
    more["id"] = np.arange(650)
    more["y"] = pa.array([*rows["y"].tolist(), *[None] * 50])
    order = np.random.default_rng(0).permutation(600)
    turned = {name: np.asarray(column)[order] for name, column in rows.items()}
    first, second, third = (
        [one.value for one in evaluated(each, asked).estimates if "_per_query" in one.metric]
        for each in (rows, more, turned)
    )
    assert first == pytest.approx(second, abs=CLOSE)
    assert first == pytest.approx(third, abs=CLOSE)


def test_few_rankings_and_clusters_across_them_have_no_interval() -> None:
    rows = rows_of(6)
    rows["query"] = np.array([f"q{j % 10}" for j in range(600)])
    assert found(evaluated(rows, [{"ndcg": {"per": "query"}}]), "ndcg_per_query").tier == "C"
    rows = rows_of(6) | {"person": np.arange(600) % 200}
    across = found(
        evaluated(rows, [{"ndcg": {"per": "query"}}], data={"cluster": "person"}), "ndcg_per_query"
    )
    assert (across.tier, across.low) == ("C", None)
    own = found(evaluated(rows, [{"ndcg": {"per": "query"}}], data={"cluster": "query"}), "ndcg_per_query")
    assert own.tier == "A"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("precision_at_k", "PAY283"),
        ({"precision_at_k": {"k": 0}}, "PAY283"),
        ({"precision_at_k": {"k": 2.5}}, "PAY283"),
        ({"precision_at": {"k": 3}}, "PAY225"),
        ({"roc_auc": {"k": 3}}, "PAY225"),
    ],
)
def test_a_top_of_no_rows_is_refused(entry: Any, code: str) -> None:
    with pytest.raises(SpecError) as caught:
        evaluated(rows_of(7), [entry])
    assert caught.value.code == code


def test_weighted_rows_have_no_best_k() -> None:
    with pytest.raises(SpecError, match="carry weights") as caught:
        evaluated(rows_of(7), [{"precision_at_k": {"k": 3}}], data={"weight": "amount"})
    assert caught.value.code == "PAY286"


def test_outcomes_of_several_classes_have_no_best_k() -> None:
    spec: dict[str, Any] = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "classes": ["good", "bad"]},
        "value": {"act": "case when outcome = 'good' then 5 else -5 end", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "metrics": [{"precision_at_k": {"k": 3}}],
    }
    with pytest.raises(SpecError, match="no yes or no") as caught:
        payoff.load_spec(spec)
    assert caught.value.code == "PAY290"


def test_saved_tables_hold_the_rankings_that_were_asked_for(tmp_path: Any) -> None:
    rows = pa.table(rows_of(8))
    spec: dict[str, Any] = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 50 else -9 end", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.5}},
        "metrics": [{"ndcg": {"k": 5, "per": "query"}}],
    }
    payoff.tabulate(rows, spec, tmp_path / "t")
    ten = spec | {"metrics": [{"ndcg": {"k": 10, "per": "query"}}]}
    saved, fresh = payoff.evaluate(None, ten, tables=[tmp_path / "t"]), payoff.evaluate(rows, ten)
    assert found(saved.record, "ndcg_per_query").value == found(fresh.record, "ndcg_per_query").value
    with pytest.raises(TablesLack, match="rankings"):
        payoff.evaluate(None, spec | {"metrics": ["ndcg"]}, tables=[tmp_path / "t"])
