"""Named scenarios: what an evaluation at these assumptions says, decisions held; differences on the same rows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import payoff
from payoff.record import from_document
from payoff.running import scenarios
from payoff.stats.estimates import Interval

# An evaluation at the other numbers sums the same quanta; its skewness is that there rather than at likely.
SAME, BENT = 1e-9, 0.02
VOLUME = 12_000.0


@pytest.fixture
def rows(make_rows: Any) -> Any:
    return pa.table(make_rows(11, 3_000))


def spec_for(make_spec: Any, threshold: Any = 0.3, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = make_spec(threshold, id="id") | {"challengers": {}, **more}
    found["assumptions"] = {
        "margin": {"likely": 0.5, "low": 0.4, "high": 0.6},
        "cost": {"likely": 8, "low": 6, "high": 12},
    }
    return found


def test_a_scenario_is_the_evaluation_at_its_numbers(rows: Any, make_spec: Any) -> None:
    scenarios = {"bad": {"margin": 0.4, "cost": "high"}}
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios=scenarios)).record
    other = payoff.evaluate(rows, spec_for(make_spec), assume={"margin": 0.4, "cost": 12}).record
    (gain,), hurdle = found.scenarios[0].gains, other.verdict.hurdles[0]
    assert gain.value == pytest.approx(hurdle.gain, rel=SAME)
    assert [gain.low, gain.high] == pytest.approx([hurdle.low, hurdle.high], rel=BENT)
    assert gain.probability == pytest.approx(hurdle.probability_sampling, abs=BENT)
    assert gain.required == 100.0
    base = found.verdict.hurdles[0].gain
    assert gain.difference == pytest.approx(hurdle.gain - base, rel=1e-8)


def test_the_difference_has_the_error_of_the_rows_own_differences(rows: Any, make_spec: Any) -> None:
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios={"bad": {"margin": 0.4, "cost": 12}})).record
    (gain,) = found.scenarios[0].gains
    y, p, amount = (np.array(rows[name]) for name in ("y", "p", "amount"))
    moved = (np.where(y == 1, -0.1 * amount, 0.0) - 4.0) * ((p >= 0.3).astype(float) - (amount > 90)) * VOLUME
    assert gain.difference == pytest.approx(moved.mean(), rel=1e-8)
    width = 2 * stats.t.ppf(0.975, len(moved) - 1) * moved.std(ddof=1) / np.sqrt(len(moved))
    assert gain.difference_high is not None
    assert gain.difference_low is not None
    assert gain.difference_high - gain.difference_low == pytest.approx(width, rel=0.1)


def test_a_scenario_that_sets_what_is_likely_differs_by_nothing(rows: Any, make_spec: Any) -> None:
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios={"same": {"margin": "likely"}})).record
    (gain,), hurdle = found.scenarios[0].gains, found.verdict.hurdles[0]
    assert [gain.value, gain.low, gain.high] == pytest.approx(
        [hurdle.gain, hurdle.low, hurdle.high], rel=SAME
    )
    assert [gain.difference, gain.difference_low, gain.difference_high] == [0.0, 0.0, 0.0]


def test_another_volume_scales_the_year_and_not_what_costs_are_fixed(rows: Any, make_spec: Any) -> None:
    scenarios = {"half": {"volume": "6000 per year"}}
    hurdles = [{"name": "net", "net_gain": "100 per year", "over": "today"}]
    spec = spec_for(make_spec, scenarios=scenarios, hurdles=hurdles)
    spec["model"] = {**spec["model"], "costs": {"running": "1000 per year"}}
    found = payoff.evaluate(rows, spec).record
    (gain,), hurdle = found.scenarios[0].gains, found.verdict.hurdles[0]
    assert gain.value == pytest.approx((hurdle.gain + 1000) / 2 - 1000, rel=SAME)
    assert gain.difference == pytest.approx(-(hurdle.gain + 1000) / 2, rel=SAME)


def test_an_assumption_bound_to_rows_is_revalued_at_its_stops(rows: Any, make_spec: Any) -> None:
    spec = spec_for(make_spec, scenarios={"strict": {"edge": "high"}})
    spec["value"] = {
        "act": "case when outcome and amount > edge then margin * amount else 0 end - cost",
        "skip": 0,
    }
    spec["assumptions"] = {**spec["assumptions"], "edge": {"likely": 20, "low": 10, "high": 60}}
    found = payoff.evaluate(rows, spec).record
    other = payoff.evaluate(rows, {**spec, "scenarios": {"x": {"margin": 0.5}}}, assume={"edge": 60}).record
    (gain,) = found.scenarios[0].gains
    assert gain.value == pytest.approx(other.verdict.hurdles[0].gain, rel=SAME)


def test_decisions_are_held_and_those_that_would_change_are_named(rows: Any, make_spec: Any) -> None:
    spec = spec_for(make_spec, "best", scenarios={"bad": {"margin": 0.2}})
    spec["baselines"] = {"rule": {"when": "amount * margin > 45", "do": "act"}, "coin": {"random": 0.25}}
    found = payoff.evaluate(rows, spec).record
    (scenario,) = found.scenarios
    assert scenario.decides == ("new", "rule")
    assert scenario.outside == ("margin",)
    assert found.doubt is not None
    by_name = {one.name: one.decides for one in found.doubt.assumptions}
    assert by_name == {"margin": ("new", "rule"), "cost": ("new",), "decision.volume": ()}


def test_every_hurdle_has_its_status_in_every_scenario(rows: Any, make_spec: Any) -> None:
    hurdles = [
        {"name": "low", "gain": "1 per year", "over": "nobody"},
        {"name": "far", "gain": "9 per decision", "over": "nobody"},
    ]
    scenarios = {"good": {"margin": "high", "cost": "low"}, "bad": {"margin": 0.0}}
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios=scenarios, hurdles=hurdles)).record
    told = {(one.name, gain.hurdle): gain.status for one in found.scenarios for gain in one.gains}
    assert told == {
        ("good", "low"): "cleared",
        ("good", "far"): "missed",
        ("bad", "low"): "missed",
        ("bad", "far"): "missed",
    }


def test_without_hurdles_scenarios_still_have_a_gain(rows: Any, make_spec: Any) -> None:
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios={"s": {"margin": 0.4}}, hurdles=[])).record
    (gain,) = found.scenarios[0].gains
    assert (gain.hurdle, gain.status, gain.over, gain.unit) == (None, None, "rule", "EUR per year")
    assert gain.value is not None
    assert found.doubt is None


def test_correlated_assumptions_change_the_confidence_and_not_the_gain(rows: Any, make_spec: Any) -> None:
    hurdles = [{"name": "worth it", "gain": "6000 per year", "over": "today", "confidence": 0.9}]
    alone = payoff.evaluate(rows, spec_for(make_spec, hurdles=hurdles)).record
    spec = spec_for(make_spec, hurdles=hurdles)
    spec["assumptions"]["correlated"] = [{"between": ["margin", "cost"], "rank": 0.8}]
    tied = payoff.evaluate(rows, spec).record
    one, other = alone.verdict.hurdles[0], tied.verdict.hurdles[0]
    assert one.gain == other.gain
    assert one.probability != other.probability
    assert tied.doubt is not None
    assert alone.doubt is not None
    assert [effect.first for effect in tied.doubt.effects] == [None, None]
    assert sum(effect.shapley or 0.0 for effect in tied.doubt.effects) == pytest.approx(1.0)
    assert all(effect.first is not None for effect in alone.doubt.effects)


def test_a_result_with_doubt_is_read_back_as_it_was(rows: Any, make_spec: Any) -> None:
    scenarios = {
        "bad": {"margin": 0.4},
        "rare": {"prevalence": 0.1},
        "north": {"mix": {"region": {"north": 1}}},
    }
    found = payoff.evaluate(rows, spec_for(make_spec, scenarios=scenarios)).record
    again = from_document(found.document())
    assert again.scenarios[0].gains[0].hurdle == "worth it"
    assert again.document() == found.document()


def test_the_doubt_of_the_result_holds_together(rows: Any, make_spec: Any) -> None:
    found = payoff.evaluate(rows, spec_for(make_spec)).record
    doubt, hurdle = found.doubt, found.verdict.hurdles[0]
    assert doubt is not None
    assert doubt.gain == pytest.approx(hurdle.gain, rel=SAME)
    assert doubt.asymmetry == pytest.approx(doubt.mean - doubt.gain)
    assert doubt.p05 < doubt.p50 < doubt.p95
    assert doubt.low is not None
    assert doubt.high is not None
    assert doubt.low < doubt.p05
    assert doubt.high > doubt.p95
    assert doubt.worth_of_more_rows == hurdle.evpi
    (held,) = doubt.boxes
    assert (held.cleared or 0) + (held.undecided or 0) + (held.missed or 0) == pytest.approx(1.0)
    assert (
        held.stands
        == {"cleared": held.cleared, "undecided": held.undecided, "missed": held.missed}[hurdle.status]
    )
    for one in found.assumptions:
        (same,) = (each for each in doubt.assumptions if each.name == one.name)
        assert (same.gain_low, same.gain_high) == (one.gain_low, one.gain_high)
        assert one.break_even is None or one.break_even in same.break_even[0].at
    shares = {name: effect.first for effect in doubt.effects for name in effect.names}
    assert {one.name: one.influence for one in found.assumptions} == shares


def test_a_difference_that_runs_against_the_gain_has_its_longer_tail_on_the_other_side(
    rows: Any, make_spec: Any
) -> None:
    """Less margin loses most on the rows that gain most: its interval leans the other way."""
    hurdles = [{"name": "worth it", "gain": "100 per year", "over": "nobody"}]
    scenarios = {"less": {"margin": 0.4}, "more": {"margin": 0.6}}
    found = payoff.evaluate(rows, spec_for(make_spec, hurdles=hurdles, scenarios=scenarios)).record
    less, more = (one.gains[0] for one in found.scenarios)
    told = [more.difference, more.difference_low, more.difference_high]
    mirrored = [-less.difference, -less.difference_high, -less.difference_low]  # type: ignore[operator]
    assert told == pytest.approx(mirrored, rel=1e-9)
    assert more.difference_high - more.difference > more.difference - more.difference_low  # type: ignore[operator]


def test_a_point_that_leaves_its_interval_says_why() -> None:
    found = interval_of(value=-15.0, low=-10.0, high=-2.0)
    told = scenarios._apart_said(found, -6.0)
    assert told.note == f"{scenarios.POINT_APART}; as it was"
    assert (told.value, told.low, told.high) == (-15.0, -10.0, -2.0)
    inside = interval_of(value=-5.0, low=-10.0, high=-2.0)
    assert scenarios._apart_said(inside, -6.0) == inside
    # Of a threshold that was fixed, the point is what the interval is of.
    assert scenarios._apart_said(found, -15.0) == found


def interval_of(**ends: float) -> Interval:
    return Interval(**ends, level=0.95, rows=10, events=5, method="band", tier="A", note="as it was")
