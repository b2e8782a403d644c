"""Means in a world of other shares, against a loop over rows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from payoff.stats.strata import Strata, shifted
from payoff.tables import Cells, Moments

Floats = NDArray[np.float64]
# Sums of some hundred doubles in another order.
ROUNDING = 1e-9
SHARES = np.array([0.2, 0.3, 0.5])


def strata_of(value: Floats, acted: Floats, part: NDArray[np.int64]) -> Strata:
    """Return rows, each a cell, that are worth ``value`` where they are acted on and nothing where not."""
    n, ones = len(value), np.ones(len(value))
    powers = [np.stack([value**j, 0.0**j * ones, value**j], axis=1) for j in range(4)]
    cells = Cells(
        group=np.zeros(n, dtype=np.int64),
        state=np.zeros(n, dtype=np.int64),
        actions={},
        moments=Moments(
            rows=np.ones(n, dtype=np.int64),
            weight=ones,
            weight2=ones,
            weight3=ones,
            total_high=np.zeros((n, 2), dtype=np.int64),
            total_low=np.zeros((n, 2), dtype=np.int64),
            nonzero=np.ones((n, 1), dtype=np.int64),
            shift=np.zeros((n, 1)),
            first=value[:, None],
            first2=value[:, None],
            second=(value**2)[:, None, None],
            third=np.stack(powers, axis=2),
        ),
    )
    switches = np.stack([np.zeros(n), acted], axis=1)
    return Strata(cells=cells, switches=switches, part=part, likely=np.array([0.0, 1.0]))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_value_error_and_tail_are_those_of_the_influence_of_every_row(sign: float) -> None:
    rng, n = np.random.default_rng(1), 300
    value, acted, part = rng.gamma(1.0, 20.0, n), (rng.random(n) < 0.6).astype(float), rng.integers(0, 3, n)
    found = shifted(strata_of(value, acted, part), SHARES, sign * np.array([0.0, 1.0]))
    worth = sign * value * acted
    mean = np.array([worth[part == one].mean() for one in range(3)])
    size = np.bincount(part)
    psi = (SHARES * n / size)[part] * (worth - mean[part])
    error = sum(SHARES[one] ** 2 * worth[part == one].var(ddof=1) / size[one] for one in range(3))
    assert found.mean[0, 0] == pytest.approx(SHARES @ mean, rel=ROUNDING)
    assert found.covariance[0, 0, 0] / found.units == pytest.approx(error, rel=ROUNDING)
    assert found.skewness[0] == pytest.approx((psi**3).mean() / (psi**2).mean() ** 1.5, rel=1e-7)
