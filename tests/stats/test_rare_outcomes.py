"""Areas under the ROC curve with few rows out of place, or few rows of one outcome."""

import numpy as np
import pytest
from scipy.stats import norm
from tests.stats.score_tables import cells_of

from payoff.stats.paired_scores import PairCells, roc_auc_difference
from payoff.stats.ranking import ScoreCells, roc_auc
from payoff.stats.rare_outcomes import NOTE, hanley_mcneil_bounds, hanley_mcneil_variance

DRAWS = 400
# Three standard errors of 5% over as many draws.
LUCK = 3 * (0.05 * 0.95 / DRAWS) ** 0.5


def ranked(positive, negative, weight=1.0):
    score = np.concatenate([positive, negative])
    order = np.argsort(score)
    outcome = (order < len(positive)).astype(float)
    return ScoreCells(
        score=score[order],
        positive=weight * outcome,
        negative=weight * (1 - outcome),
        positive_squared=weight**2 * outcome,
        negative_squared=weight**2 * (1 - outcome),
        positives=len(positive),
        negatives=len(negative),
    )


@pytest.mark.parametrize("spread", [1.0, 2.0])
@pytest.mark.parametrize(
    ("positives", "negatives", "area"), [(10, 200, 0.9), (20, 200, 0.97), (50, 500, 0.99), (200, 20, 0.97)]
)
def test_one_sided_bounds_of_few_rows_out_of_place_err_at_most_as_often_as_they_say(
    positives, negatives, area, spread
):
    generator = np.random.default_rng(21)
    apart = norm.ppf(area) * (1 + spread**2) ** 0.5
    wrong, plainly = np.zeros(2), np.zeros(2)
    for _ in range(DRAWS):
        cells = ranked(apart + spread * generator.normal(size=positives), generator.normal(size=negatives))
        found, plain = roc_auc(cells, 0.9), roc_auc(cells, 0.9, "plain")
        wrong += found.low > area, found.high < area
        plainly += plain.low > area, plain.high < area
    assert (wrong / DRAWS <= 0.05 + LUCK).all()
    # DeLong's alone would be wrong far more often on one side or the other.
    assert plainly.max() / DRAWS > 0.05 + LUCK


def test_the_bound_solves_its_equation():
    for area in (0.3, 0.7, 0.9, 0.99):
        for worth in ((10.0, 200.0), (200.0, 10.0), (12.5, 13.5)):
            for bound in hanley_mcneil_bounds(area, worth, 1.645):
                reach = 1.645 * hanley_mcneil_variance(bound, worth) ** 0.5
                assert abs(area - bound) == pytest.approx(reach, rel=1e-9, abs=1e-12)


def test_the_variance_is_hanley_and_mcneils_for_outcomes_that_wait_exponential_times():
    # Positives wait nine times as long: an area of 0.9, whose placements are known.
    generator, means = np.random.default_rng(2), []
    for _ in range(4_000):
        cells = ranked(9.0 * generator.exponential(size=10), generator.exponential(size=100))
        means.append(roc_auc(cells, scale="plain").value)
    # The variance of a variance over 4,000 skewed draws: a tenth is four standard errors.
    assert np.var(means) == pytest.approx(hanley_mcneil_variance(0.9, (10.0, 100.0)), rel=0.1)
    # By hand, one pair: a coin of the area itself.
    assert hanley_mcneil_variance(0.9, (1.0, 1.0)) == pytest.approx(0.09)


def test_outcomes_and_signs_may_be_swapped():
    low, high = hanley_mcneil_bounds(0.8, (15.0, 90.0), 1.96)
    assert hanley_mcneil_bounds(0.8, (90.0, 15.0), 1.96) == (low, high)
    assert hanley_mcneil_bounds(0.2, (15.0, 90.0), 1.96) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_it_is_never_narrower_than_delongs_and_is_delongs_where_enough_is_out_of_place():
    generator = np.random.default_rng(5)
    for apart, seldom in ((3.0, True), (0.5, False)):
        cells = ranked(apart + generator.normal(size=100), generator.normal(size=300))
        found, higher = roc_auc(cells), roc_auc(cells, 0.99)
        assert found.method == ("delong_hanley" if seldom else "delong_logit")
        assert (found.note == NOTE) is seldom
        assert found.tier == "A"
        assert higher.low < found.low < found.value < found.high < higher.high
        if seldom:
            low, high = hanley_mcneil_bounds(found.value, (100.0, 300.0), float(norm.ppf(0.975)))
            assert found.low <= low < high <= found.high


def test_plain_delong_is_left_as_it_is():
    cells = ranked(np.array([0.3, 0.8, 0.9, 0.95]), np.array([0.1, 0.2, 0.4, 0.5, 0.6]))
    found = roc_auc(cells, scale="plain")
    assert (found.method, found.tier, found.note) == ("delong_plain", "A", None)
    # Of 20 pairs 17 are right: placements 0.4 and 1, 1, 1; of negatives 1, 1, and 3/4 three times.
    assert found.value == pytest.approx(17 / 20)
    assert found.stderr**2 == pytest.approx(0.09 / 4 + 0.01875 / 5, rel=1e-12)


@pytest.mark.parametrize(("rarer", "tier"), [(9, "C"), (10, "A")])
def test_under_ten_rows_of_the_rarer_outcome_nothing_is_trusted(rarer, tier):
    generator = np.random.default_rng(6)
    many, few = 1.0 + generator.normal(size=300), generator.normal(size=rarer)
    for cells in (ranked(many, few), ranked(few, many), ranked(few + 99.0, many)):
        found = roc_auc(cells)
        assert found.tier == tier
        assert ("rows of the rarer outcome, 10 are needed" in (found.note or "")) is (tier == "C")
    outcome = np.repeat([1.0, 0.0], [rarer, 300])
    pairs = PairCells(
        first=np.concatenate([few, many]),
        second=generator.normal(size=rarer + 300),
        positive=outcome,
        negative=1 - outcome,
        positive_squared=outcome,
        negative_squared=1 - outcome,
        positives=rarer,
        negatives=300,
    )
    assert roc_auc_difference(pairs).tier == tier


def test_a_rising_map_of_the_score_and_a_weight_that_all_share_change_nothing():
    generator = np.random.default_rng(7)
    positive, negative = 2.0 + generator.normal(size=20), generator.normal(size=80)
    plain = roc_auc(ranked(positive, negative))
    for other in (ranked(np.exp(positive), np.exp(negative)), ranked(positive, negative, weight=3.0)):
        found = roc_auc(other)
        assert (found.value, found.low, found.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_with_weights_the_rows_that_they_are_worth_count():
    score = np.arange(60.0)
    outcome = (score > 40).astype(int)
    outcome[[5, 50]] = 1, 0
    weight = np.where(outcome == 1, 1.0 + 9.0 * (np.arange(60) == 59), 1.0)
    cells = cells_of(score, outcome, weight)
    # Nineteen of weight 1 and one of 10: 29^2 / (19 + 100) are worth seven.
    assert min(cells.worth) == pytest.approx((outcome.sum() + 9) ** 2 / (outcome.sum() + 99), rel=1e-12)
    assert roc_auc(cells).tier == "C"
    assert roc_auc(cells_of(score, outcome, np.ones(60))).tier == "A"
