"""Sample sizes: statsmodels, exact and simulated power, R's documented examples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.power import NormalIndPower, TTestPower

from payoff.stats.sample_sizes import auc_variance, rows_for_auc, rows_for_mean, rows_for_share

SOLVED = 1e-6  # statsmodels solves for the power by root finding


@pytest.mark.parametrize("effect", [0.05, 0.2, 0.7])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.975])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_rows_for_a_mean_are_those_of_statsmodels(effect, confidence, power) -> None:
    """``ratio=0`` is its one-sample test with known standard deviation."""
    reference = NormalIndPower().solve_power(
        effect_size=effect, nobs1=None, alpha=1 - confidence, power=power, ratio=0, alternative="larger"
    )
    assert rows_for_mean(effect * 3.0, 3.0, confidence, power) == pytest.approx(reference, rel=SOLVED)


@pytest.mark.parametrize("effect", [0.05, 0.2, 0.5])
def test_the_t_test_of_r_asks_for_hardly_more(effect) -> None:
    """R's power.t.test(type = "one.sample") solves what TTestPower does: about z^2 / 2 rows more."""
    reference = TTestPower().solve_power(
        effect_size=effect, nobs=None, alpha=0.05, power=0.8, alternative="larger"
    )
    found = rows_for_mean(effect, 1.0, 0.95)
    assert 0 < reference - found < 2.0


def test_two_documented_examples_of_r() -> None:
    """power.t.test(power = .90, delta = 1) is 22.02110 a group, one-sided 17.84713: two means, twice the variance."""
    two_sided, one_sided = (rows_for_mean(1.0, math.sqrt(2.0), level, 0.90) for level in (0.975, 0.95))
    # What knowing the standard deviation spares: z^2 / 4 rows a group.
    assert two_sided + stats.norm.ppf(0.975) ** 2 / 4 == pytest.approx(22.02110, abs=0.1)
    assert one_sided + stats.norm.ppf(0.95) ** 2 / 4 == pytest.approx(17.84713, abs=0.1)


@pytest.mark.parametrize(("planned", "limit"), [(0.6, 0.5), (0.35, 0.3), (0.97, 0.95), (0.08, 0.05)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_rows_for_a_share_have_the_power_that_the_binomial_gives(planned, limit, confidence) -> None:
    rows = math.ceil(rows_for_share(planned, limit, confidence))
    z = stats.norm.ppf(confidence)
    needed = math.ceil(rows * limit + z * math.sqrt(rows * limit * (1 - limit)))
    power = stats.binom.sf(needed - 1, rows, planned)
    # The count jumps by one row: by as much as the largest probability of a count.
    assert power == pytest.approx(0.8, abs=0.01 + stats.binom.pmf(round(rows * planned), rows, planned))


def test_variance_of_an_auc_without_skill_is_that_of_wilcoxon() -> None:
    for m, n in ((5, 20), (30, 70)):
        wilcoxon = (m + n + 1) / (12 * m * n)
        assert auc_variance(0.5, m + n, m / (m + n)) == pytest.approx(wilcoxon, rel=1e-12)


@pytest.mark.parametrize("area", [0.6, 0.75, 0.9])
def test_variance_of_an_auc_is_that_of_simulated_scores(area) -> None:
    """4,000 samples: a variance of about normal numbers is known to 2.2%, four times that is 9%."""
    rng = np.random.default_rng(3)
    m, n, d = 60, 240, np.sqrt(2) * stats.norm.ppf(area)
    found = []
    for _ in range(4_000):
        ranks = stats.rankdata(np.concatenate([rng.normal(d, 1, m), rng.normal(0, 1, n)]))
        found.append((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    assert auc_variance(area, m + n, m / (m + n)) == pytest.approx(np.var(found), rel=0.09)


@pytest.mark.parametrize("area", [0.55, 0.8, 0.97])
def test_two_positives_above_one_negative_are_as_likely_as_scipy_says(area) -> None:
    """E Phi(d + Z)^2 is a bivariate normal probability with correlation one half."""
    h = stats.norm.ppf(area)
    both = stats.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], seed=1).cdf([h, h])
    large = 1e9
    # With as many rows only the pairs count: variance x f (1 - f) x rows = both - area^2.
    assert auc_variance(area, large, 0.5) * large / 4 == pytest.approx(both - area**2, abs=1e-6)


def test_rows_for_an_auc_have_the_power_that_simulation_shows() -> None:
    """800 samples: four standard errors of a share of 0.8 are 0.057."""
    least, planned, f = 0.70, 0.75, 0.2
    rows = math.ceil(rows_for_auc(planned, least, f, 0.95))
    m = round(rows * f)
    n, d = rows - m, np.sqrt(2) * stats.norm.ppf(planned)
    limit = least + stats.norm.ppf(0.95) * math.sqrt(auc_variance(least, rows, f))
    rng, shown = np.random.default_rng(4), 0
    for _ in range(800):
        ranks = stats.rankdata(np.concatenate([rng.normal(d, 1, m), rng.normal(0, 1, n)]))
        shown += (ranks[:m].sum() - m * (m + 1) / 2) / (m * n) > limit
    assert shown / 800 == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize(("planned", "least"), [(0.75, 0.70), (0.95, 0.80), (0.6, 0.55)])
@pytest.mark.parametrize(("confidence", "power"), [(0.95, 0.8), (0.8, 0.95)])
def test_rows_for_an_auc_solve_the_equation_of_the_two_errors(planned, least, confidence, power) -> None:
    def short(rows):
        errors = [math.sqrt(auc_variance(one, rows, 0.2)) for one in (least, planned)]
        return stats.norm.ppf(confidence) * errors[0] + stats.norm.ppf(power) * errors[1] - (planned - least)

    root = optimize.brentq(short, 10.0, 1e7, xtol=1e-6)
    assert rows_for_auc(planned, least, 0.2, confidence, power) == pytest.approx(root, rel=1e-6)


@given(st.floats(0.51, 0.9), st.floats(0.01, 0.09), st.floats(0.02, 0.98), st.floats(0.6, 0.99))
def test_more_is_asked_of_a_narrower_gap_and_of_more_confidence(least, gap, f, confidence) -> None:
    planned = least + gap
    far, near = (rows_for_auc(planned, each, f, confidence) for each in (least, least + gap / 2))
    assert near > far
    assert rows_for_auc(planned, least, f, min(0.999, confidence + 0.005)) > far
    assert rows_for_share(planned, least, confidence) < rows_for_share(planned, least + gap / 2, confidence)


@pytest.mark.parametrize("gap", [0.0, -1.0])
def test_what_lies_no_higher_than_the_limit_is_shown_by_no_number_of_rows(gap) -> None:
    assert rows_for_mean(gap, 1.0, 0.95) == math.inf
    assert rows_for_share(0.5 + gap / 10, 0.5, 0.95) == math.inf
    assert rows_for_auc(0.7 + gap / 10, 0.7, 0.1, 0.95) == math.inf
