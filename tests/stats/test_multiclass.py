"""Metrics of several classes against scikit-learn, their gradients against differences, their errors against draws."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from payoff.stats.confusion import Confusion, decision_metric
from payoff.stats.multiclass import AVERAGES, METRICS, ClassTable, _metric, class_metric, normalised_cost

# scikit-learn adds the same counts as doubles in another order.
SAME = 1e-12
# Central differences at a step of 1e-4 of a function whose third derivative is of the size of one.
DIFFERENCE = 1e-7
# Of the standard error of 4,000 draws: 1 / sqrt(2 * 4,000) is 1.1%; three of these, and the delta method's own.
SPREAD = 0.06


def table_of(y: NDArray[np.int64], answers: NDArray[np.int64], classes: int, width: int) -> ClassTable:
    totals = np.zeros((classes, width))
    np.add.at(totals, (y, answers), 1.0)
    names = tuple(f"c{k}" for k in range(classes))
    return ClassTable(totals=totals, rows=totals.astype(np.int64), names=names)


def rows_of(seed: int, n: int = 200) -> tuple[NDArray[np.int64], NDArray[np.int64], int, int]:
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(2, 6))
    width = classes + int(rng.integers(0, 3))
    y = np.concatenate([np.arange(classes), rng.integers(0, classes, n)])
    answers = np.where(rng.random(len(y)) < 0.5, y, rng.integers(0, width, len(y)))
    answers[:classes] = np.arange(classes)
    return y, answers, classes, width


def by_sklearn(name: str, y: NDArray[np.int64], answers: NDArray[np.int64], classes: int) -> float:
    kind, _, average = name.partition("_")
    if name == "cohen_kappa":
        return float(metrics.cohen_kappa_score(y, answers))
    if name == "matthews_corrcoef":
        return float(metrics.matthews_corrcoef(y, answers))
    labels = list(range(classes))
    if name == "balanced_accuracy":
        return float(metrics.recall_score(y, answers, labels=labels, average="macro"))
    score = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}[
        kind
    ]
    return float(score(y, answers, labels=labels, average=average))


@pytest.mark.parametrize("name", METRICS)
@given(seed=st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_every_metric_is_that_of_scikit_learn_on_random_answers(name: str, seed: int) -> None:
    y, answers, classes, width = rows_of(seed)
    found = class_metric(name, table_of(y, answers, classes, width))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = by_sklearn(name, y, answers, classes)
    assert found.value == pytest.approx(expected, abs=SAME)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize("name", ["balanced_accuracy", "cohen_kappa", "matthews_corrcoef"])
def test_two_classes_and_two_answers_are_the_binary_table(name: str) -> None:
    table = ClassTable(
        totals=np.array([[60.0, 9.0], [7.0, 30.0]]), rows=np.array([[60, 9], [7, 30]]), names=("n", "p")
    )
    quarter = np.array([30.0, 9.0, 7.0, 60.0])
    binary = decision_metric(name, Confusion(totals=quarter, rows=quarter.astype(np.int64)))
    found = class_metric(name, table)
    for end in ("value", "low", "high", "stderr"):
        assert getattr(found, end) == pytest.approx(getattr(binary, end), rel=SAME)


@pytest.mark.parametrize("name", METRICS)
def test_the_gradient_is_the_slope_by_every_cell(name: str) -> None:
    y, answers, classes, width = rows_of(3)
    totals = table_of(y, answers, classes, width).totals
    _, slope = _metric(name, totals)
    for i in range(classes):
        for j in range(width):
            ends = []
            for step in (1e-4, -1e-4):
                moved = totals.copy()
                moved[i, j] += step
                ends.append(_metric(name, moved)[0])
            assert slope[i, j] == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=DIFFERENCE)
    assert float((slope * totals).sum()) == pytest.approx(0.0, abs=SAME)


@pytest.mark.parametrize("name", [*METRICS, "normalised_cost"])
def test_the_standard_error_is_the_spread_over_draws_of_the_rows(name: str) -> None:
    shares = np.array([[0.40, 0.08, 0.02], [0.07, 0.20, 0.03], [0.02, 0.05, 0.13]])
    n, rng = 2_000, np.random.default_rng(8)
    cost = np.array([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [6.0, 2.0, 0.0]])

    def found(totals: NDArray[np.float64]) -> object:
        table = ClassTable(totals=totals, rows=totals.astype(np.int64), names=("a", "b", "c"))
        return normalised_cost(table, cost, 1) if name == "normalised_cost" else class_metric(name, table)

    drawn = rng.multinomial(n, shares.ravel(), 4_000).reshape(-1, 3, 3).astype(float)
    values = [found(one).value for one in drawn]  # type: ignore[attr-defined]
    assert found(shares * n).stderr == pytest.approx(np.std(values), rel=SPREAD)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", METRICS)
def test_the_interval_holds_the_truth_as_often_as_it_says(name: str) -> None:
    shares = np.array([[0.50, 0.08, 0.02], [0.06, 0.20, 0.02], [0.01, 0.03, 0.08]])
    truth = class_metric(
        name, ClassTable(totals=shares, rows=np.ones((3, 3), dtype=np.int64), names=("a", "b", "c"))
    )
    rng = np.random.default_rng(9)
    drawn = rng.multinomial(400, shares.ravel(), 2_000).reshape(-1, 3, 3)
    held = 0
    for one in drawn:
        found = class_metric(name, ClassTable(totals=one.astype(float), rows=one, names=("a", "b", "c")))
        held += found.low <= truth.value <= found.high
    # 95% of 2,000 draws, three of their standard errors below; above, an interval may be cautious.
    assert 0.935 <= held / len(drawn) <= 0.975


def test_what_scikit_learn_puts_as_zero_is_undefined_here_with_the_class() -> None:
    totals = np.array([[5.0, 3.0, 0.0], [2.0, 6.0, 0.0], [1.0, 3.0, 0.0]])
    table = ClassTable(totals=totals, rows=totals.astype(np.int64), names=("a", "b", "c"))
    found = class_metric("precision_macro", table)
    assert found.value is None
    assert found.note is not None
    assert "'c'" in found.note
    assert class_metric("f1_macro", table).value == pytest.approx(np.mean([10 / 16, 12 / 20, 0.0]))


def test_what_no_row_is_has_no_recall_and_one_unit_no_interval() -> None:
    totals = np.array([[5.0, 3.0], [0.0, 0.0]])
    answered = ClassTable(totals=totals, rows=totals.astype(int), names=("a", "b"))
    assert class_metric("recall_macro", answered).note.startswith("undefined: no row of 'b'")
    cost = np.array([[0.0, 0.0], [1.0, 0.0]])
    best = normalised_cost(answered, cost, best=1)
    assert (best.value, best.note) == (None, "undefined: a constant action is best for every row")
    totals = np.array([[15.0, 3.0], [4.0, 18.0]])
    unit = ClassTable(
        totals=totals,
        rows=totals.astype(int),
        names=("a", "b"),
        covariance=np.outer(totals, totals),
        freedom=0.0,
    )
    for found, value in (
        (class_metric("recall_micro", unit), 33 / 40),
        (normalised_cost(unit, 1 - np.eye(2), 0), 7 / 22),
    ):
        assert found.value == pytest.approx(value, rel=SAME)
        assert (found.low, found.high, found.tier) == (None, None, "C")
        assert found.note == "no interval: fewer than two independent units"


def test_one_class_alone_has_no_correlation_whatever_is_answered() -> None:
    totals = np.array([[5.0, 3.0], [0.0, 0.0]])
    found = class_metric(
        "matthews_corrcoef", ClassTable(totals=totals, rows=totals.astype(int), names=("a", "b"))
    )
    assert (found.value, found.note) == (None, "undefined: one class or one answer alone")


def test_a_class_that_never_occurs_is_left_out_as_scikit_learn_leaves_it() -> None:
    two = np.array([[5.0, 3.0], [2.0, 6.0]])
    wide = np.pad(two, ((0, 1), (0, 1)))
    small = ClassTable(totals=two, rows=two.astype(np.int64), names=("a", "b"))
    large = ClassTable(totals=wide, rows=wide.astype(np.int64), names=("a", "b", "c"))
    for name in METRICS:
        assert class_metric(name, large).value == pytest.approx(class_metric(name, small).value, rel=SAME)


def test_perfect_answers_have_an_interval_and_few_rows_say_so() -> None:
    totals = np.diag([40.0, 30.0, 5.0])
    found = class_metric(
        "f1_macro", ClassTable(totals=totals, rows=totals.astype(np.int64), names=("a", "b", "c"))
    )
    assert found.value == 1.0
    assert found.low is not None
    assert found.low < 1.0
    assert found.tier == "C"
    assert "5 rows of 'c'" in str(found.note)


def test_averages_are_the_three_of_scikit_learn() -> None:
    assert AVERAGES == ("macro", "micro", "weighted")


def test_the_normalised_cost_of_the_best_constant_is_one_and_certain() -> None:
    totals = np.array([[0.0, 40.0], [0.0, 30.0]])
    table = ClassTable(totals=totals, rows=totals.astype(np.int64), names=("a", "b"))
    found = normalised_cost(table, np.array([[0.0, 1.0], [5.0, 0.0]]), best=1)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_no_rows_leave_every_metric_undefined() -> None:
    empty = ClassTable(totals=np.zeros((3, 3)), rows=np.zeros((3, 3), dtype=np.int64), names=("a", "b", "c"))
    for name in METRICS:
        assert class_metric(name, empty).value is None
    assert normalised_cost(empty, np.ones((3, 3)), 0).value is None


def test_weights_of_whatever_scale_cost_the_same() -> None:
    totals, cost = np.array([[8.0, 2.0], [4.0, 6.0]]), np.array([[0.0, 1.0], [5.0, 0.0]])
    rows = totals.astype(np.int64)
    light = ClassTable(totals=1e-6 * totals, rows=rows, names=("a", "b"))
    # By hand: (2 + 4 x 5) / 10.
    assert normalised_cost(light, cost, best=1).value == pytest.approx(2.2, rel=SAME)
    assert class_metric("f1_macro", light).value == pytest.approx(np.mean([16 / 22, 12 / 18]), rel=SAME)
