"""Adding cells up: associative, in any order, and what a plain loop over cells or a pandas groupby gives."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from payoff.tables import BASE, Cells, Keyed, Moments, Spread, joined, merge

# Sums of tens of doubles in another order.
ROUNDING = 1e-9
SHIFT = np.array([[0.0, 2.5], [-1.5, 0.25], [0.0, 2.5]])
EXACT = ("rows", "total_high", "total_low", "nonzero")
DOUBLES = ("weight", "weight2", "weight3", "first", "first2", "second", "third")
sizes, seeds = st.integers(0, 40), st.integers(0, 10_000)


def cells_of(
    seed: int, size: int, *, grid: bool = False, cluster: bool = False, score: bool = False
) -> Keyed:
    """Return cells with a period, a slice in text, two policies, and what else is asked for."""
    rng = np.random.default_rng(seed)
    state = rng.integers(0, 3, size)
    low = rng.integers(0, 50, size) / 64
    weight = rng.integers(1, 9, size) / 4
    moments = Moments(
        rows=rng.integers(0, 50, size),
        weight=weight,
        weight2=rng.random(size),
        weight3=rng.random(size),
        total_high=rng.integers(-(10**6), 10**6, (size, 2)),
        total_low=rng.integers(BASE - 10, BASE, (size, 2)),
        nonzero=rng.integers(0, 50, (size, 1)),
        shift=SHIFT[state],
        first=rng.normal(0, 100, (size, 2)),
        first2=rng.normal(0, 100, (size, 2)),
        second=rng.normal(0, 100, (size, 2, 2)),
        third=rng.normal(0, 100, (size, 3, 4)),
    )
    cells = Cells(
        group=rng.integers(0, 3, size),
        state=state,
        actions={"a": rng.integers(0, 2, size), "b": rng.integers(0, 2, size)},
        moments=moments,
        score=low if score or grid else None,
        cell=rng.integers(-3, 3, size) if grid else None,
        spread=Spread(low=low, high=low + 0.25, first=weight * low, second=weight * low**2) if grid else None,
        cluster=rng.integers(0, 3, size) if cluster else None,
        pending_low=-rng.random(size),
        pending_high=rng.random(size),
    )
    words = np.array(["", "a", "A", "é", "-1"], dtype=object)
    return Keyed(cells=cells, keys={"t": rng.integers(-2, 2, size), "x": words[rng.integers(0, 5, size)]})


def keys_of(
    keyed: Keyed, *, group: bool = True, keep: tuple[str, ...] | None = None
) -> list[tuple[Any, ...]]:
    """Return the key of every cell, by attribute."""
    cells = keyed.cells
    names = tuple(keyed.keys) if keep is None else keep
    columns = [keyed.keys[name] for name in names]
    columns += [
        cells.group if group else np.zeros(len(cells)),
        cells.state,
        cells.actions["a"],
        cells.actions["b"],
    ]
    columns += [column for column in (cells.cell, cells.cluster) if column is not None]
    columns += [cells.score] if cells.cell is None and cells.score is not None else []
    return list(zip(*(column.tolist() for column in columns), strict=True))


def exact_totals(moments: Moments) -> list[tuple[int, int]]:
    pairs = zip(moments.total_high.tolist(), moments.total_low.tolist(), strict=True)
    return [tuple(high * BASE + low for high, low in zip(*pair, strict=True)) for pair in pairs]


def assert_same(one: Keyed, other: Keyed) -> None:
    assert keys_of(one) == keys_of(other)
    for name in EXACT:
        np.testing.assert_array_equal(getattr(one.cells.moments, name), getattr(other.cells.moments, name))
    for name in DOUBLES:
        np.testing.assert_allclose(
            getattr(one.cells.moments, name), getattr(other.cells.moments, name), rtol=ROUNDING, atol=ROUNDING
        )
    for name in ("pending_low", "pending_high"):
        np.testing.assert_allclose(getattr(one.cells, name), getattr(other.cells, name), rtol=ROUNDING)
    if one.cells.spread is not None and other.cells.spread is not None:
        for name in ("low", "high"):
            np.testing.assert_array_equal(getattr(one.cells.spread, name), getattr(other.cells.spread, name))
        for name in ("first", "second"):
            theirs = getattr(other.cells.spread, name)
            np.testing.assert_allclose(getattr(one.cells.spread, name), theirs, rtol=ROUNDING)


def shuffled(keyed: Keyed, seed: int) -> Keyed:
    order = np.random.default_rng(seed).permutation(len(keyed.cells))
    return Keyed(cells=keyed.cells.take(order), keys={name: one[order] for name, one in keyed.keys.items()})


KINDS: dict[str, dict[str, bool]] = {
    "decisions": {},
    "clusters": {"cluster": True},
    "exact scores": {"score": True},
    "a grid": {"grid": True},
    "a grid with clusters": {"grid": True, "cluster": True},
}
kinds = st.sampled_from(sorted(KINDS))
keeps = st.sampled_from([None, (), ("t",), ("x",), ("x", "t")])


@given(seeds, st.integers(1, 40), kinds, st.booleans(), keeps)
def test_merged_cells_are_those_of_a_groupby(
    seed: int, size: int, kind: str, group: bool, keep: tuple[str, ...] | None
) -> None:
    keyed = cells_of(seed, size, **KINDS[kind])
    found = merge(keyed, group=group, keep=keep)
    keys = keys_of(keyed, group=group, keep=keep)
    assert keys_of(found, keep=keep) == sorted(set(keys))
    frame = pd.DataFrame({"key": pd.factorize(pd.Series(keys), sort=True)[0]})
    for name in ("rows", *DOUBLES):
        column = getattr(keyed.cells.moments, name).reshape(size, -1)
        expected = pd.DataFrame(column).groupby(frame["key"]).sum().to_numpy()
        mine = getattr(found.cells.moments, name).reshape(len(expected), -1)
        np.testing.assert_allclose(mine, expected, rtol=ROUNDING, atol=ROUNDING)
    totals: dict[Any, NDArray[np.object_]] = {}
    for key, total in zip(keys, exact_totals(keyed.cells.moments), strict=True):
        totals[key] = totals.get(key, np.zeros(2, dtype=object)) + np.array(total, dtype=object)
    assert exact_totals(found.cells.moments) == [tuple(totals[key]) for key in sorted(totals)]
    assert ((found.cells.moments.total_low >= 0) & (found.cells.moments.total_low < BASE)).all()


@given(seeds, sizes, kinds)
def test_merging_twice_or_in_another_order_changes_nothing(seed: int, size: int, kind: str) -> None:
    keyed = cells_of(seed, size, **KINDS[kind])
    once = merge(keyed)
    assert_same(merge(once), once)
    assert_same(merge(shuffled(keyed, seed + 1)), once)


@given(seeds, st.lists(sizes, min_size=1, max_size=4), kinds)
def test_parts_may_be_merged_before_they_are_joined(seed: int, several: list[int], kind: str) -> None:
    parts = [cells_of(seed + j, size, **KINDS[kind]) for j, size in enumerate(several)]
    whole = merge(joined(parts))
    assert_same(merge(joined([merge(part) for part in parts])), whole)
    assert_same(merge(joined([merge(joined(parts[:1])), *parts[1:]])), whole)
    assert_same(merge(joined(parts[::-1])), whole)


@given(seeds, sizes, kinds)
def test_keys_may_be_left_out_one_after_the_other(seed: int, size: int, kind: str) -> None:
    keyed = cells_of(seed, size, **KINDS[kind])
    at_once = merge(keyed, group=False, keep=())
    assert_same(merge(merge(merge(keyed), keep=("t",)), group=False, keep=()), at_once)
    assert_same(merge(merge(keyed, group=False), keep=()), at_once)


@given(seeds, sizes)
def test_joined_cells_are_the_cells_one_after_the_other(seed: int, size: int) -> None:
    one, other = cells_of(seed, size, grid=True), cells_of(seed + 1, 7, grid=True)
    both = joined([one, other])
    assert keys_of(both) == keys_of(one) + keys_of(other)
    assert len(both.cells) == size + 7


@given(seeds, st.integers(1, 40), st.booleans())
def test_spreads_keep_the_ends_and_the_sums_of_their_cells(seed: int, size: int, cluster: bool) -> None:
    keyed = cells_of(seed, size, grid=True, cluster=cluster)
    found = merge(keyed)
    spread, before = found.cells.spread, keyed.cells.spread
    assert spread is not None
    assert before is not None
    keys = keys_of(keyed)
    for place, key in enumerate(keys_of(found)):
        here = [j for j, other in enumerate(keys) if other == key]
        assert spread.low[place] == before.low[here].min()
        assert spread.high[place] == before.high[here].max()
        assert spread.first[place] == pytest.approx(before.first[here].sum())
        assert spread.second[place] == pytest.approx(before.second[here].sum())
        mean = np.average(before.low[here], weights=keyed.cells.moments.weight[here])
        assert found.cells.score[place] == pytest.approx(mean)


def test_totals_carry_where_low_ends_overflow_and_borrow_where_high_ends_are_negative() -> None:
    keyed = cells_of(1, 3)
    moments = keyed.cells.moments
    held = {
        name: getattr(moments, name) for name in moments.__slots__ if not name.startswith(("total", "shift"))
    }
    cells = Cells(
        group=np.zeros(3, dtype=np.int64),
        state=np.zeros(3, dtype=np.int64),
        actions={},
        moments=Moments(
            total_high=np.array([[-1, 0], [-1, 2**40], [0, -(2**40)]]),
            total_low=np.array([[BASE - 1, BASE - 1], [BASE - 1, BASE - 1], [1, BASE - 1]]),
            shift=np.zeros((3, 2)),
            **held,
        ),
    )
    found = merge(Keyed(cells=cells, keys={})).cells.moments
    assert exact_totals(found) == [(-1, 3 * (BASE - 1))]
    assert found.total_low.tolist() == [[BASE - 1, BASE - 3]]


def test_text_keys_are_told_apart_by_every_letter_and_kept_in_order() -> None:
    words = np.array(["b", "a", "B", "a ", "a", "", "é", "b"], dtype=object)
    cells = cells_of(2, len(words)).cells
    plain = Cells(
        group=np.zeros(len(words), dtype=np.int64),
        state=np.zeros(len(words), dtype=np.int64),
        actions={},
        moments=Moments(
            **{name: getattr(cells.moments, name) for name in cells.moments.__slots__ if name != "shift"},
            shift=np.zeros((len(words), 2)),
        ),
    )
    found = merge(Keyed(cells=plain, keys={"x": words}))
    assert found.keys["x"].tolist() == sorted(set(words))
    assert found.cells.moments.rows.tolist() == [
        int(cells.moments.rows[words == word].sum()) for word in sorted(set(words))
    ]
