"""The hash of a row, as arithmetic that gives one number on every engine.

Each column is multiplied by a constant of its own; the fraction of their sum, squared, is the hash. Products, sums
and ``floor`` of doubles are rounded in one way by IEEE 754, and no engine evaluates them in another order. It shows
accidental changes of any value that the result rests on; it is no signature. Rows with a NaN or with numbers beyond
10^14 share one hash.
"""

import hashlib
import math
from collections.abc import Collection, Sequence

from payoff.formulas import double, quote
from payoff.spec.model import Decided, Naive
from payoff.tabulation.earlier import naive_columns
from payoff.tabulation.plan import Plan

STEPS = 2**31
MOST = 1e17
HEX_DIGITS = 4
# Fractions of square roots of primes: no two are in a simple ratio, nor differ by a whole number.
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)
MISSING = math.sqrt(73) % 1
HIGH = math.sqrt(79) % 1


def used_columns(plan: Plan) -> tuple[str, ...]:
    """Return every column that any number of the result depends on, sorted."""
    spec, data = plan.spec, plan.spec.data
    named = {data.outcome, data.id, data.time, data.cluster, data.weight, data.label_known_on}
    named |= {candidate.score for candidate in spec.candidates}
    named |= {item.policy.column for item in spec.candidates if isinstance(item.policy, Decided)}
    named |= {one.per for one in spec.tops if not one.is_timed}
    named |= {policy.by for _, policy in spec.limited}
    formulas = (*plan.value.values(), *plan.rules.values(), *plan.costs.values())
    named |= {column for formula in formulas for column in formula.columns}
    named |= of_quantities(plan)
    named |= {column for entry in spec.slices for column in entry}
    named |= {column for rail in spec.guardrails for entry in rail.in_every for column in entry}
    made = naive_columns(plan)
    return tuple(sorted(column for column in named if column is not None and column not in made))


def of_quantities(plan: Plan) -> set[str | None]:
    """Return the columns that only decisions about a quantity rest on."""
    intervals = [one.interval for one in plan.spec.candidates if one.interval is not None]
    by = {column for one in plan.spec.candidates if isinstance(one.policy, Naive) for column in one.policy.by}
    named = {column for formula in plan.quantities.values() for column in formula.columns}
    return {plan.spec.data.censored, *by, *named, *(end for one in intervals for end in (one.low, one.high))}


def row_sum_sql(plan: Plan, small: Collection[str] = (), complete: Collection[str] = ()) -> str:
    """Return the sum whose fraction is the hash of a row of ``source``, without the text of slices.

    Parameters
    ----------
    small : columns known to hold whole numbers, or days, from 0 to 2^31 - 1: the high digits of these are zero.
    complete : columns known to have no NULL. The hash is the same whatever is known; it is found sooner.
    """
    columns = [column for column in used_columns(plan) if not is_sliced_text(plan, column)]
    terms = []
    for number, column in enumerate(columns):
        term = _term(plan, column, number, small=column in small)
        terms.append(term if column in complete else f"coalesce({term}, {double(MISSING)})")
    return " + ".join(terms)


def is_sliced_text(plan: Plan, column: str) -> bool:
    """Return whether a column is text that slices are made by: it is hashed once per slice, not per row."""
    entries = [*plan.spec.slices, *(entry for rail in plan.spec.guardrails for entry in rail.in_every)]
    return plan.schema[column] == "text" and any(column in entry for entry in entries)


def text_weight(texts: Sequence[str]) -> int:
    """Return the number that the hashes of rows with these texts are multiplied by.

    >>> text_weight([])
    1
    """
    if not texts:
        return 1
    digest = hashlib.md5(chr(31).join(texts).encode(), usedforsecurity=False).hexdigest()
    return int(digest[:16], 16) | 1


def hash_sql(column: str) -> str:
    """Return the hash of a row as a whole number, from the column of their sums."""
    fraction = f"({column} - floor({column}))"
    hashed = f"floor({fraction} * {fraction} * {STEPS}.0e0)"
    return f"cast(case when abs({column}) < {double(MOST)} then {hashed} else 1 end as bigint)"


def _term(plan: Plan, column: str, number: int, *, small: bool) -> str:
    """Return the term of one column, NULL where it is."""
    name, kind = f"source.{quote(column)}", plan.schema[column]
    root = math.sqrt(PRIMES[number % len(PRIMES)]) % 1 + 1 + number // len(PRIMES)
    if column in plan.integers:
        return _whole(f"cast({name} as double)", root, small=small)
    if kind == "date":
        return _whole(f"cast(date_diff('day', date '1970-01-01', {name}) as double)", root, small=small)
    if kind in ("timestamp", "timestamptz"):
        return _whole(f"cast(epoch_us({name}) as double)", root, small=False)
    if kind == "number":
        value = f"cast({name} as double)"
        if column == plan.spec.data.outcome and column in plan.floats:
            value = f"case when not isnan({value}) then {value} end"
        return f"{value} * {double(1000.0 * root)}"
    if kind == "boolean":
        return f"case when {name} then {double(root)} when not {name} then {double(root / 3)} end"
    digest = f"md5(cast({name} as varchar))"
    digits = " + ".join(
        f"strpos('0123456789abcdef', substr({digest}, {place + 1}, 1)) * {16**place}"
        for place in range(HEX_DIGITS)
    )
    return f"cast({digits} as double) * {double(root)}"


def _whole(value: str, root: float, *, small: bool) -> str:
    """Return the term of a whole number: high and low digits apart, so that times in microseconds keep both."""
    if small:
        return f"{value} * {double(root)}"
    high = f"floor({value} / {STEPS}.0e0)"
    low = f"({value} - {high} * {STEPS}.0e0)"
    return f"({low} * {double(root)} + {high} * {double(root * HIGH)})"
