"""Signs of the outcome in what decides, and of other units in the columns: asked of the rows by ``payoff check``."""

from collections.abc import Iterator

from payoff.engines import Engine
from payoff.errors.data import LeakSuspected
from payoff.errors.linter import UnitsDiffer
from payoff.formulas import quote
from payoff.spec.model import Decided, Rule
from payoff.spec.units import currency_of
from payoff.tabulation.findings import Finding, finding_of
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared

FEWEST_OF_A_CLASS = 10
CURRENCY_COLUMNS = frozenset(
    {"currency", "currency_code", "ccy", "curr", "iso_currency", "waehrung", "valuta"}
)


def check_leaks(plan: Plan, engine: Engine, ready: Prepared) -> tuple[Finding, ...]:
    """Return candidates whose decisions or scores are the outcome itself, and columns of other currencies."""
    return (*_decided(plan, engine, ready), *_separated(plan, engine, ready), *_currencies(plan, engine))


def _has_both(ready: Prepared) -> bool:
    return min(ready.counts.count("n0"), ready.counts.count("n1")) >= FEWEST_OF_A_CLASS


def _decided(plan: Plan, engine: Engine, ready: Prepared) -> Iterator[Finding]:
    """Yield rules and recorded decisions that act on exactly the positives, or on exactly the negatives."""
    names = [name for name in plan.keyed if isinstance(plan.spec.candidate(name).policy, (Rule, Decided))]
    if not names or not _has_both(ready):
        return
    columns = {name: f"a_{plan.keyed.index(name)}" for name in names}
    counted = ", ".join(
        f"count(case when (st = 1) = ({column} = 0) then 1 end) as r{j}"
        for j, column in enumerate(columns.values())
    )
    found = engine.columns(f"select count(*) as n, {counted} from prepared where st >= 0")
    rows = int(found["n"][0])
    for j, name in enumerate(names):
        if int(found[f"r{j}"][0]) in (0, rows):
            text = (
                f"{name} decides all {rows:,} rows exactly by their outcome, which is not known when deciding"
            )
            fix = "use columns that are known when the decision is made."
            yield finding_of(LeakSuspected, "warning", name, rows, text, fix)


def _separated(plan: Plan, engine: Engine, ready: Prepared) -> Iterator[Finding]:
    """Yield scores that lie higher for every positive than for any negative, or lower."""
    scored = list(enumerate(plan.spec.scored))
    if not scored or not _has_both(ready):
        return
    pieces = ", ".join(
        f"{end}(case when st = {state} then s{j} end) as {end}{j}_{state}"
        for j, _ in scored
        for state in (0, 1)
        for end in ("min", "max")
    )
    found = engine.columns(f"select {pieces} from prepared where st >= 0")
    for j, candidate in scored:
        least, most = ([found[f"{end}{j}_{state}"][0] for state in (0, 1)] for end in ("min", "max"))
        if None in (*least, *most):
            continue
        if least[1] > most[0] or most[1] < least[0]:
            rows = ready.counts.count("n0") + ready.counts.count("n1")
            text = "one score splits all positives from all negatives: the score all but knows the outcome"
            where = f"{candidate.name}.score {candidate.score!r}"
            fix = "look for a feature that follows from the outcome."
            yield finding_of(LeakSuspected, "warning", where, rows, text, fix)


def _currencies(plan: Plan, engine: Engine) -> Iterator[Finding]:
    """Yield a column of currencies that holds another one than the spec's unit."""
    own = currency_of(plan.spec.decision.unit)
    for column, kind in plan.schema.items():
        if own is None or kind != "text" or column.casefold() not in CURRENCY_COLUMNS:
            continue
        found = engine.columns(
            f"select {quote(column)} as held, count(*) as n from source where {quote(column)} is not null "
            "group by 1 order by 2 desc, 1 limit 5"
        )
        held = {str(name): int(n) for name, n in zip(found["held"], found["n"], strict=True)}
        other = {name: n for name, n in held.items() if currency_of(name) != own}
        if other:
            told = ", ".join(repr(name[:20]) for name in other)
            text = f"rows in {told} while amounts are taken as {plan.spec.decision.unit}"
            fix = "convert the amounts to one unit in the data, with dated rates, or keep the rows of one currency."
            yield Finding(
                code=UnitsDiffer.code,
                severity="warning",
                where=f"column {column!r}",
                rows=sum(other.values()),
                ids=(),
                found=text,
                fix=fix,
            )
