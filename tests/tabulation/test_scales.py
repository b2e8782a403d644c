"""Laws of score cells: they rise with the score, nest, split where a threshold is, and are the same in NumPy."""

import itertools
import math
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from payoff.choices import Grid
from payoff.tabulation.scales import ROUNDED_TO, block_sql, cell_sql, coarse_sql, fine_sql

Floats = NDArray[np.float64]

# Thousands of scores a law, in few queries.
LISTS, LONGEST = 60, 200
LARGEST = 1e308
DENORMAL = 5e-324
BELOW_ONE = 1.0 - 2.0**-53
ENDS = [0.0, DENORMAL, 2.0**-1022, 1e-300, 0.25, 0.5, BELOW_ONE, 1.0]

probabilities = st.one_of(
    st.floats(0.0, 1.0),
    st.sampled_from(ENDS),
    st.integers(0, ROUNDED_TO).map(lambda k: k / ROUNDED_TO),
    st.integers(1, 1000).map(lambda k: k * DENORMAL),
    st.integers(1, 1000).map(lambda k: 1.0 - k * 2.0**-53),
    st.floats(0.4999, 0.5001),
)
ranks = st.one_of(
    st.floats(-LARGEST, LARGEST),
    st.floats(-100.0, 100.0),
    st.floats(0.0, 1e-6).map(lambda tiny: 1000.0 + tiny),
    st.integers(-50, 50).map(float),
    st.sampled_from([*ENDS, -0.0, *(-end for end in ENDS), -LARGEST, LARGEST, 1e200, -1e200, 1e15]),
)
PROBABILITY = Grid(kind="probability", steps=2**14, coarse=2**5)
RANK = Grid(kind="rank", steps=2**17, coarse=2**7)
KINDS = {"probability": (PROBABILITY, probabilities), "rank": (RANK, ranks)}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        yield connection


def asked(database: duckdb.DuckDBPyConnection, scores: Floats, *columns: str) -> list[NDArray[np.int64]]:
    """Return what each column of SQL says of every score, in the order given."""
    database.register("scores", {"number": np.arange(len(scores)), "s": scores})
    named = ", ".join(f"{sql} as c{j}" for j, sql in enumerate(columns))
    found = database.execute(f"select {named} from scores order by number").fetchnumpy()
    return [np.asarray(found[f"c{j}"], dtype=np.int64) for j in range(len(columns))]


def cells_by_numpy(grid: Grid, scores: Floats) -> NDArray[np.int64]:
    """Return the cells by the formula that ``choices.grids`` states, in NumPy."""
    if grid.kind == "probability":
        roots = np.sqrt(np.sqrt(scores)) - np.sqrt(np.sqrt(1.0 - scores)) + 1.0
        return np.floor(roots * grid.steps).astype(np.int64)
    root = np.abs(scores)
    for _ in range(5):
        root = np.sqrt(root)
    steps = np.floor(root * grid.steps).astype(np.int64)
    return np.where(scores < 0, -1 - steps, steps)


def many(kind: str, seed: int = 0) -> Floats:
    """Return some ten thousand scores, crowded where grids could go wrong, with their neighbours among doubles."""
    rng = np.random.default_rng(seed)
    if kind == "probability":
        plain = [
            rng.random(2000),
            10.0 ** rng.uniform(-320, 0, 2000),
            1.0 - 10.0 ** rng.uniform(-16, 0, 1000),
        ]
        scores = np.concatenate([*plain, 0.5 + rng.normal(0, 1e-5, 500), np.arange(101) / 100, ENDS])
        near = [np.nextafter(scores, 0.0), scores, np.nextafter(scores, 1.0)]
        return np.clip(np.concatenate(near), 0.0, 1.0)
    sizes = 10.0 ** rng.uniform(-320, 308, 2000)
    scores = np.concatenate(
        [sizes, -sizes, rng.normal(0, 3, 1000), 1000 + rng.normal(0, 1e-9, 500), [0.0, -0.0]]
    )
    return np.concatenate([np.nextafter(scores, -np.inf), scores, np.nextafter(scores, np.inf)])


def edges_of(scores: Floats) -> Grid:
    """Return a grid by edges among the scores, least and greatest included."""
    held = np.unique(scores)
    picked = held[np.unique(np.linspace(0, len(held) - 1, 64).round().astype(int))]
    return Grid(kind="edges", steps=512, coarse=64, edges=tuple(picked.tolist()))


def assert_rising(scores: Floats, cells: NDArray[np.int64]) -> None:
    order = np.argsort(scores, kind="stable")
    assert (np.diff(cells[order]) >= 0).all()
    ties = np.diff(scores[order]) == 0
    assert (np.diff(cells[order])[ties] == 0).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=LISTS)
@given(data=st.data())
def test_cells_never_fall_as_scores_rise_and_tied_scores_share_one(
    database: duckdb.DuckDBPyConnection, kind: str, data: st.DataObject
) -> None:
    grid, each = KINDS[kind]
    scores = np.array(data.draw(st.lists(each, min_size=1, max_size=LONGEST)))
    assert_rising(scores, asked(database, scores, cell_sql(grid, "s"))[0])
    edges = edges_of(scores)
    assert_rising(scores, asked(database, scores, cell_sql(edges, "s"))[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [2**8, 2**12, 2**17, 2**20, 2**27])
def test_cells_are_those_of_the_same_formula_in_numpy_to_the_last_bit(
    database: duckdb.DuckDBPyConnection, kind: str, steps: int
) -> None:
    scores, grid = many(kind, steps), Grid(kind=KINDS[kind][0].kind, steps=steps)
    found = asked(database, scores, cell_sql(grid, "s"))[0]
    np.testing.assert_array_equal(found, cells_by_numpy(grid, scores))
    assert_rising(scores, found)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=LISTS)
@given(data=st.data())
def test_any_score_that_hypothesis_finds_has_the_same_cell_in_numpy(
    database: duckdb.DuckDBPyConnection, kind: str, data: st.DataObject
) -> None:
    grid, each = KINDS[kind]
    scores = np.array(data.draw(st.lists(each, min_size=1, max_size=LONGEST)))
    np.testing.assert_array_equal(
        asked(database, scores, cell_sql(grid, "s"))[0], cells_by_numpy(grid, scores)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("halvings", [1, 2, 5])
def test_fewer_steps_by_halves_are_the_same_grid_with_neighbours_joined(
    database: duckdb.DuckDBPyConnection, kind: str, halvings: int
) -> None:
    scores, grid = many(kind), KINDS[kind][0]
    fewer = Grid(kind=grid.kind, steps=grid.steps >> halvings)
    fine, coarse = asked(database, scores, cell_sql(grid, "s"), cell_sql(fewer, "s"))
    np.testing.assert_array_equal(fine >> halvings, coarse)


@pytest.mark.parametrize("kind", KINDS)
def test_more_rows_give_a_grid_that_divides_the_cells_of_fewer(
    database: duckdb.DuckDBPyConnection, kind: str
) -> None:
    scores, steps = many(kind), KINDS[kind][0].steps
    pairs = asked(
        database,
        scores,
        *(cell_sql(Grid(kind=KINDS[kind][0].kind, steps=steps * by), "s") for by in (1, 2, 4)),
    )
    for fewer, more in itertools.pairwise(pairs):
        both = np.unique(np.stack([more, fewer]), axis=1)
        assert len(np.unique(both[0])) == both.shape[1]


@pytest.mark.parametrize("kind", [*KINDS, "edges"])
@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_threshold_in_use_splits_cells_and_stretches_exactly_where_it_is(
    database: duckdb.DuckDBPyConnection, kind: str, place: float
) -> None:
    scores = many("rank" if kind == "edges" else kind, 1)
    grid = edges_of(scores) if kind == "edges" else KINDS[kind][0]
    at = float(np.quantile(scores, place, method="nearest"))
    split = Grid(kind=grid.kind, steps=grid.steps, coarse=grid.coarse, edges=grid.edges, at=at)
    whole, fine, coarse = asked(
        database, scores, cell_sql(grid, "s"), fine_sql(split, "s"), coarse_sql(split, fine_sql(split, "s"))
    )
    np.testing.assert_array_equal((fine >> 1) & 1, scores >= at)
    np.testing.assert_array_equal(coarse & 1, scores >= at)
    np.testing.assert_array_equal(fine >> 2, whole)
    np.testing.assert_array_equal(coarse >> 1, whole // grid.coarse)
    assert_rising(scores, fine >> 1)
    assert_rising(scores, coarse)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=LISTS)
@given(data=st.data())
def test_a_threshold_among_the_scores_leaves_none_on_the_wrong_side(
    database: duckdb.DuckDBPyConnection, kind: str, data: st.DataObject
) -> None:
    grid, each = KINDS[kind]
    scores = np.array(data.draw(st.lists(each, min_size=1, max_size=LONGEST)))
    at = float(data.draw(st.sampled_from(scores.tolist())))
    split = Grid(kind=grid.kind, steps=grid.steps, coarse=grid.coarse, at=at)
    fine, coarse = asked(database, scores, fine_sql(split, "s"), coarse_sql(split, fine_sql(split, "s")))
    for cells in (fine >> 1, coarse):
        above, below = cells[scores >= at], cells[scores < at]
        assert not len(below) or above.min() > below.max()


def test_without_a_threshold_no_cell_is_split(database: duckdb.DuckDBPyConnection) -> None:
    scores = many("probability")
    fine, coarse = asked(
        database, scores, fine_sql(PROBABILITY, "s"), coarse_sql(PROBABILITY, fine_sql(PROBABILITY, "s"))
    )
    assert not ((fine >> 1) & 1).any()
    assert not (coarse & 1).any()


@pytest.mark.parametrize("seed", range(4))
def test_edges_number_every_score_within_the_steps_between_its_two(
    database: duckdb.DuckDBPyConnection, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    scores = [
        many("rank", seed),
        1000 + rng.random(5000) * 1e-6,
        rng.integers(0, 9, 500) * 1.0,
        np.full(9, 0.3),
    ][seed]
    grid = edges_of(scores)
    found = asked(database, scores, cell_sql(grid, "s"))[0]
    between = np.searchsorted(grid.edges, scores, side="right") - 1
    np.testing.assert_array_equal(found // grid.steps, between)
    assert_rising(scores, found)
    outside = np.array([np.nextafter(scores.min(), -np.inf), np.nextafter(scores.max(), np.inf)])
    below, above = asked(database, outside, cell_sql(grid, "s"))[0]
    assert below == -1
    assert above == found.max()


def test_edges_part_what_crowds_between_two_of_them_evenly(database: duckdb.DuckDBPyConnection) -> None:
    scores = np.linspace(1000.0, 1000.0 + 1e-6, 4000)
    grid = edges_of(scores)
    found = asked(database, scores, cell_sql(grid, "s"))[0]
    rank = asked(database, scores, cell_sql(RANK, "s"))[0]
    assert len(np.unique(rank)) == 1
    assert np.bincount(found - found.min()).max() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_round_scores_stand_apart_from_the_others_of_their_stretch(
    database: duckdb.DuckDBPyConnection, kind: str
) -> None:
    grid, low = KINDS[kind][0], 0 if kind == "probability" else -3 * ROUNDED_TO
    round_scores = np.arange(low, ROUNDED_TO + 1) / ROUNDED_TO
    beside = np.concatenate([np.nextafter(round_scores, -np.inf), np.nextafter(round_scores, np.inf)])
    beside = beside[(kind == "rank") | ((beside >= 0) & (beside <= 1))]
    mine, others = (asked(database, one, fine_sql(grid, "s"))[0] for one in (round_scores, beside))
    assert (mine & 1).all()
    assert not (others & 1).any()
    assert not np.intersect1d(mine, others).size


def test_ranks_too_large_for_digits_behind_the_point_are_not_taken_for_rounded(
    database: duckdb.DuckDBPyConnection,
) -> None:
    scores = np.array([1e15, -1e15, 1e200, -1e308, math.nextafter(1e15, 0.0)])
    assert (asked(database, scores, fine_sql(RANK, "s"))[0] & 1).tolist() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 120])
def test_a_block_is_the_number_of_cuts_at_or_below_the_score(
    database: duckdb.DuckDBPyConnection, count: int
) -> None:
    scores = many("rank", 2)
    at = np.sort(np.random.default_rng(count).choice(np.unique(scores), count, replace=False))
    found = asked(database, scores, block_sql("s", at.tolist()))[0]
    np.testing.assert_array_equal(found, np.searchsorted(at, scores, side="right"))


def test_exact_scores_have_no_cells() -> None:
    with pytest.raises(ValueError, match="exact"):
        cell_sql(Grid(kind="exact"), "s")
