"""Counting different values: the number that a Python set has, whatever the values; duplicates are found."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payoff.tabulation import check_rows
from payoff.tabulation.identity import SPARSEST, distinct, ends_of

Make = Callable[..., Any]

RNG = np.random.default_rng(0)
INTEGERS: dict[str, list[int | None]] = {
    "dense": list(range(1000)),
    "dense, repeated": RNG.integers(0, 300, 1000).tolist(),
    "negative": list(range(-700, 300)),
    "about the edges of blocks": [-65, -64, -63, -33, -32, -31, -1, 0, 1, 31, 32, 33, 63, 64, 65],
    "all bits of a block": list(range(-32, 32)) * 2,
    "the highest bits alone": [31, 63, 95, -1, -33],
    "sparse": (RNG.integers(0, 10**12, 1000) * 2).tolist(),
    "nearly sparse": (np.arange(1000) * (SPARSEST - 1)).tolist(),
    "just too sparse": (np.arange(1000) * (SPARSEST + 1)).tolist(),
    "huge": (2**62 + RNG.integers(0, 500, 1000)).tolist(),
    "at 2^53": list(range(2**53 - 500, 2**53 + 500)) * 2,
    "beyond 10^18": list(range(10**18 - 3, 10**18 + 3)),
    "the ends of 64 bits": [-(2**63), 2**63 - 1, 0],
    "with missing ones": [None if j % 7 == 0 else j % 90 for j in range(1000)],
    "all but one missing": [None] * 99 + [5],
    "all missing": [None] * 100,
    "one": [7],
    "one, repeated": [-3] * 100,
}
TYPES = {pa.int8(): 7, pa.int16(): 15, pa.int32(): 31, pa.int64(): 63, pa.uint8(): 8, pa.uint32(): 32}


@pytest.fixture
def counted(open_rows: Make, make_spec: Make) -> Callable[[pa.Array], tuple[int, int]]:
    """Return what counts a column: different values, and rows that hold one."""

    def of(column: pa.Array) -> tuple[int, int]:
        rows = {"y": np.arange(len(column)) % 2, "p": np.full(len(column), 0.5), "key": column}
        with open_rows(pa.table(rows), make_spec({"act": 1, "skip": 0})) as (plan, engine, _):
            ends = ends_of("key", engine) if "key" in plan.integers else None
            held = int(engine.columns("select count(key) as n from source")["n"][0])
            assert ends is None or ends.rows == held
            return distinct("key", engine, ends), held

    return of


def expected(values: Sequence[Any]) -> tuple[int, int]:
    held = [value for value in values if value is not None]
    return len(set(held)), len(held)


@pytest.mark.parametrize("name", INTEGERS)
def test_whole_numbers_are_counted_as_a_set_counts_them(counted: Make, name: str) -> None:
    assert counted(pa.array(INTEGERS[name], pa.int64())) == expected(INTEGERS[name])


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_every_width_of_whole_numbers_is_counted_at_its_ends(counted: Make, kind: pa.DataType) -> None:
    bits = TYPES[kind]
    low = 0 if str(kind).startswith("u") else -(2**bits)
    values = [low, low, low + 1, 2**bits - 1, 2**bits - 2, 0, 1, None]
    assert counted(pa.array(values, kind)) == expected(values)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), st.integers(-200, 200), st.integers(-(2**63), 2**63 - 1)), min_size=1))
def test_any_whole_numbers_are_counted_as_a_set_counts_them(counted: Make, values: list[int | None]) -> None:
    assert counted(pa.array(values, pa.int64())) == expected(values)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.none(), st.integers(-100, 100)), min_size=1), st.sampled_from([0, 10**9, -(10**15)])
)
def test_numbers_that_lie_close_together_are_counted_by_their_bits(
    counted: Make, values: list[int | None], start: int
) -> None:
    moved = [None if value is None else value + start for value in values]
    assert counted(pa.array(moved, pa.int64())) == expected(moved)


@pytest.mark.parametrize(
    "values",
    [["a", "A", "a ", None, "a"], ["1", "01", "1.0"], ["\u00e9", "e\u0301"], [None, None, "x"]],
    ids=["letters", "numbers", "accents", "missing"],
)
def test_text_is_counted_as_a_set_counts_it(counted: Make, values: list[str | None]) -> None:
    assert counted(pa.array(values, pa.string())) == expected(values)


@pytest.mark.parametrize("kind", ["dense", "sparse", "huge", "negative", "text"])
@pytest.mark.parametrize("twice", [[], [(0, 1)], [(0, 1), (0, 2), (50, 99)]], ids=["none", "one", "several"])
def test_ids_that_come_twice_are_found_and_named(
    open_rows: Make, make_spec: Make, kind: str, twice: list[tuple[int, int]]
) -> None:
    whole = {"dense": 0, "sparse": 1, "huge": 2**62, "negative": -1000, "text": 0}[kind] + np.arange(100) * (
        10**9 if kind == "sparse" else 1
    )
    ids = [f"r{one}" for one in whole] if kind == "text" else whole.tolist()
    for original, copy in twice:
        ids[copy] = ids[original]
    rows = {"id": ids, "y": [0, 1] * 50, "p": np.linspace(0.01, 0.99, 100)}
    with open_rows(rows, make_spec({"act": 1, "skip": 0}, id="id")) as (plan, engine, ready):
        found = [one for one in check_rows(plan, engine, ready) if one.code == "PAY310"]
    repeated = sorted({str(one) for one in ids if ids.count(one) > 1})
    assert [sorted(one.ids) for one in found] == ([repeated] if repeated else [])
    assert [one.rows for one in found] == ([sum(str(one) in repeated for one in ids)] if repeated else [])


@pytest.mark.parametrize(("people", "warned"), [(50, True), (1, False), (100, False)])
def test_a_column_of_customers_is_suspected_only_where_they_repeat(
    open_rows: Make, make_spec: Make, people: int, warned: bool
) -> None:
    rows = {"y": [0, 1] * 50, "p": np.linspace(0, 1, 100), "customer_id": np.arange(100) % people}
    with open_rows(rows, make_spec({"act": 1, "skip": 0})) as (plan, engine, ready):
        codes = [one.code for one in check_rows(plan, engine, ready)]
    assert ("PAY333" in codes) is warned
