"""Points of Sobol' (1967): 2^k of them fill the unit cube more evenly than random ones, the same in every run.

Direction numbers new-joe-kuo-6 of Joe, Kuo (2008), Constructing Sobol sequences with better two-dimensional
projections, SIAM J. Sci. Comput. 30, 2635-2654, doi:10.1137/070709359.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Per dimension the primitive polynomial, as the bits of a number, and its first direction numbers.
_NUMBERS = (
    "1:1 3:1 7:1,3 11:1,3,1 13:1,1,1 19:1,1,3,3 25:1,3,5,13 37:1,1,5,5,17 41:1,1,5,5,5 47:1,1,7,11,19 "
    "55:1,1,5,1,1 59:1,1,1,3,11 61:1,3,5,5,31 67:1,3,3,9,7,49 91:1,1,1,15,21,21 97:1,3,1,13,27,49 "
    "103:1,1,1,15,7,5 109:1,3,1,15,13,25 115:1,1,5,5,19,61 131:1,3,7,11,23,15,103 137:1,3,7,13,13,15,69 "
    "143:1,1,3,13,7,35,63 145:1,3,5,9,1,25,53 157:1,3,1,13,9,35,107 167:1,3,1,5,27,61,31 "
    "171:1,1,5,11,19,41,61 185:1,3,5,3,3,13,69 191:1,1,7,13,1,19,1 193:1,3,7,5,13,19,59 203:1,1,3,9,25,29,41 "
    "211:1,3,5,13,23,1,55 213:1,3,7,3,13,59,17 229:1,3,1,3,5,53,69 239:1,1,5,5,23,33,13 241:1,1,7,7,1,61,123 "
    "247:1,1,7,9,13,61,49 253:1,3,3,5,3,55,33 285:1,3,1,15,31,13,49,245 299:1,3,5,15,31,59,63,97 "
    "301:1,3,1,11,11,11,77,249 333:1,3,1,11,27,43,71,9 351:1,1,7,15,21,11,81,45 355:1,3,7,3,25,31,65,79 "
    "357:1,3,1,1,19,11,3,205 361:1,1,5,9,19,21,29,157 369:1,3,7,11,1,33,89,185 391:1,3,3,3,15,9,79,71 "
    "397:1,3,7,11,15,39,119,27 425:1,1,3,1,11,31,97,225 451:1,1,1,3,23,43,57,177 463:1,3,7,7,17,17,37,71 "
    "487:1,3,1,5,27,63,123,213 501:1,1,3,5,11,43,53,133 529:1,3,5,5,29,17,47,173,479 "
    "539:1,3,3,11,3,1,109,9,69 545:1,1,1,5,17,39,23,5,343 557:1,3,1,5,25,15,31,103,499 "
    "563:1,1,1,11,11,17,63,105,183 601:1,1,5,11,9,29,97,231,363 607:1,1,5,15,19,45,41,7,383 "
    "617:1,3,7,7,31,19,83,137,221 623:1,1,1,3,23,15,111,223,83 631:1,1,5,13,31,15,55,25,161 "
    "637:1,1,3,13,25,47,39,87,257"
)
DIMENSIONS = len(_NUMBERS.split())
_BITS = 30


@lru_cache(maxsize=8)
def sobol_points(dimension: int, doublings: int) -> Floats:
    """Return (2^doublings, dimension) points, each in the middle of its step: none is 0 or 1. Read-only.

    Every column holds the middles of 2^doublings equal steps once, so that means of one variable are those of the
    midpoint rule.

    Parameters
    ----------
    dimension : at most ``DIMENSIONS``.
    doublings : k, at most 29.

    >>> sobol_points(2, 2).tolist()
    [[0.125, 0.125], [0.625, 0.625], [0.875, 0.375], [0.375, 0.875]]
    """
    if not 1 <= dimension <= DIMENSIONS or not 0 <= doublings < _BITS:
        raise ValueError(f"{dimension} dimensions and 2^{doublings} points: beyond the table")
    count = 1 << doublings
    index = np.arange(count, dtype=np.int64)
    gray = index ^ (index >> 1)
    found = np.zeros((count, dimension), dtype=np.int64)
    for column, entry in enumerate(_NUMBERS.split()[:dimension]):
        for bit, direction in enumerate(_directions(entry)[:doublings]):
            found[:, column] ^= ((gray >> bit) & 1) * direction
    cube = (found / (1 << _BITS)) + 0.5 / count
    cube.flags.writeable = False
    return np.asarray(cube, np.float64)


def _directions(entry: str) -> list[int]:
    """Return the direction numbers of one dimension, as whole multiples of 2^-30."""
    head, _, rest = entry.partition(":")
    polynomial, numbers = int(head), [int(number) for number in rest.split(",")]
    degree = polynomial.bit_length() - 1
    if degree == 0:
        return [1 << (_BITS - 1 - bit) for bit in range(_BITS)]
    for bit in range(degree, _BITS):
        new = numbers[bit - degree] ^ (numbers[bit - degree] << degree)
        for step in range(1, degree):
            if (polynomial >> (degree - step)) & 1:
                new ^= numbers[bit - step] << step
        numbers.append(new)
    return [number << (_BITS - 1 - bit) for bit, number in enumerate(numbers)]
