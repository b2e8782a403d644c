"""The nine univariate sets of the NIST Statistical Reference Datasets, with their certified figures."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import log10, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from payoff.comparison import compare
from payoff.engines import open_engine
from payoff.running.gathering import counted_of
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec

REFERENCE = Path(__file__).parent / "reference" / "nist_univariate.csv"
PI_DIGITS = 5_000
# The list of NIST has a 3 here where pi has an 8, and its certified figures are those of the list.
MISPRINTED = 956
# More than the certified digits cannot be compared.
MOST_DIGITS = 15.0
SPEC = {
    "decision": {"unit": "EUR", "quantum": 0.00001},  # the last digit that any set has
    "data": {"outcome": "y"},
    "value": {"act": "x", "skip": 0},
    "model": {"score": "p", "score_is": "rank", "policy": {"threshold": 0.5}},
    "today": "nobody",
}


@dataclass(frozen=True, slots=True)
class Certified:
    """One set: its values as they are printed, and the certified mean and standard deviation."""

    name: str
    values: tuple[str, ...]
    mean: str
    standard_deviation: str


def certified_sets() -> tuple[Certified, ...]:
    """Return the nine sets."""
    with REFERENCE.open(newline="") as lines:
        return tuple(
            Certified(
                name=row["set"],
                values=tuple(row["values"].split()) if row["values"] != "by rule" else by_rule(row["set"]),
                mean=row["mean"],
                standard_deviation=row["standard_deviation"],
            )
            for row in csv.DictReader(lines)
        )


def rows_of(asked: Certified) -> pa.Table:
    """Return the values as rows that are all acted on, every other one a positive.

    The positives are those of larger mean, as a policy that acts on high scores must expect.
    """
    x = np.array(asked.values, dtype=np.float64)
    y = np.arange(len(x)) % 2
    y = y if x[y == 1].mean() > x[y == 0].mean() else 1 - y
    return pa.table({"x": x, "y": y, "p": np.full(len(x), 0.9)})


@dataclass(frozen=True, slots=True)
class Found:
    """What payoff makes of a set.

    ``mean`` is that of the exact sum of money, ``estimated`` that of the sums of centred doubles that every estimate
    of value is made of, ``deviation`` the standard error of the latter times the root of n.
    """

    mean: float
    estimated: float
    deviation: float


def found_in(data: Any) -> Found:
    """Return the value per decision of acting on everybody, with its deviation."""
    spec = load_spec(SPEC)
    with open_engine(data) as engine:
        grounds = counted_of(tabulate(spec, engine, lambda _: None)).grounds
    assert grounds is not None
    worth, likely = compare(grounds, "everybody", None), grounds.valuation.contrast()
    moments, steps = grounds.cells.moments, round(1 / spec.decision.quantum)
    return Found(
        mean=float(Fraction(moments.exact_totals()[0], steps * int(moments.rows.sum()))),
        estimated=float(worth.point @ likely),
        deviation=sqrt(likely @ worth.evidence.contrast.covariance[0] @ likely),
    )


def deviation_of_doubles(asked: Certified) -> float:
    """Return the standard deviation, without rounding, of the values as doubles hold them."""
    return sqrt(mean_and_variance(Fraction(float(one)) for one in asked.values)[1])


def by_rule(name: str) -> tuple[str, ...]:
    """Return the values of a set that follows a rule: digits of pi, or one middle value and two others in turn."""
    if name == "PiDigits":
        digits = digits_of_pi(PI_DIGITS)
        return (*digits[:MISPRINTED], "3", *digits[MISPRINTED + 1 :])
    whole = {"NumAcc2": "1", "NumAcc3": "1000000", "NumAcc4": "10000000"}[name]
    return (f"{whole}.2", *(f"{whole}.1", f"{whole}.3") * 500)


def digits_of_pi(count: int) -> tuple[str, ...]:
    """Return the first digits of pi, the 3 included.

    >>> digits_of_pi(4)
    ('3', '1', '4', '1')
    """
    number, digits = pi_times_power_of_ten(count - 1), []
    while number:
        number, digit = divmod(number, 10)
        digits.append(str(digit))
    return tuple(reversed(digits))


def pi_times_power_of_ten(digits: int) -> int:
    """Return pi with so many digits behind the point, cut off, as a whole number (Machin's formula).

    >>> pi_times_power_of_ten(6)
    3141592
    """
    guard = 10
    one = 10 ** (digits + guard)

    def arctangent_of_inverse(number: int) -> int:
        power, total, odd, sign = one // number, 0, 1, 1
        while power:
            total += sign * (power // odd)
            power, odd, sign = power // number**2, odd + 2, -sign
        return total

    pi = 4 * (4 * arctangent_of_inverse(5) - arctangent_of_inverse(239))
    return int(pi // 10**guard)


def mean_and_variance(values: Iterable[Fraction]) -> tuple[Fraction, Fraction]:
    """Return mean and variance (by n - 1) without rounding.

    >>> mean_and_variance([Fraction(1), Fraction(3)])
    (Fraction(2, 1), Fraction(2, 1))
    """
    held = tuple(values)
    mean = sum(held, Fraction(0)) / len(held)
    return mean, sum(((one - mean) ** 2 for one in held), Fraction(0)) / (len(held) - 1)


def digits_agreed(found: float, certified: str) -> float:
    """Return the log relative error, -log10 of |found - certified| / |certified|, at most 15.

    >>> round(digits_agreed(1.001, "1"), 6), digits_agreed(1.0, "1")
    (3.0, 15.0)
    """
    right = Fraction(certified)
    gap = abs(Fraction(found) - right) / abs(right)
    return MOST_DIGITS if gap == 0 else min(MOST_DIGITS, -log10(gap))
