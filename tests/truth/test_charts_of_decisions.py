"""Charts of evaluated rows: what they say of money is what a loop over the rows says."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, matthews_corrcoef

import payoff
from payoff.rendering.charts.equal_value import equal_value, varies
from payoff.rendering.charts.marks import Dot, Plane

GAIN, COST, VOLUME = 40.0, 9.0, 3000.0
# Sums of money over a few thousand rows, in doubles and in whole quanta.
CLOSE = 1e-6


def spec(**more: object) -> dict[str, object]:
    return {
        "payoff": 1,
        "decision": {
            "name": "call",
            "row": "a customer",
            "unit": "EUR",
            "volume": f"{VOLUME:.0f} per year",
            "actions": ["call", "skip"],
        },
        "data": {"outcome": "y", "positive": "1", "id": "id"},
        "value": {"call": "(case when outcome then gain else 0 end) - cost", "skip": "0"},
        "assumptions": {"gain": GAIN, "cost": COST},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.3}},
        "challengers": {"other": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.4}}},
        "today": "everybody",
        "hurdles": [{"name": "pays", "gain": "1000 per year", "over": "today", "confidence": 0.9}],
        **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(7)
    # Scores on a grid of hundredths, so that every cut of the result is a cut of the rows.
    p = draw.integers(1, 100, 4000) / 100.0
    y = (draw.random(4000) < p**1.5).astype(int)
    q = np.clip(np.round(p + draw.normal(0.0, 0.2, 4000), 2), 0.01, 0.99)
    return {"id": np.arange(4000), "p": p, "q": q, "y": y.astype(str)}


@pytest.fixture(scope="module")
def result(rows: dict[str, np.ndarray]) -> payoff.Result:
    return payoff.evaluate(pa.table(rows), spec())


def money(rows: dict[str, np.ndarray], acted: np.ndarray) -> float:
    worth = np.where(rows["y"] == "1", GAIN, 0.0) - COST
    return float(worth[acted].sum()) * VOLUME / len(acted)


def test_each_metric_picks_the_cut_that_scikit_learn_picks_and_gives_up_what_the_rows_say(
    result: payoff.Result, rows: dict[str, np.ndarray]
) -> None:
    told = {row["metric"]: row for row in result.plot.metric_choices("m").rows}
    y = (rows["y"] == "1").astype(int)
    cuts = result.record.tables[0].cuts
    acts = [rows["p"] >= cut for cut in cuts] + [np.zeros(len(y), bool)]
    scores = {
        "Accuracy": accuracy_score,
        "Balanced accuracy": balanced_accuracy_score,
        "F1": f1_score,
        "Matthews correlation": matthews_corrcoef,
    }
    best = max(money(rows, acted) for acted in acts)
    assert told["Value"]["value"] == pytest.approx(best, rel=CLOSE)
    for name, score in scores.items():
        values = [score(y, acted.astype(int)) for acted in acts]
        assert told[name]["value"] == pytest.approx(money(rows, acts[int(np.argmax(values))]), rel=CLOSE), (
            name
        )
        assert told[name]["given_up"] == pytest.approx(best - told[name]["value"], rel=CLOSE, abs=CLOSE)


def test_where_no_cut_is_best_the_metric_would_act_on_nobody() -> None:
    draw = np.random.default_rng(3)
    p = draw.integers(1, 100, 2000) / 100.0
    y = draw.random(2000) < 0.03
    rare = {"id": np.arange(2000), "p": p, "q": p, "y": y.astype(int).astype(str)}
    plot = payoff.evaluate(pa.table(rare), spec()).plot.metric_choices("m")
    accuracy = next(row for row in plot.rows if row["metric"] == "Accuracy")
    assert accuracy["threshold"] is None
    assert "act on nobody" in plot.message


def test_outcome_by_action_adds_up_to_the_value_and_counts_the_rows(
    result: payoff.Result, rows: dict[str, np.ndarray]
) -> None:
    for of, acted in (("m", rows["p"] >= 0.3), ("other", rows["q"] >= 0.4), ("everybody", rows["p"] >= 0.0)):
        cells = result.plot.confusion(of).rows
        assert sum(cell["money"] for cell in cells) == pytest.approx(money(rows, acted), rel=CLOSE)
        for cell in cells:
            outcome = rows["y"] == ("1" if cell["outcome"] == "positive" else "0")
            here = outcome & (acted if cell["action"] == "call" else ~acted)
            assert cell["rows"] == int(here.sum())
            assert cell["share"] == pytest.approx(here.sum() / outcome.sum())


def test_flips_between_two_models_are_those_of_the_rows(
    result: payoff.Result, rows: dict[str, np.ndarray]
) -> None:
    plot = result.plot.flips("other")
    mine, theirs = rows["p"] >= 0.3, rows["q"] >= 0.4
    for row in plot.rows:
        outcome = rows["y"] == ("1" if row["outcome"] == "positive" else "0")
        here = outcome & (mine == (row["action"] == "call")) & (theirs == (row["instead"] == "call"))
        assert row["rows"] == int(here.sum())
    together = money(rows, mine) - money(rows, theirs)
    assert sum(row["money"] for row in plot.rows) == pytest.approx(together, rel=CLOSE)
    agree = int((mine == theirs).sum())
    assert f"They agree on {agree:,} of 4,000 rows" in plot.message


def test_two_models_are_told_by_their_paired_gain(result: payoff.Result) -> None:
    pairs = {(row["of"], row["over"]): row["value"] for row in result.plot.models().rows}
    assert set(pairs) == {("m", "other"), ("m", "everybody"), ("other", "everybody")}
    assert pairs["m", "other"] == pytest.approx(
        pairs["m", "everybody"] - pairs["other", "everybody"], rel=1e-6
    )


def test_acting_pays_from_the_precision_that_cost_and_gain_ask_for(result: payoff.Result) -> None:
    equal = equal_value(result.record, "m")
    assert equal is not None
    assert equal.break_even == pytest.approx(COST / GAIN, rel=1e-6)
    assert "Acting pays from a precision of 22.5% on." in result.plot.precision_recall().message


def test_no_line_is_said_to_be_bent_where_nothing_says_so(
    result: payoff.Result, rows: dict[str, np.ndarray]
) -> None:
    assert not varies(result.record, "m")
    bent = spec(value={"call": "(case when outcome then gain * (1 + p) else 0 end) - cost", "skip": "0"})
    assert varies(payoff.evaluate(pa.table(rows), bent).record, "m")


def test_weighted_rows_draw_no_choice_of_metrics(rows: dict[str, np.ndarray]) -> None:
    weighted = {**rows, "w": np.where(rows["p"] > 0.5, 2.0, 1.0)}
    data = {"outcome": "y", "positive": "1", "id": "id", "weight": "w"}
    plots = payoff.evaluate(pa.table(weighted), spec(data=data)).plot
    assert "metric_choices" not in list(plots)


def test_value_by_capacity_is_value_by_threshold_over_the_share_acted_on(
    result: payoff.Result, rows: dict[str, np.ndarray]
) -> None:
    by_cut, by_rate = result.plot.value_curve("m").rows, result.plot.value_by_capacity("m").rows
    assert by_cut == by_rate
    for row in by_cut[::10]:
        acted = rows["p"] >= row["threshold"]
        assert row["act_rate"] == pytest.approx(acted.mean())
        over = money(rows, acted) - money(rows, np.ones(len(acted), bool))
        assert row["value"] == pytest.approx(over, rel=CLOSE, abs=CLOSE)


def test_a_tuned_threshold_shows_what_it_claims_beside_what_it_honestly_gains(
    rows: dict[str, np.ndarray],
) -> None:
    model = {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": "best"}}
    result = payoff.evaluate(pa.table(rows), spec(model=model))
    told = {
        each.metric: each.value
        for each in result.estimates
        if (each.of, each.over, each.slice, each.unit) == ("m", "everybody", None, "EUR per year")
    }
    figure = result.plot.value_curve("m").chart.figure
    assert isinstance(figure, Plane)
    dots = {mark.kind: mark.y for mark in figure.layers if isinstance(mark, Dot)}
    assert dots == {"dot": told["gain"], "dot claimed": told["claimed_value"]}
    assert dots["dot"] < dots["dot claimed"]
    # The cells of outcome by action are those of the threshold that these rows chose.
    plot = result.plot.confusion("m")
    assert plot.message.endswith("the money is what they claim, not the honest value.")
    threshold = next(each.threshold for each in result.record.policies if each.name == "m")
    told_in_cells = sum(cell["money"] for cell in plot.rows)
    assert told_in_cells == pytest.approx(money(rows, rows["p"] >= threshold), rel=CLOSE)
    assert not result.plot.confusion("other").message.endswith("honest value.")
