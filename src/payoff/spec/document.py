"""The spec file as it stands, key by key: pydantic models that take exactly what the format has.

Nothing is resolved here and no default is filled in; that is ``payoff.spec.building``.
The descriptions and examples are the published JSON Schema.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from payoff.spec.places import Node

Number = int | float
OneOrMore = str | tuple[str, ...]


def _day(value: Node) -> Node:
    """Turn ISO text into a date, for formats that have no dates."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Day = Annotated[date, BeforeValidator(_day), Field(examples=["2026-01-31"])]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class VolumeDocument(_Part):
    """Decisions per period with a range."""

    likely: Number
    low: Number | None = None
    high: Number | None = None
    per: str = Field(examples=["year"])


class QuantityDocument(_Part):
    """What is decided where it is a number."""

    unit: str | None = Field(None, description="What it counts.", examples=["pieces"])
    least: Number | None = Field(None, description="The least that can be decided; 0 unless stated.")
    most: Number | None = Field(None, description="The most that can be decided.")
    level: Number | None = Field(
        None, description="The quantile that the pinball loss is for; from the value unless stated."
    )


class DecisionDocument(_Part):
    """What is decided, how often, in which unit."""

    name: str | None = Field(
        None, description="What is decided.", examples=["Call customers about a deposit"]
    )
    row: str | None = Field(None, description="What one row is.", examples=["a customer who could be called"])
    unit: str = Field(description="The one currency or unit of all values.", examples=["EUR"])
    volume: str | VolumeDocument | None = Field(
        None, description="Decisions per period in the world.", examples=["45000 per year"]
    )
    actions: tuple[str, ...] | None = Field(
        None, description="The first acts, the last does nothing.", examples=[["act", "skip"]]
    )
    quantity: str | QuantityDocument | None = Field(
        None,
        description="What is decided, where it is a number: its unit, or more.",
        examples=["pieces"],
    )
    horizon: str | None = Field(
        None, description="How long the gain lasts, for net present value.", examples=["3 years"]
    )
    discount_rate: Number | None = Field(
        None, description="Per year, for net present value.", examples=[0.05]
    )
    quantum: Number | None = Field(None, description="Smallest money step that is summed.", examples=[0.0001])


class DataDocument(_Part):
    """Where the rows are and what their columns mean."""

    path: str | None = Field(None, description="The file with the rows, unless the command names it.")
    outcome: str = Field(
        description="The column that says what turned out to be true.", examples=["subscribed"]
    )
    positive: str | Number | bool | None = Field(None, description="The outcome that counts as positive.")
    classes: tuple[str | Number, ...] | None = Field(
        None,
        description="Every class of an outcome that is not binary, as the data spell them.",
        examples=[["paid", "late", "default"]],
    )
    id: str | None = Field(None, description="The column that names a row.")
    time: str | None = Field(None, description="The column that says when the decision is made.")
    timezone: str | None = Field(
        None, description="For timestamps without offset.", examples=["Europe/Amsterdam"]
    )
    cluster: str | None = Field(None, description="The column whose equal values belong together.")
    weight: str | None = Field(None, description="The column of row weights.")
    label_known_on: str | None = Field(None, description="The column that says when the outcome was known.")
    maturity: str | None = Field(
        None, description="How old a row must be to be judged.", examples=["60 days"]
    )
    as_of: Day | None = Field(None, description="The day of the evaluation.")
    sampled: Number | str | None = Field(
        None, description="Share of the world that the rows are, or `by outcome`.", examples=[0.1]
    )
    prevalence: Number | None = Field(None, description="Share of positives in the world.", examples=[0.02])
    censored: str | None = Field(
        None, description="The column that says where the outcome shows only what could be had."
    )
    outcome_given: str | None = Field(
        None,
        description="`any action`, or the action under which outcomes are seen.",
        examples=["any action"],
    )


class AssumptionDocument(_Part):
    """A named number with what is known about it."""

    likely: Number
    low: Number | None = None
    high: Number | None = None
    shape: Literal["triangle", "uniform", "p90"] | None = None
    owner: str | None = None
    source: str | None = None
    date: Day | None = None


class CorrelationDocument(_Part):
    """Two assumptions that tend to move together."""

    between: tuple[str, str] = Field(examples=[["margin", "call_cost"]])
    rank: Number = Field(description="Spearman's rank correlation.", examples=[0.5])


class AssumptionsDocument(BaseModel):
    """Named numbers, the groups that move as one, and the pairs that are correlated."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Number | AssumptionDocument]

    together: tuple[OneOrMore, ...] | None = Field(
        None, description="Names that move as one, or several such lists.", examples=[["margin", "price"]]
    )
    correlated: tuple[CorrelationDocument, ...] | None = Field(
        None, description="Pairs with a rank correlation."
    )


class ScenarioDocument(BaseModel):
    """Assumptions by name at other values; volume, prevalence or mix of slices in another world."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Number | Literal["low", "likely", "high"]]

    volume: Number | str | None = Field(
        None, description="Decisions per period, or low, likely, high.", examples=["30000 per year"]
    )
    prevalence: Number | None = Field(None, description="Share of positives.", examples=[0.02])
    mix: dict[str, dict[str, Number]] | None = Field(
        None,
        description="A column with the share of each value.",
        examples=[{"region": {"north": 0.5, "south": 0.5}}],
    )


class CapDocument(_Part):
    """The most that one row can gain or lose."""

    gain: Number
    loss: Number


class ReviewDocument(_Part):
    """People's time that having the candidate takes, whatever it decides."""

    minutes: str = Field(description="Minutes per decision or period.", examples=["0.5 per decision"])
    hourly: Number = Field(description="What an hour costs, in the unit.", examples=[45])


class CostsDocument(_Part):
    """What a candidate costs beside its decisions."""

    running: str | None = Field(None, description="Cost per period.", examples=["40000 per year"])
    call: str | None = Field(
        None, description="Cost of each decision it is asked about.", examples=["0.002 per decision"]
    )
    review: ReviewDocument | None = Field(None, description="People's time, whatever is decided.")
    build: str | None = Field(None, description="Cost once.", examples=["120000 once"])


class PolicyDocument(_Part):
    """Exactly one of always, when, decided, random, threshold, thresholds, capacity, budget, maximise.

    Of a quantity: always, decided, quantity or naive.
    """

    always: str | Number | None = Field(None, description="One action, or one quantity, for every row.")
    when: str | None = Field(None, description="A condition; `do` where it is true.")
    decided: str | None = Field(None, description="The column of recorded decisions.")
    as_: dict[str, str] | None = Field(None, alias="as", description="Recorded text to action.")
    random: Number | None = Field(None, description="Share of rows that get `do`.", examples=[0.1])
    threshold: Number | str | None = Field(
        None, description="Score at and above which `do` is done; or `best`, `from value`.", examples=[0.5]
    )
    thresholds: dict[str, Number] | None = Field(
        None, description="Action to score; the highest reached wins."
    )
    capacity: Number | str | None = Field(
        None,
        description="How many a calendar day, ISO week or month can take; or a share of all rows.",
        examples=["200 per day", 0.1],
    )
    budget: str | None = Field(
        None, description="How much money a period can spend on acting.", examples=["1000 per day"]
    )
    cost: str | Number | None = Field(
        None, description="What acting on a row takes of the budget: a formula without the outcome."
    )
    carry_over: Number | None = Field(
        None, description="Further periods that a row waits for room.", examples=[2]
    )
    by: str | None = Field(None, description="The column whose values have a capacity each.")
    quantity: str | Number | None = Field(
        None, description="A formula of the quantity.", examples=["forecast + 10"]
    )
    naive: Literal["last value", "last season", "mean", "quantile"] | None = Field(
        None, description="A quantity from the outcomes of earlier rows."
    )
    season: str | None = Field(None, description="How long a season is.", examples=["7 days"])
    level: Number | None = Field(None, description="Which quantile of earlier outcomes.", examples=[0.8])
    maximise: str | None = Field(None, description="What the policy maximises.", examples=["expected value"])
    do: str | None = Field(None, description="The action; by default the first.")
    otherwise: str | Number | None = Field(
        None, description="The other action, by default the last; the quantity of rows without history."
    )


class IntervalDocument(_Part):
    """The columns of a predicted interval of the outcome."""

    low: str
    high: str
    covers: Number | None = Field(None, description="The share that it is meant to cover.", examples=[0.9])


class _Scored(_Part):
    score: str | None = Field(None, description="The column of the score.", examples=["p_subscribe"])
    score_is: Literal["probability", "rank"] | None = Field(None, description="What the score means.")
    interval: IntervalDocument | None = None
    scores: dict[str, str] | None = Field(
        None,
        description="Class of the outcome to the column of its probability, for every class.",
        examples=[{"paid": "p_paid", "late": "p_late", "default": "p_default"}],
    )
    costs: CostsDocument | None = None
    latency: dict[str, str] | str | None = Field(
        None,
        description="`column` with milliseconds, or percentiles such as p95.",
        examples=[{"p95": "180 ms"}],
    )
    complexity: Number | str | None = Field(
        None, description="A number, larger is more complex; or words, which are not compared.", examples=[12]
    )


class CandidateDocument(_Scored):
    """The model that is judged, or a challenger."""

    name: str | None = Field(None, description="How results call it.", examples=["term-deposit-v3"])
    policy: PolicyDocument


class BaselineDocument(PolicyDocument, _Scored):
    """A policy that stands for life without the model, perhaps with its own score."""


class HurdleDocument(_Part):
    """The least gain worth having and what clearing it unlocks."""

    name: str | None = Field(None, examples=["pilot"])
    gain: str | None = Field(None, description="Value more than over.", examples=["200000 per year"])
    net_gain: str | None = Field(None, description="Gain less running costs.", examples=["200000 per year"])
    over: str | None = Field(None, description="A candidate's name, or `today`.", examples=["today"])
    confidence: Number | None = Field(None, examples=[0.95])
    needed_to_ship: bool | None = None
    unlocks: str | None = Field(None, examples=["all regions"])


class GuardrailDocument(_Part):
    """A limit that must hold beside the hurdles."""

    name: str | None = None
    metric: str = Field(examples=["recall"])
    at: dict[str, Number] | None = Field(None, description="The metric's parameters.", examples=[{"beta": 2}])
    method: Literal["exact"] | None = Field(
        None, description="`exact`: a share is told with the interval of Clopper and Pearson."
    )
    at_least: Number | str | None = Field(None, examples=[0.4])
    at_most: Number | str | None = Field(None, examples=[0.1])
    over: str | None = Field(None, description="Makes it a paired difference.", examples=["today"])
    in_every: tuple[OneOrMore, ...] | None = Field(None, description="Columns, or lists of columns to cross.")
    confidence: Number | None = Field(None, examples=[0.95])
    evidence: Literal["shown", "not refuted"] | None = None


class RankedDocument(_Part):
    """A metric of the best rows: of how many, and of which rankings."""

    k: Number | None = Field(None, description="Rows from the top.", examples=[100])
    per: str | None = Field(
        None,
        description="day, week or month, or a column each value of which is a ranking.",
        examples=["query_id"],
    )


class MetricDocument(_Part):
    """A metric with parameters, or a share with its exact interval."""

    metric: str = Field(examples=["f_beta"])
    at: dict[str, Number] | None = Field(None, description="The metric's parameters.", examples=[{"beta": 2}])
    method: Literal["exact"] | None = Field(
        None, description="`exact`: a share has the interval of Clopper and Pearson."
    )


def _form_of(entry: Any) -> str:
    """Return in which of three forms a metric is written; no form is called as a key is."""
    if not isinstance(entry, Mapping):
        return "a name"
    return "a metric at parameters" if "metric" in entry else "the best rows"


MetricEntry = Annotated[
    Annotated[str, Tag("a name")]
    | Annotated[MetricDocument, Tag("a metric at parameters")]
    | Annotated[dict[str, RankedDocument], Tag("the best rows")],
    Discriminator(_form_of),
]


class SpecDocument(_Part):
    """A payoff specification: what is decided, what it is worth, who decides, what must be shown."""

    payoff: Literal[1] | None = Field(None, description="The version of the format.")
    decision: DecisionDocument
    data: DataDocument
    value: dict[str, str | Number] = Field(
        description="Per action one formula; `quantity` where a number is decided; or the four cells "
        "true_positive, false_positive, false_negative, true_negative."
    )
    assumptions: AssumptionsDocument | None = None
    scenarios: dict[str, ScenarioDocument] | None = Field(
        None, description="Named settings of the assumptions, each evaluated beside the likely one."
    )
    cap: CapDocument | None = None
    model: CandidateDocument
    challengers: dict[str, CandidateDocument] | None = None
    baselines: dict[str, BaselineDocument] | None = None
    today: str | None = Field(None, description="The candidate in use now.", examples=["nobody"])
    hurdles: tuple[HurdleDocument, ...] | None = None
    guardrails: tuple[GuardrailDocument, ...] | None = None
    slices: tuple[OneOrMore, ...] | None = Field(None, description="Columns, or lists of columns to cross.")
    metrics: tuple[MetricEntry, ...] | None = Field(
        None,
        description="Names, or metrics `at` parameters; those of the best k rows with their k, and perhaps a ranking "
        "per period or column.",
    )
