"""Laws over the whole catalogue: every metric obeys each, or the table says why it need not and a table shows it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalogue.law_rows import (
    GROUPS,
    NEGATIVE,
    PARTS,
    POSITIVE,
    Number,
    Rows,
    Setting,
    added,
    alike,
    cells_of,
    numbers,
    of_rows,
    repeated,
    seeded_rows,
    some_rows,
)
from tests.catalogue.laws import ASKS_NOTHING, FAILS, HOLDS, LAWS, said_of

from payoff.catalogue import CATALOGUE
from payoff.tables import PENDING
from payoff.tabulation import unweighted

# Sums of a few dozen doubles in another order, through roots and logarithms.
ROUNDING = 1e-9
# Fits by iteration stop when a step is this small.
FITTED = 1e-7
# About a centre a million away a double holds 1e-10 of a value and 1e-4 of a square; some dozens are added.
MILLION, FAR, FAR_SQUARED = 1e6, 1e-8, 1e-2
TOLERANCES = {"calibration_intercept": FITTED, "calibration_slope": FITTED, "h_measure": FITTED}
SEEDS = range(60)
EXAMPLES = settings(max_examples=12)
MIRRORED: dict[str, Callable[[dict[str, float]], float]] = {
    "prevalence": lambda was: 1.0 - was["prevalence"],
    "act_rate": lambda was: 1.0 - was["act_rate"],
    "recall": lambda was: was["specificity"],
    "specificity": lambda was: was["recall"],
    "positive_likelihood_ratio": lambda was: 1.0 / was["negative_likelihood_ratio"],
    "negative_likelihood_ratio": lambda was: 1.0 / was["positive_likelihood_ratio"],
    "calibration_in_the_large": lambda was: -was["calibration_in_the_large"],
    "local_calibration": lambda was: -was["local_calibration"],
    "calibration_intercept": lambda was: -was["calibration_intercept"],
}
WITH = {
    "recall": ("specificity",),
    "specificity": ("recall",),
    "positive_likelihood_ratio": ("negative_likelihood_ratio",),
    "negative_likelihood_ratio": ("positive_likelihood_ratio",),
}
# The rows that a mean is over, where they are not all.
DIVIDED_BY: dict[str, Callable[[Rows], np.ndarray]] = {
    "precision": lambda rows: rows.acted == 1,
    "recall": lambda rows: rows.state == POSITIVE,
    "specificity": lambda rows: rows.state == NEGATIVE,
}


def same(name: str, one: Number, other: Number) -> bool:
    return alike(one, other, TOLERANCES.get(name, ROUNDING))


def near(one: Number, other: Number) -> bool:
    """Return whether mean and variance agree as far as doubles about a centre a million away can."""
    return abs(one[0] - other[0]) <= FAR and abs(one[1] - other[1]) <= FAR_SQUARED


def row_order(name: str, rows: Rows, seed: int) -> bool:
    order = np.random.default_rng(seed).permutation(len(rows))
    return same(name, of_rows(name, rows), of_rows(name, rows.take(order)))


def batches(name: str, rows: Rows, seed: int) -> bool:
    batch = np.random.default_rng(seed).integers(0, 3, len(rows))
    parts = [cells_of(rows.take(batch == one)) for one in range(3)]
    return same(name, of_rows(name, rows), numbers(name, added(parts)))


def groups(name: str, rows: Rows, seed: int) -> bool:
    rng = np.random.default_rng(seed)
    fewer = (
        np.zeros(len(rows), dtype=np.int64),
        rng.integers(0, 5, len(rows)),
        rng.integers(0, GROUPS, len(rows)),
    )
    return all(same(name, of_rows(name, rows), of_rows(name, replace(rows, group=each))) for each in fewer)


def repetition(name: str, rows: Rows, seed: int) -> bool:
    return same(name, of_rows(name, rows)[:1], of_rows(name, repeated(rows))[:1])


def scale_of_weights(name: str, rows: Rows, seed: int) -> bool:
    # Weights that are all one are no weights, and have the intervals of rows without.
    two, five = (replace(rows, weight=times * rows.weight) for times in (2.0, 5.0))
    return same(name, of_rows(name, two), of_rows(name, five)) and same(
        name, of_rows(name, rows)[:1], of_rows(name, two)[:1]
    )


def shared_weight(name: str, rows: Rows, seed: int) -> bool:
    ones, weight = np.ones(len(rows)), float(np.random.default_rng(seed).choice([0.1, 0.5, 3.0, 700.0]))
    heavy = cells_of(replace(rows, weight=weight * ones))
    return same(
        name, of_rows(name, replace(rows, weight=ones)), numbers(name, unweighted(heavy, weight), Setting())
    )


def pending(name: str, rows: Rows, seed: int) -> bool:
    late = seeded_rows(seed, 9)
    both = Rows(*(np.concatenate([getattr(rows, each), getattr(late, each)]) for each in Rows.__slots__))
    both.state[len(rows) :], both.acted[len(rows) :] = PENDING, 1
    return same(name, of_rows(name, rows), of_rows(name, both))


def rising_map(name: str, rows: Rows, seed: int) -> bool:
    mapped = replace(rows, score=rows.score**3)
    return same(name, of_rows(name, rows), of_rows(name, mapped, Setting(threshold=0.5**3)))


def label_swap(name: str, rows: Rows, seed: int) -> bool:
    swapped = replace(
        rows,
        score=1.0 - rows.score,
        state=1 - rows.state,
        acted=1 - rows.acted,
        rival=1 - rows.rival,
        worth=rows.spared,
        spared=rows.worth,
    )
    found = of_rows(name, swapped)[:1]
    was = {each: of_rows(each, rows)[0] for each in (name, *WITH.get(name, ()))}
    if any(value is None or value == 0.0 for value in was.values()):
        return (found[0] is None) == (was[name] is None) or None in was.values() or 0.0 in was.values()
    return same(name, (MIRRORED.get(name, lambda before: before[name])(was),), found)


def currency(name: str, rows: Rows, seed: int) -> bool:
    cents = replace(rows, worth=100 * rows.worth, spared=100 * rows.spared)
    plain = Setting()
    setting = replace(plain, cost=100 * plain.cost, gain=100 * plain.gain, loss=100 * plain.loss)
    mean, *rest = of_rows(name, rows)
    power = 1 if name == "expected_maximum_profit" else 2  # bounds in money, a variance in its square
    wanted = [None if mean is None else 100.0 * mean]
    wanted += [None if one is None else 100.0**power * one for one in rest]
    return same(name, tuple(wanted), of_rows(name, cents, setting))


def shift_of_value(name: str, rows: Rows, seed: int) -> bool:
    raised = replace(rows, worth=rows.worth + MILLION, spared=rows.spared + MILLION)
    mean, variance = of_rows(name, rows)
    more = MILLION if name == "value" else 0.0
    return near((mean + more, variance), of_rows(name, raised, Setting(shift=(MILLION, MILLION))))


def centre(name: str, rows: Rows, seed: int) -> bool:
    found = of_rows(name, rows)
    close = (of_rows(name, rows, Setting(shift=shift)) for shift in ((0.0, 0.0), (25.0, -7.5)))
    away = of_rows(name, rows, Setting(shift=(MILLION, -MILLION)))
    return all(same(name, found, each) for each in close) and near(found, away)


def slices(name: str, rows: Rows, seed: int) -> bool:
    base = DIVIDED_BY.get(name, lambda each: np.ones(len(each), dtype=bool))
    parts = [rows.take(rows.part == one) for one in range(PARTS)]
    sizes = [float(part.weight[base(part)].sum()) for part in parts]
    whole = of_rows(name, rows)[0]
    if whole is None:
        return sum(sizes) == 0.0
    found = [(size, of_rows(name, part)[0]) for size, part in zip(sizes, parts, strict=True) if size > 0.0]
    if any(value is None for _, value in found):
        return False
    return same(name, (sum(size * value for size, value in found) / sum(sizes),), (whole,))


def interval(name: str, rows: Rows, seed: int) -> bool:
    value, low, high = of_rows(name, rows)
    return value is None or low is None or high is None or low <= value <= high


def ties(name: str, rows: Rows, seed: int) -> bool:
    """Five tied rows, two of them positive, above some that are told apart; all ten orders of the outcomes."""
    few = replace(rows.take(np.arange(len(rows))), weight=np.ones(len(rows)))
    few = few.take(np.argsort(few.score + 1e-3 * np.arange(len(few)), kind="stable"))
    apart = replace(few, score=(1.0 + np.arange(len(few))) / 100.0)
    at = np.random.default_rng(seed).integers(0, len(few) - 4)
    apart.state[at : at + 5] = [POSITIVE, POSITIVE, NEGATIVE, NEGATIVE, NEGATIVE]
    tied = replace(apart, score=apart.score.copy())
    tied.score[at : at + 5] = apart.score[at]
    orders = []
    for order in set(permutations((POSITIVE, POSITIVE, NEGATIVE, NEGATIVE, NEGATIVE))):
        state = apart.state.copy()
        state[at : at + 5] = order
        orders.append(of_rows(name, replace(apart, state=state))[0])
    return same(name, (float(np.mean(orders)),), of_rows(name, tied)[:1])


CHECKS: dict[str, Callable[[str, Rows, int], bool]] = {
    "row order": row_order,
    "batches": batches,
    "groups": groups,
    "repetition": repetition,
    "scale of weights": scale_of_weights,
    "shared weight": shared_weight,
    "pending": pending,
    "rising map": rising_map,
    "label swap": label_swap,
    "currency": currency,
    "shift of value": shift_of_value,
    "centre": centre,
    "slices": slices,
    "interval": interval,
    "ties": ties,
}
HELD = [(law, name) for law, names in HOLDS.items() for name in names]
BROKEN = [(law, name) for law, reasons in FAILS.items() for names in reasons.values() for name in names]


@pytest.mark.parametrize(("law", "name"), HELD, ids=lambda one: one)
@EXAMPLES
@given(rows=some_rows, seed=st.integers(0, 1_000))
def test_a_metric_obeys_the_law(law: str, name: str, rows: Rows, seed: int) -> None:
    assert CHECKS[law](name, rows, seed)


@pytest.mark.parametrize(("law", "name"), BROKEN, ids=lambda one: one)
def test_where_a_law_is_said_to_fail_some_rows_break_it(law: str, name: str) -> None:
    # More distinct scores than there are bins.
    assert not all(CHECKS[law](name, seeded_rows(seed, 60), seed) for seed in SEEDS)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_table_says_exactly_one_thing_of_every_metric_and_law(name: str) -> None:
    assert {law: len(said_of(law, name)) for law in LAWS} == dict.fromkeys(LAWS, 1)


def test_the_table_names_no_metric_that_is_not_in_the_catalogue() -> None:
    named = {name for names in HOLDS.values() for name in names}
    named |= {
        name
        for table in (FAILS, ASKS_NOTHING)
        for law in table.values()
        for names in law.values()
        for name in names
    }
    assert named == set(CATALOGUE)
    assert set(LAWS) == set(CHECKS) == set(HOLDS)


def test_there_are_sixty_properties_and_more() -> None:
    assert len(set(HELD)) == len(HELD) >= 60
