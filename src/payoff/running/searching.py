"""A search for the slices that lose the most money, with bounds that hold for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from payoff.choices import Choices, limited_policies, shares, switches
from payoff.engines import Engine
from payoff.errors import nearest
from payoff.errors.data import UnusableRows
from payoff.errors.usage import UnusableSearch
from payoff.formulas import is_constant_given_outcome
from payoff.record import LosingSlice, SliceSearch
from payoff.running.evaluating import SEED
from payoff.running.money import LEVEL, reference
from payoff.running.tabulating import Progress, cut
from payoff.spec.model import Spec
from payoff.stats.band import bounds_of_many, multiplier_maxima_from_influence
from payoff.stats.part_sums import PartSums, part_sums
from payoff.stats.rest import Bent, Tails, means_of_parts, means_of_totals, tails_of_all
from payoff.tabulation import (
    Asking,
    ClusterTotals,
    Coded,
    Plan,
    Searched,
    check_rows,
    coded,
    count_searched,
    make_plan,
    prepare,
    told,
)

MOST_VALUES = 8
MOST_TOLD = 50
MOST_BINS = 20
METHOD = "simultaneous band over slices, Hall t"
TUNED = "threshold tuned on these rows, taken as given within slices"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """Slices of all columns and pairs as rows of arrays; ``columns`` and ``places`` name them.

    ``every`` counts all known rows; ``clusters`` those with rows in each slice, None where rows are independent.
    """

    columns: tuple[tuple[int, ...], ...]
    places: tuple[tuple[int, ...], ...]
    rows: np.ndarray
    weight: np.ndarray
    gains: Bent
    tails: Tails
    influence: np.ndarray
    every: int
    clusters: np.ndarray | None


def searched(
    spec: Spec,
    engine: Engine,
    columns: Sequence[str],
    depth: int,
    bins: int,
    progress: Progress,
    version: str,
) -> SliceSearch:
    """Return the slices of columns, and of pairs of them, in which the model loses most over today (else nobody).

    Parameters
    ----------
    columns : to slice by; at least one. Numbers are cut into ``bins`` of about equal size.
    depth : 1 or 2 columns to a slice.

    Raises
    ------
    UnusableSearch
        When columns, depth or bins make no search.
    UnusableRows
        When a check of the rows finds an error.
    """
    _refuse(spec, engine, columns, depth, bins)
    bound = make_plan(replace(spec, slices=tuple((one,) for one in columns), guardrails=()), engine)
    progress("dividing the columns")
    divided = [coded(engine, column, bins, MOST_VALUES) for column in columns]
    plan = replace(bound, coded={one.column: one.sql for one in divided})
    asking = Asking(plan, engine, prepare(plan, engine))
    progress("checking the rows")
    _refuse_rows(asking)
    choices = cut(asking, None, progress)[0]
    progress("counting slices")
    over = reference(spec)
    tables = count_searched(asking, choices, spec.model.name, over, len(columns), depth)
    progress("estimating")
    found = _joined([_means(asking, over, one) for one in tables])
    return _told(plan, over, depth, divided, found, choices, version)


def _refuse(spec: Spec, engine: Engine, columns: Sequence[str], depth: int, bins: int) -> None:
    schema = engine.schema
    unknown = next((one for one in columns if one not in schema), None)
    if unknown is not None:
        found = f"no column {unknown!r}{nearest(unknown, schema)}"
        listed = f"one of {', '.join(list(schema)[:12])}{' ...' if len(schema) > 12 else ''}"
        raise _unusable("columns", found, listed, "write the column as the data spell it.")
    late = {spec.data.outcome, spec.data.label_known_on}
    hindsight = next((one for one in columns if one in late), None)
    odd = next((one for one in columns if schema[one] not in ("number", "text", "boolean")), None)
    wrong = [
        (
            not columns or len(set(columns)) < len(columns),
            "columns",
            f"{', '.join(columns) or 'none'}",
            "each once",
        ),
        (
            hindsight is not None,
            "columns",
            f"{hindsight!r}, known only afterwards",
            "what is known when deciding",
        ),
        (odd is not None, "columns", f"{odd!r}, a date or time", "numbers, text or booleans"),
        (depth not in (1, 2), "depth", str(depth), "1 or 2"),
        (not 2 <= bins <= MOST_BINS, "bins", str(bins), f"2 to {MOST_BINS}"),
    ]
    for is_wrong, where, what, expected in wrong:
        if is_wrong:
            raise _unusable(where, what, expected, "ask for another.")


def _unusable(where: str, found: str, expected: str, fix: str) -> UnusableSearch:
    return UnusableSearch(where=where, found=found, expected=expected, fix=fix)


def _refuse_rows(asking: Asking) -> None:
    findings = check_rows(asking.plan, asking.engine, asking.ready)
    first = next((one for one in findings if one.severity == "error"), None)
    if first is not None:
        raise UnusableRows(
            where=first.where,
            found=f"{first.found} ({first.code})",
            expected="rows that can be counted",
            fix=first.fix,
        )


def _means(asking: Asking, over: str, one: Searched) -> _Found:
    plan = asking.plan
    actions, spec, many = plan.spec.decision.actions, plan.spec, len(one.places)
    mine, theirs = (shares(spec.candidate(name), one.cells, actions) for name in (spec.model.name, over))
    sums = part_sums(one.cells, switches(mine, theirs), plan.valuation.contrast(), one.part, many)
    units, gains = sums, means_of_parts(sums)
    if one.clusters is not None:
        units = _of_totals(one.clusters, sums)
        adverse = one.clusters.adverse if _is_finite(asking, over) else None
        gains = means_of_totals(units, int(sums.rows.sum()), adverse)
    weight = one.weight.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(weight > 0.0, one.gain.sum(axis=1, keepdims=True) / weight, 0.0)
    return _Found(
        columns=(one.columns,) * many,
        places=tuple(tuple(row) for row in one.places.tolist()),
        rows=sums.rows,
        weight=sums.weights[:, 1],
        gains=gains,
        tails=tails_of_all(gains, units, units.rows),
        influence=one.gain - mean * one.weight,
        every=int(sums.rows.sum()),
        clusters=None if one.clusters is None else one.clusters.clusters,
    )


def _is_finite(asking: Asking, over: str) -> bool:
    """Return whether few declared values are all that a row can gain, as the evaluation of slices has it."""
    spec = asking.plan.spec
    constant = all(is_constant_given_outcome(formula) for formula in asking.plan.value.values())
    return constant and not asking.ready.weighted and not limited_policies(spec, spec.model.name, over)


def _of_totals(found: ClusterTotals, rows: PartSums) -> PartSums:
    """Return sums in which the total of a cluster stands for a row: W is its weight, and F / W its gain."""
    held = found.powers
    weights = (found.clusters.astype(np.float64), held["W"], held["WW"], held["WWW"])
    deciding = np.zeros_like(rows.possible)
    states = min(deciding.shape[1], found.deciding.shape[1])
    deciding[:, :states] = found.deciding[:, :states]
    return PartSums(
        centre=found.centre,
        rows=found.clusters,
        weights=np.stack(weights, axis=1),
        first=np.stack([held["F"], held["FW"], held["FWW"]], axis=1),
        second=np.stack([held["FF"], held["FFW"]], axis=1),
        third=held["FFF"],
        deciding=deciding,
        possible=rows.possible,
    )


def _joined(several: Sequence[_Found]) -> _Found:
    clusters = [one.clusters for one in several if one.clusters is not None]
    return _Found(
        columns=tuple(name for one in several for name in one.columns),
        places=tuple(place for one in several for place in one.places),
        rows=np.concatenate([one.rows for one in several]),
        weight=np.concatenate([one.weight for one in several]),
        gains=Bent.joined([one.gains for one in several]),
        tails=Tails.joined([one.tails for one in several]),
        influence=np.concatenate([one.influence for one in several]),
        every=several[0].every,
        clusters=np.concatenate(clusters) if clusters else None,
    )


def _told(
    plan: Plan, over: str, depth: int, divided: Sequence[Coded], found: _Found, choices: Choices, version: str
) -> SliceSearch:
    spec, gains, held = plan.spec, found.gains, found.rows > 0
    judged, low, high = _bounds(found)
    total = np.where(judged, gains.value * found.weight, 0.0)
    losing = np.flatnonzero(judged & (gains.value < 0.0)).tolist()
    # Ten digits are the same on every engine; slices of the very same rows are told in the order of the columns.
    worst = sorted(losing, key=lambda j: (float(f"{total[j]:.10g}"), len(found.columns[j]), j))
    return SliceSearch(
        of=spec.model.name,
        over=over,
        unit=f"{spec.decision.unit} per decision",
        columns=tuple(one.column for one in divided),
        depth=depth,
        level=LEVEL,
        rows=found.every,
        searched=int(held.sum()),
        judged=int(judged.sum()),
        small=int((held & ~judged).sum()),
        losing=len(losing),
        confident=int((high[losing] < 0.0).sum()),
        losses=tuple(
            LosingSlice(
                slice=_words(divided, found, j),
                rows=int(found.rows[j]),
                clusters=None if found.clusters is None else int(found.clusters[j]),
                events=int(gains.events[j]),
                value=float(gains.value[j]),
                low=float(low[j]),
                high=float(high[j]),
                total=float(total[j]),
                confident_loss=bool(high[j] < 0.0),
            )
            for j in worst[:MOST_TOLD]
        ),
        choices=told(divided),
        method=METHOD if found.clusters is None else f"{METHOD} by cluster",
        note=TUNED if spec.model.name in choices.tuned else None,
        payoff_version=version,
    )


def _bounds(found: _Found) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which slices may be judged, and bounds that hold for all of these at once."""
    judged = found.tails.judged
    if not judged.any():
        nothing = np.full(len(found.rows), np.nan)
        return judged, nothing, nothing
    maxima = multiplier_maxima_from_influence(found.influence[judged], SEED)
    return judged, *bounds_of_many(found.gains, found.tails, maxima, LEVEL)


def _words(divided: Sequence[Coded], found: _Found, number: int) -> dict[str, str]:
    """Return one slice as its columns with the names of their values."""
    named = zip(found.columns[number], found.places[number], strict=True)
    return {divided[column].column: divided[column].names[place] for column, place in named}
