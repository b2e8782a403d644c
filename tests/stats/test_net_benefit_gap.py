"""Net benefit of one score less another's: against a loop over rows, laws, and simulated coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.stats.inference import Evidence, interval
from payoff.stats.net_benefit_gap import net_benefit_gap
from payoff.stats.paired_scores import PairCells

ROUNDING = 1e-11
DRAWS = 600
# Four standard errors of a share of 0.95 over as many draws.
COVERAGE_ERROR = 4 * (0.95 * 0.05 / DRAWS) ** 0.5


def pairs_of(first, second, y, weight=None):
    weight = np.ones(len(y)) if weight is None else weight
    return PairCells(
        first=first,
        second=second,
        positive=weight * y,
        negative=weight * (1 - y),
        positive_squared=weight**2 * y,
        negative_squared=weight**2 * (1 - y),
        positives=int(y.sum()),
        negatives=int((1 - y).sum()),
    )


def drawn(seed, count=400):
    generator = np.random.default_rng(seed)
    first = generator.beta(1.5, 3.0, count).round(2)
    second = (first + generator.normal(0, 0.15, count)).clip(0, 0.99).round(2)
    y = (generator.random(count) < first).astype(float)
    return first, second, y, generator.integers(1, 5, count).astype(float)


def added(first, second, y, at):
    """Loop over rows: what each adds."""
    odds, out = at / (1 - at), []
    for a, b, one in zip(first, second, y, strict=True):
        out.append((1.0 if one else -odds) * (float(a >= at) - float(b >= at)))
    return np.array(out)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("at", [0.0, 0.1, 0.37, 0.9])
def test_value_error_and_tail_are_those_of_a_loop_over_rows(seed, at):
    first, second, y, weight = drawn(seed)
    for w in (np.ones(len(y)), weight):
        found, each = net_benefit_gap(pairs_of(first, second, y, w), at), added(first, second, y, at)
        mean, n = np.average(each, weights=w), len(y)
        variance = (w**2 * (each - mean) ** 2).sum() / w.sum() ** 2 * n / (n - 1)
        assert found.mean[0, 0] == pytest.approx(mean, abs=ROUNDING)
        assert found.covariance[0, 0, 0] / found.units == pytest.approx(variance, abs=ROUNDING)
        assert (found.rows, found.degrees_of_freedom) == (n, n - 1.0)
    plain, each = net_benefit_gap(pairs_of(first, second, y), at), added(first, second, y, at)
    if each.std() > 0:
        skew = ((each - each.mean()) ** 3).mean() / each.std() ** 3
        assert plain.skewness[0] == pytest.approx(skew, rel=1e-9, abs=1e-9)
    differs = (first >= at) != (second >= at)
    assert plain.deciding_events[0] == min((differs & (y == one)).sum() for one in (0, 1))
    assert plain.units == len(y)


def test_with_a_given_prevalence_each_outcome_is_a_sample_of_its_own():
    first, second, y, _ = drawn(5)
    weight, at = np.where(y == 1, 0.2, 2.0), 0.3
    found, each = (
        net_benefit_gap(pairs_of(first, second, y, weight), at, stratified=True),
        added(first, second, y, at),
    )
    share = [weight[y == one].sum() / weight.sum() for one in (0, 1)]
    wanted = sum(share[one] ** 2 * each[y == one].var(ddof=1) / (y == one).sum() for one in (0, 1))
    assert found.covariance[0, 0, 0] / found.units == pytest.approx(wanted, rel=1e-9)


@given(st.integers(0, 500), st.sampled_from([0.05, 0.2, 0.5]))
def test_scores_swapped_turn_the_sign_and_twice_the_weight_changes_nothing(seed, at):
    first, second, y, weight = drawn(seed, 60)
    one, other = (
        net_benefit_gap(pairs_of(*scores, y, weight), at) for scores in ((first, second), (second, first))
    )
    heavy = net_benefit_gap(pairs_of(first, second, y, 2 * weight), at)
    assert other.mean[0, 0] == pytest.approx(-one.mean[0, 0], abs=ROUNDING)
    assert other.skewness[0] == pytest.approx(-one.skewness[0], abs=1e-9)
    for found in (other, heavy):
        assert found.covariance[0, 0, 0] == pytest.approx(one.covariance[0, 0, 0], abs=ROUNDING)
        assert (found.deciding_events[0], found.units) == (one.deciding_events[0], one.units)


def test_what_is_no_threshold_and_what_are_no_rows_are_refused():
    first, second, y, _ = drawn(1, 10)
    for at in (-0.1, 1.0):
        with pytest.raises(ValueError, match="threshold"):
            net_benefit_gap(pairs_of(first, second, y), at)
    with pytest.raises(ValueError, match="two rows"):
        net_benefit_gap(pairs_of(first[:1], second[:1], y[:1]), 0.5)
    with pytest.raises(ValueError, match="two rows"):
        net_benefit_gap(pairs_of(first, second, y, 0.0 * y), 0.5)
    assert net_benefit_gap(pairs_of(first[:2], second[:2], y[:2]), 0.5).rows == 2


def test_the_interval_covers_as_it_says():
    at, count = 0.3, 1_500
    generator, held = np.random.default_rng(9), 0
    many = drawn(77, 400_000)
    truth = added(*many[:3], at).mean()
    for _ in range(DRAWS):
        first, second, y, _ = drawn(int(generator.integers(2**32)), count)
        found = interval(Evidence(contrast=net_benefit_gap(pairs_of(first, second, y), at)), np.ones(1))
        held += found.low is not None and found.low <= truth <= found.high
    # The truth by 400,000 rows is off by a sixteenth of an interval's half width.
    assert held / DRAWS == pytest.approx(0.95, abs=COVERAGE_ERROR + 0.003)
