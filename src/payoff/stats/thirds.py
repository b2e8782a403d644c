"""Third moments of contributions about any point, from thirds of the value of each action and of their differences."""

import numpy as np
from numpy.typing import NDArray

from payoff.stats.flows import flows
from payoff.tables import Moments

Floats = NDArray[np.float64]


def third_by_cell(moments: Moments, switches: Floats, centre: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, for every cell, the sums of w^3 y, w^3 y^2 and w^3 y^3 for contributions about any point.

    Parameters
    ----------
    switches : (..., c, A).
    centre : (..., c) the contribution at the cell's shift, less that point.
    """
    actions, moved, of_value = switches.shape[-1], switches[..., 1:], bool(switches[..., 0].any())
    # The value of a mixed policy has no third of its own: that of its actions, mixed on the scale of money.
    rest = 1.0 - moved.sum(axis=-1, keepdims=True)
    share = np.concatenate([moved, rest], axis=-1) if of_value else flows(switches)
    held = moments.third[..., :actions, :] if of_value else moments.third[..., actions:, :]
    square = share * share
    one, two, three = (
        np.einsum("...a,...a->...", factor, held[..., power])
        for power, factor in ((1, share), (2, square), (3, square * share))
    )
    if not of_value and share.shape[-1] > 1:
        two, three = _mixed(share, held, two, three)
    weight, away = moments.third[..., 0, 0], centre * centre
    return (
        one + centre * weight,
        two + 2 * centre * one + away * weight,
        three + 3 * centre * two + 3 * away * one + away * centre * weight,
    )


def _mixed(share: Floats, held: Floats, two: Floats, three: Floats) -> tuple[Floats, Floats]:
    """Return second and third sums where several pairs of actions are exchanged at once, by lot.

    Exact where their differences in value are proportional to each other, as fractions of one amount are; the third
    moment of a sum is not that of its terms otherwise.
    """
    by_lot = np.count_nonzero(share, axis=-1) > 1
    if not by_lot.any():
        return two, three
    root = np.cbrt(held[..., 3])
    size = np.sign(root) * np.sqrt(np.maximum(held[..., 2], 0.0))
    second = np.einsum("...a,...a->...", share, size) ** 2
    third = np.einsum("...a,...a->...", share, root) ** 3
    return np.where(by_lot, second, two), np.where(by_lot, third, three)
