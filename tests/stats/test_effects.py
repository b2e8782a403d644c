"""Effects of inputs on a variance: Ishigami's function, products, SciPy, and Shapley effects in closed form."""

import math
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from payoff.stats.copula import deviate, factor
from payoff.stats.effects import saltelli, shapley
from payoff.stats.sobol_points import sobol_points

Floats = NDArray[np.float64]
# 2^14 points of six dimensions on a smooth function; the estimates of SciPy on scrambled ones err alike.
ISHIGAMI = 2e-3
# 2^11 points, as an evaluation takes, on products of ten inputs.
PRODUCTS = 6e-3


def pick_freeze(function, dimension: int, doublings: int):
    both = sobol_points(2 * dimension, doublings)
    a, b = both[:, :dimension], both[:, dimension:]
    mixed = []
    for j in range(dimension):
        points = a.copy()
        points[:, j] = b[:, j]
        mixed.append(function(points))
    return function(a), function(b), mixed


def ishigami(u: Floats) -> Floats:
    x = np.pi * (2 * u - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_effects_on_the_function_of_ishigami_are_the_closed_form() -> None:
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    one = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    two, third = a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    found = saltelli(*pick_freeze(ishigami, 3, 14))
    assert found.variance == pytest.approx(variance, rel=ISHIGAMI)
    np.testing.assert_allclose(found.first, np.array([one, two, 0.0]) / variance, atol=ISHIGAMI)
    np.testing.assert_allclose(found.total, np.array([one + third, two, third]) / variance, atol=ISHIGAMI)


@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_effects_on_a_product_are_the_closed_form(count: int) -> None:
    spread = np.linspace(0.05, 0.4, count)
    squared = (spread * np.sqrt(1 / 3)) ** 2  # uniform on 1 +- spread
    whole = np.prod(1 + squared) - 1
    found = saltelli(*pick_freeze(lambda u: np.prod(1 + spread * (2 * u - 1), axis=1), count, 11))
    np.testing.assert_allclose(found.first, squared / whole, atol=PRODUCTS)
    others = np.array([np.prod(np.delete(1 + squared, j)) for j in range(count)])
    np.testing.assert_allclose(found.total, squared * others / whole, atol=PRODUCTS)


def test_the_estimators_are_those_of_scipy() -> None:
    base, other, mixed = pick_freeze(ishigami, 3, 10)
    expected = stats.sobol_indices(
        func={"f_A": base[None], "f_B": other[None], "f_AB": np.stack(mixed)[:, None]}, n=1024
    )
    found = saltelli(base, other, mixed)
    # SciPy divides by the same variance; it centres by the mean of all answers rather than of A and B.
    np.testing.assert_allclose(found.first, np.ravel(expected.first_order), atol=ISHIGAMI)
    np.testing.assert_allclose(found.total, np.ravel(expected.total_order), atol=ISHIGAMI)


def test_what_never_varies_has_no_effects() -> None:
    constant = np.ones(8)
    found = saltelli(constant, constant, [constant, constant])
    assert found.first.tolist() == found.total.tolist() == [0.0, 0.0]


def by_definition(worth, players: int) -> list[float]:
    """Average over all orders in which players may come."""
    out = np.zeros(players)
    for order in permutations(range(players)):
        for place, j in enumerate(order):
            out[j] += worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))
    return list(out / math.factorial(players))


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_shares_are_the_average_over_all_orders(players: int) -> None:
    generator = np.random.default_rng(players)
    worths = {frozenset[int](): 0.0}

    def worth(held: frozenset[int]) -> float:
        return worths.setdefault(held, float(generator.random()))

    found = shapley(worth, players)
    assert found.tolist() == pytest.approx(by_definition(worth, players), abs=1e-12)


def test_beyond_eight_players_some_orders_stand_for_all() -> None:
    weights = np.arange(1.0, 11.0)
    found = shapley(lambda held: float(sum(weights[j] for j in held)), 10)
    np.testing.assert_allclose(found, weights, atol=1e-12)  # additive: every order says the same
    paired = shapley(lambda held: float(len(held) ** 2), 10)
    assert paired.sum() == pytest.approx(100.0)
    np.testing.assert_allclose(paired, 10.0, atol=5.0)  # alike players, but for the orders drawn


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.3, 0.9])
def test_shapley_effects_of_two_tied_normals_are_those_of_owen_and_prieur(rho: float) -> None:
    """Of b1 X1 + b2 X2: half of what both explain alone plus half of what each leaves to the other (2017, sec. 3)."""
    b = np.array([2.0, 1.0])
    matrix = np.array([[1.0, rho], [rho, 1.0]])
    normals = deviate(sobol_points(4, 14))

    def worth(held: frozenset[int]) -> float:
        order = [*sorted(held), *sorted({0, 1} - held)]
        lower, size = factor(matrix[np.ix_(order, order)]), len(held)
        answers = []
        for first in (size, 2 + size):
            drawn = np.hstack([normals[:, :size], normals[:, first : first + 2 - size]])
            answers.append((drawn @ lower.T) @ b[order])
        one, two = answers
        return float(np.mean(one * two) - one.mean() * two.mean())

    variance = b @ matrix @ b
    own = b**2 * (1 - rho**2 / 2) + rho * b[0] * b[1] + rho**2 / 2 * b[::-1] ** 2
    np.testing.assert_allclose(shapley(worth, 2) / variance, own / variance, atol=5e-3)
