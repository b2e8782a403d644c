"""What a search over slices claims of rows that come in clusters, where nothing is lost, and of a loss that is planted.

``python -m studies.slices_by_cluster [--draws 1000] [--write]`` draws people with several rows each, who share luck and
amounts, searches 180 slices of five columns (two belong to the person, three vary from row to row) as ``payoff slices``
does, and prints for every cell how many slices were judged, the share of searches that claimed any loss (nominal 2.5%),
the share in which a bound of any judged slice was wrong (nominal 5%), and the former by a search that takes rows as
independent. ``--write`` keeps the figures in studies/results. The tables are made by plain sums over rows; moments,
tails and band are payoff's.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from payoff.stats.band import bounds_of_many, multiplier_maxima_from_influence
from payoff.stats.part_sums import PartSums
from payoff.stats.rest import Bent, Tails, means_of_parts, means_of_totals, tails_of_all
from studies.by_cell import run

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

COLUMNS, VALUES, BUCKETS, OF_PERSON = 5, 4, 128, 2
SETS = [(j,) for j in range(COLUMNS)] + list(combinations(range(COLUMNS), 2))
PLANTED = COLUMNS * VALUES + 1  # of all slices: column 0 is 0 and column 1 is 1
ACTED, POSITIVE, LEVEL, MULTIPLIERS, SEED = 0.7, 0.25, 0.95, 1_000, 20_261_126
CELLS = [(people, heavy) for heavy in (0.0, 1.0, 1.5) for people in (200, 800, 3_200)]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of people: what slices them, whose they are, their outcome and what acting on them gains."""

    codes: Integers
    person: Integers
    outcome: NDArray[np.bool_]
    gain: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search has judged, and the bounds of every slice, NaN where it is not judged."""

    means: Bent
    low: Floats
    high: Floats


def rows_of(rng: np.random.Generator, people: int, heavy: float, loss: float = 0.0) -> Rows:
    """Return rows whose gain is zero on average in every slice, less ``loss`` where one is planted.

    A person has five rows on average (geometric), a share of positives of their own (beta, mean 0.25) and, like each of
    their rows, a lognormal factor of amounts with half of the variance of logarithms ``heavy`` squared.
    """
    person = np.repeat(np.arange(people), rng.geometric(0.2, people))
    codes = rng.integers(0, VALUES, (len(person), COLUMNS))
    codes[:, :OF_PERSON] = rng.integers(0, VALUES, (people, OF_PERSON))[person]
    outcome = rng.random(len(person)) < rng.beta(2 * POSITIVE, 2 * (1 - POSITIVE), people)[person]
    half = heavy / np.sqrt(2.0)
    factor = np.exp(rng.normal(-(half**2) / 2, half, people))[person]
    amount = rng.lognormal(-(half**2) / 2, half, len(person)) * factor / POSITIVE
    planted = (codes[:, 0] == 0) & (codes[:, 1] == 1)
    gain = (rng.random(len(person)) < ACTED) * (np.where(outcome, amount, 0.0) - 1.0 - loss * planted)
    return Rows(codes, person, outcome, gain)


def search(rows: Rows, rng: np.random.Generator, *, by_person: bool = True) -> Found:
    """Return the bounds of all slices at once; not ``by_person`` takes every row as a person of its own."""
    person = rows.person if by_person else np.arange(len(rows.gain))
    bucket = rng.integers(0, BUCKETS, int(person.max()) + 1)
    means, tails, influence = [], [], []
    for one in SETS:
        number = rows.codes[:, one] @ VALUES ** np.arange(len(one))[::-1]
        sums = _totals(rows, person, number, VALUES ** len(one))
        found = means_of_totals(sums, len(rows.gain), None) if by_person else means_of_parts(sums)
        means.append(found)
        tails.append(tails_of_all(found, sums, sums.rows))
        away = rows.gain - np.nan_to_num(found.value)[number]
        at = number * BUCKETS + bucket[person]
        influence.append(np.bincount(at, away, VALUES ** len(one) * BUCKETS).reshape(-1, BUCKETS))
    many, tail, psi = Bent.joined(means), Tails.joined(tails), np.concatenate(influence)
    if not tail.judged.any():
        nothing = np.full(len(psi), np.nan)
        return Found(many, nothing, nothing)
    maxima = multiplier_maxima_from_influence(psi[tail.judged], seed=1, draws=MULTIPLIERS)
    return Found(many, *bounds_of_many(many, tail, maxima, LEVEL))


def _totals(rows: Rows, person: Integers, number: Integers, slices: int) -> PartSums:
    """Return the sums over the totals of people in every slice."""
    people, centre = int(person.max()) + 1, float(rows.gain.mean())
    pair = number * people + person
    held, at = np.unique(pair, return_inverse=True)
    weight = np.bincount(at).astype(np.float64)
    total = np.bincount(at, rows.gain - centre)
    part = held // people
    decides = [np.bincount(at, (rows.gain != 0.0) & (rows.outcome == y)) > 0 for y in (False, True)]

    def summed(*columns: Any) -> NDArray[Any]:
        return np.stack([np.bincount(part, column, slices) for column in columns], axis=1)

    deciding = summed(*decides).astype(np.int64)
    return PartSums(
        centre=centre,
        rows=np.bincount(part, minlength=slices).astype(np.int64),
        weights=summed(np.ones(len(held)), weight, weight**2, weight**3),
        first=summed(total, total * weight, total * weight**2),
        second=summed(total**2, total**2 * weight),
        third=summed(total**3)[:, 0],
        deciding=deciding,
        possible=np.ones_like(deciding),
    )


def tallies(people: int, heavy: float, draws: int, seed: int = SEED) -> dict[str, float]:
    """Return what searches claim of rows that lose nothing, by their shares, and how many slices they judge."""
    rng = np.random.default_rng([seed, people, round(10 * heavy)])
    judged, claimed, wrong, by_rows = 0, 0, 0, 0
    for _ in range(draws):
        rows = rows_of(rng, people, heavy)
        found = search(rows, rng)
        judged += int(np.isfinite(found.low).sum())
        claimed += bool((found.high < 0.0).any())
        wrong += bool(((found.high < 0.0) | (found.low > 0.0)).any())
        by_rows += bool((search(rows, rng, by_person=False).high < 0.0).any())
    return {
        "people": people,
        "heavy": heavy,
        "draws": draws,
        "judged": judged / draws,
        "claimed": claimed / draws,
        "wrong": wrong / draws,
        "claimed by rows": by_rows / draws,
    }


def power(people: int, heavy: float, loss: float, draws: int, seed: int = SEED) -> dict[str, float]:
    """Return how often a planted loss is judged and claimed; its size lies within how many of the bounds there are."""
    rng = np.random.default_rng([seed, people, round(10 * heavy), 1])
    judged, claimed, covered = 0, 0, 0
    for _ in range(draws):
        found = search(rows_of(rng, people, heavy, loss), rng)
        judged += bool(np.isfinite(found.low[PLANTED]))
        claimed += bool(found.high[PLANTED] < 0.0)
        covered += bool(found.low[PLANTED] <= -ACTED * loss <= found.high[PLANTED])
    of = {"people": people, "heavy": heavy, "loss": loss, "draws": draws}
    return {**of, "judged": judged / draws, "claimed": claimed / draws, "covered": covered / max(judged, 1)}


def measured(draws: int) -> Iterator[dict[str, float]]:
    """Yield every cell, and the planted losses."""
    for people, heavy in CELLS:
        yield tallies(people, heavy, draws)
    for heavy in (0.0, 0.5):
        yield power(2_500, heavy, 1.0, draws // 4)


if __name__ == "__main__":
    run(measured, sys.argv[1:], module="slices_by_cluster", about=__doc__, draws=1_000, seed=SEED)
