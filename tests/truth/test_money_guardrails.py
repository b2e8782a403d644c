"""Guardrails of money: less running costs where they are of net gain, per period only where a volume is known."""

from typing import Any

import pyarrow as pa
import pytest

import payoff
from customers import rows_of, spec_of
from payoff.errors.judging import VolumeUnknown
from tried import costly


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
