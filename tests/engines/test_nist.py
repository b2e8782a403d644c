"""Mean and standard deviation of the NIST reference sets, on every engine, through a spec whose value is the column."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from nist import (
    Certified,
    certified_sets,
    deviation_of_doubles,
    digits_agreed,
    found_in,
    mean_and_variance,
    rows_of,
)
from test_same_result import there

# One unit in the last of the digits that a double always holds (15.95 at best) is left to the mean.
MEAN_DIGITS = 14.9
# Estimates of value are of sums of doubles, each of which may lose half a unit in the last place of a partial sum.
SUMMED_DIGITS = 14.8
# Decimals such as 10000000.1 lose digits when they become doubles: a set's ceiling is the deviation of its doubles.
# Below it, a root and a thousand additions may cost some units in the last place.
DEVIATION_DIGITS = 14.5
SETS = certified_sets()
HARDEST = ("Mavro", "NumAcc4")


@pytest.mark.parametrize("asked", SETS, ids=lambda one: one.name)
def test_every_certified_digit_follows_from_the_printed_decimals(asked: Certified) -> None:
    mean, variance = mean_and_variance(map(Fraction, asked.values))
    with localcontext() as context:
        context.prec = 40
        deviation = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        exact = Decimal(mean.numerator) / Decimal(mean.denominator)
        assert exact.quantize(Decimal(asked.mean)) == Decimal(asked.mean)
        assert deviation.quantize(Decimal(asked.standard_deviation)) == Decimal(asked.standard_deviation)


# Spark on Java takes seconds for each, so that `make test` runs the hardest there, and `make study` all.
CASES = [
    pytest.param(name, asked, id=f"{name}-{asked.name}", marks=pytest.mark.system if server else ())
    for name, server in (("duckdb", False), ("sail", False), ("postgres", True), ("spark", True))
    for asked in SETS
    if name != "spark" or asked.name in HARDEST
]
SLOW_CASES = [pytest.param("spark", asked, id=asked.name) for asked in SETS if asked.name not in HARDEST]


@pytest.mark.parametrize(("name", "asked"), CASES)
def test_mean_and_standard_deviation_have_every_digit_that_doubles_hold(
    name: str, asked: Certified, request: pytest.FixtureRequest
) -> None:
    rows: Any = rows_of(asked)
    if name != "duckdb":
        rows = there(name, request.getfixturevalue(name), asked.name.lower(), rows)
    found, ceiling = found_in(rows), deviation_of_doubles(asked)
    assert digits_agreed(found.mean, asked.mean) >= MEAN_DIGITS
    assert digits_agreed(found.estimated, asked.mean) >= SUMMED_DIGITS
    assert digits_agreed(found.deviation, repr(ceiling)) >= DEVIATION_DIGITS
    certified = digits_agreed(ceiling, asked.standard_deviation)
    assert digits_agreed(found.deviation, asked.standard_deviation) >= min(certified - 0.01, DEVIATION_DIGITS)


@pytest.mark.study
@pytest.mark.system
@pytest.mark.parametrize(("name", "asked"), SLOW_CASES)
def test_on_spark_the_other_sets_have_every_digit_too(
    name: str, asked: Certified, request: pytest.FixtureRequest
) -> None:
    test_mean_and_standard_deviation_have_every_digit_that_doubles_hold(name, asked, request)
