"""Several groupings of the same rows: in one scan or one by one, the cells are the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from payoff.tabulation.grouping import MISSING, Grouping, grouped

Make = Callable[..., Any]

N = 2_000
SOURCE = (
    'select y, p * 1.0e0 as p, a, cast(floor(p * 8) as bigint) as c, "where" as x0, y * 2 as g from source'
)
GROUPINGS = (
    Grouping(("c", "y"), {"n_rows": "count(*)", "least": "min(p)", "total": "sum(p)"}),
    Grouping(("g", "y"), {"n_rows": "count(*)"}),
    Grouping(("x0", "y"), {"n_rows": "count(*)", "first": "sum(a)"}),
    Grouping(("y",), {"n_rows": "count(*)", "first": "sum(a)"}),
    Grouping((), {"n_rows": "count(*)"}),
    Grouping(("c", "y"), {"n_rows": "count(*)", "first": "sum(a)"}, through=("c", "g", "x0", "y")),
    Grouping(("x0", "g"), {"n_rows": "count(*)", "first": "sum(a)"}, through=("c", "g", "x0", "y")),
)


class Singly:
    """An engine that answers each grouping by a query of its own."""

    shares_scans = False

    def __init__(self, engine: Any) -> None:
        self.asked, self._engine = 0, engine

    def columns(self, query: str) -> Any:
        self.asked += 1
        return self._engine.columns(query)


class Together(Singly):
    """An engine that is asked for all of them at once."""

    shares_scans = True


def rows_of(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    where = rng.choice(np.array(["north", "south", None], dtype=object), N)
    return {"y": rng.integers(0, 2, N), "p": rng.random(N), "a": rng.integers(0, 50, N) * 1.0, "where": where}


def cells(found: Any, one: Grouping) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the sums of every cell by its keys."""
    keys = zip(*(found[name].tolist() for name in one.keys), strict=True) if one.keys else [()]
    sums = zip(*(found[name].tolist() for name in one.aggregates), strict=True)
    return dict(zip(keys, sums, strict=True))


@pytest.fixture
def asked(open_rows: Make, make_spec: Make) -> Callable[..., Any]:
    """Return what groups rows on an engine of a kind, with how often that was asked."""

    def of(rows: dict[str, Any], kind: type[Singly]) -> tuple[list[Any], int]:
        with open_rows(rows, make_spec({"act": "p", "skip": 0})) as (_, engine, _):
            asking = kind(engine)
            return grouped(asking, SOURCE, GROUPINGS, ("x0",)), asking.asked

    return of


@pytest.mark.parametrize("seed", range(5))
def test_one_scan_gives_the_cells_of_a_query_for_each_grouping(asked: Make, seed: int) -> None:
    rows = rows_of(seed)
    (alone, many), (together, once) = asked(rows, Singly), asked(rows, Together)
    assert (many, once) == (4, 1)  # groupings with the same sums share a query in any case
    for one, each, all_at_once in zip(GROUPINGS, alone, together, strict=True):
        expected, found = cells(each, one), cells(all_at_once, one)
        assert expected.keys() == found.keys()
        # Doubles are added in whatever order the engine's threads come.
        np.testing.assert_allclose(
            [found[key] for key in expected], list(expected.values()), rtol=1e-12, atol=0
        )


def test_cells_counted_through_finer_ones_are_those_of_the_rows(asked: Make) -> None:
    rows = rows_of(8)
    found = cells(asked(rows, Together)[0][5], GROUPINGS[5])
    expected: dict[tuple[int, int], tuple[int, float]] = {}
    for p, y, amount in zip(rows["p"].tolist(), rows["y"].tolist(), rows["a"].tolist(), strict=True):
        count, total = expected.get((int(p * 8), y), (0, 0.0))
        expected[(int(p * 8), y)] = (count + 1, total + amount)
    assert found == expected


def test_cells_are_those_of_a_loop_over_rows(asked: Make) -> None:
    rows = rows_of(9)
    found = cells(asked(rows, Together)[0][2], GROUPINGS[2])
    expected: dict[tuple[Any, ...], tuple[int, float]] = {}
    for where, y, amount in zip(rows["where"], rows["y"].tolist(), rows["a"].tolist(), strict=True):
        count, total = expected.get((where or MISSING, y), (0, 0.0))
        expected[(where or MISSING, y)] = (count + 1, total + amount)
    assert found == expected
