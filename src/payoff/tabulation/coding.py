"""Columns as small whole numbers: quantile bins of numbers, values of everything else, so that they can be searched."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from payoff.engines import Engine
from payoff.formulas import double, quote
from payoff.tabulation.counts import LARGEST
from payoff.tabulation.grouping import MISSING, OTHER, own_name

# A number with no more values than this is taken by value, such as a count of children.
FEW_VALUES = 8
SMALLEST_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One column as whole numbers.

    Attributes
    ----------
    names : what each number stands for; 0 is a missing value.
    sql : the number of a row of ``source``.
    edges : lower ends of the bins after the first; empty where values are taken as they are.
    pooled : rows whose value is too rare for a slice of its own.
    """

    column: str
    names: tuple[str, ...]
    sql: str
    edges: tuple[float, ...]
    pooled: int


def coded(engine: Engine, column: str, bins: int, most: int) -> Coded:
    """Return one column of ``source`` as whole numbers.

    Parameters
    ----------
    bins : quantile bins of a number with more than 8 values; equal values share a bin.
    most : values of any other column that are kept, each of 1% of the rows or more; the rest is pooled.
    """
    name = f"source.{quote(column)}"
    if engine.schema[column] != "number":
        return _by_value(engine, column, f"cast({name} as varchar)", name, most)
    number = f"cast({name} as double)"
    if column in engine.floats:
        # NaN is greater than every number in SQL: neither it nor infinity has a place between edges.
        number = f"case when abs({number}) <= {double(LARGEST)} then {number} end"
    found = engine.columns(f"select count(distinct {number}) as many, count({number}) as n from source")
    if int(found["many"][0]) <= FEW_VALUES:
        return _by_value(engine, column, number, number, FEW_VALUES)
    return _by_bin(engine, column, number, int(found["n"][0]), bins)


def _by_bin(engine: Engine, column: str, number: str, rows: int, bins: int) -> Coded:
    ranked = f"select {number} as v from source"
    tile = f"cast((row_number() over (order by v) - 1) * {bins} // {rows} as bigint)"
    tiles = f"select v, {tile} as tile from ({ranked}) as held where v is not null"
    found = engine.columns(f"select tile, min(v) as least from ({tiles}) as tiles group by tile")
    least = sorted({float(one) for one in found["least"]})
    edges = tuple(least[1:])
    if not edges:
        # Nearly all rows have the least value, and no quantile lies above it.
        return _by_value(engine, column, number, number, FEW_VALUES)
    whens = " ".join(f"when {number} < {double(edge)} then {j + 1}" for j, edge in enumerate(edges))
    sql = f"cast(case when ({number}) is null then 0 {whens} else {len(edges) + 1} end as integer)"
    names = [f"below {_exactly(edges[0])}"]
    names += [f"{_exactly(low)} to below {_exactly(high)}" for low, high in itertools.pairwise(edges)]
    names.append(f"{_exactly(edges[-1])} and above")
    return Coded(column=column, names=(MISSING, *names), sql=sql, edges=edges, pooled=0)


def _by_value(engine: Engine, column: str, value: str, missing: str, most: int) -> Coded:
    counted = engine.columns("select count(*) as n from source")
    rows = int(counted["n"][0])
    least = max(1, -(-rows // round(1 / SMALLEST_SHARE)))
    found = engine.columns(
        f"select v, n from (select v, count(*) as n from (select {value} as v from source) as held "
        f"where v is not null group by v) as counted where n >= {least}"
    )
    ranked = sorted(
        zip(found["v"].tolist(), found["n"].tolist(), strict=True), key=lambda one: (-one[1], one[0])
    )
    kept = sorted(one for one, _ in ranked[:most])
    held = engine.columns(f"select count({missing}) as n from source")
    pooled = int(held["n"][0]) - sum(int(count) for _, count in ranked[:most])
    whens = " ".join(f"when {value} = {_literal(one)} then {j + 1}" for j, one in enumerate(kept))
    sql = f"cast(case when ({missing}) is null then 0 {whens} else {len(kept) + 1} end as integer)"
    names = [_exactly(one) if isinstance(one, float) else own_name(str(one)) for one in kept]
    return Coded(column=column, names=(MISSING, *names, OTHER), sql=sql, edges=(), pooled=pooled)


def _exactly(number: float) -> str:
    """Return a number so that it can be told from its neighbours."""
    return f"{number:,.10g}"


def _literal(value: object) -> str:
    if isinstance(value, float):
        return double(value)
    escaped = str(value).replace("'", "''")
    return f"'{escaped}'"


def told(columns: Sequence[Coded]) -> tuple[str, ...]:
    """Return how each column was divided, in words: choices that were taken from these rows."""
    out = []
    for one in columns:
        how = f"{one.column}: "
        if one.edges:
            edges = ", ".join(_exactly(edge) for edge in one.edges)
            how += f"{len(one.edges) + 1} bins of about equal size, cut at {edges}"
        else:
            how += f"{len(one.names) - 2} values"
            how += f", {one.pooled:,} rows of rarer ones as {OTHER}" if one.pooled else ""
        out.append(how)
    return tuple(out)
