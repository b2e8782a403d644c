"""Cross-fitting and half-splitting: against a loop over rows, and without the optimism they are for."""

import numpy as np
import pytest

from payoff.stats.tuning import cross_fit, half_split

GROUPS, CUTS = 20, np.linspace(0.05, 0.95, 19)


def _data(seed: int, n: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    # Noise, so that no two cuts have equal gains.
    gain = np.where(generator.random(n) < 0.05, 20.0, -1.0) - 0.05 + generator.normal(0, 0.01, n)
    return generator.random(n), gain, generator.integers(0, GROUPS, n)


def _sums(score: np.ndarray, gain: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    acted = gain[:, None] * (score[:, None] >= CUTS)
    return (
        np.array([acted[group == g].sum(axis=0) for g in range(GROUPS)]),
        np.bincount(group, minlength=GROUPS).astype(float),
    )


def test_it_is_the_loop_over_rows() -> None:
    score, gain, group = _data(1)
    fit = cross_fit(*_sums(score, gain, group))
    total = 0.0
    for g in range(GROUPS):
        rest = group != g
        means = [np.mean(gain[rest] * (score[rest] >= cut)) for cut in CUTS]
        assert fit.chosen[g] == np.argmax(means)
        total += (gain[~rest] * (score[~rest] >= CUTS[np.argmax(means)])).sum()
    assert fit.value == pytest.approx(total / len(score), rel=1e-12)
    claims = [np.mean(gain * (score >= cut)) for cut in CUTS]
    assert (fit.claimed, fit.claimed_cut) == (pytest.approx(max(claims)), np.argmax(claims))


def test_without_skill_the_claim_is_rosy_and_the_honest_point_is_not() -> None:
    fits = [cross_fit(*_sums(*_data(seed))) for seed in range(200)]
    # Acting on anybody is worth -0.05 + 20 * 0.05 - 0.95 = 0.0 on average, at any cut.
    spread = np.std([fit.value for fit in fits]) / np.sqrt(200)
    assert np.mean([fit.claimed for fit in fits]) > 0.05
    assert np.mean([fit.value for fit in fits]) < 3 * spread


def test_the_flat_region_holds_the_best_cut_and_only_neighbours_within_one_error() -> None:
    gains, weights = _sums(*_data(3))
    fit = cross_fit(gains, weights)
    assert 0 <= fit.flat_low <= fit.claimed_cut <= fit.flat_high < len(CUTS)
    best = gains[:, [fit.claimed_cut]]
    gap = (best - gains).sum(axis=0) / weights.sum()
    residual = best - gains - weights[:, None] * gap
    error = np.sqrt(GROUPS / (GROUPS - 1) * (residual**2).sum(axis=0)) / weights.sum()
    assert (gap <= error)[fit.flat_low : fit.flat_high + 1].all()
    assert all(gap[cut] > error[cut] for cut in (fit.flat_low - 1, fit.flat_high + 1) if 0 <= cut < len(CUTS))


def test_empty_groups_are_left_out_and_one_group_can_only_claim() -> None:
    gains, weights = _sums(*_data(4))
    padded = cross_fit(np.vstack([gains, np.zeros(len(CUTS))]), np.append(weights, 0.0))
    assert padded.value == cross_fit(gains, weights).value
    assert padded.chosen[-1] == -1
    alone = cross_fit(gains[:1], weights[:1])
    assert np.isnan(alone.value)
    assert not alone.is_honest
    assert alone.claimed == pytest.approx(gains[0].max() / weights[0])
    assert alone.flat_low == alone.claimed_cut == alone.flat_high


def test_half_split_chooses_on_even_groups_and_values_on_odd_ones() -> None:
    score, gain, group = _data(5)
    split = half_split(*_sums(score, gain, group))
    even = group % 2 == 0
    assert split.chosen == np.argmax([np.mean(gain[even] * (score[even] >= cut)) for cut in CUTS])
    assert split.value == pytest.approx(np.mean(gain[~even] * (score[~even] >= CUTS[split.chosen])))
    with pytest.raises(ValueError, match="odd"):
        half_split(np.ones((1, 3)), np.ones(1))
    for weights in ([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]):
        with pytest.raises(ValueError, match="even and in odd"):
            half_split(np.ones((4, 3)), np.array(weights))


def test_two_groups_are_enough_to_choose_on_one_and_value_on_the_other() -> None:
    fit = cross_fit(np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([1.0, 1.0]))
    assert (fit.value, fit.claimed) == (0.5, 2.0)
