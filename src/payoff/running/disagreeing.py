"""Rows that two policies decide differently: how many, which way, and what they are worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.catalogue import decision_metrics
from payoff.choices import shares
from payoff.comparison import Grounds
from payoff.record import Disagreement, Flip
from payoff.running.gathering import Counted
from payoff.spec.model import Random
from payoff.stats.estimates import Interval
from payoff.tables import Cells
from payoff.tables.cells import NEGATIVE, PENDING, POSITIVE

BY_LOT = "one of them acts by lot: expected numbers of rows"
IN_SAMPLE = "threshold tuned on these rows: the money is what they claim, not the honest gain"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pair:
    """Two policies on the cells of known rows.

    ``mine`` and ``theirs`` are (c, A) shares of actions; ``worth`` (c, A) is what the rows of a cell add up to under
    each action, against the last; ``factor`` takes that sum to money per period.
    """

    cells: Cells
    actions: tuple[str, ...]
    mine: Floats
    theirs: Floats
    worth: Floats
    factor: float

    def chance(self, ours: int, other: int) -> Floats:
        """Return (c,) the share of each cell's rows on which the first does ``ours`` and the second ``other``."""
        return np.asarray(self.mine[:, ours] * self.theirs[:, other])

    @property
    def differs(self) -> Floats:
        """Return (c,) the share of each cell's rows that are decided differently."""
        return np.asarray(1.0 - (self.mine * self.theirs).sum(axis=1))

    @property
    def ways(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of different actions that occur, or could where there are two actions."""
        two = len(self.actions) == 2 and self.mine.any(axis=0).all() and self.theirs.any(axis=0).all()
        for ours in range(len(self.actions)):
            for other in range(len(self.actions)):
                if ours != other and (two or self.chance(ours, other).any()):
                    yield ours, other


def disagreements(counted: Counted) -> Iterator[Disagreement]:
    """Yield what the model decides differently from every challenger and every baseline, on the same rows."""
    grounds = counted.grounds
    if grounds is None:
        return
    for rival in grounds.spec.candidates:
        if rival.name != grounds.spec.model.name:
            yield _disagreement(counted, grounds, rival.name)


def _disagreement(counted: Counted, grounds: Grounds, over: str) -> Disagreement:
    spec, cells, actions = grounds.spec, grounds.cells, grounds.valuation.actions
    per = "year" if counted.world.volume is not None else "decision"
    mine, theirs = (shares(one, cells, actions) for one in (spec.model, spec.candidate(over)))
    known, moments = cells.known, cells.moments
    pair = _Pair(
        cells=cells.where(known),
        actions=actions,
        mine=mine[known],
        theirs=theirs[known],
        worth=_worth(grounds)[known],
        factor=(counted.world.scale(per) or 1.0) / max(float(moments.weight[known].sum()), 1e-300),
    )
    found = dict(decision_metrics(pair.cells, pair.differs, ("act_rate",)))["act_rate"]
    waiting = moments.rows * (1.0 - (mine * theirs).sum(axis=1)) * (cells.state == PENDING)
    return Disagreement(
        of=spec.model.name,
        over=over,
        rows=int(moments.rows[known].sum()),
        differing=_whole(pair.cells.moments.rows * pair.differs),
        pending=_whole(waiting),
        share=found.value,
        low=found.low,
        high=found.high,
        tier=found.tier,
        money=float(((pair.mine - pair.theirs) * pair.worth).sum() * pair.factor),
        unit=f"{spec.decision.unit} per {per}",
        flips=tuple(_flips(pair, spec.data.states)),
        note=_note(grounds, over),
    )


def _flips(pair: _Pair, states: Sequence[str]) -> Iterator[Flip]:
    """Yield every kind of row that is decided differently: the last class, of a binary outcome positives, first."""
    for state, name in reversed([*enumerate(states)]):
        for ours, other in pair.ways:
            chance = pair.chance(ours, other)
            here = pair.cells.state == state
            found = _share(pair.cells, chance, state)
            gained = chance * (pair.worth[:, ours] - pair.worth[:, other]) * here
            yield Flip(
                outcome=name,
                action=pair.actions[ours],
                instead=pair.actions[other],
                rows=_whole(pair.cells.moments.rows * chance * here),
                share=found.value,
                low=found.low,
                high=found.high,
                money=float(gained.sum() * pair.factor),
            )


def _share(cells: Cells, chance: Floats, state: int) -> Interval:
    """Return which part of the rows of one outcome is decided in one way by the first and in another by the second."""
    if state != NEGATIVE:
        of_class = replace(cells, state=np.where(cells.state == state, POSITIVE, NEGATIVE))
        return dict(decision_metrics(of_class, chance, ("recall",)))["recall"]
    rest = replace(cells, state=np.where(cells.state == NEGATIVE, NEGATIVE, POSITIVE))
    left = dict(decision_metrics(rest, chance, ("specificity",)))["specificity"]
    value, low, high = (None if end is None else 1.0 - end for end in (left.value, left.high, left.low))
    return replace(left, value=value, low=low, high=high)


def _worth(grounds: Grounds) -> Floats:
    """Return (c, A) the summed value of the rows under every action less that under the last."""
    moved = grounds.cells.moments.part_sums() @ grounds.valuation.differences().T
    return np.concatenate([moved, np.zeros((len(moved), 1))], axis=1)


def _whole(rows: Floats) -> int:
    return round(float(rows.sum()))


def _note(grounds: Grounds, over: str) -> str | None:
    spec, tuned = grounds.spec, grounds.choices.tuned
    pair = (spec.model, spec.candidate(over))
    notes = [BY_LOT] if any(isinstance(one.policy, Random) for one in pair) else []
    notes += [IN_SAMPLE] if any(one.name in tuned for one in pair) else []
    return "; ".join(notes) or None
