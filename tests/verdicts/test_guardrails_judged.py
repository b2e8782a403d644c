"""Guardrails: shown, not refuted, and over many slices after Holm."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from payoff.spec.model import Guardrail
from payoff.stats.estimates import Interval
from payoff.stats.tiers import FEW_UNITS
from payoff.verdicts import Measured, judge_guardrail

# The share of draws with any false miss, over 400 draws: 5% plus 2.6 standard errors of a binomial share.
FAMILY_ERROR = 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 400)
SPREAD = 0.1


def guardrail(
    at_least: float | None = None,
    at_most: float | None = None,
    evidence: str = "shown",
    confidence: float = 0.95,
) -> Guardrail:
    return Guardrail(
        name="r",
        metric="recall",
        at=None,
        at_least=at_least,
        at_most=at_most,
        per=None,
        over=None,
        in_every=(),
        confidence=confidence,
        evidence=evidence,  # type: ignore[arg-type]
    )


def measured(
    value: float | None, place: str | None = None, enough: bool = True, stderr: float = SPREAD
) -> Measured:
    """Return a number with normal bounds."""

    def bounds(confidence: float) -> tuple[float | None, float | None]:
        if value is None:
            return None, None
        reach = NormalDist().inv_cdf(confidence) * stderr
        return value - reach, value + reach

    low, high = bounds(0.975)
    found = Interval(
        value=value, low=low, high=high, level=0.95, rows=100, events=None, method="normal", tier="A"
    )
    return Measured(
        slice=None if place is None else {"region": place}, found=found, bounds=bounds, enough=enough
    )


def status(rail: Guardrail, *places: Measured) -> list[str]:
    return [one.status for one in judge_guardrail(rail, "m", places)]


Z = NormalDist().inv_cdf(0.95) * SPREAD


@given(value=st.floats(-1, 1), limit=st.floats(-1, 1))
@settings(deadline=None)
def test_a_limit_is_shown_missed_or_open_by_one_sided_bounds(value: float, limit: float) -> None:
    margin = abs(abs(value - limit) - Z)
    least = status(guardrail(at_least=limit), measured(value))[0]
    most = status(guardrail(at_most=-limit), measured(-value))[0]
    assert least == most
    if margin > 1e-9:
        expected = "cleared" if value - limit > Z else "missed" if limit - value > Z else "undecided"
        assert least == expected


@given(value=st.floats(-1, 1), limit=st.floats(-1, 1))
@settings(deadline=None)
def test_not_refuted_clears_whatever_is_not_missed(value: float, limit: float) -> None:
    shown = status(guardrail(at_least=limit), measured(value))[0]
    lenient = status(guardrail(at_least=limit, evidence="not refuted"), measured(value))[0]
    assert lenient == ("missed" if shown == "missed" else "cleared")


def test_what_is_not_known_is_not_evaluated_and_says_why() -> None:
    for evidence in ("shown", "not refuted"):
        record = judge_guardrail(guardrail(at_least=0.5, evidence=evidence), "m", [measured(None)])[0]
        assert (record.status, record.reason) == ("not evaluated", "no_verdict_tier")


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (f"12 {FEW_UNITS}", f"few_clusters: 12 {FEW_UNITS}"),
        ("undefined: no actual positives", "undefined: no actual positives"),
        (None, "no_verdict_tier"),
    ],
)
def test_without_bounds_the_reason_is_that_of_the_number(note: str | None, reason: str) -> None:
    nothing = measured(None)
    told = replace(nothing, found=replace(nothing.found, note=note))
    (found,) = judge_guardrail(guardrail(at_least=0.5), "m", [told])
    assert (found.status, found.reason) == ("not evaluated", reason)


def test_slices_too_small_are_listed_and_never_missed() -> None:
    rail = guardrail(at_least=0.5)
    records = judge_guardrail(rail, "m", [measured(-5.0, "tiny", enough=False), measured(0.9, "large")])
    assert [one.status for one in records] == ["not evaluated", "cleared"]
    assert records[0].reason == "slice_too_small"
    assert records[0].slice == {"region": "tiny"}
    assert (records[0].value, records[0].low, records[0].high) == (None, None, None)
    assert records[1].value == 0.9


@given(st.lists(st.floats(-0.6, 0.6), min_size=2, max_size=12), st.sampled_from([0.8, 0.95, 0.99]))
@settings(deadline=None)
def test_over_slices_a_miss_is_one_after_holm(values: list[float], confidence: float) -> None:
    places = [measured(value, str(j)) for j, value in enumerate(values)]
    found = status(guardrail(at_least=0.0, confidence=confidence), *places)
    p = stats.norm.cdf(np.array(values) / SPREAD)
    refuted, adjusted = multipletests(p, alpha=1.0 - confidence, method="holm")[:2]
    # At the limit itself either is right: quantile and distribution round apart.
    clear = np.abs(adjusted - (1.0 - confidence)) > 1e-12
    assert [one == "missed" for one, is_clear in zip(found, clear, strict=True) if is_clear] == list(
        refuted[clear]
    )


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99, 0.999])
def test_a_limit_just_beyond_the_bound_at_the_confidence_asked_is_missed(confidence: float) -> None:
    reach = NormalDist().inv_cdf(confidence) * SPREAD
    for evidence in ("shown", "not refuted"):
        beyond = guardrail(at_least=reach + 1e-9, evidence=evidence, confidence=confidence)
        within = guardrail(at_least=reach - 1e-9, evidence=evidence, confidence=confidence)
        assert status(beyond, measured(0.0)) == ["missed"]
        assert status(within, measured(0.0)) == ["undecided" if evidence == "shown" else "cleared"]
        below = guardrail(at_most=-reach - 1e-9, evidence=evidence, confidence=confidence)
        assert status(below, measured(0.0)) == ["missed"]


def test_of_forty_slices_at_the_limit_any_is_missed_in_five_percent_of_draws_at_most() -> None:
    rng = np.random.default_rng(2026)
    rail = guardrail(at_least=0.0)
    false = 0
    for _ in range(400):
        places = [measured(float(value), str(j)) for j, value in enumerate(rng.normal(0, SPREAD, 40))]
        false += "missed" in status(rail, *places)
    assert false / 400 <= FAMILY_ERROR


def test_one_slice_far_beyond_the_limit_is_found_among_forty() -> None:
    rng = np.random.default_rng(7)
    places = [measured(float(value), str(j)) for j, value in enumerate(rng.normal(0.5, SPREAD, 39))]
    found = status(guardrail(at_least=0.0), *places, measured(-0.6, "bad"))
    assert found[-1] == "missed"
    assert "missed" not in found[:-1]


def test_small_slices_do_not_weaken_the_test_of_the_large_ones() -> None:
    rail, edge = guardrail(at_least=0.0), measured(-2.0 * SPREAD, "edge")
    assert status(rail, edge) == ["missed"]
    crowd = [measured(0.9, str(j), enough=False) for j in range(50)]
    assert status(rail, edge, *crowd)[0] == "missed"
    large = [measured(0.9, str(j)) for j in range(50)]
    assert status(rail, edge, *large)[0] == "undecided"
