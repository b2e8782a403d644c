"""What a point of a metric is worth, and what choosing by it costs, against rows that were changed by hand."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, recall_score, roc_auc_score

import payoff
from payoff.catalogue import Worth
from payoff.choices import grids

# Exact sums of quanta and one division on either side: what is left is rounding.
ROUNDING = 1e-9


def spec_of(**more: Any) -> dict[str, Any]:
    return {
        "decision": {"name": "Call", "unit": "EUR", "volume": "5000 per year"},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then 60 else 0 end - 5", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        **more,
    }


def counted(hits: int, alarms: int, missed: int, left: int) -> pa.Table:
    sizes = [hits, alarms, missed, left]
    return pa.table({"y": np.repeat([1, 0, 1, 0], sizes), "p": np.repeat([0.9, 0.9, 0.1, 0.1], sizes)})


def yearly(rows: pa.Table, spec: dict[str, Any]) -> float:
    found = payoff.evaluate(rows, spec).estimates
    return next(one.value for one in found if (one.metric, one.of, one.per) == ("value", "new", "year"))


def worth(rows: pa.Table, spec: dict[str, Any]) -> dict[tuple[str, str, str], Worth]:
    return {(one.metric, one.step, one.given): one for one in payoff.metrics(spec, rows).advice.worth}


POINT = "1 percentage point"
NOW = (600, 1_900, 600, 6_900)  # 10,000 rows, 1,200 positives, recall 50%, precision 24%
MOVED = {
    ("recall", "no false alarm more"): (612, 1_900, 588, 6_900),
    ("recall", "as precise as now"): (612, 1_938, 588, 6_862),
    ("precision", "no positive lost"): (600, 1_800, 600, 7_000),
    ("specificity", "no positive lost"): (600, 1_812, 600, 6_988),
    ("act_rate", "as precise as now"): (624, 1_976, 576, 6_824),
}


@pytest.mark.parametrize(("metric", "given"), list(MOVED))
def test_a_point_of_a_metric_is_worth_what_rows_that_have_it_are_worth_more(metric: str, given: str) -> None:
    now, moved = counted(*NOW), counted(*MOVED[metric, given])
    one = worth(now, spec_of())[metric, POINT, given]
    assert one.unit == "EUR per year"
    assert one.amount == pytest.approx(
        yearly(moved, spec_of()) - yearly(now, spec_of()), abs=5_000 * ROUNDING
    )


@pytest.mark.parametrize(("metric", "given"), list(MOVED))
def test_the_rows_of_this_test_do_have_one_point_more(metric: str, given: str) -> None:
    def measured(rows: pa.Table) -> float:
        found = payoff.evaluate(rows, spec_of()).estimates
        return next(one.value for one in found if (one.metric, one.of) == (metric, "new"))

    assert measured(counted(*MOVED[metric, given])) - measured(counted(*NOW)) == pytest.approx(
        0.01, abs=ROUNDING
    )


def test_one_positive_more_and_one_false_alarm_less_are_the_cells_of_the_value() -> None:
    found = worth(counted(*NOW), spec_of())
    assert found["recall", "1 positive acted on", "no false alarm more"].amount == pytest.approx(55.0)
    assert found["precision", "1 false alarm avoided", "no positive lost"].amount == pytest.approx(5.0)


def test_without_rows_the_same_prices_follow_from_prevalence_and_volume() -> None:
    given = spec_of(data={"outcome": "y", "prevalence": 0.12})
    without = {(one.metric, one.step, one.given): one.amount for one in payoff.metrics(given).advice.worth}
    with_rows = worth(counted(*NOW), spec_of())
    assert len(without) == 4
    for key, amount in without.items():
        assert amount == pytest.approx(with_rows[key].amount, rel=ROUNDING)


def test_without_rows_or_prevalence_only_the_cells_are_priced() -> None:
    advice = payoff.metrics(spec_of()).advice
    assert [one.step for one in advice.worth] == ["1 positive acted on", "1 false alarm avoided"]
    assert advice.rows is None
    assert any("No rows were read" in note for note in advice.notes)


def test_without_rows_values_that_vary_have_no_price() -> None:
    advice = payoff.metrics(
        spec_of(value={"act": "case when outcome then amount else -5 end", "skip": 0})
    ).advice
    assert advice.worth == ()
    assert any(one.answer == "varies by row: rows are needed" for one in advice.traits)


def scored(n: int = 4_000, seed: int = 6) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    skill = rng.normal(size=n)
    return {
        "y": (rng.random(n) < 1 / (1 + np.exp(2 - 1.2 * skill))).astype(np.int64),
        "p": 1 / (1 + np.exp(2 - skill)),
        "q": 1 / (1 + np.exp(2 - 0.8 * skill + 0.6 * rng.normal(size=n))),
        "amount": rng.gamma(2.0, 30.0, n).round(2),
    }


@pytest.mark.parametrize(("shift", "given"), [(0.01, "one point too high"), (-0.01, "one point too low")])
def test_a_point_of_calibration_is_the_change_when_scores_move_and_the_threshold_does_not(
    shift: float, given: str
) -> None:
    rows = scored()
    spec = spec_of(model=spec_of()["model"] | {"policy": {"threshold": 0.09}})
    key = ("calibration_in_the_large", POINT, f"every score {given}, same threshold")
    moved = yearly(pa.table(rows | {"p": np.maximum(rows["p"] + shift, 0.0)}), spec) - yearly(
        pa.table(rows), spec
    )
    assert worth(pa.table(rows), spec)[key].amount == pytest.approx(moved, abs=5_000 * ROUNDING)
    assert moved != 0


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("gridded", [False, True])
@pytest.mark.parametrize("at", [0.07, 0.25])
def test_a_point_of_calibration_is_the_money_of_the_rows_between_where_amounts_vary_with_the_score(
    at: float, gridded: bool, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if gridded:
        monkeypatch.setattr(grids, "EXACT_ROWS", 100)
    rows = scored()
    rows["p"] = rows["p"].round(2)
    # Large where the model is unsure: means of classes would have another sign.
    rows["amount"] = (400.0 * np.abs(rows["p"] - at)).round(2)
    weight = np.random.default_rng(1).choice([1.0, 2.0, 3.0], len(rows["y"])) if weighted else np.ones(4_000)
    data = {"outcome": "y"} | ({"weight": "w"} if weighted else {})
    spec = spec_of(
        data=data,
        value={"act": "case when outcome then amount else 0 end - 2", "skip": 0},
        model=spec_of()["model"] | {"policy": {"threshold": at}},
    )
    gain = weight * (np.where(rows["y"] == 1, rows["amount"], 0.0) - 2.0)
    acted = [gain[rows["p"] > at - 0.001 + shift].sum() for shift in (-0.01, 0.0, 0.01)]
    found = worth(pa.table(rows | {"w": weight}), spec)
    for given, by_hand in (("high", acted[0] - acted[1]), ("low", acted[2] - acted[1])):
        one = found["calibration_in_the_large", POINT, f"every score one point too {given}, same threshold"]
        assert one.amount == pytest.approx(5_000 * by_hand / weight.sum(), abs=5_000 * ROUNDING)
        assert by_hand != 0


def test_where_values_vary_the_price_is_the_mean_of_the_class() -> None:
    rows = scored()
    spec = spec_of(value={"act": "case when outcome then amount else 0 end - 5", "skip": 0})
    found = worth(pa.table(rows), spec)["recall", "1 positive acted on", "no false alarm more"]
    assert found.amount == pytest.approx(rows["amount"][rows["y"] == 1].mean() - 5, abs=ROUNDING)
    assert any("vary by row" in note for note in payoff.metrics(spec, pa.table(rows)).advice.notes)


def test_a_charge_for_missing_is_part_of_what_acting_is_worth() -> None:
    spec = spec_of(value={"act": -5, "skip": "case when outcome then -60 else 0 end"})
    found = worth(counted(*NOW), spec)
    assert found["recall", "1 positive acted on", "no false alarm more"].amount == pytest.approx(55.0)


TWO = {
    "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.09}},
    "challengers": {"old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.5}}},
}


def test_each_metric_chooses_as_scikit_learn_says_and_regret_is_the_paired_gain() -> None:
    rows = scored()
    y, new, old = rows["y"], rows["p"] >= 0.09, rows["q"] >= 0.5
    found = {one.metric: one for one in payoff.metrics(spec_of(**TWO), pa.table(rows)).advice.regrets}
    by_hand = {
        "accuracy": (accuracy_score(y, new), accuracy_score(y, old)),
        "recall": (recall_score(y, new), recall_score(y, old)),
        "f_beta": (f1_score(y, new), f1_score(y, old)),
        "roc_auc": (roc_auc_score(y, rows["p"]), roc_auc_score(y, rows["q"])),
        "average_precision": (
            average_precision_score(y, rows["p"]),
            average_precision_score(y, rows["q"]),
        ),
    }
    # Here lower is better, and nearer to nothing.
    by_hand["brier_score"] = (-((rows["p"] - y) ** 2).mean(), -((rows["q"] - y) ** 2).mean())
    by_hand["calibration_in_the_large"] = tuple(-abs((y - rows[name]).mean()) for name in "pq")
    value = np.where(y == 1, 55.0, -5.0)
    gains = value * new.astype(float) - value * old.astype(float)
    assert gains.mean() > 0
    for metric, (mine, theirs) in by_hand.items():
        one = found[metric]
        assert (one.chosen, one.best) == ("new" if mine > theirs else "old", "new")
        assert one.regret == pytest.approx(0.0 if mine > theirs else 5_000 * gains.mean(), abs=1e-6)
    assert found["accuracy"].chosen == "old"
    gain = next(
        one
        for one in payoff.evaluate(pa.table(rows), spec_of(**TWO)).estimates
        if (one.metric, one.of, one.over, one.per) == ("gain", "new", "old", "year")
    )
    assert (found["accuracy"].low, found["accuracy"].high) == (gain.low, gain.high)


def test_where_the_challenger_is_worth_more_the_regret_is_over_the_model() -> None:
    swapped = {
        "model": TWO["challengers"]["old"] | {"name": "old"},
        "challengers": {"new": {key: value for key, value in TWO["model"].items() if key != "name"}},
    }
    one, other = (
        {each.metric: each for each in payoff.metrics(spec_of(**spec), pa.table(scored())).advice.regrets}
        for spec in (TWO, swapped)
    )
    assert one["accuracy"].regret == pytest.approx(other["accuracy"].regret, abs=1e-6)
    assert (one["accuracy"].best, other["accuracy"].best) == ("new", "new")


def test_models_that_tie_are_no_preference_and_cost_nothing() -> None:
    rows = scored()
    same = spec_of(**TWO | {"challengers": {"twin": TWO["model"] | {"name": "twin"}}})
    same["challengers"]["twin"].pop("name")
    found = payoff.metrics(same, pa.table(rows)).advice.regrets
    assert found
    assert all((one.note, one.regret) == ("no preference", 0.0) for one in found)


def test_one_model_alone_is_not_compared() -> None:
    assert payoff.metrics(spec_of(), pa.table(scored())).advice.regrets == ()


def test_unseen_outcomes_have_no_price() -> None:
    rows = scored()
    rows["y"] = pa.array([None if p > 0.2 else int(y) for y, p in zip(rows["y"], rows["p"], strict=True)])
    advice = payoff.metrics(spec_of(data={"outcome": "y", "outcome_given": "skip"}), pa.table(rows)).advice
    assert (advice.worth, advice.regrets) == ((), ())
    assert {one.metric for one in advice.metrics if one.role != "cannot be had"} == {"act_rate"}


def test_the_json_is_the_advice_and_the_text_holds_its_parts() -> None:
    found = payoff.metrics(spec_of(**TWO), pa.table(scored()))
    document = json.loads(found.to_json())
    assert document["rows"] == 4_000
    assert len(document["regrets"]) == len(found.advice.regrets)
    text = found.to_text(100)
    for words in ("Decide by", "Misleads here", "rate of exchange", "by value it is new", "4,000 rows"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100


def test_names_of_the_user_cannot_steer_the_terminal() -> None:
    spec = spec_of(decision={"name": "a\u202eb", "unit": "EUR"})
    assert "\u202e" not in payoff.metrics(spec).to_text()


@pytest.mark.parametrize(
    "policy", [{"threshold": "best"}, {"threshold": "from value"}, {"always": "act"}, {"random": 0.3}]
)
def test_every_policy_gets_advice(policy: dict[str, Any]) -> None:
    model = {"name": "new", "score": "p", "score_is": "probability", "policy": policy}
    found = payoff.metrics(spec_of(model=model), pa.table(scored(1_500)))
    assert found.advice.worth
    assert found.to_text()


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_class_alone_has_no_price(outcome: int) -> None:
    rows = scored(300) | {"y": np.full(300, outcome)}
    found = payoff.metrics(spec_of(**TWO), pa.table(rows))
    assert found.advice.worth == ()
    assert "not known" in found.to_text() or "varies" in found.to_text()
