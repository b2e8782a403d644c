"""The group of a row: what whole numbers give in Python, at every edge, whatever is known of the ids."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from payoff.tabulation.rows import BUCKETS, GROUPS, MULTIPLIER, OFFSET, PRIME, SALT, Seen, group_sql

Make = Callable[..., Any]

RNG = np.random.default_rng(11)
EDGE = 3
SMALL = [*range(200), PRIME - 1, PRIME, *RNG.integers(0, PRIME, 2000).tolist()]
LARGE = [PRIME + 1, 2 * PRIME, 10**17, *RNG.integers(0, 10**17, 2000).tolist()]
ANY = [-1, -PRIME, -PRIME - 1, *(-RNG.integers(1, 10**17, 500)).tolist(), *SMALL, *LARGE]


def by_whole_numbers(one: int, groups: int) -> int:
    return (one % PRIME * MULTIPLIER + OFFSET) % PRIME * groups // PRIME


def at_the_edges(groups: int) -> list[int]:
    """Return ids whose hash is the first of a group, or lies up to three beside it."""
    back = pow(MULTIPLIER, -1, PRIME)
    firsts = [-(-group * PRIME // groups) for group in range(groups)]
    near = {first + step for first in firsts for step in range(-EDGE, EDGE + 1)}
    return [(hashed - OFFSET) * back % PRIME for hashed in sorted(near) if 0 <= hashed < PRIME]


def known(*, small: bool) -> Seen:
    return Seen(
        rounded=frozenset(), plain=True, small=frozenset({"id"} if small else ()), complete=frozenset({"id"})
    )


@pytest.mark.parametrize("groups", [GROUPS, BUCKETS])
@pytest.mark.parametrize(
    ("ids", "seen"),
    [
        (SMALL, known(small=True)),
        (SMALL, known(small=False)),
        (SMALL, None),
        (LARGE, known(small=False)),
        (ANY, None),
        ("edges", known(small=True)),
        ("edges", None),
    ],
    ids=["small", "small, not known", "nothing known", "large", "any", "edges", "edges, nothing known"],
)
def test_the_group_is_that_of_whole_numbers(
    open_rows: Make, make_spec: Make, ids: list[int] | str, seen: Seen | None, groups: int
) -> None:
    numbers = at_the_edges(groups) if isinstance(ids, str) else ids
    rows = pa.table({
        "id": pa.array(numbers, pa.int64()), "y": np.arange(len(numbers)) % 2, "p": np.full(len(numbers), 0.5)
    })  # fmt: skip
    with open_rows(rows, make_spec({"act": 1, "skip": 0}, id="id")) as (plan, engine, _):
        found = engine.columns(f"select id, {group_sql(plan, seen, groups)} as g from source")
    expected = [by_whole_numbers(one, groups) for one in numbers]
    np.testing.assert_array_equal(found["g"], expected)


def test_an_id_beyond_the_whole_numbers_that_are_told_apart_falls_into_a_group_by_its_digits(
    open_rows: Make, make_spec: Make
) -> None:
    ids = [10**18, 10**18 + 1, -(10**18), 2**63 - 1]
    rows = pa.table({"id": pa.array(ids, pa.int64()), "y": [0, 1, 0, 1], "p": [0.5] * 4})
    with open_rows(rows, make_spec({"act": 1, "skip": 0}, id="id")) as (plan, engine, _):
        found = engine.columns(f"select {group_sql(plan, None)} as g from source")["g"]
    digests = [hashlib.md5(f"{SALT}{one}".encode(), usedforsecurity=False).hexdigest() for one in ids]
    by_digits = [sum(int(one[k], 16) * 16**k for k in range(5)) % GROUPS for one in digests]
    assert found.tolist() == by_digits
