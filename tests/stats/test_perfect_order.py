"""Average precision at a declared share of positives where no pair is out of order: how little may be behind it."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from tests.stats.score_tables import cells_of

import payoff
from payoff.stats.given_precision import average_precision_at, least_in_order
from payoff.stats.ranking import average_precision, roc_auc

SIZES = [(150, 1), (150, 5), (150, 20), (20, 400), (1_000, 1_000), (1, 3)]
# Quadrature promises this much.
EXACT = 1e-8


def declared(positives, negatives, share, parted=True):
    y = np.repeat([0.0, 1.0], [negatives, positives])
    w = np.where(y == 1.0, share / positives, (1.0 - share) / negatives)
    score = np.linspace(0.1, 0.9, len(y))
    if not parted:
        score[0] = 0.95
    return replace(cells_of(score, y, w), stratified=True)


def precision_over(alarms, share, first, last):
    """Return the integral of precision over recall, with ``alarms`` of the negatives above."""
    return quad(lambda u: share * u / (share * u + (1 - share) * alarms), first, last, epsabs=1e-12)[0]


@pytest.mark.parametrize(("positives", "negatives"), SIZES)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.9])
@pytest.mark.parametrize("tail", [0.025, 0.2])
def test_rows_in_perfect_order_come_seldom_from_a_score_worse_than_the_bound(
    positives, negatives, share, tail
):
    least = least_in_order((positives, negatives), share, tail)
    q, r = 1 - (tail / 2) ** (1 / negatives), 1 - (tail / 2) ** (1 / positives)
    brute = precision_over(q, share, 0, 1 - r) + precision_over(1.0, share, 1 - r, 1)
    assert least == pytest.approx(brute, abs=EXACT)
    # A share of the negatives above all positives, one of the positives below all negatives: as worse as is drawn
    # in perfect order with chance ``tail``.
    for part in np.linspace(0.0, 1.0, 11):
        above, below = 1 - tail ** (part / negatives), 1 - tail ** ((1 - part) / positives)
        true = precision_over(above, share, 0, 1 - below) + precision_over(1.0, share, 1 - below, 1)
        assert least <= true + EXACT


@pytest.mark.parametrize(("positives", "negatives"), SIZES)
@pytest.mark.parametrize("spread", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("tail", [0.025, 0.2])
def test_normal_scores_in_perfect_order_seldom_have_less_than_the_bound(positives, negatives, spread, tail):
    share, grid = 0.2, np.linspace(-12, 60, 72_001)
    lowest = positives * norm.sf(grid) ** (positives - 1) * norm.pdf(grid)
    u = (np.arange(20_000) + 0.5) / 20_000
    for apart in np.linspace(0.5, 14, 28):
        # Positives are N(0, 1), negatives N(-apart, spread).
        order = float((lowest * norm.cdf((grid + apart) / spread) ** negatives).sum() * (grid[1] - grid[0]))
        alarms = norm.sf((norm.isf(u) + apart) / spread)
        true = float((share * u / (share * u + (1 - share) * alarms)).mean())
        # The sums above are off by less than 1e-4.
        if order > tail * (1 + 1e-3):
            assert least_in_order((positives, negatives), share, tail) <= true + 1e-4


@pytest.mark.parametrize("negatives", [1, 2, 5, 9, 10, 400])
def test_a_perfect_order_is_told_with_what_its_few_negatives_leave_possible(negatives):
    cells = declared(150, negatives, 0.2)
    found = average_precision_at(cells)
    boyd = average_precision(cells).low
    assert found.value == pytest.approx(1.0, abs=1e-12)
    assert found.low == pytest.approx(min(boyd, least_in_order((150, negatives), 0.2, 0.025)), rel=1e-9)
    assert (found.high, found.method) == (1.0, "perfect_order")
    assert found.tier == ("C" if negatives < 10 else "A")
    # Five negatives look perfect in 17 of 100 draws where 30% of all lie above the positives: 0.2 / (0.2 + 0.3 * 0.8).
    if negatives == 5:
        assert found.low < 0.2 / (0.2 + 0.3 * 0.8)


def test_ten_rows_of_the_rarer_outcome_are_ten_at_any_declared_share():
    for share in np.linspace(0.03, 0.97, 41):
        for number in (average_precision_at, roc_auc):
            assert number(declared(150, 10, share, parted=False)).tier == "A"
            few = number(declared(150, 9, share, parted=False))
            assert (few.tier, few.note.split(",")[0]) == ("C", "9 rows of the rarer outcome")


def test_one_row_of_an_outcome_tells_no_error():
    y = np.array([1.0] + [0.0] * 100)
    w = np.where(y == 1.0, 0.2, 0.8 / 100)
    found = average_precision_at(
        replace(cells_of(np.append(0.995, np.linspace(0, 1, 100)), y, w), stratified=True)
    )
    # One negative above the positive: 0.2 / (0.2 + 0.008).
    assert found.value == pytest.approx(0.2 / 0.208)
    assert (found.low, found.high, found.stderr, found.tier) == (None, None, None, "C")
    assert found.note == "no interval: one row of an outcome; biased upwards below 100 positives"


def test_a_guardrail_is_not_cleared_by_five_negatives():
    rows = {"id": list(range(155)), "s": np.linspace(0.1, 0.9, 155), "y": [0] * 5 + [1] * 150}
    spec = {
        "payoff": 1,
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", "prevalence": 0.2, "sampled": "by outcome"},
        "value": {"true_positive": 1, "false_positive": -1, "false_negative": 0, "true_negative": 0},
        "model": {"score": "s", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "guardrails": [{"metric": "average_precision", "at_least": 0.9}],
    }
    (rail,) = payoff.evaluate(pa.table(rows), spec).verdict.guardrails
    assert rail.status == "not evaluated"
