"""What if: a stored result at other numbers says what an evaluation there would say, decisions held."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import payoff
from customers import rows_of, spec_of
from payoff.doubt.revalued import contrast_at_cut
from payoff.errors.what_if import NotAStep
from payoff.record import from_document
from payoff.stats.contrast import moments
from payoff.stats.jackknife import delete_a_group
from payoff.verdicts.rails_then import TAIL_HELD
from tried import SPECS, bound, evaluated, fixed

# Ten digits are kept of every sum; a few of them cancel.
SAME = 1e-8
# One draw of 2,000 may fall on the other side of one of 4,000 maxima, of which nine digits are kept.
ONE_DRAW = 3e-7
VOLUME = 12_000.0


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return {}


@pytest.fixture
def result(found: dict[str, Any]) -> Callable[[str], Any]:
    """Return what evaluates one of the specs, once."""

    def once(name: str) -> Any:
        if name not in found:
            found[name] = evaluated(name)
        return found[name]

    return once


def told(numbers: Any) -> list[float]:
    """Return those that are there."""
    return [one for one in numbers if one is not None]


@pytest.mark.parametrize("name", SPECS)
def test_with_nothing_moved_it_repeats_the_result(name: str, result: Callable[[str], Any]) -> None:
    found = result(name)
    then = payoff.what_if(found)
    for again, hurdle in zip(then.hurdles, found.verdict.hurdles, strict=True):
        ours, theirs = (again.gain, again.low, again.high), (hurdle.gain, hurdle.low, hurdle.high)
        assert told(ours) == pytest.approx(told(theirs), rel=SAME)
        assert again.probability == pytest.approx(hurdle.probability, abs=ONE_DRAW)
        assert (again.status, again.reason) == (hurdle.status, hurdle.reason)
    assert (then.overall, then.unlocked) == (found.verdict.overall, found.verdict.unlocked)
    for gain in then.gains:
        (one,) = [
            one
            for one in found.estimates
            if (one.metric, one.of, one.over, one.slice, one.unit)
            == (gain.metric, "new", gain.over, None, gain.unit)
        ]
        # A gain near zero is a difference of large sums.
        near = 1e-9 * abs(one.high or 1.0)
        ours, theirs = (gain.value, gain.low, gain.high), (one.value, one.low, one.high)
        assert [end is None for end in ours] == [end is None for end in theirs]
        assert told(ours) == pytest.approx(told(theirs), rel=SAME, abs=near)
        assert (gain.method, gain.tier, gain.note) == (one.method, one.tier, one.note)


@pytest.mark.parametrize("name", SPECS)
def test_a_result_read_from_its_file_says_the_same(name: str, result: Callable[[str], Any]) -> None:
    found = result(name)
    read = payoff.Result(from_document(json.loads(found.to_json())))
    # Statuses and numbers of the sums are the file's own; the verdict's are rounded in it.
    assert payoff.what_if(read, {"cost": 7.5}).gains == payoff.what_if(found, {"cost": 7.5}).gains


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("a declared support", {"win": 26.0}),
        ("a declared support", {"win": 50.0, "cost": 6.5}),
    ],
)
def test_a_fixed_threshold_on_a_declared_support_is_judged_as_an_evaluation_there(
    name: str, moved: dict[str, float], make_rows: Any, make_spec: Any, result: Callable[[str], Any]
) -> None:
    """Neither decisions nor the method rest on the assumptions here, so that all numbers are those of a fresh run."""
    fresh = payoff.evaluate(pa.table(make_rows(11, 3_000)), SPECS[name](make_spec), assume=moved)
    (then,), (hurdle,) = payoff.what_if(result(name), moved).hurdles, fresh.verdict.hurdles
    assert [then.gain, then.low, then.high] == pytest.approx([hurdle.gain, hurdle.low, hurdle.high], rel=SAME)
    assert then.probability == pytest.approx(hurdle.probability, abs=1e-9)
    assert then.status == hurdle.status


@pytest.mark.parametrize("name", ["a fixed threshold", "clusters", "ties", "a share of the rows"])
def test_moments_are_those_of_an_evaluation_there_but_for_the_tail(
    name: str, make_rows: Any, make_spec: Any, result: Callable[[str], Any]
) -> None:
    moved = {"margin": 0.58, "cost": 9.0}
    spec = SPECS[name](make_spec)
    if name == "a share of the rows":
        moved = {"margin": 0.58}
    fresh = payoff.evaluate(pa.table(make_rows(11, 3_000)), spec, assume=moved)
    (then,), (hurdle,) = payoff.what_if(result(name), moved).hurdles, fresh.verdict.hurdles
    assert then.gain == pytest.approx(hurdle.gain, rel=SAME)
    # Hall's bounds bend with the skewness, which is kept from likely.
    assert then.high - then.low == pytest.approx(hurdle.high - hurdle.low, rel=0.02)
    assert then.probability == pytest.approx(hurdle.probability, abs=0.01)


def test_an_interval_elsewhere_is_that_of_the_scenario(make_rows: Any, make_spec: Any) -> None:
    moved = {"margin": 0.42, "cost": 9.0}
    spec = fixed(make_spec, "best", scenarios={"there": moved})
    found = payoff.evaluate(pa.table(make_rows(11, 3_000)), spec)
    (gain,), (then,) = found.record.scenarios[0].gains, payoff.what_if(found, moved).hurdles
    assert [then.gain, then.low, then.high] == pytest.approx([gain.value, gain.low, gain.high], rel=SAME)


@pytest.mark.parametrize("stop", [10.0, 60.0])
def test_an_assumption_bound_to_rows_is_known_at_its_stops(
    stop: float, make_rows: Any, make_spec: Any, result: Callable[[str], Any]
) -> None:
    found = result("an assumption bound to rows")
    fresh = payoff.evaluate(pa.table(make_rows(11, 3_000)), bound(make_spec), assume={"edge": stop})
    then = payoff.what_if(found, {"edge": stop})
    assert then.hurdles[0].gain == pytest.approx(fresh.verdict.hurdles[0].gain, rel=SAME)
    with pytest.raises(NotAStep, match=r"10, 20, 60"):
        payoff.what_if(found, {"edge": 30.0})


def test_another_volume_scales_the_year_and_not_the_costs_of_a_year(result: Callable[[str], Any]) -> None:
    found = result("a range of the volume and running costs")
    gains = {(one.over, one.metric): one.value for one in payoff.what_if(found, volume=6_000.0).gains}
    base = {(one.over, one.metric): one.value for one in payoff.what_if(found).gains}
    assert gains["rule", "gain"] == pytest.approx(base["rule", "gain"] / 2, rel=1e-12)
    net = base["rule", "gain"] / 2 - 1_000 - 0.02 * 6_000
    assert gains["rule", "net_gain"] == pytest.approx(net, rel=1e-9)


def money_at(rows: Any, threshold: float, margin: float, cost: float) -> Any:
    """Return (n,) the gain over the rule of acting from a threshold on."""
    worth = np.where(rows["y"] == 1, margin * rows["amount"], 0.0) - cost
    return worth * ((rows["p"] >= threshold).astype(float) - (rows["amount"] > 90))


@pytest.fixture(scope="module")
def without_volume() -> Any:
    """Return the result of a spec that declares no volume, with a cost of every decision."""
    spec = fixed(spec_of, hurdles=[{"name": "net", "net_gain": "0.5 per decision", "over": "today"}])
    spec["decision"] = {"unit": "EUR"}
    spec["model"] = {**spec["model"], "costs": {"call": "0.02 per decision"}}
    return payoff.evaluate(pa.table(rows_of(11, 3_000)), spec)


def test_without_a_volume_everything_is_told_per_decision(without_volume: Any) -> None:
    (again,), (hurdle,) = payoff.what_if(without_volume).hurdles, without_volume.verdict.hurdles
    assert again.unit == "EUR per decision"
    ours, theirs = (again.gain, again.low, again.high), (hurdle.gain, hurdle.low, hurdle.high)
    assert ours == pytest.approx(theirs, rel=SAME)
    assert again.probability == pytest.approx(hurdle.probability, abs=ONE_DRAW)
    (then,) = payoff.what_if(without_volume, {"cost": 9.0}).hurdles
    by_hand = money_at(rows_of(11, 3_000), 0.3, 0.5, 9.0).mean() - 0.02
    assert then.gain == pytest.approx(by_hand, rel=SAME)


@pytest.mark.parametrize("place", [5, 20, 60])
def test_the_gain_at_another_threshold_is_that_of_its_rows(
    place: int, make_rows: Any, result: Callable[[str], Any]
) -> None:
    found, rows = result("a fixed threshold"), make_rows(11, 3_000)
    threshold = found.record.revaluing.cuts.cuts[place]
    then = payoff.what_if(found, {"margin": 0.45}, threshold=threshold)
    gain = next(one for one in then.gains if one.over == "rule")
    each = money_at(rows, threshold, 0.45, 8.0)
    assert gain.value == pytest.approx(each.mean() * VOLUME, rel=SAME)
    # Twenty groups: the error of the error is about 16%.
    width = 2 * stats.t.ppf(0.975, 19) * each.std(ddof=1) / np.sqrt(len(each)) * VOLUME
    assert gain.high - gain.low == pytest.approx(width, rel=0.5)
    assert gain.note == "chosen on these rows"
    assert any("chosen on these rows" in note for note in then.notes)


def test_an_interval_at_another_threshold_is_the_jackknife_of_its_groups() -> None:
    """Rows without an id fall into twenty groups by position, which a test can make too."""
    rows, spec = rows_of(11, 3_000), fixed(spec_of)
    del spec["data"]["id"]
    found = payoff.evaluate(pa.table(rows), spec)
    threshold = found.record.revaluing.cuts.cuts[30]
    gain = next(
        one
        for one in payoff.what_if(found, {"margin": 0.45}, threshold=threshold).gains
        if one.over == "rule"
    )
    each, group = money_at(rows, threshold, 0.45, 8.0), np.arange(3_000) % 20
    without = [each[group != g].mean() for g in range(20)]
    expected = delete_a_group(each.mean(), without)
    half = stats.t.ppf(0.975, 19) * expected.stderr * VOLUME
    assert [gain.low, gain.high] == pytest.approx([gain.value - half, gain.value + half], rel=1e-7)


@pytest.mark.parametrize("name", ["a fixed threshold", "a tuned threshold", "clusters"])
def test_the_threshold_in_use_is_the_same_from_the_sums_at_cuts(
    name: str, result: Callable[[str], Any]
) -> None:
    record = result(name).record.revaluing
    for gain in record.gains:
        at_cut = contrast_at_cut(record.cuts, gain, record.cuts.in_use).mean[0]
        assert at_cut == pytest.approx(gain.mean, rel=1e-7, abs=1e-7 * np.abs(gain.mean).max())


def test_a_threshold_in_use_is_no_other_threshold(result: Callable[[str], Any]) -> None:
    found = result("a tuned threshold")
    cuts = found.record.revaluing.cuts
    assert payoff.what_if(found, threshold=cuts.cuts[cuts.in_use]).hurdles == payoff.what_if(found).hurdles


def test_a_hurdle_at_a_picked_threshold_counts_the_error_once_for_each_cut(
    result: Callable[[str], Any],
) -> None:
    found = result("a fixed threshold")
    cuts = found.record.revaluing.cuts
    then = payoff.what_if(found, threshold=cuts.cuts[40]).hurdles[0]
    gain = next(one for one in found.record.revaluing.gains if one.over == "rule")
    at = moments(contrast_at_cut(cuts, gain, 40), np.array([1.0, 0.0, 0.0]))
    t = (at.mean[0, 0] - 100.0 / VOLUME) / at.stderr[0, 0]
    alone = stats.t.sf(abs(t), 19)
    assert abs(then.probability - 0.5) <= abs(0.5 - min(0.5, alone * len(cuts.cuts))) + 0.2
    assert min(then.probability, 1 - then.probability) > alone


def test_retuned_is_the_threshold_of_the_most_money(make_rows: Any, result: Callable[[str], Any]) -> None:
    found, rows = result("a tuned threshold"), make_rows(11, 3_000)
    cuts = found.record.revaluing.cuts.cuts
    then = payoff.what_if(found, {"cost": 11.0}).retuned
    worth = [money_at(rows, cut, 0.5, 11.0).mean() for cut in cuts]
    assert then.threshold == cuts[int(np.argmax(worth))]
    assert then.gains["rule"] == pytest.approx(max(worth) * VOLUME, rel=SAME)


def test_a_step_of_the_capacity_moves_the_point_and_withdraws_the_interval(
    result: Callable[[str], Any],
) -> None:
    found = result("a share of the rows")
    curve = next(one for one in found.record.curves if one.kind == "capacity")
    room, value = curve.points["room"], curve.points["value"]
    then = payoff.what_if(found, capacity=room[6])
    base = payoff.what_if(found)
    for gain, before in zip(then.gains, base.gains, strict=True):
        assert gain.value == pytest.approx(before.value + value[6] - value[4], rel=1e-8)
        assert (gain.low, gain.high, gain.tier) == (None, None, None)
    assert (then.hurdles[0].status, then.hurdles[0].reason) == ("not evaluated", "not revalued")
    assert payoff.what_if(found, {"cost": 9.0}, capacity=room[6]).gains[0].value is None
    with pytest.raises(NotAStep):
        payoff.what_if(found, capacity=0.21)


def test_few_events_at_a_threshold_withdraw_its_interval(result: Callable[[str], Any]) -> None:
    found = result("a fixed threshold")
    record = found.record.revaluing
    nobody = next(one for one in record.gains if one.over == "nobody")
    place = next(j for j, events in enumerate(nobody.events) if events < 50)
    gain = next(
        one for one in payoff.what_if(found, threshold=record.cuts.cuts[place]).gains if one.over == "nobody"
    )
    assert (gain.low, gain.high) == (None, None)
    assert "fewer than 50 deciding events" in gain.note
    assert gain.value is not None


def test_deciding_events_at_the_threshold_in_use_are_those_it_was_judged_by(
    result: Callable[[str], Any],
) -> None:
    record = result("a fixed threshold").record.revaluing
    for gain in record.gains:
        if gain.events:
            # Those few whose contribution is zero are no events there, and are counted here.
            assert gain.events[record.cuts.in_use] == pytest.approx(gain.deciding, rel=0.01)


def test_the_answer_hangs_on_what_is_not_revalued_alone(make_rows: Any, make_spec: Any) -> None:
    rails = [{"metric": "recall", "at_least": 0.05}, {"metric": "gain", "at_least": "-9 per decision"}]
    hurdles = [{"name": "worth it", "gain": "-50000 per year", "over": "today"}]
    spec = fixed(make_spec, guardrails=rails, hurdles=hurdles)
    found = payoff.evaluate(pa.table(make_rows(11, 3_000)), spec)
    assert found.verdict.overall == "ship"
    assert [one.status for one in payoff.what_if(found).guardrails] == [
        one.status for one in found.verdict.guardrails
    ]
    then = payoff.what_if(found, {"cost": 7.9})
    assert [one.status for one in then.guardrails] == ["cleared", "cleared"]
    assert then.overall == "ship"
    then = payoff.what_if(found, threshold=found.record.revaluing.cuts.cuts[10])
    assert [one.status for one in then.guardrails] == ["cleared", None]
    assert then.overall is None
    assert any("not revalued" in note for note in then.notes)


def test_a_missed_hurdle_rejects_whatever_is_not_revalued(make_rows: Any, make_spec: Any) -> None:
    rails = [{"metric": "gain", "at_least": "-9 per decision"}]
    found = payoff.evaluate(pa.table(make_rows(11, 3_000)), fixed(make_spec, guardrails=rails))
    assert payoff.what_if(found, {"cost": 0.0, "margin": 5.0}).overall == "reject"


def test_what_an_assumption_decides_is_held_and_said(result: Callable[[str], Any]) -> None:
    then = payoff.what_if(result("a tuned threshold"), {"cost": 13.0})
    assert then.notes == (
        "cost lies outside the range that its owner gave.",
        "Decisions are held: with another cost, new would decide otherwise.",
    )
    assert payoff.what_if(result("a fixed threshold"), {"cost": 7.0}).notes == ()


def test_a_point_outside_its_interval_says_so(result: Callable[[str], Any]) -> None:
    found = result("a tuned threshold")
    for cost in np.linspace(0.0, 40.0, 21):
        for gain in payoff.what_if(found, {"cost": float(cost)}).gains:
            outside = gain.low is not None and not gain.low <= gain.value <= gain.high
            assert outside == ((gain.note or "").startswith("the point is of thresholds"))


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("cost", [1e30, -1e30])
@pytest.mark.parametrize("volume", [1e30, 1e-30])
@pytest.mark.filterwarnings("error")
def test_at_the_largest_amounts_every_number_is_one(
    cost: float, volume: float, name: str, result: Callable[[str], Any]
) -> None:
    found = result(name)
    dials = [dial.name for dial in found.record.revaluing.dials if not dial.stops]
    moved = {dial: cost for dial in dials if dial != "decision.volume"}
    then = payoff.what_if(found, moved, volume=volume if "decision.volume" in dials else None)
    assert np.isfinite(told([gain.value for gain in then.gains] + [one.low for one in then.gains])).all()
    assert np.isfinite(told([one.probability for one in then.hurdles])).all()


def test_numbers_of_numpy_are_numbers(result: Callable[[str], Any]) -> None:
    found = result("a fixed threshold")
    for number in (np.int64(7), np.float32(7.0), np.float64(7.0)):
        assert payoff.what_if(found, {"cost": number}) == payoff.what_if(found, {"cost": 7.0})
    assert payoff.what_if(found, threshold=np.float32(0.3)) == payoff.what_if(found, threshold=0.3)


def test_a_gain_at_other_assumptions_says_that_its_tier_is_as_judged(result: Callable[[str], Any]) -> None:
    found = result("a fixed threshold")
    assert all(
        TAIL_HELD in (one.note or "")
        for one in payoff.what_if(found, {"cost": 20.0}).gains
        if one.tier == "A"
    )
    for kept in (payoff.what_if(found), payoff.what_if(found, volume=5.0)):
        assert all(TAIL_HELD not in (one.note or "") for one in kept.gains)


def test_a_point_of_a_fixed_threshold_is_of_no_other(result: Callable[[str], Any]) -> None:
    for cost in np.linspace(-40.0, 40.0, 21):
        then = payoff.what_if(result("a fixed threshold"), {"cost": float(cost)})
        assert all("thresholds that groups" not in (one.note or "") for one in then.gains)


@settings(max_examples=25, deadline=None)
@given(
    first=st.floats(min_value=1.0, max_value=20.0),
    second=st.floats(min_value=1.0, max_value=20.0),
    share=st.floats(min_value=0.0, max_value=1.0),
)
def test_a_gain_is_linear_in_an_assumption_that_its_formula_is_linear_in(
    found: dict[str, Any], first: float, second: float, share: float
) -> None:
    result = found["a fixed threshold"]

    def gain(cost: float) -> float:
        return next(one for one in payoff.what_if(result, {"cost": cost}).gains if one.over == "rule").value  # type: ignore[return-value]

    between = share * first + (1 - share) * second
    expected = share * gain(first) + (1 - share) * gain(second)
    assert gain(between) == pytest.approx(expected, rel=1e-9, abs=1e-6)
