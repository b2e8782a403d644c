"""Rows sampled by outcome at a declared prevalence: only the means within outcomes are in doubt."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import payoff
from customers import rows_of, spec_of
from payoff.stats.means import hall_bounds

Floats = NDArray[np.float64]
# Sums of some thousand doubles in another order, and quanta of 0.0001 never enter.
ROUNDING = 1e-7
SHARE, THRESHOLD, VOLUME = 0.1, 0.3, 12_000.0


def sampled(seed: int, positives: int = 400, negatives: int = 500) -> dict[str, Any]:
    """Return rows of which so many of either outcome were drawn, without a look at anything else."""
    rows = rows_of(seed, 4_000)
    rng = np.random.default_rng(seed)
    kept = [
        rng.permutation(np.flatnonzero(rows["y"] == one))[:n] for one, n in ((1, positives), (0, negatives))
    ]
    held = np.sort(np.concatenate(kept))
    return {name: column[held] for name, column in rows.items()}


def declared(threshold: Any = THRESHOLD, **more: Any) -> dict[str, Any]:
    data = {"id": "id", "sampled": "by outcome", **more.pop("data", {})}
    spec = spec_of(threshold, **data) | more
    spec["data"]["prevalence"] = SHARE
    return spec


def evaluate(rows: dict[str, Any], spec: dict[str, Any]) -> Any:
    return payoff.evaluate(pa.table(rows), spec).record


def estimate(record: Any, metric: str, of: str = "new", over: str | None = None, where: Any = None) -> Any:
    return next(
        one
        for one in record.estimates
        if (one.metric, one.of, one.over, one.slice) == (metric, of, over, where)
        and one.per in (None, "decision")
    )


def ends(one: Any) -> list[float]:
    return [one.value, one.low, one.high]


def worth(rows: dict[str, Any]) -> Floats:
    return np.asarray(np.where(rows["y"] == 1, 0.5 * rows["amount"], 0.0) - 8.0)


def decided(rows: dict[str, Any], name: str) -> Floats:
    return {
        "new": (rows["p"] >= THRESHOLD).astype(float),
        "rule": (rows["amount"] > 90).astype(float),
        "nobody": np.zeros(len(rows["y"])),
        "everybody": np.ones(len(rows["y"])),
        "coin": np.full(len(rows["y"]), 0.25),
    }[name]


def brute(rows: dict[str, Any], gain: Floats) -> list[float]:
    """Return value and Hall's 95% bounds of a stratified mean, by a loop over the two outcomes."""
    value = variance = third = 0.0
    plain, below = 0.0, 0.0
    for outcome, share in ((0, 1 - SHARE), (1, SHARE)):
        held = gain[rows["y"] == outcome]
        n, mean = len(held), held.mean()
        value += share * mean
        variance += share**2 * held.var(ddof=1) / n
        third += share**3 * ((held - mean) ** 3).mean() / n**2
        plain += share**2 * held.var() / n
        below += (share**2 * held.var() / n) ** 2 / (n - 1)
    ratio = third / plain**1.5
    assert abs(ratio) <= 0.4, "the test wants an interval"
    factor = 1 if abs(ratio) <= 0.1 else 2 if abs(ratio) <= 0.2 else 5 if abs(ratio) <= 0.35 else 10
    quantile = float(stats.t.ppf(1 - 0.025 / factor, plain**2 / below))
    low, high = hall_bounds(value, np.sqrt(variance), ratio, 1, (-quantile, quantile))
    return [value, float(low), float(high)]


@pytest.mark.parametrize("over", [None, "rule", "nobody", "coin"])
def test_value_and_gain_are_stratified_means(over: str | None) -> None:
    rows = sampled(1)
    record = evaluate(rows, declared())
    gain = worth(rows) * (decided(rows, "new") - (0.0 if over is None else decided(rows, over)))
    one = estimate(record, "value" if over is None else "gain", over=over)
    assert ends(one) == pytest.approx(brute(rows, gain), rel=ROUNDING)
    assert one.note is None


def test_value_per_year_is_that_times_the_volume_and_the_verdict_rests_on_it() -> None:
    rows = sampled(2)
    record = evaluate(rows, declared())
    (hurdle,) = record.verdict.hurdles
    gain = worth(rows) * (decided(rows, "new") - decided(rows, "rule"))
    assert [hurdle.gain, hurdle.low, hurdle.high] == pytest.approx(
        [VOLUME * end for end in brute(rows, gain)], rel=ROUNDING
    )


def test_a_class_share_in_no_doubt_makes_intervals_narrower_than_one_sample_does() -> None:
    """The same weights as a column say nothing of where they come from: one sample, prevalence in doubt."""
    rows = sampled(3)
    n = np.bincount(rows["y"])
    rows["w"] = np.array([(1 - SHARE) / n[0], SHARE / n[1]])[rows["y"]] * len(rows["y"])
    ours = estimate(evaluate(rows, declared()), "value", of="everybody")
    spec = spec_of(THRESHOLD, id="id", weight="w")
    theirs = estimate(evaluate(rows, spec), "value", of="everybody")
    assert ours.value == pytest.approx(theirs.value, rel=ROUNDING)
    assert (theirs.high - theirs.low) / (ours.high - ours.low) > 1.3


def test_where_values_follow_from_outcomes_the_error_is_that_of_net_benefit() -> None:
    """A hit is worth 1 and a false alarm costs the odds of the threshold: the gain over nobody is net benefit there."""
    rows = sampled(4)
    value = {"act": "case when outcome then 1 else 0 - 3.0 / 7.0 end", "skip": 0}
    record = evaluate(rows, declared(value=value, assumptions={}, metrics=["net_benefit"]))
    benefit, one = estimate(record, "net_benefit", over="nobody"), estimate(record, "gain", over="nobody")
    assert one.value == pytest.approx(benefit.value, rel=1e-9)
    # Both are Hall's bounds of two binomials; the degrees of freedom are not the same (900 rows, or Satterthwaite's).
    assert [one.low, one.high] == pytest.approx([benefit.low, benefit.high], rel=0.005)


def test_a_scenario_of_the_declared_prevalence_is_the_headline() -> None:
    rows = sampled(5)
    record = evaluate(rows, declared(scenarios={"same": {"prevalence": SHARE}, "more": {"prevalence": 0.3}}))
    same, more = (one.gains[0] for one in record.scenarios)
    (hurdle,) = record.verdict.hurdles
    assert ends(same) == pytest.approx([hurdle.gain, hurdle.low, hurdle.high], rel=ROUNDING)
    assert [same.difference, same.difference_low, same.difference_high] == pytest.approx([0.0] * 3, abs=1e-6)
    # A world of other shares differs by the means within outcomes alone.
    gain = worth(rows) * (decided(rows, "new") - decided(rows, "rule"))
    held = [gain[rows["y"] == one] for one in (0, 1)]
    error = 0.2 * np.sqrt(sum(one.var(ddof=1) / len(one) for one in held)) * VOLUME
    assert (more.difference_high - more.difference_low) / 2 == pytest.approx(1.96 * error, rel=0.05)


def test_declaring_a_prevalence_is_a_world_of_that_prevalence() -> None:
    """Rows without a declared prevalence tell the same of that world, but for degrees of freedom."""
    rows = sampled(6)
    plain = spec_of(THRESHOLD, id="id") | {"scenarios": {"there": {"prevalence": SHARE}}}
    there = evaluate(rows, plain).scenarios[0].gains[0]
    (here,) = evaluate(rows, declared()).verdict.hurdles
    assert ends(there) == pytest.approx([here.gain, here.low, here.high], rel=0.01)
    assert there.value == pytest.approx(here.gain, rel=ROUNDING)


def test_clusters_add_up_what_rows_are_beyond_the_mean_of_their_outcome() -> None:
    rows = sampled(7)
    one = estimate(evaluate(rows, declared(data={"cluster": "person"})), "gain", over="rule")
    gain = worth(rows) * (decided(rows, "new") - decided(rows, "rule"))
    n = np.bincount(rows["y"])
    weight = np.array([(1 - SHARE) / n[0], SHARE / n[1]])[rows["y"]]
    mean = np.array([gain[rows["y"] == k].mean() for k in (0, 1)])[rows["y"]]
    psi = np.bincount(np.unique(rows["person"], return_inverse=True)[1], weight * (gain - mean))
    error = np.sqrt((psi**2).sum() * len(psi) / (len(psi) - 1))
    assert (one.high - one.low) / 2 == pytest.approx(1.96 * error, rel=0.03)


def test_a_slice_is_a_ratio_of_two_stratified_means() -> None:
    rows = sampled(8, 700, 900)
    one = estimate(evaluate(rows, declared()), "gain", over="rule", where={"region": "north"})
    gain = worth(rows) * (decided(rows, "new") - decided(rows, "rule"))
    n, here = np.bincount(rows["y"]), rows["region"] == "north"
    weight = np.array([(1 - SHARE) / n[0], SHARE / n[1]])[rows["y"]]
    ratio = (weight * gain)[here].sum() / weight[here].sum()
    u = weight * here * (gain - ratio)
    u = u - np.array([u[rows["y"] == k].mean() for k in (0, 1)])[rows["y"]]
    error = np.sqrt((u**2).sum()) / weight[here].sum()
    assert one.value == pytest.approx(ratio, rel=ROUNDING)
    assert (one.high - one.low) / 2 == pytest.approx(1.96 * error, rel=0.06)


def test_a_tuned_threshold_is_judged_by_a_band_about_the_means_of_outcomes() -> None:
    """The band of the cut in use is wider than the interval of that threshold fixed, by no more than tuning costs."""
    rows = sampled(9, 900, 900)
    record = evaluate(rows, declared("best"))
    (policy,) = (one for one in record.policies if one.name == "new")
    tuned = estimate(record, "gain", over="rule")
    fixed = estimate(evaluate(rows, declared(policy.threshold)), "gain", over="rule")
    assert 1.0 < (tuned.high - tuned.low) / (fixed.high - fixed.low) < 1.6


def test_few_events_leave_a_half_whose_positives_have_the_declared_share() -> None:
    rows = sampled(10, 70, 400)
    record = evaluate(rows, declared("best"))
    assert "judged on odd groups" in (estimate(record, "gain", over="rule").note or "")


def test_the_prevalence_is_told_as_it_was_declared() -> None:
    one = estimate(evaluate(sampled(11), declared()), "prevalence")
    assert ends(one) == [SHARE, SHARE, SHARE]
    assert (one.method, one.tier, one.note) == ("declared", "A", "declared, not estimated: no sampling error")


@pytest.mark.parametrize("metric", ["recall", "specificity", "balanced_accuracy", "roc_auc"])
def test_what_does_not_depend_on_prevalence_is_told_alike_with_and_without_one(metric: str) -> None:
    rows = sampled(12)
    ours, theirs = (
        estimate(evaluate(rows, spec), metric) for spec in (declared(), spec_of(THRESHOLD, id="id"))
    )
    assert ends(ours) == pytest.approx(ends(theirs), rel=1e-9)


def test_precision_is_that_of_a_case_control_study() -> None:
    """Mercaldo, Lau and Zhou (2007): the logit of a predictive value is a difference of logarithms of two shares."""
    rows = sampled(13)
    one = estimate(evaluate(rows, declared()), "precision")
    acted = decided(rows, "new")
    tpr, fpr = (acted[rows["y"] == k].mean() for k in (1, 0))
    value = SHARE * tpr / (SHARE * tpr + (1 - SHARE) * fpr)
    error = np.sqrt((1 - tpr) / (400 * tpr) + (1 - fpr) / (500 * fpr))
    ends_by_logit = [1 / (1 + np.exp(-(np.log(value / (1 - value)) + z * error))) for z in (-1.96, 1.96)]
    assert one.value == pytest.approx(value, rel=1e-9)
    assert [one.low, one.high] == pytest.approx(ends_by_logit, rel=0.01)


@pytest.mark.parametrize("metric", ["act_rate", "accuracy"])
def test_mixed_shares_square_and_add_the_bounds_within_outcomes(metric: str) -> None:
    rows = sampled(14)
    acted = decided(rows, "new")
    right = acted if metric == "act_rate" else np.where(rows["y"] == 1, acted, 1 - acted)
    value = below = above = 0.0
    for outcome, share in ((0, 1 - SHARE), (1, SHARE)):
        held = right[rows["y"] == outcome]
        low, high = proportion_confint(held.sum(), len(held), method="wilson")
        value += share * held.mean()
        below += (share * (held.mean() - low)) ** 2
        above += (share * (high - held.mean())) ** 2
    one = estimate(evaluate(rows, declared()), metric)
    assert ends(one) == pytest.approx([value, value - np.sqrt(below), value + np.sqrt(above)], rel=1e-9)


def test_exact_shares_rest_on_exact_bounds_within_outcomes() -> None:
    rows = sampled(15)
    record = evaluate(rows, declared(metrics=[{"metric": "accuracy", "method": "exact"}, "prevalence"]))
    one, usual = estimate(record, "accuracy"), estimate(evaluate(rows, declared()), "accuracy")
    assert one.method == "mover_clopper_pearson"
    assert one.low < usual.low < usual.high < one.high


def test_the_notes_say_that_the_share_is_declared() -> None:
    record = evaluate(sampled(17), declared())
    assert (
        "The share of positives is declared (0.1): rows weigh by their outcome, and only means within outcomes are in "
        "doubt." in record.notes
    )
    assert not any("Kish" in note for note in record.notes)


def test_a_prevalence_that_is_the_share_of_the_rows_is_declared_all_the_same() -> None:
    rows = sampled(18, 300, 2_100)
    spec = declared()
    spec["data"]["prevalence"] = 0.125
    record = evaluate(rows, spec)
    assert estimate(record, "prevalence").method == "declared"
    gain = worth(rows) * (decided(rows, "new") - decided(rows, "rule"))
    held = [gain[rows["y"] == one] for one in (0, 1)]
    error = np.sqrt(
        sum(pi**2 * one.var(ddof=1) / len(one) for pi, one in zip((0.875, 0.125), held, strict=True))
    )
    one = estimate(record, "gain", over="rule")
    assert (one.high - one.low) / 2 == pytest.approx(1.96 * error, rel=0.03)
