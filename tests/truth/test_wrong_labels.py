"""Sensitivity to wrong labels, by flipping labels in the rows themselves."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff

# Sums of a few hundred thousand exact quanta against one division: what is left is rounding.
ROUNDING = 1e-9


def rows_of(n: int = 2_000, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    p = rng.random(n).round(2)
    return {
        "y": (rng.random(n) < 0.6 * p).astype(np.int64),
        "p": p,
        "amount": rng.gamma(2.0, 10.0, n).round(2),
        "w": rng.integers(1, 4, n),
    }


def spec_of(act: str = "case when outcome then 10 else -2 end", **more: Any) -> dict[str, Any]:
    return {
        "decision": {"name": "Call", "unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": act, "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "baselines": {"rule": {"when": "amount > 15", "do": "act"}},
        "today": "rule",
        "hurdles": [{"name": "a", "gain": "0.2 per decision", "over": "today", "confidence": 0.9}],
        **more,
    }


def told(rows: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    found = payoff.evaluate(pa.table(rows), spec).record
    return {one.labels: one for one in found.wrong_labels}


def gain(rows: dict[str, Any], spec: dict[str, Any]) -> float:
    return float(payoff.evaluate(pa.table(rows), spec).verdict.hurdles[0].gain)


CASES = {"positives": 1, "negatives": 0}


@pytest.mark.parametrize("labels", ["positives", "negatives", "both"])
@pytest.mark.parametrize("weight", [None, "w"])
def test_flipping_every_label_moves_the_gain_as_told(labels: str, weight: str | None) -> None:
    rows, spec = rows_of(), spec_of(data={"outcome": "y"} | ({"weight": weight} if weight else {}))
    flip = np.ones(2_000, bool) if labels == "both" else rows["y"] == CASES[labels]
    moved = gain(rows | {"y": np.where(flip, 1 - rows["y"], rows["y"])}, spec) - gain(rows, spec)
    one = told(rows, spec)[labels]
    assert 100 * one.gain_per_point == pytest.approx(moved, abs=ROUNDING)
    assert one.rows == int(flip.sum())


def test_flipping_a_share_at_random_moves_the_gain_by_that_share_on_average() -> None:
    rows, rng, share, sets = rows_of(), np.random.default_rng(1), 0.2, 4_000
    worth = {1: 10.0, 0: -2.0}
    switch = (rows["p"] >= 0.4).astype(float) - (rows["amount"] > 15)
    found = np.empty(sets)
    for j in range(sets):
        y = np.where((rows["y"] == 1) & (rng.random(2_000) < share), 0, rows["y"])
        found[j] = (switch * np.where(y == 1, worth[1], worth[0])).mean()
    expected = gain(rows, spec_of()) + 100 * share * told(rows, spec_of())["positives"].gain_per_point
    # Five Monte Carlo standard errors.
    assert found.mean() == pytest.approx(expected, abs=5 * found.std() / np.sqrt(sets))


def test_at_the_share_told_the_gain_meets_nothing_and_the_hurdle() -> None:
    one = told(rows_of(), spec_of())["positives"]
    now = gain(rows_of(), spec_of())
    assert now + 100 * one.share_to_no_gain * one.gain_per_point == pytest.approx(0.0, abs=ROUNDING)
    assert now + 100 * one.share_to_hurdle * one.gain_per_point == pytest.approx(0.2, abs=ROUNDING)
    assert 0 < one.share_to_status < one.share_to_hurdle < one.share_to_no_gain < 1


def test_a_table_done_by_hand() -> None:
    """Model acts on 40 positives and 60 negatives, nobody on none: gain (400 - 120) / 200 = 1.4.

    A positive that is none costs 12 on the 40 acted on: 480 / 200 = 2.4 for all, so the gain is gone at 1.4 / 2.4.
    """
    y = np.repeat([1, 0, 1, 0], [40, 60, 10, 90])
    rows = {"y": y, "p": np.repeat([0.9, 0.9, 0.1, 0.1], [40, 60, 10, 90]), "amount": np.ones(200)}
    spec = spec_of(today="nobody")
    found = told(rows, spec)
    assert found["positives"].gain_per_point == pytest.approx(-0.024, abs=ROUNDING)
    assert found["positives"].share_to_no_gain == pytest.approx(1.4 / 2.4, abs=ROUNDING)
    # A negative that is a positive earns 12 more on the 60: the gain only grows.
    assert found["negatives"].gain_per_point == pytest.approx(0.036, abs=ROUNDING)
    assert found["negatives"].share_to_no_gain is None
    assert found["both"].gain_per_point == pytest.approx(0.012, abs=ROUNDING)


def test_the_status_changes_at_the_share_told_and_not_before() -> None:
    """Judged by the same confidence with the gain moved by hand: the hurdle moves the other way."""
    one = told(rows_of(), spec_of())["positives"]
    assert (one.status, one.becomes) == ("cleared", "undecided")
    for factor, status in ((0.999, "cleared"), (1.001, "undecided")):
        asked = 0.2 - factor * 100 * one.share_to_status * one.gain_per_point
        hurdle = {"name": "a", "gain": f"{asked:.9f} per decision", "over": "today", "confidence": 0.9}
        found = payoff.evaluate(pa.table(rows_of()), spec_of(hurdles=[hurdle]))
        assert found.verdict.hurdles[0].status == status


def test_ranges_of_assumptions_and_volume_enter_the_share_of_the_status() -> None:
    more = {
        "decision": {"unit": "EUR", "volume": {"likely": 1000, "low": 800, "high": 1500, "per": "year"}},
        "assumptions": {"margin": {"likely": 10, "low": 6, "high": 14}},
        "hurdles": [{"name": "a", "gain": "200 per year", "over": "today", "confidence": 0.9}],
    }
    doubtful = told(rows_of(), spec_of("case when outcome then margin else -2 end", **more))["positives"]
    sure = told(rows_of(), spec_of())["positives"]
    assert 0 < doubtful.share_to_status < sure.share_to_status
    assert doubtful.share_to_hurdle == pytest.approx(sure.share_to_hurdle, abs=ROUNDING)
    assert doubtful.gain_per_point == pytest.approx(1000 * sure.gain_per_point, rel=ROUNDING)


def test_where_only_positives_are_worth_amounts_flipping_negatives_cannot_be_told() -> None:
    rows, spec = rows_of(), spec_of("case when outcome then amount else -2 end")
    found = told(rows, spec)
    moved = gain(rows | {"y": np.zeros(2_000, np.int64)}, spec) - gain(rows, spec)
    assert 100 * found["positives"].gain_per_point == pytest.approx(moved, abs=ROUNDING)
    for labels in ("negatives", "both"):
        assert found[labels].gain_per_point is None
        assert "cannot be told" in found[labels].note


def test_rows_weighted_by_their_outcome_cannot_be_told() -> None:
    spec = spec_of(data={"outcome": "y", "sampled": "by outcome", "prevalence": 0.1})
    assert all("weighted by their outcome" in one.note for one in told(rows_of(), spec).values())


@pytest.mark.parametrize("threshold", ["best", "from value"])
def test_thresholds_that_were_chosen_are_held(threshold: str) -> None:
    spec = spec_of()
    spec["model"] = spec["model"] | {"policy": {"threshold": threshold}}
    at = payoff.evaluate(pa.table(rows_of()), spec).record.policies[0].threshold
    fixed = spec_of()
    fixed["model"] = fixed["model"] | {"policy": {"threshold": at}}
    one, other = told(rows_of(), spec)["both"], told(rows_of(), fixed)["both"]
    assert one.gain_per_point == pytest.approx(other.gain_per_point, abs=ROUNDING)


def test_only_needed_hurdles_are_told_and_it_is_called_a_sensitivity() -> None:
    more = {"name": "b", "gain": "1 per decision", "over": "today", "needed_to_ship": False}
    spec = spec_of(hurdles=[spec_of()["hurdles"][0] | {"needed_to_ship": True}, more])
    result = payoff.evaluate(pa.table(rows_of()), spec)
    assert {one.hurdle for one in result.record.wrong_labels} == {"a"}
    for text in (result.to_text(), result.to_markdown(), result.to_html()):
        assert "not how many are wrong" in " ".join(text.split())


def test_wrong_labels_are_read_back(tmp_path: Any) -> None:
    made = payoff.evaluate(pa.table(rows_of()), spec_of())
    read = payoff.read_result(made.save(tmp_path)[0])
    assert len(read.record.wrong_labels) == 3
    assert read.to_json() == made.to_json()


def test_at_any_time_the_status_changes_by_the_sequence() -> None:
    rows = pa.table(rows_of())
    once, ever = (
        payoff.evaluate(rows, spec_of(), looks=looks).record.wrong_labels[0] for looks in (None, "any-time")
    )
    assert 0 < ever.share_to_status < once.share_to_status
    assert ever.share_to_hurdle == once.share_to_hurdle
