"""Plans against rows that were counted by hand and evaluated: the frontier, laws, ways to a hurdle."""

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm
from tests.truth.planned import (
    AMOUNTS,
    POSITIVES,
    ROUNDING,
    VOLUME,
    decided,
    gain,
    hurdle,
    rows_with_amounts,
    spec_of,
    with_a_hole,
    with_hurdles,
)

import payoff
from payoff.errors.judging import (
    ActingOnNegativesPays,
    OtherDecision,
    PartialResult,
    PlanLacks,
    UnseenOutcomes,
)
from payoff.errors.usage import NotANumber, UnknownName, UnplannableDecision


@pytest.mark.parametrize("name", ["pays", "pays well"])
def test_decisions_at_the_frontier_gain_exactly_what_the_hurdle_asks(name: str) -> None:
    spec = spec_of()
    planned = hurdle(payoff.plan(spec, prevalence=0.1), name)
    checked = 0
    for recall, precision in zip(planned.frontier["recall"], planned.frontier["precision"], strict=True):
        if precision is None or round(recall * 100) % 10:
            continue
        hits = round(recall * POSITIVES)
        alarms = hits * (1 - precision) / precision
        low, high = (
            gain(decided(hits, count), spec, planned.over, planned.unit.rpartition(" ")[2])
            for count in (math.floor(alarms + 1e-9), math.ceil(alarms - 1e-9))
        )
        # The frontier lies between the two whole numbers of false alarms, in a straight line.
        part = alarms - math.floor(alarms + 1e-9)
        assert low + part * (high - low) == pytest.approx(planned.required, rel=1e-6)
        checked += 1
    assert checked >= 3


@pytest.mark.parametrize("name", ["pays", "pays well"])
def test_the_line_of_roc_space_is_the_same_frontier(name: str) -> None:
    planned = hurdle(payoff.plan(spec_of(), prevalence=0.1), name)
    for alarms, recall in zip(planned.roc["false_positive_rate"], planned.roc["recall"], strict=True):
        if recall:
            worth = 0.1 * recall * 55 - 0.9 * alarms * 5
            assert worth == pytest.approx(planned.over_nobody, rel=1e-9)


def test_the_most_is_what_perfect_decisions_gain_and_no_model_is_what_the_constants_gain() -> None:
    spec = spec_of()
    perfect, none = decided(POSITIVES, 0), decided(0, 0)
    for planned in payoff.plan(spec, prevalence=0.1).record.hurdles:
        per = planned.unit.rpartition(" ")[2]
        assert planned.most == pytest.approx(gain(perfect, spec, planned.over, per), rel=ROUNDING)
        constants = [gain(none, spec, planned.over, per), gain(decided(100, 900), spec, planned.over, per)]
        assert planned.without_model == pytest.approx(max(constants), rel=ROUNDING)


def test_a_score_of_the_least_auc_clears_the_hurdle_at_its_best_threshold_and_a_worse_one_does_not() -> None:
    """Scores in the quantiles of the model, not drawn: 20,000 rows, and what they earn at their best cut."""
    spec, rng = spec_of(), np.random.default_rng(1)
    planned = hurdle(payoff.plan(spec, prevalence=0.1), "pays")
    for better, clears in ((0.01, True), (-0.01, False)):
        d = np.sqrt(2) * norm.ppf(planned.least_auc + better)
        positives, negatives = ((np.arange(n) + 0.5) / n for n in (2_000, 18_000))
        score = np.concatenate([norm.ppf(positives) + d, norm.ppf(negatives)])
        y = np.repeat([1, 0], [2_000, 18_000])
        order = np.argsort(-score + 1e-9 * rng.random(len(score)))
        best = np.where(y, 55.0, -5.0)[order].cumsum().max() / len(y) * VOLUME
        assert (best >= 8_000) == clears


MODEL = {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}}
RANGED = {"worth": {"likely": 60, "low": 50, "high": 80}, "price": {"likely": 5, "low": 3, "high": 6}}
DISTANT = spec_of(
    value={"act": "case when outcome then worth else 0 end - price", "skip": 0},
    assumptions=RANGED,
    model=MODEL,
    hurdles=[{"name": "pays", "gain": "17500 per year"}],
)


def test_each_way_to_the_next_hurdle_leads_there() -> None:
    """Rows, assumptions and decisions changed as the way says: the gain is what the hurdle asks, to one row."""
    rows = decided(80, 200)
    result = payoff.evaluate(rows, DISTANT)
    found = payoff.plan(DISTANT, result=result, prevalence=0.1).record.distance
    assert (found.hurdle, found.of, found.over) == ("pays", "new", "nobody")
    assert found.gain == pytest.approx((80 * 55 - 200 * 5) / 1_000 * VOLUME)
    assert found.gap == pytest.approx(500.0)  # EUR 100 in these 1,000 rows
    ways = {one.name: one for one in found.directions}
    area = next(one.value for one in result.estimates if (one.of, one.metric) == ("new", "roc_auc"))
    least = payoff.plan(DISTANT, prevalence=0.1).record.hurdles[0].least_auc
    assert (ways["AUC"].now, ways["AUC"].needed) == pytest.approx((area, least if least > area else None))
    assert ways["recall"].now == pytest.approx(0.8)
    assert (ways["recall"].needed - 0.8) * 100 * 55 == pytest.approx(100.0)
    assert ways["precision"].needed == pytest.approx(80 / (80 + 180))
    assert gain(decided(80, 180), spec_of(), "nobody", "year") == pytest.approx(17_500)
    for name in ("worth", "price"):
        moved = payoff.evaluate(rows, DISTANT, assume={name: ways[name].needed}).verdict.hurdles[0]
        assert moved.gain == pytest.approx(17_500, rel=1e-6)
    shares = [one.share for one in found.directions]
    told = [share for share in shares if share is not None]
    assert told == sorted(told)
    assert shares[: len(told)] == told


def test_a_way_that_is_too_short_says_so() -> None:
    far = {**DISTANT, "hurdles": [{"name": "pays", "gain": "26000 per year"}]}
    ways = {
        one.name: one
        for one in payoff.plan(far, result=payoff.evaluate(decided(80, 200), far)).record.distance.directions
    }
    assert ways["recall"].needed is None
    assert "not even by catching every positive" in ways["recall"].note
    assert "not even without any false alarm" in ways["precision"].note
    assert ways["price"].share > 1


def test_running_costs_are_a_way_to_a_net_hurdle_and_part_of_what_is_asked() -> None:
    costly = {
        **DISTANT,
        "model": {**MODEL, "costs": {"running": "5000 per year"}},
        "hurdles": [{"name": "pays", "net_gain": "14000 per year"}],
    }
    result = payoff.evaluate(decided(80, 200), costly)
    plan = payoff.plan(costly, result=result, prevalence=0.1).record
    assert plan.hurdles[0].over_nobody == pytest.approx((14_000 + 5_000) / VOLUME)
    assert plan.hurdles[0].most == pytest.approx(0.1 * 55 * VOLUME - 5_000)
    # Doing the same for everybody costs nothing to run.
    assert plan.hurdles[0].without_model == pytest.approx((0.1 * 55 - 0.9 * 5) * VOLUME)
    way = next(one for one in plan.distance.directions if one.kind == "cost")
    assert way.now == pytest.approx(5_000)
    assert way.needed == pytest.approx(5_000 - (14_000 - (17_000 - 5_000)))


def test_a_result_tells_what_baselines_do_and_how_common_the_outcome_is() -> None:
    rows = decided(80, 200)
    spec = {**DISTANT, "baselines": {"rule": {"when": "p > 0.5"}}, "today": "rule"}
    result = payoff.evaluate(rows, {**spec, "hurdles": [{"name": "pays", "gain": "1000 per year"}]})
    plan = payoff.plan({**spec, "hurdles": [{"name": "pays", "gain": "1000 per year"}]}, result=result).record
    assert plan.circumstance.prevalence_from == "result"
    assert plan.hurdles[0].over_nobody == pytest.approx((80 * 55 - 200 * 5) / 1_000 + 1_000 / VOLUME)


def test_a_capacity_holds_the_model_back() -> None:
    room = {"policy": {"capacity": "1 per day"}}
    free, held = (payoff.plan(spec_of(model=model), prevalence=0.1).record for model in (None, room))
    share = 365.25 / VOLUME
    assert held.circumstance.capacity_share == pytest.approx(share)
    one = hurdle(payoff.plan(spec_of(model=room), prevalence=0.1), "pays")
    assert one.most == pytest.approx(share * 55 * VOLUME)
    assert one.act_rate <= share + 1e-9
    assert one.least_auc > free.hurdles[0].least_auc
    for recall, precision in zip(one.frontier["recall"], one.frontier["precision"], strict=True):
        assert precision is None or 0.1 * recall / precision <= share + 1e-9
    by_share = payoff.plan(spec_of(model={"policy": {"capacity": "1826.25 per year"}}), prevalence=0.1).record
    assert by_share.circumstance.capacity_share == pytest.approx(5 * share)


def test_scaling_all_money_scales_the_money_and_nothing_else() -> None:
    plain = payoff.plan(DISTANT, prevalence=0.1).record
    scaled = payoff.plan(
        {
            **DISTANT,
            "assumptions": {
                name: {key: 100 * number for key, number in item.items()} for name, item in RANGED.items()
            },
            "hurdles": [{"name": "pays", "gain": "1750000 per year"}],
        },
        prevalence=0.1,
    ).record
    for mine, theirs in zip(plain.hurdles, scaled.hurdles, strict=True):
        assert theirs.most == pytest.approx(100 * mine.most)
        for name in (
            "least_auc",
            "least_auc_low",
            "least_auc_high",
            "least_auc_sure",
            "probability",
            "recall",
        ):
            assert getattr(theirs, name) == pytest.approx(getattr(mine, name), abs=1e-7)
        assert [one.rows for one in mine.rows] == pytest.approx([one.rows for one in theirs.rows], abs=1)


def test_ranges_move_the_frontier_both_ways_and_the_probability_counts_draws() -> None:
    spec = {**DISTANT, "hurdles": [{"name": "pays", "gain": "26000 per year", "confidence": 0.9}]}
    one = payoff.plan(spec, prevalence=0.1).record.hurdles[0]
    rng = np.random.default_rng(1)
    worth, price = rng.triangular(50, 60, 80, 200_000), rng.triangular(3, 5, 6, 200_000)
    # Perfect decisions are worth 0.1 (worth - price) a decision: by an independent simulation.
    assert one.probability == pytest.approx((0.1 * (worth - price) >= 26_000 / VOLUME).mean(), abs=0.01)
    lists = (one.frontier[key] for key in ("precision", "precision_low", "precision_high"))
    for likely, low, high in zip(*lists, strict=True):
        assert low is None or likely is None or low <= likely
        assert high is None or likely is None or likely <= high
    assert one.least_auc_low < one.least_auc
    easy = {**DISTANT, "hurdles": [{"name": "pays", "gain": "12000 per year", "confidence": 0.9}]}
    found = payoff.plan(easy, prevalence=0.1).record.hurdles[0]
    recall = found.frontier["recall"].index(0.8)
    precision = 0.08 / (0.08 + (0.08 * (worth - price) - 12_000 / VOLUME) / price)
    low, high = np.quantile(precision, [0.05, 0.95])
    assert found.frontier["precision_low"][recall] == pytest.approx(low, rel=0.02)
    assert found.frontier["precision_high"][recall] == pytest.approx(high, rel=0.02)


def test_draws_at_which_everybody_is_worth_it_need_no_model() -> None:
    """A price that may be negative: then acting pays on every row, and no AUC is asked for."""
    price = {"likely": 5, "low": -5, "high": 6}
    spec = {
        **DISTANT,
        "assumptions": {**RANGED, "price": price},
        "hurdles": [{"name": "h", "gain": "8000 per year"}],
    }
    one = payoff.plan(spec, prevalence=0.1).record.hurdles[0]
    assert one.least_auc_low == 0.5
    assert one.least_auc <= one.least_auc_high < 1
    assert one.probability == 1.0


def test_a_range_of_the_volume_moves_what_a_hurdle_per_year_asks() -> None:
    volume = {"likely": 5_000, "low": 2_000, "high": 8_000, "per": "year"}
    spec = spec_of(decision={"name": "Call", "unit": "EUR", "volume": volume})
    one, per_decision = payoff.plan(spec, prevalence=0.1).record.hurdles
    assert one.least_auc_low < one.least_auc < (one.least_auc_high or 1)
    assert per_decision.least_auc_low == pytest.approx(per_decision.least_auc, abs=1e-9)


@pytest.mark.parametrize(
    ("costs", "moves"), [({"call": "0.5 per decision"}, False), ({"running": "2500 per year"}, True)]
)
def test_costs_per_decision_do_not_shrink_as_the_volume_grows(costs: dict[str, str], moves: bool) -> None:
    volume = {"likely": 5_000, "low": 2_000, "high": 8_000, "per": "year"}
    spec = spec_of(
        decision={"name": "Call", "unit": "EUR", "volume": volume},
        model={"costs": costs},
        hurdles=[{"name": "h", "net_gain": "2 per decision"}],
    )
    one = payoff.plan(spec, prevalence=0.1).record.hurdles[0]
    assert one.over_nobody == pytest.approx(2.5)
    assert (one.least_auc_high - one.least_auc_low > 1e-6) == moves


def test_accuracy_is_worth_the_difference_of_best_thresholds_and_stops_where_it_costs_more() -> None:
    plan = payoff.plan(spec_of(), prevalence=0.1, point_costs="150 per year").record
    found = plan.accuracies
    assert found.recall_point == pytest.approx(0.01 * 0.1 * 55 * VOLUME)
    gains = {one.auc: one.gain for one in found.steps}
    for one in found.steps:
        assert one.worth_it == (one.next_point >= 150)
        nearest = one.auc + 0.05
        if nearest in gains:
            assert one.next_point <= gains[nearest] - one.gain + 1e-6
    dear = payoff.plan(spec_of(), prevalence=0.1, point_costs="1000000 per year").record.accuracies
    assert dear.worth_it == ()
    (low, high), *_ = found.worth_it
    assert low < high


def test_without_hurdles_the_plan_is_for_breaking_even_over_today() -> None:
    found = payoff.plan(spec_of(hurdles=None, today="everybody"), prevalence=0.1).record.hurdles
    assert [(one.name, one.required, one.over, one.status) for one in found] == [
        ("break-even", 0.0, "everybody", "no model needed")
    ]


def test_where_acting_pays_on_every_row_or_on_none_no_model_is_worth_anything() -> None:
    always = payoff.plan(
        spec_of(value={"act": "case when outcome then 60 else 5 end", "skip": 0}), prevalence=0.1
    )
    assert {one.status for one in always.record.hurdles} == {"no model needed", "unreachable"}
    assert always.record.accuracies is None
    never = payoff.plan(
        spec_of(value={"act": "case when outcome then -1 else -5 end", "skip": 0}), prevalence=0.1
    )
    assert {one.status for one in never.record.hurdles} == {"unreachable", "no model needed"}
    for one in (*always.record.hurdles, *never.record.hurdles):
        assert (one.least_auc, one.rows) == (None, ())
    assert json.loads(never.to_json())["accuracies"] is None


@pytest.mark.parametrize(
    ("spec", "given", "error", "where"),
    [
        (spec_of(), {}, PlanLacks, "data.prevalence"),
        (spec_of(decision={"unit": "EUR"}), {"prevalence": 0.1}, PlanLacks, "decision.volume"),
        ({**AMOUNTS, "today": "nobody"}, {"prevalence": 0.1}, PlanLacks, "value"),
        (with_hurdles("rule"), {"prevalence": 0.1, "assume": {"amount": 80.0}}, PlanLacks, "baselines.rule"),
        (spec_of(data={"path": "x.csv"}), {"data": decided(1, 1)}, PlanLacks, "data.outcome"),
        (spec_of(), {"data": pa.table({"y": [1, 1, 1]})}, PlanLacks, "data.outcome"),
        (with_hurdles("nobody"), {"data": with_a_hole()}, PartialResult, "rule"),
        (
            spec_of(decision={"unit": "EUR"}, model={"policy": {"capacity": "3 per day"}}, hurdles=None),
            {"prevalence": 0.1},
            PlanLacks,
            "model.policy.capacity",
        ),
        (
            spec_of(hurdles=None, decision={"unit": "EUR"}),
            {"prevalence": 0.1, "point_costs": "3 per year"},
            PlanLacks,
            "--point-costs",
        ),
        (
            spec_of(value={"act": "case when outcome then -5 else 60 end", "skip": 0}),
            {"prevalence": 0.1},
            ActingOnNegativesPays,
            "value",
        ),
        (
            spec_of(decision={"unit": "EUR", "actions": ["a", "b", "c"]}, value={"a": 1, "b": 1, "c": 0}),
            {"prevalence": 0.1},
            UnplannableDecision,
            "decision.actions",
        ),
        (
            spec_of(model={"policy": {"capacity": "3 per day", "by": "branch"}}),
            {"prevalence": 0.1},
            UnplannableDecision,
            "model.policy.by",
        ),
        (
            spec_of(model={"policy": {"capacity": "many"}}),
            {"prevalence": 0.1},
            UnplannableDecision,
            "model.policy.capacity",
        ),
        (spec_of(), {"prevalence": 1.0}, NotANumber, "--prevalence"),
        (spec_of(), {"prevalence": 0.1, "volume": "12"}, NotANumber, "--volume"),
        (spec_of(), {"prevalence": 0.1, "point_costs": "12 once"}, NotANumber, "--point-costs"),
        (spec_of(), {"prevalence": 0.1, "assume": {"margin": 1.0}}, UnknownName, "--assume"),
        (with_hurdles("nobody"), {"data": rows_with_amounts(), "assume": {"amount": 1.0}}, UnknownName, "--assume"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named_with_its_place(spec: Any, given: Any, error: type, where: str) -> None:
    with pytest.raises(error) as caught:
        payoff.plan(spec, **given)
    assert caught.value.where.startswith(where)
    assert caught.value.fix


def test_outcomes_seen_only_under_one_action_give_no_prevalence() -> None:
    rows = pa.table({"y": [1, 0, None, None] * 50})
    with pytest.raises(UnseenOutcomes):
        payoff.plan(spec_of(data={"outcome": "y", "outcome_given": "act"}), rows)


def test_a_result_of_another_decision_is_refused() -> None:
    result = payoff.evaluate(decided(80, 200), DISTANT)
    other = {**DISTANT, "decision": {"name": "Post", "unit": "EUR", "volume": "5000 per year"}}
    with pytest.raises(OtherDecision, match="PAY514"):
        payoff.plan(other, result=result, prevalence=0.1)


def test_a_typical_value_of_a_column_stands_for_every_row() -> None:
    spec = {**AMOUNTS, "today": "nobody"}
    found = payoff.plan(spec, prevalence=0.1, assume={"amount": 80.0, "cost": 6.0}).record.circumstance
    assert (found.on_positive, found.on_negative) == pytest.approx((34.0, -6.0))
    assert found.worth_from == "declared"


def test_evaluate_still_needs_what_a_plan_does_not() -> None:
    with pytest.raises(payoff.PayoffError, match="model"):
        payoff.load_spec(spec_of())
