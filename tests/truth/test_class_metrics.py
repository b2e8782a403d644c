"""Metrics of class probabilities and of answers, from rows to result, against scikit-learn and row loops."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from sklearn import metrics
from tests.truth.many import CLASSES, probabilities, rows_of, spec_of, states_of

import payoff
from payoff.choices import grids
from payoff.errors.data import UnusableRows

# Means of some thousand doubles in another order.
SAME = 1e-9
# On a grid scores of one cell count as tied: what the printed bound of AUC allows at 1,500 rows.
ON_GRID = 2e-3


def found_of(rows: dict[str, Any], spec: dict[str, Any]) -> dict[tuple[str, str | None], Any]:
    result = payoff.evaluate(pa.table(rows), spec)
    return {
        (one.metric, None if one.at is None else one.at.get("class")): one
        for one in result.estimates
        if one.of == "m" and one.over is None and one.slice is None and one.unit == "1"
    }


def expected_of(rows: dict[str, Any], w: np.ndarray) -> dict[str, float]:
    y, p = states_of(rows), probabilities(rows)
    guess, onehot = p.argmax(axis=1), np.eye(3)[y]
    out = {
        "accuracy": metrics.accuracy_score(y, guess, sample_weight=w),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, guess, sample_weight=w),
        "cohen_kappa": metrics.cohen_kappa_score(y, guess, sample_weight=w),
        "matthews_corrcoef": metrics.matthews_corrcoef(y, guess, sample_weight=w),
        "log_loss": metrics.log_loss(y, p, sample_weight=w),
        "brier_score": np.average(((p - onehot) ** 2).sum(axis=1), weights=w),
    }
    for average in ("macro", "micro", "weighted"):
        for kind, score in (
            ("precision", metrics.precision_score),
            ("recall", metrics.recall_score),
            ("f1", metrics.f1_score),
        ):
            out[f"{kind}_{average}"] = score(y, guess, average=average, sample_weight=w)
    areas = [metrics.roc_auc_score(y == k, p[:, k], sample_weight=w) for k in range(3)]
    out["roc_auc_ovr"] = np.mean(areas)
    out["roc_auc_ovr_weighted"] = np.average(areas, weights=[w[y == k].sum() for k in range(3)])
    return out


@pytest.mark.parametrize("kind", ["plain", "weights", "clusters"])
@pytest.mark.parametrize("gridded", [False, True], ids=["exact", "grid"])
def test_metrics_of_class_probabilities_are_those_of_scikit_learn(
    monkeypatch: pytest.MonkeyPatch, kind: str, gridded: bool
) -> None:
    if gridded:
        monkeypatch.setattr(grids, "EXACT_ROWS", 0)
    rows = rows_of(21, weights=kind == "weights")
    data = {"weights": {"weight": "w"}, "clusters": {"cluster": "person"}}.get(kind, {})
    found = found_of(rows, spec_of(**data))
    w = rows["w"] if kind == "weights" else np.ones(len(rows["y"]))
    for name, value in expected_of(rows, w).items():
        one = found[name, None]
        wide = ON_GRID if gridded and name.startswith("roc_auc") else SAME
        assert one.value == pytest.approx(value, abs=wide), name
        assert one.low <= one.value <= one.high, name
        assert one.tier != "C", (name, one.note)
    y, p = states_of(rows), probabilities(rows)
    for k, label in enumerate(CLASSES):
        area = metrics.roc_auc_score(y == k, p[:, k], sample_weight=w)
        assert found["roc_auc", label].value == pytest.approx(area, abs=ON_GRID if gridded else SAME)
        recall = metrics.recall_score(y, p.argmax(axis=1), labels=[k], average=None, sample_weight=w)[0]
        assert found["recall", label].value == pytest.approx(recall)


def test_the_multiclass_brier_score_is_twice_that_of_a_binary_outcome() -> None:
    rows = rows_of(22)
    rows["y"] = np.where(rows["y"] == "paid", "yes", "no")
    rows["p_yes"], rows["p_no"] = rows["p_paid"], 1.0 - rows["p_paid"]
    spec = spec_of(
        {"approve": "case when outcome = 'yes' then 1 else -1 end", "refer": "0.1", "decline": "0"}
    )
    spec["data"] |= {"classes": ["no", "yes"]}
    spec["model"]["scores"] = {"no": "p_no", "yes": "p_yes"}
    found = found_of(rows, spec)
    binary = metrics.brier_score_loss(rows["y"] == "yes", rows["p_yes"])
    assert found["brier_score", None].value == pytest.approx(2 * binary, rel=SAME)
    assert found["roc_auc", "yes"].value == pytest.approx(found["roc_auc", "no"].value, rel=SAME)


@pytest.mark.parametrize("kind", ["weights", "clusters"])
def test_the_error_of_macro_f1_under_weights_and_clusters_is_the_linearised_one(kind: str) -> None:
    rows = rows_of(23, weights=kind == "weights")
    data = {"weights": {"weight": "w"}, "clusters": {"cluster": "person"}}[kind]
    one = found_of(rows, spec_of(**data))["f1_macro", None]
    y, guess = states_of(rows), probabilities(rows).argmax(axis=1)
    w = rows["w"] if kind == "weights" else np.ones(len(y))

    def macro(weight: np.ndarray) -> float:
        return float(metrics.f1_score(y, guess, average="macro", sample_weight=weight))

    # By moving the weight of each kind of row a little: the slope of every cell, and so the influence of every unit.
    slope = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            here = ((y == i) & (guess == j)).astype(float)
            if here.any():
                step = 1e-5
                moved = [macro(w + sign * step * here) for sign in (1, -1)]
                slope[i, j] = (moved[0] - moved[1]) / (2 * step * here.sum())
    influence = w * slope[y, guess]
    if kind == "clusters":
        influence = np.bincount(np.unique(rows["person"], return_inverse=True)[1], influence)
    n = len(influence)
    assert one.low is not None
    stderr = np.sqrt((influence**2).sum() * n / (n - 1))
    at = np.log(one.value / (1 - one.value))
    half = (np.log(one.high / (1 - one.high)) - at) * one.value * (1 - one.value)
    assert half / stderr == pytest.approx(quantile(y, w) if kind == "weights" else 1.96, abs=0.02)


def quantile(y: np.ndarray, w: np.ndarray) -> float:
    """Return Student's quantile by the class whose weights are worth least: half the error below 200 such rows."""
    worth = min(w[y == state].sum() ** 2 / (w[y == state] ** 2).sum() for state in range(3))
    return float(stats.t.ppf(1.0 - (0.0125 if worth < 200 else 0.025), worth - 1.0))


def test_actions_that_bear_the_names_of_classes_are_answers_of_every_policy() -> None:
    rows = rows_of(24)
    rows["sent"] = np.where(rows["seen"] == "A", "paid", np.where(rows["seen"] == "R", "late", "ask"))
    spec = spec_of(
        {name: f"case when outcome = '{name}' then 10 else -1 end" for name in CLASSES} | {"ask": "2"}
    )
    spec["decision"]["actions"] = [*CLASSES, "ask"]
    spec["baselines"] = {"desk": {"decided": "sent", "as": {name: name for name in (*CLASSES, "ask")}}}
    spec["challengers"], spec["today"] = {}, "desk"
    spec["guardrails"] = [{"metric": "f1_macro", "at_least": 0.1}, {"metric": "accuracy", "at_least": 0.99}]
    result = payoff.evaluate(pa.table(rows), spec)
    mine = {
        (e.metric, e.of): e for e in result.estimates if e.at is None and e.slice is None and e.unit == "1"
    }
    y = states_of(rows)
    desk = np.array([(*CLASSES, "ask").index(one) for one in rows["sent"]])
    assert mine["accuracy", "desk"].value == pytest.approx((desk == y).mean())
    assert mine["recall_macro", "desk"].value == pytest.approx(
        metrics.recall_score(y, desk, labels=[0, 1, 2], average="macro")
    )
    assert mine["cohen_kappa", "desk"].value == pytest.approx(metrics.cohen_kappa_score(y, desk))
    assert ("f1_macro", "m/likeliest class") in mine
    assert ("f1_macro", "m") in mine
    assert [one.status for one in result.verdict.guardrails] == ["cleared", "missed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows["p_late"].__setitem__(slice(0, 3), 0.9), "do not sum to 1"),
        (lambda rows: rows["p_late"].__setitem__(5, np.nan), "missing"),
        (lambda rows: rows["p_late"].__setitem__(slice(0, 2), -0.5), "outside 0 to 1"),
    ],
)
def test_probabilities_that_are_none_are_refused_with_code_place_and_ids(change: Any, words: str) -> None:
    rows = rows_of(25)
    change(rows)
    result = payoff.evaluate(pa.table(rows), spec_of())
    assert result.record.partial
    errors = [one for one in result.checks if one.severity == "error"]
    assert any(words in one.found and one.ids and "m" in one.where for one in errors), errors
    with pytest.raises(UnusableRows):
        payoff.tabulate(pa.table(rows), spec_of(), "/tmp/never.payoff")


def test_a_sum_off_by_less_than_a_millionth_is_taken() -> None:
    rows = rows_of(26)
    rows["p_late"] = rows["p_late"] + 9e-7
    assert not payoff.evaluate(pa.table(rows), spec_of()).record.partial
