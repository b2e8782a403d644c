"""Metrics at a given share of positives, against draws again within outcomes, numeric derivatives and loops."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from payoff.catalogue import decision_bounds, decision_metrics, score_cells
from payoff.catalogue.differences import newcombe_difference, paired_share
from payoff.catalogue.given_shares import wilson_limits
from payoff.catalogue.scores import KERNELS, score_metrics
from payoff.stats.given_mix import Within, added, predictive
from payoff.stats.given_precision import average_precision_at
from payoff.stats.paired_scores import PairCells, loss_difference, loss_sums
from payoff.stats.proportions import newcombe_paired
from payoff.tables import Cells, Moments

Floats = NDArray[np.float64]
SHARE = 0.1
LINEARISED = ("average_precision", "capture_rate", "lift", "calibration_intercept", "calibration_slope")
MEANS = ("brier_score", "log_loss", "calibration_in_the_large")
FITTED = ("h_measure", "discrimination")
DECISIONS = ("f_beta", "matthews_corrcoef", "cohen_kappa", "act_rate", "accuracy", "precision")


def drawn(seed: int, positives: int = 300, negatives: int = 400) -> tuple[NDArray[np.int64], Floats]:
    """Return outcomes and scores of so many rows of either."""
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], [positives, negatives])
    return y, np.round(1 / (1 + np.exp(2.0 - np.where(y == 1, 0.8, -0.8) - rng.normal(0, 1, len(y)))), 3)


def cells_of(
    y: NDArray[np.int64], p: Floats, cluster: NDArray[np.int64] | None = None, acted: Floats | None = None
) -> tuple[Cells, Floats]:
    """Return one cell a row, and whether it is acted on."""
    n = np.bincount(y, minlength=2)
    w, none = np.array([(1 - SHARE) / n[0], SHARE / n[1]])[y] * len(y), np.zeros((len(y), 1))
    one = np.ones(len(y), dtype=np.int64)
    whole = np.zeros((len(y), 2), dtype=np.int64)
    cells = Cells(
        group=np.arange(len(y)) % 20 if cluster is None else cluster % 20,
        state=y.astype(np.int64),
        actions={},
        score=p,
        cluster=cluster,
        moments=Moments(
            rows=one, weight=w, weight2=w**2, weight3=w**3, total_high=whole, total_low=whole,
            nonzero=one[:, None], shift=none, first=none, first2=none, second=none[:, :, None],
            third=np.zeros((len(y), 3, 4)),
        ),
        prevalence=SHARE,
    )  # fmt: skip
    return cells, (p >= 0.3).astype(float) if acted is None else acted


def again(y: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return rows drawn again, as many of either outcome."""
    return np.concatenate([rng.choice(np.flatnonzero(y == one), (y == one).sum()) for one in (1, 0)])


def numbers(y: NDArray[np.int64], p: Floats) -> dict[str, float]:
    cells, acted = cells_of(y, p)
    by_score = score_cells(cells)
    found = {name: KERNELS[name](by_score, 0.95).value for name in (*LINEARISED, *MEANS, *FITTED)}
    return found | {name: one.value for name, one in decision_metrics(cells, acted, DECISIONS)}  # type: ignore[return-value]


def test_errors_are_those_of_draws_again_within_outcomes() -> None:
    y, p = drawn(1, 900, 1_200)
    rng = np.random.default_rng(2)
    held: dict[str, list[float]] = {}
    for _ in range(300):
        rows = again(y, rng)
        for name, value in numbers(y[rows], p[rows]).items():
            held.setdefault(name, []).append(value)
    cells, acted = cells_of(y, p)
    errors = {name: KERNELS[name](score_cells(cells), 0.95).stderr for name in (*LINEARISED, *MEANS, *FITTED)}
    errors |= {name: one.stderr for name, one in decision_metrics(cells, acted, DECISIONS)}
    # 300 draws tell a spread to 4%; what is fitted anew to draws with ties spreads a little otherwise.
    for name, error in errors.items():
        assert error == pytest.approx(np.std(held[name]), rel=0.2 if name in FITTED else 0.13), name


@pytest.mark.parametrize("name", MEANS)
def test_a_mean_of_rows_is_a_stratified_mean(name: str) -> None:
    y, p = drawn(3)
    x = {
        "brier_score": (y - p) ** 2,
        "log_loss": -np.log(np.where(y == 1, p, 1 - p)),
        "calibration_in_the_large": y - p,
    }
    parts = [x[name][y == one] for one in (0, 1)]
    variance = sum(
        pi**2 * one.var(ddof=1) / len(one) for pi, one in zip((1 - SHARE, SHARE), parts, strict=True)
    )
    found = KERNELS[name](score_cells(cells_of(y, p)[0]), 0.95)
    assert found.value == pytest.approx(
        sum(pi * one.mean() for pi, one in zip((0.9, 0.1), parts, strict=True)), rel=1e-9
    )
    assert found.stderr == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_a_difference_of_losses_is_centred_within_outcomes() -> None:
    y, p = drawn(4)
    q = np.clip(p + 0.1 * np.sin(100 * p), 0.01, 0.99)
    w = cells_of(y, p)[0].moments.weight
    pairs = PairCells(
        first=p, second=q, positive=w * y, negative=w * (1 - y), positive_squared=w**2 * y,
        negative_squared=w**2 * (1 - y), positives=300, negatives=400, stratified=True,
    )  # fmt: skip
    gap = (y - p) ** 2 - (y - q) ** 2
    parts = [gap[y == one] for one in (0, 1)]
    variance = sum(pi**2 * one.var(ddof=1) / len(one) for pi, one in zip((0.9, 0.1), parts, strict=True))
    # But for n / (n - 1) of all rows, which comes on top.
    assert loss_difference(loss_sums(pairs, "brier_score")).stderr == pytest.approx(
        np.sqrt(variance), rel=0.002
    )


def test_average_precision_moves_with_the_weight_of_every_row_as_its_influence_says() -> None:
    y, p = drawn(5, 40, 50)
    found = average_precision_at(score_cells(cells_of(y, p)[0]))
    w = cells_of(y, p)[0].moments.weight

    def value(weight: Floats) -> float:
        hits, shown = (
            np.array([(weight * part)[p >= one].sum() for one in p]) for part in (y, np.ones(len(y)))
        )
        return float((weight * y * hits / shown).sum() / (weight * y).sum())

    step = 1e-6
    slope = np.array([(value(w + step * one) - value(w - step * one)) / 2 / step for one in np.eye(len(y))])
    off = w * (slope - np.array([slope[y == one].mean() for one in (0, 1)])[y])
    n = np.bincount(y)
    assert found.value == pytest.approx(value(w), rel=1e-9)
    assert found.stderr == pytest.approx(np.sqrt((off**2 * (n / (n - 1))[y]).sum()), rel=1e-5)


def test_without_a_given_share_average_precision_keeps_the_interval_of_its_positives() -> None:
    cells = score_cells(cells_of(*drawn(6))[0])
    assert average_precision_at(replace(cells, stratified=False)).method == "boyd_logit"


@pytest.mark.parametrize(("positives", "negatives"), [(60, 400), (400, 60), (30, 30)])
@pytest.mark.parametrize(("recall", "alarms"), [(0.9, 0.02), (0.5, 0.3), (0.97, 0.97)])
def test_mixes_of_two_shares_are_covered(
    positives: int, negatives: int, recall: float, alarms: float
) -> None:
    """5,000 draws of two binomials; square-and-add and Wilson's bounds err by a few points at few rows."""
    rng = np.random.default_rng(7)
    hits, false = rng.binomial(positives, recall, 5_000), rng.binomial(negatives, alarms, 5_000)
    limits = wilson_limits(0.975)
    inside = {"act rate": 0, "precision": 0}
    value = SHARE * recall / (SHARE * recall + (1 - SHARE) * alarms)
    rate = SHARE * recall + (1 - SHARE) * alarms
    for hit, alarm in zip(hits.tolist(), false.tolist(), strict=True):
        two = Within.of(hit, positives, limits), Within.of(alarm, negatives, limits)
        low, high = added((SHARE, 1 - SHARE), two)[1]
        inside["act rate"] += low <= rate <= high
        low, high = predictive(SHARE, *two)[1]
        inside["precision"] += low <= value <= high
    assert min(inside.values()) / 5_000 > 0.92
    # Where nearly all rows are acted on precision hardly moves, and its bounds are wide for it.
    assert max(inside.values()) / 5_000 < (0.98 if recall < 0.97 else 1.0)


def test_precision_without_a_false_alarm_is_as_unsure_as_its_negatives() -> None:
    y = np.repeat([1, 0], [50, 30])
    cells, acted = cells_of(y, y.astype(float))
    found = dict(decision_metrics(cells, acted, ("precision",)))["precision"]
    assert (found.value, found.high) == (1.0, 1.0)
    # 30 negatives leave 11% false alarms possible (Wilson): 0.1 / (0.1 + 0.9 * 0.11 / 0.96).
    assert found.low == pytest.approx(0.485, abs=0.02)


def test_guardrails_judge_mixes_by_exact_bounds_within_outcomes() -> None:
    y, p = drawn(8)
    cells, acted = cells_of(y, p)
    for name in ("act_rate", "accuracy", "precision"):
        shown = dict(decision_metrics(cells, acted, (name,), level=0.9))[name]
        low, high = decision_bounds(cells, acted, name, None, 0.95)
        assert low < shown.low < shown.high < high  # type: ignore[operator]
    assert decision_bounds(cells, acted, "prevalence", None, 0.95) == (SHARE, SHARE)


def test_pending_rows_are_a_part_of_their_own_of_the_act_rate() -> None:
    y, p = drawn(9)
    cells, acted = cells_of(y, p)
    cells = replace(cells, state=np.where(np.arange(700) % 7 == 0, -1, y))
    found = dict(decision_metrics(cells, acted, ("act_rate",)))["act_rate"]
    share = [acted[cells.state == one].mean() for one in (-1, 0, 1)]
    assert found.value == pytest.approx(share[0] / 7 + 6 / 7 * (0.9 * share[1] + 0.1 * share[2]), rel=1e-9)


def test_differences_of_recall_are_those_of_rows_and_of_accuracy_square_and_add() -> None:
    y, p = drawn(10)
    cells, acted = cells_of(y, p)
    rival = (p >= 0.5).astype(float)
    recall = newcombe_difference("recall", cells, acted, rival)
    both, ours, theirs = (
        (a[y == 1]).sum() for a in (acted * rival, acted * (1 - rival), (1 - acted) * rival)
    )
    expected = newcombe_paired(both, ours, theirs, 300 - both - ours - theirs)
    assert recall is not None
    assert (recall.low, recall.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    accuracy, groups = (
        paired_share("accuracy", cells, acted, rival),
        paired_share("accuracy", *_each_its_own_cluster(cells, acted), rival),
    )
    assert accuracy.method == "newcombe_paired_mover"
    assert accuracy.value == pytest.approx(groups.value, rel=1e-9)
    # Twenty groups tell an error to some 16%.
    assert accuracy.high - accuracy.low == pytest.approx(groups.high - groups.low, rel=0.5)  # type: ignore[operator]


def _each_its_own_cluster(cells: Cells, acted: Floats) -> tuple[Cells, Floats]:
    return replace(cells, cluster=np.arange(len(cells))), acted


def test_every_row_its_own_cluster_is_nearly_as_rows() -> None:
    y, p = drawn(11)
    cells, acted = cells_of(y, p)
    plain = dict(decision_metrics(cells, acted, DECISIONS))
    for name, found in decision_metrics(*_each_its_own_cluster(cells, acted), DECISIONS):
        one = plain[name]
        assert found.value == pytest.approx(one.value, rel=1e-9)
        assert found.high - found.low == pytest.approx(one.high - one.low, rel=0.1), name  # type: ignore[operator]


def test_jackknives_keep_the_share_that_is_given() -> None:
    """Where each group has other shares of positives, leaving one out moves no Brier score but by its rows."""
    y, p = drawn(12)
    p = np.where(y == 1, 0.9, 0.2)
    cells, _ = cells_of(y, p, cluster=np.arange(700))
    found = dict(score_metrics(cells, ("calibration_in_the_large",), None, probability=True))
    assert (
        found["calibration_in_the_large"].stderr is None or found["calibration_in_the_large"].stderr < 1e-12
    )
