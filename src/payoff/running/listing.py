"""The list of a capacity: which rows find room, of rows whose outcome nobody knows yet.

Rooms are those of the spec as they stand, for the rows at hand are all that compete. Ties at the cut are broken by the
md5 of the id, the same on every engine and every day, so that the list is whole rows and no more than there is room.
"""

from payoff.engines import Engine
from payoff.errors.capacity import CapacityNotHeld
from payoff.errors.data import MissingColumn, NaiveTime, TimeMissing, WrongColumnType
from payoff.formulas import double, quote, resolve, to_sql
from payoff.spec.model import Candidate, Capacity, Spec
from payoff.tabulation import MISSING, calendar_day, number_sql

TIES = "payoff/ties/1/"


def listed(spec: Spec, model: Candidate, policy: Capacity, engine: Engine) -> str:
    """Return the query of id ``i``, score ``s`` and number of the action ``a`` of every row, in their order.

    Raises
    ------
    CapacityNotHeld
        When unworked rows wait: who waits is not in the rows.
    MissingColumn, WrongColumnType, NaiveTime, TimeMissing
        When a row falls into no period.
    """
    if policy.carry_over:
        raise CapacityNotHeld(
            where=f"{model.name}.policy",
            found="a capacity with carry_over, and nothing that says who is waiting",
            expected="a capacity of the rows at hand",
            fix="leave carry_over out of the spec that decides, and give waiting rows the period they are worked in.",
        )
    pool = [*_period(spec, policy, engine), *_team(policy, engine)]
    partition = f"partition by {', '.join(pool)} " if pool else ""
    identity = f"cast(source.{quote(spec.data.id) if spec.data.id else 'payoff_row'} as varchar)"
    score = f"cast(source.{quote(str(model.score))} as double)"
    reached = _reached(spec, policy, engine, partition, f"order by {score} desc, md5('{TIES}' || {identity})")
    actions = spec.decision.actions
    action = f"case when {reached} then {actions.index(policy.do)} else {actions.index(policy.otherwise)} end"
    rows = "(select *, row_number() over () as payoff_row from source) as source"
    held = f"select {identity} as i, {score} as s, {action} as a, payoff_row from {rows}"
    return f"select i, s, a from ({held}) as held order by payoff_row"


def _reached(spec: Spec, policy: Capacity, engine: Engine, partition: str, order: str) -> str:
    place = f"row_number() over ({partition}{order})"
    if policy.per is None:
        whole = f"count(*) over ({partition.strip()})"
        return f"{place} <= floor({double(policy.limit)} * {whole} + 1e-9)"
    if policy.cost is None:
        return f"{place} <= {double(policy.limit)}"
    plain = {name: "timestamp" if kind == "timestamptz" else kind for name, kind in engine.schema.items()}
    names = {
        name: f"cast(source.{quote(name)} as double)" if kind == "number" else f"source.{quote(name)}"
        for name, kind in engine.schema.items()
    }
    values = {item.name: item.likely for item in spec.assumptions.values()}
    cost = to_sql(resolve(policy.cost, plain, wants="number"), names=names, outcome=None, values=values)
    steps = double(spec.decision.quantum)
    quanta = f"cast(floor(({cost}) / {steps} + 0.5e0) as bigint)"
    return f"cast(sum({quanta}) over ({partition}{order}) as double) <= {double(policy.limit / spec.decision.quantum)}"


def _period(spec: Spec, policy: Capacity, engine: Engine) -> list[str]:
    column = spec.data.time
    if policy.per is None or column is None:
        return []
    _require(column, "data.time", engine)
    kind = engine.schema[column]
    if kind not in ("date", "timestamp", "timestamptz"):
        raise WrongColumnType(
            where=f"data.time {column!r}",
            found=engine.types[column],
            expected="a date or a timestamp",
            fix="store times as such.",
        )
    if kind == "timestamp" and spec.data.timezone is None:
        raise NaiveTime(
            where=f"data.time {column!r}",
            found="timestamps without offset",
            expected="dates, timestamps with offset, or data.timezone",
            fix='add data.timezone, such as "Europe/Berlin", or store dates.',
        )
    count = int(engine.columns(f"select count(*) as n from source where {quote(column)} is null")["n"][0])
    if count:
        raise TimeMissing(
            where=f"data.time {column!r}",
            found=f"{count} rows without a time",
            expected="a time for every row: it says in which period it needs room",
            fix="fill the column.",
        )
    return [number_sql(calendar_day(column, kind, spec.data.timezone), policy.per)]


def _team(policy: Capacity, engine: Engine) -> list[str]:
    if policy.by is None:
        return []
    _require(policy.by, "by", engine)
    return [f"coalesce(cast(source.{quote(policy.by)} as varchar), '{MISSING}')"]


def _require(column: str, where: str, engine: Engine) -> None:
    if column not in engine.schema:
        raise MissingColumn(
            where=where,
            found=f"no column {column!r}",
            expected="the columns that rooms are counted by",
            fix="add the column.",
        )
