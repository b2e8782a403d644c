"""How long answers took, as a column of the rows tells: checked, and read at the ranks that a quantile needs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from payoff.engines import Engine
from payoff.errors.linter import InvalidLatency
from payoff.formulas import double, quote
from payoff.spec.model import Spec
from payoff.tabulation.counts import LARGEST
from payoff.tabulation.findings import Finding
from payoff.tabulation.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """The latencies of one candidate in order, at the ranks that were asked for.

    Attributes
    ----------
    rows : rows that have one.
    at : rank, from 1 -> milliseconds.
    """

    rows: int
    at: Mapping[int, float]


def latency_columns(spec: Spec) -> dict[str, str]:
    """Return candidate -> the column of its latency."""
    return {
        one.name: one.latency.column
        for one in spec.candidates
        if one.latency is not None and one.latency.column is not None
    }


def check_latency(plan: Plan, engine: Engine) -> Iterator[Finding]:
    """Yield latencies that are no time, as errors, and rows without one, as a note."""
    for name, column in latency_columns(plan.spec).items():
        held = f"cast({quote(column)} as double)"
        bad = f"{held} is not null and not coalesce({held} >= 0 and {held} <= {double(LARGEST)}, false)"
        found = engine.columns(
            f"select count(*) as n, count({quote(column)}) as held, count(case when {bad} then 1 end) as bad "
            "from source"
        )
        rows, present, broken = (int(found[key][0]) for key in ("n", "held", "bad"))
        where = f"{name}.latency {column!r}"
        if broken or present == 0:
            text = f"{broken} latencies below zero or not finite" if broken else "no row has a latency"
            fix = "give milliseconds, NULL where there was no call."
            yield _finding("error", where, broken or rows, text, fix)
        elif present < rows:
            text = f"{rows - present} rows without latency: percentiles are of the other {present}"
            yield _finding("note", where, rows - present, text, "nothing to do where there was no call.")


def count_latencies(engine: Engine, column: str) -> int:
    """Return the rows that have a latency."""
    return int(engine.columns(f"select count({quote(column)}) as n from source")["n"][0])


def read_latencies(engine: Engine, column: str, rows: int, ranks: Collection[int]) -> Latencies:
    """Return the latencies at these ranks: the rows are put in order once."""
    listed = ", ".join(str(rank) for rank in sorted(set(ranks)))
    held = f"cast({quote(column)} as double)"
    ordered = (
        f"select {held} as x, row_number() over (order by {held}) as place from source "
        f"where {quote(column)} is not null"
    )
    found = engine.columns(
        f"select x, place from ({ordered}) as ordered where place in ({listed}) order by place"
    )
    at = {int(place): float(x) for place, x in zip(found["place"], found["x"], strict=True)}
    return Latencies(rows=rows, at=at)


def _finding(severity: str, where: str, rows: int, found: str, fix: str) -> Finding:
    return Finding(
        code=InvalidLatency.code,
        severity="error" if severity == "error" else "note",
        where=where,
        rows=rows,
        ids=(),
        found=found,
        fix=fix,
    )
