"""What every teller and every command says of a quantity, and what none of them says."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
import yaml

import payoff
from payoff.errors import PayoffError
from payoff.rendering.forecasts import win_lines

Make = Callable[..., Any]
# Words of decisions among actions, which no teller says of a quantity.
ACTIONS_ONLY = re.compile(
    r"recall|precision|prevalence|\bAUC\b|calibration error|act rate|negatives|tuned|wrong at random|everybody",
    re.IGNORECASE,
)


@pytest.fixture
def spec(make_spec: Make) -> dict[str, Any]:
    week = {"naive": "last season", "season": "7 days", "by": "shop", "otherwise": 40}
    made = make_spec(
        slices=["region"],
        guardrails=[{"metric": "mean_absolute_error", "at_most": 30, "in_every": ["region"]}],
    )
    made["baselines"] |= {"week": week, "<b>bold": {"always": 41}}
    return made


@pytest.fixture
def result(make_orders: Make, spec: dict[str, Any]) -> payoff.Result:
    return payoff.evaluate(pa.table(make_orders(1)), spec)


def test_terminal_and_page_tell_errors_skill_and_who_wins(result: payoff.Result) -> None:
    text = " ".join(result.to_text(140).split())
    for words in (
        "Mean absolute error",
        "Pinball loss (alpha 0.7143)",
        "Interval coverage (covers 0.8)",
        "Skill by pinball loss",
        "Which forecast wins for which costs",
        "Against recorded, by cost ratio: net costs less",
        "pieces",
    ):
        assert words in text
    page = result.to_html()
    assert "Murphy diagram of net against recorded" in page
    assert "For which costs net or recorded wins" in page
    assert "<b>bold" not in page
    assert "Against recorded" in result.to_markdown().replace("&#58;", ":")


def test_no_teller_speaks_of_classes_actions_or_thresholds(result: payoff.Result) -> None:
    told = replace(result.record, spec_text="")
    for text in (payoff.Result(told).to_text(140), payoff.Result(told).to_markdown()):
        assert not ACTIONS_ONLY.findall(text)
    visible = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", payoff.Result(told).to_html(), flags=re.DOTALL)
    assert not ACTIONS_ONLY.findall(visible)


def test_json_holds_the_curves_and_nothing_of_classes(result: payoff.Result) -> None:
    held = json.loads(result.to_json())
    kinds = {one["kind"] for one in held["curves"]}
    assert kinds == {"stability", "cost_ratio", "murphy"}
    metrics = {one["metric"] for one in held["estimates"]}
    assert metrics <= {
        "value",
        "gain",
        "gain_difference",
        "gain_shrunken",
        "mean_absolute_error",
        "root_mean_squared_error",
        "mean_pinball_loss",
        "mean_error",
        "interval_coverage",
        "absolute_error_skill",
        "squared_error_skill",
        "pinball_skill",
    }
    assert held["decision"]["quantity"] == "pieces"
    assert {one["kind"] for one in held["policies"]} == {"quantity", "naive"}
    assert not held.get("disagreements")
    assert "wrong_labels" not in held


def test_metrics_that_ask_for_another_quantile_are_said_to_mislead(
    make_orders: Make, spec: dict[str, Any]
) -> None:
    said = payoff.metrics(spec, pa.table(make_orders(2)))
    roles = {one.metric: one.role for one in said.advice.metrics}
    assert roles["mean_pinball_loss"] == "suits"
    assert roles["mean_absolute_error"] == roles["squared_error_skill"] == "misleads"
    assert roles["gain"] == "decide by"
    assert "recall" not in roles
    assert {one.metric for one in said.advice.regrets} >= {"mean_absolute_error", "mean_pinball_loss"}
    assert "one too few costs 2.5 times one too many" in " ".join(said.to_text(200).split())
    median = spec | {"value": {"quantity": "-abs(outcome - quantity)"}, "assumptions": {}}
    roles = {one.metric: one.role for one in payoff.metrics(median, pa.table(make_orders(2))).advice.metrics}
    assert roles["mean_absolute_error"] == "suits"
    without = payoff.metrics(spec, rows=False)
    assert {one.metric: one.role for one in without.advice.metrics}["mean_pinball_loss"] == "cannot be had"


def test_metrics_of_quantities_are_not_spoken_of_where_actions_are_decided() -> None:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
        "model": {"score": "p", "policy": {"threshold": 0.5}},
        "today": "nobody",
    }
    assert "mean_absolute_error" not in {one.metric for one in payoff.metrics(spec).advice.metrics}


def test_decide_writes_the_quantity_of_every_row(make_orders: Make, spec: dict[str, Any]) -> None:
    rows = make_orders(3)
    del rows["demand"]
    spec["model"] = {"name": "net", "policy": {"quantity": "forecast + cost"}}
    found = {
        who: float(action) for who, score, action in payoff.decide(spec, pa.table(rows)) if score is None
    }
    expected = {str(who): quantity + 2 for who, quantity in zip(rows["id"], rows["forecast"], strict=True)}
    assert found == pytest.approx(expected)
    spec["model"] = {"name": "net", "policy": {"naive": "mean"}}
    with pytest.raises(PayoffError, match="PAY294"):
        list(payoff.decide(spec, pa.table(rows)))
    spec["model"] = {"name": "net", "policy": {"quantity": "forecast - 1000"}}
    with pytest.raises(PayoffError, match="PAY326"):
        list(payoff.decide(spec, pa.table(rows)))


def test_slices_are_searched_for_quantities_too(make_orders: Make, spec: dict[str, Any]) -> None:
    rows = make_orders(4, shops=8, days=200)
    north = rows["region"] == "north"
    rows["forecast"] = np.where(north, rows["demand"] + 60, rows["demand"])
    rows["ordered"] = rows["demand"] + 10
    found = payoff.slices(pa.table(rows), spec, ["region"]).record.losses
    assert [one.slice for one in found] == [{"region": "north"}]
    assert found[0].value == pytest.approx(-2 * 50)


def test_saved_tables_give_the_same_result(make_orders: Make, spec: dict[str, Any], tmp_path: Path) -> None:
    rows = pa.table(make_orders(5))
    payoff.tabulate(rows, spec, tmp_path / "one.tables")
    read = payoff.evaluate(None, spec, tables=[tmp_path / "one.tables"])
    assert read.record.estimates == payoff.evaluate(rows, spec).record.estimates


def test_tables_of_two_parts_add_up_without_a_naive_candidate_and_not_with_one(
    make_orders: Make, make_spec: Make, spec: dict[str, Any], tmp_path: Path
) -> None:
    rows = pa.table(make_orders(6))
    parts, paths = (rows.slice(0, 150), rows.slice(150)), [tmp_path / "a.tables", tmp_path / "b.tables"]
    plain = make_spec()
    payoff.tabulate(parts[0], plain, paths[0])
    payoff.tabulate(parts[1], plain, paths[1], choices=paths[0])
    added, whole = payoff.evaluate(None, plain, tables=paths), payoff.evaluate(rows, plain)
    for one, other in zip(added.estimates, whole.estimates, strict=True):
        assert (one.metric, one.of, one.over) == (other.metric, other.of, other.over)
        assert one.value == pytest.approx(other.value, rel=1e-9)
        assert one.low == (None if other.low is None else pytest.approx(other.low, rel=1e-6))
    # Thresholds of Murphy diagrams are choices, here of the first part.
    one, other = ([line for line in win_lines(result.record) if "ratio" in line] for result in (added, whole))
    assert one == other
    spec["guardrails"] = []
    payoff.tabulate(parts[0], spec, paths[0])
    payoff.tabulate(parts[1], spec, paths[1], choices=paths[0])
    with pytest.raises(PayoffError, match="naive quantities"):
        payoff.evaluate(None, spec, tables=paths)


def test_what_was_counted_is_revalued_at_other_assumptions(
    make_orders: Make, make_spec: Make, tmp_path: Path
) -> None:
    rows, spec = pa.table(make_orders(7)), make_spec(metrics=["value", "gain"])
    payoff.tabulate(rows, spec, tmp_path / "one.tables")
    moved = payoff.evaluate(rows, spec, tables=[tmp_path / "one.tables"], assume={"margin": 4})
    fresh = payoff.evaluate(rows, spec, assume={"margin": 4})
    assert [one.value for one in moved.estimates] == pytest.approx([one.value for one in fresh.estimates])


def test_the_commands_take_a_quantity(make_orders: Make, spec: dict[str, Any], tmp_path: Path) -> None:
    pyarrow.csv.write_csv(pa.table(make_orders(8)), tmp_path / "days.csv")
    spec["data"]["path"] = "days.csv"
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    loaded = payoff.load_spec(tmp_path / "shop.yaml")
    assert loaded.decision.quantity.unit == "pieces"
    assert not [one for one in payoff.check(tmp_path / "shop.yaml") if one.severity == "error"]
    with pytest.raises(PayoffError, match="PAY293"):
        payoff.explain(tmp_path / "shop.yaml")
    assert payoff.gate(tmp_path / "shop.yaml").exit_code in (0, 1, 3)
