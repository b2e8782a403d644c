"""One setting of a stored result, with all that its numbers ask of it: vectors along the terms, draws, the volume."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import DRAWS, Draws
from payoff.doubt.limits import Limits
from payoff.doubt.revalued import along, drawn_at, held_to_cap, is_possible, symbols_at
from payoff.doubt.revaluing import Revalued, Revaluing
from payoff.quantities import PER_YEAR
from payoff.spec.names import VOLUME
from payoff.stats.drawn import Curve
from payoff.verdicts.rails_then import Scaled, limit_then, money_then, rails_then, share_then
from payoff.verdicts.rulings import GuardrailRecord, HurdleRecord
from payoff.verdicts.tried import GuardrailThen, Tried

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Then:
    """One setting: ``at`` (1 + m,) along the terms, ``drawn`` (D, 1 + m) the same by draw, volumes per year.

    ``more_room`` is what another step of the capacity adds to the gain per decision, None where no step is tried.
    """

    revaluing: Revaluing
    tried: Tried
    at: Floats
    draws: Draws
    drawn: Floats
    likely_volume: float | None
    volume: float | None
    more_room: float | None

    @staticmethod
    def of(revaluing: Revaluing, curves: Sequence[Curve], tried: Tried, count: int = DRAWS) -> "Then":
        """Return a setting with ``count`` draws of the assumptions: the first of the same sequence."""
        symbols, draws = symbols_at(revaluing, tried.values), drawn_at(revaluing, tried.values, count)
        revaluing = held_to_cap(revaluing, tried.values)
        likely = next((dial.likely for dial in revaluing.dials if dial.name == VOLUME), None)
        width = 1 + len(revaluing.terms)
        return Then(
            revaluing,
            tried,
            along(revaluing, symbols),
            draws,
            np.broadcast_to(along(revaluing, draws), (len(next(iter(draws.values()), [0])), width)),
            likely,
            symbols.get(VOLUME),
            None if tried.room is None else _more_room(revaluing, curves, tried.room, likely),
        )

    def factor(self) -> float:
        """Return likely volume over the one tried: what costs per period are multiplied by per decision."""
        return 1.0 if self.likely_volume is None else self.likely_volume / float(self.volume or 1.0)

    def factors(self) -> Floats:
        """Return (D,) the same by draw, or one number where no volume is drawn."""
        return np.ones(1) if self.likely_volume is None else self.likely_volume / self.draws[VOLUME]

    def scale(self, per: str) -> float:
        """Return decisions per period."""
        return 1.0 if per not in PER_YEAR or self.volume is None else self.volume / PER_YEAR[per]


def rails_at(
    world: Then, records: Sequence[GuardrailRecord], limits: Limits | None
) -> tuple[GuardrailThen, ...]:
    """Return every guardrail at a setting: those of money and of shares are judged anew where ``limits`` can."""
    anew = {} if limits is None else _anew(world, records, limits)
    return rails_then(world.revaluing.rails, world.tried, records, anew)


def _anew(world: Then, records: Sequence[GuardrailRecord], limits: Limits) -> dict[int, GuardrailThen]:
    """Return what can be judged anew, by its place: money by the policy in use, shares at another cut."""
    cuts, cut = world.revaluing.cuts, world.tried.cut
    if cuts is not None and cut is not None:
        return {one.at: share_then(one, records[one.at], cut, len(cuts.cuts)) for one in limits.shares}
    possible, factor = is_possible(world.revaluing, world.tried.values), world.factor()
    assumed = bool(set(world.tried.values) - {VOLUME})
    out: dict[int, GuardrailThen] = {}
    for limit in limits.money if world.tried.holds_decisions else ():
        cost = limit.cost - limit.fixed_cost + limit.fixed_cost * factor
        scaled, here = Scaled(cost=cost, factor=world.scale(limit.per)), records[limit.here]
        found = limit_then(limit, here, world.at, scaled, possible=possible)
        out |= money_then(limit, here, found, assumed=assumed)
    return out


def gain_about(revaluing: Revaluing, record: HurdleRecord) -> Revalued:
    """Return the gain that a hurdle is about: at every look where the spec is judged so."""
    return next(one for one in (*revaluing.looked, *revaluing.gains) if one.over == record.over)


def cost_at(world: Then, gain: Revalued) -> float:
    """Return running cost per decision at a setting, less the baseline's."""
    cost, fixed = gain.cost or 0.0, gain.fixed_cost or 0.0
    return cost - fixed + fixed * world.factor()


def asked_at(world: Then, gain: Revalued, record: HurdleRecord) -> Floats:
    """Return (D,) what the gain per decision before costs must exceed, by draw."""
    per = record.unit.rpartition(" per ")[2]
    factors, asked, cost = world.factors(), np.full(1, record.required), np.zeros(1)
    if per in PER_YEAR and world.likely_volume is not None:
        asked = record.required * PER_YEAR[per] / world.likely_volume * factors
    if record.metric == "net_gain":
        fixed = gain.fixed_cost or 0.0
        cost = (gain.cost or 0.0) - fixed + fixed * factors
    return np.broadcast_to(asked + cost, (len(world.drawn),))


def _more_room(
    revaluing: Revaluing, curves: Sequence[Curve], room: int, volume: float | None
) -> float | None:
    """Return what another step of the capacity adds to the gain per decision, at the likely assumptions."""
    curve = room_curve(revaluing, curves)
    if curve is None:
        return None
    values, rooms = curve.points["value"], curve.points["room"]
    here, there = values[len(rooms) // 2], values[room]
    if here is None or there is None:
        return None
    return (float(there) - float(here)) / (1.0 if volume is None else volume)


def room_curve(revaluing: Revaluing, curves: Sequence[Curve]) -> Curve | None:
    """Return the published value by room of the model's capacity, None where it has none; its middle is in use."""
    return next((one for one in curves if one.kind == "capacity" and one.of == revaluing.of), None)
