"""Sums of parts told along the terms of the money, to the ten digits that a result keeps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from payoff.comparison import Grounds
from payoff.doubt.revaluing import Numbers, Powers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The terms of the money; ``along`` (1 + m, A*K) takes sums of parts to numbers along them."""

    terms: tuple[Powers, ...]
    along: Floats

    @staticmethod
    def of(grounds: Grounds) -> "Basis":
        """Return that of the values of a spec."""
        monomials = grounds.valuation.monomials()
        terms = tuple(powers for powers in monomials if powers)
        held = [grounds.valuation.contrast(), *(monomials[powers] for powers in terms)]
        return Basis(terms, np.stack(held))

    def squared(self, covariance: Floats) -> Numbers:
        """Return the lower triangle of a covariance of parts, along the terms."""
        whole = self.along @ covariance @ self.along.T
        return ten(whole[np.tril_indices(len(whole))])


def ten(values: ArrayLike) -> Numbers:
    """Return numbers of ten significant digits, as a result writes them."""
    return tuple(float(f"{value:.10g}") for value in np.ravel(np.asarray(values, np.float64)).tolist())


def rows_of_ten(values: ArrayLike) -> tuple[Numbers, ...]:
    """Return the same of a matrix, row by row."""
    return tuple(ten(row) for row in np.asarray(values))
