"""Which of several policies are efficient: none other is at least as good in everything and better in something."""

from collections.abc import Sequence


def dominated_by(points: Sequence[Sequence[float]]) -> list[int | None]:
    """Return for each point the first other that dominates it, None where it is efficient. Less is better in each.

    Points that are equal in everything do not dominate each other (Pareto 1906).

    >>> dominated_by([(1.0, 5.0), (2.0, 1.0), (2.0, 5.0), (1.0, 5.0)])
    [None, None, 0, None]
    """
    return [next((j for j, other in enumerate(points) if _dominates(other, point)), None) for point in points]


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)
