"""What is at stake with one hurdle: the gain in its own unit and period, as a sum of products of assumptions.

The gain is a polynomial in the assumptions, with the volume as one of them: per year it is the gain per decision
times the decisions per year, less costs. All that is asked of one setting after the other is arithmetic on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from payoff.doubt.draws import Draws, dimensions, draw, drawn, ranged
from payoff.doubt.judged import Judged
from payoff.quantities import PER_YEAR, Amount
from payoff.spec.model import Assumption, Spec
from payoff.spec.names import VOLUME

Floats = NDArray[np.float64]
Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stake:
    """One gain and what is required of it.

    Attributes
    ----------
    spec : for the ranges and ties of the assumptions.
    judged : the gain per decision.
    terms : products of powers of symbols, with their coefficients.
    likely : symbol -> its likely value.
    required : in the unit and period of the gain.
    scale : decisions per period of the gain, at the likely volume.
    """

    spec: Spec
    judged: Judged
    terms: tuple[tuple[Powers, float], ...]
    likely: Mapping[str, float]
    required: float
    scale: float

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Return the ranged assumptions (and the volume) in groups that move as one."""
        return dimensions(self.spec, self.judged.world)

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that the gain may depend on: assumptions, and the volume where there is one."""
        return (*self.spec.assumptions, *((VOLUME,) if VOLUME in self.likely else ()))

    def item(self, name: str) -> Assumption:
        """Return an assumption, or the volume as one."""
        return ranged(self.spec, self.judged.world, name)

    def is_bound(self, name: str) -> bool:
        """Return whether rows alone can revalue it."""
        return name in self.judged.valuation.expansion.bound

    def at(self, settings: Draws) -> Floats:
        """Return (D,) gain at settings of the symbols; those that are not set are likely."""
        shape = np.broadcast_shapes((1,), *(np.shape(value) for value in settings.values()))
        out = np.zeros(shape)
        for powers, coefficient in self.terms:
            out += product(powers, {**self.likely, **settings}) * coefficient
        return out

    def draw(self, uniforms: Floats) -> Draws:
        """Return draws of every ranged assumption by symbol, tied as the spec says."""
        return draw(self.spec, self.judged.valuation, self.judged.world, uniforms)

    def drawn(self, name: str, u: Floats) -> dict[str, Floats]:
        """Return one assumption at points of the unit interval, by symbol."""
        return drawn(self.judged.valuation, self.item(name), u)

    def stop(self, name: str, value: float) -> dict[str, Floats]:
        """Return one assumption at one value, by symbol; of one bound to rows, its low, likely or high."""
        if not self.is_bound(name):
            return {name: np.array([value])}
        item = self.item(name)
        ends = {f"{name}@low": item.low, f"{name}@high": item.high}
        return {switch: np.array([float(value == end != item.likely)]) for switch, end in ends.items()}

    def ends(self, name: str) -> tuple[float | None, float | None]:
        """Return the gain at low and at high of one assumption, the others likely; None without a range."""
        item = self.item(name)
        if item.low is None or item.high is None:
            return None, None
        low, high = (float(self.at(self.stop(name, end))[0]) for end in (item.low, item.high))
        return low, high


def stake_of(spec: Spec, judged: Judged, amount: Amount) -> Stake:
    """Return what is at stake with a hurdle that asks ``amount`` of the gain.

    The volume must be known where the amount, or a cost, is per period.
    """
    volume, periodic = judged.world.volume, amount.per != "decision"
    factor = 1.0 / PER_YEAR[amount.per] if periodic else 1.0
    lift: Powers = ((VOLUME, 1),) if periodic else ()
    terms = [
        ((*powers, *lift), coefficient * factor)
        for powers, coefficient in judged.valuation.polynomial(judged.point).items()
    ]
    # A cost per period is the same at any volume: per decision it shrinks as volume grows.
    by_period = judged.fixed_cost * volume if volume is not None else 0.0
    terms.append((() if periodic else ((VOLUME, -1),), -by_period * factor))
    by_decision = judged.cost - (judged.fixed_cost if volume is not None else 0.0)
    terms.append((lift, -by_decision * factor))
    switches = {f"{name}@{end}": 0.0 for name in judged.valuation.expansion.bound for end in ("low", "high")}
    return Stake(
        spec=spec,
        judged=judged,
        terms=tuple((powers, coefficient) for powers, coefficient in terms if coefficient),
        likely={**judged.valuation.likely, **switches, **({} if volume is None else {VOLUME: volume})},
        required=amount.value,
        scale=judged.world.scale(amount.per) or 1.0,
    )


def product(powers: Powers, values: Mapping[str, float | Floats]) -> float | Floats:
    """Return the product of powers of symbols.

    >>> float(product((("margin", 2), ("volume", -1)), {"margin": 3.0, "volume": 2.0}))
    4.5
    """
    out: float | Floats = 1.0
    for symbol, power in powers:
        value = values[symbol]
        for _ in range(abs(power)):
            out = out * value if power > 0 else out / value
    return out
