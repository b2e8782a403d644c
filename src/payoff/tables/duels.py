"""Which two actions a difference in value is between, and in which order tables hold these pairs."""

from functools import cache


@cache
def duels(actions: int) -> tuple[tuple[int, int], ...]:
    """Return every pair of actions once: each action but the last with the last, then those among the others.

    >>> duels(2), duels(3)
    (((0, 1),), ((0, 2), (1, 2), (0, 1)))
    """
    last = actions - 1
    among = ((one, other) for one in range(last) for other in range(one + 1, last))
    return (*((one, last) for one in range(last)), *among)
