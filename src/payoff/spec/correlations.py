"""The key ``assumptions.correlated``: pairs of ranged assumptions with a rank correlation."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.errors import nearest
from payoff.errors.spec import InvalidCorrelation
from payoff.spec.asking import Asked
from payoff.spec.document import VolumeDocument
from payoff.spec.model import Assumption, Correlation
from payoff.spec.names import VOLUME
from payoff.spec.places import Path
from payoff.spec.worth import Worth

Floats = NDArray[np.float64]

# Eigenvalues of a matrix that is just possible come out this much below zero.
ROUNDING = 1e-9
STEPS = 40


def correlations(asked: Asked, valued: Worth) -> tuple[Correlation, ...]:
    """Return the pairs, or raise InvalidCorrelation where no assumptions can have them all."""
    given = asked.document.assumptions
    listed = () if given is None or given.correlated is None else given.correlated
    places = _places(asked, valued)
    seen: dict[tuple[int, int], str] = {}
    found = []
    for position, entry in enumerate(listed):
        path = ("assumptions", "correlated", position)
        for name in entry.between:
            _check_ranged(asked, valued.assumptions, places, name, path)
        first, second = (places[name] for name in entry.between)
        key = (min(first, second), max(first, second))
        if first == second:
            raise _refused(asked, path, f"{entry.between[0]!r} and {entry.between[1]!r}, which move as one")
        if key in seen:
            raise _refused(asked, path, f"the pair of {seen[key]} again")
        if not -1.0 < entry.rank < 1.0:
            raise _refused(asked, (*path, "rank"), f"the rank correlation {entry.rank}")
        seen[key] = f"{entry.between[0]!r} and {entry.between[1]!r}"
        found.append(Correlation(first=entry.between[0], second=entry.between[1], rank=float(entry.rank)))
    _check_possible(asked, found, places)
    return tuple(found)


def _places(asked: Asked, valued: Worth) -> dict[str, int]:
    """Return every name that may be correlated with the number of its group: those that move as one share it."""
    groups: list[Sequence[str]] = [*valued.together]
    grouped = {name for group in groups for name in group}
    groups += [(name,) for name, item in valued.assumptions.items() if name not in grouped]
    volume = asked.document.decision.volume
    if isinstance(volume, VolumeDocument) and volume.low is not None:
        groups.append((VOLUME,))
    return {name: number for number, group in enumerate(groups) for name in group}


def _check_ranged(
    asked: Asked, named: Mapping[str, Assumption], places: Mapping[str, int], name: str, path: Path
) -> None:
    if name not in places:
        found = f"{name!r}{nearest(name, places)}"
        if name == VOLUME:
            found = f"{name!r}, which has no range"
        raise _refused(asked, (*path, "between"), found, f"two of {', '.join(places) or 'the assumptions'}")
    item = named.get(name)
    if item is not None and (item.low is None or item.low == item.high):
        raise _refused(
            asked, (*path, "between"), f"{name!r}, which has no range", "assumptions with low and high"
        )


def _check_possible(asked: Asked, found: Sequence[Correlation], places: Mapping[str, int]) -> None:
    matrix = np.eye(len(set(places.values())))
    for one in found:
        first, second = places[one.first], places[one.second]
        matrix[first, second] = matrix[second, first] = one.rank
    share = largest_share(matrix) if found else 1.0
    if share >= 1.0:
        return
    enough = math.floor(100.0 * share) / 100.0
    pairs = "; ".join(f"{one.first} and {one.second} {one.rank:g}" for one in found)
    raise InvalidCorrelation(
        where=asked.at("assumptions", "correlated"),
        found=f"rank correlations that contradict each other: {pairs}",
        expected="correlations that some numbers can have together (a positive semi-definite matrix)",
        fix=f"weaken them: all of them times {enough:.2f} would do; or leave out the least certain pair.",
    )


def _refused(
    asked: Asked,
    path: Path,
    found: str,
    expected: str = "two different assumptions with ranges, each pair once, and a rank above -1 and below 1",
) -> InvalidCorrelation:
    return InvalidCorrelation(
        where=asked.text.at(path),
        found=found,
        expected=expected,
        fix="write {between: [first, second], rank: 0.5}; what always moves as one stands under `together`.",
    )


def latent(rank: float | Floats) -> Floats:
    """Return the correlation of the normals behind variables with this rank correlation (Spearman's).

    >>> round(float(latent(0.5)), 4)
    0.5176
    """
    return np.asarray(2.0 * np.sin(math.pi * np.asarray(rank, np.float64) / 6.0))


def largest_share(ranks: Floats) -> float:
    """Return which share of all its rank correlations at once some variables could have: 1 where they can have all.

    Parameters
    ----------
    ranks : (J, J) rank correlations, ones on the diagonal.

    >>> contradicting = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]])
    >>> round(largest_share(contradicting), 3)
    0.536
    """
    if _is_possible(ranks, 1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _is_possible(ranks, middle) else (low, middle)
    return low


def _is_possible(ranks: Floats, share: float) -> bool:
    matrix = latent(share * ranks)
    np.fill_diagonal(matrix, 1.0)
    return float(np.linalg.eigvalsh(matrix)[0]) >= -ROUNDING
