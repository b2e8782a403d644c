"""Which rows could gain or lose more than the declared cap, at any assumption that its owner holds possible.

What a cap guarantees is used at every draw of the assumptions, so it must hold at every one of them.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.shapes import is_ranged, quantile
from payoff.formulas import double
from payoff.spec.model import Assumption
from payoff.tabulation.plan import Plan

Floats = NDArray[np.float64]
Interval = tuple[float, float]

# Corners that are asked of the rows one by one; beyond them every part is bounded by itself.
MOST_CORNERS = 64
# A shape without ends is followed to where none of some thousand draws lies.
FURTHEST = 1e-5


def gap_bounds(plan: Plan) -> tuple[Floats, Floats]:
    """Return (B, A-1, K) the coefficients of bounds on what each action adds over doing nothing, least and most.

    A row may add at most the largest, over B, of ``sum_k max(least_k * part_k, most_k * part_k)``, and at least the
    smallest with ``min``. Where nothing is squared and corners are few, B are the corners of the box of assumptions,
    least and most are the same, and the bound is exact; else B is 1 and each part is bounded by itself.
    """
    valuation, symbols = plan.valuation, plan.valuation.expansion.symbols
    powers = [
        power for terms in valuation.expansion.terms.values() for term in terms for _, power in term.powers
    ]
    stops = [_stops(plan.spec.assumptions[name], symbols) for name in _moving(plan)]
    if all(power == 1 for power in powers) and int(np.prod([len(each) for each in stops])) <= MOST_CORNERS:
        corners = [{name: at for stop in chosen for name, at in stop.items()} for chosen in product(*stops)]
        found = np.unique(np.array([valuation.differences(corner) for corner in corners]), axis=0)
        return found, found
    least, most = _by_part(plan)
    return least[None], most[None]


def beyond_sql(plan: Plan, varying: NDArray[np.bool_], constants: Floats) -> Iterator[str]:
    """Yield conditions under which a row of ``varying`` could leave the cap, one for each state in which parts vary."""
    least, most = gap_bounds(plan)
    for state in np.flatnonzero(varying.any(axis=1)).tolist():
        parts = [
            f"p{k}" if varying[state, k] else double(float(constants[state, k]))
            for k in range(len(constants[state]))
        ]
        sides = [side for pair in zip(least, most, strict=True) for side in _sides(plan, pair, parts)]
        yield f"(st = {state} and ({' or '.join(dict.fromkeys(sides))}))"


def leaves_cap(plan: Plan, constants: Floats) -> bool:
    """Return whether a row with these parts (K,) could leave the cap."""
    cap = plan.spec.cap
    if cap is None:
        return False
    least, most = gap_bounds(plan)
    known = np.where(np.isfinite(constants), constants, 0.0)
    high = np.maximum(least * known, most * known).sum(axis=-1)
    low = np.minimum(least * known, most * known).sum(axis=-1)
    return bool((high > cap.gain).any() or (low < -cap.loss).any())


def _sides(plan: Plan, pair: tuple[Floats, Floats], parts: list[str]) -> Iterator[str]:
    cap = plan.spec.cap
    if cap is None:
        return
    for least, most in zip(*pair, strict=True):
        if least.any() or most.any():
            yield f"{_total(least, most, parts, 'greatest')} > {double(cap.gain)}"
            yield f"{_total(least, most, parts, 'least')} < {double(-cap.loss)}"


def _total(least: Floats, most: Floats, parts: list[str], pick: str) -> str:
    """Return the SQL of one bound of a gap: a sum over its parts."""
    terms = []
    for low, high, part in zip(least.tolist(), most.tolist(), parts, strict=True):
        if low == high != 0.0:
            terms.append(f"{double(low)} * {part}")
        elif low != high:
            terms.append(f"{pick}({double(low)} * {part}, {double(high)} * {part})")
    return " + ".join(terms)


def _moving(plan: Plan) -> list[str]:
    """Return the ranged assumptions that the value knows."""
    symbols = plan.valuation.expansion.symbols
    named = {symbol.partition("@")[0] for symbol in symbols}
    return [name for name, item in plan.spec.assumptions.items() if name in named and is_ranged(item)]


def _stops(item: Assumption, symbols: tuple[str, ...]) -> list[dict[str, float]]:
    """Return the settings at the ends of an assumption; of one that is bound to rows, its three stops."""
    if item.name in symbols:
        return [{item.name: end} for end in _ends(item)]
    low, high = f"{item.name}@low", f"{item.name}@high"
    return [{low: 0.0, high: 0.0}, {low: 1.0, high: 0.0}, {low: 0.0, high: 1.0}]


def _ends(item: Assumption) -> Interval:
    low, high = quantile(item, np.array([FURTHEST, 1.0 - FURTHEST] if item.shape == "p90" else [0.0, 1.0]))
    return float(low), float(high)


def _by_part(plan: Plan) -> tuple[Floats, Floats]:
    """Return (A-1, K) the least and most of every coefficient, its terms bounded one by one."""
    valuation = plan.valuation
    ranged = set(_moving(plan))
    ends = {
        symbol: (0.0, 1.0)
        if "@" in symbol
        else _ends(plan.spec.assumptions[symbol])
        if symbol in ranged
        else (valuation.likely[symbol],) * 2
        for symbol in valuation.expansion.symbols
    }
    shape = (len(valuation.actions), valuation.parts)
    least, most = np.zeros(shape), np.zeros(shape)
    for row, action in enumerate(valuation.actions):
        for term in valuation.expansion.terms[action]:
            low, high = _product([(ends[name], power) for name, power in term.powers], term.factor)
            least[row, term.part] += low
            most[row, term.part] += high
    return least[:-1] - most[-1], most[:-1] - least[-1]


def _product(powers: list[tuple[Interval, int]], factor: float) -> Interval:
    """Return the least and most of a factor times powers of intervals."""
    low = high = factor
    for (start, end), power in powers:
        raised = [start**power, end**power, *([0.0] if start < 0.0 < end else [])]
        found = [side * one for side in (low, high) for one in (min(raised), max(raised))]
        low, high = min(found), max(found)
    return low, high
