"""What is said about metrics for one decision: data only."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["decide by", "suits", "read beside", "misleads", "cannot be had"]
ROLES: tuple[Role, ...] = ("decide by", "suits", "read beside", "misleads", "cannot be had")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One question about the decision that tells which metrics fit, with what is known of it."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """One metric: whether it fits this decision, and why."""

    metric: str
    role: Role
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What one step of a metric is worth: ``amount`` in ``unit`` for ``step``, as ``given`` says.

    A rate of exchange at ``present``, the metric as it is now (None where no rows tell); not an estimate of a gain.
    """

    metric: str
    of: str
    step: str
    amount: float
    unit: str
    present: float | None
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """Which of several models a metric would have chosen, and what that costs against choosing by value.

    ``regret`` is the paired gain of ``best``, the model of the largest value, over ``chosen``; 0 where both are one.
    ``low`` and ``high`` are its two-sided 95% interval, None where none can be trusted.
    """

    metric: str
    chosen: str
    best: str
    regret: float | None
    low: float | None
    high: float | None
    unit: str
    tier: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Everything that ``payoff metrics`` says. ``rows`` is None where none were read."""

    decision: str
    unit: str
    rows: int | None
    traits: tuple[Trait, ...]
    metrics: tuple[Advised, ...]
    worth: tuple[Worth, ...]
    regrets: tuple[Regret, ...]
    notes: tuple[str, ...]
