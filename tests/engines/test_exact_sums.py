"""Sums of whole numbers lose no digit and never turn around; what does not fit is an error with a remedy."""

from typing import Any

import pytest

from conftest import ENGINES
from payoff.engines import Engine
from payoff.errors.engine import MoneyOverflow

BASE = 1_000_000_000_000
NUMBERS = [0, 1, -1, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 7, -7, 1234567890123456789]


def exact(engine: Engine, total: str, source: str) -> int:
    found = engine.columns(
        f"select cast(total // {BASE} as bigint) as high, cast(total % {BASE} as bigint) as low "
        f"from (select {total} as total from {source})"
    )
    return int(found["high"][0]) * BASE + int(found["low"][0])


def repeated(times: int, condition: str = "true") -> str:
    return "(" + " union all ".join([f"select n from source where {condition}"] * times) + ")"


@pytest.mark.parametrize("engine", ["duckdb", *ENGINES], indirect=True)
def test_a_sum_beyond_64_bits_keeps_every_digit(engine: Engine) -> None:
    assert exact(engine, "sum(n)", repeated(5, "n > 0")) == 5 * sum(n for n in NUMBERS if n > 0)
    assert exact(engine, "sum(n)", repeated(9, "n < 0")) == 9 * sum(n for n in NUMBERS if n < 0)
    assert exact(engine, "sum(cast(n as hugeint) * 1000003)", repeated(1)) == sum(NUMBERS) * 1000003
    assert exact(engine, "sum(n) filter (where n > 7)", repeated(3)) == 3 * sum(n for n in NUMBERS if n > 7)


@pytest.mark.parametrize("engine", ["duckdb", *ENGINES], indirect=True)
def test_a_sum_of_sums_is_exact_too(engine: Engine) -> None:
    per_row = "(select n as k, sum(n) as part from " + repeated(7) + " group by n)"
    assert exact(engine, "sum(part)", per_row) == 7 * sum(NUMBERS)


@pytest.mark.parametrize("engine", ["duckdb", *ENGINES], indirect=True)
def test_money_in_quanta_is_floored_and_summed_exactly(engine: Engine) -> None:
    value = "cast(floor(x / 0.0001e0 + 0.5e0) as bigint)"
    xs = [0.5, 2.0, -1.5, 3.0, 1e6, -1e-3, 7.25, 0.0, 100.0, 2.0, -8.0]
    assert exact(engine, f"sum({value})", "source") == sum(round(x * 10_000) for x in xs)
    assert exact(engine, f"sum(cast({value} as hugeint))", "source") == sum(round(x * 10_000) for x in xs)


@pytest.mark.parametrize("text", ["1e19", "-1e19", "9223372036854775808e0", "1e300"])
@pytest.mark.parametrize("kind", ["bigint", "hugeint"])
@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_a_double_beyond_64_bits_is_an_overflow(engine: Engine, text: str, kind: str) -> None:
    query = f"select sum(cast(floor(x * 0 + {text}) as {kind})) as s from source"
    with pytest.raises(MoneyOverflow) as caught:
        engine.columns(query)
    assert "quantum" in caught.value.fix


@pytest.mark.parametrize("what", ["cast('NaN' as double)", "cast('Infinity' as double)"])
@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_what_is_no_number_does_not_become_money(engine: Engine, what: str) -> None:
    with pytest.raises(MoneyOverflow):
        engine.columns(f"select cast(floor(x * 0 + {what}) as bigint) as n from source where x is not null")


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_a_total_whose_high_part_leaves_64_bits_is_an_overflow(engine: Engine, opened: Any) -> None:
    big = f"sum(cast(n as hugeint) * {10**12} * {10**6})"
    with pytest.raises(MoneyOverflow):
        exact(engine, big, "(select n from source where n = 9223372036854775807)")
