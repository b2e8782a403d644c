"""The result: one record, data only. Everything printed, drawn, stored or served is read from it.

Canonical JSON: keys sorted, no NaN, floats to ten significant digits. ``hash`` covers what is exact
(counts, money in quanta, statuses, spec and data), never time, host or path; ``checksum`` covers all but ``meta``,
so that no shown number can be changed by hand unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from payoff.choices import CapacityRecord, PeriodValue
from payoff.doubt.limits import Limits
from payoff.doubt.records import DoubtRecord, PrevalenceRecord, ScenarioRecord, WrongLabels
from payoff.doubt.revaluing import Revaluing
from payoff.errors.store import UnreadableResult
from payoff.record.assumptions import AssumptionRecord
from payoff.record.slice_columns import restored, unsorted_columns
from payoff.record.written import canonical, digest, on_lines, plain, structured
from payoff.stats.drawn import Curve
from payoff.stats.estimates import ConfusionCell, Estimate, Tier
from payoff.verdicts import (
    CostRecord,
    GuardrailRecord,
    HurdleRecord,
    LooksRecord,
    Overall,
    Status,
    Verdict,
)

__all__ = [
    "AssumptionRecord",
    "CapacityRecord",
    "Check",
    "ConfusionCell",
    "CostRecord",
    "Curve",
    "CutTable",
    "DataRecord",
    "Disagreement",
    "DoubtRecord",
    "Flip",
    "GuardrailRecord",
    "HurdleRecord",
    "LooksRecord",
    "LosingSlice",
    "Overall",
    "PeriodValue",
    "PolicyRecord",
    "PolicyTotal",
    "PrevalenceRecord",
    "Result",
    "Revaluing",
    "SCHEMA",
    "ScenarioRecord",
    "SliceSearch",
    "Status",
    "Verdict",
    "WrongLabels",
    "from_document",
]

SCHEMA = 1
# Parts that results of this schema may lack: left out where there is nothing to say.
LATER = (
    "looks",
    "wrong_labels",
    "confusion",
    "costs",
    "doubt",
    "scenarios",
    "prevalences",
    "capacities",
    "revaluing",
    "limits",
)

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding about the rows or the spec: what, where, how many, which, and the remedy."""

    code: str
    severity: Severity
    where: str
    rows: int
    ids: tuple[str, ...]
    found: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRecord:
    """What was read. ``hash`` is of the rows' content, in any order where an id is given.

    ``groups`` says what the twenty groups were made from: ``cluster``, ``id`` or ``row position``.
    ``share`` is the part of the world's volume that the rows are, where known.
    """

    hash: str
    rows: int
    known: int
    pending: int
    window: tuple[str, str] | None
    as_of: str | None
    engine: str
    groups: str
    clusters: int | None
    share: float | None
    volume_per_year: float | None
    volume_from: Literal["spec", "time", "none"]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRecord:
    """One policy as it was counted. ``in_sample`` is True where its threshold was tuned on these rows."""

    name: str
    model: str | None
    role: Literal["model", "challenger", "baseline"]
    kind: str
    definition: str
    threshold: float | None = None
    threshold_low: float | None = None
    threshold_high: float | None = None
    flat_low: float | None = None
    flat_high: float | None = None
    in_sample: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Known rows of one outcome on which ``of`` takes ``action`` and ``over`` takes ``instead``.

    ``share`` is their part of all rows of that outcome, with its 95% interval; ``money`` what they add to the gain.
    """

    outcome: str
    action: str
    instead: str
    rows: int
    share: float | None
    low: float | None
    high: float | None
    money: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Rows that two policies decide differently.

    ``rows`` and ``differing`` count known rows, ``pending`` those decided differently whose outcome is not known.
    ``money`` is the gain of ``of`` over ``over`` at the thresholds in use: that of all ``flips`` together.
    """

    of: str
    over: str
    rows: int
    differing: int
    pending: int
    share: float | None
    low: float | None
    high: float | None
    tier: Tier
    money: float
    unit: str
    flips: tuple[Flip, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTable:
    """Cumulative sums of one model at no more than 101 cuts (rows with score >= cut), at least 10 rows apart."""

    of: str
    cuts: tuple[float, ...]
    rows: tuple[int, ...]
    positives: tuple[int, ...]
    value: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTotal:
    """What is exact about one policy: counts, and money in whole quanta at the likely assumptions.

    ``counts`` holds acted and skipped rows by outcome state, such as ``{"act/positive": 40}``.
    ``total`` is an integer number of ``quantum`` units of money, None where values are weighted or mixed.
    """

    of: str
    rows: int
    pending: int
    counts: Mapping[str, int]
    total: int | None
    quantum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything payoff found.

    ``decision`` holds name, row, unit, actions and volume as the spec states them, for those who tell.
    ``confusion`` tells every policy by class of outcome and action, where actions are chosen from a list.
    ``wrong_labels`` says how many of them would change a needed hurdle; ``doubt`` what the ranges of the assumptions
    do; ``scenarios`` what holds in each named one; ``prevalences`` how common positives must be; ``capacities`` how
    full each is. ``revaluing`` holds what other assumptions, volumes and thresholds need to be tried without the rows.
    ``looks`` says how often these rows are judged, None where nobody said that it is more than once.
    ``meta`` (written_at, seconds, path) is outside the hash.
    """

    spec_hash: str
    spec_text: str
    seed: int
    today: str | None
    decision: Mapping[str, Any]
    partial: bool
    data: DataRecord
    policies: tuple[PolicyRecord, ...]
    assumptions: tuple[AssumptionRecord, ...]
    verdict: Verdict
    estimates: tuple[Estimate, ...]
    curves: tuple[Curve, ...]
    tables: tuple[CutTable, ...]
    totals: tuple[PolicyTotal, ...]
    payoff_version: str
    disagreements: tuple[Disagreement, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    looks: LooksRecord | None = None
    wrong_labels: tuple[WrongLabels, ...] = ()
    capacities: tuple[CapacityRecord, ...] = ()
    confusion: tuple[ConfusionCell, ...] = ()
    costs: tuple[CostRecord, ...] = ()
    doubt: DoubtRecord | None = None
    scenarios: tuple[ScenarioRecord, ...] = ()
    prevalences: tuple[PrevalenceRecord, ...] = ()
    revaluing: Revaluing | None = None
    limits: Limits | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the result as plain JSON types, hash included.

        Keys are sorted when it is written: ``slice_columns`` holds what of the spec's order of columns that would lose.
        """
        body = plain(self)
        spec = {"hash": body.pop("spec_hash"), "text": body.pop("spec_text")}
        meta = body.pop("meta")
        body = {name: value for name, value in body.items() if name not in LATER or value}
        slices = [one.slice for one in self.estimates] + [one.slice for one in self.verdict.guardrails]
        orders = unsorted_columns(slices)
        if orders:
            body["slice_columns"] = orders
        document = {"schema": SCHEMA, "spec": spec, **body, "hash": self.hash}
        return {**document, "checksum": digest(document), "meta": meta}

    @property
    def hash(self) -> str:
        """Return sha256 over what is exact: spec, data, counts, money in quanta, every status."""
        exact = {
            "schema": SCHEMA,
            "spec": self.spec_hash,
            "data": self.data.hash,
            "overrides": plain(self.overrides),
            "totals": plain(self.totals),
            "overall": self.verdict.overall,
            "unlocked": self.verdict.unlocked,
            "hurdles": [(hurdle.name, hurdle.status) for hurdle in self.verdict.hurdles],
            "guardrails": [(rail.name, plain(rail.slice), rail.status) for rail in self.verdict.guardrails],
        }
        if self.scenarios:
            exact["scenarios"] = [(one.name, [gain.status for gain in one.gains]) for one in self.scenarios]
        return digest(exact)

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, ten significant digits, one record per line, a final newline."""
        members = (f"{canonical(name)}: {on_lines(value)}" for name, value in sorted(self.document().items()))
        return "{\n" + ",\n".join(members) + "\n}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class LosingSlice:
    """One slice that a search found to gain less than nothing. Its bounds hold for all slices judged at once.

    ``total`` is what the slice gains over all its known rows, by their weights: the money lost, below zero.
    ``clusters`` are those with known rows in it, None where rows are independent.
    """

    slice: Mapping[str, str]
    rows: int
    clusters: int | None
    events: int
    value: float
    low: float
    high: float
    total: float
    confident_loss: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceSearch:
    """What a search over slices found.

    Attributes
    ----------
    searched : slices that hold rows; ``judged`` of them decide enough to be judged, and the band is over these;
        ``small`` are the others.
    losing : judged slices that gain less than nothing; ``losses`` are those that lose most, most money first.
    confident : losing slices whose upper bound is below zero too.
    choices : how each column was divided, in words.
    """

    of: str
    over: str
    unit: str
    columns: tuple[str, ...]
    depth: int
    level: float
    rows: int
    searched: int
    judged: int
    small: int
    losing: int
    confident: int
    losses: tuple[LosingSlice, ...]
    choices: tuple[str, ...]
    method: str
    note: str | None
    payoff_version: str

    def to_json(self) -> str:
        """Return JSON: sorted keys, ten significant digits, one slice per line, a final newline."""
        members = (f"{canonical(name)}: {on_lines(value)}" for name, value in sorted(plain(self).items()))
        return "{\n" + ",\n".join(members) + "\n}\n"


def from_document(document: Mapping[str, Any]) -> Result:
    """Return the result that ``document`` describes.

    Raises
    ------
    UnreadableResult
        When it is no result, of another schema, or its hash or checksum does not fit its content.
    """
    try:
        body = dict(document)
        schema, stored, checksum = body.pop("schema"), body.pop("hash"), body.pop("checksum")
        spec = body.pop("spec")
        orders = body.pop("slice_columns", [])
        if orders:
            body["estimates"] = restored(body["estimates"], orders)
            rails = restored(body["verdict"]["guardrails"], orders)
            body["verdict"] = {**body["verdict"], "guardrails": rails}
        if schema != SCHEMA:
            raise _unreadable(f"schema {schema!r}")
        result: Result = structured(Result, {**body, "spec_hash": spec["hash"], "spec_text": spec["text"]})
        rebuilt = result.document()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise _unreadable("something else, or a part of a result") from problem
    if (rebuilt["hash"], rebuilt["checksum"]) != (stored, checksum):
        raise _unreadable("a hash or checksum that does not fit the content: something was changed by hand")
    return result


def _unreadable(found: str) -> UnreadableResult:
    return UnreadableResult(
        where="result",
        found=found,
        expected=f"a result of schema {SCHEMA}, unchanged since payoff wrote it",
        fix="evaluate again with this version of payoff.",
    )
