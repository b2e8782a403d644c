"""Metrics of decisions as the catalogue gives them: pending rows, one class, few clusters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import fbeta_score

import payoff
from payoff.catalogue.decisions import confusion_of
from payoff.tables import Cells, Moments

SPEC = {
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y", "id": "id"},
    "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
    "model": {"score": "score", "policy": {"threshold": 0.5}},
    "today": "nobody",
    "guardrails": [{"metric": "recall", "at_least": 0.1}],
    "hurdles": [{"name": "pays", "gain": "0.1 per decision", "over": "today"}],
}


def evaluated(rows: pd.DataFrame, **data: str) -> payoff.Result:
    return payoff.evaluate(rows, {**SPEC, "data": {**SPEC["data"], **data}})


def rows(count: int) -> pd.DataFrame:
    number = np.arange(count)
    return pd.DataFrame(
        {"id": number, "y": number % 4 == 0, "score": (number % 3) / 2.0, "customer": number % 12}
    )


def estimate(result: payoff.Result, metric: str) -> object:
    return next(
        one for one in result.estimates if one.metric == metric and one.of == "model" and one.slice is None
    )


def test_the_prevalence_of_one_class_has_the_exact_interval() -> None:
    found = estimate(evaluated(rows(50).assign(y=True)), "prevalence")
    assert found.method == "clopper_pearson"
    assert found.low == pytest.approx(0.025 ** (1 / 50), abs=1e-9)  # by hand: the bound of 50 out of 50


def test_a_pending_row_counts_in_the_act_rate_and_in_no_other_metric() -> None:
    table = rows(40)
    late = table.assign(y=table["y"].astype(object).where(table["id"] != 2, None))
    assert estimate(evaluated(late), "act_rate").rows == 40
    assert estimate(evaluated(late), "accuracy").rows == 39


@pytest.mark.parametrize("data", [{"weight": "w"}, {"cluster": "customer"}], ids=["weights", "clusters"])
def test_with_weights_or_clusters_too_the_act_rate_counts_pending_rows(data: dict[str, str]) -> None:
    table = rows(400).assign(w=1.0 + np.arange(400) % 2)
    acted = table["score"] >= 0.5
    late = table.assign(y=table["y"].astype(object).where(~acted, None))
    weight = table["w"] if data == {"weight": "w"} else np.ones(400)
    assert estimate(evaluated(late, **data), "act_rate").value == pytest.approx(
        np.average(acted, weights=weight), abs=1e-12
    )


def test_a_guardrail_on_the_act_rate_judges_the_rate_of_all_rows() -> None:
    table = rows(400)
    late = table.assign(y=table["y"].astype(object).where(table["score"] < 0.5, None))
    rail = {"metric": "act_rate", "at_least": 0.5}
    judged = payoff.evaluate(late, {**SPEC, "guardrails": [rail]}).verdict.guardrails[0]
    assert judged.value == pytest.approx(1 - 134 / 400)  # 134 of 0 to 399 are multiples of three
    assert judged.low > 0.5
    assert judged.status == "cleared"


def test_a_dozen_clusters_carry_neither_a_trusted_interval_nor_a_guardrail() -> None:
    result = evaluated(rows(600), cluster="customer")
    assert estimate(result, "recall").tier == "C"
    assert result.verdict.guardrails[0].status == "not evaluated"
    assert result.verdict.guardrails[0].reason.startswith("few_clusters")
    assert result.verdict.hurdles[0].reason == "few_clusters"
    assert result.verdict.overall == "hold"


@pytest.mark.parametrize("over", [None, "everybody"])
def test_a_guardrail_on_f_beta_tells_the_beta_that_it_limits(over: str | None) -> None:
    table = rows(900)
    rails = [
        {"metric": "f_beta", "at": {"beta": beta}, "at_least": -0.5 if over else 0.1}
        | ({"over": over} if over else {})
        for beta in (0.5, 1.0, 2.0)
    ]
    judged = payoff.evaluate(table, {**SPEC, "guardrails": rails}).verdict.guardrails
    acted = (table["score"] >= SPEC["model"]["policy"]["threshold"]).astype(int)
    wanted = [
        fbeta_score(table["y"], acted, beta=beta)
        - (fbeta_score(table["y"], np.ones(len(table)), beta=beta) if over else 0.0)
        for beta in (0.5, 1.0, 2.0)
    ]
    assert [rail.value for rail in judged] == pytest.approx(wanted)
    for rail in judged:
        assert rail.low < rail.value < rail.high


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.floats(0, 1)), min_size=1, max_size=30))
@example([(1, True, 0.5), (1, True, 0.5), (1, False, 0.5), (1, False, 0.5)])
def test_rows_acted_on_in_part_add_up_to_the_rows_there_are(held: list[tuple[int, bool, float]]) -> None:
    count, outcome, acted = (np.array(column) for column in zip(*held, strict=True))
    none, w = np.zeros((len(count), 1)), count * 1.0
    whole = np.zeros((len(count), 2), dtype=np.int64)
    cells = Cells(
        group=whole[:, 0], state=outcome.astype(np.int64), actions={}, score=acted, cluster=None,
        moments=Moments(
            rows=count, weight=w, weight2=w, weight3=w, total_high=whole, total_low=whole,
            nonzero=count[:, None], shift=none, first=none, first2=none, second=none[:, :, None],
            third=np.zeros((len(count), 3, 4)),
        ),
    )  # fmt: skip
    table = confusion_of(cells, acted)
    assert table.rows.min() >= 0
    assert table.rows[[0, 2]].sum() == count @ outcome
    assert table.rows.sum() == count.sum()
    assert abs(table.rows[[0, 1]].sum() - count @ acted) <= 0.5 + 1e-9
    assert abs(table.rows[0] - (count * outcome) @ acted) <= 0.5 + 1e-9


@pytest.mark.parametrize("room", [3, 5, 6])
def test_under_a_capacity_with_ties_the_act_rate_is_of_every_row(room: int) -> None:
    drawn = np.random.default_rng(4)
    day = np.repeat(np.arange(40), drawn.integers(10, 40, 40))
    table = pd.DataFrame(
        {
            "id": np.arange(len(day)),
            "t": pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(day, "D")).dt.date,
        }
    )
    table["score"] = drawn.random(len(day)).round(2)
    table["y"] = drawn.random(len(day)) < table["score"]
    spec = {
        **SPEC,
        "data": {**SPEC["data"], "time": "t", "sampled": 1.0},
        "model": {"score": "score", "policy": {"capacity": f"{room} per day"}},
        "metrics": ["act_rate", "recall"],
    }
    found = payoff.evaluate(table, spec)
    assert estimate(found, "act_rate").rows == len(day)
    assert estimate(found, "act_rate").events == 40 * room
    assert estimate(found, "recall").rows == table["y"].sum()
