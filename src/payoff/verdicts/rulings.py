"""What a verdict consists of: data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["cleared", "missed", "undecided", "not evaluated"]
Overall = Literal["ship", "hold", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HurdleRecord:
    """One hurdle, judged. ``gain``, ``low``, ``high`` and ``required`` are in ``unit`` (such as EUR per year).

    ``confidence`` is what the hurdle asks; ``probability`` what was reached with the doubt of the assumptions,
    ``probability_sampling`` without it. ``rows_needed`` is (from, to); None on an end means no finite number.
    """

    name: str
    needed_to_ship: bool
    status: Status
    of: str
    over: str
    metric: str
    gain: float | None
    low: float | None
    high: float | None
    required: float
    unit: str
    confidence: float
    probability: float | None
    probability_sampling: float | None
    reason: str | None
    rows_needed: tuple[int | None, int | None] | None
    evpi: float | None
    unlocks: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailRecord:
    """One guardrail in one place (``slice`` None for all rows), judged."""

    name: str
    metric: str
    at: Mapping[str, float] | None
    of: str
    over: str | None
    slice: Mapping[str, str] | None
    limit: str
    status: Status
    value: float | None
    low: float | None
    high: float | None
    confidence: float
    evidence: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer. ``overall`` is None when the spec names no hurdle."""

    overall: Overall | None
    unlocked: str | None
    sentence: str
    hurdles: tuple[HurdleRecord, ...]
    guardrails: tuple[GuardrailRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A value of one assumption, within the range held possible, from which on the overall answer ``becomes`` another.

    The assumption is taken as ``at`` in place of its likely value, as ``payoff.what_if`` does; all else stays.
    """

    at: float
    becomes: Overall


def unlocked(hurdles: Sequence[HurdleRecord]) -> str | None:
    """Return the highest hurdle such that it and all before it are cleared."""
    name = None
    for hurdle in hurdles:
        if hurdle.status != "cleared":
            break
        name = hurdle.name
    return name
