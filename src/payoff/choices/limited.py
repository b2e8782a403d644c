"""Comparisons in which a capacity decides: which table they rest on, and how its cut moves with the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from payoff.choices.policies import options, shares, switches
from payoff.choices.supporting import Taking, support_of_share
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Candidate, Capacity, Spec
from payoff.stats.contrast import Contrast
from payoff.stats.contributions import adverse_clusters, contrast_of
from payoff.stats.inference import Support
from payoff.stats.periods import contrast_of_periods
from payoff.stats.tiers import Circumstances
from payoff.tables import Cells, Filled, Keyed

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FINENESS = ("day", "week", "month")
TWO_TEAMS = "no interval: two capacities, each shared among teams of its own"
GIVEN = "the score in which the capacity ends is taken as given"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """What capacities were filled with, and the tables that gains under them are judged by.

    ``filled``, ``units`` and ``teams`` are those of ``payoff.tabulation.Tabulated``.
    """

    filled: Mapping[str, Filled] = field(default_factory=dict)
    units: Keyed | None = None
    teams: Mapping[str, Keyed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What a gain or value in which a capacity decides is judged by.

    Attributes
    ----------
    contrast : its moments.
    refused : why there is no interval; None where there may be one.
    support : where values are constant given outcome, and a share of one pool of independent rows is acted on.
    adverse_clusters : where they are and rows come in clusters, those that hold a row which loses.
    """

    contrast: Contrast
    refused: str | None = None
    support: Support | None = None
    adverse_clusters: int | None = None

    @property
    def about(self) -> Circumstances:
        """Return what is known beside the moments."""
        finite = self.support is not None or self.adverse_clusters is not None
        return Circumstances(finite_support=finite, adverse_clusters=self.adverse_clusters)


def limited_policies(spec: Spec, of: str, over: str | None) -> list[tuple[str, Capacity]]:
    """Return those of two candidates that act under a capacity."""
    both = [(name, spec.candidate(name).policy) for name in (of, over) if name is not None]
    return [(name, policy) for name, policy in both if isinstance(policy, Capacity)]


def judged_by(
    spec: Spec,
    valuation: Valuation,
    limits: Limits,
    cells: Cells,
    pair: tuple[str, str | None],
    constants: Floats | None,
) -> Judged:
    """Return the contrast of the value of one candidate, or its gain over another; one of them is limited.

    Parameters
    ----------
    cells : the policies table, for shares of one pool.
    pair : the candidate and its rival, None for a value.
    constants : (C, K) parts by known state where every value formula is constant given outcome, else None.

    With a capacity per period the unit is the period, the longer one of two. A share of all rows is judged row by row
    (or cluster by cluster): a row above the cut counts against the value at the cut, since the cut moves with the rows.
    """
    policies = limited_policies(spec, *pair)
    timed = [str(policy.per) for _, policy in policies if policy.per is not None]
    teams = [name for name, policy in policies if policy.per is None and policy.by is not None]
    if timed and limits.units is not None:
        held, unit = limits.units, max(timed, key=FINENESS.index)
        period = coarser(np.asarray(held.keys["unit"], dtype=np.int64), str(spec.counted_by), unit)
        by_cell = _switches(spec, valuation, held.cells, pair)
        return Judged(contrast=contrast_of_periods(held.cells, by_cell, valuation.contrast(), period, unit))
    held = limits.teams[teams[0]] if teams else Keyed(cells=cells, keys={})
    by_cell = _switches(spec, valuation, held.cells, pair)
    offsets = [
        (1.0 if name == pair[0] else -1.0) * _offset(spec.candidate(name), policy, valuation, limits, held)
        for name, policy in policies
    ]
    contrast = contrast_of(held.cells, by_cell, valuation.contrast(), np.asarray(np.sum(offsets, axis=0)))
    found = Judged(contrast=contrast, refused=TWO_TEAMS if len(set(teams)) > 1 else None)
    if constants is None:
        return found
    if held.cells.cluster is not None:
        adverse = adverse_clusters(held.cells, by_cell[None], valuation.contrast())
        return replace(found, adverse_clusters=int(adverse[0]))
    if teams:
        return found
    return replace(found, support=_support(spec, valuation, limits, cells, pair, constants))


def coarser(numbers: Integers, unit: str, wanted: str) -> Integers:
    """Return the numbers of the weeks or months that days lie in; of periods of the same unit their own.

    >>> coarser(np.array([0, 3, 4, 11]), "day", "week").tolist(), coarser(np.array([31]), "day", "month").tolist()
    ([0, 0, 1, 2], [23641])
    """
    if unit == wanted:
        return numbers
    if unit != "day":
        raise ValueError("only days lie in one week and one month")
    if wanted == "week":
        return np.asarray((numbers + 3) // 7, dtype=np.int64)
    return np.asarray(numbers.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12)


def _switches(spec: Spec, valuation: Valuation, cells: Cells, pair: tuple[str, str | None]) -> Floats:
    taken, instead = (
        None if name is None else shares(spec.candidate(name), cells, valuation.actions) for name in pair
    )
    if taken is None:
        raise ValueError("a value or gain is that of a candidate")
    return switches(taken, instead)


def _offset(
    candidate: Candidate, policy: Capacity, valuation: Valuation, limits: Limits, held: Keyed
) -> Floats:
    """Return (c, A*K) by how much the influence of a row is less than what it contributes.

    With A the part of a row that is acted on, q the share and m the mean parts of rows at the cut of its pool, it is
    (A - q) m in the direction of the action: room that a row takes is room that the row at the cut loses.
    """
    cells, filled, actions = held.cells, limits.filled[candidate.name], valuation.actions
    pool = np.zeros(len(cells), dtype=np.int64)
    if policy.by is not None:
        place = {str(text): number for number, text in enumerate(filled.by)}
        pool = np.array([place[str(text)] for text in held.keys["by"]], dtype=np.int64)
    acted = shares(candidate, cells, actions)[:, actions.index(policy.do)] - policy.limit
    return np.asarray(acted[:, None] * _at_the_cut(policy, actions, filled)[pool])


def _at_the_cut(policy: Capacity, actions: tuple[str, ...], filled: Filled) -> Floats:
    """Return (P, A*K) the mean parts of the rows at the cut of every pool, in the direction of the action; m."""
    near = filled.parts_near / np.where(filled.near_rows > 0, filled.near_rows, 1.0)[:, None]
    near = np.where(filled.full[:, None], near, 0.0)
    one = np.eye(len(actions))
    direction = (one[actions.index(policy.do)] - one[actions.index(policy.otherwise)])[:-1]
    moved = direction[None, :, None] * near[:, None, :]
    full = np.concatenate([np.zeros((len(near), 1, near.shape[1])), moved], axis=1)
    return np.asarray(full.reshape(len(near), -1))


def _support(
    spec: Spec,
    valuation: Valuation,
    limits: Limits,
    cells: Cells,
    pair: tuple[str, str | None],
    constants: Floats,
) -> Support:
    """Return the support of a gain in which a share of one pool is acted on."""
    actions, found = valuation.actions, []
    for name in filter(None, pair):
        candidate, room = spec.candidate(name), np.zeros(len(valuation.contrast()))
        policy = candidate.policy
        if isinstance(policy, Capacity):
            room = _at_the_cut(policy, actions, limits.filled[name])[0] * (1.0 if name == pair[0] else -1.0)
        found.append(
            Taking(
                shares=shares(candidate, cells, actions),
                options=options(candidate, actions),
                do=actions.index(policy.do) if isinstance(policy, Capacity) else 0,
                room=room,
            )
        )
    return support_of_share(cells, constants, found)
