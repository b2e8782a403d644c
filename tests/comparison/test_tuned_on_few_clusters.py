"""Few clusters: whether a threshold is given or tuned on the rows, under thirty effective ones give no verdict."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

ROWS_EACH = 20
CONSTANT = {"true_positive": 5, "false_positive": -2, "false_negative": 0, "true_negative": 0}
COLUMN = {"act": "case when outcome then amount else -2 end", "skip": 0}
# Means of some thousand doubles in another order.
ROUNDING = 1e-9


def rows_in(sizes: list[int], seed: int = 0) -> dict[str, Any]:
    """Return rows of a skilled score in clusters of these sizes."""
    rng, n = np.random.default_rng(seed), sum(sizes)
    p = rng.random(n).round(2)
    return {
        "id": np.arange(n),
        "p": p,
        "p2": np.clip(p + rng.normal(0.0, 0.1, n), 0.0, 1.0).round(2),
        "y": (rng.random(n) < p).astype(np.int64),
        "amount": rng.gamma(8.0, 1.0, n).round(2),
        "person": np.repeat(np.arange(len(sizes)), sizes),
    }


def judged(rows: dict[str, Any], policy: Any, value: Any = CONSTANT, **more: Any) -> Any:
    data = {"outcome": "y", "id": "id", "cluster": "person"}
    spec = {
        "decision": {"unit": "EUR"},
        "data": data,
        "value": value,
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": policy}},
        "today": "nobody",
        "hurdles": [{"name": "h", "gain": "0.1 per decision"}],
        **more,
    }
    return payoff.evaluate(pa.table(rows), spec)


def number(found: Any, metric: str, of: str = "m", over: str | None = "nobody") -> Any:
    (one,) = (each for each in found.estimates if (each.metric, each.of, each.over) == (metric, of, over))
    return one


@pytest.mark.parametrize("value", [CONSTANT, COLUMN])
@pytest.mark.parametrize("policy", [0.5, "best"])
@pytest.mark.parametrize("sizes", [[ROWS_EACH] * 29, [220] * 5 + [7] * 60])
def test_under_thirty_effective_clusters_a_threshold_is_not_judged_however_it_was_found(
    sizes: list[int], policy: Any, value: Any
) -> None:
    kish = sum(sizes) ** 2 / sum(size**2 for size in sizes)
    found = judged(rows_in(sizes), policy, value)
    gain, hurdle = number(found, "gain"), found.verdict.hurdles[0]
    assert gain.value is not None
    assert (gain.low, gain.high, gain.tier) == (None, None, "C")
    assert f"{kish:.0f} effective clusters, 30 are needed" in gain.note
    assert (hurdle.status, hurdle.reason, hurdle.probability) == ("not evaluated", "few_clusters", None)
    assert found.verdict.overall == "hold"


@pytest.mark.parametrize(("clusters", "tier"), [(30, "A-"), (99, "A-"), (100, "A")])
def test_from_thirty_clusters_on_a_tuned_threshold_is_judged_and_from_a_hundred_unwidened(
    clusters: int, tier: str
) -> None:
    found = judged(rows_in([ROWS_EACH] * clusters), "best")
    gain = number(found, "gain")
    assert gain.low is not None
    assert gain.tier == tier
    assert ("widened x2 for" in gain.method) == (tier == "A-")
    assert found.verdict.hurdles[0].status == "cleared"


def test_among_few_clusters_the_best_looking_threshold_is_used_and_the_rows_are_not_halved() -> None:
    rows = rows_in([ROWS_EACH] * 20)
    found = judged(rows, "best")
    worth = np.where(rows["y"] == 1, 5.0, -2.0)
    cuts = np.unique(rows["p"])
    means = [(worth * (rows["p"] >= cut)).mean() for cut in cuts]
    (policy,) = (one for one in found.record.policies if one.name == "m")
    assert policy.threshold == cuts[int(np.argmax(means))]
    assert policy.in_sample
    assert number(found, "claimed_value").value == pytest.approx(max(means), rel=ROUNDING)
    gain = number(found, "gain")
    assert gain.rows == len(rows["y"])
    assert gain.value < max(means)
    assert "point cross-fitted over groups" in gain.note


@pytest.mark.parametrize("policy", [0.5, "best"])
@pytest.mark.parametrize(("clusters", "banded"), [(5, False), (25, False), (40, True)])
def test_the_curve_of_all_thresholds_has_bounds_from_thirty_clusters_on(
    clusters: int, banded: bool, policy: Any
) -> None:
    found = judged(rows_in([ROWS_EACH * 2] * clusters), policy)
    (curve,) = (one for one in found.record.curves if one.kind == "value")
    assert any(low is not None for low in curve.points["low"]) == banded
    assert any(high is not None for high in curve.points["high"]) == banded


@pytest.mark.parametrize(("clusters", "bounded"), [(25, False), (40, True)])
def test_the_best_of_two_tuned_models_has_bounds_from_thirty_clusters_on(
    clusters: int, bounded: bool
) -> None:
    other = {"score": "p2", "score_is": "probability", "policy": {"threshold": "best"}}
    found = judged(rows_in([ROWS_EACH * 2] * clusters), "best", challengers={"other": other})
    for of in ("m", "other"):
        gain = number(found, "gain", of)
        assert (gain.low_adjusted is not None) == (gain.low is not None) == bounded


def test_a_slice_of_few_clusters_has_no_interval_under_a_tuned_threshold() -> None:
    rows = rows_in([ROWS_EACH] * 60)
    rows["place"] = np.where(rows["person"] < 20, "few", "many")
    found = judged(rows, "best", slices=["place"])
    told = {
        one.slice["place"]: one
        for one in found.estimates
        if one.metric == "gain" and one.slice is not None and one.per == "decision"
    }
    assert (told["few"].low, told["few"].tier) == (None, "C")
    assert "20 effective clusters, 30 are needed" in told["few"].note
    assert told["many"].low is not None
