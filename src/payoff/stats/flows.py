"""From what a policy does in place of another to how much of each action is taken in place of each other one."""

import numpy as np
from numpy.typing import NDArray

from payoff.tables import duels

Floats = NDArray[np.float64]


def flows(switches: Floats) -> Floats:
    """Return (..., D) the share of rows on which one action of each pair is taken in place of the other.

    Parameters
    ----------
    switches : (..., A) as ``payoff.stats.contributions`` lays them out: 1 + a is the share with which action a is
        taken, less the baseline's.

    Pairs are in the order of ``payoff.tables.duels``; minus where the second action stands in place of the first.
    Where a policy that acts by lot leaves open which action stands for which, every one stands for every other in
    proportion. Summed over the pairs, flow times difference in value is the gain.

    >>> flows(np.array([[0.0, 1.0, -1.0], [0.0, 0.5, 0.5]])).tolist()  # pairs (0, last), (1, last), (0, 1)
    [[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]
    """
    moved = switches[..., 1:]
    if moved.shape[-1] == 1:
        return moved
    share = np.concatenate([moved, -moved.sum(axis=-1, keepdims=True)], axis=-1)
    gained, lost = np.maximum(share, 0.0), np.maximum(-share, 0.0)
    total = gained.sum(axis=-1)
    scale = np.where(total > 0.0, total, 1.0)
    pairs = duels(share.shape[-1])
    return np.stack(
        [(gained[..., i] * lost[..., j] - gained[..., j] * lost[..., i]) / scale for i, j in pairs], axis=-1
    )
