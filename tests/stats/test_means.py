"""Hall's transformation: laws, the paper's form, and coverage on skewed money."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from payoff.stats.losses import mean_loss
from payoff.stats.means import hall_bounds, hall_inverse, hall_statistic
from payoff.tables import Cells, Keyed, Moments
from payoff.tables.merging import joined

# Cube and cube root each lose a few units in the last place, relative to values of this size.
ROUND_TRIP = 1e-9
# 4,000 data sets at 5%: a standard error of 0.0034 on the share; three of them.
MONTE_CARLO = 0.0105

t_values = st.floats(-30, 30)
skewnesses = st.floats(-15, 15)
sizes = st.integers(50, 100_000)


@given(t_values, skewnesses, sizes)
def test_the_inverse_undoes_the_statistic(t: float, skewness: float, n: int) -> None:
    z = hall_statistic(t, 1.0, skewness, n)
    assert hall_inverse(z, skewness, n) == pytest.approx(t, abs=ROUND_TRIP * (1 + abs(float(z))) ** 1.5)


@given(t_values, st.floats(1e-6, 10), skewnesses, sizes)
def test_a_larger_gap_never_lowers_the_statistic(t: float, more: float, skewness: float, n: int) -> None:
    assert hall_statistic(t + more, 1.0, skewness, n) >= hall_statistic(t, 1.0, skewness, n)


@given(t_values, skewnesses, sizes)
def test_it_is_the_cube_of_halls_paper(t: float, skewness: float, n: int) -> None:
    # Hall 1992: g(T) = T + g T^2 / (3 sqrt n) + g^2 T^3 / (27 n) + g / (6 sqrt n).
    paper = t + skewness * t**2 / (3 * n**0.5) + skewness**2 * t**3 / (27 * n) + skewness / (6 * n**0.5)
    assert hall_statistic(t, 1.0, skewness, n) == pytest.approx(paper, rel=1e-12, abs=1e-12)


@given(t_values, skewnesses, sizes)
def test_losses_mirror_gains(t: float, skewness: float, n: int) -> None:
    assert hall_statistic(-t, 1.0, -skewness, n) == -hall_statistic(t, 1.0, skewness, n)


@given(
    st.floats(-1e3, 1e3), st.floats(0.01, 100), skewnesses, sizes, st.floats(-1e3, 1e3), st.floats(0.01, 100)
)
def test_bounds_move_and_scale_with_money(
    mean: float, stderr: float, skewness: float, n: int, shift: float, scale: float
) -> None:
    plain = np.array(hall_bounds(mean, stderr, skewness, n, (-1.96, 1.96)))
    moved = np.array(hall_bounds(mean * scale + shift, stderr * scale, skewness, n, (-1.96, 1.96)))
    # Sums of numbers up to 1e5 in float64.
    assert moved == pytest.approx(plain * scale + shift, rel=1e-9, abs=1e-9)


@given(t_values, skewnesses, sizes, st.floats(0.1, 4), st.floats(0, 4))
def test_a_wider_level_contains_a_narrower_one(
    mean: float, skew: float, n: int, z: float, more: float
) -> None:
    low, high = hall_bounds(mean, 1.0, skew, n, (-z, z))
    wide_low, wide_high = hall_bounds(mean, 1.0, skew, n, (-z - more, z + more))
    assert wide_low <= low <= high <= wide_high


def test_without_skewness_it_is_the_plain_interval() -> None:
    assert hall_bounds(3.0, 0.5, 0.0, 10, (-2.0, 2.0)) == (2.0, 4.0)


def test_equal_contributions_are_certain_but_at_their_own_value() -> None:
    assert hall_statistic([1.0, 0.0, -1.0], 0.0, 0.0, 10).tolist() == [np.inf, 0.0, -np.inf]
    assert hall_bounds(3.0, 0.0, 0.0, 10, (-2.0, 2.0)) == (3.0, 3.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_it_halves_the_error_of_students_interval_for_lognormal_money(sign: float) -> None:
    generator = np.random.default_rng(5)
    sets, n = 4_000, 200
    rows = sign * generator.lognormal(0.0, 1.0, (sets, n))
    truth = sign * np.exp(0.5)
    mean, sd = rows.mean(axis=1), rows.std(axis=1, ddof=1)
    skewness = stats.skew(rows, axis=1)
    at = hall_statistic(mean - truth, sd / n**0.5, skewness, n)
    plain = hall_statistic(mean - truth, sd / n**0.5, 0.0, n)
    for tail in (0.05, 0.95):
        limit = stats.t.ppf(tail, n - 1)
        error, students = np.mean(at < limit) - tail, np.mean(plain < limit) - tail
        assert abs(error) < abs(students) / 2 + MONTE_CARLO


def test_coverage_of_light_skew_is_nominal() -> None:
    generator = np.random.default_rng(6)
    sets, n = 4_000, 400
    rows = generator.exponential(1.0, (sets, n))
    at = hall_statistic(
        rows.mean(axis=1) - 1.0, rows.std(axis=1, ddof=1) / n**0.5, stats.skew(rows, axis=1), n
    )
    for tail in (0.05, 0.95):
        assert np.mean(at < stats.t.ppf(tail, n - 1)) == pytest.approx(tail, abs=MONTE_CARLO)


def cells_of_losses(loss: np.ndarray, weight: np.ndarray | None = None) -> Cells:
    """Return one cell of rows with a loss each, which is the only part."""
    w = np.ones(len(loss)) if weight is None else weight

    def held(heavy: int, power: int) -> np.ndarray:
        return np.array([(w**heavy * loss**power).sum()])

    return Cells(
        group=np.zeros(1, dtype=np.int64),
        state=np.zeros(1, dtype=np.int64),
        actions={},
        moments=Moments(
            rows=np.array([len(loss)]),
            weight=held(1, 0),
            weight2=held(2, 0),
            weight3=held(3, 0),
            total_high=np.zeros((1, 1), dtype=np.int64),
            total_low=np.zeros((1, 1), dtype=np.int64),
            nonzero=np.zeros((1, 0), dtype=np.int64),
            shift=np.zeros((1, 1)),
            first=held(1, 1)[:, None],
            first2=held(2, 1)[:, None],
            second=held(2, 2)[:, None, None],
            third=np.stack([held(3, power)[:, None] for power in range(4)], axis=2),
        ),
    )


def test_a_mean_loss_has_halls_interval_of_its_rows_in_whatever_unit() -> None:
    loss = np.random.default_rng(4).gamma(2.0, 1.0, 400)
    found = mean_loss(cells_of_losses(loss), 0)
    stderr, quantile = loss.std(ddof=1) / 20, stats.t.ppf(0.975, 399)
    expected = hall_bounds(loss.mean(), stderr, stats.skew(loss), 400, (-quantile, quantile))
    assert (found.value, found.stderr) == pytest.approx((loss.mean(), stderr), rel=ROUND_TRIP)
    assert (found.low, found.high) == pytest.approx(expected, rel=ROUND_TRIP)
    small = mean_loss(cells_of_losses(1e-6 * loss), 0)
    assert (small.low, small.high) == pytest.approx((1e-6 * found.low, 1e-6 * found.high), rel=1e-7)


def test_a_mean_loss_of_unequal_weights_has_the_freedom_of_the_rows_that_they_are_worth() -> None:
    generator = np.random.default_rng(8)
    loss, weight = generator.gamma(2.0, 1.0, 400), generator.choice([0.25, 4.0], 400, p=[0.9, 0.1])
    found = mean_loss(cells_of_losses(loss, weight), 0)
    mean, kish = np.average(loss, weights=weight), weight.sum() ** 2 / (weight**2).sum()
    lean = weight * (loss - mean) / weight.sum()
    stderr, skewness = np.sqrt(400 / 399 * (lean**2).sum()), (lean**3).mean() / (lean**2).mean() ** 1.5
    quantile = stats.t.ppf(0.975, kish - 1)
    expected = hall_bounds(mean, stderr, skewness, 400, (-quantile, quantile))
    assert (found.value, found.stderr) == pytest.approx((mean, stderr), rel=ROUND_TRIP)
    assert (found.low, found.high) == pytest.approx(expected, rel=ROUND_TRIP)


def test_a_mean_loss_of_clusters_has_halls_interval_of_their_totals() -> None:
    generator = np.random.default_rng(5)
    sizes = generator.integers(1, 5, 60)
    cluster = np.repeat(np.arange(60), sizes)
    loss = generator.random(60)[cluster] + generator.random(len(cluster))
    alone = [Keyed(cells=cells_of_losses(loss[cluster == one]), keys={}) for one in range(60)]
    found = mean_loss(replace(joined(alone).cells, cluster=np.arange(60)), 0)
    lean = np.bincount(cluster, loss - loss.mean()) / len(loss)
    stderr = np.sqrt(60 / 59 * (lean**2).sum())
    quantile = stats.t.ppf(0.975, len(loss) ** 2 / (sizes**2).sum() - 1)
    expected = hall_bounds(loss.mean(), stderr, stats.skew(lean), 60, (-quantile, quantile))
    assert (found.value, found.stderr) == pytest.approx((loss.mean(), stderr), rel=ROUND_TRIP)
    assert (found.low, found.high) == pytest.approx(expected, rel=ROUND_TRIP)


@pytest.mark.parametrize("scale", [1.0, 1 / 3, 1e-9])
@pytest.mark.parametrize("loss", [0.1, 0.3, math.log(3)])
def test_losses_that_are_all_alike_have_no_interval_at_any_scale_of_weights(
    loss: float, scale: float
) -> None:
    weight = scale * np.random.default_rng(9).choice([0.1, 1.7], 300)
    found = mean_loss(cells_of_losses(np.full(300, loss), weight), 0)
    assert (found.low, found.tier, found.note) == (None, "C", "no interval: every row has the same loss")
    alone = [Keyed(cells=cells_of_losses(np.full(5, loss), weight[:5]), keys={}) for _ in range(40)]
    found = mean_loss(replace(joined(alone).cells, cluster=np.arange(40)), 0)
    assert (found.low, found.tier, found.note) == (None, "C", "no interval: every row has the same loss")
    # A hundred-thousandth of a loss is a spread.
    other = mean_loss(cells_of_losses(loss * (1 + 1e-5 * np.arange(300)), weight), 0)
    assert other.low is not None
