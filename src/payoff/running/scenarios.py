"""Every named scenario: the gain there, what the rows say of it, and how far it is from the gain at likely."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isclose

import numpy as np
from numpy.typing import NDArray

from payoff.comparison import Grounds
from payoff.doubt import Draws, chances_at
from payoff.doubt.records import ScenarioGain, ScenarioRecord
from payoff.doubt.revaluing import BEYOND_CAP
from payoff.doubt.shift import Shifting, shifting
from payoff.errors import nearest
from payoff.errors.data import MixNotThere
from payoff.quantities import PER_YEAR
from payoff.running.stakes import Held, decided_by
from payoff.spec.model import Scenario
from payoff.spec.names import VOLUME
from payoff.stats.estimates import Interval
from payoff.stats.inference import Evidence, interval, tier_of
from payoff.tables.cells import POSITIVE
from payoff.tabulation import SliceTable
from payoff.verdicts import Circumstances, Status, status_of
from payoff.verdicts.hurdles import PENDING_LIMIT

Floats = NDArray[np.float64]

LEVEL = 0.95
SAME = "exact: no row is decided differently"
POINT_APART = (
    "the point is of thresholds that groups of rows chose, the interval of the one in use: go by that"
)
LABELS = "holds where scores given the outcome stay as they are (label shift)"
MIX = "holds where nothing but the mix of {column} changes"


def scenario_records(
    grounds: Grounds, about: Circumstances, every: Sequence[Held], slices: Sequence[SliceTable]
) -> Iterator[ScenarioRecord]:
    """Yield every scenario of the spec.

    Raises
    ------
    MixNotThere
        When one mixes values that the rows do not hold, or hold no known outcome of.
    """
    spec = grounds.spec
    tables = {table.entry: table for table in slices}
    for scenario in spec.scenarios:
        parts = _parts(grounds, scenario, tables)
        yield ScenarioRecord(
            name=scenario.name,
            settings=dict(scenario.settings),
            volume=scenario.volume,
            prevalence=scenario.prevalence,
            mix=None if scenario.column is None else {scenario.column: dict(scenario.mix)},
            outside=outside(every[0], scenario),
            decides=decided_by(spec, tuple(scenario.settings)),
            gains=tuple(_gain(grounds, about, one, scenario, parts) for one in every),
        )


def outside(one: Held, scenario: Scenario) -> tuple[str, ...]:
    """Return what a scenario sets beyond the range that its owner holds possible."""
    values = dict(scenario.settings) | ({} if scenario.volume is None else {VOLUME: scenario.volume})
    found = []
    for name, value in values.items():
        if name not in one.stake.names:
            continue
        item = one.stake.item(name)
        if item.low is not None and item.high is not None and not item.low <= value <= item.high:
            found.append(name)
    return tuple(found)


def _is_beyond(one: Held, scenario: Scenario) -> bool:
    """Return whether a scenario sets an assumption to what nobody holds possible."""
    items = (
        (one.stake.item(name), value) for name, value in scenario.settings.items() if name in one.stake.names
    )
    return any(
        value != item.likely if item.low is None or item.high is None else not item.low <= value <= item.high
        for item, value in items
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Parts:
    """What a scenario of another world divides the rows by, and which share each part has there."""

    table: SliceTable | None
    shares: Floats


def _parts(
    grounds: Grounds, scenario: Scenario, tables: Mapping[tuple[str, ...], SliceTable]
) -> _Parts | None:
    if scenario.prevalence is not None:
        shares = np.array([1.0 - scenario.prevalence, scenario.prevalence])
        known = grounds.cells.where(grounds.cells.known)
        missing = [
            word for state, word in enumerate(("negative", "positive")) if not (known.state == state).any()
        ]
        if missing:
            raise _not_there(
                f"scenarios.{scenario.name}.prevalence", f"no known {missing[0]} row", "both outcomes"
            )
        return _Parts(table=None, shares=shares)
    if scenario.column is None:
        return None
    table = tables[(scenario.column,)]
    where = f"scenarios.{scenario.name}.mix.{scenario.column}"
    texts = [values[0] for values in table.values]
    held = np.bincount(
        table.index[table.cells.known], table.cells.moments.rows[table.cells.known], len(texts)
    )
    for value, share in scenario.mix.items():
        if value not in texts:
            raise _not_there(
                where, f"{value!r}{nearest(value, texts)}", f"values such as {', '.join(texts[:8])}"
            )
        if share > 0.0 and not held[texts.index(value)]:
            raise _not_there(
                where, f"no row of {value!r} with a known outcome", "known outcomes in every part"
            )
    return _Parts(table=table, shares=np.array([scenario.mix.get(text, 0.0) for text in texts]))


def _not_there(where: str, found: str, expected: str) -> MixNotThere:
    return MixNotThere(
        where=where,
        found=found,
        expected=expected,
        fix="spell the values as the rows do, or leave the part out.",
    )


def _gain(
    grounds: Grounds, about: Circumstances, one: Held, scenario: Scenario, parts: _Parts | None
) -> ScenarioGain:
    settings = _settings(one, scenario)
    at, base = _Setting.of(one, settings), _Setting.of(one, {})
    if parts is None:
        found, difference, chance = _revalued(one, settings, at, base, beyond=_is_beyond(one, scenario))
    else:
        found, difference, chance = _in_world(grounds, one, parts, at, base)
    status = _status(about, one, chance)
    return ScenarioGain(
        hurdle=one.name,
        over=one.hurdle.over,
        metric=one.hurdle.metric,
        unit=one.unit,
        value=_less(found.value, at.cost),
        low=_less(found.low, at.cost),
        high=_less(found.high, at.cost),
        difference=_less(difference.value, at.cost - base.cost),
        difference_low=_less(difference.low, at.cost - base.cost),
        difference_high=_less(difference.high, at.cost - base.cost),
        required=None if one.record is None else one.stake.required,
        status=status,
        probability=chance if status in ("cleared", "missed", "undecided") else None,
        rows=found.rows,
        method=found.method,
        tier=found.tier,
        note="; ".join(dict.fromkeys(text for text in (_world_note(scenario), found.note) if text)) or None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Setting:
    """Coefficients of the mean parts, and running costs, in the unit and period of a hurdle."""

    coefficients: Floats
    cost: float

    @staticmethod
    def of(one: Held, settings: Draws) -> "_Setting":
        judged, stake = one.stake.judged, one.stake
        symbols = {name: float(value[0]) for name, value in settings.items() if name != VOLUME}
        scale = stake.scale
        if not judged.per_decision and VOLUME in settings:
            scale = float(settings[VOLUME][0]) / PER_YEAR[one.hurdle.amount.per]
        cost = float(np.ravel(judged.cost_at(settings))[0]) * scale
        return _Setting(coefficients=judged.valuation.contrast(symbols) * scale, cost=cost)


def _settings(one: Held, scenario: Scenario) -> Draws:
    out: dict[str, Floats] = {}
    for name, value in scenario.settings.items():
        out |= one.stake.stop(name, value)
    if scenario.volume is not None:
        out[VOLUME] = np.array([scenario.volume])
    return out


def _held_to_cap(evidence: Evidence) -> Evidence:
    """Return evidence without the cap where a scenario leaves the ranges at which rows were held to it."""
    if tier_of(evidence).tier != "B":
        return evidence
    return replace(evidence, refused=BEYOND_CAP)


def _revalued(
    one: Held, settings: Draws, at: _Setting, base: _Setting, *, beyond: bool
) -> tuple[Interval, Interval, float | None]:
    """Return the gain at other assumptions by its own method, its difference from likely, and its confidence."""
    gain, moved = one.gain, at.coefficients - base.coefficients
    if gain.is_alike:
        nothing = interval(Evidence(contrast=gain.evidence.contrast), at.coefficients, LEVEL, 0.0)
        nothing = replace(nothing, low=0.0, high=0.0, tier="A", method=SAME, note=None)
        return nothing, nothing, None
    evidence = _held_to_cap(gain.evidence) if beyond else gain.evidence
    found = _apart_said(
        interval(evidence, at.coefficients, LEVEL, float(gain.point @ at.coefficients)),
        float(gain.evidence.contrast.mean[0] @ at.coefficients),
    )
    value = float(gain.point @ moved)
    difference = interval(_along(gain.evidence, moved, base.coefficients), moved, LEVEL, value)
    if not moved.any():
        difference = replace(difference, low=0.0, high=0.0)
    chance = chances_at(one.stake, evidence, settings, one.stake.required)
    return found, difference, None if chance is None else float(chance[0])


def _apart_said(found: Interval, mean: float) -> Interval:
    """Return an interval that says so where its point, of thresholds chosen by groups, lies outside it.

    The point of a threshold that was fixed is the mean that the interval is of.
    """
    if (
        found.value is None
        or found.low is None
        or found.high is None
        or found.low <= found.value <= found.high
        or isclose(found.value, mean, rel_tol=1e-9)
    ):
        return found
    return replace(found, note="; ".join(part for part in (POINT_APART, found.note) if part))


def _along(evidence: Evidence, moved: Floats, likely: Floats) -> Evidence:
    """Return the evidence for a difference: its skewness turned where the difference runs against the gain.

    The declared cap speaks of gains, not of differences, so that it guarantees nothing here.
    """
    contrast = evidence.contrast
    sign = np.copysign(1.0, np.einsum("k,tkl,l->t", moved, contrast.covariance, likely))
    about = replace(evidence.about, capped=False)
    return replace(evidence, contrast=replace(contrast, skewness=contrast.skewness * sign), about=about)


def _in_world(
    grounds: Grounds, one: Held, parts: _Parts, at: _Setting, base: _Setting
) -> tuple[Interval, Interval, float | None]:
    """Return the same where classes of outcome, or slices, have other shares."""
    if parts.table is None:
        cells = grounds.cells
        part = np.asarray(cells.state == POSITIVE, dtype=np.int64)
    else:
        cells, part = parts.table.cells, parts.table.index
    world: Shifting = shifting(grounds, one.gain, cells, part, len(parts.shares))
    there = world.contrast(parts.shares, at.coefficients)
    apart = world.contrast(parts.shares, at.coefficients, less=base.coefficients)
    found, difference = world.intervals([there, apart])
    return found, difference, world.chance(there, one.stake.required + at.cost)


def _status(about: Circumstances, one: Held, chance: float | None) -> Status | None:
    if one.record is None:
        return None
    if one.record.status == "not evaluated" or chance is None:
        return "not evaluated"
    if about.pending_share > PENDING_LIMIT:
        return "undecided"
    return status_of(chance, one.hurdle.confidence)


def _less(end: float | None, cost: float) -> float | None:
    return None if end is None or not np.isfinite(end) else float(end - cost)


def _world_note(scenario: Scenario) -> str | None:
    if scenario.prevalence is not None:
        return LABELS
    return None if scenario.column is None else MIX.format(column=scenario.column)
