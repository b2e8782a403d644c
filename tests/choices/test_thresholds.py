"""Cuts of a score, thresholds from the value definition, contradictions, and what tuning deploys."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from payoff.choices import cut_switches, shares, thresholds
from payoff.comparison import compare
from payoff.errors.data import ContradictedThreshold
from payoff.running.gathering import Counted

Make = Callable[..., Any]
MOST = 121
# Means of some thousand doubles in another order.
ROUNDING = 1e-9


def threshold(counted: Counted) -> float | None:
    assert counted.grounds is not None
    return counted.grounds.choices.thresholds["m"]


@pytest.mark.parametrize("at", ["best", 0.37])
def test_few_distinct_scores_are_all_cuts(at: Any, make_rows: Make, make_spec: Make, count: Make) -> None:
    rows = make_rows(0, digits=2)
    found = count(make_spec(at), rows).cuts["m"].at
    expected = np.unique(rows["p"])
    if at != "best":
        expected = np.union1d(expected, [at])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("at", ["best", "from value", 0.123456789])
def test_many_distinct_scores_give_few_cuts_that_occur_and_hold_the_threshold(
    seed: int, at: Any, make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(seed)
    counted = count(make_spec(at), rows)
    cuts, used = counted.cuts["m"].at, threshold(counted)
    assert 60 <= len(cuts) <= MOST
    assert used in cuts
    assert set(cuts) - {used} <= set(rows["p"])
    assert (np.diff(cuts) > 0).all()
    shares = [np.mean(rows["p"] >= cut) for cut in cuts]
    assert np.abs(np.diff(shares)).max() < 0.03
    assert cuts[0] == min(rows["p"].min(), used if at != "best" else 1.0)


def test_scores_of_pending_rows_alone_are_no_cuts(make_rows: Make, make_spec: Make, count: Make) -> None:
    rows = make_rows(1, n=200, digits=1)
    rows["p"][:3] = 0.987
    labels = rows["y"].astype(object)
    labels[:3] = None
    found = count(make_spec("best"), rows | {"y": labels.tolist()})
    assert 0.987 not in found.cuts["m"].at


@pytest.mark.parametrize(("benefit", "cost", "saved"), [(10, 2, 0), (1, 999, 0), (7, 3, 5), (1000, 1, 40)])
def test_a_threshold_from_constant_values_is_cost_over_cost_and_benefit(
    benefit: int, cost: int, saved: int, make_rows: Make, make_spec: Make, count: Make
) -> None:
    value = {
        "true_positive": benefit,
        "false_positive": -cost,
        "false_negative": -saved,
        "true_negative": 0,
    }
    counted = count(make_spec("from value", value), make_rows(2))
    assert threshold(counted) == pytest.approx(cost / (cost + benefit + saved), rel=ROUNDING)


def test_a_threshold_from_values_by_row_uses_the_mean_of_each_class(
    make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(3)
    value = {"act": "(case when outcome then 2 * amount else -amount end) - 1", "skip": "-0.5"}
    gain = np.where(rows["y"] == 1, 2 * rows["amount"], -rows["amount"]) - 1 + 0.5
    positive, negative = gain[rows["y"] == 1].mean(), gain[rows["y"] == 0].mean()
    counted = count(make_spec("from value", value), rows)
    assert threshold(counted) == pytest.approx(-negative / (positive - negative), rel=ROUNDING)
    assert "mean values" in counted.grounds.choices.notes["m"]


@pytest.mark.parametrize(
    ("value", "expected", "words"),
    [
        ({"act": "case when outcome then 2 else 1 end", "skip": 0}, 0.0, "everybody"),
        ({"act": "case when outcome then -1 else -2 end", "skip": 0}, None, "nobody"),
        ({"act": "case when outcome then 5 else 5 end", "skip": 5}, None, "nobody"),
    ],
)
def test_where_acting_always_or_never_pays_the_threshold_says_so(
    value: dict[str, Any],
    expected: float | None,
    words: str,
    make_rows: Make,
    make_spec: Make,
    count: Make,
) -> None:
    counted = count(make_spec("from value", value), make_rows(4, n=300))
    assert threshold(counted) == expected
    assert words in counted.grounds.choices.notes["m"]


def test_with_one_class_of_outcome_nothing_follows_from_value(
    make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(5, n=200)
    counted = count(make_spec("from value"), rows | {"y": np.zeros(200, dtype=np.int64)})
    assert threshold(counted) is None
    assert "one class" in counted.grounds.choices.notes["m"]


@pytest.mark.parametrize("at", ["best", "from value", 0.5])
def test_a_threshold_that_acts_where_acting_is_worth_less_is_refused(
    at: Any, make_rows: Make, make_spec: Make, count: Make
) -> None:
    value = {"true_positive": -10, "false_positive": 1, "false_negative": 0, "true_negative": 0}
    rows = make_rows(6, n=300)
    with pytest.raises(ContradictedThreshold) as caught:
        count(make_spec(at, value), rows)
    assert caught.value.code == "PAY317"
    swapped = count(make_spec(at, value, do="skip", otherwise="act"), rows)
    assert swapped.grounds is not None


def test_luck_of_the_rows_alone_contradicts_no_threshold(
    make_rows: Make, make_spec: Make, count: Make
) -> None:
    rng = np.random.default_rng(7)
    for seed in range(10):
        rows = make_rows(seed, n=120) | {"amount": rng.normal(0, 100, 120)}
        count(make_spec(0.3, {"act": "amount", "skip": 0}), rows)


@pytest.mark.parametrize(("worth", "expected"), [(3.0, 0.4), (-3.0, None), (0.0, None)])
def test_a_tuned_score_without_ranking_becomes_the_better_constant_action(
    worth: float, expected: float | None, make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(8, n=300)
    rows["p"] = np.full(300, 0.4)
    counted = count(make_spec("best", {"act": worth, "skip": 0}), rows)
    assert threshold(counted) == expected
    tuned = counted.grounds.choices.tuned["m"]
    assert tuned.method == "constant"
    assert "constant action" in counted.grounds.choices.notes["m"]


def test_what_tuning_claims_is_the_largest_gain_of_any_cut_on_these_rows(
    make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(9, digits=2)
    counted = count(make_spec("best"), rows)
    worth = np.where(rows["y"] == 1, rows["amount"], 0.0) - 8
    theirs = worth * (rows["seen"] == "yes")
    gains = [np.mean(worth * (rows["p"] >= cut) - theirs) for cut in np.unique(rows["p"])]
    grounds = counted.grounds
    found = compare(grounds, "m", "recorded")
    assert float(found.claimed @ grounds.valuation.contrast()) == pytest.approx(max(gains), rel=ROUNDING)
    assert grounds.choices.tuned["m"].over == "recorded"
    assert threshold(counted) in np.unique(rows["p"])


def test_the_honest_point_decides_every_group_by_the_cut_that_the_others_chose(
    make_rows: Make, make_spec: Make, count: Make
) -> None:
    rows = make_rows(10, digits=2)
    counted = count(make_spec("best"), rows)
    grounds, cuts = counted.grounds, np.unique(rows["p"])
    group = (np.arange(len(rows["y"])) + 1) % 20
    worth = np.where(rows["y"] == 1, rows["amount"], 0.0) - 8
    theirs = worth * (rows["seen"] == "yes")
    gain = np.array([worth * (rows["p"] >= cut) - theirs for cut in cuts])
    total = 0.0
    for held in range(20):
        chosen = int(np.argmax(gain[:, group != held].mean(axis=1)))
        total += gain[chosen, group == held].sum()
    found = float(compare(grounds, "m", "recorded").point @ grounds.valuation.contrast())
    assert found == pytest.approx(total / len(group), rel=ROUNDING)


@pytest.mark.parametrize("do", ["act", "skip"])
@pytest.mark.parametrize("over", ["recorded", "nobody", "everybody"])
def test_gains_by_group_are_those_of_each_cut_alone(
    do: str, over: str, make_rows: Make, make_spec: Make, count: Make
) -> None:
    value = {"act": "(case when outcome then amount else 0 end) - 8", "skip": "-1"}
    if do == "skip":
        value = {"act": "-1", "skip": value["act"]}
    counted = count(
        make_spec("best", value, do=do, otherwise="skip" if do == "act" else "act"), make_rows(31)
    )
    grounds, cuts = counted.grounds, counted.cuts["m"]
    assert grounds is not None
    part = cuts.part(over)
    spec, valuation, cells = grounds.spec, grounds.valuation, part.by_group
    rival = spec.candidate(over)
    gains, weights = thresholds._group_gains(spec, valuation, spec.model, cuts, rival)
    taken = cut_switches(part.group_block, len(cuts.at), spec.model.policy, valuation.actions)
    worth = cells.moments.part_sums() @ valuation.values().T
    by_cell = ((taken - shares(rival, cells, valuation.actions)) * worth).sum(axis=2)
    for group in range(20):
        here = cells.group == group
        assert weights[group] == cells.moments.weight[here].sum()
        assert gains[group] == pytest.approx(by_cell[:, here].sum(axis=1), rel=ROUNDING, abs=1e-6)
