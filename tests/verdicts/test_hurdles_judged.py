"""One hurdle: cleared, missed, undecided or not evaluated, and why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from payoff.comparison import Comparison
from payoff.errors.judging import VolumeUnknown
from payoff.formulas import expand
from payoff.quantities import parse_amount
from payoff.spec import load_spec
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Hurdle
from payoff.spec.volume import World
from payoff.stats.contrast import Contrast
from payoff.stats.inference import Evidence, confidence
from payoff.verdicts import Circumstances, judge_hurdle
from payoff.verdicts.hurdles import PENDING_LIMIT, status_of

UNITS = 2500


def about(
    assumptions: Mapping[str, Any] | None = None, volume: float | None = 1000.0, **more: Any
) -> Circumstances:
    spec = load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y"},
            "value": {"act": "x * amount", "skip": 0},
            "assumptions": dict(assumptions or {"x": 2.0}),
            "model": {
                "name": "m",
                "score": "p",
                "score_is": "probability",
                "policy": {"threshold": 0.5},
                "costs": more.pop("costs", {}),
            },
        }
    )
    ranges = {one.name: (one.likely, one.low, one.high) for one in spec.assumptions.values()}
    likely = {name: three[0] for name, three in ranges.items()}
    world = World(volume=volume, low=None, high=None, source="spec", share=None, file_volume=None)
    held: dict[str, Any] = {"known": UNITS, "pending_share": 0.0, "acts": True} | more
    return Circumstances(
        spec=spec,
        valuation=Valuation(expand(dict(spec.value), ranges), spec.decision.actions, likely),
        world=world,
        **held,
    )


def gain_of(mean: float = 1.0, stderr: float = 0.1, differing: int = 500, events: int = 300) -> Comparison:
    """Return a gain of 2 * ``mean`` per decision at x = 2."""
    point = np.array([0.0, mean])
    contrast = Contrast(
        units=UNITS,
        rows=UNITS,
        mean=point[None],
        covariance=np.array([[[0.0, 0.0], [0.0, stderr**2 * UNITS]]]),
        skewness=np.array([0.0]),
        deciding_events=np.array([events]),
        degrees_of_freedom=UNITS - 1,
    )
    return Comparison(
        of="m",
        over="nobody",
        evidence=Evidence(contrast=contrast),
        point=point,
        claimed=None,
        differing=differing,
        note=None,
    )


def hurdle(amount: str, confidence_asked: float = 0.95, metric: Any = "gain") -> Hurdle:
    return Hurdle(
        name="h",
        metric=metric,
        amount=parse_amount(amount),
        over="nobody",
        confidence=confidence_asked,
        needed_to_ship=True,
        unlocks=None,
    )


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.95, "undecided"),
        (np.nextafter(0.95, 1), "cleared"),
        (1 - 0.95, "undecided"),
        (np.nextafter(1 - 0.95, 0), "missed"),
        (0.5, "undecided"),
        (1.0, "cleared"),
        (0.0, "missed"),
    ],
)
def test_the_borders_of_a_verdict_are_strict(probability: float, expected: str) -> None:
    assert status_of(probability, 0.95) == expected


@pytest.mark.parametrize("required", np.linspace(1.0, 3.0, 21).tolist())
def test_status_follows_the_confidence_that_the_gain_exceeds_what_is_asked(required: float) -> None:
    gain, circumstances = gain_of(), about()
    record = judge_hurdle(hurdle(f"{required} per decision"), gain, circumstances)
    sure = confidence(gain.evidence, circumstances.valuation.contrast(), required)
    assert sure is not None
    assert record.probability == pytest.approx(sure[0])
    assert record.probability_sampling == record.probability
    assert record.status == status_of(float(sure[0]), 0.95)
    assert record.gain == pytest.approx(2.0)
    assert (record.reason == "sampling") == (record.status == "undecided")
    assert (record.rows_needed is None) == (record.status != "undecided")


def test_amounts_per_period_are_compared_per_decision_and_told_per_period() -> None:
    one = judge_hurdle(hurdle("1900 per year"), gain_of(), about())
    other = judge_hurdle(hurdle("1.9 per decision"), gain_of(), about())
    assert one.probability == pytest.approx(float(str(other.probability)))
    assert one.gain == pytest.approx(2000.0)
    assert one.required == 1900.0
    assert one.unit == "EUR per year"
    assert one.low is not None
    assert other.low is not None
    assert one.low == pytest.approx(1000 * other.low)


def test_an_amount_per_period_without_volume_cannot_be_judged() -> None:
    with pytest.raises(VolumeUnknown) as caught:
        judge_hurdle(hurdle("1900 per year"), gain_of(), about(volume=None))
    assert caught.value.code == "PAY501"
    assert judge_hurdle(hurdle("1 per decision"), gain_of(), about(volume=None)).status == "cleared"


def test_a_net_gain_is_less_its_running_costs() -> None:
    circumstances = about(costs={"running": "500 per year"})
    net = judge_hurdle(hurdle("1.2 per decision", metric="net_gain"), gain_of(), circumstances)
    gross = judge_hurdle(hurdle("1.7 per decision"), gain_of(), circumstances)
    assert net.gain == pytest.approx(1.5)
    assert net.probability == pytest.approx(float(str(gross.probability)))
    assert gross.gain == pytest.approx(2.0)
    with pytest.raises(VolumeUnknown):
        judge_hurdle(
            hurdle("1 per decision", metric="net_gain"),
            gain_of(),
            about(costs={"running": "500 per year"}, volume=None),
        )


@pytest.mark.parametrize("required", [-5.0, 0.0, 1.0])
def test_doing_nothing_clears_nothing(required: float) -> None:
    gain = gain_of(mean=0.0, stderr=0.0, differing=0, events=0)
    record = judge_hurdle(hurdle(f"{required} per decision"), gain, about(acts=False))
    assert (record.status, record.reason) == ("not evaluated", "does_nothing")


@pytest.mark.parametrize(
    ("required", "expected"), [(-0.01, "cleared"), (0.0, "not evaluated"), (1.0, "not evaluated")]
)
def test_deciding_as_the_baseline_does_clears_only_a_hurdle_below_zero(
    required: float, expected: str
) -> None:
    gain = gain_of(mean=0.0, stderr=0.0, differing=0, events=0)
    record = judge_hurdle(hurdle(f"{required} per decision"), gain, about())
    assert (record.status, record.reason) == (expected, "same_decisions")
    assert (record.gain, record.low, record.high) == (0.0, 0.0, 0.0)


def test_the_same_decisions_at_a_cost_do_not_clear_what_the_cost_exceeds() -> None:
    gain = gain_of(mean=0.0, stderr=0.0, differing=0, events=0)
    circumstances = about(costs={"running": "0.5 per decision"})
    assert (
        judge_hurdle(hurdle("-0.4 per decision", metric="net_gain"), gain, circumstances).status
        == "not evaluated"
    )
    assert (
        judge_hurdle(hurdle("-0.6 per decision", metric="net_gain"), gain, circumstances).status == "cleared"
    )
    # What it costs to the last cent is not better than it.
    assert (
        judge_hurdle(hurdle("-0.5 per decision", metric="net_gain"), gain, circumstances).status
        == "not evaluated"
    )


@pytest.mark.parametrize(
    ("required", "expected"), [(-0.1, "cleared"), (0.0, "not evaluated"), (0.4, "not evaluated")]
)
def test_the_same_decisions_for_less_are_a_saving_and_no_gain_to_be_cleared(
    required: float, expected: str
) -> None:
    dearer = gain_of(mean=0.0, stderr=0.0, differing=0, events=0)
    cheaper = replace(dearer, of="nobody", over="m")
    circumstances = about(costs={"running": "0.5 per decision"})
    record = judge_hurdle(hurdle(f"{required} per decision", metric="net_gain"), cheaper, circumstances)
    assert record.gain == 0.5
    assert record.status == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(PENDING_LIMIT, "cleared"), (np.nextafter(PENDING_LIMIT, 1), "undecided"), (0.9, "undecided")],
)
def test_too_many_pending_outcomes_leave_even_a_sure_gain_undecided(share: float, expected: str) -> None:
    record = judge_hurdle(hurdle("1 per decision"), gain_of(), about(pending_share=share))
    assert record.status == expected
    assert (record.reason == "pending") == (expected == "undecided")
    missed = judge_hurdle(hurdle("9 per decision"), gain_of(), about(pending_share=share))
    assert (missed.status == "missed") == (expected == "cleared")


def test_more_than_five_in_a_hundred_pending_are_too_many() -> None:
    found = [
        judge_hurdle(hurdle("1 per decision"), gain_of(), about(pending_share=share)).reason
        for share in (0.05, 0.051)
    ]
    assert found == [None, "pending"]


def test_without_known_outcomes_or_a_trusted_interval_nothing_is_evaluated() -> None:
    asked = hurdle("1 per decision")
    unknown = judge_hurdle(asked, gain_of(), about(known=0))
    assert (unknown.status, unknown.reason) == ("not evaluated", "no_labels")
    few = judge_hurdle(asked, gain_of(events=49), about())
    assert (few.status, few.reason) == ("not evaluated", "no_verdict_tier")
    assert few.low is None
    refused = replace(gain_of(), evidence=replace(gain_of().evidence, refused="why not"))
    assert judge_hurdle(asked, refused, about()).reason == "no_verdict_tier"


def test_doubt_in_an_assumption_is_named_with_its_break_even_point() -> None:
    ranged = about({"x": {"low": 0.5, "likely": 2.0, "high": 3.0}})
    gain = gain_of(mean=1.0, stderr=1e-3)
    record = judge_hurdle(hurdle("1.2 per decision"), gain, ranged)
    assert record.status == "undecided"
    assert record.reason == "assumptions: x, break-even at 1.2"
    assert record.probability_sampling == pytest.approx(1.0)
    # A triangle from 0.5 over 2 to 3 lies above 1.2 with 1 - 0.7^2 / (2.5 * 1.5).
    assert record.probability == pytest.approx(1 - 0.7**2 / (2.5 * 1.5), abs=2e-3)


def test_what_knowing_the_gain_could_be_worth_is_the_unit_normal_loss_per_year() -> None:
    record = judge_hurdle(hurdle("1 per decision"), gain_of(mean=0.0, stderr=0.1), about())
    # Standard error 0.2 of a gain of 0: 0.2 * phi(0) per decision, 1,000 decisions a year.
    assert record.evpi == pytest.approx(200 / np.sqrt(2 * np.pi))
    assert judge_hurdle(hurdle("1 per decision"), gain_of(), about(volume=None)).evpi is None


def test_running_costs_raise_the_rows_that_are_needed_like_a_higher_hurdle() -> None:
    circumstances = about(costs={"running": "0.5 per decision"})
    net = judge_hurdle(hurdle("1.3 per decision", metric="net_gain"), gain_of(), circumstances)
    gross = judge_hurdle(hurdle("1.8 per decision"), gain_of(), circumstances)
    assert net.status == "undecided"
    assert net.rows_needed == gross.rows_needed
