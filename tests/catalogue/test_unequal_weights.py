"""Rows of very unequal weight: intervals hold, or say that they cannot be trusted; what weights are worth is told."""

import re
from collections import defaultdict

import numpy as np
import pytest
from scipy.stats import norm, skew, t
from tests.stats.score_tables import cells_of
from tests.stats.test_paired_scores import pairs_of

import payoff
from payoff.catalogue import Clusters
from payoff.catalogue.classwise import one_class, table_metrics
from payoff.catalogue.scores import KERNELS, of_independent_rows
from payoff.catalogue.weights import Trust, Weights
from payoff.stats.confusion import Confusion, Design, decision_metric, is_share, kish_rows
from payoff.stats.estimates import Interval
from payoff.stats.multiclass import ClassTable
from payoff.stats.paired_scores import loss_difference, loss_sums
from payoff.stats.probability_scores import brier_score
from payoff.stats.proportions import effective_rows

ROWS, DRAWS = 400, 250
# Three standard errors of a coverage of 95% over so many draws.
LUCK = 3 * (0.95 * 0.05 / DRAWS) ** 0.5
CUT = 2 + norm.ppf(0.05)
TRUE = {
    "recall": 0.95,
    "specificity": norm.cdf(CUT),
    "balanced_accuracy": (0.95 + norm.cdf(CUT)) / 2,
    "roc_auc": norm.cdf(2 / 2**0.5),
}


def kish(w):
    return w.sum() ** 2 / (w**2).sum()


def drawn(seed, sigma):
    generator = np.random.default_rng(seed)
    y = (generator.random(ROWS) < 0.5).astype(float)
    return y, generator.normal(size=ROWS) + 2 * y, np.exp(sigma * generator.normal(size=ROWS))


def confusion_of_rows(y, acted, w):
    cells = np.stack([acted * y, acted * (1 - y), (1 - acted) * y, (1 - acted) * (1 - y)])
    squares, rows = cells @ w**2, cells.sum(axis=1).astype(np.int64)
    covariance = np.diag(squares) * ROWS / (ROWS - 1)
    design = Design(covariance=covariance, degrees_of_freedom=ROWS - 1, units=rows, squares=squares)
    return Confusion(totals=cells @ w, rows=rows, design=design)


def found_of(y, score, w):
    table = confusion_of_rows(y, (score >= CUT).astype(float), w)
    for name in ("recall", "specificity", "balanced_accuracy"):
        trust = Trust(None, Weights(*kish_rows(name, table), counted=is_share(name)))
        yield name, trust.trusted(decision_metric(name, table, trust.level(0.95)), 0.95)
    yield "roc_auc", of_independent_rows("roc_auc", KERNELS["roc_auc"], cells_of(score, y, w), 0.95)


@pytest.mark.parametrize("sigma", [1.0, 1.5])
def test_intervals_that_are_trusted_hold_under_lognormal_weights(sigma):
    trusted, held = defaultdict(int), defaultdict(int)
    for seed in range(DRAWS):
        for name, found in found_of(*drawn(seed, sigma)):
            if found.tier != "C":
                trusted[name] += 1
                held[name] += found.low <= TRUE[name] <= found.high
    for name, many in trusted.items():
        missed = (many - held[name]) / DRAWS
        assert missed <= 0.05 + LUCK, (name, many, missed)
        assert held[name] / many >= 0.95 - 3 * (0.95 * 0.05 / many) ** 0.5, (name, many, held[name] / many)
    assert trusted["recall"] >= DRAWS // 2


@pytest.mark.parametrize(
    ("sigma", "least"), [(0.0, 0.0), (0.5, 100.0), (1.0, 30.0)], ids=["equal", "little", "much"]
)
def test_the_effective_rows_of_a_share_are_never_more_than_those_of_its_denominator(sigma, least):
    for seed in range(20):
        y, score, w = drawn(seed, sigma)
        table = confusion_of_rows(y, (score >= CUT).astype(float), w)
        worth = kish(w[y == 1])
        assert kish_rows("recall", table)[0] == pytest.approx(worth, rel=1e-12)
        assert worth >= least
        assert effective_rows(0.999, 1e-9, ROWS, ROWS, ROWS - 1, worth) <= worth


def test_balanced_accuracy_rests_on_the_class_whose_weights_are_worth_less():
    y, score, w = drawn(3, 1.0)
    table = confusion_of_rows(y, (score >= CUT).astype(float), w)
    assert kish_rows("balanced_accuracy", table)[0] == pytest.approx(
        min(kish(w[y == 1]), kish(w[y == 0])), rel=1e-12
    )


def test_a_widened_level_is_that_of_students_t_at_half_the_error():
    assert norm.ppf(0.5 + Weights(60.0, 400).level(0.95) / 2) == pytest.approx(t.ppf(0.9875, 59), rel=1e-9)
    assert norm.ppf(0.5 + Weights(300.0, 400).level(0.95) / 2) == pytest.approx(t.ppf(0.975, 299), rel=1e-9)
    assert norm.ppf(Weights(60.0, 400).confidence(0.95)) == pytest.approx(t.ppf(0.975, 59), rel=1e-9)


@pytest.mark.parametrize("effective", [1.0, 1.5, 2.0, 2.5])
def test_of_two_effective_rows_bounds_are_wide_and_finite(effective):
    level = Weights(effective, 5).level(0.95)
    assert np.isfinite(norm.ppf(0.5 + level / 2))
    # Two rows have Student's t with one degree of freedom: 12.7; beyond eight standard errors doubles tell no more.
    assert norm.ppf(0.5 + level / 2) == pytest.approx(
        min(t.ppf(0.975, max(effective - 1, 1)), 7.94), abs=0.05
    )


def test_either_few_clusters_or_few_weights_take_the_trust_away():
    one = Interval(value=0.5, low=0.4, high=0.6, level=0.95, rows=90, events=3, method="wilson", tier="A")
    assert Trust(Clusters(200.0), Weights(29.0, 400, counted=True)).trusted(one, 0.95).tier == "C"
    assert Trust(Clusters(29.0), Weights(200.0, 400, counted=True)).trusted(one, 0.95).tier == "C"
    assert Trust(Clusters(200.0), Weights(200.0, 400, counted=True)).trusted(one, 0.95).tier == "A"


def test_the_tail_of_a_weighted_loss_is_that_of_what_each_row_adds():
    for seed in range(30):
        generator = np.random.default_rng(seed)
        n = 300
        score = np.round(generator.random(n), 2)
        y = (generator.random(n) < score).astype(float)
        w = np.exp(generator.choice([0.3, 0.8, 1.2]) * generator.normal(size=n))
        loss = (y - score) ** 2
        influence = w * (loss - np.average(loss, weights=w))
        # About zero, which is the mean of the influence by its own definition.
        ratio = abs((influence**3).sum()) / (influence**2).sum() ** 1.5
        assert ratio == pytest.approx(abs(skew(influence)) / n**0.5, rel=0.05)
        expected = "A" if ratio <= 0.1 else "C" if ratio > 0.4 else "A-"
        found = brier_score(cells_of(score, y, w))
        assert found.tier == expected or min(kish(w[y == 1]), kish(w[y == 0])) < 50


def test_the_tail_of_a_paired_loss_is_never_taken_too_small():
    for seed in range(30):
        generator = np.random.default_rng(seed)
        n = 200
        p, q = (np.round(generator.random(n), 1) for _ in range(2))
        y, w = (generator.random(n) < p).astype(float), np.exp(generator.normal(size=n))
        told = loss_sums(pairs_of(p, q, y, w), "brier_score")
        gap = (y - p) ** 2 - (y - q) ** 2
        influence = w * (gap - np.average(gap, weights=w))
        low, high = told.cubes
        assert low - 1e-9 <= (influence**3).sum() <= high + 1e-9
        assert loss_difference(told).value == pytest.approx(np.average(gap, weights=w), abs=1e-12)


def test_two_rows_promise_nothing_and_bounds_stay_possible():
    two = cells_of(np.array([0.2, 0.9]), np.array([0.0, 0.0]))
    for name, most in (("brier_score", 1.0), ("calibration_in_the_large", 1.0)):
        found = of_independent_rows(name, KERNELS[name], two, 0.95)
        assert found.tier == "C"
        assert found.high <= most
        assert "cut at what is possible" in found.note
        assert "0 rows of the rarer outcome, 50 are needed" in found.note


def evaluated(rows, metrics):
    spec = {
        "decision": {"unit": "EUR", "volume": "1000 per year"},
        "data": {"outcome": "y", "id": "id", **({"weight": "w"} if "w" in rows else {})},
        "value": {"true_positive": 10, "false_positive": -2, "false_negative": 0, "true_negative": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "hurdles": [{"name": "h", "gain": "0 per decision", "over": "nobody", "confidence": 0.95}],
        "guardrails": [{"metric": "recall", "at_least": 0.1}],
        "metrics": metrics,
    }
    return payoff.evaluate(rows, spec)


def rows_of(n, sigma=None, seed=5):
    pandas = pytest.importorskip("pandas")
    generator = np.random.default_rng(seed)
    p = np.round(generator.random(n), 2)
    frame = {"id": np.arange(n), "y": (generator.random(n) < p).astype(int), "p": p}
    if sigma is not None:
        frame["w"] = np.exp(sigma * generator.normal(size=n))
    return pandas.DataFrame(frame)


def of(result, name):
    return next(one for one in result.estimates if one.metric == name and one.of == "m")


def test_one_row_with_nearly_all_the_weight_is_one_row():
    rows = rows_of(300, 0.0)
    first = rows.index[rows["y"] == 0][0]
    rows.loc[first, "w"] = 99_700.0
    result = evaluated(rows, ["prevalence", "recall", "roc_auc", "brier_score"])
    prevalence, brier = of(result, "prevalence"), of(result, "brier_score")
    for found in (prevalence, of(result, "roc_auc"), brier):
        assert found.tier == "C"
    assert "1 independent units, 30 are needed" in prevalence.note
    assert prevalence.high > 0.9
    assert "by weight 1 effective rows of 300, design effect 298" in brier.note
    assert brier.low <= brier.value <= brier.high <= 1.0


def test_a_guardrail_is_not_judged_by_few_effective_rows():
    rows = rows_of(300, 0.0)
    rows.loc[rows.index[rows["y"] == 1][:8], "w"] = 5_000.0
    rail = evaluated(rows, ["recall"]).verdict.guardrails[0]
    assert rail.status == "not evaluated"
    assert rail.reason.startswith("few_clusters: 8 independent units")


def test_effective_rows_and_design_effect_are_told_everywhere():
    result = evaluated(rows_of(400, 0.8), ["recall", "roc_auc", "gain"])
    rows = rows_of(400, 0.8)
    worth, w = kish(rows["w"][rows["y"] == 1].to_numpy()), rows["w"].to_numpy()
    assert f"by weight {worth:.0f} effective rows of " in of(result, "recall").note
    assert (
        f"by weight {kish(w):.0f} effective rows of 400, design effect {400 / kish(w):.3g}"
        in of(result, "gain").note
    )
    for told in (result.to_text(), result.to_markdown(), result.to_html(), result.to_json()):
        words = " ".join(re.sub(r"<[^>]+>", "", told).split())
        assert f"are worth {kish(w):.0f}" in words
        assert f"design effect {400 / kish(w):.3g}" in words


def test_rows_of_equal_weight_say_nothing_of_it():
    for rows in (rows_of(400), rows_of(400, 0.0)):
        result = evaluated(rows, ["recall", "roc_auc", "gain"])
        assert "effective rows" not in result.to_json()
        assert of(result, "recall").tier == of(result, "roc_auc").tier == "A"


@pytest.mark.parametrize("sigma", [0.0, 0.7, 2.5])
def test_metrics_of_several_classes_rest_on_the_class_that_is_worth_least(sigma):
    generator = np.random.default_rng(1)
    state, answer = generator.integers(0, 3, (2, 600))
    w = np.where(state == 2, np.exp(sigma * generator.normal(size=600)), 1.0)
    by_cell = np.eye(9)[3 * state + answer].T
    squares = by_cell @ w**2
    table = ClassTable(
        totals=(by_cell @ w).reshape(3, 3),
        rows=by_cell.sum(axis=1).astype(np.int64).reshape(3, 3),
        names=("a", "b", "c"),
        covariance=np.diag(squares) * 600 / 599,
        freedom=599.0,
        squares=squares.reshape(3, 3),
    )
    worth = [kish(w[state == one]) for one in range(3)]
    found = dict(table_metrics(table, ("f1_macro", "accuracy"), None))
    assert found["f1_macro"].tier == ("C" if min(worth) < 30 else "A-" if min(worth) < 200 else "A")
    assert f"by weight {min(worth):.0f} effective rows of" in found["f1_macro"].note
    recall = {label: one for name, label, one in one_class(table, None) if name == "recall"}
    assert recall["c"].tier == ("C" if worth[2] < 30 else "A")
    assert recall["a"].tier == "A"
