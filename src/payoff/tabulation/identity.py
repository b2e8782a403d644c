"""Whether rows are what they seem: ids that repeat, that are nearly alike, and rows that belong together."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from payoff.engines import Engine
from payoff.errors import data as codes
from payoff.errors.engine import UntranslatableQuery
from payoff.formulas import quote
from payoff.spec.model import Threshold
from payoff.tabulation.findings import Finding, finding_of
from payoff.tabulation.plan import Plan
from payoff.tabulation.preparing import Prepared

EXACT = 2**53
# Whole numbers are counted as bits of 32: cheap where at least one in so many is used.
BLOCK = 32
SPARSEST = 64
SHOWN = 5
ENTITY = re.compile(
    r"(customer|client|patient|account|user|person|member|household|device|merchant|card)s?(_?(id|no|key|number))?$",
    re.IGNORECASE,
)


def check_identity(plan: Plan, engine: Engine, ready: Prepared) -> list[Finding]:
    """Return what ids, and columns that look like those of customers, say about the rows."""
    return [*_of_ids(plan, engine, ready), *_entities(plan, engine)]


@dataclass(frozen=True, slots=True)
class Ends:
    """Rows that hold a whole number, and the least and the greatest of them."""

    rows: int
    low: float
    high: float

    @property
    def most(self) -> float:
        """Return how many different whole numbers lie between the ends."""
        return self.high - self.low + 1

    @property
    def is_dense(self) -> bool:
        """Return whether blocks of 32 numbers are fewer than the numbers."""
        return abs(self.low) < EXACT and abs(self.high) < EXACT and self.most < SPARSEST * self.rows


def ends_of(column: str, engine: Engine) -> Ends:
    """Return the ends of a column of whole numbers of ``source``."""
    name = quote(column)
    ends = f"cast(min({name}) as double) as lo, cast(max({name}) as double) as hi"
    found = engine.columns(f"select count({name}) as n, {ends} from source")
    return Ends(int(found["n"][0]), float(found["lo"][0]), float(found["hi"][0]))


def distinct(column: str, engine: Engine, ends: Ends | None) -> int:
    """Return how many different values a column of ``source`` holds, missing ones left out.

    Whole numbers that lie close together (``ends`` given) are counted by blocks of 32: a row sets a bit of its
    block, so that the blocks to group by are fewer than the values. Exact on every engine.
    """
    name = quote(column)
    if ends is None or not ends.is_dense:
        return int(engine.columns(f"select count(distinct {name}) as d from source")["d"][0])
    whole = f"cast({name} as bigint)"
    bit = f"cast(1 as bigint) << cast({whole} & {BLOCK - 1} as integer)"
    found = engine.columns(
        f"select cast(coalesce(sum({_bits('bits')}), 0) as bigint) as d from (select {whole} >> 5 as block, "
        f"bit_or({bit}) as bits from source where {name} is not null group by {whole} >> 5) as blocks"
    )
    return int(found["d"][0])


def _bits(number: str) -> str:
    """Return how many of 32 bits are set, by adding neighbours (Warren, Hacker's Delight, 5-1)."""
    pairs = f"({number} - (({number} >> 1) & 1431655765))"
    fours = f"(({pairs} & 858993459) + (({pairs} >> 2) & 858993459))"
    eights = f"(({fours} + ({fours} >> 4)) & 252645135)"
    return f"((({eights} * 16843009) >> 24) & 255)"


def _of_ids(plan: Plan, engine: Engine, ready: Prepared) -> Iterator[Finding]:
    data = plan.spec.data
    if data.id is None:
        if data.cluster is None:
            yield _no_groups(plan, engine)
        return
    where = f"data.id {data.id!r}"
    if data.id in plan.floats:
        large = f"select count(*) as n from source where abs({quote(data.id)}) >= {EXACT}"
        count = int(engine.columns(large)["n"][0])
        if count:
            text = "ids beyond 2^53 in a floating point column"
            yield finding_of(
                codes.IdNotExact, "error", where, count, text, "store ids as text or as integers."
            )
    counts, given = ready.counts, ready.counts.count("i")
    if data.id in plan.integers and not ready.weighted and not math.isnan(float(counts["lo_u"] or 0.0)):
        ends = Ends(given, float(counts["lo_u"] or 0.0), float(counts["hi_u"] or 0.0))
        ids = distinct(data.id, engine, ends)
    else:
        ids = int(engine.columns("select count(distinct i) as d from prepared")["d"][0])
    if given > ids:
        yield from _repeated(plan, engine)
    if plan.schema[data.id] == "text":
        yield from _similar_ids(where, engine)


def _no_groups(plan: Plan, engine: Engine) -> Finding:
    """Say what groups follow; where positions change from query to query, nothing can be tuned by groups."""
    if engine.keeps_order:
        text = "no id: groups follow the position of rows"
        return finding_of(codes.NoGroups, "note", "data.id", 0, text, "name an id column.")
    tuned = any(isinstance(one.policy, Threshold) and one.policy.at == "best" for one in plan.spec.candidates)
    text = "no id: groups follow the position of rows, which this engine may change from query to query"
    fix = "name an id column; a threshold is tuned on some groups and judged on others."
    return finding_of(codes.NoGroups, "error" if tuned else "note", "data.id", 0, text, fix)


def _repeated(plan: Plan, engine: Engine) -> Iterator[Finding]:
    scores = "".join(f", count(distinct s{j}) as d{j}" for j in range(len(plan.spec.columns_scored)))
    apart = " or ".join(["states > 1", *(f"d{j} > 1" for j in range(len(plan.spec.columns_scored)))])
    repeated = engine.columns(
        "select i, n, case when conflicting then 1 else 0 end as conflicting, count(*) over () as ids, "
        "cast(sum(n) over () as bigint) as all_rows from ("
        f"select i, n, ({apart}) as conflicting from (select i, count(*) as n, count(distinct st) as states{scores} "
        f"from prepared group by i having count(*) > 1) as counted) as repeated order by i limit {SHOWN}"
    )
    if len(repeated["i"]):
        ids, rows = int(repeated["ids"][0]), int(repeated["all_rows"][0])
        kind = (
            "some with different scores or outcomes"
            if repeated["conflicting"].any()
            else "exact copies as far as shown"
        )
        yield Finding(
            code=codes.DuplicateIds.code,
            severity="error",
            where=f"data.id {plan.spec.data.id!r}",
            rows=rows,
            ids=tuple(str(one) for one in repeated["i"]),
            found=f"{ids} ids stand for {rows} rows ({kind})",
            fix="keep one row per decision; if customers come back, name them in data.cluster and give decisions ids.",
        )


def _similar_ids(where: str, engine: Engine) -> Iterator[Finding]:
    """Warn of ids that are equal but for spaces around them or for how accents are written."""
    plain = "select count(*) as n from prepared where i <> trim(i) or regexp_matches(i, '[^ -~]')"
    if not int(engine.columns(plain)["n"][0]):
        return
    alike = "select count(distinct i) - count(distinct {0}) as n from prepared"
    try:
        found = engine.columns(alike.format("nfc_normalize(trim(i))"))
    except UntranslatableQuery:
        found = engine.columns(alike.format("trim(i)"))
    count = int(found["n"][0])
    if count:
        text = "ids that differ only by spaces or by how accents are written"
        yield finding_of(
            codes.SimilarIds,
            "warning",
            where,
            count,
            text,
            "write ids in one way; payoff takes them as different.",
        )


def _entities(plan: Plan, engine: Engine) -> Iterator[Finding]:
    data = plan.spec.data
    if data.cluster is not None:
        return
    named = {data.id, data.outcome, data.weight, data.time, *(one.score for one in plan.spec.candidates)}
    suspects = [column for column in plan.schema if column not in named and ENTITY.search(column)]
    for column in suspects[:5]:
        ends = ends_of(column, engine) if column in plan.integers else None
        if ends is not None and 1 < ends.most < ends.rows:
            # More rows than whole numbers between the ends: some come twice, and nothing needs counting.
            told = f"at most {ends.most:.0f} different values in {ends.rows} rows"
            yield _belonging(column, ends.rows, told)
            continue
        different = distinct(column, engine, ends)
        held = (
            engine.columns(f"select count({quote(column)}) as n from source")["n"][0]
            if ends is None
            else ends.rows
        )
        if 1 < different < int(held):
            yield _belonging(column, int(held), f"{different} different values in {held} rows")


def _belonging(column: str, rows: int, told: str) -> Finding:
    return finding_of(
        codes.RepeatedEntity,
        "warning",
        f"column {column!r}",
        rows,
        f"{told}: rows may belong together",
        f"name data.cluster: {column}, or intervals may be too narrow.",
    )
