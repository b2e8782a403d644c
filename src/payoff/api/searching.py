"""A search for the slices that lose the most money."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from payoff import __version__
from payoff.api.opening import Source, asked_for, opened
from payoff.record import SliceSearch
from payoff.rendering.searching import search_text
from payoff.running.progress import following
from payoff.running.searching import searched


@dataclass(frozen=True, slots=True, eq=False)
class SlicesFound:
    """What a search over slices found, with ways to tell it; ``record`` holds the data alone."""

    record: SliceSearch

    def to_text(self, width: int = 80) -> str:
        """Return the table and what it claims, as plain text."""
        return search_text(self.record, width)

    def to_json(self) -> str:
        """Return JSON: sorted keys, ten significant digits."""
        return self.record.to_json()

    def __str__(self) -> str:
        return self.to_text()


def slices(
    data: Any,
    spec: Source,
    columns: Sequence[str],
    *,
    depth: int = 2,
    bins: int = 5,
    progress: Callable[[str], None] | None = None,
) -> SlicesFound:
    """Search for the slices in which the model loses most over today (else nobody).

    Every value of every column is a slice and, at depth two, every pair of values of two columns. The intervals hold
    for all slices that can be judged at once, so that they hold for whichever looks worst. Where rows come in clusters
    they rest on totals by cluster.

    Parameters
    ----------
    data, spec, progress : as for ``evaluate``; the slices and guardrails of the spec are not used.
    columns : to slice by. Numbers with more than eight values are cut into bins; of other columns the eight most
        frequent values are kept, each of 1% of the rows or more, and the rest is pooled.
    depth : how many columns a slice may name, 1 or 2.
    bins : quantile bins of a number, 2 to 20.

    Raises
    ------
    UnusableSearch
        When columns, depth or bins make no search.
    UnusableRows
        When a check of the rows finds an error.
    """
    asked = asked_for(spec, data)
    with opened(data, spec, asked) as engine:
        steps = following(progress or (lambda _: None), engine, asked)
        return SlicesFound(searched(asked, engine, tuple(columns), depth, bins, steps, __version__))
