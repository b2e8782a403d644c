"""Why a slice gains less than the rest: other shares of outcomes, and other gains on rows of one outcome."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.oaxaca import OaxacaBlinder
from tests.comparison.counting import counted_of
from tests.comparison.shifted import (
    NAMES,
    Columns,
    bends,
    gains,
    influences,
    lean,
    rows_of,
    spec_of,
    split,
    sums_by,
)

from payoff.comparison import sums_by_part
from payoff.stats.mix import ShiftEffects, shift_effects
from payoff.stats.rest import Bent

# Sums of a thousand doubles in another order.
ROUNDING = 1e-9


def effects(rows: Columns, **data: str) -> tuple[list[str], ShiftEffects]:
    """Return the months and what an evaluation makes of them."""
    counted = counted_of(rows, spec_of(**data))
    table, grounds = counted.slices[0], counted.grounds
    assert grounds is not None
    known = table.cells.known
    cells, part = table.cells.where(known), 2 * table.index[known] + table.cells.state[known]
    sums = sums_by_part(grounds, "m", "everybody", cells, part, 2 * len(table.values))
    return [texts[0] for texts in table.values], shift_effects(sums)


def weights(rows: Columns, weight: str | None) -> np.ndarray:
    return rows["w"] if weight else np.ones(len(rows["y"]))


def error(psi: np.ndarray, y: np.ndarray, here: np.ndarray, x: np.ndarray, w: np.ndarray) -> float:
    """Return the variance of a number by its pieces: each outcome of the part, what is between them, the rest."""
    variance = 0.0
    between = np.zeros(len(x))
    for c in (0, 1):
        cell = here & (y == c)
        mean = np.average(x[cell], weights=w[cell])
        # The influence is a line in x within a cell: of its slope the one part, of its level the other.
        slope = np.polyfit(x[cell], psi[cell] / w[cell], 1)[0] if np.ptp(x[cell]) else 0.0
        own = w[cell] * slope * (x[cell] - mean)
        variance += (own**2).sum() * cell.sum() / (cell.sum() - 1)
        between[cell] = psi[cell] ** 2 - own**2
    variance += between.sum() * here.sum() / (here.sum() - 1)
    return float(variance + (psi[~here] ** 2).sum() * (~here).sum() / ((~here).sum() - 1))


def test_the_influences_are_the_derivatives_by_the_weights() -> None:
    rows = rows_of(2, n=60)
    x, y, w, here = gains(rows), rows["y"], rows["w"], rows["month"] == "02"
    found, step = influences(x, y, w, here), 1e-6
    for i in range(len(x)):
        ends = [split(x, y, np.where(np.arange(len(x)) == i, w + move, w), here) for move in (step, -step)]
        for name in NAMES:
            slope = (ends[0][name] - ends[1][name]) / (2 * step) * w[i]
            # Central differences of a smooth ratio: the square of the step, and a cancellation of 1e-16 / step.
            assert found[name][i] == pytest.approx(slope, abs=1e-8)


def test_to_the_second_order_a_gain_re_weighted_moves_by_its_bends() -> None:
    rows = rows_of(2, n=120)
    x, y, w, here = gains(rows), rows["y"], rows["w"], rows["month"] == "02"
    bent, psi = bends(y, w, x, here), influences(x, y, w, here)
    rng = np.random.default_rng(0)
    for _ in range(5):
        away = rng.normal(size=120)
        for side in (here, ~here):  # the weight of a side stays, as the number of its rows does
            away[side] -= np.average(away[side], weights=w[side])
        step = 1e-3
        ends = [split(x, y, w * (1 + move * away), here) for move in (step, -step, 0.0)]
        for name, way in (("reweighted", 1), ("mix", -1), ("performance", 1)):
            ahead, back, middle = (one[name] for one in ends)
            product = way * sum((one @ away) * (other @ away) for one, other in bent)
            assert (ahead - back) / (2 * step) == pytest.approx(psi[name] @ away, rel=1e-4, abs=1e-6)
            # The fourth order is the square of the step; a second difference cancels to 1e-16 over that square.
            assert (ahead + back - 2 * middle) / (2 * step**2) == pytest.approx(product, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("seed", range(3))
def test_value_error_and_tail_are_those_of_a_loop_over_rows(seed: int, weight: str | None) -> None:
    rows = rows_of(seed)
    names, found = effects(rows, **({"weight": weight} if weight else {}))
    x, y, w = gains(rows), rows["y"], weights(rows, weight)
    for j, name in enumerate(names):
        here = rows["month"] == name
        wanted, psi = split(x, y, w, here), influences(x, y, w, here)
        for number in NAMES:
            one: Bent = getattr(found, number)
            assert one.value[j] == pytest.approx(wanted[number], abs=ROUNDING)
            variance = error(psi[number], y, here, x, w)
            assert one.stderr[j] == pytest.approx(np.sqrt(variance), rel=ROUNDING)
            ratio = lean(psi[number], number, bends(y, w, x, here)) / variance**1.5
            assert one.skewness[j] / np.sqrt(one.units) == pytest.approx(ratio, abs=ROUNDING)


@pytest.mark.parametrize("weight", [None, "w"])
def test_in_clusters_the_influences_are_summed_first(weight: str | None) -> None:
    rows = rows_of(8)
    names, found = effects(rows, cluster="person", **({"weight": weight} if weight else {}))
    x, y, w = gains(rows), rows["y"], weights(rows, weight)
    people = len(np.unique(rows["person"]))
    for j, name in enumerate(names):
        here = rows["month"] == name
        wanted, psi = split(x, y, w, here), influences(x, y, w, here)
        for number in NAMES:
            one: Bent = getattr(found, number)
            by_person = np.bincount(rows["person"], psi[number])
            variance = (by_person**2).sum() * people / (people - 1)
            assert one.value[j] == pytest.approx(wanted[number], abs=ROUNDING)
            assert one.stderr[j] == pytest.approx(np.sqrt(variance), rel=ROUNDING)
            ratio = lean(psi[number], number, bends(y, w, x, here), rows["person"]) / variance**1.5
            assert one.skewness[j] / np.sqrt(one.units) == pytest.approx(ratio, abs=ROUNDING)
            assert one.freedom[j] == pytest.approx(fewest(rows["person"], y, w, here) - 1, rel=ROUNDING)


def fewest(person: np.ndarray, y: np.ndarray, w: np.ndarray, here: np.ndarray) -> float:
    """Return the fewest effective clusters: of the part, of the part re-weighted to the rest, of the rest."""
    shares = [np.bincount(y[one], w[one]) / w[one].sum() for one in (here, ~here)]
    again = w * (shares[1] / shares[0])[y]
    held = [np.bincount(person[one], each[one]) for one, each in ((here, w), (here, again), (~here, w))]
    return float(min(one.sum() ** 2 / (one**2).sum() for one in held))


@pytest.mark.parametrize("cluster", [None, "person"])
def test_the_errors_are_about_those_of_leaving_one_out(cluster: str | None) -> None:
    rows = rows_of(5, n=600)
    names, found = effects(rows, **({"cluster": cluster} if cluster else {}))
    x, y, w = gains(rows), rows["y"], np.ones(600)
    unit = rows["person"] if cluster else rows["id"]
    for j, name in enumerate(names):
        here = rows["month"] == name
        left: dict[str, list[float]] = {number: [] for number in NAMES}
        for one in np.unique(unit):
            kept = unit != one
            for number, value in split(x[kept], y[kept], w[kept], here[kept]).items():
                left[number].append(value)
        for number in NAMES:
            out = np.array(left[number])
            jackknifed = np.sqrt((len(out) - 1) / len(out) * ((out - out.mean()) ** 2).sum())
            # Both are linear to the first order; they part by about one over the rows of an outcome in a month.
            assert getattr(found, number).stderr[j] == pytest.approx(jackknifed, rel=0.05)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), weighted=st.booleans(), clustered=st.booleans())
def test_the_two_parts_add_up_to_the_difference(seed: int, weighted: bool, clustered: bool) -> None:
    rng = np.random.default_rng(seed)
    n = 200
    y, part = rng.integers(0, 3, n), rng.integers(0, 4, n)
    w = rng.integers(1, 5, n) / 2 if weighted else np.ones(n)
    x = rng.lognormal(0.0, 1.0, n) * (1 + y) - 2 * part
    cluster = rng.integers(0, 50, n) if clustered else None
    found = shift_effects(sums_by(x, y, w, part, cluster))
    for j in range(4):
        own, theirs = (np.average(x[one], weights=w[one]) for one in (part == j, part != j))
        total = found.mix.value[j] + found.performance.value[j]
        assert total == pytest.approx(own - theirs, rel=1e-12, abs=1e-12 * np.abs(x).max())
        assert found.reweighted.value[j] == pytest.approx(own - found.mix.value[j], rel=1e-12)


def shifted(share: tuple[float, float], gain: tuple[float, float]) -> ShiftEffects:
    """Return the split of a part against a rest of 1,000 rows each: shares of positives, and what one gains."""
    x, y = [], []
    for positives, worth in zip(share, gain, strict=True):
        count = round(1_000 * positives)
        y += [1] * count + [0] * (1_000 - count)
        # Every row of an outcome is one or the other side of its mean, so that the mean is exact.
        x += [worth + (-1) ** i for i in range(count)] + [-1.0 + (-1) ** i for i in range(1_000 - count)]
    return shift_effects(sums_by(np.array(x), np.array(y), np.ones(2_000), np.repeat([0, 1], 1_000)))


@pytest.mark.parametrize(
    ("share", "gain", "mix", "performance"),
    [
        # 20% more positives, each worth 11 more than a negative.
        ((0.3, 0.1), (10.0, 10.0), 2.2, 0.0),
        # As many positives; each gains 4 more, and a tenth of the rows are positives.
        ((0.1, 0.1), (14.0, 10.0), 0.0, 0.4),
        # Both: 20% more positives, each worth 15 more than a negative here; 4 more on a tenth.
        ((0.3, 0.1), (14.0, 10.0), 3.0, 0.4),
        # They cancel: 20% more positives each worth 6, 12 less on a tenth.
        ((0.3, 0.1), (5.0, 17.0), 1.2, -1.2),
    ],
)
def test_a_known_shift_is_split_as_it_was_made(
    share: tuple[float, float], gain: tuple[float, float], mix: float, performance: float
) -> None:
    found = shifted(share, gain)
    assert found.mix.value[0] == pytest.approx(mix, abs=ROUNDING)
    assert found.performance.value[0] == pytest.approx(performance, abs=ROUNDING)
    low, high = found.mix.bounds(0.95)
    assert low[0] < mix < high[0]
    # The other way round the second of two parts is not the mirror: its own gains stand, at the shares of the first.
    assert found.mix.value[1] + found.performance.value[1] == pytest.approx(
        -(mix + performance), abs=ROUNDING
    )


def test_degrees_of_freedom_are_welch_s_over_the_pieces() -> None:
    rows = rows_of(7)
    x, y, part = gains(rows), rows["y"], np.unique(rows["month"], return_inverse=True)[1]
    found = shift_effects(sums_by(x, y, np.ones(len(x)), part))
    for j in range(3):
        here, away = part == j, part != j
        share = np.bincount(y[away]) / away.sum()
        cells = [x[here & (y == c)] for c in (0, 1)]
        means = np.array([one.mean() for one in cells])
        within = [s**2 * one.var(ddof=1) / len(one) for s, one in zip(share, cells, strict=True)]
        rest = (means - share @ means)[y[away]]
        # (size of a piece, its degrees of freedom): each outcome in the part, then all other rows.
        pieces = [*((v, len(one) - 1) for v, one in zip(within, cells, strict=True))]
        pieces.append((rest.var(ddof=1) / away.sum(), away.sum() - 1))
        wanted = sum(v for v, _ in pieces) ** 2 / sum(v**2 / n for v, n in pieces)
        assert found.reweighted.freedom[j] == pytest.approx(wanted, rel=ROUNDING)
        left = rest - (x[away] - x[away].mean())
        pieces[-1] = (left.var(ddof=1) / away.sum(), away.sum() - 1)
        wanted = sum(v for v, _ in pieces) ** 2 / sum(v**2 / n for v, n in pieces)
        assert found.performance.freedom[j] == pytest.approx(wanted, rel=ROUNDING)


def test_nothing_is_put_in_the_place_of_an_outcome_that_a_part_lacks() -> None:
    rows = rows_of(7)
    y, part = rows["y"].copy(), (rows["month"] == "03").astype(np.int64)
    y[part == 1] = 0
    found = shift_effects(sums_by(gains(rows), y, np.ones(len(y)), part))
    assert found.lacking.tolist() == [[False, False], [False, True]]
    for number in NAMES:
        one: Bent = getattr(found, number)
        assert np.isnan(one.value).tolist() == np.isnan(one.stderr).tolist() == [False, True]
        assert one.widening[1] == 0
    # The part that alone has positives: at the outcomes of the rest it gains what its negatives do.
    assert found.reweighted.value[0] == pytest.approx(gains(rows)[(part == 0) & (y == 0)].mean())


def test_one_row_of_an_outcome_tells_no_error() -> None:
    rows = rows_of(7)
    y, part = rows["y"].copy(), (rows["month"] == "03").astype(np.int64)
    y[part == 1] = np.arange((part == 1).sum()) == 0
    found = shift_effects(sums_by(gains(rows), y, np.ones(len(y)), part))
    for number in NAMES:
        assert np.isfinite(getattr(found, number).value[1])
        assert np.isnan(getattr(found, number).stderr[1])


def test_it_is_the_oaxaca_blinder_split_of_saturated_groups() -> None:
    rng = np.random.default_rng(4)
    y, here = rng.integers(0, 3, 3_000), rng.random(3_000) < 0.4
    # The higher mean comes first in statsmodels; the part is made the one.
    x = rng.normal(size=3_000) + y * np.where(here, 2.0, 1.0) + 3.0 * here
    dummies = np.column_stack([y == 1, y == 2, here]).astype(float)
    model = OaxacaBlinder(x, dummies, 2, hasconst=False)
    endowments, coefficients, interaction, gap = model.three_fold().params
    found = shift_effects(sums_by(x, y, np.ones(3_000), np.where(here, 0, 1)))
    assert found.mix.value[0] + found.performance.value[0] == pytest.approx(gap, abs=ROUNDING)
    assert found.mix.value[0] == pytest.approx(endowments + interaction, abs=ROUNDING)
    assert found.performance.value[0] == pytest.approx(coefficients, abs=ROUNDING)


def test_with_one_outcome_all_is_performance_with_the_error_of_the_difference() -> None:
    rows = rows_of(3)
    x, part = gains(rows), np.unique(rows["month"], return_inverse=True)[1]
    sums = sums_by(x, np.zeros(len(x), dtype=np.int64), np.ones(len(x)), part)
    found = shift_effects(sums)
    assert found.mix.value == pytest.approx(np.zeros(3), abs=1e-12)
    for j in range(3):
        sides = [x[part == j], x[part != j]]
        assert found.performance.stderr[j] ** 2 == pytest.approx(
            sum(one.var(ddof=1) / len(one) for one in sides)
        )


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_they_know_no_order_and_a_whole_weight_is_the_row_as_often(seed: int) -> None:
    rows = rows_of(seed, n=300)
    rows["w"] = rows["w"] * 2
    turned = {name: column[::-1].copy() for name, column in rows.items()}
    often = {name: np.repeat(column, rows["w"].astype(int)) for name, column in rows.items()}
    often["id"] = np.arange(len(often["id"]))
    plain, other = effects(rows, weight="w")[1], effects(turned, weight="w")[1]
    repeated = effects(often)[1]
    for number in NAMES:
        one, two, three = (getattr(each, number) for each in (plain, other, repeated))
        assert two.value == pytest.approx(one.value, abs=ROUNDING)
        assert two.stderr == pytest.approx(one.stderr, rel=ROUNDING)
        assert three.value == pytest.approx(one.value, abs=ROUNDING)


def test_clusters_of_one_row_are_rows_but_for_the_small_sample() -> None:
    rows = rows_of(6)
    apart, alone = effects(rows)[1], effects(rows, cluster="id")[1]
    for number in NAMES:
        one, two = getattr(apart, number), getattr(alone, number)
        assert two.value == pytest.approx(one.value, abs=ROUNDING)
        # n / (n - 1) of all rows in place of each piece's own, of 20 rows at the least.
        assert two.stderr == pytest.approx(one.stderr, rel=0.03)
        assert (two.events == one.events).all()


@pytest.mark.parametrize("cluster", [None, "person"])
def test_deciding_events_are_those_of_the_rarest_outcome_on_the_smaller_side(cluster: str | None) -> None:
    rows = rows_of(9)
    names, found = effects(rows, **({"cluster": cluster} if cluster else {}))
    decided, unit = gains(rows) != 0.0, rows["person"] if cluster else rows["id"]
    for j, name in enumerate(names):
        sides = [rows["month"] == name, rows["month"] != name]
        events = [len(np.unique(unit[side & decided & (rows["y"] == y)])) for side in sides for y in (0, 1)]
        assert found.mix.events[j] == min(events)


@pytest.mark.parametrize(("people", "widening"), [(200, 1), (80, 2), (55, 2)])
def test_few_clusters_widen_and_very_few_refuse(people: int, widening: int) -> None:
    rng = np.random.default_rng(5)
    person = np.arange(4_000) % people
    y, part = rng.integers(0, 2, 4_000), rng.integers(0, 2, 4_000)
    x = rng.normal(size=4_000) + y
    found = shift_effects(sums_by(x, y, np.ones(4_000), part, person))
    assert {int(one) for number in NAMES for one in getattr(found, number).widening} == {widening}
    # One person with half of the rows leaves about four that count.
    crowded = shift_effects(sums_by(x, y, np.ones(4_000), part, np.where(person % 2 == 0, 0, person)))
    assert not any(getattr(crowded, number).widening.any() for number in NAMES)


def test_intervals_cover_as_often_as_they_say() -> None:
    # Two shifts at once, by cluster or not: 95% less 2.6 standard errors of 250 draws.
    rng = np.random.default_rng(7)
    draws, true = 250, {"mix": -0.1 * 9.0, "performance": -1.0 * 0.3, "reweighted": 0.3 * 8.0 - 0.7}
    for clustered in (False, True):
        held = dict.fromkeys(NAMES, 0)
        for _ in range(draws):
            found = shift_effects(drawn_rows(rng, clustered=clustered))
            for name in NAMES:
                low, high = getattr(found, name).bounds(0.95)
                held[name] += low[0] <= true[name] <= high[0]
        for name in NAMES:
            assert held[name] / draws >= 0.95 - 2.6 * np.sqrt(0.95 * 0.05 / draws), (name, clustered)


def drawn_rows(rng: np.random.Generator, *, clustered: bool) -> Any:
    """Return 400 rows against 800: a fifth of positives that gain 8, against 30% that gain 9; a negative loses 1."""
    part = np.repeat([0, 1], [400, 800])
    share = np.where(part == 0, 0.2, 0.3)
    if not clustered:
        y = (rng.random(1_200) < share).astype(np.int64)
        noise = rng.exponential(3.0, 1_200) - 3.0
        cluster = None
    else:
        # Four rows of a person share their luck; half of their rows are in either part where they have both.
        cluster = rng.permutation(np.repeat(np.arange(300), 4))
        luck = rng.random(300)[cluster]
        y = (np.where(rng.random(1_200) < 0.5, luck, rng.random(1_200)) < share).astype(np.int64)
        noise = rng.exponential(3.0, 300)[cluster] - 3.0
    x = np.where(y == 1, np.where(part == 0, 8.0, 9.0), -1.0) + noise
    return sums_by(x, y, np.ones(1_200), part, cluster)
