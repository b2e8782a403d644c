"""What is asked, as frozen values: the domain model that every later room reads.

``spec.document`` mirrors the file, ``spec.building`` turns it into these records,
and nothing below ``spec`` knows that a file existed.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from payoff.formulas import Formula, Outcome
from payoff.quantities import Amount
from payoff.spec.looks import Looks
from payoff.spec.parameters import Measure
from payoff.spec.top import Ranked

Shape = Literal["triangle", "uniform", "p90"]
ScoreKind = Literal["probability", "rank"]
Role = Literal["model", "challenger", "baseline"]
CapacityPeriod = Literal["day", "week", "month"]

NOBODY = "nobody"
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A named number in a value formula. ``low`` and ``high`` are None when no range was given."""

    name: str
    likely: float
    low: float | None = None
    high: float | None = None
    shape: Shape = "triangle"
    owner: str | None = None
    source: str | None = None
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Two ranged assumptions (or the volume) that tend to move together, or apart: Spearman's rank correlation."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named setting of assumptions, of the volume, and perhaps of the share of positives or the mix of slices.

    Attributes
    ----------
    settings : assumption -> its value; those that are not named stay at likely.
    volume : decisions per year, or None.
    prevalence : share of positives, or None.
    column, mix : the column whose values are mixed otherwise, and value -> share, adding up to 1; or None and empty.
    """

    name: str
    settings: Mapping[str, float]
    volume: float | None = None
    prevalence: float | None = None
    column: str | None = None
    mix: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Decisions per period in the world, with an optional range (same period)."""

    likely: Amount
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantities:
    """What is decided where it is a number: its unit, its ends, and the quantile that the pinball loss is for."""

    unit: str
    least: float = 0.0
    most: float | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided, how often, in which unit. ``actions[0]`` acts, ``actions[-1]`` does nothing.

    Where a ``quantity`` is decided, to decide as a candidate does is an action; the last is nobody's, who decides zero.
    """

    name: str
    row: str
    unit: str
    volume: Volume | None
    actions: tuple[str, ...]
    quantum: float
    horizon: str | None = None
    discount_rate: float | None = None
    quantity: Quantities | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Where the rows are and what their columns mean. Column names are as the user wrote them.

    ``classes`` are the labels of an outcome that is one of several, all text or all numbers; None of a binary one.
    """

    path: str | None
    outcome: str
    positive: str | int | float | bool | None = None
    classes: tuple[str, ...] | tuple[float, ...] | None = None
    id: str | None = None
    time: str | None = None
    timezone: str | None = None
    cluster: str | None = None
    weight: str | None = None
    label_known_on: str | None = None
    maturity_days: int | None = None
    as_of: datetime.date | None = None
    sampled: float | Literal["by outcome"] | None = None
    prevalence: float | None = None
    outcome_given: str = "any action"
    censored: str | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what formulas take the outcome for in each state of it, in the order of the states."""
        return (False, True) if self.classes is None else self.classes

    @property
    def states(self) -> tuple[str, ...]:
        """Return the name of each state of a known outcome, in order."""
        if self.classes is None:
            return ("negative", "positive")
        return tuple(one if isinstance(one, str) else f"{one:.15g}" for one in self.classes)


@dataclass(frozen=True, slots=True)
class Always:
    """The same action for every row."""

    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``do`` where the condition is true, ``otherwise`` where it is false."""

    when: Formula
    do: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Recorded decisions: the text of ``column`` mapped to actions."""

    column: str
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """``do`` for a random share of the rows, ``otherwise`` for the rest."""

    share: float
    do: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The action of the highest threshold that the score reaches, ``otherwise`` below all; lowest threshold first."""

    steps: tuple[tuple[str, float], ...]
    otherwise: str

    @property
    def ladder(self) -> tuple[str, ...]:
        """Return the actions from the lowest scores to the highest."""
        return (self.otherwise, *(action for action, _ in self.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """``do`` where score >= ``at``; ``best`` and ``from value`` are chosen later."""

    at: float | Literal["best", "from value"]
    do: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """``do`` for the highest scores as long as there is room, ``otherwise`` for the rest.

    Attributes
    ----------
    limit : rows of the world per period; a share of the rows where ``per`` is None; money where ``cost`` is given.
    per : calendar day, ISO week or calendar month; None for a share of all rows as one pool.
    by : the column each of whose values has a limit of its own.
    cost : what acting on a row takes of the limit, as a formula without the outcome; None where it takes one place.
    carry_over : further periods that a row waits for room which it did not find in its own.
    """

    limit: float
    per: CapacityPeriod | None
    do: str
    otherwise: str
    by: str | None = None
    cost: Formula | None = None
    carry_over: int = 0


@dataclass(frozen=True, slots=True)
class Maximise:
    """The action of the largest expected value, row by row, by the probability that the score is.

    ``recalibrated`` moves the score first, by a line through its logits that is fitted to the rows.
    """

    recalibrated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number for every row: a formula over what is known when it is decided."""

    formula: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Naive:
    """A number made from outcomes of earlier days, of the same values of ``by``; ``otherwise`` where there is none.

    Where that is None too, no candidate is judged on the row.
    """

    rule: Literal["last value", "last season", "mean", "quantile"]
    by: tuple[str, ...] = ()
    season_days: int | None = None
    level: float | None = None
    otherwise: float | None = None


Policy = Always | Rule | Decided | Random | Threshold | Thresholds | Maximise | Capacity | Quantity | Naive


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """The columns of a predicted interval of the outcome, and the share that it is meant to cover."""

    low: str
    high: str
    covers: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a candidate costs beside its decisions, in the spec's unit.

    ``call`` is paid for each decision that it is asked about; ``review`` is people's time, already in money.
    """

    running: Amount | None = None
    call: Amount | None = None
    review: Amount | None = None
    build: Amount | None = None

    @property
    def recurring(self) -> tuple[Amount, ...]:
        """Return what is paid again and again: every cost but the one of building it."""
        return tuple(one for one in (self.running, self.call, self.review) if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long an answer takes, in milliseconds: a ``column`` of the rows, or ``declared`` percentile -> time."""

    column: str | None = None
    declared: Mapping[float, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The model, a challenger or a baseline: a name, a policy, perhaps a score.

    ``scores`` are the columns of its class probabilities, in the order of ``data.classes``.
    ``variant_of`` names the candidate of which this is a second policy on the same score: ``NAME/POLICY``.
    """

    name: str
    role: Role
    policy: Policy
    score: str | None = None
    score_is: ScoreKind | None = None
    scores: tuple[str, ...] | None = None
    variant_of: str | None = None
    costs: Costs = Costs()
    latency: Latency | None = None
    complexity: float | str | None = None
    interval: Predicted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurdle:
    """The least gain worth having over one baseline, and what clearing it unlocks.

    ``over`` is a candidate's name, ``today`` already resolved.
    """

    name: str
    metric: Literal["gain", "net_gain"]
    amount: Amount
    over: str
    confidence: float
    needed_to_ship: bool
    unlocks: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A limit that must hold beside the hurdles, perhaps in every slice value; ``exact`` is of the interval told."""

    name: str
    metric: str
    at: Mapping[str, float] | None
    at_least: float | None
    at_most: float | None
    per: str | None
    over: str | None
    in_every: tuple[tuple[str, ...], ...]
    confidence: float
    evidence: Literal["shown", "not refuted"]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that one row can gain or lose, both positive numbers in the unit."""

    gain: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything that was asked, resolved: names checked, formulas parsed, defaults filled.

    Attributes
    ----------
    value : action -> formula, for every action of the decision (the four-cell shorthand already rewritten).
    baselines : always holds ``nobody`` and ``everybody``; of a quantity ``nobody`` alone.
    today : a candidate's name, or None when the spec does not say.
    slices : each entry a tuple of one column or of several (a cross).
    together, correlated : groups of assumptions that move as one, and pairs that are tied more loosely.
    scenarios : named settings, in the order written.
    hash : sha256 of the canonical document; equal documents in any layout have equal hashes.
    text : the document as it was written.
    of_quantity : what a row is worth in terms of ``outcome`` and ``quantity``, where a quantity is decided.
    measures : what ``metrics`` asks for, with parameters; empty where the file leaves the choice to payoff.
    tops : metrics of the best rows that ``metrics`` asks for, with how many and of which rankings.
    looks : how often the rows are judged, as the caller says; None for the only time. Not of the document.
    """

    decision: Decision
    data: Data
    value: Mapping[str, Formula]
    assumptions: Mapping[str, Assumption]
    together: tuple[tuple[str, ...], ...]
    cap: Cap | None
    model: Candidate
    challengers: tuple[Candidate, ...]
    baselines: tuple[Candidate, ...]
    today: str | None
    hurdles: tuple[Hurdle, ...]
    guardrails: tuple[Guardrail, ...]
    slices: tuple[tuple[str, ...], ...]
    metrics: tuple[str, ...]
    tops: tuple[Ranked, ...]
    hash: str
    text: str
    of_quantity: Formula | None = None
    looks: Looks | None = None
    correlated: tuple[Correlation, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Return model, challengers and baselines, in that order."""
        return (self.model, *self.challengers, *self.baselines)

    @property
    def scored(self) -> tuple[Candidate, ...]:
        """Return the candidates that carry a score of their own, in order."""
        return tuple(one for one in self.candidates if one.score is not None and one.variant_of is None)

    @property
    def limited(self) -> tuple[tuple[Candidate, Capacity], ...]:
        """Return the candidates that act under a capacity, each with it, in order."""
        return tuple((one, one.policy) for one in self.candidates if isinstance(one.policy, Capacity))

    @property
    def counted_by(self) -> CapacityPeriod | None:
        """Return the period by which decisions are counted for capacities: days where theirs differ."""
        found = {policy.per for _, policy in self.limited if policy.per is not None}
        return found.pop() if len(found) == 1 else "day" if found else None

    @property
    def class_scores(self) -> tuple[Candidate, ...]:
        """Return every class probability as a score of its own, ``NAME/CLASS``, that nothing decides by."""
        return tuple(
            replace(
                one,
                name=f"{one.name}/{label}",
                role="baseline",
                policy=Always(self.decision.actions[-1]),
                score=column,
                score_is="probability",
                scores=None,
            )
            for one in self.candidates
            for label, column in zip(self.data.states, one.scores or (), strict=bool(one.scores))
        )

    @property
    def columns_scored(self) -> tuple[Candidate, ...]:
        """Return whatever has a column of scores: candidates, then class probabilities."""
        return (*self.scored, *self.class_scores)

    @property
    def ranked(self) -> tuple[Candidate, ...]:
        """Return the candidates whose score ranks rows by a binary outcome: none where there are several classes."""
        return self.scored if self.data.classes is None else ()

    def candidate(self, name: str) -> Candidate:
        """Return the candidate of that name, or raise KeyError."""
        for candidate in self.candidates:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
