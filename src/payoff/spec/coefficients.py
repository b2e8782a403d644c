"""What each action is worth, as numbers: coefficients of the parts at any setting of the assumptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from payoff.formulas import Expansion

Settings = Mapping[str, float | NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Valuation:
    """The expanded value of every action, with the likely value of every symbol.

    Value under action a is ``sum_k values()[a, k] * part_k``. Differences are taken term by term before any
    number is put in, so what two actions share cancels exactly, however large it is.
    """

    expansion: Expansion
    actions: tuple[str, ...]
    likely: Mapping[str, float]

    @property
    def parts(self) -> int:
        """Return K, the number of parts."""
        return len(self.expansion.parts)

    def values(self, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return (..., A, K) coefficients of the value under each action; leading axes are draws."""
        return self._coefficients(settings, base=None)

    def differences(self, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return (..., A-1, K) coefficients of each action's value less the last action's."""
        return self._coefficients(settings, base=self.actions[-1])[..., :-1, :]

    def duels(self, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return (..., D, K) coefficients of the difference in value of each pair of actions.

        Pairs are in the order of ``payoff.tables.duels``, those with the last action first.
        """
        pairs = list(combinations(range(len(self.actions) - 1), 2))
        against = [
            self._coefficients(settings, base=self.actions[other])[..., one, :] for one, other in pairs
        ]
        return np.concatenate([self.differences(settings), *(one[..., None, :] for one in against)], axis=-2)

    def contrast(self, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return (..., A*K): the last action's value coefficients, then the differences, flattened.

        These are the coefficients of contributions laid out by ``comparison``: what every row is worth when
        nothing is done, and what acting adds. At the likely assumptions they are read-only.
        """
        if not settings:
            return _contrast_at_likely(self)
        return _flattened(self.values(settings), self.differences(settings))

    def polynomial(self, point: NDArray[np.float64]) -> dict[tuple[tuple[str, int], ...], float]:
        """Return ``contrast(settings) @ point`` as coefficients of products of powers of symbols.

        Parameters
        ----------
        point : (A*K,) mean parts, laid out as ``contrast`` lays out their coefficients.
        """
        parts = np.asarray(point).reshape(len(self.actions), self.parts)
        out: dict[tuple[tuple[str, int], ...], float] = {}
        for (powers, part), factors in self._terms(None).items():
            moved = factors[:-1] - factors[-1]
            found = float(factors[-1] * parts[0, part] + moved @ parts[1:, part])
            out[powers] = out.get(powers, 0.0) + found
        return out

    def monomials(self) -> dict[tuple[tuple[str, int], ...], NDArray[np.float64]]:
        """Return powers of symbols -> (A*K,) what ``contrast`` holds of their product.

        ``contrast(settings)`` is the sum over them of the product at these settings times the vector.
        """
        out: dict[tuple[tuple[str, int], ...], NDArray[np.float64]] = {}
        for (powers, part), factors in self._terms(None).items():
            held = out.setdefault(powers, np.zeros((len(self.actions), self.parts)))
            held[0, part] += factors[-1]
            held[1:, part] += factors[:-1] - factors[-1]
        return {powers: held.ravel() for powers, held in out.items()}

    def _coefficients(self, settings: Settings | None, base: str | None) -> NDArray[np.float64]:
        known: dict[str, float | NDArray[np.float64]] = {**self.likely, **(settings or {})}
        shape = np.broadcast_shapes(*(np.shape(value) for value in known.values()), ())
        out = np.zeros((*shape, len(self.actions), self.parts))
        for (powers, part), factors in self._terms(base).items():
            product: float | NDArray[np.float64] = 1.0
            for symbol, power in powers:
                product = product * np.asarray(known.get(symbol, 0.0)) ** power
            out[..., part] += np.asarray(product)[..., None] * factors
        return out

    def _terms(self, base: str | None) -> dict[tuple[tuple[tuple[str, int], ...], int], NDArray[np.float64]]:
        terms: dict[tuple[tuple[tuple[str, int], ...], int], NDArray[np.float64]] = {}
        for row, action in enumerate(self.actions):
            for term in self.expansion.terms[action]:
                key = (term.powers, term.part)
                terms.setdefault(key, np.zeros(len(self.actions)))[row] += term.factor
        if base is None:
            return terms
        last = self.actions.index(base)
        return {key: factors - factors[last] for key, factors in terms.items()}


def _flattened(values: NDArray[np.float64], differences: NDArray[np.float64]) -> NDArray[np.float64]:
    stacked = np.concatenate([values[..., -1:, :], differences], axis=-2)
    return stacked.reshape(*stacked.shape[:-2], -1)


@lru_cache(maxsize=16)
def _contrast_at_likely(valuation: Valuation) -> NDArray[np.float64]:
    """Return what every comparison asks for, made once."""
    found = _flattened(valuation.values(), valuation.differences())
    found.flags.writeable = False
    return found
