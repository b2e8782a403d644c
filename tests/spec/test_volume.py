"""The world and the file: conversions per decision, and the share of the world that the rows are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.quantities import Amount, Period
from payoff.spec import Spec, load_spec
from payoff.spec.model import Costs
from payoff.spec.volume import World, make_world

PER_YEAR = {"day": 365.25, "week": 52.18, "month": 12, "year": 1}


def world(volume: float | None) -> World:
    return World(volume=volume, low=None, high=None, source="spec", share=None, file_volume=None)


def spec_of(volume: object = None, **data: object) -> Spec:
    decision = {"unit": "EUR"} | ({} if volume is None else {"volume": volume})
    return load_spec(
        {
            "decision": decision,
            "data": {"outcome": "y", **data},
            "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        }
    )


@pytest.mark.parametrize("per", sorted(PER_YEAR))
@given(value=st.floats(-1e6, 1e6), volume=st.floats(1, 1e9))
def test_an_amount_per_period_is_divided_by_the_decisions_of_that_period(
    per: Period, value: float, volume: float
) -> None:
    decisions = volume / PER_YEAR[per]
    assert world(volume).per_decision(Amount(value, per)) == pytest.approx(value / decisions)
    assert world(volume).scale(per) == pytest.approx(decisions)


@pytest.mark.parametrize("volume", [None, 1000.0])
def test_an_amount_per_decision_needs_no_volume(volume: float | None) -> None:
    assert world(volume).per_decision(Amount(0.2, "decision")) == 0.2
    assert world(volume).scale("decision") == 1.0


def test_without_volume_an_amount_per_period_is_unknown_and_not_zero() -> None:
    assert world(None).per_decision(Amount(10.0, "year")) is None
    assert world(None).scale("year") is None
    assert world(None).running(Costs(running=Amount(10.0, "year"))) is None


def test_running_costs_that_nobody_declared_are_zero() -> None:
    assert world(None).running(Costs()) == 0.0
    assert world(1000.0).running(Costs(running=Amount(500.0, "year"))) == 0.5


def test_an_amount_once_is_no_rate() -> None:
    with pytest.raises(ValueError, match="rate"):
        world(1000.0).per_decision(Amount(10.0, "once"))


def test_the_window_counts_both_ends() -> None:
    made = make_world(spec_of(), 100, date(2026, 1, 1), date(2026, 1, 1))
    assert made.source == "time"
    assert made.volume == pytest.approx(100 * 365.25)
    assert made.share == 1.0


def test_the_declared_volume_wins_and_the_file_is_a_share_of_it() -> None:
    days = (date(2026, 12, 31) - date(2026, 1, 1)).days + 1
    made = make_world(spec_of("2000 per month"), 6000, date(2026, 1, 1), date(2026, 12, 31))
    assert made.volume == 24_000.0
    assert made.file_volume == pytest.approx(6000 * 365.25 / days)
    assert made.share == pytest.approx(6000 * 365.25 / days / 24_000)
    assert (made.low, made.high, made.source) == (None, None, "spec")


def test_a_range_of_the_volume_is_in_its_own_period() -> None:
    volume = {"likely": 100, "low": 50, "high": 200, "per": "week"}
    made = make_world(spec_of(volume), 10, None, None)
    assert made.volume == pytest.approx(5218.0)
    assert made.low == pytest.approx(2609.0)
    assert made.high == pytest.approx(10436.0)
    assert made.share is None


def test_a_sampled_share_scales_the_file_up_to_the_world() -> None:
    made = make_world(spec_of(sampled=0.1), 1461, date(2023, 1, 1), date(2026, 12, 31))
    assert made.file_volume == pytest.approx(365.25)
    assert made.volume == pytest.approx(3652.5)
    assert made.share == 0.1


def test_without_time_and_volume_nothing_is_known() -> None:
    made = make_world(spec_of(), 100, None, None)
    assert (made.volume, made.share, made.file_volume, made.source) == (None, None, None, "none")
