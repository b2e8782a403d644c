"""The relation ``prepared``: every row as the tables need it, and nothing else of it.

Columns: st outcome state · g group · n row number · i id · w weight · k cluster number · t period ·
s<j> score of the j-th scored candidate · a_<j> action of the j-th candidate that varies by row (thresholds
excepted) · p<k> parts · v<a> value of action a at the likely assumptions · hi, lo what acting is worth more than
doing nothing at best and at worst in pending rows · x<j> text of the j-th slicing column.
"""

from collections.abc import Mapping
from datetime import date

from payoff.formulas import double, quote, to_sql
from payoff.spec.model import Decided, Rule
from payoff.tabulation.outcomes import Facts, day_sql, state_sql, weight_sql
from payoff.tabulation.plan import Plan

GROUPS = 20
PRIME = 2_147_483_647  # 2^31 - 1: products of two residues fit into 64 bits on every engine
MULTIPLIER = 1_103_515_245
OFFSET = 748_292_019
SALT = "payoff/groups/1/"
TOLERANCE = 1e-9  # rounding of float32 probabilities near 0 and 1; anything beyond is refused


def prepared_sql(plan: Plan, facts: Facts, counts: Mapping[int, int] | None) -> str:
    """Return the query of ``prepared``; ``counts`` holds rows by known state where weights need them."""
    spec, state = plan.spec, state_sql(plan, facts)
    numbered = "select *, row_number() over () as payoff_row from source"
    inner = {
        "st": state,
        "n": "payoff_row",
        "i": _text(spec.data.id) if spec.data.id else "cast(payoff_row as varchar)",
    }
    weight = weight_sql(plan, f"({state})", counts)
    inner["w"] = weight or "1.0e0"
    inner["g"] = group_sql(plan)
    inner["k"] = _cluster(spec.data.cluster)
    inner["t"] = period_sql(plan, facts)
    inner |= {f"s{j}": _score(plan, j) for j in range(len(spec.scored))}
    inner |= {f"a_{j}": sql for j, sql in _decisions(plan).items()}
    inner |= _money(plan, state)
    inner |= {
        f"x{j}": f"coalesce({_text(column)}, '(missing)')" for j, column in enumerate(sliced_columns(plan))
    }
    chosen = ",\n  ".join(f"{sql} as {name}" for name, sql in inner.items())
    keep = "" if weight is None else "\nwhere w is null or w <> 0"
    return f"select * from (select\n  {chosen}\nfrom ({numbered}) as source){keep}"


def sliced_columns(plan: Plan) -> tuple[str, ...]:
    """Return every column that a slice or a guardrail divides by, once, in order."""
    entries = [*plan.spec.slices, *(entry for rail in plan.spec.guardrails for entry in rail.in_every)]
    return tuple(dict.fromkeys(column for entry in entries for column in entry))


def slice_entries(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return every entry that rows are divided by, of slices and of guardrails, once, in order."""
    entries = [*plan.spec.slices, *(entry for rail in plan.spec.guardrails for entry in rail.in_every)]
    return tuple(dict.fromkeys(entries))


def group_sql(plan: Plan) -> str:
    """Return the group of a row, 0 to 19, from a salted hash of its cluster, else id, else position."""
    data = plan.spec.data
    column = data.cluster or data.id
    if column is None:
        return f"cast(payoff_row % {GROUPS} as bigint)"
    text = _text(column)
    number = f"try_cast({text} as bigint)"
    residue = f"((({number} % {PRIME}) + {PRIME}) % {PRIME})"
    # A linear map modulo a prime spreads consecutive ids evenly and fits every engine's 64-bit integers.
    hashed = f"((({residue} * {MULTIPLIER} + {OFFSET}) % {PRIME}) * {GROUPS}) // {PRIME}"
    digest = f"md5('{SALT}' || {text})"
    digits = " + ".join(
        f"(strpos('0123456789abcdef', substr({digest}, {place + 1}, 1)) - 1) * {16**place}"
        for place in range(5)
    )
    return (
        f"cast(case when {number} is not null and cast({number} as varchar) = {text} then {hashed} "
        f"else ({digits}) % {GROUPS} end as bigint)"
    )


def period_sql(plan: Plan, facts: Facts) -> str:
    """Return the period that a row falls into: months, ISO weeks or days, whichever the window holds enough of."""
    day = day_sql(plan, plan.spec.data.time)
    if day is None or facts.first_day is None or facts.last_day is None:
        return "cast(null as varchar)"
    return (
        f"cast(cast(date_trunc('{period_unit(facts.first_day, facts.last_day)}', {day}) as date) as varchar)"
    )


def period_unit(first: date, last: date) -> str:
    """Return ``month``, ``week`` or ``day`` for a window.

    >>> period_unit(date(2010, 1, 1), date(2010, 12, 31))
    'month'
    """
    days = (last - first).days
    return "month" if days > 120 else "week" if days > 28 else "day"


def _cluster(column: str | None) -> str:
    if column is None:
        return "payoff_row"
    name = f"source.{quote(column)}"
    return f"case when {name} is not null then dense_rank() over (order by {name}) end"


def _text(column: str | None) -> str:
    return f"cast(source.{quote(str(column))} as varchar)"


def _score(plan: Plan, index: int) -> str:
    candidate = plan.spec.scored[index]
    score = f"cast(source.{quote(str(candidate.score))} as double)"
    if candidate.score_is != "probability":
        return score
    low = f"when {score} < 0 and {score} >= -{TOLERANCE} then 0.0"
    high = f"when {score} > 1 and {score} <= 1 + {TOLERANCE} then 1.0"
    return f"case {low} {high} else {score} end"


def _decisions(plan: Plan) -> dict[int, str]:
    """Return the action of every candidate whose decision needs no choice; NULL where there is none."""
    out: dict[int, str] = {}
    actions = plan.spec.decision.actions
    for j, name in enumerate(plan.keyed):
        policy = plan.spec.candidate(name).policy
        if isinstance(policy, Rule):
            condition = to_sql(
                plan.rules[name], names=_names(plan), outcome=None, values=plan.valuation.likely
            )
            yes, no = actions.index(policy.do), actions.index(policy.otherwise)
            out[j] = f"cast(case when {condition} then {yes} when not ({condition}) then {no} end as integer)"
        elif isinstance(policy, Decided):
            whens = " ".join(
                f"when {_matches(plan, policy.column, label)} then {actions.index(action)}"
                for label, action in policy.mapping.items()
            )
            out[j] = f"cast(case {whens} end as integer)"
    return out


def _matches(plan: Plan, column: str, label: str) -> str:
    if plan.schema[column] == "number":
        try:
            return f"source.{quote(column)} = {double(float(label))}"
        except ValueError:
            return "false"
    escaped = label.replace("'", "''")
    return f"{_text(column)} = '{escaped}'"


def _money(plan: Plan, state: str) -> dict[str, str]:
    names, likely = _names(plan), plan.valuation.likely
    known = f"(case ({state}) when 1 then true when 0 then false end)"

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
    either = [
        f"({value(plan.value[actions[0]], side)}) - ({value(plan.value[actions[-1]], side)})"
        for side in ("true", "false")
    ]
    pending = f"({state}) = 2"
    out["hi"] = f"case when {pending} then greatest({either[0]}, {either[1]}) end"
    out["lo"] = f"case when {pending} then least({either[0]}, {either[1]}) end"
    return out


def _names(plan: Plan) -> dict[str, str]:
    return {
        column: f"cast(source.{quote(column)} as double)" if kind == "number" else f"source.{quote(column)}"
        for column, kind in plan.schema.items()
    }
