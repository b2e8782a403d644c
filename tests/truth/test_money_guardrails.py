"""Guardrails of money: as they are judged from the rows, and again at other numbers from the sums of a result."""

import json
from typing import Any

import pyarrow as pa
import pytest

import payoff
from customers import rows_of, spec_of
from payoff.doubt.revalued import along, symbols_at
from payoff.doubt.revaluing import BEYOND_CAP
from payoff.errors.judging import VolumeUnknown
from payoff.quantities import PER_YEAR
from payoff.record import from_document
from payoff.spec.names import VOLUME
from payoff.verdicts.rails_then import NOT_ELSEWHERE, NOT_REVALUED, TAIL_HELD, Scaled, limit_then
from tried import LIMITS, SPECS, costly, evaluated


def judged(spec: dict[str, Any]) -> Any:
    return payoff.evaluate(pa.table(rows_of(11, 3_000)), spec)


def test_a_guardrail_of_net_gain_is_less_running_costs() -> None:
    spec = costly(spec_of)
    limits = [
        {"metric": metric, "at_least": "-4000 per year", "over": "today"} for metric in ("gain", "net_gain")
    ]
    found = judged(spec | {"guardrails": limits})
    told = {
        one.metric: one
        for one in found.estimates
        if (one.over, one.per) == ("rule", "year") and one.of == "new"
    }
    for rail in found.verdict.guardrails:
        one = told[rail.metric]
        assert (rail.value, rail.low, rail.high) == pytest.approx((one.value, one.low, one.high))
    # 1,000 a year, and 12,000 decisions at 0.02 each.
    assert found.verdict.guardrails[1].value == pytest.approx(found.verdict.guardrails[0].value - 1_240)


def test_in_a_slice_it_is_less_them_too() -> None:
    spec = costly(spec_of) | {"slices": ["region"]}
    limits = [
        {"metric": metric, "at_least": 0, "over": "today", "in_every": ["region"]}
        for metric in ("gain", "net_gain")
    ]
    rails = judged(spec | {"guardrails": limits}).verdict.guardrails
    half = len(rails) // 2
    assert half > 1
    for gain, net in zip(rails[:half], rails[half:], strict=True):
        assert net.value == pytest.approx(gain.value - 1_240 / 12_000)
        assert (net.low, net.high) == pytest.approx((gain.low - 1_240 / 12_000, gain.high - 1_240 / 12_000))


@pytest.mark.parametrize(
    ("limit", "costs"),
    [
        ({"metric": "gain", "at_least": "-1000 per year", "over": "today"}, {}),
        (
            {"metric": "net_gain", "at_least": "-1 per decision", "over": "today"},
            {"running": "1000 per year"},
        ),
    ],
)
def test_an_amount_per_period_without_a_volume_is_refused_rather_than_judged_per_decision(
    limit: dict[str, Any], costs: dict[str, str]
) -> None:
    spec = costly(spec_of) | {"guardrails": [limit]}
    spec["decision"] = {"unit": "EUR"}
    spec["hurdles"] = [{"name": "worth it", "gain": "0.1 per decision", "over": "today"}]
    spec["model"] = {**spec["model"], "costs": costs}
    with pytest.raises(VolumeUnknown, match="guardrail"):
        judged(spec)


GUARDED = [name for name in SPECS if name.startswith("guardrails of") and "shares" not in name]
# Ten digits are kept of every sum; a few of them cancel.
SAME = 1e-8


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return {name: evaluated(name) for name in GUARDED}


@pytest.mark.parametrize("name", GUARDED)
def test_the_sums_say_of_every_guardrail_what_was_judged_from_the_rows(
    name: str, results: dict[str, Any]
) -> None:
    record = payoff.Result(from_document(json.loads(results[name].to_json()))).record
    held = record.revaluing
    at, volume = (
        along(held, symbols_at(held, {})),
        next(one.likely for one in held.dials if one.name == VOLUME),
    )
    kinds = {rail.metric for rail in record.verdict.guardrails}
    assert sum(len(limit.places) for limit in record.limits.money) == len(record.verdict.guardrails) - (
        "recall" in kinds
    )
    for limit in record.limits.money:
        scaled = Scaled(
            cost=limit.cost, factor=1.0 if limit.per == "decision" else volume / PER_YEAR[limit.per]
        )
        judged = record.verdict.guardrails[limit.here]
        found = limit_then(limit, judged, at, scaled, possible=True)
        assert not isinstance(found, str)
        for again, rail in zip(found, judged, strict=True):
            assert (again.status, again.reason) == (rail.status, rail.reason)
            ours, theirs = (again.value, again.low, again.high), (rail.value, rail.low, rail.high)
            assert ours == pytest.approx(theirs, rel=SAME, abs=1e-9 * abs(rail.high or 1.0))


@pytest.mark.parametrize("moved", [{"cost": 9.5}, {"win": 22.0, "cost": 11.0}, {"win": 38.0, "cost": 6.5}])
def test_on_a_declared_support_guardrails_are_judged_as_an_evaluation_there(
    moved: dict[str, float], results: dict[str, Any]
) -> None:
    """Neither decisions nor the method rest on the assumptions here, so that all is as in a fresh run."""
    name = "guardrails of money on a declared support"
    fresh = payoff.evaluate(pa.table(rows_of(11, 3_000)), SPECS[name](spec_of), assume=moved)
    for then, rail in zip(
        payoff.what_if(results[name], moved).guardrails, fresh.verdict.guardrails, strict=True
    ):
        assert (then.name, then.slice, then.status, then.reason) == (
            rail.name,
            rail.slice,
            rail.status,
            rail.reason,
        )
        assert (then.value, then.low, then.high) == pytest.approx((rail.value, rail.low, rail.high), rel=SAME)


@pytest.mark.parametrize("name", ["guardrails of money", "guardrails of net gain"])
@pytest.mark.parametrize("moved", [{"cost": 9.5}, {"margin": 0.42, "cost": 6.5}])
def test_by_moments_they_are_those_of_an_evaluation_there_but_for_the_tail(
    name: str, moved: dict[str, float], results: dict[str, Any]
) -> None:
    fresh = payoff.evaluate(pa.table(rows_of(11, 3_000)), SPECS[name](spec_of), assume=moved)
    for then, rail in zip(
        payoff.what_if(results[name], moved).guardrails, fresh.verdict.guardrails, strict=True
    ):
        assert then.value == pytest.approx(rail.value, rel=SAME)
        if rail.slice is not None:
            # In a part of the rows another tail may be of another tier there.
            continue
        # Hall's bounds bend with the skewness, which is kept from likely.
        assert then.high - then.low == pytest.approx(rail.high - rail.low, rel=0.03)
        assert then.note == (None if rail.metric == "recall" else TAIL_HELD)


def test_another_volume_scales_what_is_per_year_and_spreads_running_costs(results: dict[str, Any]) -> None:
    found = results["guardrails of net gain"]
    then = payoff.what_if(found, volume=24_000.0)
    rails = {
        rail.name: (rail, one) for rail, one in zip(found.verdict.guardrails, then.guardrails, strict=True)
    }
    for rail, one in rails.values():
        if rail.metric == "gain" and "per year" in rail.limit:
            assert one.value == pytest.approx(2.0 * rail.value)
        if rail.metric == "net_gain" and rail.slice is None:
            # A thousand a year is half as much for each of twice as many decisions.
            assert one.value == pytest.approx(rail.value + 500 / 12_000)


def test_what_sums_cannot_tell_is_withdrawn_with_the_reason(results: dict[str, Any]) -> None:
    found = results["guardrails of money under a cap"]
    beyond = payoff.what_if(found, {"cost": 2.0})
    kinds = {
        k: place.kind
        for limit in found.record.limits.money
        for k, place in enumerate(limit.places, limit.first)
    }
    assert "bernstein" in kinds.values()
    for k, rail in enumerate(beyond.guardrails):
        if kinds.get(k) == "bernstein":
            assert (rail.status, rail.value, rail.low, rail.note) == (None, None, None, BEYOND_CAP)
    assert beyond.overall in (None, "reject")
    cut = found.record.revaluing.cuts.cuts[3]
    for rail, kind in zip(
        payoff.what_if(found, threshold=cut).guardrails, found.record.revaluing.rails, strict=True
    ):
        assert (rail.status is None) == (kind == "money")
        assert (rail.note == NOT_ELSEWHERE) == (rail.status is None)


def test_the_answer_as_a_whole_follows_from_guardrails_of_money(results: dict[str, Any]) -> None:
    found = results["guardrails of money on a declared support"]
    assert (found.verdict.overall, payoff.what_if(found, {"cost": 4.0}).overall) == ("reject", "hold")


def test_no_guardrail_of_money_is_kept_where_rows_are_judged_at_every_look() -> None:
    spec = SPECS["guardrails of money"](spec_of)
    found = payoff.evaluate(pa.table(rows_of(11, 3_000)), spec, looks="any-time:3000")
    assert found.record.limits is None
    assert {one.note for one in payoff.what_if(found, {"cost": 9.0}).guardrails if one.status is None} == {
        NOT_REVALUED
    }


def test_a_guardrail_that_is_of_no_table_stands_beside_those_of_money() -> None:
    spec = costly(spec_of) | {
        "guardrails": [{"metric": "latency", "at_most": 50, "at": {"percentile": 95}}, *LIMITS]
    }
    spec["model"] = {**spec["model"], "latency": {"p95": "20 ms"}}
    found = judged(spec)
    then = payoff.what_if(found, {"cost": 9.0})
    assert then.guardrails[0].status == found.verdict.guardrails[0].status
    assert len(found.record.limits.money) == 5
