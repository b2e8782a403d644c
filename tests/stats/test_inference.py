"""The seam to verdicts: interval and confidence agree in every tier, tiers, rows needed, worth of data."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from payoff.stats.bounded import Range, bernstein_bounds, capped
from payoff.stats.contrast import Contrast, moments
from payoff.stats.inference import (
    Evidence,
    Support,
    _further,
    confidence,
    evpi_per_decision,
    interval,
    intervals,
    rows_needed,
    tier_of,
)
from payoff.stats.tiers import Circumstances, candidates, choose_tier

# A bound read back through t quantile and t probability.
ROUND_TRIP = 1e-6
ONE = np.array([1.0])


def contrast_of(
    mean: float = 1.0,
    stderr: float = 0.4,
    skewness: float = 0.0,
    units: int = 2_500,
    events: int = 200,
    clusters: float | None = None,
) -> Contrast:
    return Contrast(
        units=units,
        rows=units,
        mean=np.array([[mean]]),
        covariance=np.array([[[stderr**2 * units]]]),
        skewness=np.array([skewness]),
        deciding_events=np.array([events]),
        degrees_of_freedom=(units if clusters is None else clusters) - 1.0,
        clustered=clusters is not None,
    )


SUPPORT = np.array([[0.0], [20.0], [-4.0]])
EVIDENCE = {
    "A": Evidence(contrast=contrast_of(skewness=4.0)),
    "A- twice": Evidence(contrast=contrast_of(skewness=-9.0)),
    "A- five times": Evidence(contrast=contrast_of(skewness=15.0)),
    "A- ten times": Evidence(contrast=contrast_of(skewness=-18.0)),
    "few clusters": Evidence(contrast=contrast_of(clusters=50.0)),
    "B": Evidence(contrast=contrast_of(events=9), about=Circumstances(capped=True), within=Range(-3.0, 30.0)),
    # A cap is declared, and the moments do without it.
    "A capped": Evidence(contrast=contrast_of(), about=Circumstances(capped=True), within=Range(-3.0, 30.0)),
    "F": Evidence(
        contrast=contrast_of(),
        about=Circumstances(finite_support=True),
        support=Support(counts=np.array([900, 60, 40]), parts=SUPPORT),
    ),
    "F exact": Evidence(
        contrast=contrast_of(),
        about=Circumstances(finite_support=True),
        support=Support(counts=np.array([900, 60, 40]), parts=SUPPORT),
        method="exact",
    ),
}
TIERS = {"few clusters": "A-"}


@pytest.mark.parametrize("name", EVIDENCE)
@pytest.mark.parametrize("level", [0.6, 0.9, 0.95, 0.99])
def test_a_bound_is_the_hurdle_cleared_with_its_own_confidence(name: str, level: float) -> None:
    evidence = EVIDENCE[name]
    found = interval(evidence, ONE, level)
    assert found.tier == TIERS.get(name, name.split(maxsplit=1)[0])
    assert found.low is not None
    assert found.high is not None
    at = confidence(evidence, np.ones((2, 1)), np.array([found.low, found.high]))
    # Finite support reads its exact method off a grid.
    tolerance = 1e-4 if name.startswith("F") else ROUND_TRIP
    assert at == pytest.approx([(1 + level) / 2, (1 - level) / 2], abs=tolerance)


@pytest.mark.parametrize("name", EVIDENCE)
def test_confidence_falls_with_the_hurdle_and_wider_levels_contain_narrower_ones(name: str) -> None:
    evidence, hurdles = EVIDENCE[name], np.linspace(-3, 4, 29)
    at = confidence(evidence, np.ones((29, 1)), hurdles)
    assert at is not None
    assert (np.diff(at) <= 0).all()
    assert ((at >= 0) & (at <= 1)).all()
    lows = [interval(evidence, ONE, level).low for level in (0.5, 0.8, 0.95)]
    highs = [interval(evidence, ONE, level).high for level in (0.5, 0.8, 0.95)]
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs)


@pytest.mark.parametrize("name", [name for name in EVIDENCE if name != "B"])
def test_money_in_another_unit_changes_no_confidence(name: str) -> None:
    evidence = EVIDENCE[name]
    plain = confidence(evidence, ONE, 0.3)
    assert confidence(evidence, 1000 * ONE, 300.0) == pytest.approx(plain, abs=1e-9)


def test_widening_multiplies_the_error_for_clearing_and_for_missing() -> None:
    light, heavy = contrast_of(), contrast_of(events=200, clusters=50.0, units=2_500)
    for hurdle in (-0.2, 2.2):
        single = float(stats.t.cdf(-abs(1.0 - hurdle) / 0.4, 49.0))
        at = confidence(Evidence(contrast=heavy), ONE, hurdle)
        assert at == pytest.approx(1 - 2 * single if hurdle < 1 else 2 * single, abs=ROUND_TRIP)
    assert confidence(Evidence(contrast=light), ONE, 1.0) == pytest.approx(0.5)
    assert confidence(Evidence(contrast=heavy), ONE, 0.95) == pytest.approx(0.5)


def test_gains_of_all_tiers_judged_together_are_those_judged_alone() -> None:
    lost = Evidence(contrast=contrast_of(skewness=25.0, events=12))
    fewer = replace(EVIDENCE["F"], support=Support(counts=np.array([90, 0, 3]), parts=SUPPORT))
    other = replace(EVIDENCE["F"], support=Support(counts=np.array([90, 9, 3, 2]), parts=np.eye(4)[:, :1]))
    several = [*EVIDENCE.values(), lost, fewer, other, *EVIDENCE.values()]
    values = [None if number % 2 else 7.0 for number in range(len(several))]
    together = intervals(several, ONE, 0.9, values)
    for one, evidence, value in zip(together, several, values, strict=True):
        alone = interval(evidence, ONE, 0.9, value)
        assert replace(one, low=None, high=None) == replace(alone, low=None, high=None)
        ends = (alone.low, alone.high)
        assert (one.low, one.high) == (ends if alone.low is None else pytest.approx(ends, rel=1e-12))


def test_tier_c_gives_no_bounds_no_confidence_and_a_remedy() -> None:
    evidence = Evidence(contrast=contrast_of(skewness=25.0, events=12))
    found = interval(evidence, ONE)
    assert (found.tier, found.low, found.high, found.value) == ("C", None, None, 1.0)
    assert found.note == (
        "12 deciding events, 50 are needed; the tail is too heavy (r = 0.50, at most 0.40); "
        "about 3,907 rows may do (optimistic); or declare a cap"
    )
    assert confidence(evidence, ONE, 0.0) is None


@pytest.mark.parametrize(
    ("contrast", "about", "tier", "widening", "reason"),
    [
        (contrast_of(skewness=5.0), Circumstances(), "A", 1, None),
        (contrast_of(skewness=5.1), Circumstances(), "A-", 2, None),
        (contrast_of(skewness=-10.1), Circumstances(), "A-", 5, None),
        (contrast_of(skewness=17.5), Circumstances(), "A-", 5, None),
        (contrast_of(skewness=17.6), Circumstances(), "A-", 10, None),
        (contrast_of(skewness=20.0), Circumstances(), "A-", 10, None),
        (contrast_of(skewness=20.1), Circumstances(), "C", 1, "no_verdict_tier"),
        (contrast_of(skewness=20.1), Circumstances(capped=True), "B", 1, None),
        (contrast_of(skewness=20.1), Circumstances(capped=True, beyond_cap=1), "C", 1, "no_verdict_tier"),
        (contrast_of(skewness=5.0), Circumstances(least_tail=0.3), "A-", 5, None),
        (replace(contrast_of(), periods=20), Circumstances(), "A", 1, None),
        (replace(contrast_of(), periods=19), Circumstances(), "C", 1, "few_periods"),
        (contrast_of(units=2, events=1), Circumstances(capped=True), "B", 1, None),
        (contrast_of(units=1, events=1), Circumstances(capped=True), "C", 1, "no_verdict_tier"),
        (contrast_of(skewness=5.0), Circumstances(least_tail=0.5), "C", 1, "no_verdict_tier"),
        (contrast_of(skewness=5.0), Circumstances(least_tail=0.5, capped=True), "B", 1, None),
        (contrast_of(skewness=5.0), Circumstances(least_tail=math.nan), "C", 1, "no_verdict_tier"),
        (contrast_of(skewness=np.nan, units=1), Circumstances(capped=True), "C", 1, "no_verdict_tier"),
        (contrast_of(events=49), Circumstances(), "C", 1, "no_verdict_tier"),
        (contrast_of(events=50), Circumstances(least_widening=2), "A-", 2, None),
        (contrast_of(events=0), Circumstances(finite_support=True), "F", 1, None),
        (contrast_of(clusters=29.9), Circumstances(), "C", 1, "few_clusters"),
        (contrast_of(clusters=99.0), Circumstances(), "A-", 2, None),
        (contrast_of(clusters=99.0, skewness=15.0), Circumstances(), "A-", 5, None),
        (contrast_of(clusters=100.0), Circumstances(), "A", 1, None),
        (contrast_of(clusters=200.0, events=9), Circumstances(capped=True), "C", 1, "no_verdict_tier"),
        (
            contrast_of(clusters=200.0, events=9),
            Circumstances(finite_support=True, adverse_clusters=20),
            "A",
            1,
            None,
        ),
        (
            contrast_of(clusters=200.0),
            Circumstances(finite_support=True, adverse_clusters=19),
            "C",
            1,
            "no_verdict_tier",
        ),
        (contrast_of(skewness=math.nan), Circumstances(), "C", 1, "no_verdict_tier"),
    ],
)
def test_the_tier_follows_from_tail_events_clusters_and_spec(
    contrast: Contrast, about: Circumstances, tier: str, widening: int, reason: str | None
) -> None:
    choice = choose_tier(contrast, about)
    assert (choice.tier, choice.widening, choice.reason) == (tier, widening, reason)
    assert (choice.note is None) == (reason is None)


def test_candidates_have_events_and_a_light_enough_tail() -> None:
    four = Contrast(
        units=2_500,
        rows=2_500,
        mean=np.zeros((4, 1)),
        covariance=np.ones((4, 1, 1)),
        skewness=np.array([0.0, 9.0, 1.0, 20.0]),
        deciding_events=np.array([49, 60, 50, 30]),
        degrees_of_freedom=2_499.0,
        maxima=np.zeros(10),
    )
    mask, factor = candidates(four)
    assert mask.tolist() == [False, True, True, False]
    # The third cut's own tail is light, but a cut that sees more events has seen a heavier one.
    assert factor.tolist() == [0, 2, 2, 0]
    assert tier_of(Evidence(contrast=four)).tier == "C"


def test_moments_at_draws_are_those_of_the_weighted_parts() -> None:
    generator = np.random.default_rng(2)
    parts, draws = generator.normal(size=(50, 3)), generator.normal(size=(7, 3))
    contrast = Contrast(
        units=50,
        rows=50,
        mean=parts.mean(axis=0)[None],
        covariance=np.cov(parts.T)[None],
        skewness=np.zeros(1),
        deciding_events=np.array([50]),
        degrees_of_freedom=49.0,
    )
    at = moments(contrast, draws)
    for row, draw in enumerate(draws):
        value = parts @ draw
        assert at.mean[row, 0] == pytest.approx(value.mean(), rel=1e-9)
        assert at.stderr[row, 0] == pytest.approx(stats.sem(value), rel=1e-9)


def test_rows_needed_is_a_range_over_one_standard_error_of_the_gap() -> None:
    evidence = Evidence(contrast=contrast_of(mean=1.0, stderr=0.4))
    low, high = rows_needed(evidence, ONE, 0.0, 0.95)
    planned = (stats.norm.ppf(0.95) + stats.norm.ppf(0.8)) * 0.4
    assert low == max(0, math.ceil((planned / 1.4) ** 2 * 2_500) - 2_500)
    assert high == math.ceil((planned / 0.6) ** 2 * 2_500) - 2_500


def test_no_number_of_rows_clears_when_the_gain_is_at_the_low_end() -> None:
    assert rows_needed(Evidence(contrast=contrast_of(mean=0.3)), ONE, 0.0, 0.95)[1] is None
    assert rows_needed(Evidence(contrast=contrast_of(mean=-1.0)), ONE, 0.0, 0.95) == (None, None)
    # A gap of a hundredth of a standard error asks for some 60,000 times the rows.
    assert rows_needed(Evidence(contrast=contrast_of(mean=0.404)), ONE, 0.0, 0.95)[1] is None


def test_rows_needed_bring_events_and_tail_within_the_tier() -> None:
    few = Evidence(contrast=contrast_of(mean=9.0, events=10))
    assert rows_needed(few, ONE, 0.0, 0.95) == (10_000, 10_000)
    heavy = Evidence(contrast=contrast_of(mean=9.0, skewness=35.0))
    assert rows_needed(heavy, ONE, 0.0, 0.95) == (5_157, 5_157)
    assert rows_needed(Evidence(contrast=contrast_of(mean=9.0, events=0)), ONE, 0.0, 0.95) == (None, None)


@given(st.floats(-5, 5), st.floats(0.05, 5))
@settings(max_examples=40, deadline=None)
def test_evpi_is_the_expected_loss_of_deciding_now(mean: float, stderr: float) -> None:
    # Deciding now earns max(0, mean); knowing earns the mean of max(0, gain).
    knowing = integrate.quad(
        lambda z: max(0.0, mean + stderr * z) * stats.norm.pdf(z),
        -9,
        9,
        points=[np.clip(-mean / stderr, -9, 9)],
    )[0]
    assert evpi_per_decision(mean, stderr) == pytest.approx(knowing - max(0.0, mean), abs=1e-7)


def test_empirical_bernstein_holds_for_a_rare_great_loss() -> None:
    generator = np.random.default_rng(3)
    within = capped(gain=1.0, loss=100.0)
    assert within == Range(-101.0, 101.0)
    n, sets, loss = 2_000, 2_000, 0.0005
    losses = generator.binomial(n, loss, sets)
    mean = (losses * -100.0 + (n - losses) * 1.0) / n
    variance = (losses * 1e4 + (n - losses)) / n - mean**2
    low = bernstein_bounds(mean, variance * n / (n - 1), n, within, 0.05)[0]
    # Guaranteed: no Monte Carlo allowance; the plain normal bound fails in over a third of these sets.
    assert np.mean(low > 1 - 101 * loss) <= 0.05
    assert np.mean(mean - 1.645 * np.sqrt(variance / n) > 1 - 101 * loss) > 0.3


def test_bernstein_bounds_are_the_theorem() -> None:
    log = np.log(2 / 0.05)
    half = np.sqrt(2 * 4.0 * log / 900) + 7 * 12.0 * log / (3 * 899)
    low, high = bernstein_bounds(1.0, 4.0, 900, Range(-2.0, 10.0), 0.05)
    assert (low, high) == (pytest.approx(1.0 - half), pytest.approx(1.0 + half))


def test_bernstein_bounds_stay_within_what_is_possible() -> None:
    low, high = bernstein_bounds(0.5, 1.0, 5, Range(-1.0, 1.0), 0.05)
    assert (low, high) == (-1.0, 1.0)


def test_a_hundred_times_the_rows_is_the_most_that_is_asked_for() -> None:
    # By hand: 10^2 times 100 rows are 10,000, of which 100 are there.
    assert _further(100, spread=10.0, gap=1.0, floor=0.0) == 9_900
    assert _further(100, spread=10.001, gap=1.0, floor=0.0) is None
    assert _further(100, spread=1.0, gap=1.0, floor=10_000.0) == 9_900


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence(contrast=contrast_of(clusters=50.0)), "Hall t by cluster, widened x2 for few clusters"),
        (
            Evidence(contrast=contrast_of(skewness=-9.0, clusters=50.0)),
            "Hall t by cluster, widened x2 for a heavy tail",
        ),
        (
            Evidence(contrast=contrast_of(skewness=15.0, clusters=50.0)),
            "Hall t by cluster, widened x5 for a heavy tail",
        ),
        (Evidence(contrast=contrast_of(skewness=-9.0)), "Hall t, widened x2 for a heavy tail"),
        (Evidence(contrast=contrast_of(clusters=150.0)), "Hall t by cluster"),
        (EVIDENCE["B"], "empirical Bernstein"),
        (EVIDENCE["A capped"], "Hall t"),
    ],
)
def test_an_interval_names_its_method_and_what_it_is_widened_for(evidence: Evidence, words: str) -> None:
    assert interval(evidence, ONE, 0.95).method == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([900, 60, 40], "finite support"),
        ([900, 60, 0], "finite support, exact on one side"),
        ([900, 60, 3], "exact finite support"),
        ([900, 3, 3], "exact finite support"),
        ([10, 0, 0], "exact finite support"),
    ],
)
def test_finite_support_is_called_by_what_its_bounds_rest_on(counts: list[int], words: str) -> None:
    held = Evidence(
        contrast=contrast_of(),
        about=Circumstances(finite_support=True),
        support=Support(counts=np.array(counts), parts=SUPPORT),
    )
    assert interval(held, ONE, 0.95).method == words


def test_too_few_clusters_with_an_adverse_row_are_told_as_such_whatever_the_deciding_events() -> None:
    about = Circumstances(finite_support=True, adverse_clusters=19)
    for events in (9, 200):
        choice = choose_tier(contrast_of(clusters=200.0, events=events), about)
        assert choice.note == "19 clusters hold an adverse row, 20 are needed"


def test_a_cap_is_advised_only_where_it_would_help() -> None:
    few = contrast_of(events=9)
    assert "or declare a cap" in choose_tier(few, Circumstances()).note
    assert "cap" not in choose_tier(few, Circumstances(weighted=True)).note
