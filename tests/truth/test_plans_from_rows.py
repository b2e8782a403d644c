"""Plans from rows: prevalence, means and baselines by a row loop, and the best rule on one column, honestly."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm
from tests.truth.planned import AMOUNTS, ROUNDING, VOLUME, rows_with_amounts, spec_of, with_hurdles

import payoff
from payoff.running.single_rules import honest_gain


def test_with_rows_prevalence_means_and_baselines_are_those_of_a_row_loop() -> None:
    rows = rows_with_amounts()
    table = rows.to_pandas()
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    found = payoff.plan(with_hurdles("rule", "recorded", "old", "coin", "everybody"), rows).record
    at = found.circumstance
    assert (at.rows, at.positives) == (len(table), int(table.y.sum()))
    assert at.prevalence == pytest.approx(table.y.mean(), rel=ROUNDING)
    assert at.on_positive == pytest.approx(adds[table.y == 1].mean(), rel=ROUNDING)
    assert at.on_negative == pytest.approx(adds[table.y == 0].mean(), rel=ROUNDING)
    acted = {
        "rule": table.amount > 90,
        "recorded": table.seen == "yes",
        "old": table.older >= 0.5,
        "coin": np.full(len(table), 0.25),
        "everybody": np.ones(len(table)),
    }
    for planned in found.hurdles:
        own = float((acted[planned.over] * adds).mean())
        assert planned.over_nobody == pytest.approx(own + 100 / 2_000, rel=1e-7)
        assert planned.most == pytest.approx((adds[table.y == 1].sum() / len(table) - own) * 2_000, rel=1e-7)


def test_another_prevalence_reweights_the_classes_of_the_rows() -> None:
    rows, table = rows_with_amounts(), rows_with_amounts().to_pandas()
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    found = payoff.plan(with_hurdles("rule"), rows, prevalence=0.4).record.hurdles[0]
    means = [float((adds * (table.amount > 90))[table.y == state].mean()) for state in (0, 1)]
    assert found.over_nobody == pytest.approx(0.6 * means[0] + 0.4 * means[1] + 100 / 2_000, rel=1e-7)


@pytest.mark.parametrize(("over", "does"), [("nobody", 0.0), ("everybody", 1.0), ("coin", 0.25)])
@pytest.mark.parametrize("weighted", [False, True])
def test_sample_size_rests_on_the_spread_of_what_rows_add(over: str, does: float, weighted: bool) -> None:
    """The second moment of rows that are decided otherwise, by class; squared weights where rows carry weights."""
    rows, table = rows_with_amounts(), rows_with_amounts().to_pandas()
    weight = np.where(table.amount > 90, 3.0, 1.0) if weighted else np.ones(len(table))
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    spec = AMOUNTS
    if weighted:
        rows = rows.append_column("w", pa.array(weight))
        spec = {**AMOUNTS, "data": {**AMOUNTS["data"], "weight": "w"}}

    def planned_for(asked: int) -> Any:
        hurdles = [{"name": "h", "gain": f"{asked} per year", "over": over, "confidence": 0.9}]
        return payoff.plan({**spec, "hurdles": hurdles, "today": over}, rows).record.hurdles[0]

    ends = planned_for(0)
    asked = round((ends.without_model + ends.most) / 2)
    planned = planned_for(asked)
    f = np.average(table.y, weights=weight)
    squares = [np.average(adds[table.y == one] ** 2, weights=weight[table.y == one] ** 2) for one in (0, 1)]
    assert planned.rows
    for one in planned.rows:
        alarms = (one.act_rate - f * one.recall) / (1 - f)
        differs = [rate * (1 - does) + does * (1 - rate) for rate in (alarms, one.recall)]
        second = (1 - f) * differs[0] * squares[0] + f * differs[1] * squares[1]
        spread = math.sqrt(second - (one.gain / 2_000) ** 2)
        z = norm.ppf(0.9) + norm.ppf(0.8)
        by_mean = (z * spread / ((one.gain - asked) / 2_000)) ** 2
        by_events = 50 / min((1 - f) * differs[0], f * differs[1])
        assert one.rows == pytest.approx(max(by_mean, by_events), abs=1.0)
        assert one.positives == pytest.approx(max(by_mean, by_events) * f, abs=1.0)


def test_planned_rows_have_the_planned_power() -> None:
    """Rows as many as planned are drawn 400 times: four standard errors of a share of 0.8 are 0.08."""
    spec = spec_of(hurdles=[{"name": "h", "gain": "8000 per year", "confidence": 0.9}])
    planned = payoff.plan(spec, prevalence=0.1).record.hurdles[0]
    one = planned.rows[1]
    rng, cleared = np.random.default_rng(8), 0
    alarms = (one.act_rate - 0.1 * one.recall) / 0.9
    for _ in range(400):
        y = rng.random(one.rows) < 0.1
        acts = rng.random(one.rows) < np.where(y, one.recall, alarms)
        adds = acts * np.where(y, 55.0, -5.0)
        low = adds.mean() - norm.ppf(0.9) * adds.std(ddof=1) / math.sqrt(one.rows)
        cleared += low * VOLUME > 8_000
    assert cleared / 400 == pytest.approx(0.8, abs=0.09)


def rule_gain(table: Any, adds: Any, acts: Any) -> float:
    """Return the gain over `amount > 90` per year."""
    return float(((acts.astype(float) - (table.amount > 90)) * adds).mean()) * 2_000


def test_rules_on_one_column_claim_what_a_row_loop_gives() -> None:
    rows, table = rows_with_amounts(), rows_with_amounts().to_pandas()
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    found = payoff.plan(with_hurdles("rule"), rows).record.rules
    # Scores and recorded decisions are no rules of ours to find, unless they are columns like any other.
    assert set(found.columns) == {"amount", "region"}
    assert found.over == "rule"
    for one in found.by_column:
        column, sign, value = one.rule.split(" ")
        held = table[column]
        acts = {
            ">=": lambda held=held, v=value: held >= float(v.replace(",", "")),
            "<": lambda held=held, v=value: held < float(v.replace(",", "")),
            "=": lambda held=held, v=value: held == v,
            "<>": lambda held=held, v=value: held != v,
        }[sign]()
        assert one.claimed == pytest.approx(rule_gain(table, adds, acts), rel=1e-6, abs=1e-6)
    assert found.low < found.claimed < found.high
    # No cut of another number, and no region, claims more than the best that is told.
    cuts = [rule_gain(table, adds, table.region == one) for one in ("north", "south", "west")]
    assert max(cuts) <= max(one.claimed for one in found.by_column if one.column == "region") + 1e-6


@pytest.mark.parametrize("today", ["recorded", "old", "coin", "everybody", "nobody"])
def test_rules_are_valued_over_whatever_is_done_today(today: str) -> None:
    rows, table = rows_with_amounts(600), rows_with_amounts(600).to_pandas()
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    acted = {
        "recorded": table.seen == "yes",
        "old": table.older >= 0.5,
        "coin": 0.25,
        "everybody": 1.0,
        "nobody": 0.0,
    }
    found = payoff.plan({**AMOUNTS, "today": today}, rows).record.rules
    best = next(one for one in found.by_column if one.column == "region")
    _, sign, region = best.rule.split(" ")
    acts = (table.region == region) == (sign == "=")
    assert best.claimed == pytest.approx(float(((acts - 1.0 * acted[today]) * adds).mean()) * 2_000, abs=1e-6)


def test_a_prevalence_of_the_world_in_the_spec_stands_over_that_of_the_rows() -> None:
    rows, table = rows_with_amounts(), rows_with_amounts().to_pandas()
    adds = np.where(table.y == 1, 0.5 * table.amount, 0.0) - 8
    spec = {**with_hurdles("rule"), "data": {"outcome": "y", "id": "id", "prevalence": 0.02}}
    found = payoff.plan(spec, rows).record
    at = found.circumstance
    assert (at.prevalence_from, at.prevalence_low) == ("spec", None)
    assert at.prevalence == pytest.approx(0.02)
    means = [float((adds * (table.amount > 90))[table.y == state].mean()) for state in (0, 1)]
    assert found.hurdles[0].over_nobody == pytest.approx(0.98 * means[0] + 0.02 * means[1] + 0.05, rel=1e-7)


def test_rules_on_noise_earn_nothing_honestly_and_the_band_knows() -> None:
    """Acting is worth nothing in the mean, so every rule is: 20 samples; the band fails in 5% of them at most."""
    spec = {
        "decision": {"name": "Call", "unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 1 else -1 end", "skip": 0},
        "today": "nobody",
    }
    honest, claimed, wrong = [], [], 0
    for seed in range(20):
        rng, n = np.random.default_rng(seed), 1_000
        columns = {f"x{j}": rng.normal(0, 1, n) for j in range(4)}
        rows = pa.table({"id": np.arange(n), "y": rng.integers(0, 2, n), **columns})
        found = payoff.plan(spec, rows).record.rules
        honest.append(found.gain)
        claimed.append(found.by_column[0].claimed)
        wrong += not found.low <= 0 <= found.high
    # A binomial of 20 at 5% exceeds 4 once in 400. Of the mean, four standard errors of about 0.03 / sqrt(20).
    assert np.mean(honest) == pytest.approx(0.0, abs=0.03)
    assert np.mean(claimed) > 0.02
    assert wrong <= 4


def test_the_honest_gain_of_rules_without_effect_is_nothing_in_the_mean() -> None:
    """200 samples of 60 rules: by the rows that chose it the best has a gain, by the others it has none."""
    rng, weights = np.random.default_rng(3), np.ones(128)
    honest, chosen = [], []
    for _ in range(200):
        gains = rng.normal(0, 1, (60, 128))
        honest.append(honest_gain(gains, weights))
        chosen.append(gains.mean(axis=1).max())
    error = 4 * np.std(honest) / math.sqrt(200)
    assert np.mean(honest) == pytest.approx(0.0, abs=error)
    assert np.mean(chosen) > 2 * error


def test_the_honest_gain_of_a_rule_that_pays_is_its_gain() -> None:
    gains = np.concatenate([np.full((1, 128), 2.0), np.tile([3.0, -9.0], (1, 64))])
    assert honest_gain(gains, np.full(128, 4.0)) == pytest.approx(0.5)


def test_rows_in_clusters_are_planned_without_a_search_for_rules() -> None:
    rows = rows_with_amounts().append_column("person", pa.array(np.arange(2_000) // 3))
    spec = {**with_hurdles("rule"), "data": {"outcome": "y", "cluster": "person"}}
    found = payoff.plan(spec, rows).record.rules
    assert found.gain is None
    assert "clusters" in found.note
