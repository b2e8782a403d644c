"""Contrasts from cells, against the same quantities computed row by row, unit by unit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from payoff.stats import contributions
from payoff.stats.contributions import (
    contrast_of,
    contrast_of_rules,
    covariance_between,
    deciding_events,
)
from payoff.tables import PENDING, Cells, Moments, duels

# Sums of some hundred doubles in another order; parts are of size 1 to 100.
ROUNDING = 1e-9
# A ratio of a cube and a power 1.5 that both lost digits to centring.
SKEWNESS = 1e-7
KINDS = ("rows", "weighted", "clustered", "weighted clusters")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with the action that a policy and its rival take, K = 3 parts, and coefficients of A actions."""

    state: NDArray[np.int64]
    mine: NDArray[np.int64]
    theirs: NDArray[np.int64]
    cluster: NDArray[np.int64] | None
    weight: Floats
    parts: Floats
    worth: Floats

    @property
    def value(self) -> Floats:
        return self.parts @ self.worth.T

    @property
    def likely(self) -> Floats:
        return np.concatenate([self.worth[-1:], self.worth[:-1] - self.worth[-1:]]).ravel()

    def switches(self, gain: bool) -> Floats:
        one = np.eye(len(self.worth))[:, :-1]
        moved = one[self.mine] - (one[self.theirs] if gain else 0.0)
        return np.column_stack([np.full(len(self.state), 0.0 if gain else 1.0), moved])


def rows_of(seed: int, kind: str, actions: int = 2, n: int = 150, classes: int = 2) -> Rows:
    rng = np.random.default_rng(seed)
    state = rng.choice([*range(classes), PENDING], n, p=[0.6, *[0.3 / (classes - 1)] * (classes - 1), 0.1])
    amount = np.round(rng.gamma(2.0, 20.0, n), 2)
    parts = np.column_stack([np.ones(n), amount, amount * (state == 1)])
    worth = rng.normal(0, 1, (actions, 3)).round(2)
    worth[:, 0] *= rng.integers(0, 2)
    return Rows(
        state=state,
        mine=rng.integers(0, actions, n),
        theirs=rng.integers(0, actions, n),
        cluster=rng.integers(0, n // 4, n) if "cluster" in kind else None,
        weight=rng.integers(1, 5, n) / 2 if "weight" in kind else np.ones(n),
        parts=parts,
        worth=worth,
    )


def table_of(rows: Rows, gain: bool) -> tuple[Cells, Floats]:
    """Return cells by (state, actions, cluster) with a shift per state, and the switches of each."""
    keys = [rows.state, rows.mine, rows.theirs]
    keys += [] if rows.cluster is None else [rows.cluster]
    held, key = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    key = key.ravel()
    shift = np.array([[0.0, 0.0, 0.0], [1.0, 30.0, 0.0], *[[1.0, 35.0, 35.0]] * 5])[held[:, 0] + 1]
    centred, value = rows.parts - shift[key], rows.value
    away = rows.worth @ centred.T
    pairs = duels(len(rows.worth))
    y = np.concatenate([away, [away[one] - away[other] for one, other in pairs]])
    w = rows.weight

    def summed(column: Floats) -> Floats:
        out = np.zeros((len(held), *column.shape[1:]))
        np.add.at(out, key, column)
        return out

    moments = Moments(
        rows=np.bincount(key),
        weight=summed(w),
        weight2=summed(w**2),
        weight3=summed(w**3),
        total_high=np.zeros((len(held), len(rows.worth)), dtype=np.int64),
        total_low=np.zeros((len(held), len(rows.worth)), dtype=np.int64),
        nonzero=summed(
            np.stack([value[:, one] != value[:, other] for one, other in pairs], axis=1).astype(float)
        ).astype(np.int64),
        shift=shift,
        first=summed(w[:, None] * centred),
        first2=summed(w[:, None] ** 2 * centred),
        second=summed(w[:, None, None] ** 2 * centred[:, :, None] * centred[:, None, :]),
        third=summed(np.stack([w[:, None] ** 3 * y.T**j for j in range(4)], axis=2)),
    )
    cells = Cells(
        group=np.zeros(len(held), dtype=np.int64),
        state=held[:, 0],
        actions={"mine": held[:, 1], "theirs": held[:, 2]},
        moments=moments,
        cluster=None if rows.cluster is None else held[:, 3],
    )
    first = np.unique(key, return_index=True)[1]
    return cells, rows.switches(gain)[first]


def influences(rows: Rows, switches: Floats) -> tuple[Floats, Floats, float]:
    """Return (A*K,) mean, (n, A*K) influence per unit times sum(w), and sum(w), by a loop over rows."""
    known = rows.state != PENDING
    x = np.array([np.outer(s, p).ravel() for s, p in zip(switches, rows.parts, strict=True)])[known]
    w = rows.weight[known]
    mean = sum(w[i] * x[i] for i in range(len(w))) / w.sum()
    psi = w[:, None] * (x - mean)
    if rows.cluster is not None:
        cluster = rows.cluster[known]
        psi = np.array([psi[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    return mean, psi, float(w.sum())


def cases() -> Iterator[tuple[str, bool, int]]:
    for kind in KINDS:
        for gain in (False, True):
            for actions in (2, 3):
                yield kind, gain, actions


@pytest.mark.parametrize(("kind", "gain", "actions"), list(cases()))
def test_mean_and_covariance_are_those_of_the_influence_of_units(kind: str, gain: bool, actions: int) -> None:
    for seed in range(5):
        rows = rows_of(seed, kind, actions)
        cells, by_cell = table_of(rows, gain)
        found = contrast_of(cells, by_cell, rows.likely)
        mean, psi, total = influences(rows, rows.switches(gain))
        n = len(psi)
        assert found.units == n
        assert found.rows == int((rows.state != PENDING).sum())
        np.testing.assert_allclose(found.mean[0], mean, rtol=ROUNDING, atol=ROUNDING)
        scaled = psi * n / total
        expected = scaled.T @ scaled / n * (n / (n - 1))
        np.testing.assert_allclose(
            found.covariance[0], expected, rtol=ROUNDING, atol=ROUNDING * expected.max()
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gain", [False, True])
@pytest.mark.parametrize(("actions", "classes"), [(2, 2), (3, 2), (3, 4), (5, 3)])
def test_skewness_is_that_of_the_influence_at_the_likely_assumptions(
    kind: str, gain: bool, actions: int, classes: int
) -> None:
    for seed in range(5):
        rows = rows_of(seed, kind, actions, classes=classes)
        cells, by_cell = table_of(rows, gain)
        _, psi, _ = influences(rows, rows.switches(gain))
        at_likely = psi @ rows.likely
        expected = (at_likely**3).mean() / (at_likely**2).mean() ** 1.5
        if kind in ("rows", "clustered"):
            assert abs(at_likely.mean()) < ROUNDING * np.abs(at_likely).max()
            assert stats.skew(at_likely) == pytest.approx(expected, rel=SKEWNESS)
        found = contrast_of(cells, by_cell, rows.likely).skewness[0]
        assert found == pytest.approx(expected, rel=SKEWNESS)


def test_skewness_of_the_value_of_one_of_three_actions_is_exact_too() -> None:
    rows = rows_of(3, "weighted", actions=3)
    cells, by_cell = table_of(rows, gain=False)
    psi = influences(rows, rows.switches(gain=False))[1] @ rows.likely
    expected = (psi**3).mean() / (psi**2).mean() ** 1.5
    assert contrast_of(cells, by_cell, rows.likely).skewness[0] == pytest.approx(expected, rel=SKEWNESS)


@pytest.mark.parametrize("kind", KINDS)
def test_degrees_of_freedom_are_units_less_one_or_effective_clusters_less_one(kind: str) -> None:
    rows = rows_of(1, kind)
    cells, by_cell = table_of(rows, gain=True)
    known = rows.state != PENDING
    if rows.cluster is None:
        expected = known.sum() - 1.0
    else:
        sizes = np.bincount(rows.cluster[known], rows.weight[known])
        sizes = sizes[sizes > 0]
        expected = min(len(sizes), sizes.sum() ** 2 / (sizes**2).sum()) - 1
    assert contrast_of(cells, by_cell, rows.likely).degrees_of_freedom == pytest.approx(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_covariance_between_rules_is_the_sum_of_products_of_influence(kind: str) -> None:
    rng = np.random.default_rng(7)
    rows = rows_of(2, kind)
    known = rows.state != PENDING
    rules, psis = [], []
    cells, _ = table_of(rows, gain=True)
    for _ in range(4):
        flip = rng.integers(0, 2, (3, 2, 2))
        per_cell = flip[cells.state, cells.actions["mine"], cells.actions["theirs"]].astype(float)
        per_row = flip[rows.state, rows.mine, rows.theirs].astype(float)
        rules.append(np.column_stack([np.zeros(len(cells)), per_cell])[cells.known])
        _, psi, _ = influences(rows, np.column_stack([np.zeros(len(known)), per_row]))
        psis.append(psi @ rows.likely)
    found = covariance_between(cells.where(cells.known), np.array(rules), rows.likely)
    expected = np.array(psis) @ np.array(psis).T
    np.testing.assert_allclose(found, expected, rtol=ROUNDING, atol=ROUNDING * expected.max())


def counted_by_loop(rows: Rows, gain: bool) -> int:
    """Count units in each class on which the policies differ and value does, of classes that matter at all."""
    value, counts, last = rows.value, [], len(rows.worth) - 1
    theirs = rows.theirs if gain else np.full(len(rows.mine), last)
    known = rows.state != PENDING
    exchanged = {
        frozenset(pair) for pair in zip(rows.mine[known].tolist(), theirs[known].tolist(), strict=True)
    }
    for state in range(5):
        units, matters = set(), False
        for i in np.flatnonzero(rows.state == state):
            matters |= any(value[i, min(pair)] != value[i, max(pair)] for pair in exchanged)
            if value[i, rows.mine[i]] != value[i, theirs[i]]:
                units.add(i if rows.cluster is None else int(rows.cluster[i]))
        if matters:
            counts.append(len(units))
    return min(counts, default=0)


@pytest.mark.parametrize("kind", KINDS)
@given(
    seed=st.integers(0, 10_000),
    outcome_only=st.booleans(),
    actions=st.integers(2, 4),
    classes=st.integers(2, 4),
)
@settings(max_examples=30, deadline=None)
def test_deciding_events_are_those_of_a_loop_over_rows(
    kind: str, seed: int, outcome_only: bool, actions: int, classes: int
) -> None:
    rows = rows_of(seed, kind, actions, 40, classes)
    if outcome_only:
        rows = replace(rows, worth=rows.worth * np.array([0.0, 0.0, 1.0]))
    for gain in (False, True):
        cells, by_cell = table_of(rows, gain)
        known = cells.known
        assert deciding_events(cells.where(known), by_cell[known]) == counted_by_loop(rows, gain)


@pytest.mark.parametrize("kind", ["rows", "weighted"])
def test_skewness_of_a_lot_is_exact_where_the_actions_are_fractions_of_one_amount(kind: str) -> None:
    rows = rows_of(5, kind, 4)
    rows = replace(rows, worth=np.outer([0.3, 1.0, -0.4, 0.0], [0.0, 1.0, -2.0]))
    lots = np.array([[0.5, 0.2, 0.1], [-0.3, 0.6, -0.3], [0.0, 1.0, 0.0], [0.25, -0.5, 0.25]])
    cells, _ = table_of(rows, gain=True)
    by_cell = np.column_stack([np.zeros(len(cells)), lots[cells.actions["mine"]]])
    by_row = np.column_stack([np.zeros(len(rows.mine)), lots[rows.mine]])
    psi = influences(rows, by_row)[1] @ rows.likely
    expected = (psi**3).mean() / (psi**2).mean() ** 1.5
    assert contrast_of(cells, by_cell, rows.likely).skewness[0] == pytest.approx(expected, rel=SKEWNESS)


def test_an_action_that_nobody_takes_changes_nothing() -> None:
    rows = rows_of(9, "rows", 3, classes=3)
    worse = np.array([[-9.0, -9.0, -9.0]])
    more = replace(
        rows,
        worth=np.concatenate([rows.worth[:2], worse, rows.worth[2:]]),
        mine=np.where(rows.mine == 2, 3, rows.mine),
        theirs=np.where(rows.theirs == 2, 3, rows.theirs),
    )
    for gain in (False, True):
        (cells, by_cell), (wider, wide) = table_of(rows, gain), table_of(more, gain)
        one, other = contrast_of(cells, by_cell, rows.likely), contrast_of(wider, wide, more.likely)
        assert one.deciding_events.tolist() == other.deciding_events.tolist()
        assert one.skewness == pytest.approx(other.skewness, rel=ROUNDING)
        assert one.mean[0] @ rows.likely == pytest.approx(other.mean[0] @ more.likely, rel=ROUNDING)


@pytest.mark.parametrize("kind", ["rows", "clustered"])
def test_a_class_in_which_only_actions_that_are_not_exchanged_differ_is_no_class(kind: str) -> None:
    rows = rows_of(13, kind, 3, classes=2)
    # Between the first action and the last only rows of class 1 differ; the one in between is worse for every row.
    rows = replace(
        rows,
        worth=np.array([[0.0, 0.0, 1.0], [-5.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        mine=np.where(rows.mine == 1, 0, rows.mine),
        theirs=np.where(rows.theirs == 1, 2, rows.theirs),
    )
    cells, by_cell = table_of(rows, gain=True)
    differ = (rows.state == 1) & (rows.mine != rows.theirs)
    units = differ.sum() if rows.cluster is None else len(np.unique(rows.cluster[differ]))
    assert units > 0
    assert contrast_of(cells, by_cell, rows.likely).deciding_events[0] == units


def test_policies_that_agree_have_no_deciding_event_and_no_skewness() -> None:
    rows = rows_of(0, "rows", n=40)
    cells, by_cell = table_of(replace(rows, theirs=rows.mine), gain=True)
    found = contrast_of(cells, by_cell, rows.likely)
    assert found.deciding_events[0] == 0
    assert found.skewness[0] == 0.0


def test_one_unit_has_a_mean_and_no_variance() -> None:
    rows = rows_of(0, "rows", n=1)
    rows = replace(rows, state=np.zeros(1, dtype=np.int64))
    cells, by_cell = table_of(rows, gain=False)
    found = contrast_of(cells, by_cell, rows.likely)
    assert found.mean[0] @ rows.likely == pytest.approx(rows.value[0, rows.mine[0]])
    assert np.isnan(found.covariance).all()
    assert np.isnan(found.skewness).all()


def test_two_units_have_the_variance_of_their_difference() -> None:
    rows = replace(rows_of(0, "rows", n=2), state=np.zeros(2, dtype=np.int64))
    cells, by_cell = table_of(rows, gain=False)
    found = contrast_of(cells, by_cell, rows.likely)
    own = rows.value[np.arange(2), rows.mine]
    variance = float((found.covariance[0] @ rows.likely) @ rows.likely)
    assert variance == pytest.approx(np.var(own, ddof=1), rel=ROUNDING)


def test_weights_that_are_small_leave_as_many_clusters_as_large_ones() -> None:
    rows = rows_of(3, "weighted clusters")
    freedoms = []
    for scale in (1.0, 1e-6):
        cells, by_cell = table_of(replace(rows, weight=scale * rows.weight), gain=True)
        freedoms.append(contrast_of(cells, by_cell, rows.likely).degrees_of_freedom)
    assert freedoms[1] == pytest.approx(freedoms[0], rel=ROUNDING)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk", [contributions.CHUNK, 1_000])
def test_many_rules_at_once_are_what_each_is_alone(
    kind: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(11, kind)
    cells, switches = table_of(rows, gain=True)
    rng = np.random.default_rng(12)
    rules = np.stack([switches, np.zeros_like(switches), switches * rng.integers(0, 2, (len(switches), 1))])
    monkeypatch.setattr(contributions, "CHUNK", chunk)
    together = contrast_of_rules(cells, rules, rows.likely)
    assert together.rules == 3
    for number, one in enumerate(rules):
        alone = contrast_of(cells, one, rows.likely)
        assert (together.units, together.rows) == (alone.units, alone.rows)
        assert together.degrees_of_freedom == pytest.approx(alone.degrees_of_freedom, rel=ROUNDING)
        for name in ("mean", "covariance", "skewness", "deciding_events"):
            mine, theirs = getattr(together, name)[number], getattr(alone, name)[0]
            assert mine == pytest.approx(theirs, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_the_rows_has_the_contrast_that_it_has_alone(kind: str) -> None:
    rows = rows_of(41, kind, 3)
    cells, switches = table_of(rows, gain=True)
    part = np.sort(np.arange(len(cells)) % 4)
    found = contributions.contrasts_of(cells, switches, rows.likely, part, 4)
    assert len(found) == 4
    for j, one in enumerate(found):
        alone = contrast_of(cells.where(part == j), switches[part == j], rows.likely)
        for name in ("mean", "covariance", "skewness", "deciding_events"):
            ours, theirs = getattr(one, name), getattr(alone, name)
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=ROUNDING, atol=ROUNDING)


def test_a_part_without_rows_is_told_as_one_beside_a_single_cell() -> None:
    rows = replace(rows_of(3, "rows", n=1), state=np.zeros(1, dtype=np.int64))
    cells, switches = table_of(rows, gain=False)
    first, second = contributions.contrasts_of(cells, switches, rows.likely, np.zeros(1, dtype=np.int64), 2)
    assert (first.rows, second.rows) == (1, 0)
    assert first.mean[0] == pytest.approx(contrast_of(cells, switches, rows.likely).mean[0])
