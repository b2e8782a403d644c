"""What a stored result would be at other numbers: what is tried, and what comes of it. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from payoff.verdicts.rulings import Overall, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What is tried: likely values by assumption, decisions per year, the place of a published cut, a capacity's step.

    None and absent stand for what the result was judged with.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    cut: int | None = None
    room: int | None = None

    @property
    def moved(self) -> bool:
        """Return whether anything is other than it was judged."""
        return bool(self.values) or not self.holds_decisions

    @property
    def holds_decisions(self) -> bool:
        """Return whether rows are decided as they were judged."""
        return self.cut is None and self.room is None


@dataclass(frozen=True, slots=True, kw_only=True)
class GainThen:
    """One gain as it would be: ``low`` and ``high`` are 95% on both sides, None where they are withdrawn (see note).

    ``metric`` is ``gain`` or ``net_gain``.
    """

    over: str
    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    method: str
    tier: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HurdleThen:
    """One hurdle as it would be judged, in its own ``unit``; ``probability`` with the doubt of the assumptions.

    At another threshold the error is multiplied by the number of cuts on offer: any of them may have been picked.
    """

    name: str
    needed_to_ship: bool
    status: Status
    over: str
    metric: str
    gain: float | None
    low: float | None
    high: float | None
    required: float
    unit: str
    confidence: float
    probability: float | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailThen:
    """One guardrail as it would be judged: numbers in the unit and period of its limit, the interval 95% on both sides.

    ``status`` and numbers are None where it is not revalued, ``note`` says why; else ``note`` says what is held.
    """

    name: str
    slice: Mapping[str, str] | None
    status: Status | None
    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retuned:
    """The published threshold worth most at these assumptions, on these rows: points without an interval."""

    threshold: float
    gains: Mapping[str, float]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A result as it would be at other numbers, its decisions held.

    Attributes
    ----------
    settings : what was tried, as given.
    overall : None where there is no hurdle, or where it hangs on a guardrail that is not revalued.
    retuned : beside, what another threshold would bring; None where the model has none.
    notes : what a reader must know of the numbers.
    """

    of: str
    settings: Mapping[str, float]
    overall: Overall | None
    unlocked: str | None
    gains: tuple[GainThen, ...]
    hurdles: tuple[HurdleThen, ...]
    guardrails: tuple[GuardrailThen, ...]
    retuned: Retuned | None
    notes: tuple[str, ...]
