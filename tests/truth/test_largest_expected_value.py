"""The largest expected value, row by row: against a loop over rows, against one threshold, and when it is refused."""

import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import minimize

import payoff
from payoff.errors.spec import InvalidPolicy, ScoreNeeded
from payoff.errors.store import TablesLack

Columns = dict[str, Any]
MARGIN, COST = 0.5, 8.0
ACTIONS = ("stop", "ask", "pass")
LAST = len(ACTIONS) - 1
VALUES = {
    "stop": "case when outcome then margin * amount else 0 end - cost",
    "ask": "case when outcome then 0.3 * amount else 0.5 end - 2",
    "pass": "0",
}
# A gain per decision is a sum of some thousand doubles.
ROUNDING = 1e-9
# The optimiser of the reference stops at a likelihood flat to 1e-12, which fixes both coefficients to some 1e-6; a
# row within that of its decision would be worth next to nothing either way.
FITTED = 1e-4


def rows_of(seed: int, n: int = 6_000, factor: float = 1.0) -> Columns:
    """Return rows whose score is the probability of the outcome, or that many times it."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(2.0 - 1.1 * rng.normal(0, 1, n)))
    return {
        "id": np.arange(n),
        "y": (rng.random(n) < p).astype(np.int64),
        "p": np.minimum(np.round(p * factor, 4), 0.99),
        "amount": np.round(rng.lognormal(3.2, 0.6, n), 2),
        "region": rng.choice(["north", "south"], n),
    }


def spec_of(**model: Any) -> dict[str, Any]:
    return {
        "payoff": 1,
        "decision": {"unit": "EUR", "actions": list(ACTIONS)},
        "data": {"outcome": "y", "id": "id"},
        "value": {action: VALUES[action] for action in ACTIONS},
        "assumptions": {"margin": {"likely": MARGIN, "low": 0.4, "high": 0.6}, "cost": COST},
        "model": {"name": "new", "score": "p", "policy": {"maximise": "expected value"}} | model,
        "today": "nobody",
        "hurdles": [{"name": "worth it", "gain": "0.1 per decision", "over": "today", "confidence": 0.9}],
    }


def worth(rows: Columns) -> np.ndarray:
    """Return (n, A, 2) the value of each action if the outcome is negative, and if it is positive."""
    amount = rows["amount"]
    both = {
        "stop": (np.full(len(amount), -COST), MARGIN * amount - COST),
        "ask": (np.full(len(amount), 0.5 - 2.0), 0.3 * amount - 2.0),
        "pass": (np.zeros(len(amount)), np.zeros(len(amount))),
    }
    return np.stack([np.stack(both[action], axis=1) for action in ACTIONS], axis=1)


def best_actions(rows: Columns, p: np.ndarray) -> np.ndarray:
    """Return the action of the largest expected value, the later of two equal ones, one row at a time."""
    expected = worth(rows)[:, :, 0] * (1 - p)[:, None] + worth(rows)[:, :, 1] * p[:, None]
    return np.array([max(range(len(ACTIONS)), key=lambda a: (row[a], a)) for row in expected])


def realised(rows: Columns, actions: np.ndarray) -> np.ndarray:
    return worth(rows)[np.arange(len(actions)), actions, rows["y"]]


def found(result: payoff.Result, metric: str, of: str, over: str | None = None) -> Any:
    return next(
        one
        for one in result.estimates
        if (one.metric, one.of, one.over, one.slice) == (metric, of, over, None)
        and one.per in ("decision", None)
    )


def test_every_row_takes_the_action_that_a_loop_over_rows_takes() -> None:
    rows = rows_of(1)
    actions = best_actions(rows, rows["p"])
    assert len(set(actions)) == len(ACTIONS)
    result = payoff.evaluate(pa.table(rows), spec_of())
    total = next(one for one in result.record.totals if one.of == "new")
    for a, action in enumerate(ACTIONS):
        for state, label in ((1, "positive"), (0, "negative")):
            assert total.counts[f"{action}/{label}"] == ((actions == a) & (rows["y"] == state)).sum()
    assert found(result, "value", "new").value == pytest.approx(realised(rows, actions).mean(), rel=ROUNDING)
    decided = [action for _, _, action in payoff.decide(spec_of(), pa.table(rows))]
    assert decided == [ACTIONS[a] for a in actions]


def test_a_row_that_gains_nothing_by_an_action_is_left_alone() -> None:
    spec = spec_of()
    spec["decision"]["actions"] = ["stop", "pass"]
    spec["value"] = {
        "stop": "case when outcome then 3 else -1 end",
        "pass": 0,
    }
    spec["assumptions"] = {}
    rows = {"id": [1, 2, 3], "y": [0, 1, 1], "p": [0.25, 0.5, 0.125]}
    assert [action for *_, action in payoff.decide(spec, pa.table(rows))] == ["pass", "stop", "pass"]


def test_where_values_depend_on_the_outcome_alone_it_is_the_threshold_from_the_value() -> None:
    rows, spec = rows_of(2), spec_of()
    spec["decision"]["actions"] = ["stop", "pass"]
    spec["value"] = {"stop": "case when outcome then 21.3 else -4 end", "pass": 0}
    spec["assumptions"] = {}
    spec["challengers"] = {"cut": {"score": "p", "policy": {"threshold": "from value"}}}
    result = payoff.evaluate(pa.table(rows), spec)
    same = next(one for one in result.record.disagreements if one.over == "cut")
    assert same.differing == 0
    assert found(result, "gain", "new", "cut").value == 0


def test_it_is_compared_with_the_best_single_threshold_on_the_same_rows() -> None:
    rows = rows_of(3)
    result = payoff.evaluate(pa.table(rows), spec_of())
    policy = next(one for one in result.record.policies if one.name == "new/best threshold")
    assert policy.kind == "threshold"
    assert policy.role == "challenger"
    acted = rows["p"] >= policy.threshold
    at_cut = realised(rows, np.where(acted, 0, LAST))
    gain = found(result, "gain", "new", "new/best threshold")
    expected = realised(rows, best_actions(rows, rows["p"])) - at_cut
    assert gain.value == pytest.approx(expected.mean(), rel=ROUNDING)
    assert gain.low < gain.value < gain.high
    scores = {one.of for one in result.estimates if one.metric == "roc_auc"}
    assert scores == {"new"}, "a second policy has no score of its own"


def test_the_threshold_that_it_is_compared_with_acts_where_acting_pays() -> None:
    rows, spec = rows_of(4), spec_of()
    spec["decision"]["actions"] = ["approve", "decline"]
    spec["value"] = {"approve": "case when outcome then -amount else 4 end", "decline": 0}
    spec["assumptions"] = {}
    result = payoff.evaluate(pa.table(rows), spec)
    policy = next(one for one in result.record.policies if one.name == "new/best threshold")
    assert policy.definition.startswith("decline where p >=")


def line_of(rows: Columns) -> tuple[float, float]:
    """Return the likeliest line through the logits, by another optimiser."""
    p = np.clip(rows["p"], np.finfo(float).eps, 1 - np.finfo(float).eps)
    logit = np.log(p / (1 - p))

    def loss(at: np.ndarray) -> float:
        z = at[0] + at[1] * logit
        return float(np.logaddexp(0, z).sum() - (rows["y"] * z).sum()) / len(logit)

    fitted = minimize(loss, np.array([0.0, 1.0]), method="BFGS", options={"gtol": 1e-10})
    return float(fitted.x[0]), float(fitted.x[1])


def test_what_miscalibration_costs_is_what_a_recalibrated_score_gains() -> None:
    rows = rows_of(5, factor=3.0)
    result = payoff.evaluate(pa.table(rows), spec_of())
    intercept, slope = line_of(rows)
    p = np.clip(rows["p"], np.finfo(float).eps, 1 - np.finfo(float).eps)
    moved = 1 / (1 + np.exp(-(intercept + slope * np.log(p / (1 - p)))))
    cost = realised(rows, best_actions(rows, moved)) - realised(rows, best_actions(rows, rows["p"]))
    gain = found(result, "gain", "new/recalibrated", "new")
    assert gain.value == pytest.approx(cost.mean(), rel=FITTED)
    assert gain.low > 0


def test_probabilities_that_are_off_where_it_decides_are_refused_with_their_cost() -> None:
    result = payoff.evaluate(pa.table(rows_of(5, factor=3.0)), spec_of())
    check = next(one for one in result.record.data.checks if one.code == "PAY350")
    assert check.severity == "error"
    assert check.where == "new.policy"
    assert "EUR per decision more" in check.found
    assert result.record.partial
    assert result.verdict.overall is None
    assert [one.reason for one in result.verdict.hurdles] == ["miscalibrated"]
    assert found(result, "value", "new").value is not None, "what was measured is still told"


def test_probabilities_that_hold_are_not_refused() -> None:
    spec = spec_of()
    spec["hurdles"][0]["gain"] = "0.02 per decision"
    result = payoff.evaluate(pa.table(rows_of(6)), spec)
    assert "PAY350" not in [one.code for one in result.record.data.checks]
    assert result.verdict.hurdles[0].status == "cleared"


def test_a_challenger_with_probabilities_that_are_off_is_warned_of_and_stops_nothing() -> None:
    rows, spec = rows_of(7), spec_of()
    rows["off"] = np.minimum(rows["p"] * 3, 0.99)
    spec["challengers"] = {"old": {"score": "off", "policy": {"maximise": "expected value"}}}
    result = payoff.evaluate(pa.table(rows), spec)
    checks = {one.where: one.severity for one in result.record.data.checks if one.code == "PAY350"}
    assert checks == {"old.policy": "warning"}
    assert not result.record.partial


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        ({"policy": {"maximise": "profit"}}, InvalidPolicy, "expected value"),
        ({"score_is": "rank"}, ScoreNeeded, "a rank"),
        ({"score": None}, ScoreNeeded, "an expected value without a score"),
        ({"policy": {"maximise": "expected value", "do": "stop"}}, InvalidPolicy, "`do` beside `maximise`"),
    ],
)
def test_what_cannot_be_weighed_is_refused(model: dict[str, Any], error: type[Exception], said: str) -> None:
    asked = spec_of(**model)
    asked["model"] = {key: value for key, value in asked["model"].items() if value is not None}
    with pytest.raises(error) as caught:
        payoff.load_spec(asked)
    assert said in str(caught.value)


def test_a_value_that_reads_the_column_of_the_outcome_leaks_it_into_the_policy() -> None:
    spec = spec_of()
    spec["value"]["stop"] = "case when y = 1 then margin * amount else 0 end - cost"
    assert "PAY240" in [one.code for one in payoff.check(spec) if one.severity == "error"]


def test_a_value_that_is_null_under_either_outcome_decides_nothing() -> None:
    rows, spec = rows_of(8, n=400), spec_of()
    amount = rows["amount"].astype(object)
    negative = int(np.flatnonzero(rows["y"] == 0)[0])
    amount[negative] = None
    rows["amount"] = pa.array(amount.tolist(), pa.float64())
    result = payoff.evaluate(pa.table(rows), spec)
    check = next(one for one in result.record.data.checks if one.severity == "error")
    assert check.where == "new"
    assert "NULL under one of the outcomes" in check.found
    assert check.rows == 1
    assert check.ids == (str(negative),)


def test_saved_tables_hold_the_line_and_refuse_other_assumptions(tmp_path: Path) -> None:
    rows, spec = rows_of(9), spec_of()
    halves = {"first": slice(0, 3_000), "second": slice(3_000, None)}
    for name, part in halves.items():
        choices = None if name == "first" else tmp_path / "first"
        table = pa.table({key: column[part] for key, column in rows.items()})
        payoff.tabulate(table, spec, tmp_path / name, choices=choices)
    both = payoff.evaluate(None, spec, tables=[tmp_path / "first", tmp_path / "second"])
    whole = payoff.evaluate(pa.table(rows), spec)
    for of in ("new", "new/recalibrated"):
        counts = [next(one for one in each.record.totals if one.of == of).counts for each in (both, whole)]
        assert sum(counts[0].values()) == sum(counts[1].values()) == 6_000
        if of == "new":
            assert counts[0] == counts[1]
    with pytest.raises(TablesLack) as caught:
        payoff.evaluate(
            None, spec | {"assumptions": {"margin": 0.45, "cost": COST}}, tables=[tmp_path / "first"]
        )
    assert "policies" in str(caught.value)


def test_the_order_of_rows_and_scaled_money_change_no_decision() -> None:
    rows = rows_of(10)
    order = np.random.default_rng(0).permutation(len(rows["y"]))
    first = payoff.evaluate(pa.table(rows), spec_of())
    turned = payoff.evaluate(pa.table({name: column[order] for name, column in rows.items()}), spec_of())
    assert first.record.hash == turned.record.hash
    scaled = spec_of()
    scaled["value"] = {action: f"100 * ({text})" for action, text in scaled["value"].items()}
    dear = payoff.evaluate(pa.table(rows), scaled)
    assert found(dear, "value", "new").value == pytest.approx(
        100 * found(first, "value", "new").value, rel=ROUNDING
    )
    counts = [next(one for one in each.record.totals if one.of == "new").counts for each in (first, dear)]
    assert counts[0] == counts[1]


def test_the_report_and_the_terminal_name_the_second_policies() -> None:
    result = payoff.evaluate(pa.table(rows_of(11)), spec_of())
    assert "new/best threshold" in result.to_html()
    assert "new/best threshold" in html.unescape(result.to_markdown())
    assert json.loads(result.to_json())["policies"][0]["kind"] == "maximise"


def test_a_second_policy_is_no_candidate_of_which_the_best_is_picked() -> None:
    rows, spec = rows_of(12, n=3_000), spec_of()
    alone = payoff.evaluate(pa.table(rows), spec)
    assert {one.adjustment for one in alone.estimates if one.metric == "gain"} == {None}
    rows["older"] = np.random.default_rng(1).permutation(rows["p"])
    spec["challengers"] = {"old": {"score": "older", "policy": {"threshold": 0.3}}}
    among = payoff.evaluate(pa.table(rows), spec)
    adjusted = {one.of for one in among.estimates if one.metric == "gain" and one.adjustment}
    assert adjusted == {"new", "old"}
