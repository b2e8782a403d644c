"""Naive quantities: made in SQL from outcomes of earlier days alone, never of the row itself, its day or the future.

Outcomes are added as decimals of six places, so that a mean is the same whatever the order of rows, on every engine.
"""

from dataclasses import dataclass

from payoff.formulas import double, quote
from payoff.spec.model import Naive
from payoff.spec.quantity import naive_column
from payoff.tabulation.outcomes import day_sql, missing_sql
from payoff.tabulation.plan import Plan

# What an outcome is rounded to before it is added: exact sums need a last digit.
EXACTLY = "decimal(28, 6)"
ROUNDING = 1e-9  # of a level times a number of rows


@dataclass(frozen=True, slots=True)
class _Groups:
    """Outcomes of each group of rows, one by one and by day.

    ``keys`` name the columns of a group, ``same`` joins a row to those of its own. ``outcomes`` has ``d`` the day and
    ``y`` the outcome, ``days`` the sum ``s`` of the ``n`` outcomes of a day that are known.
    """

    keys: str
    same: str
    outcomes: str
    days: str


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
    found = {"last value": _last, "last season": _season, "mean": _mean, "quantile": _quantile}[policy.rule]
    groups = _groups(plan, policy)
    table, value, at = found(policy, groups)
    if policy.otherwise is not None:
        value = f"coalesce({value}, {double(policy.otherwise)})"
    day = _day(plan)
    return (
        f"select source.*, {value} as {column} from {rows} as source "
        f"left join ({table}) as earlier on {groups.same}{at.format(day=day)}"
    )


def _day(plan: Plan) -> str:
    return str(day_sql(plan, plan.spec.data.time))


def _groups(plan: Plan, policy: Naive) -> _Groups:
    outcome = f"source.{quote(plan.spec.data.outcome)}"
    known = f"case when {missing_sql(plan)} then null else cast({outcome} as {EXACTLY}) end"
    texts = [f"coalesce(cast(source.{quote(one)} as varchar), '')" for one in policy.by]
    named = [f"k{j}" for j in range(len(texts))]
    chosen = "".join(f"{text} as {name}, " for text, name in zip(texts, named, strict=True))
    keys = "".join(f"{name}, " for name in named)
    outcomes = f"select {chosen}{_day(plan)} as d, {known} as y from source"
    days = f"select {keys}d, sum(y) as s, count(y) as n from ({outcomes}) as outcomes group by {keys}d"
    same = "".join(f"earlier.{name} = {text} and " for name, text in zip(named, texts, strict=True))
    return _Groups(keys=keys, same=same, outcomes=outcomes, days=days)


def _mean(_policy: Naive, groups: _Groups) -> tuple[str, str, str]:
    """Return the mean outcome of all earlier days of the group."""
    window = f"over ({_partition(groups)}order by d rows between unbounded preceding and 1 preceding)"
    table = f"select {groups.keys}d, sum(s) {window} as s, sum(n) {window} as n from ({groups.days}) as days"
    return (
        table,
        "case when earlier.n > 0 then cast(earlier.s as double) / earlier.n end",
        "earlier.d = {day}",
    )


def _last(_policy: Naive, groups: _Groups) -> tuple[str, str, str]:
    """Return the mean outcome of the latest earlier day of the group on which any is known."""
    before = f"over ({_partition(groups)}order by d rows between unbounded preceding and 1 preceding)"
    counted = (
        f"select {groups.keys}d, s, n, coalesce(sum(case when n > 0 then 1 else 0 end) {before}, 0) as earlier_days "
        f"from ({groups.days}) as days"
    )
    same = " and ".join(f"held.{name} = known.{name}" for name in _names(groups))
    keys = "".join(f"held.{name}, " for name in _names(groups))
    table = (
        f"select {keys}held.d, known.s, known.n from ({counted}) as held join ({counted}) as known on "
        f"{same + ' and ' if same else ''}known.n > 0 and known.earlier_days + 1 = held.earlier_days"
    )
    return table, _mean_of_day(), "earlier.d = {day}"


def _season(policy: Naive, groups: _Groups) -> tuple[str, str, str]:
    """Return the mean outcome of the group on the day one season before."""
    later = f"cast(d + interval '{policy.season_days}' day as date)"
    table = f"select {groups.keys}{later} as d, s, n from ({groups.days}) as days"
    return table, _mean_of_day(), "earlier.d = {day}"


def _quantile(policy: Naive, groups: _Groups) -> tuple[str, str, str]:
    """Return the quantile of the group's outcomes in all earlier calendar months: the least that reaches the level."""
    names = _names(groups)
    same = "".join(f"held.{name} = counted.{name} and " for name in names)
    keys = "".join(f"held.{name}, " for name in names)
    month = _month("d")
    counted = (
        f"select {groups.keys}{month} as m, y, count(y) as c from ({groups.outcomes}) as outcomes "
        f"where y is not null group by {groups.keys}{month}, y"
    )
    held = f"select distinct {groups.keys}{month} as m from ({groups.outcomes}) as outcomes"
    before = (
        f"select {keys}held.m, counted.y, sum(counted.c) as c from ({held}) as held join ({counted}) as counted "
        f"on {same}counted.m < held.m group by {keys}held.m, counted.y"
    )
    by = f"partition by {groups.keys}m"
    ranked = (
        f"select {groups.keys}m, y, sum(c) over ({by} order by y) as upto, sum(c) over ({by}) as whole "
        f"from ({before}) as before"
    )
    table = (
        f"select {groups.keys}m, min(y) as y from ({ranked}) as ranked "
        f"where upto >= whole * {double(policy.level or 0.0)} - {double(ROUNDING)} group by {groups.keys}m"
    )
    return table, "cast(earlier.y as double)", f"earlier.m = {_month('{day}')}"


def _month(day: str) -> str:
    return f"(extract(year from {day}) * 12 + extract(month from {day}))"


def _mean_of_day() -> str:
    return "case when earlier.n > 0 then cast(earlier.s as double) / earlier.n end"


def _names(groups: _Groups) -> list[str]:
    return [name.strip() for name in groups.keys.split(",") if name.strip()]


def _partition(groups: _Groups) -> str:
    names = ", ".join(_names(groups))
    return f"partition by {names} " if names else ""
