"""The relation ``prepared``: every row as the tables need it, and nothing else of it.

Columns: st outcome state · g group · e the same in 128 parts · i id as text · u id as a whole number, NULL where it
is none · z an id of whole numbers as it is · n row number, where there is no id · w weight · k cluster · t period ·
o its day · h sum that the hash of the row comes from · s<j> score of the j-th scored candidate, r<j> before rounding ·
a_<j> action of the j-th candidate that varies by row (thresholds excepted) · per_<j>, by_<j>, cost_<j> its pool and
what acting takes of it, under a capacity; unit the finest period of them all · top_<j> what rankings are told apart
by · p<k> parts · v<a> value of action a at the likely assumptions · hi, lo what acting is worth more than doing nothing
at best and at worst in pending rows ·
yv<a>, zv<a> value of action a if the outcome is positive and if it is negative, where a policy weighs them anew ·
x<j> text of the j-th slicing column, or its number in a search over slices. Where a quantity is decided: qty_y the
outcome · qty_<j> the quantity of the j-th candidate · qty_lo<j>, qty_hi<j> its predicted interval · qty_cut whether the
outcome is censored · qty_had whether earlier rows gave every naive candidate its quantity.

It is a view: a query computes the columns that it names.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payoff.formulas import double, literal, quote, to_sql
from payoff.spec.model import Candidate, Decided, Maximise, Rule, Thresholds
from payoff.tables import PENDING
from payoff.tabulation.earlier import with_naive
from payoff.tabulation.grouping import MISSING
from payoff.tabulation.hashing import row_sum_sql
from payoff.tabulation.maximising import class_values, either_values, maximised_sql, weighed_sql
from payoff.tabulation.naming import column_names
from payoff.tabulation.outcomes import Facts, day_sql, state_sql, weight_sql
from payoff.tabulation.plan import Plan
from payoff.tabulation.quantities import HISTORY, quantity_columns

GROUPS = 20
BUCKETS = 128
PRIME = 2_147_483_647  # 2^31 - 1: products of two residues fit into 64 bits on every engine
MULTIPLIER = 1_103_515_245
OFFSET = 748_292_019
SALT = "payoff/groups/1/"
MOST_STEPS = "9.2e18"  # a double below 2^63: what a budget can count in 64 bits, in steps of the quantum
TOLERANCE = 1e-9  # rounding of float32 probabilities near 0 and 1; anything beyond is refused
# Text that is a whole number as a number writes itself hashes as that number.
WHOLE = "^(0|-?[1-9][0-9]{0,17})$"
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at all rows tells, so that less need be computed of each.

    Attributes
    ----------
    rounded : scores, by place, of which some lie just outside 0 to 1.
    plain : whether all ids are whole numbers from zero on.
    small : columns of whole numbers or days, all from 0 to 2^31 - 1.
    complete : columns without NULL.
    """

    rounded: frozenset[int]
    plain: bool
    small: frozenset[str]
    complete: frozenset[str]


def prepared_sql(
    plan: Plan,
    facts: Facts,
    counts: Mapping[int, int] | None,
    seen: Seen | None = None,
    states: Collection[int] = (),
    held: Mapping[int, tuple[str, str]] | None = None,
) -> str:
    """Return the query of ``prepared``.

    Parameters
    ----------
    counts : rows by known state, where weights need them.
    seen : what is known of the rows; None before they were looked at.
    states : of the outcome, to leave out rows of others before anything is computed of them; all when empty.
        Such rows are there for their money alone: what tells them apart is left out.
    held : place of a candidate under a capacity -> SQL of its action, and the join that this reads; None before its
        cuts are chosen.
    """
    held = {} if held is None else held
    spec, state = plan.spec, state_sql(plan, facts)
    by_position = spec.data.id is None
    rows = "(select *, row_number() over () as payoff_row from source)" if by_position else "source"
    rows = with_naive(plan, rows)
    inner = {"st": state}
    if by_position:
        inner |= {"n": "payoff_row", "i": "cast(payoff_row as varchar)", "u": "cast(payoff_row as bigint)"}
    else:
        inner |= {"i": _text(spec.data.id), "u": whole_sql(plan, str(spec.data.id))}
        inner |= {"z": f"source.{quote(spec.data.id)}"} if spec.data.id in plan.integers else {}
    weight = weight_sql(plan, f"({state})", counts)
    inner["w"] = weight or "1.0e0"
    inner["g"] = group_sql(plan, seen)
    inner["e"] = group_sql(plan, seen, BUCKETS)
    inner |= {"k": _cluster(plan, spec.data.cluster)} if spec.data.cluster else {}
    inner["t"] = period_sql(plan, facts)
    inner["o"] = day_sql(plan, spec.data.time) or "cast(null as date)"
    inner["h"] = row_sum_sql(plan) if seen is None else row_sum_sql(plan, seen.small, seen.complete)
    for j, candidate in enumerate(spec.columns_scored):
        raw, clip = _score_sql(candidate, clip=False), seen is None or j in seen.rounded
        inner |= {f"r{j}": raw, f"s{j}": _score_sql(candidate, clip=clip)}
    inner |= {f"a_{j}": sql for j, sql in _decisions(plan).items()}
    inner |= pool_columns(plan) | _top_columns(plan)
    for place, (sql, _) in held.items():
        inner[f"a_{place}"] = sql
    inner |= _money(plan, state)
    inner |= quantity_columns(plan, column_names(plan)) if plan.quantities else {}
    if plan.recalibrates:
        for side, values in zip(("y", "z"), either_values(plan), strict=True):
            inner |= {f"{side}v{a}": value for a, value in enumerate(values)}
    inner |= {f"x{j}": _sliced(plan, column) for j, column in enumerate(sliced_columns(plan))}
    if states:
        inner = {
            name: sql
            for name, sql in inner.items()
            if name not in ("i", "u", "z", "n", "h", "o") and name[0] != "r"
        }
    chosen = ",\n  ".join(f"{sql} as {name}" for name, sql in inner.items())
    kept = ([] if weight is None else ["(w is null or w <> 0)"]) + ([HISTORY] if HISTORY in inner else [])
    keep = f"\nwhere {' and '.join(kept)}" if kept else ""
    only = f"\nwhere {state} in ({', '.join(str(one) for one in sorted(states))})" if states else ""
    joins = "".join(f" {join}" for _, join in held.values() if join)
    return f"select * from (select\n  {chosen}\nfrom {rows} as source{joins}{only}) as rows{keep}"


def sliced_columns(plan: Plan) -> tuple[str, ...]:
    """Return every column that a slice or a guardrail divides by, once, in order."""
    entries = [*plan.spec.slices, *(entry for rail in plan.spec.guardrails for entry in rail.in_every)]
    return tuple(dict.fromkeys(column for entry in entries for column in entry))


def slice_entries(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return every entry that rows are divided by, of slices and of guardrails, once, in order."""
    entries = [*plan.spec.slices, *(entry for rail in plan.spec.guardrails for entry in rail.in_every)]
    return tuple(dict.fromkeys(entries))


def group_sql(plan: Plan, seen: Seen | None, groups: int = GROUPS) -> str:
    """Return the group of a row, 0 to 19, from a salted hash of its cluster, else id, else position.

    ``groups`` asks for another number of them. Ids that were seen to be whole numbers from zero to 10^17 leave
    nothing to tell apart, and small ones need no first residue. The group is the same whatever is known.
    """
    data = plan.spec.data
    column = data.cluster or data.id
    if column is None:
        return f"cast(payoff_row % {groups} as bigint)"
    if seen is not None and seen.plain and data.cluster is None:
        whole = f"cast(source.{quote(column)} as bigint)"
        residue = whole if column in seen.small else f"({whole} % {PRIME})"
        return f"cast({_spread(residue, groups)} as bigint)"
    text = _text(column)
    digest = f"md5('{SALT}' || {text})"
    digits = " + ".join(
        f"(strpos('0123456789abcdef', substr({digest}, {place + 1}, 1)) - 1) * {16**place}"
        for place in range(5)
    )
    number = whole_sql(plan, column)
    residue = f"((({number} % {PRIME}) + {PRIME}) % {PRIME})"
    hashed = f"cast({_spread(residue, groups)} as bigint)"
    return f"cast(case when {number} is not null then {hashed} else ({digits}) % {groups} end as bigint)"


def _spread(residue: str, groups: int) -> str:
    """Return the group of a residue: a linear map modulo a prime spreads consecutive ids evenly.

    The quotient is taken in doubles, which an engine divides in half the time, and is that of whole numbers: both
    fit 53 bits, and where it is not whole it lies further from the next whole number than it is rounded.
    """
    return f"floor((({residue} * {MULTIPLIER} + {OFFSET}) % {PRIME}) * {groups}.0e0 / {PRIME}.0e0)"


def whole_sql(plan: Plan, column: str) -> str:
    """Return a column's value as a whole number below 10^18, NULL where it is none written as one."""
    name = f"source.{quote(column)}"
    if column in plan.integers:
        whole = f"cast({name} as bigint)"
        return f"case when {whole} between {1 - 10**18} and {10**18 - 1} then {whole} end"
    text = _text(column)
    return f"case when regexp_matches({text}, '{WHOLE}') then cast({text} as bigint) end"


def period_sql(plan: Plan, facts: Facts) -> str:
    """Return the number of the period of a row: of months, ISO weeks or days, whichever the window holds enough of."""
    day = day_sql(plan, plan.spec.data.time)
    if day is None or facts.period is None:
        return "cast(null as bigint)"
    return number_sql(day, facts.period)


def number_sql(day: str, unit: str) -> str:
    """Return the number of the calendar month, ISO week or day that a day lies in."""
    if unit == "month":
        return f"cast(extract(year from {day}) * 12 + extract(month from {day}) - 1 as bigint)"
    days = f"cast(date_diff('day', date '1970-01-01', {day}) as bigint)"
    # The first of January 1970 was a Thursday.
    return days if unit == "day" else f"cast(floor(({days} + 3) / 7.0e0) as bigint)"


def period_name(number: int, unit: str) -> str:
    """Return the first day of a period that ``period_sql`` numbers.

    >>> period_name(2010 * 12 + 4, "month"), period_name(0, "week"), period_name(1, "day")
    ('2010-05-01', '1969-12-29', '1970-01-02')
    """
    if unit == "month":
        return str(date(number // 12, number % 12 + 1, 1))
    return str(EPOCH + timedelta(days=number * 7 - 3 if unit == "week" else number))


def _cluster(plan: Plan, column: str) -> str:
    return f"cast(source.{quote(column)} as bigint)" if column in plan.integers else _text(column)


def _sliced(plan: Plan, column: str) -> str:
    if column in plan.coded:
        return plan.coded[column]
    return f"source.{quote(column)}" if plan.schema[column] == "text" else _text(column)


def _text(column: str | None) -> str:
    return f"cast(source.{quote(str(column))} as varchar)"


def top_key(plan: Plan, per: str) -> str:
    """Return the column of ``prepared`` that tells rankings per period, or per value of a column, apart."""
    return f"top_{list(dict.fromkeys(one.per for one in plan.spec.tops)).index(per)}"


def _top_columns(plan: Plan) -> dict[str, str]:
    out: dict[str, str] = {}
    for one in plan.spec.tops:
        if one.is_timed:
            out[top_key(plan, str(one.per))] = number_sql(
                str(day_sql(plan, plan.spec.data.time)), str(one.per)
            )
        elif one.per is not None:
            out[top_key(plan, one.per)] = f"coalesce({_text(one.per)}, '{MISSING}')"
    return out


def pool_columns(plan: Plan) -> dict[str, str]:
    """Return what tells the pools of every capacity apart, and what acting on a row takes of it.

    ``per_<j>`` is the number of the period, 0 for a share of all rows; ``by_<j>`` the text of the column that each
    value of which has a limit of its own, empty without one; ``cost_<j>`` whole quanta of money, 1 without a cost.
    """
    out: dict[str, str] = {}
    for candidate, policy in plan.spec.limited:
        place = plan.keyed.index(candidate.name)
        day = day_sql(plan, plan.spec.data.time)
        timed = policy.per is not None and day is not None
        out[f"per_{place}"] = number_sql(str(day), str(policy.per)) if timed else "cast(0 as bigint)"
        by = policy.by
        out[f"by_{place}"] = "cast('' as varchar)" if by is None else f"coalesce({_text(by)}, '{MISSING}')"
        out[f"cost_{place}"] = "cast(1 as bigint)"
        if candidate.name in plan.costs:
            cost = to_sql(
                plan.costs[candidate.name],
                names=column_names(plan),
                outcome=None,
                values=plan.valuation.likely,
            )
            steps = double(plan.spec.decision.quantum)
            # Beyond what 64 bits hold there is none, and such rows are refused with those that have no cost.
            taken = f"floor(({cost}) / {steps} + 0.5e0)"
            out[f"cost_{place}"] = f"cast(case when {taken} < {MOST_STEPS} then {taken} end as bigint)"
    unit, day = plan.spec.counted_by, day_sql(plan, plan.spec.data.time)
    if unit is not None and day is not None:
        out["unit"] = number_sql(day, unit)
    return out


def score_sql(plan: Plan, candidate: Candidate, seen: Seen | None) -> str:
    """Return the score of a candidate; a probability that lies just outside 0 to 1 is set to the border."""
    place = [one.name for one in plan.spec.columns_scored].index(candidate.name)
    return _score_sql(candidate, clip=seen is None or place in seen.rounded)


def _score_sql(candidate: Candidate, *, clip: bool) -> str:
    raw = f"cast(source.{quote(str(candidate.score))} as double)"
    return _clipped(raw) if clip and candidate.score_is == "probability" else raw


def ladder_sql(policy: Thresholds, score: str, actions: Sequence[str]) -> str:
    """Return the number of the action whose threshold is the highest that a score reaches."""
    whens = (f"when {score} >= {double(at)} then {actions.index(one)}" for one, at in reversed(policy.steps))
    return f"case {' '.join(whens)} else {actions.index(policy.otherwise)} end"


def _clipped(score: str) -> str:
    low = f"when {score} < 0 and {score} >= -{double(TOLERANCE)} then 0.0e0"
    high = f"when {score} > 1 and {score} <= 1 + {double(TOLERANCE)} then 1.0e0"
    return f"case {low} {high} else {score} end"


def _decisions(plan: Plan) -> dict[int, str]:
    """Return the action of every candidate whose decision needs no choice; NULL where there is none."""
    out: dict[int, str] = {}
    actions = plan.spec.decision.actions
    for j, name in enumerate(plan.keyed):
        policy = plan.spec.candidate(name).policy
        if isinstance(policy, Rule):
            condition = to_sql(
                plan.rules[name], names=column_names(plan), outcome=None, values=plan.valuation.likely
            )
            yes, no = actions.index(policy.do), actions.index(policy.otherwise)
            out[j] = _either(condition, yes, no)
        elif isinstance(policy, Thresholds):
            score = _score_sql(plan.spec.candidate(name), clip=True)
            out[j] = f"cast({ladder_sql(policy, score, actions)} as integer)"
        elif isinstance(policy, Decided):
            whens = " ".join(
                f"when {_matches(plan, policy.column, label)} then {actions.index(action)}"
                for label, action in policy.mapping.items()
            )
            out[j] = f"cast(case {whens} end as integer)"
        elif policy == Maximise() and plan.spec.candidate(name).scores is not None:
            columns = plan.spec.candidate(name).scores or ()
            probabilities = [f"cast(source.{quote(column)} as double)" for column in columns]
            out[j] = f"cast({weighed_sql(probabilities, class_values(plan))} as integer)"
        elif policy == Maximise():
            score = f"cast(source.{quote(str(plan.spec.candidate(name).score))} as double)"
            out[j] = f"cast({maximised_sql(score, *either_values(plan))} as integer)"
    return out


def _either(condition: str, yes: int, no: int) -> str:
    """Return one action or the other by a condition, NULL where that is NULL; of the first two its truth is enough."""
    if {yes, no} == {0, 1}:
        return f"cast(({condition}) as integer)" if yes else f"cast(not ({condition}) as integer)"
    return f"cast(case when {condition} then {yes} when not ({condition}) then {no} end as integer)"


def _matches(plan: Plan, column: str, label: str) -> str:
    if plan.schema[column] == "number":
        try:
            return f"source.{quote(column)} = {double(float(label))}"
        except ValueError:
            return "false"
    escaped = label.replace("'", "''")
    return f"{_text(column)} = '{escaped}'"


def _money(plan: Plan, state: str) -> dict[str, str]:
    names, likely = column_names(plan), plan.valuation.likely
    outcomes = plan.spec.data.outcomes
    labelled = " ".join(
        f"when {number} then {literal(one)}" for number, one in reversed([*enumerate(outcomes)])
    )
    known = f"(case ({state}) {labelled} end)"

    def value(formula: object, outcome: str) -> str:
        return to_sql(formula, names=names, outcome=outcome, values=likely)  # type: ignore[arg-type]

    out = {
        f"p{k}": f"cast({value(part, known)} as double)"
        for k, part in enumerate(plan.valuation.expansion.parts)
    }
    actions = plan.spec.decision.actions
    out |= {
        f"v{a}": f"cast({value(plan.value[action], known)} as double)" for a, action in enumerate(actions)
    }
    if plan.quantities:
        # An outcome that is a number has no best and no worst.
        return out | {"hi": "cast(null as double)", "lo": "cast(null as double)"}
    either = [
        f"({value(plan.value[actions[0]], side)}) - ({value(plan.value[actions[-1]], side)})"
        for side in (literal(one) for one in reversed(outcomes))
    ]
    pending = f"({state}) = {PENDING}"
    out["hi"] = f"case when {pending} then greatest({', '.join(either)}) end"
    out["lo"] = f"case when {pending} then least({', '.join(either)}) end"
    return out
