"""What each policy costs and leaves: every number worked out again from the result's own gains, or by brute force."""

from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import payoff
from payoff.record import Result, from_document
from payoff.stats.efficiency import dominated_by
from payoff.stats.order_statistics import lower_rank, upper_rank

ROWS = 3_000
VOLUME = 50_000.0
RUNNING = 20_000.0 + 0.01 * VOLUME + 100.0 * 365.25 * 30.0 / 60.0


def rows(seed: int = 3, **columns: Any) -> pa.Table:
    """Return rows with two scores, the first of them the better one."""
    random = np.random.default_rng(seed)
    outcome = random.random(ROWS) < 0.1
    scores = [np.where(random.random(ROWS) < right, outcome, ~outcome) * 0.8 + 0.1 for right in (0.92, 0.85)]
    held = {"id": np.arange(ROWS), "y": outcome, "p": scores[0], "q": scores[1]}
    return pa.table({**held, "ms": np.exp(random.normal(4.4, 0.4, ROWS)), **columns})


def spec(**changes: Any) -> dict[str, Any]:
    """Return a spec in which two models state what they take."""
    costs = {
        "running": "20000 per year",
        "call": "0.01 per decision",
        "review": {"minutes": "100 per day", "hourly": 30},
    }
    clean: dict[str, Any] = {
        "decision": {
            "unit": "EUR",
            "volume": "50000 per year",
            "horizon": "30 months",
            "discount_rate": 0.08,
        },
        "data": {"outcome": "y", "id": "id", "outcome_given": "any action"},
        "value": {"act": "(case when outcome then 60 else 0 end) - 5", "skip": 0},
        "model": {
            "name": "large",
            "score": "p",
            "policy": {"threshold": 0.5},
            "costs": {**costs, "build": "30000 once"},
            "latency": {"column": "ms"},
            "complexity": 120,
        },
        "challengers": {
            "small": {
                "score": "q",
                "policy": {"threshold": 0.5},
                "costs": {"running": "2000 per year"},
                "latency": {"p95": "20 ms"},
                "complexity": 8,
            }
        },
        "today": "nobody",
        "hurdles": [{"name": "h", "net_gain": "5000 per year"}],
    }
    return {**clean, **changes}


@pytest.fixture(scope="module")
def result() -> Result:
    """Return one result, shared as it is read only."""
    return payoff.evaluate(rows(), spec()).record


def estimate(result: Result, metric: str, of: str, over: str, per: str | None) -> Any:
    """Return one estimate by its key."""
    (found,) = (
        one
        for one in result.estimates
        if (one.metric, one.of, one.over, one.per) == (metric, of, over, per) and one.slice is None
    )
    return found


def test_net_gain_is_the_gain_less_what_is_paid_again_and_again(result: Result) -> None:
    gain, net = (estimate(result, name, "large", "nobody", "year") for name in ("gain", "net_gain"))
    for mine, theirs in zip((net.value, net.low, net.high), (gain.value, gain.low, gain.high), strict=True):
        assert mine == pytest.approx(theirs - RUNNING, rel=1e-12)
    assert result.verdict.hurdles[0].gain == pytest.approx(net.value, rel=1e-9)


def test_present_value_is_flow_by_flow_what_the_net_gain_brings(result: Result) -> None:
    net = estimate(result, "net_gain", "large", "nobody", "year")
    value = estimate(result, "net_present_value", "large", "nobody", None)
    for mine, yearly in zip(
        (value.value, value.low, value.high), (net.value, net.low, net.high), strict=True
    ):
        flows = yearly / 1.08 + yearly / 1.08**2 + 0.5 * yearly / 1.08**2.5
        assert mine == pytest.approx(flows - 30_000.0, rel=1e-12)
    assert (value.unit, value.rows, value.method, value.tier) == ("EUR", net.rows, net.method, net.tier)


def test_payback_is_the_day_on_which_the_build_is_earned(result: Result) -> None:
    net = estimate(result, "net_gain", "large", "nobody", "year")
    paid = estimate(result, "payback", "large", "nobody", None)
    for mine, yearly in zip((paid.value, paid.low, paid.high), (net.value, net.high, net.low), strict=True):
        days = np.arange(1, 200_000)
        first = days[np.cumsum(np.full(len(days), yearly / 365.25)) >= 30_000.0][0]
        assert (first - 1) / 365.25 <= mine <= first / 365.25 + 1e-9


def test_what_is_paid_once_changes_no_gain_and_no_verdict(result: Result) -> None:
    model = spec()["model"]
    free = {**model, "costs": {key: cost for key, cost in model["costs"].items() if key != "build"}}
    other = payoff.evaluate(rows(), spec(model=free)).record
    for metric in ("gain", "net_gain"):
        one, two = (estimate(each, metric, "large", "nobody", "year") for each in (result, other))
        assert (one.value, one.low, one.high) == (two.value, two.low, two.high)
    assert result.verdict.hurdles == other.verdict.hurdles
    assert not [one for one in other.estimates if one.metric == "payback"]


def test_a_model_that_loses_never_pays_back() -> None:
    dear = {**spec()["model"], "costs": {"running": "900000 per year", "build": "1 once"}}
    found = payoff.evaluate(rows(), spec(model=dear)).record
    paid = estimate(found, "payback", "large", "nobody", None)
    assert (paid.value, paid.low, paid.high) == (None, None, None)
    assert "never at the estimate" in paid.note
    assert "never paid back" in payoff.Result(found).to_text()


def test_what_today_took_to_build_is_paid_already() -> None:
    old = {
        "small": {**spec()["challengers"]["small"], "costs": {"running": "2000 per year", "build": "7 once"}}
    }
    found = payoff.evaluate(rows(), spec(challengers=old, today="small")).record
    net = estimate(found, "net_gain", "large", "small", "year")
    value = estimate(found, "net_present_value", "large", "small", None)
    assert value.value == pytest.approx(
        net.value * (1 / 1.08 + 1 / 1.08**2 + 0.5 / 1.08**2.5) - 30_000.0, rel=1e-12
    )
    assert not [one for one in found.estimates if one.metric == "net_present_value" and one.of == "small"]


def test_the_table_holds_every_policy_and_what_it_leaves(result: Result) -> None:
    held = {one.of: one for one in result.costs}
    assert set(held) == {"large", "small", "nobody", "everybody"}
    assert held["large"].recurring == pytest.approx(RUNNING)
    assert held["nobody"].net_gain == 0.0
    for one in result.costs:
        assert one.net_gain == pytest.approx(one.gain - one.recurring, rel=1e-12)
        assert one.compared == ("gain", "recurring", "complexity", "latency")
    assert (held["small"].latency, held["small"].percentile) == (20.0, 95.0)
    ordered = np.sort(np.asarray(rows()["ms"]))
    assert held["large"].latency == ordered[int(np.ceil(0.95 * ROWS)) - 1]


def test_the_efficient_are_those_that_no_other_dominates(result: Result) -> None:
    for one in result.costs:
        beaten = [
            other.of
            for other in result.costs
            if other.of != one.of
            and other.gain >= one.gain
            and all(
                getattr(other, name) <= getattr(one, name) for name in ("recurring", "complexity", "latency")
            )
        ]
        assert one.efficient == (not beaten)
        assert one.beaten_by is None or one.beaten_by in beaten
    assert [one.of for one in result.costs if not one.efficient] == ["nobody"]


def test_whether_a_smaller_one_keeps_the_gain_is_the_paired_net_difference(result: Result) -> None:
    (small,) = (one for one in result.costs if one.of == "small")
    gain = estimate(result, "gain", "small", "large", "year")
    more = RUNNING - 2_000.0
    assert small.difference == pytest.approx(gain.value + more, rel=1e-12)
    assert small.difference_low == pytest.approx(gain.low + more, rel=1e-12)
    assert small.keeps == ("keeps" if small.difference_low >= 0 else small.keeps)
    equal = {**spec()["model"], "costs": {"running": "2000 per year"}}
    other = payoff.evaluate(rows(), spec(model=equal)).record
    (same_cost,) = (one for one in other.costs if one.of == "small")
    assert same_cost.keeps == "loses"


def test_latency_has_the_interval_of_the_ranks(result: Result) -> None:
    ordered = np.sort(np.asarray(rows()["ms"]))
    for one in (each for each in result.estimates if each.metric == "latency"):
        share = one.at["percentile"] / 100.0
        assert one.of == "large"
        assert one.value == pytest.approx(
            float(np.quantile(ordered, share, method="inverted_cdf")), rel=1e-12
        )
        assert one.low in ordered
        assert one.low < one.value < one.high
        assert (one.rows, one.unit, one.method, one.tier) == (ROWS, "ms", "order_statistics", "A")


def test_the_interval_of_a_percentile_covers_as_promised() -> None:
    """4,000 draws of 120 rows; exact intervals cover at least 95%, three standard errors allowed."""
    random, share = np.random.default_rng(11), 0.9
    low, high = lower_rank(120, share, 0.975), upper_rank(120, share, 0.975)
    drawn = np.sort(random.exponential(size=(4_000, 120)), axis=1)
    truth = -np.log(1.0 - share)
    covered = float(np.mean((drawn[:, low - 1] <= truth) & (truth <= drawn[:, high - 1])))
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 4_000)


@pytest.mark.parametrize(
    ("latency", "at_most", "status"),
    [
        ({"column": "ms"}, 300, "cleared"),
        ({"column": "ms"}, 100, "missed"),
        ({"column": "ms"}, 158, "undecided"),
        ({"p95": "180 ms"}, 180, "cleared"),
        ({"p95": "180 ms"}, 179, "missed"),
        ({"p99": "180 ms"}, 300, "not evaluated"),
    ],
)
def test_a_limit_on_latency_is_a_guardrail(latency: dict[str, str], at_most: float, status: str) -> None:
    limit = {"metric": "latency", "at": {"percentile": 95}, "at_most": at_most}
    model = {**spec()["model"], "latency": latency}
    found = payoff.evaluate(rows(), spec(model=model, guardrails=[limit])).record
    (rail,) = found.verdict.guardrails
    assert rail.status == status
    overall = {"cleared": "ship", "missed": "reject"}.get(status, "hold")
    assert found.verdict.overall == overall


def test_latencies_that_are_no_time_stop_the_evaluation_and_missing_ones_are_counted() -> None:
    ms = np.asarray(rows()["ms"]).copy()
    ms[5] = -1.0
    broken = payoff.evaluate(rows(ms=ms), spec()).record
    assert broken.partial
    assert [one.code for one in broken.data.checks if one.severity == "error"] == ["PAY273"]
    some = pa.array(np.asarray(rows()["ms"]), mask=np.arange(ROWS) % 3 == 0)
    found = payoff.evaluate(rows(ms=some), spec()).record
    assert {one.rows for one in found.estimates if one.metric == "latency"} == {2_000}


def test_with_clusters_a_latency_is_shown_and_not_judged() -> None:
    data = {"outcome": "y", "id": "id", "cluster": "team", "outcome_given": "any action"}
    limit = {"metric": "latency", "at": {"percentile": 95}, "at_most": 9000}
    found = payoff.evaluate(rows(team=np.arange(ROWS) // 2), spec(data=data, guardrails=[limit])).record
    assert {one.tier for one in found.estimates if one.metric == "latency"} == {"C"}
    assert found.verdict.guardrails[0].status == "not evaluated"


def test_saved_tables_hold_no_latency_and_say_so(tmp_path: Any) -> None:
    limit = {"metric": "latency", "at": {"percentile": 95}, "at_most": 9000}
    asked = payoff.load_spec(spec(guardrails=[limit]))
    payoff.tabulate(rows(), asked, tmp_path / "t.payoff")
    found = payoff.evaluate(None, asked, tables=[tmp_path / "t.payoff"]).record
    assert found.verdict.guardrails[0].status == "not evaluated"
    assert "saved tables hold no latency" in found.verdict.guardrails[0].reason
    assert {one.of: one.efficient for one in found.costs}["large"]


def test_a_spec_that_states_no_costs_has_no_table() -> None:
    plain = {"name": "large", "score": "p", "policy": {"threshold": 0.5}}
    hurdles = [{"gain": "1 per decision"}]
    found = payoff.evaluate(rows(), spec(model=plain, challengers={}, hurdles=hurdles))
    assert found.record.costs == ()
    assert "costs" not in found.record.document()
    assert "What each policy costs" not in found.to_text()


def test_the_result_is_read_back_and_told_everywhere(result: Result) -> None:
    assert from_document(result.document()).document() == result.document()
    told = payoff.Result(result)
    for text in (told.to_text(), told.to_markdown(), told.to_html()):
        assert "What each policy costs and leaves" in text
        assert "net present value" in text.lower()
    assert (
        "<b>" not in payoff.evaluate(rows(), spec(model={**spec()["model"], "complexity": "<b>x"})).to_html()
    )


def test_without_volume_costs_per_decision_still_tell() -> None:
    model = {**spec()["model"], "costs": {"call": "0.5 per decision"}}
    decision = {"unit": "EUR"}
    hurdles = [{"net_gain": "0.1 per decision"}]
    found = payoff.evaluate(rows(), spec(model=model, decision=decision, hurdles=hurdles)).record
    held = {one.of: one for one in found.costs}
    assert held["large"].unit == "EUR per decision"
    assert held["large"].net_gain == pytest.approx(held["large"].gain - 0.5, rel=1e-12)
    assert held["small"].recurring is None
    assert "recurring" not in held["small"].compared


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_domination_is_what_its_definition_says(points: list[tuple[int, int, int]]) -> None:
    found = dominated_by(points)
    for j, point in enumerate(points):
        dominators = {
            k
            for k, other in enumerate(points)
            if all(a <= b for a, b in zip(other, point, strict=True)) and other != point
        }
        assert (found[j] in dominators) if dominators else found[j] is None
    kept = {points[j] for j, rival in enumerate(found) if rival is None}
    assert not any(
        all(a <= b for a, b in zip(one, two, strict=True)) for one, two in product(kept, kept) if one != two
    )
