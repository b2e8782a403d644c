"""Naive quantities: made in SQL from outcomes of earlier days alone, never of the row itself, its day or the future.

Outcomes are added as whole millionths, so that a mean is the same whatever the order of rows, on every engine.
"""

from dataclasses import dataclass

from payoff.formulas import double, quote
from payoff.spec.model import Naive
from payoff.spec.quantity import naive_column
from payoff.tabulation.outcomes import day_sql, missing_sql
from payoff.tabulation.plan import Plan

# Steps of one unit that outcomes are added in: exact sums need a last digit.
STEPS = 1_000_000
ROUNDING = 1e-9  # of a level times a number of rows
MEAN = f"case when earlier.n > 0 then cast(earlier.s as double) / {double(STEPS)} / earlier.n end"


@dataclass(frozen=True, slots=True)
class _Groups:
    """Outcomes of each group of rows, one by one and by day.

    ``keys`` are the columns of a group, ``same`` joins a row to those of its own. ``outcomes`` has ``d`` the number of
    the day, ``m`` that of the month and ``y`` the outcome in steps, ``days`` the sum ``s`` of the ``n`` outcomes of a
    day that are known.
    """

    keys: tuple[str, ...]
    same: str
    outcomes: str
    days: str

    def listed(self, table: str = "", *more: str) -> str:
        """Return the columns of a group, and more after them, as a list."""
        return ", ".join([*(f"{table}{name}" for name in self.keys), *more])

    def window(self, *more: str, order: str) -> str:
        """Return the window of the rows of a group up to this one and its equals."""
        names = self.listed("", *more)
        return f"over ({f'partition by {names} ' if names else ''}order by {order})"


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the earlier rows say: a table, the quantity in it, and what its rows have in common with a row."""

    table: str
    value: str
    on: str


def naive_columns(plan: Plan, *, needed: bool = False) -> tuple[str, ...]:
    """Return the columns that are made for naive candidates; ``needed`` for those that a row cannot do without."""
    return tuple(
        naive_column(plan.spec, one.name)
        for one in plan.spec.candidates
        if isinstance(one.policy, Naive) and (one.policy.otherwise is None or not needed)
    )


def with_naive(plan: Plan, rows: str) -> str:
    """Return rows with a column for every naive candidate; the same rows where there is none."""
    for candidate in plan.spec.candidates:
        if isinstance(candidate.policy, Naive):
            column = naive_column(plan.spec, candidate.name)
            rows = f"({_with_one(plan, candidate.policy, rows, column)})"
    return rows


def _with_one(plan: Plan, policy: Naive, rows: str, column: str) -> str:
    """Return rows with the quantity of one rule, NULL (or ``otherwise``) where no earlier day gives one."""
    made = {"last value": _last, "last season": _season, "mean": _mean, "quantile": _quantile}[policy.rule]
    groups = _groups(plan, policy)
    found = made(policy, groups)
    value = found.value
    if policy.otherwise is not None:
        value = f"coalesce({value}, {double(policy.otherwise)})"
    on = found.on.format(day=_day(plan), month=_month(plan))
    return (
        f"select source.*, {value} as {column} from {rows} as source "
        f"left join ({found.table}) as earlier on {groups.same}{on}"
    )


def _day(plan: Plan) -> str:
    return f"cast(date_diff('day', date '1970-01-01', {day_sql(plan, plan.spec.data.time)}) as bigint)"


def _month(plan: Plan) -> str:
    day = day_sql(plan, plan.spec.data.time)
    return f"cast(extract(year from {day}) * 12 + extract(month from {day}) as bigint)"


def _groups(plan: Plan, policy: Naive) -> _Groups:
    outcome = f"cast(source.{quote(plan.spec.data.outcome)} as double)"
    steps = f"cast(floor({outcome} * {double(STEPS)} + 0.5e0) as hugeint)"
    known = f"case when not ({missing_sql(plan)}) then {steps} end"
    texts = [f"coalesce(cast(source.{quote(one)} as varchar), '')" for one in policy.by]
    names = tuple(f"k{j}" for j in range(len(texts)))
    keys = "".join(f"{text} as {name}, " for text, name in zip(texts, names, strict=True))
    outcomes = f"select {keys}{_day(plan)} as d, {_month(plan)} as m, {known} as y from source"
    by = ", ".join([*names, "d"])
    days = f"select {by}, coalesce(sum(y), 0) as s, count(y) as n from ({outcomes}) as outcomes group by {by}"
    same = "".join(f"earlier.{name} = {text} and " for name, text in zip(names, texts, strict=True))
    return _Groups(keys=names, same=same, outcomes=outcomes, days=days)


def _mean(_policy: Naive, groups: _Groups) -> _Earlier:
    """Return the mean outcome of all earlier days of the group: all up to the day, less those of the day."""
    upto = groups.window(order="d")
    table = (
        f"select {groups.listed('', 'd')}, sum(s) {upto} - s as s, sum(n) {upto} - n as n "
        f"from ({groups.days}) as days"
    )
    return _Earlier(table, MEAN, "earlier.d = {day}")


def _last(_policy: Naive, groups: _Groups) -> _Earlier:
    """Return the mean outcome of the latest earlier day of the group on which any is known."""
    is_known = "case when n > 0 then 1 else 0 end"
    # How many days with a known outcome lie before this one.
    counted = (
        f"select {groups.listed('', 'd')}, s, n, sum({is_known}) {groups.window(order='d')} - {is_known} as before "
        f"from ({groups.days}) as days"
    )
    same = "".join(f"held.{name} = known.{name} and " for name in groups.keys)
    table = (
        f"select {groups.listed('held.', 'held.d')}, known.s, known.n from ({counted}) as held "
        f"join ({counted}) as known on {same}known.before + 1 = held.before where known.n > 0"
    )
    return _Earlier(table, MEAN, "earlier.d = {day}")


def _season(policy: Naive, groups: _Groups) -> _Earlier:
    """Return the mean outcome of the group on the day one season before."""
    return _Earlier(groups.days, MEAN, f"earlier.d + {policy.season_days} = {{day}}")


def _quantile(policy: Naive, groups: _Groups) -> _Earlier:
    """Return the quantile of the group's outcomes in all earlier calendar months: the least that reaches the level."""
    by, level = groups.listed("", "m"), policy.level or 0.0
    counted = f"select {by}, y, count(*) as c from ({groups.outcomes}) as outcomes where y is not null group by {by}, y"
    months = f"select {by} from ({groups.outcomes}) as outcomes group by {by}"
    same = "".join(f"held.{name} = counted.{name} and " for name in groups.keys)
    held = groups.listed("held.", "held.m")
    before = (
        f"select {held}, counted.y, sum(counted.c) as c from ({months}) as held "
        f"join ({counted}) as counted on {same}counted.m < held.m group by {held}, counted.y"
    )
    ranked = (
        f"select {by}, y, sum(c) {groups.window('m', order='y')} as upto, "
        f"sum(c) over (partition by {by}) as whole from ({before}) as counts"
    )
    reached = f"cast(upto as double) >= cast(whole as double) * {double(level)} - {double(ROUNDING)}"
    table = f"select {by}, min(y) as y from ({ranked}) as ranked where {reached} group by {by}"
    return _Earlier(table, f"cast(earlier.y as double) / {double(STEPS)}", "earlier.m = {month}")
