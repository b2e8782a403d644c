"""Sums over rows: merging in any order, exact money with carries, and what cannot be added."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payoff.tables import BASE, PENDING, Cells, Moments

PARTS, ACTIONS = 2, 2
# Sums of tens of doubles between 0 and 1000 in another order.
ROUNDING = 1e-9


def moments_of(rng: np.random.Generator, cells: int, shift: np.ndarray | None = None) -> Moments:
    high = rng.integers(-(10**6), 10**6, (cells, ACTIONS))
    return Moments(
        rows=rng.integers(0, 50, cells),
        weight=rng.random(cells),
        weight2=rng.random(cells),
        weight3=rng.random(cells),
        total_high=high,
        total_low=rng.integers(0, BASE, (cells, ACTIONS)),
        nonzero=rng.integers(0, 50, (cells, ACTIONS - 1)),
        shift=np.zeros((cells, PARTS)) if shift is None else shift,
        first=rng.normal(0, 100, (cells, PARTS)),
        first2=rng.normal(0, 100, (cells, PARTS)),
        second=rng.normal(0, 100, (cells, PARTS, PARTS)),
        third=rng.normal(0, 100, (cells, 2 * ACTIONS - 1, 4)),
    )


DOUBLES = ("weight", "weight2", "weight3", "first", "first2", "second", "third")


@given(seed=st.integers(0, 10_000), cells=st.integers(1, 60), size=st.integers(1, 9))
@settings(deadline=None)
def test_merged_cells_are_the_sums_of_their_cells(seed: int, cells: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    several, key = moments_of(rng, cells), rng.integers(0, size, cells)
    merged = several.merged(key, size)
    for name in (*DOUBLES, "rows", "nonzero"):
        column = getattr(several, name)
        for cell in range(size):
            expected = sum((column[i] for i in range(cells) if key[i] == cell), np.zeros(column.shape[1:]))
            np.testing.assert_allclose(getattr(merged, name)[cell], expected, rtol=ROUNDING, atol=ROUNDING)


@given(seed=st.integers(0, 10_000), cells=st.integers(1, 60), size=st.integers(1, 9))
@settings(deadline=None)
def test_the_order_of_cells_does_not_matter(seed: int, cells: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    several, key = moments_of(rng, cells), rng.integers(0, size, cells)
    order = rng.permutation(cells)
    one, other = several.merged(key, size), several.take(order).merged(key[order], size)
    for name in ("rows", "nonzero", "total_high", "total_low"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in DOUBLES:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=ROUNDING, atol=ROUNDING)


@given(seed=st.integers(0, 10_000), cells=st.integers(1, 40))
@settings(deadline=None)
def test_totals_in_quanta_are_exact_integers_through_any_merge(seed: int, cells: int) -> None:
    rng = np.random.default_rng(seed)
    several = moments_of(rng, cells)
    expected = tuple(
        sum(int(several.total_high[i, a]) * BASE + int(several.total_low[i, a]) for i in range(cells))
        for a in range(ACTIONS)
    )
    merged = several.merged(rng.integers(0, 5, cells), 5)
    assert several.exact_totals() == expected
    assert merged.exact_totals() == expected
    assert merged.merged(np.zeros(5, dtype=np.intp), 1).exact_totals() == expected
    assert ((merged.total_low >= 0) & (merged.total_low < BASE)).all()


def test_low_ends_that_overflow_carry_into_the_high_end() -> None:
    rng = np.random.default_rng(0)
    many = moments_of(rng, 3)
    full = Moments(
        **{name: getattr(many, name) for name in many.__slots__ if not name.startswith("total")},
        total_high=np.array([[-1, 0], [0, 5], [0, 0]]),
        total_low=np.full((3, 2), BASE - 1),
    )
    merged = full.merged(np.zeros(3, dtype=np.intp), 1)
    assert merged.total_high.tolist() == [[1, 7]]
    assert merged.total_low.tolist() == [[BASE - 3, BASE - 3]]


def test_cells_of_different_shift_are_not_added() -> None:
    shift = np.array([[0.0, 1.0], [0.0, 2.0]])
    several = moments_of(np.random.default_rng(1), 2, shift)
    with pytest.raises(ValueError, match="shift"):
        several.merged(np.zeros(2, dtype=np.intp), 1)
    apart = several.merged(np.array([1, 0]), 2)
    np.testing.assert_array_equal(apart.shift, shift[::-1])


def test_keys_without_cells_are_empty_cells() -> None:
    merged = moments_of(np.random.default_rng(2), 2).merged(np.array([3, 3]), 5)
    assert merged.rows[[0, 1, 2, 4]].tolist() == [0, 0, 0, 0]
    assert not merged.second[[0, 1, 2, 4]].any()


def test_more_keys_than_sixteen_bits_hold_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    several, size = moments_of(rng, 4), 2**16 + 10
    key = np.array([1, 2**16 + 1, 1, 2**16 + 1])
    merged = several.merged(key, size)
    assert merged.rows[1] == several.rows[0] + several.rows[2]
    assert merged.rows[2**16 + 1] == several.rows[1] + several.rows[3]


def test_part_sums_undo_the_shift() -> None:
    parts = [Fraction(7, 2), Fraction(11, 4)]
    weights = [Fraction(2), Fraction(1, 2)]
    shift = 3.0
    one = moments_of(np.random.default_rng(4), 1, np.array([[shift, 0.0]]))
    first = sum(float(w * (p - 3)) for w, p in zip(weights, parts, strict=True))
    held = Moments(
        **{name: getattr(one, name) for name in one.__slots__ if name not in ("weight", "first")},
        weight=np.array([2.5]),
        first=np.array([[first, 0.0]]),
    )
    assert held.part_sums()[0, 0] == float(sum(w * p for w, p in zip(weights, parts, strict=True)))


def test_columns_of_different_lengths_and_negative_rows_are_refused() -> None:
    one = moments_of(np.random.default_rng(5), 2)
    rest = {name: getattr(one, name) for name in one.__slots__ if name != "rows"}
    with pytest.raises(ValueError, match="lengths"):
        Moments(rows=np.array([1]), **rest)
    with pytest.raises(ValueError, match="negative"):
        Moments(rows=np.array([1, -1]), **rest)
    with pytest.raises(ValueError, match="lengths"):
        Cells(group=np.zeros(1, dtype=np.int64), state=np.zeros(2, dtype=np.int64), actions={}, moments=one)


def test_joined_and_taken_cells_are_the_cells_in_that_order() -> None:
    rng = np.random.default_rng(6)
    one, other = moments_of(rng, 3), moments_of(rng, 2)
    both = Moments.joined([one, other])
    assert len(both) == 5
    for name in DOUBLES:
        np.testing.assert_array_equal(getattr(both.take(np.array([4, 0])), name)[0], getattr(other, name)[1])
        np.testing.assert_array_equal(getattr(both.take(np.array([4, 0])), name)[1], getattr(one, name)[0])


def test_where_keeps_every_key_beside_its_sums() -> None:
    rng = np.random.default_rng(7)
    cells = Cells(
        group=np.arange(4),
        state=np.array([0, PENDING, 1, PENDING]),
        actions={"a": np.array([0, 1, 0, 1])},
        moments=moments_of(rng, 4),
        score=np.array([0.1, 0.2, 0.3, 0.4]),
        cluster=np.array([5, 6, 7, 8]),
        pending_low=np.array([0.0, -1.0, 0.0, -2.0]),
        pending_high=np.array([0.0, 1.0, 0.0, 2.0]),
    )
    known = cells.where(cells.known)
    assert known.group.tolist() == [0, 2]
    assert known.score is not None
    assert known.score.tolist() == [0.1, 0.3]
    assert known.cluster is not None
    assert known.cluster.tolist() == [5, 7]
    assert known.moments.rows.tolist() == cells.moments.rows[[0, 2]].tolist()
    pending = cells.where(~cells.known)
    assert pending.pending_low is not None
    assert pending.pending_low.tolist() == [-1.0, -2.0]
    assert cells.where(np.ones(4, dtype=np.bool_)) is cells
