"""Guardrails on a metric of scores less that of another score: the paired difference, judged or refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

import payoff
from payoff.errors import JudgingError

Maker = Callable[..., Any]
ROUNDING = 1e-9
METRICS = (
    "roc_auc",
    "brier_score",
    "log_loss",
    "average_precision",
    "partial_roc_auc",
    "capture_rate",
    "lift",
)


@pytest.fixture
def judged(make_rows: Maker, make_spec: Maker) -> Callable[..., Any]:
    rows = make_rows(3, 4_000)
    rows["third"] = rows["p"]
    rows["rank"] = np.argsort(np.argsort(rows["older"])).astype(float)

    def run(*rails: dict[str, Any], metrics: Any = None, **data: str) -> Any:
        spec = make_spec(0.25, id="id", **data)
        spec["challengers"] |= {
            "twin": {"score": "third", "score_is": "probability", "policy": {"threshold": 0.25}},
            "ranked": {"score": "rank", "score_is": "rank", "policy": {"threshold": 9.0}},
        }
        spec["guardrails"] = list(rails)
        if metrics:
            spec["metrics"] = metrics
        return payoff.evaluate(pa.table(rows), spec)

    run.rows = rows  # type: ignore[attr-defined]
    return run


def test_differences_are_those_of_the_metrics(judged: Maker) -> None:
    y, p, q = (judged.rows[name] for name in ("y", "p", "older"))  # type: ignore[attr-defined]
    found = judged(*({"metric": name, "at_least": -0.9, "over": "old"} for name in METRICS[:4]))
    wanted = [
        roc_auc_score(y, p) - roc_auc_score(y, q),
        np.mean((y - p) ** 2) - np.mean((y - q) ** 2),
        log_loss(y, p) - log_loss(y, q),
        average_precision_score(y, p) - average_precision_score(y, q),
    ]
    assert [rail.value for rail in found.verdict.guardrails] == pytest.approx(wanted, abs=1e-6)
    for rail in found.verdict.guardrails:
        assert rail.low < rail.value < rail.high
        assert (rail.status, rail.over) == ("cleared", "old")


def test_they_equal_the_paired_differences_that_metrics_tell(judged: Maker) -> None:
    rails = [{"metric": name, "at_least": -0.9, "over": "old"} for name in METRICS[:3]]
    found = judged(*rails, metrics=["paired_differences"])
    told = {one.metric: one for one in found.estimates if (one.of, one.over) == ("new", "old")}
    for rail in found.verdict.guardrails:
        one = told[rail.metric]
        assert (rail.value, rail.low, rail.high) == pytest.approx(
            (one.value, one.low, one.high), rel=ROUNDING
        )


@pytest.mark.parametrize("metric", METRICS)
def test_a_better_score_clears_and_a_worse_one_misses_either_way_round(judged: Maker, metric: str) -> None:
    better = "at_most" if metric in ("brier_score", "log_loss") else "at_least"
    worse = {"at_most": "at_least", "at_least": "at_most"}[better]
    found = judged(*({"metric": metric, limit: 0.0, "over": "old"} for limit in (better, worse)))
    assert [rail.status for rail in found.verdict.guardrails] == ["cleared", "missed"]


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "log_loss"])
def test_scores_that_are_alike_cannot_be_told_apart(judged: Maker, metric: str) -> None:
    rail = judged({"metric": metric, "at_least": 0.0, "over": "twin"}).verdict.guardrails[0]
    assert rail.value == 0.0
    assert rail.status in ("cleared", "undecided", "not evaluated")
    assert rail.status != "missed"


@pytest.mark.parametrize("metric", METRICS)
def test_clusters_are_the_units_of_their_errors(judged: Maker, metric: str) -> None:
    rail = {"metric": metric, "at_least": -0.9, "over": "old"}
    plain, clustered = (judged(rail, **data).verdict.guardrails[0] for data in ({}, {"cluster": "person"}))
    assert clustered.value == pytest.approx(plain.value, rel=ROUNDING)
    assert clustered.low != pytest.approx(plain.low, rel=1e-6)
    assert clustered.status == "cleared"


@pytest.mark.parametrize(
    ("rail", "said"),
    [
        ({"metric": "calibration_error", "over": "old"}, "which has none worth a limit"),
        ({"metric": "calibration_slope", "over": "old"}, "which has none worth a limit"),
        ({"metric": "roc_auc", "over": "rule"}, "rule, which has no score"),
        ({"metric": "brier_score", "over": "ranked"}, "ranked, whose score is a rank"),
        ({"metric": "roc_auc", "over": "old", "in_every": ["region"]}, "within slices"),
    ],
)
def test_what_cannot_be_told_is_refused(judged: Maker, rail: dict[str, Any], said: str) -> None:
    with pytest.raises(JudgingError, match=said):
        judged({**rail, "at_least": -0.5})


def test_ranks_are_compared_by_their_order(judged: Maker) -> None:
    one, other = judged(
        {"metric": "roc_auc", "at_least": 0.0, "over": "ranked"},
        {"metric": "roc_auc", "at_least": 0.0, "over": "old"},
    ).verdict.guardrails
    # Ranks of tied scores break the ties.
    assert one.value == pytest.approx(other.value, abs=0.01)


def test_average_precision_of_few_positives_is_told_and_not_judged(
    make_rows: Maker, make_spec: Maker
) -> None:
    rows = make_rows(4, 300)
    assert rows["y"].sum() < 100
    spec = make_spec(0.25, id="id")
    spec["guardrails"] = [
        {"metric": "average_precision", "at_least": 0.01},
        {"metric": "average_precision", "at_least": -0.9, "over": "old"},
    ]
    for rail in payoff.evaluate(pa.table(rows), spec).verdict.guardrails:
        assert rail.value is not None
        assert rail.status == "not evaluated"
