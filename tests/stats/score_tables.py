"""Rows by score as the statistics take them, and random rows with ties and weights."""

from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from payoff.stats.ranking import ScoreCells, Within

Floats = NDArray[np.float64]
STRETCH = 10

# Row: score in tenths of a stretch, whether it stands apart as a round score would, outcome, weight.
gridded_rows = st.lists(
    st.tuples(
        st.integers(0, 5 * STRETCH - 1), st.booleans(), st.booleans(), st.sampled_from([0.25, 1.0, 7.0])
    ),
    min_size=4,
    max_size=40,
)


def cells_of(score: Floats, y: Floats, w: Floats | None = None) -> ScoreCells:
    """Return rows by exact score."""
    w = np.ones(len(y)) if w is None else w
    levels, at = np.unique(score, return_inverse=True)
    sums = [np.bincount(at, w**power * held, len(levels)) for power in (1, 2, 3) for held in (y, 1 - y)]
    return ScoreCells(
        score=levels,
        positive=sums[0],
        negative=sums[1],
        positive_squared=sums[2],
        negative_squared=sums[3],
        positive_cubed=sums[4],
        negative_cubed=sums[5],
        positives=int(y.sum()),
        negatives=int((1 - y).sum()),
    )


def tables(seed: int, count: int, least: int = 6, most: int = 200) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield scores with ties, outcomes of rare to common, and weights; two rows of each outcome or more."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        n = int(generator.integers(least, most))
        y = (generator.random(n) < generator.choice([0.05, 0.2, 0.5, 0.95])).astype(float)
        y[:2], y[2:4] = 1.0, 0.0
        lean = generator.choice([-0.3, 0.0, 0.3, 0.8])
        score = np.round(generator.random(n) + lean * y, int(generator.integers(1, 6)))
        yield score, y, generator.choice([0.25, 1.0, 3.5], n)


def probabilities(
    seed: int, count: int, least: int = 20, most: int = 200
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield probabilities with ties within (0, 1), outcomes that lean on them, and weights."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        n = int(generator.integers(least, most))
        score = np.round(
            generator.beta(*generator.choice([0.7, 2.0, 5.0], 2), n), int(generator.integers(2, 6))
        )
        score = np.clip(score, 0.01, 0.99)
        y = (generator.random(n) < np.clip(score * generator.uniform(0.6, 1.4), 0.02, 0.98)).astype(float)
        y[:2], y[2:4] = 1.0, 0.0
        yield score, y, generator.choice([0.25, 1.0, 3.5], n)


def rows_of(
    drawn: list[tuple[int, bool, bool, float]],
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Return drawn rows as arrays; scores that stand apart are tied, as round scores of one stretch are."""
    score, apart, positive, weight = (np.array(column) for column in zip(*drawn, strict=True))
    middle = score // STRETCH * STRETCH + STRETCH // 2
    score = np.where(apart, middle, np.where(score == middle, score + 1, score))
    positive[0], positive[1] = True, False
    return score.astype(float), apart, positive, weight


def gridded(
    score: Floats,
    apart: NDArray[np.bool_],
    positive: NDArray[np.bool_],
    weight: Floats,
    stretch: Floats | None = None,
) -> ScoreCells:
    """Return rows by stretch of ten scores (or that given), those that stand apart in a cell of their own."""
    stretch = (score // STRETCH if stretch is None else stretch).astype(int)
    keys = sorted(
        set(zip(stretch.tolist(), apart.tolist(), strict=True)),
        key=lambda key: (key[0], np.average(score[(stretch == key[0]) & (apart == key[1])])),
    )
    masks = [(stretch == a) & (apart == b) for a, b in keys]
    columns = [weight**power * held for power in (1, 2, 3) for held in (positive, ~positive)]
    sums = [np.array([column[mask].sum() for mask in masks]) for column in columns]
    means = [_mean(score, weight, [mask & held for mask in masks], masks) for held in (positive, ~positive)]
    spreads = [_spread(score, weight, [mask & held for mask in masks]) for held in (positive, ~positive)]
    pairs = sums[0][1:] * sums[1][:-1] + sums[0][:-1] * sums[1][1:]
    low, high = (np.array([end(score[mask]) for mask in masks]) for end in (np.min, np.max))
    within = Within(
        positive_mean=means[0],
        negative_mean=means[1],
        positive_variance=spreads[0],
        negative_variance=spreads[1],
        low=low,
        high=high,
        overlap=float(pairs[low[1:] < high[:-1]].sum()),
    )
    return ScoreCells(
        score=_mean(score, weight, masks, masks),
        positive=sums[0],
        negative=sums[1],
        positive_squared=sums[2],
        negative_squared=sums[3],
        positive_cubed=sums[4],
        negative_cubed=sums[5],
        positives=int(positive.sum()),
        negatives=int((~positive).sum()),
        within=within,
    )


def _mean(score: Floats, weight: Floats, masks: list[Floats], instead: list[Floats]) -> Floats:
    held = [mask if mask.any() else other for mask, other in zip(masks, instead, strict=True)]
    return np.array([np.average(score[mask], weights=weight[mask]) for mask in held])


def _spread(score: Floats, weight: Floats, masks: list[Floats]) -> Floats:
    def one(mask: Floats) -> float:
        if not mask.any():
            return 0.0
        mean = np.average(score[mask], weights=weight[mask])
        return float(np.average((score[mask] - mean) ** 2, weights=weight[mask]))

    return np.array([one(mask) for mask in masks])


def moved(cells: ScoreCells, cell: int, outcome: str, by: float) -> ScoreCells:
    """Return the cells with the weight of one of them and of one outcome raised by ``by``."""
    column = getattr(cells, outcome).copy()
    column[cell] += by
    return ScoreCells(
        **{
            name: column if name == outcome else getattr(cells, name)
            for name in ScoreCells.__dataclass_fields__
        }
    )


def stderr_by_gradient(cells: ScoreCells, number, step: float = 1e-5) -> float:
    """Return the linearised error of a number of cells from its central differences by the weight of every cell.

    Cells that hold no row of an outcome are left out, since no row moves them.
    """
    total = 0.0
    for outcome, squared in (("positive", cells.positive_squared), ("negative", cells.negative_squared)):
        for cell in np.flatnonzero(getattr(cells, outcome) > 0.0):
            ends = [number(moved(cells, cell, outcome, side * step)) for side in (1.0, -1.0)]
            total += squared[cell] * ((ends[0] - ends[1]) / (2.0 * step)) ** 2
    rows = cells.positives + cells.negatives
    return float(np.sqrt(total * rows / (rows - 1)))
