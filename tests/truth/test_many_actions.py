"""Many classes and many actions: money against a loop over rows, the binary case, and laws."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from tests.truth.many import (
    ACTIONS,
    CLASSES,
    CONSTANT,
    VALUES,
    rows_of,
    shares_of,
    spec_of,
    states_of,
    worth_by_class,
)

import payoff
from payoff.comparison import compare
from payoff.engines import open_engine
from payoff.running.gathering import counted_of
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec

# Sums of some thousand doubles of size 1e4 in another order.
ROUNDING = 1e-9
# A ratio of a cube and a power 1.5 that both lost digits to centring.
SKEWNESS = 1e-6
# What 'equal to the binary case' is asked to mean.
BINARY = 1e-12


def evaluated(rows: dict[str, Any], spec: dict[str, Any]) -> payoff.Result:
    return payoff.evaluate(pa.table(rows), spec)


def money(found: payoff.Result) -> dict[tuple[Any, ...], Any]:
    return {
        (one.metric, one.of, one.over): one
        for one in found.estimates
        if one.metric in ("value", "gain") and one.slice is None and one.per == "decision"
    }


def same(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance * max(abs(one), abs(other), 1.0)


def grounds_of(rows: dict[str, Any], spec: dict[str, Any]) -> Any:
    with open_engine(pa.table(rows)) as engine:
        return counted_of(tabulate(load_spec(spec), engine, lambda _: None)).grounds


@pytest.mark.parametrize("constant", [False, True], ids=["by row", "constant"])
@pytest.mark.parametrize("weights", [False, True], ids=["plain", "weighted"])
def test_value_and_gain_of_every_policy_are_those_of_a_loop_over_rows(constant: bool, weights: bool) -> None:
    rows = rows_of(1, weights=weights)
    spec = spec_of(CONSTANT if constant else VALUES, **({"weight": "w"} if weights else {}))
    found, taken = money(evaluated(rows, spec)), shares_of(rows, constant=constant)
    worth, state = worth_by_class(rows, constant=constant), states_of(rows)
    w = rows["w"] if weights else np.ones(len(state))
    mine = {
        name: np.array([share[i] @ worth[i, state[i]] for i in range(len(state))])
        for name, share in taken.items()
    }
    for (metric, of, over), one in found.items():
        expected = mine[of] - (mine[over] if metric == "gain" else 0.0)
        assert one.value == pytest.approx(float(w @ expected / w.sum()), rel=ROUNDING), (metric, of, over)
    assert {of for _, of, _ in found} == set(taken)


@pytest.mark.parametrize("cluster", [None, "person"])
def test_error_and_skewness_between_any_two_actions_are_those_of_the_rows(cluster: str | None) -> None:
    rows = rows_of(2)
    grounds = grounds_of(rows, spec_of(**({"cluster": cluster} if cluster else {})))
    taken, worth, state = shares_of(rows), worth_by_class(rows), states_of(rows)
    likely = grounds.valuation.contrast()
    pairs = [("m", "agents"), ("m", "always refer"), ("small", "everybody"), ("small", "always refer")]
    for of, over in pairs:
        psi = np.array([(taken[of][i] - taken[over][i]) @ worth[i, state[i]] for i in range(len(state))])
        if cluster is not None:
            lean = psi - psi.mean()
            psi = np.array([lean[rows[cluster] == one].sum() for one in np.unique(rows[cluster])])
        contrast = compare(grounds, of, over).evidence.contrast
        n = len(psi)
        spread = psi.var(ddof=1) if cluster is None else (psi**2).sum() / (n - 1) * (n / len(state)) ** 2
        assert likely @ contrast.covariance[0] @ likely == pytest.approx(spread, rel=SKEWNESS)
        skew = stats.skew(psi) if cluster is None else (psi**3).mean() / (psi**2).mean() ** 1.5
        assert contrast.skewness[0] == pytest.approx(skew, rel=SKEWNESS), (of, over)


def test_two_classes_listed_are_the_binary_outcome_in_every_number_of_money() -> None:
    rows = rows_of(3)
    rows["y"] = np.where(rows["y"] == "paid", "yes", "no")
    rows["p"] = rows["p_paid"]
    both = {
        "decision": {"unit": "EUR", "volume": "10000 per year", "actions": ["act", "skip"]},
        "assumptions": {"rate": {"likely": 0.08, "low": 0.05, "high": 0.1}},
        "model": {"name": "m", "score": "p", "policy": {"threshold": 0.6}},
        "baselines": {"big": {"when": "amount > 3000"}, "lot": {"random": 0.3}},
        "today": "big",
        "hurdles": [{"name": "h", "gain": "10 per year"}],
        "slices": ["region"],
    }
    binary = both | {
        "data": {"outcome": "y", "positive": "yes", "id": "id"},
        "value": {"act": "case when outcome then rate * amount else -amount * 0.1 end - 5", "skip": 0},
    }
    listed = both | {
        "data": {"outcome": "y", "classes": ["no", "yes"], "id": "id"},
        "value": {
            "act": "case when outcome = 'yes' then rate * amount else -amount * 0.1 end - 5",
            "skip": 0,
        },
    }
    one, other = evaluated(rows, binary), evaluated(rows, listed)
    kinds = ("value", "gain", "gain_difference", "act_rate")
    key = lambda each: (each.metric, each.of, each.over, each.per, str(each.slice))  # noqa: E731
    mine = {key(each): each for each in one.estimates if each.metric in kinds}
    theirs = {key(each): each for each in other.estimates if each.metric in kinds}
    assert mine.keys() == theirs.keys()
    for name, each in mine.items():
        for end in ("value", "low", "high"):
            assert same(getattr(theirs[name], end), getattr(each, end), BINARY)
        assert (each.tier, each.events, each.method) == (
            theirs[name].tier,
            theirs[name].events,
            theirs[name].method,
        )
    assert one.verdict.hurdles[0].probability == pytest.approx(
        other.verdict.hurdles[0].probability, rel=BINARY
    )


def test_a_dominated_action_that_nobody_takes_changes_nothing() -> None:
    rows, spec = rows_of(4), spec_of()
    wider = spec_of()
    wider["decision"]["actions"] = ["approve", "waste", "refer", "decline"]
    wider["value"]["waste"] = "-amount"
    one, other = money(evaluated(rows, spec)), money(evaluated(rows, wider))
    for name, each in one.items():
        for end in ("value", "low", "high"):
            assert same(getattr(other[name], end), getattr(each, end), ROUNDING)
        assert (each.tier, each.events) == (other[name].tier, other[name].events)
    assert {over for _, _, over in other} - {over for _, _, over in one} == {"always waste"}


def test_relabelled_classes_and_permuted_actions_in_between_change_nothing() -> None:
    rows, spec = rows_of(5), spec_of()
    renamed = {"paid": "p 1", "late": "it's late", "default": "Ausfall"}
    moved = rows | {"y": np.array([renamed[one] for one in rows["y"]])}
    other = spec_of(classes=[renamed[one] for one in ("default", "paid", "late")])
    for name, text in renamed.items():
        quoted = text.replace("'", "''")
        other["value"] = {k: v.replace(f"'{name}'", f"'{quoted}'") for k, v in other["value"].items()}
    other["model"]["scores"] = {text: f"p_{name}" for name, text in renamed.items()}
    four, swapped = spec, other
    for each, order in ((four, (1, 3)), (swapped, (3, 1))):
        listed = ["approve", "", "refer", "", "decline"]
        listed[order[0]], listed[order[1]] = "half", "tenth"
        each["decision"]["actions"] = [one for one in listed if one]
        each["value"] |= {"half": f"0.5 * ({each['value']['approve']})", "tenth": "0.1 * amount - 300"}
    one, found = evaluated(rows, four), evaluated(moved, swapped)
    mine, theirs = money(one), money(found)
    assert mine.keys() == theirs.keys()
    for name, each in mine.items():
        for end in ("value", "low", "high"):
            assert same(getattr(theirs[name], end), getattr(each, end), ROUNDING)
    plain = {(e.metric, e.of): e for e in one.estimates if e.at is None and e.unit == "1"}
    for each in found.estimates:
        if each.at is None and each.unit == "1":
            assert same(each.value, plain[each.metric, each.of].value, ROUNDING)


def test_a_hundred_times_the_money_is_a_hundred_times_the_gain() -> None:
    rows = rows_of(6)
    dear = {action: f"100 * ({text})" for action, text in VALUES.items()}
    one, other = money(evaluated(rows, spec_of())), money(evaluated(rows, spec_of(dear)))
    for name, each in one.items():
        for end in ("value", "low", "high"):
            expected = None if getattr(each, end) is None else 100 * getattr(each, end)
            assert same(getattr(other[name], end), expected, 1e-8)


def test_confusion_reconciles_cell_by_cell_with_totals_counts_and_value() -> None:
    rows = rows_of(7)
    rows["y"] = np.where(rows["id"] % 17 == 0, None, rows["y"].astype(object))
    found = evaluated(rows, spec_of())
    yearly = {one.of: one.value for one in found.estimates if one.metric == "value" and one.per == "year"}
    for total in found.record.totals:
        cells = [one for one in found.record.confusion if one.of == total.of]
        assert len(cells) == len(CLASSES) * len(ACTIONS)
        assert sum(one.money for one in cells) == pytest.approx(yearly[total.of], rel=ROUNDING)
        if total.total is None:
            assert total.of == "lot"
            continue
        assert sum(one.total for one in cells) == total.total
        for one in cells:
            assert one.rows == total.counts[f"{one.action}/{one.outcome}"]
        assert sum(one.rows for one in cells) + total.pending == total.rows


def test_the_confusion_is_that_of_a_loop_over_rows() -> None:
    rows = rows_of(8)
    found, taken, worth, state = (
        evaluated(rows, spec_of()),
        shares_of(rows),
        worth_by_class(rows),
        states_of(rows),
    )
    for cell in found.record.confusion:
        a, c = ACTIONS.index(cell.action), CLASSES.index(cell.outcome)
        share = taken[cell.of][:, a] * (state == c)
        assert cell.rows == round(share.sum())
        assert cell.share == pytest.approx(share.sum() / (state == c).sum())
        expected = sum(share[i] * worth[i, c, a] for i in range(len(state))) / len(state) * 10_000
        assert cell.money == pytest.approx(expected, rel=ROUNDING)


def test_normalised_cost_is_the_expected_cost_over_that_of_the_best_constant_action() -> None:
    rows = rows_of(9)
    found, taken = evaluated(rows, spec_of(CONSTANT)), shares_of(rows, constant=True)
    worth, state = worth_by_class(rows, constant=True), states_of(rows)
    cost = worth.max(axis=2, keepdims=True) - worth
    total = {
        name: sum(share[i] @ cost[i, state[i]] for i in range(len(state))) for name, share in taken.items()
    }
    constants = ("everybody", "always refer", "nobody")
    best = min(constants, key=lambda name: total[name])
    for one in found.estimates:
        if one.metric == "normalised_cost":
            assert one.over == best
            assert one.value == pytest.approx(total[one.of] / total[best], rel=ROUNDING)
            assert one.low <= one.value <= one.high


def test_normalised_cost_says_why_there_is_none_where_values_differ_by_row() -> None:
    found = [one for one in evaluated(rows_of(9), spec_of()).estimates if one.metric == "normalised_cost"]
    assert found
    assert all(one.value is None and "differ between rows" in (one.note or "") for one in found)


def test_three_actions_and_a_binary_outcome_keep_the_metrics_of_the_first_action() -> None:
    rows = rows_of(10)
    rows["y"] = (rows["y"] == "paid").astype(int)
    spec = spec_of(
        {"approve": "case when outcome then 100 else -300 end", "refer": "20 - fee / 4", "decline": 0}
    )
    spec["data"] = {"outcome": "y", "id": "id"}
    spec["model"] = {"name": "m", "score": "p_paid", "policy": {"maximise": "expected value"}}
    found = evaluated(rows, spec)
    acted, positive = rows["p_paid"] >= 0.6, rows["y"] == 1
    ladder = {one.metric: one.value for one in found.estimates if one.of == "ladder" and one.over is None}
    assert ladder["recall"] == pytest.approx((acted & positive).sum() / positive.sum())
    assert ladder["precision"] == pytest.approx((acted & positive).sum() / acted.sum())
    assert ladder["act_rate"] == pytest.approx(acted.mean())
    assert any(one.metric == "normalised_cost" and one.value is not None for one in found.estimates)


def test_a_ladder_with_one_step_is_a_threshold() -> None:
    rows = rows_of(11)
    rows["y"] = (rows["y"] == "paid").astype(int)
    spec = spec_of({"approve": "case when outcome then 100 else -300 end", "refer": "20 - fee", "decline": 0})
    spec["data"] = {"outcome": "y", "id": "id"}
    spec["model"] = {"name": "m", "score": "p_paid", "policy": {"threshold": 0.6}}
    spec["challengers"] = {"step": {"score": "p_paid", "policy": {"thresholds": {"approve": 0.6}}}}
    found = money(evaluated(rows, spec))
    assert found["gain", "m", "step"].value == 0.0
    one, other = found["gain", "m", "agents"], found["gain", "step", "agents"]
    assert replace(one, of="step") == other


def test_a_ladder_against_the_value_is_refused() -> None:
    rows = rows_of(12)
    rows["y"] = (rows["y"] == "paid").astype(int)
    spec = spec_of({"approve": "case when outcome then 100 else -300 end", "refer": "20 - fee", "decline": 0})
    spec["data"] = {"outcome": "y", "id": "id"}
    spec["challengers"]["ladder"]["policy"] = {"thresholds": {"approve": 0.3, "refer": 0.6}}
    spec["model"] = {"name": "m", "score": "p_paid", "policy": {"threshold": 0.6}}
    with pytest.raises(payoff.PayoffError, match="refer is worth"):
        evaluated(rows, spec)


def test_tables_of_parts_add_to_the_result_of_all_rows(tmp_path: Any) -> None:
    rows, spec = rows_of(13), spec_of(CONSTANT)
    half = len(rows["id"]) // 2
    first, second = (
        {name: column[at] for name, column in rows.items()} for at in (slice(half), slice(half, None))
    )
    whole = evaluated(rows, spec)
    files = [tmp_path / "first.payoff", tmp_path / "second.payoff"]
    payoff.tabulate(pa.table(first), spec, files[0])
    payoff.tabulate(pa.table(second), spec, files[1], choices=files[0])
    again = payoff.evaluate(None, spec, tables=files)
    assert again.record.hash == whole.record.hash
    named = {(e.metric, str(e.at), e.of, e.over, e.per): e.value for e in whole.estimates if e.slice is None}
    for one in again.estimates:
        if one.slice is None:
            expected = named[one.metric, str(one.at), one.of, one.over, one.per]
            assert same(one.value, expected, ROUNDING), one.metric
