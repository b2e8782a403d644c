"""Every estimator marks intervals over few clusters: none to trust under 30, widened below 100."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.catalogue.laws import BY_SLICE, SHIFTS

import payoff
from payoff.catalogue import CATALOGUE, Clusters

ROWS = 3_000
# Of these an interval may be missing for reasons of their own, whatever the clusters.
NO_INTERVAL = frozenset(
    {
        "calibration_error",
        "spiegelhalter_z",
        "binned_calibration_error",
        "reliability",
        "resolution",
        "expected_maximum_profit",
        "claimed_value",
        "gain_shrunken",
        "h_measure",
        "discrimination",
    }
)


@pytest.fixture(scope="module")
def clustered() -> Callable[[int], Any]:
    found: dict[int, Any] = {}

    def run(clusters: int) -> Any:
        if clusters not in found:
            found[clusters] = evaluated(clusters)
        return found[clusters]

    return run


def evaluated(clusters: int) -> Any:
    rng = np.random.default_rng(11)
    skill = rng.normal(0, 1, ROWS)
    chance = 1 / (1 + np.exp(0.8 - skill))
    rows = {
        "id": np.arange(ROWS),
        "y": (rng.random(ROWS) < chance).astype(np.int64),
        "p": np.round(chance, 3),
        "q": np.round(1 / (1 + np.exp(0.8 - skill + rng.normal(0, 1, ROWS))), 3),
        "amount": rng.integers(20, 60, ROWS).astype(float),
        "who": np.arange(ROWS) % clusters,
        "half": np.where(np.arange(ROWS) % 2 == 0, "even", "odd"),
    }
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "cluster": "who"},
        "value": {"act": "case when outcome then amount else 0 end - 10", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "challengers": {"old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.4}}},
        "metrics": [
            name
            for name, metric in CATALOGUE.items()
            if name not in (*BY_SLICE, *SHIFTS, "net_gain") and metric.of != "quantity"
        ]
        + ["paired_differences", "net_benefit", "shift_effects"],
        "guardrails": [
            {"metric": name, limit: at}
            for name, limit, at in (
                ("recall", "at_least", 0.01),
                ("roc_auc", "at_least", 0.01),
                ("brier_score", "at_most", 0.9),
                ("calibration_in_the_large", "at_most", 0.9),
            )
        ]
        + [
            {"metric": name, "at_least": -0.9, "over": "old"}
            for name in ("recall", "f_beta", "roc_auc", "average_precision")
        ],
        "slices": ["half"],
    }
    return payoff.evaluate(pa.table(rows), spec)


def intervals(found: Any) -> list[Any]:
    """Return the estimates with an interval that is one: neither certain nor of the kinds that have none."""
    return [
        one
        for one in found.estimates
        if one.low is not None and one.low != one.high and one.metric not in NO_INTERVAL
    ]


def of_acting(found: Any) -> list[Any]:
    """Return the intervals over all rows, but of policies that act on none or all where a margin is then empty."""
    linear = {"f_beta", "cohen_kappa"}
    whole = [one for one in intervals(found) if one.slice is None]
    return [one for one in whole if one.metric not in linear or one.of not in ("nobody", "everybody")]


def test_under_thirty_clusters_no_interval_is_trusted_and_no_guardrail_cleared(
    clustered: Callable[[int], Any],
) -> None:
    found = clustered(20)
    assert {(one.metric, one.tier) for one in intervals(found)} == {
        (one.metric, "C") for one in intervals(found)
    }
    for one in intervals(found):
        assert "independent units, 30 are needed" in one.note, one
    assert len({one.metric for one in intervals(found)}) > 20
    for rail in found.verdict.guardrails:
        assert rail.status == "not evaluated", rail.name
        assert rail.reason.startswith("few_clusters"), rail.name


def test_below_a_hundred_clusters_every_interval_is_widened_and_says_so(
    clustered: Callable[[int], Any],
) -> None:
    found = clustered(60)
    whole = of_acting(found)
    assert {(one.metric, one.tier) for one in whole} == {(one.metric, "A-") for one in whole}
    assert {rail.status for rail in found.verdict.guardrails} == {"cleared"}


def test_from_a_hundred_clusters_on_none_is(clustered: Callable[[int], Any]) -> None:
    found = clustered(600)
    whole = of_acting(found)
    assert {(one.metric, one.tier) for one in whole} == {(one.metric, "A") for one in whole}
    nobodys = next(one for one in intervals(found) if one.metric == "f_beta" and one.of == "nobody")
    assert nobodys.tier == "C"
    assert "0 independent units, 30 are needed" in nobodys.note
    assert not any("clusters (" in (one.note or "") for one in whole)


def test_the_error_of_a_widened_interval_is_half() -> None:
    assert Clusters(99.0).level(0.9) == pytest.approx(0.95)
    assert Clusters(100.0).level(0.9) == 0.9
    assert Clusters(29.9).few is not None
    assert Clusters(30.0).few is None
