"""What wrong labels would do to the verdict: a sensitivity, never an estimate of how many are wrong.

Where what a row is worth under an outcome reads no column, flipping a share e of the labels that say otherwise, at
random, moves the gain by e times a sum over their cells: switch x (weight x value under that outcome - what the rows
are worth as labelled), over all known weight. So the share at which the gain meets any amount has a closed form.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from payoff.choices import shares, switches
from payoff.comparison import Comparison, Grounds, compare
from payoff.doubt import Draws, Judged, dimensions, draw, joint_confidence, points
from payoff.record import WrongLabels
from payoff.running.looking import at_every_look
from payoff.spec.model import Hurdle
from payoff.stats.contrast import Floats
from payoff.stats.distributions import normal_ppf
from payoff.tables.cells import NEGATIVE, POSITIVE
from payoff.verdicts import Circumstances, HurdleRecord, Status, judged_gain, status_of

CLASSES: Mapping[str, tuple[int, ...]] = {
    "positives": (POSITIVE,),
    "negatives": (NEGATIVE,),
    "both": (POSITIVE, NEGATIVE),
}
# How sharp a share is told, and after how many steps the search ends in any case.
SHARP, MOST_STEPS = 1e-5, 60
CERTAIN = 1e-12
BY_ROW = "cannot be told: values vary by row, and no table says what a row is worth under the other outcome"
BY_OUTCOME = "cannot be told: rows are weighted by their outcome"


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One hurdle with all that its judgement took; ``required`` is per decision."""

    record: HurdleRecord
    gain: Comparison
    judged: Judged
    required: float
    settings: Draws
    factor: float

    def chance_at(self, shift: Floats) -> float:
        """Return the probability to clear with these mean parts added to the gain, its doubt as it is."""
        found = joint_confidence(self.gain.evidence, self.judged, self.required, self.settings, shift)
        if found is None:
            raise ValueError("a hurdle that was judged has a confidence")
        return float(np.mean(found))


def wrong_labels(
    grounds: Grounds, constants: Floats, about: Circumstances, judged: Mapping[str, HurdleRecord]
) -> Iterator[WrongLabels]:
    """Yield for every needed hurdle at which share of wrong labels its status, or the sign of the gain, changes.

    Parameters
    ----------
    constants : (2, K) parts by known state, NaN where a part varies by row.
    judged : hurdle -> as it was judged.
    """
    for hurdle in grounds.spec.hurdles:
        record = judged[hurdle.name]
        if not record.needed_to_ship or record.gain is None:
            continue
        asked = _asked(grounds, about, hurdle, record)
        for labels, states in CLASSES.items():
            if grounds.spec.data.prevalence is not None:
                yield _untold(record, labels, BY_OUTCOME)
            elif not np.isfinite(constants[[1 - state for state in states]]).all():
                yield _untold(record, labels, BY_ROW)
            else:
                yield _told(grounds, asked, labels, flipped(grounds, constants, record, states))


def flipped(grounds: Grounds, constants: Floats, record: HurdleRecord, states: tuple[int, ...]) -> Floats:
    """Return (A*K,) mean parts that the gain of a hurdle wins when every label of these states flips."""
    cells, spec, moments = grounds.cells, grounds.spec, grounds.cells.moments
    actions = spec.decision.actions
    mine, theirs = (shares(spec.candidate(name), cells, actions) for name in (record.of, record.over))
    switch = switches(mine, theirs)
    moved = np.zeros(switch.shape[1] * constants.shape[1])
    for state in states:
        here = cells.state == state
        other = moments.weight[here, None] * constants[1 - state] - moments.part_sums()[here]
        moved += np.einsum("cj,ck->jk", switch[here], other).ravel()
    return np.asarray(moved / moments.weight[cells.known].sum())


def _asked(grounds: Grounds, about: Circumstances, hurdle: Hurdle, record: HurdleRecord) -> _Asked:
    gain = at_every_look(grounds, compare(grounds, grounds.spec.model.name, hurdle.over))
    groups = len(dimensions(about.spec, about.world))
    settings = draw(about.spec, about.valuation, about.world, points(max(1, groups)))
    return _Asked(
        record=record,
        gain=gain,
        judged=judged_gain(hurdle, gain, about),
        required=about.world.per_decision(hurdle.amount) or 0.0,
        settings=settings if groups else {},
        factor=(about.world.scale(hurdle.amount.per) if hurdle.amount.per != "once" else None) or 1.0,
    )


def _told(grounds: Grounds, asked: _Asked, labels: str, moved: Floats) -> WrongLabels:
    cells, record = grounds.cells, asked.record
    slope = float(moved @ grounds.valuation.contrast())
    gain = float(asked.judged.at({})[0])
    changes, becomes = _change(asked, moved)
    return WrongLabels(
        hurdle=record.name,
        of=record.of,
        over=record.over,
        labels=labels,
        rows=int(cells.moments.rows[np.isin(cells.state, CLASSES[labels])].sum()),
        unit=record.unit,
        gain_per_point=slope * asked.factor / 100.0,
        share_to_no_gain=_share(0.0 - gain, slope),
        share_to_hurdle=_share(asked.required - gain, slope),
        share_to_status=changes,
        status=record.status,
        becomes=becomes,
        note=None,
    )


def _share(gap: float, slope: float) -> float | None:
    """Return the share at which a line from 0 meets ``gap``, None where no share up to all of them does.

    >>> _share(-3.0, -12.0), _share(3.0, -12.0), _share(-3.0, -2.0)
    (0.25, None, None)
    """
    share = gap / slope if slope else np.inf
    return float(share) if 0.0 < share <= 1.0 else None


def _change(asked: _Asked, moved: Floats) -> tuple[float | None, Status | None]:
    """Return the least share at which the status changes, and to what; None where it never does, or has none."""
    record = asked.record
    if record.probability is None or record.reason == "pending":
        return None, None
    chance = cache(lambda share: asked.chance_at(share * moved))
    first, last = record.probability, chance(1.0)
    if status_of(last, record.confidence) == record.status:
        return None, None
    limits = {"cleared": record.confidence, "missed": 1.0 - record.confidence}
    middle = limits["cleared"] if last > first else limits["missed"]
    limit = _deviate(limits.get(record.status, middle))

    def gap(share: float) -> float:
        return _deviate(chance(share)) - limit

    share = _crossing(gap, _deviate(first) - limit, _deviate(last) - limit)
    return share, status_of(chance(share), record.confidence)


def _deviate(chance: float) -> float:
    return float(normal_ppf(np.clip(chance, CERTAIN, 1.0 - CERTAIN)))


def _crossing(gap: Callable[[float], float], first: float, last: float) -> float:
    """Return the share, just beyond it, at which a gap that rises or falls all the way from 0 to 1 changes its sign.

    By interpolation between two shares about it, of which one that stays is trusted half as much (Illinois).

    >>> round(_crossing(lambda share: share**2 - 0.25, -0.25, 0.75), 5)
    0.5
    """
    low, high, at_low, at_high, before = 0.0, 1.0, first, last, None
    for _ in range(MOST_STEPS):
        if high - low <= SHARP:
            break
        inner = at_low / (at_low - at_high) if at_low != at_high else 0.5
        share = low + (high - low) * float(np.clip(inner, 0.01, 0.99))
        found = gap(share)
        beyond = (found > 0) == (last > 0)
        if beyond:
            high, at_high, at_low = share, found, at_low / (2.0 if before is beyond else 1.0)
        else:
            low, at_low, at_high = share, found, at_high / (2.0 if before is beyond else 1.0)
        before = beyond
    return high


def _untold(record: HurdleRecord, labels: str, why: str) -> WrongLabels:
    return WrongLabels(
        hurdle=record.name,
        of=record.of,
        over=record.over,
        labels=labels,
        rows=0,
        unit=record.unit,
        gain_per_point=None,
        share_to_no_gain=None,
        share_to_hurdle=None,
        share_to_status=None,
        status=record.status,
        becomes=None,
        note=why,
    )
