"""Everything that was counted of some rows, as one record that can be saved, read back and added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

from payoff.choices import Grid, Recalibration
from payoff.engines import Kind
from payoff.errors.store import TablesDiffer
from payoff.stats.top import Rankings
from payoff.tables import Cells, Filled, Keyed, ScorePair, joined, joined_pairs, merge
from payoff.tables.forecast_duels import Duel, joined_duels
from payoff.tables.losses import Losses, SlicedLosses, joined_losses
from payoff.tabulation.counts import Counts, Shape
from payoff.tabulation.findings import Finding
from payoff.tabulation.outcomes import Facts
from payoff.tabulation.slices import SliceTable, joined_slices

FORMAT = 4
# How the columns of naive candidates begin, among the parts of the value.
MADE_FROM_EARLIER = "payoff_naive_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that rows have; what a plan needs to know of an engine."""

    schema: Mapping[str, Kind]
    types: Mapping[str, str]
    integers: frozenset[str]
    floats: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Every number that was taken from the rows before they were counted. Tables add only where these are equal.

    Attributes
    ----------
    as_of, mature_until : the days that decide which outcomes are known, where any waits for them.
    period : what value over time is counted by.
    by_state : rows by known outcome that weights come from, where a prevalence is declared.
    shift : (C, K) what parts are centred by.
    grids : candidate -> which of its scores share a cell, split at the threshold in use.
    cuts : candidate -> the cuts that money is counted between, where cells are exact scores.
    thresholds : candidate -> the one in use; None acts on nobody.
    level : the quantile that pinball losses are for.
    losses : what losses of quantities are centred by.
    duel : the thresholds at which two quantities are told apart.
    recalibrations : candidate -> how its probability is moved before it weighs values.
    """

    as_of: date | None
    mature_until: date | None
    period: str | None
    by_state: Mapping[int, int] | None
    shift: tuple[tuple[float, ...], ...]
    grids: Mapping[str, Grid] = field(default_factory=dict)
    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float | None] = field(default_factory=dict)
    level: float | None = None
    losses: tuple[float, ...] = ()
    duel: tuple[float, ...] = ()
    recalibrations: Mapping[str, Recalibration | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tabulated:
    """All tables of one spec over some rows, with the choices that they rest on.

    Attributes
    ----------
    basis : part of the tables -> what of the spec it was counted by, in words; see ``payoff.tabulation.basis``.
    relation : the columns of the rows.
    engine : where they were counted.
    scores : candidate -> its scores table.
    blocks : candidate -> money between cuts (exact scores) or by stretch of the grid, once for every few baselines by
        whose actions it is keyed; the other key is ``b``.
    policies, slices, periods : what was decided, whole, by slice entry and over time.
    sliced_scores : scores of the model by slice entry, where a guardrail asks for them.
    pairs : two candidates -> rows by both of their scores, where a difference of scores is asked for.
    losses, sliced_losses : losses of quantities, whole and by slice entry, where a quantity is decided.
    classes : candidate with class probabilities -> known rows by the class that it holds likeliest, with their losses
        (``payoff.tabulation.classes``).
    hashed : sum of the hashes of all rows.
    duels : the model's quantity against that of every other candidate.
    filled : candidate -> what its capacity is filled with.
    units : what was decided by period (key ``unit``: of capacities, the finest), where one is per period.
    teams : candidate -> what was decided by team (key ``by``), where a share of all rows is limited in each.
    rankings : (candidate, what rankings are told apart by) -> its rows by ranking and score, where asked for.
    quantum : the step that exact totals of money count in.
    exact : whether those totals are the exact ones; not where values were revalued from sums.
    """

    basis: Mapping[str, str]
    relation: Columns
    engine: str
    fixed: Fixed
    facts: Facts
    counts: Counts
    shape: Shape
    findings: tuple[Finding, ...]
    weighted: bool
    clustered: bool
    pending: bool
    quantum: float
    exact: bool = True
    scores: Mapping[str, Cells] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Keyed, ...]] = field(default_factory=dict)
    policies: Cells | None = None
    slices: tuple[SliceTable, ...] = ()
    sliced_scores: tuple[SliceTable, ...] = ()
    periods: SliceTable | None = None
    pairs: Mapping[tuple[str, str], ScorePair] = field(default_factory=dict)
    losses: Losses | None = None
    sliced_losses: tuple[SlicedLosses, ...] = ()
    duels: tuple[Duel, ...] = ()
    classes: Mapping[str, Cells] = field(default_factory=dict)
    hashed: int = 0
    filled: Mapping[str, Filled] = field(default_factory=dict)
    units: Keyed | None = None
    teams: Mapping[str, Keyed] = field(default_factory=dict)
    rankings: Mapping[tuple[str, str], Rankings] = field(default_factory=dict)

    def pair(self, first: str, second: str) -> ScorePair | None:
        """Return rows by the scores of two candidates, None where they were not counted together."""
        turned = self.pairs.get((second, first))
        return self.pairs.get((first, second), None if turned is None else turned.swapped())

    @property
    def failed(self) -> bool:
        """Return whether a check found an error, so that nothing was counted."""
        return any(finding.severity == "error" for finding in self.findings)


def added(several: Sequence[tuple[str, Tabulated]]) -> Tabulated:
    """Return the tables of all rows of several parts.

    Parameters
    ----------
    several : name of each part, for messages, and its tables.

    Ids are compared within each part alone: a row in two parts counts twice.

    Raises
    ------
    TablesDiffer
        When they were counted by different specs or with different choices.
    """
    first_name, first = several[0]
    for name, other in several[1:]:
        _refuse_different(first_name, first, name, other)
    tables = [one for _, one in several]
    if len(tables) == 1:
        return first
    policies = merge(joined([Keyed(cells=_cells(one.policies), keys={}) for one in tables])).cells
    counts = tables[0].counts
    for one in tables[1:]:
        counts = counts + one.counts
    return replace(
        first,
        engine=", ".join(dict.fromkeys(one.engine for one in tables)),
        facts=_facts([one.facts for one in tables]),
        counts=counts,
        findings=_findings(tables),
        pending=any(one.pending for one in tables),
        scores={
            name: merge(joined([Keyed(cells=one.scores[name], keys={}) for one in tables])).cells
            for name in first.scores
        },
        blocks={
            name: tuple(
                merge(joined(parts)) for parts in zip(*(one.blocks[name] for one in tables), strict=True)
            )
            for name in first.blocks
        },
        policies=policies,
        slices=_slices([one.slices for one in tables]),
        sliced_scores=_slices([one.sliced_scores for one in tables]),
        periods=_slices([(one.periods,) for one in tables if one.periods is not None])[0]
        if first.periods is not None
        else None,
        pairs={
            pair: joined_pairs([one.pairs[pair] for one in tables])
            for pair in first.pairs
            if all(pair in one.pairs for one in tables)
        },
        losses=_losses(tables),
        sliced_losses=(),
        duels=tuple(joined_duels(each) for each in zip(*(one.duels for one in tables), strict=True)),
        classes={
            name: merge(joined([Keyed(cells=one.classes[name], keys={}) for one in tables])).cells
            for name in first.classes
        },
        hashed=sum(one.hashed for one in tables),
    )


def _refuse_different(first_name: str, first: Tabulated, name: str, other: Tabulated) -> None:
    different = [key for key in first.basis if first.basis[key] != other.basis.get(key)]
    different += [
        f"choice of {one.name}" for one in fields(Fixed) if _differs(first.fixed, other.fixed, one.name)
    ]
    if MADE_FROM_EARLIER in first.basis["value"]:
        different.append("naive quantities: earlier rows of other files were not seen")
    if any(one.sliced_losses for one in (first, other)):
        different.append("losses of quantities by slice: count the rows of all files at once")
    if first.clustered:
        different.append("clusters: their numbers hold within one file only")
    if first.filled:
        different.append("capacity: who finds room depends on all rows of a period at once")
    if first.rankings:
        different.append("rankings: the top of a ranking is that of all its rows")
    if different:
        raise TablesDiffer(
            where=f"{first_name} and {name}",
            found=f"tables that differ in {', '.join(different)}"[:600],
            expected="tables of one spec, counted with the same choices",
            fix=f"count the second again: payoff tabulate SPEC --data DATA --choices {first_name}.",
        )


def _differs(first: Fixed, other: Fixed, name: str) -> bool:
    return bool(getattr(first, name) != getattr(other, name))


def _losses(tables: Sequence[Tabulated]) -> Losses | None:
    held = [one.losses for one in tables if one.losses is not None]
    return joined_losses(held).added() if held else None


def _facts(several: Sequence[Facts]) -> Facts:
    labels: dict[str, int] = {}
    for one in several:
        for label, rows in one.labels.items():
            labels[label] = labels.get(label, 0) + rows
    return replace(
        several[0],
        rows=sum(one.rows for one in several),
        labels=labels,
        first_day=min((one.first_day for one in several if one.first_day), default=None),
        last_day=max((one.last_day for one in several if one.last_day), default=None),
        as_of=max((one.as_of for one in several if one.as_of), default=None),
    )


def _findings(tables: Sequence[Tabulated]) -> tuple[Finding, ...]:
    """Return the findings of all parts, those of one kind as one. Their words are those of the first part."""
    held: dict[tuple[str, str], Finding] = {}
    for table in tables:
        for one in table.findings:
            seen = held.get((one.code, one.where))
            held[(one.code, one.where)] = (
                one
                if seen is None
                else replace(seen, rows=seen.rows + one.rows, ids=(*seen.ids, *one.ids)[:5])
            )
    return tuple(held.values())


def _slices(several: Sequence[tuple[SliceTable, ...]]) -> tuple[SliceTable, ...]:
    return tuple(joined_slices(list(tables)) for tables in zip(*several, strict=True))


def _cells(cells: Cells | None) -> Cells:
    if cells is None:
        raise ValueError("tables without decisions cannot be added")
    return cells
