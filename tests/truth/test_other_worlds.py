"""Gains where positives are rarer or slices are mixed otherwise, against loops over the rows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

import payoff
from payoff.errors.data import MixNotThere
from payoff.stats.means import hall_bounds

Floats = NDArray[np.float64]
# Sums of some thousand doubles in another order, and quanta of 0.0001 never enter.
ROUNDING = 1e-7
KINDS = ("rows", "weighted", "clustered")
THRESHOLD, MARGIN, COST, VOLUME = 0.3, 0.5, 8.0, 12_000.0


def spec_for(make_spec: Any, kind: str, **more: Any) -> dict[str, Any]:
    keys = {"weighted": {"weight": "w"}, "clustered": {"cluster": "person"}}.get(kind, {})
    return make_spec(THRESHOLD, id="id", **keys) | {"challengers": {}} | more


def rows_for(make_rows: Any, seed: int) -> dict[str, Any]:
    rows = make_rows(seed, 3_000)
    return rows | {"w": np.random.default_rng(seed).choice([0.5, 1.0, 2.0], len(rows["y"]))}


def evaluate(rows: dict[str, Any], spec: dict[str, Any]) -> Any:
    return payoff.evaluate(pa.table(rows), spec)


def gains(rows: dict[str, Any], margin: float = MARGIN) -> Floats:
    """Return what the model gains over the rule on every row."""
    worth = np.where(rows["y"] == 1, margin * rows["amount"], 0.0) - COST
    return np.asarray(worth * ((rows["p"] >= THRESHOLD).astype(float) - (rows["amount"] > 90)))


def expected(
    rows: dict[str, Any], kind: str, part: NDArray[np.int64], shares: Floats, skewed: Floats | None = None
) -> tuple[float, float, float]:
    """Return value and 95% bounds per decision by the influence of every row."""
    gain, weight = gains(rows), rows["w"] if kind == "weighted" else np.ones(len(part))
    here = np.bincount(part, weight, len(shares)) / weight.sum()
    mean = np.bincount(part, weight * gain, len(shares)) / np.bincount(part, weight, len(shares))
    used = shares[part] > 0
    value = float((shares * mean)[shares > 0].sum())
    factor = np.divide(shares, here, out=np.zeros(len(shares)), where=here > 0)
    influence = factor[part] * weight * (gain - mean[part])
    return value, *bounds(value, influence[used], (factor[part] * weight)[used], rows, kind, part, used)


def bounds(
    value: float, influence: Floats, weight: Floats, rows: dict[str, Any], kind: str, part: Any, used: Any
) -> tuple[float, float]:
    total = (rows["w"] if kind == "weighted" else np.ones(len(part))).sum()
    if kind == "clustered":
        _, code = np.unique(rows["person"][used], return_inverse=True)
        influence, weight = np.bincount(code, influence), np.bincount(code, weight)
        variance = (influence**2).sum() * len(influence) / (len(influence) - 1)
        freedom = min(len(influence), weight.sum() ** 2 / (weight**2).sum()) - 1
    else:
        n = np.bincount(part[used]).astype(float)
        rise = np.divide(n, n - 1, out=np.ones(len(n)), where=n > 1)
        variance = (influence**2 * rise[part[used]]).sum()
        freedom = weight.sum() ** 2 / (weight**2).sum() - 1
    skewness = np.mean(influence**3) / np.mean(influence**2) ** 1.5
    ratio = abs(skewness) / np.sqrt(len(influence))
    assert ratio <= 0.35, "the test wants an interval"
    tail = 0.025 / (1 if ratio <= 0.1 else 2 if ratio <= 0.2 else 5)
    q = float(stats.t.ppf(1 - tail, freedom))
    low, high = hall_bounds(
        np.array([value]), np.array([np.sqrt(variance) / total]), np.array([skewness]),
        np.array([float(len(influence))]), (np.array([-q]), np.array([q])),
    )  # fmt: skip
    return float(low[0]), float(high[0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_curve_over_prevalence_is_a_mix_of_the_two_classes(
    make_rows: Any, make_spec: Any, kind: str
) -> None:
    rows = rows_for(make_rows, 3)
    found = evaluate(rows, spec_for(make_spec, kind))
    (curve,) = (one for one in found.record.curves if one.kind == "prevalence")
    assert curve.unit == "EUR per year"
    part = rows["y"]
    for at in (1, 7, 13, 20):
        share = float(curve.points["prevalence"][at])  # type: ignore[arg-type]
        value, low, high = expected(rows, kind, part, np.array([1 - share, share]))
        told = [float(curve.points[name][at]) / VOLUME for name in ("value", "low", "high")]  # type: ignore[arg-type]
        assert told == pytest.approx([value, low, high], abs=ROUNDING)


@pytest.mark.parametrize("kind", KINDS)
def test_at_the_prevalence_of_the_rows_the_gain_is_the_headline(
    make_rows: Any, make_spec: Any, kind: str
) -> None:
    found = evaluate(rows_for(make_rows, 4), spec_for(make_spec, kind))
    (curve,) = (one for one in found.record.curves if one.kind == "prevalence")
    (record,) = found.record.prevalences
    here = list(curve.points["prevalence"]).index(record.prevalence)
    assert curve.points["value"][here] == pytest.approx(found.record.verdict.hurdles[0].gain, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_break_even_prevalence_is_where_the_gain_meets_the_hurdle(
    make_rows: Any, make_spec: Any, kind: str
) -> None:
    rows = rows_for(make_rows, 5)
    hurdles = [{"name": "worth it", "gain": "6500 per year", "over": "today", "confidence": 0.9}]
    found = evaluate(rows, spec_for(make_spec, kind, hurdles=hurdles))
    (record,) = found.record.prevalences
    assert record.break_even is not None
    value, *_ = expected(rows, kind, rows["y"], np.array([1 - record.break_even, record.break_even]))
    assert value * VOLUME == pytest.approx(6_500.0, abs=1e-3)
    # At the ends the bounds themselves meet it: the upper one where the gain is lower.
    edge = [expected(rows, kind, rows["y"], np.array([1 - share, share]))[0] for share in (0.01, 0.99)]
    for share, end in zip((record.low, record.high), (2, 1) if edge[1] > edge[0] else (1, 2), strict=True):
        if share is not None:
            ends = expected(rows, kind, rows["y"], np.array([1 - share, share]))
            assert ends[end] * VOLUME == pytest.approx(6_500.0, rel=5e-3)
    assert record.high is not None
    assert record.high > record.break_even


@pytest.mark.parametrize("kind", KINDS)
def test_another_mix_of_slices_weighs_their_own_gains(make_rows: Any, make_spec: Any, kind: str) -> None:
    rows = rows_for(make_rows, 6)
    mix = {"north": 0.5, "south": 0.3, "west": 0.2}
    spec = spec_for(make_spec, kind, scenarios={"other": {"mix": {"region": mix}}})
    (gain,) = evaluate(rows, spec).record.scenarios[0].gains
    names, part = np.unique(rows["region"], return_inverse=True)
    value, low, high = expected(rows, kind, part, np.array([mix[name] for name in names]))
    assert gain.value is not None
    told = [float(end) / VOLUME for end in (gain.value, gain.low, gain.high) if end is not None]
    assert told == pytest.approx([value, low, high], abs=ROUNDING)
    plain = np.average(gains(rows), weights=rows["w"] if kind == "weighted" else None)
    assert gain.difference == pytest.approx((value - plain) * VOLUME, abs=1e-2)


def test_a_mix_of_one_slice_is_that_slice_alone(make_rows: Any, make_spec: Any) -> None:
    rows = rows_for(make_rows, 7)
    found = evaluate(
        rows, spec_for(make_spec, "rows", scenarios={"north": {"mix": {"region": {"north": 1}}}})
    )
    (gain,) = found.record.scenarios[0].gains
    (alone,) = (
        one
        for one in found.record.estimates
        if one.metric == "gain" and one.slice == {"region": "north"} and one.over == "rule"
    )
    told = [gain.value, gain.low, gain.high]
    assert told == pytest.approx([end * VOLUME for end in (alone.value, alone.low, alone.high)], rel=1e-9)  # type: ignore[operator]


def test_the_mix_of_the_rows_changes_nothing(make_rows: Any, make_spec: Any) -> None:
    rows = rows_for(make_rows, 8)
    names, counts = np.unique(rows["region"], return_counts=True)
    mix = {str(name): float(count) / len(rows["y"]) for name, count in zip(names, counts, strict=True)}
    found = evaluate(rows, spec_for(make_spec, "rows", scenarios={"same": {"mix": {"region": mix}}}))
    (gain,) = found.record.scenarios[0].gains
    assert gain.value == pytest.approx(found.record.verdict.hurdles[0].gain, rel=1e-9)
    assert gain.difference == pytest.approx(0.0, abs=1e-6)
    # The mix of the rows is a draw of the world's, so that a mix that is given differs from it by chance.
    assert gain.difference_low < 0.0 < gain.difference_high


@pytest.mark.parametrize("kind", KINDS)
def test_the_difference_from_today_is_paired_on_the_same_rows(
    make_rows: Any, make_spec: Any, kind: str
) -> None:
    """Both the share of positives and the margin change: the influence of a row is that of both means."""
    rows = rows_for(make_rows, 9)
    spec = spec_for(make_spec, kind, scenarios={"regulated": {"prevalence": 0.15, "margin": 0.45}})
    (gain,) = evaluate(rows, spec).record.scenarios[0].gains
    then, now, y = gains(rows, 0.45), gains(rows), rows["y"]
    weight = rows["w"] if kind == "weighted" else np.ones(len(y))
    here = np.bincount(y, weight) / weight.sum()
    mean = np.bincount(y, weight * then) / np.bincount(y, weight)
    plain = float(np.average(now, weights=weight))
    value = 0.85 * mean[0] + 0.15 * mean[1] - plain
    factor = np.array([0.85, 0.15]) / here
    influence = weight * (
        factor[y] * (then - mean[y]) + factor[y] * mean[y] - now - (factor[y] * mean[y] - plain)
    )
    assert gain.difference is not None
    assert gain.difference_low is not None
    assert gain.difference_high is not None
    assert gain.difference == pytest.approx(value * VOLUME, rel=1e-8)
    if kind == "clustered":
        influence = np.bincount(np.unique(rows["person"], return_inverse=True)[1], influence)
    stderr = float(np.sqrt((influence**2).sum()) / weight.sum()) * VOLUME
    # Skewness bends the interval, and n / (n - 1) widens it by 1e-4: its width is near that of a plain one.
    assert gain.difference_high - gain.difference_low == pytest.approx(2 * 1.96 * stderr, rel=0.02)


def test_a_mix_of_slices_that_are_not_there_is_refused_with_the_nearest(
    make_rows: Any, make_spec: Any
) -> None:
    rows = rows_for(make_rows, 10)
    spec = spec_for(make_spec, "rows", scenarios={"other": {"mix": {"region": {"nort": 0.5, "south": 0.5}}}})
    with pytest.raises(
        MixNotThere, match=r"PAY345 at scenarios.other.mix.region: found 'nort' \(did you mean north\?\)"
    ):
        evaluate(rows, spec)


def test_what_tuning_adds_is_taken_off_in_every_world(make_rows: Any, make_spec: Any) -> None:
    rows = rows_for(make_rows, 12)
    names, counts = np.unique(rows["region"], return_counts=True)
    mix = {str(name): float(count) / len(rows["y"]) for name, count in zip(names, counts, strict=True)}
    spec = make_spec("best", id="id") | {"challengers": {}, "scenarios": {"same": {"mix": {"region": mix}}}}
    found = evaluate(rows, spec).record
    honest = found.verdict.hurdles[0].gain
    (claimed,) = (
        one.value
        for one in found.estimates
        if one.metric == "claimed_value" and one.over == "rule" and one.per == "year"
    )
    assert claimed > honest  # else nothing is taken off
    (curve,) = (one for one in found.curves if one.kind == "prevalence")
    here = list(curve.points["prevalence"]).index(found.prevalences[0].prevalence)
    assert curve.points["value"][here] == pytest.approx(honest, rel=1e-8)
    (gain,) = found.scenarios[0].gains
    assert gain.value == pytest.approx(honest, rel=1e-8)
    assert "what tuning adds" in gain.note
