"""How many rows or clusters unequal weights leave: Kish's effective number, (sum w)^2 / sum w^2.

What scales all weights must move nothing, yet the two sums round anew with every scale: 30 rows of weight 0.2 would be
29.999999999999996 of them, one short of what a verdict needs. So a number within rounding of a whole one is that one.

Kish (1965), Survey Sampling. Wiley.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Far more than two sums of 1e9 doubles are off by, and far less than any weight that matters.
ROUNDING = 1e-9


def kish(total: ArrayLike, squares: ArrayLike) -> NDArray[np.float64]:
    """Return the effective number of what weighs ``total``, the sum of whose squared weights is ``squares``.

    It is 0 where there is no weight. Arrays are taken element by element.

    >>> kish([0.2 * 30, 6.0, 0.0], [0.2**2 * 30, 20.0, 0.0]).tolist()
    [30.0, 1.8, 0.0]
    """
    above, below = np.asarray(total, np.float64) ** 2, np.asarray(squares, np.float64)
    found = np.divide(
        above, below, out=np.zeros(np.broadcast_shapes(above.shape, below.shape)), where=below > 0.0
    )
    return counted(found)


def counted(number: ArrayLike) -> NDArray[np.float64]:
    """Return a number as it is counted: the whole number or the half that it differs from by rounding alone.

    At whole numbers limits lie, and at halves rounding turns.

    >>> counted([9.999999999999998, 12.500000000000002, 9.99]).tolist()
    [10.0, 12.5, 9.99]
    """
    found = np.asarray(number, np.float64)
    near = np.rint(2.0 * found) / 2.0
    return np.asarray(np.where(np.abs(found - near) <= ROUNDING * np.abs(near), near, found), np.float64)
