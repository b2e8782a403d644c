"""Metrics that a spec asks for by name: there when asked for, weighted, clustered, on a grid, or refused with why."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score, roc_auc_score

import payoff
from payoff.catalogue import CATALOGUE
from payoff.errors import PayoffError
from payoff.rendering.wording import METRICS as WORDS
from payoff.spec.names import FURTHER, GUARDED, METRICS
from payoff.stats.proportions import newcombe_paired

# The result is computed from sums of some thousand rows.
ROUNDING = 1e-9
SWITCHES = {"paired_differences", "slice_differences", "shift_effects", "net_benefit"}
CONSTANT = {"act": "case when outcome then gain else -cost end", "skip": 0}


def drawn(count: int = 3_000, seed: int = 1) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    score = np.round(generator.beta(1.5, 4.0, count), 3).clip(0.001, 0.999)
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "y": generator.random(count) < score,
            "score": score,
            "old": np.round((score + generator.normal(0, 0.1, count)).clip(0.001, 0.999), 3),
            "customer": np.arange(count) // 3,
            "w": generator.choice([1.0, 2.5], count),
            "amount": generator.random(count),
        }
    )


def evaluated(rows: pd.DataFrame, metrics: list[str] | None = None, **changes: object) -> payoff.Result:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": CONSTANT,
        "assumptions": {"gain": 3, "cost": 1},
        "model": {"score": "score", "score_is": "probability", "policy": {"threshold": 0.25}},
        "baselines": {
            "old": {"score": "old", "score_is": "probability", "threshold": 0.25},
            "lots": {"random": 0.3},
        },
        "today": "old",
        "hurdles": [{"name": "pays", "gain": "0.01 per decision", "over": "today"}],
        **({} if metrics is None else {"metrics": metrics}),
    }
    return payoff.evaluate(rows, {**spec, **changes})


def one(result: payoff.Result, metric: str, of: str = "model", over: str | None = None) -> object:
    return next(each for each in result.estimates if (each.metric, each.of, each.over) == (metric, of, over))


def test_none_of_them_is_there_unless_a_spec_names_it() -> None:
    named = {each.metric for each in evaluated(drawn()).estimates}
    assert not named & set(FURTHER)
    assert {"recall", "roc_auc", "calibration_error"} <= named


def test_each_is_there_when_it_is_named_and_says_what_it_rests_on() -> None:
    rows = drawn()
    result = evaluated(rows, list(FURTHER))
    found = {each.metric: each for each in result.estimates if each.of == "model" and each.over is None}
    assert set(FURTHER) - SWITCHES <= set(found)
    for name in set(FURTHER) - SWITCHES:
        each = found[name]
        assert each.value is not None
        assert (each.low is None) == (each.high is None)
        assert each.low is None or each.low <= each.value <= each.high
        assert each.method
        assert each.rows > 0
        assert each.low is not None or "no interval" in each.note


def test_every_metric_of_the_catalogue_has_words_and_every_further_name_an_entry() -> None:
    assert set(FURTHER) - SWITCHES <= set(CATALOGUE)
    assert set(CATALOGUE) <= set(WORDS)
    assert not set(FURTHER) & set(METRICS)
    # How long an answer takes is measured of the model, not of its decisions or scores.
    assert set(GUARDED) <= {*CATALOGUE, "latency"}


def test_points_are_those_of_scikit_learn_on_the_rows_also_with_weights() -> None:
    rows = drawn()
    for data, weight in (({}, None), ({"weight": "w"}, rows["w"])):
        result = evaluated(
            rows, ["partial_roc_auc", "cohen_kappa", "lift"], data={"outcome": "y", "id": "id", **data}
        )
        partial = one(result, "partial_roc_auc")
        expected = roc_auc_score(rows["y"], rows["score"], max_fpr=0.1, sample_weight=weight)
        assert partial.value == pytest.approx(expected, abs=ROUNDING)
        assert partial.at == {"max_fpr": 0.1}
        kappa = cohen_kappa_score(rows["y"], rows["score"] >= 0.25, sample_weight=weight)
        assert one(result, "cohen_kappa").value == pytest.approx(kappa, abs=ROUNDING)
        assert one(result, "lift").at == {"share": 0.1}


def test_in_clusters_they_are_jackknifed_or_refused_with_the_reason() -> None:
    names = [name for name in FURTHER if name not in SWITCHES]
    result = evaluated(drawn(), names, data={"outcome": "y", "id": "id", "cluster": "customer"})
    for name in ("spiegelhalter_z", "binned_calibration_error", "reliability", "resolution"):
        assert one(result, name).value is None
        assert one(result, name).note.startswith("not evaluated: rows come in clusters")
    assert one(result, "expected_maximum_profit").value is None
    for name in ("partial_roc_auc", "capture_rate", "lift", "calibration_slope", "uncertainty"):
        assert one(result, name).method.startswith("delete-a-group jackknife over 20 groups")
        assert one(result, name).tier == "A"
    for name in ("h_measure", "discrimination"):
        assert one(result, name).tier == "C"
        assert "which the interval keeps" in one(result, name).note


def test_in_clusters_no_luck_of_independent_rows_is_told_beside_the_calibration_error() -> None:
    asked = ["calibration_error"]
    apart = evaluated(drawn(), asked, data={"outcome": "y", "id": "id"})
    clustered = evaluated(drawn(), asked, data={"outcome": "y", "id": "id", "cluster": "customer"})
    assert "by luck alone up to" in one(apart, "calibration_error").note
    assert "p = " not in one(clustered, "calibration_error").note
    assert one(clustered, "calibration_error").value == pytest.approx(one(apart, "calibration_error").value)


def test_on_a_grid_each_number_of_a_score_says_how_far_it_can_be_off() -> None:
    generator = np.random.default_rng(2)
    count = 200_100
    score = generator.beta(1.5, 4.0, count)
    rows = pd.DataFrame(
        {"id": np.arange(count), "y": generator.random(count) < score, "score": score, "old": score}
    )
    names = ["partial_roc_auc", "lift", "h_measure", "discrimination", "calibration_slope", "spiegelhalter_z"]
    result = evaluated(rows, [*names, "calibration_intercept"])
    for name in names:
        assert "on a grid of" in one(result, name).note
    exact = roc_auc_score(rows["y"], score, max_fpr=0.1)
    bound = float(one(result, "partial_roc_auc").note.rsplit("within ", 1)[1].split(" ")[0])
    # The bound is printed to one digit.
    assert abs(one(result, "partial_roc_auc").value - exact) <= 1.5 * bound + ROUNDING


def test_paired_differences_are_newcombe_s_of_the_same_rows() -> None:
    rows = drawn()
    result = evaluated(rows, ["paired_differences"])
    positive = rows[rows["y"]]
    ours, theirs = positive["score"] >= 0.25, positive["old"] >= 0.25
    counts = [(ours & theirs), (ours & ~theirs), (~ours & theirs), (~ours & ~theirs)]
    expected = newcombe_paired(*(int(part.sum()) for part in counts))
    found = one(result, "recall", over="old")
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=ROUNDING
    )
    assert (found.method, found.events) == ("newcombe_paired", expected.events)
    _, ours, theirs, _ = (int(part.sum()) for part in counts)
    p = binomtest(ours, ours + theirs, 0.5).pvalue
    shown = f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"
    assert found.note == f"McNemar's exact test on {ours + theirs:,} rows that tell them apart: {shown}"
    right = (rows["score"] >= 0.25) == rows["y"]
    also = (rows["old"] >= 0.25) == rows["y"]
    assert one(result, "accuracy", over="old").value == pytest.approx(
        right.mean() - also.mean(), abs=ROUNDING
    )


def test_against_actions_by_lot_and_with_weights_differences_are_jackknifed() -> None:
    rows = drawn()
    by_lot = one(evaluated(rows, ["paired_differences"]), "recall", over="lots")
    assert by_lot.method == "paired, delete-a-group jackknife"
    recall = (rows["score"] >= 0.25)[rows["y"]].mean()
    assert by_lot.value == pytest.approx(recall - 0.3, abs=ROUNDING)
    assert by_lot.low < by_lot.value < by_lot.high
    result = evaluated(rows, ["paired_differences"], data={"outcome": "y", "id": "id", "weight": "w"})
    weighted = one(result, "specificity", over="old")
    negative = rows[~rows["y"]]
    gap = (negative["score"] < 0.25).astype(float) - (negative["old"] < 0.25)
    assert weighted.value == pytest.approx(np.average(gap, weights=negative["w"]), abs=ROUNDING)
    assert weighted.method == "paired, delete-a-group jackknife"


def test_the_expected_maximum_profit_is_the_best_threshold_s_where_nothing_is_in_doubt() -> None:
    rows = drawn()
    found = one(evaluated(rows, ["expected_maximum_profit"]), "expected_maximum_profit")
    worth = np.where(rows["y"], 3.0, -1.0)
    best = max((worth * (rows["score"] >= cut)).mean() for cut in np.unique(rows["score"]))
    assert found.value == pytest.approx(best, abs=ROUNDING)
    assert (found.unit, found.tier) == ("EUR per decision", "C")
    assert found.note.startswith("potential, if the threshold is retuned")
    # Doubt that a retuned threshold can use is worth something.
    ranged = {"gain": {"likely": 3, "low": 1, "high": 5}, "cost": 1}
    doubt = one(evaluated(rows, ["expected_maximum_profit"], assumptions=ranged), "expected_maximum_profit")
    assert doubt.value > found.value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"value": {"act": "case when outcome then gain * amount else -cost end", "skip": 0}},
            "differs between",
        ),
        (
            {
                "assumptions": {
                    "gain": {"likely": 3, "low": -3, "high": 5},
                    "cost": {"likely": 1, "low": -2, "high": 2},
                }
            },
            "loses on positives",
        ),
    ],
)
def test_the_expected_maximum_profit_is_refused_where_it_means_nothing(changes, reason) -> None:
    found = one(evaluated(drawn(), ["expected_maximum_profit"], **changes), "expected_maximum_profit")
    assert found.value is None
    assert found.note.startswith("not evaluated: ")
    assert reason in found.note


def test_a_guardrail_judges_those_with_an_interval_and_refuses_potentials() -> None:
    rails = [{"metric": "lift", "at_least": 1.1}, {"metric": "calibration_slope", "at_least": 0.5}]
    result = evaluated(drawn(), guardrails=rails)
    assert [rail.status for rail in result.verdict.guardrails] == ["cleared", "cleared"]
    with pytest.raises(PayoffError, match="h_measure"):
        evaluated(drawn(), guardrails=[{"metric": "h_measure", "at_least": 0.1}])


def test_two_policies_that_never_differ_in_sixty_rows_are_not_taken_for_equal() -> None:
    rows = drawn(60).assign(old=lambda table: table["score"])
    rail = {"metric": "recall", "over": "old", "at_least": -0.01}
    judged = evaluated(rows, guardrails=[rail]).verdict.guardrails[0]
    assert judged.value == 0.0
    assert judged.low < -0.01
    assert judged.status == "undecided"
