"""The hash of the rows: equal for equal rows in any order."""

import hashlib

from payoff.engines import Engine
from payoff.formulas import quote
from payoff.spec.model import Decided, Spec
from payoff.tables import BASE
from payoff.tabulation import Plan


def data_hash(plan: Plan, engine: Engine) -> str:
    """Return sha256 over the number of rows and the sum of their hashes, of the columns that the spec uses."""
    columns = used_columns(plan)
    texts = ", ".join(f"coalesce(cast({quote(column)} as varchar), chr(30))" for column in columns)
    found = engine.columns(
        f"select n, cast(total // {BASE} as bigint) as high, cast(total % {BASE} as bigint) as low from ("
        f"select count(*) as n, sum(cast(md5_number_lower(concat_ws(chr(31), {texts})) as hugeint)) as total "
        "from source)"
    )
    total = int(found["high"][0]) * BASE + int(found["low"][0])
    text = f"payoff/rows/1 {int(found['n'][0])} {total} {chr(31).join(columns)}"
    return hashlib.sha256(text.encode()).hexdigest()


def used_columns(plan: Plan) -> tuple[str, ...]:
    """Return every column that any number of the result depends on, sorted."""
    spec: Spec = plan.spec
    data = spec.data
    named = {data.outcome, data.id, data.time, data.cluster, data.weight, data.label_known_on}
    named |= {candidate.score for candidate in spec.candidates}
    named |= {item.policy.column for item in spec.candidates if isinstance(item.policy, Decided)}
    named |= {
        column for formula in (*plan.value.values(), *plan.rules.values()) for column in formula.columns
    }
    named |= {column for entry in spec.slices for column in entry}
    named |= {column for rail in spec.guardrails for entry in rail.in_every for column in entry}
    return tuple(sorted(column for column in named if column is not None))
