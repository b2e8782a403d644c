"""Probabilities and quantiles against scipy, over the whole range that payoff meets."""

import numpy as np
import pytest
from scipy import special, stats

from payoff.stats.distributions import (
    beta_cdf,
    beta_ppf,
    chi2_cdf,
    chi2_sf,
    normal_cdf,
    normal_ppf,
    t_cdf,
    t_ppf,
)

# Arguments are rounded to float64 before either side sees them; n = 1e7 magnifies that to a few 1e-13.
RELATIVE = 1e-12
# Seven standard deviations out, rounding x by 1e-16 moves log F by 7 sqrt(1e7) 1e-16, on either side.
CONDITIONED = 5e-12
SIZE = 4_000


@pytest.fixture
def tail():
    generator = np.random.default_rng(7)
    return np.concatenate([10.0 ** generator.uniform(-12.0, -0.31, SIZE), generator.uniform(0.0, 1.0, SIZE)])


def log_uniform(low, high, size, seed):
    return 10.0 ** np.random.default_rng(seed).uniform(low, high, size)


def test_normal_probabilities_agree_with_scipy_far_into_the_tail():
    x = np.linspace(-37.0, 8.0, SIZE)
    np.testing.assert_allclose(normal_cdf(x), special.ndtr(x), rtol=RELATIVE)
    p = log_uniform(-300.0, -0.01, SIZE, 1)
    np.testing.assert_allclose(normal_ppf(p), special.ndtri(p), rtol=RELATIVE)


def test_t_agrees_with_scipy_from_one_degree_of_freedom_to_ten_million(tail):
    df = log_uniform(0.0, 7.0, len(tail), 2)
    x = stats.t.ppf(tail, df)
    np.testing.assert_allclose(t_cdf(x, df), stats.t.cdf(x, df), rtol=RELATIVE)
    np.testing.assert_allclose(t_ppf(tail, df), x, rtol=RELATIVE, atol=1e-15)


def test_beta_agrees_with_scipy_from_one_row_to_ten_million(tail):
    a, b = log_uniform(0.0, 6.7, len(tail), 3), log_uniform(0.0, 6.7, len(tail), 4)
    x = special.betaincinv(a, b, tail)
    np.testing.assert_allclose(beta_cdf(x, a, b), special.betainc(a, b, x), rtol=CONDITIONED)
    # scipy's own quantile misses by up to 3e-9 in probability, so its forward function is the reference.
    # Near 1 a float64 x cannot carry its complement.
    low = (tail < 0.5) & (x < 0.5)
    found = beta_ppf(tail, a, b)
    np.testing.assert_allclose(special.betainc(a, b, found)[low], tail[low], rtol=CONDITIONED)
    np.testing.assert_allclose(found, x, rtol=CONDITIONED)


def test_chi_squared_agrees_with_scipy():
    x = np.linspace(0.0, 200.0, SIZE)
    np.testing.assert_allclose(chi2_sf(x), stats.chi2.sf(x, 1), rtol=RELATIVE)
    np.testing.assert_allclose(chi2_cdf(x), stats.chi2.cdf(x, 1), rtol=RELATIVE)


def test_ends_are_exact_and_nonsense_is_nan():
    assert beta_cdf([0.0, 1.0], 2.0, 3.0).tolist() == [0.0, 1.0]
    assert beta_ppf([0.0, 1.0], 2.0, 3.0).tolist() == [0.0, 1.0]
    assert np.isnan(beta_ppf(0.5, [0.0, 2.0], [2.0, 0.0])).all()
    assert t_ppf([0.0, 0.5, 1.0], 5.0).tolist() == [-np.inf, 0.0, np.inf]
    assert t_cdf([-np.inf, 0.0, np.inf], 5.0).tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(t_ppf([-0.1, 1.1], 5.0)).all()
    assert np.isnan(normal_ppf([-0.1, 1.1])).all()


def test_infinite_degrees_of_freedom_are_the_normal():
    assert t_cdf(1.5, np.inf) == normal_cdf(1.5)
    assert t_ppf(0.9, np.inf) == normal_ppf(0.9)


def test_quantiles_sought_together_are_those_sought_alone():
    freedom = np.array([0.7, 3.0, 250.0, 19_999.0, 20_000.0, 1e6, np.inf])
    for p in (0.025, 0.5, 0.99999):
        together = t_ppf(p, freedom)
        alone = [float(t_ppf(p, one)) for one in freedom]
        np.testing.assert_allclose(together, alone, rtol=RELATIVE)


@pytest.mark.parametrize("df", [1.0, 3.0, 12.0, 400.0])
def test_near_the_median_the_quantile_of_t_has_the_sign_of_its_side(df):
    p = np.array([0.44, 0.4999, 0.5001, 0.52, 0.549, 0.56])
    np.testing.assert_allclose(t_ppf(p, df), stats.t.ppf(p, df), rtol=1e-9, atol=1e-12)
    assert float(t_ppf(0.5, df)) == 0.0


def test_the_ends_of_the_normal_are_infinite_and_beyond_them_is_nothing():
    np.testing.assert_array_equal(normal_ppf([0.0, 1.0, -0.1, 1.1]), [-np.inf, np.inf, np.nan, np.nan])


def test_a_quantile_is_found_from_where_the_tail_cannot_be_told_from_zero():
    p = np.array([1e-40, 1e-120, 1e-300])
    # I_x(100, 1) = x^100; the normal guess is so far out that its tail is below the smallest double.
    np.testing.assert_allclose(beta_ppf(p, 100.0, 1.0), p**0.01, rtol=RELATIVE)
