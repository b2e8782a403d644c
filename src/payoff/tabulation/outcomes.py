"""What is known of the outcome, and when: labels, pending rows, the window and the dates that decide both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from payoff.engines import Engine
from payoff.errors import nearest
from payoff.errors.classes import UnlistedClass
from payoff.errors.data import PrevalenceNeeded, UnclearPositive, WrongColumnType
from payoff.formulas import Outcome, double, literal, quote
from payoff.tables import PENDING
from payoff.tabulation.plan import Plan

KNOWN = "known"
SHOWN_LABELS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look at the relation tells before rows are prepared.

    Attributes
    ----------
    rows : all rows, before those of weight zero are taken out.
    labels : label text -> rows, without missing ones.
    first_day, last_day : the window, where there is a time.
    as_of : the day on which knowledge is judged.
    mature_until : rows after this day are pending whatever their label says.
    period : what value over time is counted by: ``month``, ``week`` or ``day``; None without a time.
    """

    rows: int
    labels: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    as_of: date | None
    mature_until: date | None
    period: str | None


def look(plan: Plan, engine: Engine) -> Facts:
    """Ask for the row count, the labels and the window."""
    data = plan.spec.data
    days = [day_sql(plan, column) for column in (data.time, data.label_known_on)]
    pieces = ["count(*) as n"]
    for name, day in zip(("time", "known"), days, strict=True):
        if day is not None:
            pieces += [
                f"cast(min({day}) as varchar) as {name}_min",
                f"cast(max({day}) as varchar) as {name}_max",
            ]
    found = engine.columns(f"select {', '.join(pieces)} from source")
    rows = int(found["n"][0])
    first, last = _day(found, "time_min"), _day(found, "time_max")
    latest = max((day for day in (last, _day(found, "known_max")) if day is not None), default=None)
    as_of = data.as_of or (last if last is not None else latest)
    mature = as_of - timedelta(days=data.maturity_days) if as_of and data.maturity_days and last else None
    return Facts(
        rows=rows,
        labels=_labels(plan, engine),
        first_day=first,
        last_day=last,
        as_of=as_of,
        mature_until=mature,
        period=None if first is None or last is None or data.time is None else period_unit(first, last),
    )


def _labels(plan: Plan, engine: Engine) -> dict[str, int]:
    """Return label -> rows; of an outcome that is a number all known rows count as one."""
    if plan.quantities:
        found = engine.columns(f"select count(*) as n from source where not ({missing_sql(plan)})")
        return {KNOWN: int(found["n"][0])}
    data = plan.spec.data
    counted = engine.columns(
        f"select cast(raw as varchar) as label, cast(sum(rows_of) as bigint) as n from "
        f"(select {quote(data.outcome)} as raw, count(*) as rows_of from source where not ({missing_sql(plan)}) "
        f"group by 1) as labels group by 1 order by 2 desc, 1 limit {_most_labels(plan)}"
    )
    return {str(label): int(n) for label, n in zip(counted["label"], counted["n"], strict=True)}


def _most_labels(plan: Plan) -> int:
    """Return how many labels tell all that there is to tell of them: one more than there may be."""
    return max(SHOWN_LABELS, len(plan.spec.data.classes or ()) + 1)


def period_unit(first: date, last: date) -> str:
    """Return ``month``, ``week`` or ``day`` for a window.

    >>> period_unit(date(2010, 1, 1), date(2010, 12, 31))
    'month'
    """
    days = (last - first).days
    return "month" if days > 120 else "week" if days > 28 else "day"


def day_sql(plan: Plan, column: str | None) -> str | None:
    """Return the calendar day of a time column, in the spec's time zone."""
    return None if column is None else calendar_day(column, plan.schema[column], plan.spec.data.timezone)


def calendar_day(column: str, kind: str, timezone: str | None) -> str:
    """Return the calendar day of a column of ``source`` as SQL.

    >>> calendar_day("at", "date", None)
    'cast(source."at" as date)'
    """
    zone = (timezone or "UTC").replace("'", "''")
    if kind == "timestamptz":
        return f"cast(timezone('{zone}', source.{quote(column)}) as date)"
    return f"cast(source.{quote(column)} as date)"


def missing_sql(plan: Plan) -> str:
    """Return the condition under which the outcome is missing; NaN is a missing number."""
    column = f"source.{quote(plan.spec.data.outcome)}"
    if plan.spec.data.outcome in plan.floats:
        return f"{column} is null or isnan({column})"
    return f"{column} is null"


def state_sql(plan: Plan, facts: Facts) -> str:
    """Return the outcome state of a row: the number of its class (0 negative, 1 positive), or PENDING.

    A known outcome that is a number is of state 0.

    Raises
    ------
    UnclearPositive
        When the labels do not say which one is positive, or are more than two.
    UnlistedClass, WrongColumnType
        When a label is none of the classes that the spec lists.
    """
    pending = [missing_sql(plan)]
    data = plan.spec.data
    known, day = day_sql(plan, data.label_known_on), day_sql(plan, data.time)
    if known is not None and facts.as_of is not None:
        pending += [f"{known} is null", f"{known} > date '{facts.as_of}'"]
    if facts.mature_until is not None:
        pending.append(f"{day} > date '{facts.mature_until}'")
    late = " or ".join(f"({condition})" for condition in pending)
    if plan.quantities:
        return f"case when {late} then {PENDING} else 0 end"
    if data.classes is not None:
        return f"case when {late} then {PENDING} {_class_sql(plan, facts)} end"
    return f"case when {late} then {PENDING} else cast({_positive_sql(plan, facts)} as integer) end"


def _class_sql(plan: Plan, facts: Facts) -> str:
    """Return the branches that give a known label the number of its class."""
    data, numeric = plan.spec.data, plan.schema[plan.spec.data.outcome] == "number"
    listed: tuple[Outcome, ...] = data.classes or ()
    if numeric is isinstance(listed[0], str) or plan.schema[data.outcome] == "boolean":
        raise WrongColumnType(
            where=f"data.outcome {data.outcome!r}",
            found=f"type {plan.types[data.outcome]}, and {'text' if isinstance(listed[0], str) else 'numbers'} as "
            "data.classes",
            expected="classes as the data spell them",
            fix='write numbers without quotes and text in quotes, such as classes: ["1", "2", "3"] for text.',
        )
    known = {str(one) for one in listed} | set(listed)
    strange = [label for label in facts.labels if (float(label) if numeric else label) not in known]
    if strange:
        shown = ", ".join(f"{label!r} ({facts.labels[label]} rows)" for label in strange[:6])
        raise UnlistedClass(
            where=f"data.outcome {data.outcome!r}",
            found=f"{shown}{nearest(strange[0], plan.spec.data.states)}",
            expected=f"the classes {', '.join(plan.spec.data.states)}, or nothing where not known yet",
            fix="list every label under data.classes, or correct the rows.",
        )
    column = f"source.{quote(data.outcome)}"
    return " ".join(f"when {column} = {literal(one)} then {state}" for state, one in enumerate(listed))


def _positive_sql(plan: Plan, facts: Facts) -> str:
    data, kind = plan.spec.data, plan.schema[plan.spec.data.outcome]
    if not facts.labels:
        # Every row is pending, and what its type would be is not known: the checks say so.
        return "false"
    column = f"source.{quote(data.outcome)}"
    shown = ", ".join(f"{label} ({n} rows)" for label, n in list(facts.labels.items())[:6])
    if len(facts.labels) > 2:
        raise _unclear(
            plan, f"{len(facts.labels)} labels: {shown}", "two labels, missing where not known yet"
        )
    if kind == "boolean":
        return f"{column} = {str(_flag(plan, shown)).lower()}"
    if data.positive is None:
        if kind != "number" or not _zeros_and_ones(facts.labels):
            raise _unclear(plan, f"labels {shown} and no data.positive", "the label that counts as positive")
        return f"{column} = 1"
    if kind == "number":
        wanted_number = _number(plan, data.positive, shown)
        if len(facts.labels) == 2 and wanted_number not in {float(label) for label in facts.labels}:
            raise _unclear(plan, f"labels {shown}", f"{data.positive!r} among them")
        return f"{column} = {double(wanted_number)}"
    wanted_text = str(data.positive)
    if wanted_text not in facts.labels and len(facts.labels) != 1:
        raise _unclear(plan, f"labels {shown}", f"{wanted_text!r} among them")
    return f"{column} = '{wanted_text.replace(chr(39), chr(39) * 2)}'"


def _flag(plan: Plan, shown: str) -> bool:
    positive = "true" if plan.spec.data.positive is None else str(plan.spec.data.positive).lower()
    if positive not in ("true", "false", "1", "0"):
        raise _unclear(
            plan, f"data.positive {plan.spec.data.positive!r} for labels {shown}", "one of the labels"
        )
    return positive in ("true", "1")


def _number(plan: Plan, positive: object, shown: str) -> float:
    try:
        return float(str(positive))
    except ValueError:
        raise _unclear(plan, f"data.positive {positive!r} for labels {shown}", "one of the labels") from None


def _zeros_and_ones(labels: Mapping[str, int]) -> bool:
    return {float(label) for label in labels} <= {0.0, 1.0}


def _unclear(plan: Plan, found: str, expected: str) -> UnclearPositive:
    return UnclearPositive(
        where=f"data.outcome {plan.spec.data.outcome!r}",
        found=found,
        expected=expected,
        fix='name it as the data spell it, such as data.positive: "yes"; leave unknown outcomes empty.',
    )


def weight_sql(plan: Plan, state: str, counts: Mapping[int, int] | None) -> str | None:
    """Return the weight of a row, or None where every row counts once.

    With ``data.prevalence`` known outcomes are weighted so that positives make up that share; ``counts`` holds
    the rows of each known state then.

    Raises
    ------
    PrevalenceNeeded
        When rows were sampled by outcome and nothing says how common outcomes are.
    """
    data = plan.spec.data
    if data.weight is not None:
        return f"cast(source.{quote(data.weight)} as double)"
    if data.prevalence is not None and counts is not None and weighs_by_outcome(counts):
        known = counts[0] + counts[1]
        positive, negative = data.prevalence * known / counts[1], (1 - data.prevalence) * known / counts[0]
        return f"case {state} when 1 then {double(positive)} when 0 then {double(negative)} else 1.0e0 end"
    if data.sampled == "by outcome" and data.prevalence is None:
        raise PrevalenceNeeded(
            where="data.sampled",
            found="rows sampled by outcome",
            expected="data.prevalence, or a weight",
            fix="state how common the outcome is among all decisions, such as prevalence: 0.012.",
        )
    return None


def weighs_by_outcome(counts: Mapping[int, int] | None) -> bool:
    """Return whether a declared prevalence gives rows their weights: there are known rows of either outcome."""
    return counts is not None and all(counts.get(known) for known in (0, 1))


def _day(found: Mapping[str, object], name: str) -> date | None:
    column = found.get(name)
    text = None if column is None else column[0]  # type: ignore[index]
    return None if text is None else date.fromisoformat(str(text))
