"""Which tables serve a spec: columns checked, formulas resolved against them, policies sorted by what they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from payoff.engines import Engine, Kind
from payoff.errors import nearest
from payoff.errors.data import MissingColumn, NaiveTime, NoKnownOutcome, NoRows, WrongColumnType
from payoff.formulas import Formula, expand, quote, resolve
from payoff.formulas.expansion import MAX_PARTS
from payoff.spec.coefficients import Valuation
from payoff.spec.model import Candidate, Capacity, Decided, Maximise, Naive, Rule, Spec, Threshold, Thresholds
from payoff.spec.quantity import naive_column, quantity_of, values_of_quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A spec bound to the columns of one relation.

    Attributes
    ----------
    value : action -> formula with column names as the data spell them.
    rules : candidate -> its resolved condition, for policies that are rules.
    costs : candidate -> what acting on a row takes of its budget, resolved, for policies under one.
    keyed : candidates whose action varies by row: these are the joint actions of the policies table.
    rivals : baselines among them: the joint actions of the scores tables, so that a tuned threshold has a band
        against every baseline.
    integers, floats : columns of whole numbers, and of binary floating point.
    quantities : candidate -> its quantity, where one is decided; in the order of the actions.
    coded : slicing column -> SQL of a whole number that stands for its value, in a search over slices.
    """

    spec: Spec
    schema: Mapping[str, Kind]
    types: Mapping[str, str]
    integers: frozenset[str]
    floats: frozenset[str]
    value: Mapping[str, Formula]
    rules: Mapping[str, Formula]
    valuation: Valuation
    keyed: tuple[str, ...]
    rivals: tuple[str, ...]
    coded: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, Formula] = field(default_factory=dict)
    costs: Mapping[str, Formula] = field(default_factory=dict)

    def is_counted(self, name: str) -> bool:
        """Return whether rows hold the action of a keyed candidate before anything is chosen from them."""
        policy = self.spec.candidate(name).policy
        return not isinstance(policy, (Threshold, Capacity)) and policy != Maximise(recalibrated=True)

    @property
    def recalibrates(self) -> bool:
        """Return whether a policy weighs values by a score that is recalibrated first."""
        return any(one.policy == Maximise(recalibrated=True) for one in self.spec.candidates)

    def is_limited(self, name: str) -> bool:
        """Return whether a candidate acts under a capacity: its cuts are chosen before any threshold is."""
        return isinstance(self.spec.candidate(name).policy, Capacity)


# Every candidate of a quantity brings parts of its own.
MOST_PARTS = 24


class Relation(Protocol):
    """What a plan needs to know of the rows: their columns."""

    @property
    def schema(self) -> Mapping[str, Kind]:
        """Return column -> kind."""

    @property
    def types(self) -> Mapping[str, str]:
        """Return column -> the engine's own type name."""

    @property
    def integers(self) -> frozenset[str]:
        """Return the columns of whole numbers."""

    @property
    def floats(self) -> frozenset[str]:
        """Return the columns of binary floating point."""


def make_plan(spec: Spec, engine: Engine) -> Plan:
    """Bind ``spec`` to the columns of ``engine``.

    Raises
    ------
    NoRows
        When there are none: what types their columns would have is not known then.
    NoKnownOutcome
        When a quantity's outcome is empty in every row and so of no type.
    MissingColumn, WrongColumnType, NaiveTime
        When the spec names a column that is not there or cannot play its part.
    FormulaError
        When a formula does not fit the types of the columns.
    """
    _check_rows(engine)
    if spec.of_quantity is not None and engine.schema.get(spec.data.outcome) == "text":
        _check_outcome(spec.data.outcome, engine)
    return bind(spec, engine)


def bind(spec: Spec, relation: Relation) -> Plan:
    """Bind ``spec`` to columns, be there rows at hand or only tables of them.

    Raises
    ------
    MissingColumn, WrongColumnType, NaiveTime, FormulaError
        As ``make_plan``.
    """
    _check_columns(spec, relation)
    plain = {name: "timestamp" if kind == "timestamptz" else kind for name, kind in relation.schema.items()}
    plain |= {
        naive_column(spec, one.name): "number" for one in spec.candidates if isinstance(one.policy, Naive)
    }
    quantities = bound_quantities(spec, plain)
    formulas = spec.value if spec.of_quantity is None else values_of_quantities(spec)
    value = {action: resolve(formula, plain, wants="number") for action, formula in formulas.items()}
    rules = {
        candidate.name: resolve(candidate.policy.when, plain, wants="boolean")
        for candidate in spec.candidates
        if isinstance(candidate.policy, Rule)
    }
    costs = {
        name: resolve(policy.cost, plain, wants="number")
        for name, policy in ((one.name, limit) for one, limit in spec.limited)
        if policy.cost is not None
    }
    ranges = {item.name: (item.likely, item.low, item.high) for item in spec.assumptions.values()}
    likely = {item.name: item.likely for item in spec.assumptions.values()}
    keyed = tuple(candidate.name for candidate in spec.candidates if varies(candidate))
    return Plan(
        spec=spec,
        schema=relation.schema,
        types=relation.types,
        integers=relation.integers,
        floats=relation.floats,
        value=value,
        rules=rules,
        valuation=Valuation(
            expand(value, ranges, MOST_PARTS if quantities else MAX_PARTS), spec.decision.actions, likely
        ),
        keyed=keyed,
        rivals=tuple(name for name in keyed if spec.candidate(name).role == "baseline"),
        quantities=quantities,
        costs=costs,
    )


def bound_quantities(spec: Spec, schema: Mapping[str, str]) -> dict[str, Formula]:
    """Return candidate -> its quantity with columns as the data spell them; none where actions are decided."""
    if spec.of_quantity is None:
        return {}
    return {name: resolve(quantity_of(spec, name), schema, wants="number") for name in spec.decision.actions}


def varies(candidate: Candidate) -> bool:
    """Return whether the candidate's action differs from row to row."""
    return isinstance(candidate.policy, (Rule, Decided, Threshold, Thresholds, Maximise, Capacity))


def _check_rows(engine: Engine) -> None:
    if int(engine.columns("select count(*) as n from (select 1 from source limit 1)")["n"][0]) == 0:
        raise NoRows(
            where="data", found="0 rows", expected="rows", fix="check the query or job that wrote them."
        )


def _check_outcome(outcome: str, engine: Engine) -> None:
    known = f"select count(*) as n from (select 1 from source where {quote(outcome)} is not null limit 1)"
    if int(engine.columns(known)["n"][0]) == 0:
        raise NoKnownOutcome(
            where=f"data.outcome {outcome!r}",
            found="no outcome in any row",
            expected="numbers, missing where not known yet",
            fix="wait for outcomes, or widen the window.",
        )


def _check_columns(spec: Spec, relation: Relation) -> None:
    data, schema = spec.data, relation.schema
    for key in ("outcome", "id", "time", "cluster", "weight", "label_known_on"):
        column = getattr(data, key)
        if column is not None:
            require_column(column, f"data.{key}", schema)
    _check_candidates(spec, relation)
    _check_quantities(spec, relation)
    for entry in spec.slices:
        for column in entry:
            require_column(column, "slices", schema)
    for rail in spec.guardrails:
        for entry in rail.in_every:
            for column in entry:
                require_column(column, f"guardrails.{rail.name}.in_every", schema)
    _check_latencies(spec, relation)
    _of_kind(data.weight, "data.weight", ("number",), relation)
    classes: tuple[Kind, ...] = ("number", "boolean", "text")
    _of_kind(data.outcome, "data.outcome", classes if spec.of_quantity is None else ("number",), relation)
    for key in ("time", "label_known_on"):
        _check_time(getattr(data, key), f"data.{key}", spec, relation)


def _check_quantities(spec: Spec, relation: Relation) -> None:
    """Check the columns that only decisions about a quantity name."""
    if spec.data.censored is not None:
        require_column(spec.data.censored, "data.censored", relation.schema)
        _of_kind(spec.data.censored, "data.censored", ("number", "boolean"), relation)
    for candidate in spec.candidates:
        if isinstance(candidate.policy, Naive):
            for column in candidate.policy.by:
                require_column(column, f"{candidate.name}.by", relation.schema)
        for key in ("low", "high") if candidate.interval is not None else ():
            column, where = getattr(candidate.interval, key), f"{candidate.name}.interval.{key}"
            require_column(column, where, relation.schema)
            _of_kind(column, where, ("number",), relation)


def _check_candidates(spec: Spec, relation: Relation) -> None:
    schema = relation.schema
    for candidate in spec.candidates:
        if candidate.score is not None:
            require_column(candidate.score, f"{candidate.name}.score", schema)
            _of_kind(candidate.score, f"{candidate.name}.score", ("number",), relation)
        for column in candidate.scores or ():
            require_column(column, f"{candidate.name}.scores", schema)
            _of_kind(column, f"{candidate.name}.scores", ("number",), relation)
        if isinstance(candidate.policy, Decided):
            require_column(candidate.policy.column, f"{candidate.name}.decided", schema)
    pools = [("metrics", one.per) for one in spec.tops if not one.is_timed]
    pools += [(f"{candidate.name}.by", policy.by) for candidate, policy in spec.limited]
    for where, pool in pools:
        if pool is not None:
            require_column(pool, where, schema)


def _check_latencies(spec: Spec, relation: Relation) -> None:
    for candidate in spec.candidates:
        if candidate.latency is not None and candidate.latency.column is not None:
            where = f"{candidate.name}.latency"
            require_column(candidate.latency.column, where, relation.schema)
            _of_kind(candidate.latency.column, where, ("number",), relation)


def _check_time(column: str | None, where: str, spec: Spec, relation: Relation) -> None:
    _of_kind(column, where, ("date", "timestamp", "timestamptz"), relation)
    if column is not None and relation.schema[column] == "timestamp" and spec.data.timezone is None:
        raise NaiveTime(
            where=f"{where} {column!r}",
            found="timestamps without offset",
            expected="dates, timestamps with offset, or data.timezone",
            fix='add data.timezone, such as "Europe/Berlin", or store dates.',
        )


def require_column(column: str, where: str, schema: Mapping[str, Kind]) -> None:
    """Refuse a column that is not there, naming the nearest one.

    Raises
    ------
    MissingColumn
        When ``schema`` lacks it.
    """
    if column not in schema:
        raise MissingColumn(
            where=where,
            found=f"no column {column!r}{nearest(column, schema)}",
            expected=f"one of {', '.join(list(schema)[:12])}{' ...' if len(schema) > 12 else ''}",
            fix="write the column as the data spell it.",
        )


def _of_kind(column: str | None, where: str, kinds: tuple[Kind, ...], relation: Relation) -> None:
    if column is not None and relation.schema[column] not in kinds:
        raise WrongColumnType(
            where=f"{where} {column!r}",
            found=f"type {relation.types[column]}",
            expected=" or ".join(kinds),
            fix=(
                "store it as a number with a point as decimal sign (1234.50, not 1.234,50)."
                if "number" in kinds
                else "store it as a date."
            ),
        )
