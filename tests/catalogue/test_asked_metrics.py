"""What ``metrics`` asks for by name is in the result: at its parameters, by its method, or null with the reason."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import binomtest
from sklearn.metrics import fbeta_score, roc_auc_score
from tests.quantities.conftest import orders
from tests.quantities.conftest import spec_of as order_spec
from tests.truth import many

import payoff
from payoff.errors import PayoffError
from payoff.spec import load_spec
from payoff.spec.names import FURTHER, GUARDED, METRICS, OF_CLASSES, OF_QUANTITIES
from payoff.spec.parameters import EXACT, PARAMETERS, default_of
from payoff.stats.binned_calibration import BINS, binned_calibration_error
from payoff.stats.estimates import Estimate
from payoff.stats.partial_area import MOST_FALSE_ALARMS
from payoff.stats.ranking import ScoreCells
from payoff.stats.targeting import TOP_SHARE

# The result is computed from sums of some thousand rows.
ROUNDING = 1e-9
# They name several estimates (those of slices of the model alone), or money that is always there.
GROUPS = {"paired_differences", "slice_differences", "shift_effects", "value", "gain"}
SCORES: Mapping[str, dict[str, Any]] = {
    "a probability": {"score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
    "a rank": {"score": "rank", "score_is": "rank", "policy": {"threshold": 4.0}},
    "no score": {"policy": {"when": "p > 0.4"}},
    "a share": {"score": "p", "score_is": "probability", "policy": {"capacity": 0.2}},
}


def drawn(count: int = 900, seed: int = 3) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    p = np.round(generator.beta(1.5, 2.5, count), 2).clip(0.01, 0.99)
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "y": generator.random(count) < p,
            "p": p,
            "rank": 10.0 * p,
            "other": np.round((p + generator.normal(0, 0.2, count)).clip(0.01, 0.99), 2),
            "w": generator.choice([1.0, 3.0], count),
            "customer": np.arange(count) // 3,
            "region": generator.choice(["north", "south"], count),
        }
    )


def spec_of(metrics: list[Any] | None, model: str = "a probability", **more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 3 else -1 end", "skip": 0},
        "model": {"name": "model", **SCORES[model]},
        "challengers": {"rule": SCORES["no score"], "ranked": SCORES["a rank"]},
        "baselines": {"old": {"score": "other", "score_is": "rank", "threshold": 0.5}},
        "today": "old",
        **({} if metrics is None else {"metrics": metrics}),
        **more,
    }


def found(metrics: list[Any], model: str = "a probability", **more: Any) -> payoff.Result:
    return payoff.evaluate(drawn(), spec_of(metrics, model, **more))


def of(result: payoff.Result, metric: str, name: str = "model", **at: float) -> Estimate:
    (one,) = [
        each
        for each in result.estimates
        if (each.metric, each.of, each.slice) == (metric, name, None)
        and (each.at or {}) == (at or dict(default_of(metric)))
    ]
    return one


@pytest.mark.parametrize("model", SCORES)
def test_every_name_asked_is_told_of_the_model_and_every_challenger(model: str) -> None:
    asked = [*METRICS, *FURTHER, {"precision_at_k": {"k": 10}}]
    result = found(asked, model)
    told = {(one.metric, one.of) for one in result.estimates}
    for name in (*METRICS, *FURTHER, "precision_at_k"):
        for candidate in ("model", "rule", "ranked"):
            if name not in GROUPS and (name != "prevalence" or candidate == "model"):
                assert (name, candidate) in told
    assert all(one.note for one in result.estimates if one.value is None)


def test_one_name_alone_is_never_dropped() -> None:
    for name in ("recall", "net_benefit", "reliability", "expected_maximum_profit"):
        told = {one.of for one in found([name], "no score").estimates if one.metric == name}
        assert told >= {"model", "rule", "ranked"}, name


def test_the_reason_says_what_is_lacking() -> None:
    result = found(["brier_score", "roc_auc", "local_calibration"], "a share")
    assert of(result, "brier_score", "ranked").note == "not evaluated: its score is a rank, not a probability"
    assert of(result, "brier_score", "old").note == "not evaluated: its score is a rank, not a probability"
    assert of(result, "roc_auc", "rule").note == "not evaluated: it has no score"
    assert of(result, "roc_auc", "old").value is not None
    assert not [one for one in result.estimates if (one.metric, one.of) == ("roc_auc", "nobody")]


def test_what_nobody_asked_for_by_name_is_left_out_as_before() -> None:
    result = payoff.evaluate(drawn(), spec_of(None, "a rank"))
    assert not [one for one in result.estimates if one.method == "not evaluated"]


def test_every_name_asked_of_several_classes_is_told_of_the_model_and_every_challenger() -> None:
    spec = many.spec_of()
    spec["metrics"] = list(OF_CLASSES)
    result = payoff.evaluate(pa.table(many.rows_of(1)), spec)
    told = {(one.metric, one.of.removesuffix("/likeliest class")) for one in result.estimates}
    candidates = [one.name for one in result.record.policies if one.role != "baseline"]
    assert len(candidates) > 1
    assert not [(name, one) for name in OF_CLASSES for one in candidates if (name, one) not in told]
    assert all(one.note for one in result.estimates if one.value is None)


def test_every_name_asked_of_quantities_is_told_of_the_model_and_every_challenger() -> None:
    spec = order_spec()
    spec["metrics"] = list(OF_QUANTITIES)
    spec["model"].pop("interval", None)
    result = payoff.evaluate(pa.table(orders()), spec)
    told = {(one.metric, one.of) for one in result.estimates}
    candidates = [one.name for one in result.record.policies if one.role != "baseline"]
    assert len(candidates) == 2
    assert not [(name, one) for name in OF_QUANTITIES for one in candidates if (name, one) not in told]
    note = next(one.note for one in result.estimates if one.metric == "interval_coverage")
    assert note == "not evaluated: no predicted interval is stated"


@pytest.mark.parametrize("max_fpr", [0.02, 0.1, 0.2, 0.5, 0.99, 1.0])
def test_a_partial_area_is_that_of_scikit_learn_at_any_end(max_fpr: float) -> None:
    rows = drawn()
    one = of(
        found([{"metric": "partial_roc_auc", "at": {"max_fpr": max_fpr}}]), "partial_roc_auc", max_fpr=max_fpr
    )
    assert one.value == pytest.approx(roc_auc_score(rows["y"], rows["p"], max_fpr=max_fpr), abs=ROUNDING)
    assert one.low < one.value < one.high


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_f_beta_is_that_of_scikit_learn_beside_f1(beta: float) -> None:
    rows = drawn()
    result = found(["f_beta", {"metric": "f_beta", "at": {"beta": beta}}])
    acted = rows["p"] >= 0.4
    for each in (1.0, beta):
        wanted = fbeta_score(rows["y"], acted, beta=each)
        assert of(result, "f_beta", beta=each).value == pytest.approx(wanted, abs=ROUNDING)
    assert of(result, "f_beta", "rule", beta=beta).value is not None


def test_lift_and_capture_are_those_of_the_share_asked_for() -> None:
    rows = drawn(900)
    share = 0.2
    result = found([{"metric": name, "at": {"share": share}} for name in ("lift", "capture_rate")])
    # By hand: rows tied at the cut count in part, by their mean.
    order = np.sort(rows["p"].unique())[::-1]
    left, caught = share * len(rows), 0.0
    for score in order:
        tied = rows["y"][rows["p"] == score]
        part = min(1.0, left / len(tied))
        caught, left = caught + part * tied.sum(), left - part * len(tied)
        if left <= 0:
            break
    captured = caught / rows["y"].sum()
    assert of(result, "capture_rate", share=share).value == pytest.approx(captured, abs=ROUNDING)
    assert of(result, "lift", share=share).value == pytest.approx(captured / share, abs=ROUNDING)


def test_bins_are_as_many_as_asked_for() -> None:
    rows = drawn()
    scores, code = np.unique(rows["p"], return_inverse=True)
    by = [np.bincount(code, kept, len(scores)).astype(float) for kept in (rows["y"], ~rows["y"])]
    counts = [int(column.sum()) for column in by]
    cells = ScoreCells(
        score=scores, positive=by[0], negative=by[1], positive_squared=by[0], negative_squared=by[1],
        positives=counts[0], negatives=counts[1],
    )  # fmt: skip
    names = ("binned_calibration_error", "reliability", "resolution")
    result = found([{"metric": name, "at": {"bins": 4}} for name in names])
    told = of(result, "binned_calibration_error", bins=4.0)
    assert told.value == pytest.approx(binned_calibration_error(cells, bins=4).value, abs=ROUNDING)
    assert "4 bins" in told.note
    assert of(result, "resolution", bins=4.0).value != of(found(["resolution"]), "resolution").value


@pytest.mark.parametrize("data", [{}, {"weight": "w"}, {"cluster": "customer"}])
def test_a_guardrail_limits_what_the_metric_at_the_same_parameters_tells(data: dict[str, str]) -> None:
    asked = [
        {"metric": name, "at": {PARAMETERS[name].name: number}}
        for name, number in (("f_beta", 2.0), ("partial_roc_auc", 0.3), ("lift", 0.25), ("capture_rate", 0.3))
    ]
    rails = [{**one, "at_least": 0.01} for one in asked] + [
        {"metric": "recall", "method": "exact", "at_least": 0.1}
    ]
    more = {"data": {"outcome": "y", "id": "id", **data}, "guardrails": rails}
    result = found([*asked, {"metric": "recall", "method": "exact"}], **more)
    for rail in result.verdict.guardrails:
        one = of(result, rail.metric, **(rail.at or {}))
        assert (rail.value, rail.low, rail.high) == (one.value, one.low, one.high)
        assert rail.status == "cleared"


def test_a_difference_is_limited_at_parameters_too() -> None:
    rail = {"metric": "lift", "at": {"share": 0.3}, "over": "old", "at_least": -1}
    result = found([{"metric": "lift", "at": {"share": 0.3}}], guardrails=[rail])
    ours, theirs = (of(result, "lift", name, share=0.3).value for name in ("model", "old"))
    (judged,) = result.verdict.guardrails
    assert (judged.at, judged.value) == ({"share": 0.3}, pytest.approx(ours - theirs, abs=ROUNDING))


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_interval_is_that_of_scipy(name: str) -> None:
    one = of(found([{"metric": name, "method": "exact"}], slices=["region"]), name)
    wanted = binomtest(round(one.value * one.rows), one.rows).proportion_ci(0.95, method="exact")
    # Both are quantiles of the same beta distribution; ours is inverted to 1e-13.
    assert (one.low, one.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert (one.method, one.tier) == ("clopper_pearson", "A")
    usual = of(found([name]), name)
    assert usual.method == "wilson"
    assert one.high - one.low > usual.high - usual.low


def test_an_exact_interval_reaches_the_slices_too() -> None:
    result = found([{"metric": "recall", "method": "exact"}, "precision"], slices=["region"])
    methods = {(one.metric, one.method) for one in result.estimates if one.slice and one.unit == "1"}
    assert methods == {("recall", "clopper_pearson"), ("precision", "wilson")}


def test_an_exact_interval_of_weighted_rows_stands_at_the_rows_they_are_worth() -> None:
    more = {"data": {"outcome": "y", "id": "id", "weight": "w"}}
    one, usual = (
        of(found([asked], **more), "recall") for asked in ({"metric": "recall", "method": "exact"}, "recall")
    )
    assert (one.method, one.value) == ("korn_graubard", usual.value)
    assert one.high - one.low > usual.high - usual.low


def test_defaults_are_those_of_the_statistics() -> None:
    stated = {name: dict(default_of(name)) for name in PARAMETERS}
    assert stated["partial_roc_auc"] == {"max_fpr": MOST_FALSE_ALARMS}
    assert stated["lift"] == stated["capture_rate"] == {"share": TOP_SHARE}
    assert {name for name, at in stated.items() if at == {"bins": float(BINS)}} == {
        "binned_calibration_error", "reliability", "resolution",
    }  # fmt: skip


REFUSED = [
    ({"metric": "f_beta", "at": {"bta": 2}}, "PAY210", "did you mean beta"),
    ({"metric": "f_beta", "at": {"beta": 0}}, "PAY214", "a positive beta"),
    ({"metric": "recall", "at": {"beta": 2}}, "PAY210", "parameters of recall"),
    ({"metric": "partial_roc_auc", "at": {"max_fpr": 1.5}}, "PAY214", "at most 1"),
    ({"metric": "lift", "at": {"share": 1}}, "PAY214", "below 1"),
    ({"metric": "reliability", "at": {"bins": 2.5}}, "PAY214", "a whole number"),
    ({"metric": "reliability", "at": {"bins": 0}}, "PAY214", "a whole number"),
    ({"metric": "partial_auc", "at": {"max_fpr": 0.2}}, "PAY225", "did you mean partial_roc_auc"),
    ({"metric": "roc_auc", "method": "exact"}, "PAY225", "an exact interval of roc_auc"),
    ({"metric": "recall", "method": "wilson"}, "PAY212", "exact"),
    ({"metric": "recall", "methd": "exact"}, "PAY210", "did you mean method"),
    ({"metric": "precision_at_k", "at": {"k": 3}}, "PAY225", "{precision_at_k: {k: 100}}"),
    ({"f_beta": {}}, "PAY225", "{metric: f_beta, at: {...}}"),
]


@pytest.mark.parametrize(("entry", "code", "words"), REFUSED)
def test_what_a_metric_has_not_is_refused(entry: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(PayoffError) as caught:
        load_spec(spec_of([entry]))
    assert caught.value.code == code
    assert words in str(caught.value)
    assert "metrics[0]" in str(caught.value)


def test_two_methods_of_one_metric_are_refused_and_one_asked_twice_is_told_once() -> None:
    with pytest.raises(PayoffError) as caught:
        load_spec(spec_of(["recall", {"metric": "recall", "method": "exact"}]))
    assert caught.value.code == "PAY216"
    result = found(["f_beta", {"metric": "f_beta", "at": {"beta": 1}}, "f_beta"])
    assert of(result, "f_beta").value is not None


@pytest.mark.parametrize(
    ("rail", "words"),
    [
        ({"metric": "lift", "at": {"shar": 0.2}}, "did you mean share"),
        ({"metric": "lift", "at": {"share": 2}}, "below 1"),
        ({"metric": "lift", "method": "exact"}, "an exact interval of lift"),
        ({"metric": "recall", "over": "old", "method": "exact"}, "an exact interval of a difference"),
    ],
)
def test_guardrails_refuse_the_same(rail: dict[str, Any], words: str) -> None:
    with pytest.raises(PayoffError) as caught:
        load_spec(spec_of(None, guardrails=[{**rail, "at_least": 0.1}]))
    assert caught.value.code == "PAY224"
    assert words in str(caught.value)


def test_every_parameter_is_of_a_metric_that_a_spec_may_name() -> None:
    assert set(PARAMETERS) <= {*METRICS, *FURTHER, *GUARDED}


def test_what_metrics_advises_does_not_hang_on_what_the_spec_asks_for() -> None:
    asked = [{"metric": "f_beta", "at": {"beta": 2}}, {"metric": "recall", "method": "exact"}]
    one, other = (payoff.metrics(spec_of(metrics), drawn()) for metrics in (asked, None))
    told = [json.loads(each.to_json()) for each in (one, other)]
    assert told[0]["metrics"] == told[1]["metrics"]
