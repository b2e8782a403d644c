"""The cells of the study: every population under every rule, and some beside the grid."""

from dataclasses import dataclass
from itertools import product
from typing import Literal

from studies.coverage.populations import Amounts, Population

EVENTS = (20, 50, 100, 200, 500, 2_000, 10_000)
AMOUNTS = (
    Amounts("constant"),
    Amounts("gamma"),
    *(Amounts("lognormal", sigma) for sigma in (0.7, 1.0, 1.5, 2.0)),
    Amounts("Pareto", 2.1),
)
BESIDE = (Amounts("constant column"), Amounts("lognormal", 1.5, 400.0), Amounts("lognormal", 2.0, 400.0))
SIDES = {1: "gains", -1: "losses"}
Rule = Literal["fixed", "tuned", "skilled", "top"]
REPLICATIONS = {"fixed": 10_000, "tuned": 2_000, "skilled": 2_000, "top": 2_000}
SLOW = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One population judged under one rule.

    Attributes
    ----------
    rule : *fixed*: the threshold was given. *tuned*: it is the best of forty on the rows that judge it, by a score
        that knows nothing. *skilled*: the same by a score with an AUC of 0.80. *top*: the best tenth of the rows is
        acted on, and events are counted among these.
    """

    rule: Rule
    population: Population

    @property
    def name(self) -> str:
        """Return the cell in words.

        >>> grid("fixed", clustered=False)[0].name
        'fixed plain, constant, gains, 20 events'
        """
        of = self.population
        grouping = "clustered" if of.clustered else "plain"
        return f"{self.rule} {grouping}, {of.amounts}, {SIDES[of.sign]}, {of.events} events"

    @property
    def replications(self) -> int:
        """Return how many draws are asked for, fewer where one takes long."""
        slow = self.population.clustered and self.population.events >= SLOW
        return min(REPLICATIONS[self.rule], SLOW if slow else REPLICATIONS[self.rule])


def grid(rule: Rule, *, clustered: bool, amounts: tuple[Amounts, ...] = AMOUNTS) -> list[Cell]:
    """Return the cells of one rule: amounts x gains and losses x events."""
    return [
        Cell(rule, Population(events=events, amounts=law, sign=sign, clustered=clustered))
        for law, sign, events in product(amounts, SIDES, EVENTS)
    ]


def all_cells() -> list[Cell]:
    """Return all cells, the most important first.

    >>> len(all_cells())
    826
    """
    return [
        *grid("fixed", clustered=False),
        *grid("fixed", clustered=False, amounts=BESIDE),
        *grid("fixed", clustered=True),
        *grid("tuned", clustered=False),
        *grid("tuned", clustered=True),
        *grid("skilled", clustered=False),
        *grid("skilled", clustered=True),
        *grid("top", clustered=False),
        *grid("top", clustered=True),
    ]
