"""Whether numbers differ by more than their rounding: an error made of rounding alone is no error.

Where all rows say the same, their mean is off by the last digit of a sum, or is not: a variance of 1e-33 or of 0, an
interval without width or none. Which one it is says nothing about the rows.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Of the size of the numbers, above which what they differ by is more than the rounding of 1e7 sums and differences.
RESOLVED = 1e-10


def spread_left(squared: Floats, centred: Floats, moves: Floats) -> float:
    """Return the sum of w^2 (x - mean)^2; 0 where that is but the rounding of x, in rows that do not differ.

    Parameters
    ----------
    squared : (k,) sums of squared weights.
    centred, moves : (k,) numbers less their mean, and the numbers themselves.

    >>> weight, x = np.array([0.1, 0.1]), np.array([0.3, 0.1 + 0.2])  # 0.1 + 0.2 is 0.30000000000000004
    >>> spread_left(weight, x - x.mean(), x), round(spread_left(weight, np.array([-1.0, 1.0]), x), 12)
    (0.0, 0.2)
    """
    spread = float(squared @ centred**2)
    return spread if spread > RESOLVED**2 * float(squared @ moves**2) else 0.0
