"""Asking for sums of money by some keys, and cells from what the engine says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns, Engine
from payoff.tables import PENDING, Cells, Keyed, joined, merge
from payoff.tabulation.grouping import Grouping, grouped
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared
from payoff.tabulation.rows import sliced_columns


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """What every count needs: which tables are wanted, where the rows are, and how they were made ready."""

    plan: Plan
    engine: Engine
    ready: Prepared

    @property
    def texts(self) -> frozenset[str]:
        """Return the keys that are text: those of slices, and the cluster unless it is a whole number."""
        named = enumerate(sliced_columns(self.plan))
        slicing = {f"x{j}" for j, column in named if column not in self.plan.coded}
        slicing |= {f"by_{self.plan.keyed.index(one.name)}" for one, _ in self.plan.spec.limited}
        return frozenset(slicing if self.plan.spec.data.cluster in self.plan.integers else slicing | {"k"})

    @property
    def clustered(self) -> tuple[str, ...]:
        """Return the key of the cluster, where there is one."""
        return ("k",) if self.ready.clustered else ()


@dataclass(frozen=True, slots=True, eq=False)
class Columned:
    """Columns that are added to the rows: those of ``first`` may be named in ``then``."""

    first: str = ""
    then: str = ""

    def over(self, source: str) -> str:
        """Return ``source`` with the first of them, to be selected from."""
        return f"(select *{self.first} from {source}) as first" if self.first else source

    def query(self, source: str) -> str:
        """Return the query of ``source`` with all of them."""
        return f"select *{self.then} from {self.over(source)}"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the engine said.

    ``counted`` are counts of all rows, ``summed`` the sums of those whose money varies; one of them may be empty,
    and ``summed`` are all rows where ``counted`` is. ``plain`` are the groupings without money.
    """

    counted: list[Columns]
    summed: list[Columns]
    plain: list[Columns]


def ask(
    asking: Asking, columned: Columned, money: Sequence[Grouping], plain: Sequence[Grouping] = ()
) -> Answer:
    """Count all rows, and sum money only over rows whose money varies.

    Where it varies in some states of the outcome alone, the rows of these states are read once more: most rows are
    negatives, and what a negative is worth seldom varies.

    Parameters
    ----------
    money : the groupings that money is summed by; their aggregates are counted beside.
    plain : further groupings of the same rows, each with aggregates of its own.
    """
    ready, sums = asking.ready, asking.ready.sums
    states = sums.summed_states
    everywhere = states == (*sums.states, *((PENDING,) if ready.pending else ()))
    first = sums.aggregates() if everywhere else sums.counts()
    groupings = [replace(one, aggregates={**first, **one.aggregates}) for one in money]
    valued = columned.over("prepared")
    query = sums.rows_sql(columned.then, valued) if everywhere else columned.query("prepared")
    found = grouped(asking.engine, query, [*groupings, *plain], asking.texts)
    counted, rest = found[: len(money)], found[len(money) :]
    if everywhere:
        return Answer(counted=[], summed=counted, plain=rest)
    if not states or not money:
        return Answer(counted=counted, summed=[], plain=rest)
    varying = sums.rows_sql(columned.then, columned.over("varying"))
    again = [replace(one, aggregates=sums.aggregates()) for one in money]
    return Answer(counted=counted, summed=grouped(asking.engine, varying, again, asking.texts), plain=rest)


def keyed_cells(answer: Answer, asking: Asking) -> list[Keyed]:
    """Return one table per grouping that money was summed by; keys other than state and actions stay by name."""
    states, parts = asking.ready.sums.summed_states, []
    if answer.counted:
        rest = [_where(found, ~np.isin(found["st"], states)) for found in answer.counted]
        parts.append([_keyed(found, asking) for found in rest])
    if answer.summed:
        parts.append([_keyed(found, asking) for found in answer.summed])
    return [merge(_with_clusters(joined(several))) for several in zip(*parts, strict=True)]


def groups_of(found: Columns) -> NDArray[np.int64]:
    """Return the group of each cell, 0 where cells are not keyed by it."""
    size = len(found["n_rows"])
    return np.asarray(found["g"], dtype=np.int64) if "g" in found else np.zeros(size, dtype=np.int64)


def _keyed(found: Columns, asking: Asking) -> Keyed:
    keys = {name: found[name] for name in found if name in ("t", "k", "unit") or name.startswith(("x", "b"))}
    return Keyed(cells=_money_cells(found, asking), keys=keys)


def _money_cells(found: Columns, asking: Asking) -> Cells:
    state = np.asarray(found["st"], dtype=np.int64)
    none = np.zeros(len(state))
    named = {name: f"d{place}" for place, name in enumerate(asking.plan.keyed)}
    return Cells(
        group=groups_of(found),
        state=state,
        actions={
            name: np.asarray(found[column], dtype=np.int64)
            for name, column in named.items()
            if column in found
        },
        moments=asking.ready.sums.read(found, state),
        pending_low=np.asarray(found.get("lo_sum", none), dtype=np.float64),
        pending_high=np.asarray(found.get("hi_sum", none), dtype=np.float64),
        prevalence=asking.ready.prevalence,
    )


def _with_clusters(keyed: Keyed) -> Keyed:
    """Return the cells with the number of their cluster, and without its key."""
    if "k" not in keyed.keys:
        return keyed
    cluster = np.unique(keyed.keys["k"], return_inverse=True)[1].astype(np.int64)
    keys = {name: column for name, column in keyed.keys.items() if name != "k"}
    return Keyed(cells=replace(keyed.cells, cluster=cluster), keys=keys)


def _where(found: Columns, mask: NDArray[np.bool_]) -> Columns:
    return {name: column[mask] for name, column in found.items()}
