"""What a result says about doubt: data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from payoff.stats.estimates import Tier

# The statuses of ``payoff.verdicts``, which stands above.
Said = Literal["cleared", "missed", "undecided", "not evaluated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Where a gain meets one hurdle when one assumption moves and the others stay likely: every such value."""

    hurdle: str
    at: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionDoubt:
    """One assumption, or ``decision.volume``, by itself: no interactions.

    ``gain_low``, ``gain_high``: the gain at its low and high end, the others likely. ``decides`` names the policies
    whose decisions depend on it: here they are held as they are.
    """

    name: str
    likely: float
    low: float | None
    high: float | None
    gain_low: float | None
    gain_high: float | None
    break_even: tuple[BreakEven, ...]
    decides: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What assumptions that move as one (mostly a single one) contribute to the doubt.

    ``first``: share of the variance that knowing them would take away; ``total``: share that would be left if all
    others were known; both None where assumptions are correlated. ``shapley``: their fair share then, else None.
    ``worth_of_learning``: what knowing them exactly could be worth per year, None where the volume is unknown.
    """

    names: tuple[str, ...]
    first: float | None
    total: float | None
    shapley: float | None
    worth_of_learning: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Values of one assumption, and where a second must lie for the gain to meet the hurdle (null: nowhere)."""

    first: str
    second: str
    hurdle: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRecord:
    """The box that low and high of all assumptions span, every setting counting the same.

    ``above``: share in which the gain is above the hurdle. ``cleared``, ``undecided``, ``missed``: shares by what the
    rows would say at each setting, None in tier C; ``stands`` is that of the status it has.
    """

    hurdle: str
    above: float
    cleared: float | None
    undecided: float | None
    missed: float | None
    stands: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRecord:
    """What the ranges of the assumptions do to the gain that one hurdle is about, in its ``unit``.

    Attributes
    ----------
    gain, mean, asymmetry : at likely; expected over the ranges; the second less the first.
    p05, p50, p95 : quantiles over the ranges alone, the rows taken as they are.
    low, high : what the gain exceeds with 95% and with 5% confidence by both doubts; None in tier C.
    interactions : share of the variance that no assumption has alone; None where some are correlated.
    worth_of_learning_all : what knowing every assumption could be worth per year, None where the volume is unknown.
    worth_of_more_rows : the same for the draw of the rows (the hurdle's ``evpi``).
    draws : settings of the assumptions that shares and quantiles rest on.
    """

    hurdle: str
    of: str
    over: str
    metric: str
    unit: str
    gain: float
    mean: float
    asymmetry: float
    p05: float
    p50: float
    p95: float
    low: float | None
    high: float | None
    draws: int
    interactions: float | None
    worth_of_learning_all: float | None
    worth_of_more_rows: float | None
    effects: tuple[Effect, ...]
    assumptions: tuple[AssumptionDoubt, ...]
    pairs: tuple[Pair, ...]
    boxes: tuple[BoxRecord, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioGain:
    """One hurdle in one scenario: the gain with its 95% interval, and how far it is from the gain at likely.

    ``difference`` is paired on the same rows, with its own interval. ``status`` is what the rows say at this setting,
    taken as certain; ``probability`` the confidence that it is cleared. ``hurdle`` is None where the spec has none.
    """

    hurdle: str | None
    over: str
    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    required: float | None
    status: Said | None
    probability: float | None
    rows: int
    method: str
    tier: Tier
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRecord:
    """One named setting. ``volume`` is per year; ``outside`` names what lies beyond the range its owner gave.

    ``decides`` names the policies whose decisions depend on what the scenario changes: they are held.
    """

    name: str
    settings: Mapping[str, float]
    volume: float | None
    prevalence: float | None
    mix: Mapping[str, Mapping[str, float]] | None
    outside: tuple[str, ...]
    decides: tuple[str, ...]
    gains: tuple[ScenarioGain, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrevalenceRecord:
    """How common positives must be for one gain to meet one hurdle, if scores given the outcome stay as they are.

    ``break_even`` with the shares ``low`` and ``high`` between which the rows cannot tell (95%); None where there is
    none between 0 and 1. ``hurdle`` is None where the spec has none: the gain is held against nothing then.
    """

    hurdle: str | None
    of: str
    over: str
    metric: str
    prevalence: float
    break_even: float | None
    low: float | None
    high: float | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongLabels:
    """How many labels would have to be wrong to change one needed hurdle: a sensitivity, not an estimate.

    Labels of one class (``labels``), or the same share of both, flipped at random among ``rows`` known ones.
    ``gain_per_point``: what one percent of them moves the gain by, in ``unit``. Shares are between 0 and 1, None where
    none does: at which the gain is nothing, at which it meets the hurdle, at which ``status`` ``becomes`` another.
    """

    hurdle: str
    of: str
    over: str
    labels: str
    rows: int
    unit: str
    gain_per_point: float | None
    share_to_no_gain: float | None
    share_to_hurdle: float | None
    share_to_status: float | None
    status: Said
    becomes: Said | None
    note: str | None
