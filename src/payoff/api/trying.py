"""What if: a stored result at other numbers, without its rows."""

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from payoff.errors import nearest
from payoff.errors.what_if import NotAStep, NothingToRevalue, UnknownSetting, UnusableSetting
from payoff.quantities import LARGEST_AMOUNT, LEAST_VOLUME
from payoff.record import Result as Record
from payoff.record import Revaluing
from payoff.spec.names import VOLUME
from payoff.verdicts.then import room_curve
from payoff.verdicts.tried import Tried, WhatIf
from payoff.verdicts.what_if import what_if as judged_then

if TYPE_CHECKING:
    from payoff.api import Result

# Letters of a value that is refused.
LONGEST = 60


def what_if(
    result: "Result",
    settings: Mapping[str, float] | None = None,
    *,
    threshold: float | None = None,
    volume: float | None = None,
    capacity: float | None = None,
) -> WhatIf:
    """Return gains, hurdles and verdict of a stored result at other numbers; no row is read.

    Parameters
    ----------
    settings : assumption -> its likely value. The range that its owner gave stays as doubt, widened to the value where
        that lies outside, as ``evaluate(..., assume=...)`` does. One that is bound to rows has three stops.
    threshold : one of the published cuts of the model's score (``result.record.revaluing.cuts.cuts``).
    volume : decisions per year.
    capacity : one of the published steps, in the unit of the policy.

    Returns
    -------
    WhatIf
        The decisions are held: what a policy would decide anew at these assumptions is beside, as ``retuned``. With
        nothing moved it repeats the verdict. Of a tail the result keeps what it is at the likely assumptions.

    Raises
    ------
    NothingToRevalue
        When the result is older than this, partial, or of outcomes that nobody saw.
    UnknownSetting, UnusableSetting, NotAStep
        When a number is of nothing that the result knows, is none, or is not among the steps that it keeps.

    >>> import payoff
    >>> rows = {"p": [0.9, 0.8, 0.2, 0.1] * 60, "y": [1, 1, 0, 0] * 60, "id": list(range(240))}
    >>> spec = {"decision": {"unit": "EUR"}, "data": {"outcome": "y", "positive": 1, "id": "id"},
    ...     "value": {"act": "(case when outcome then margin else 0 end) - cost", "skip": 0},
    ...     "assumptions": {"margin": 10, "cost": 2},
    ...     "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}}}
    >>> import pyarrow
    >>> result = payoff.evaluate(pyarrow.table(rows), spec)
    >>> then = payoff.what_if(result, {"margin": 6})
    >>> [(gain.over, gain.value) for gain in then.gains]  # half of the rows: 6 - 2 each; everybody pays 2 more
    [('nobody', 2.0), ('everybody', 1.0)]
    """
    record, values = _record(result), _settings(settings)
    held = record.revaluing
    if held is None:
        raise NothingToRevalue(
            where="what_if",
            found="a result that keeps no sums to revalue",
            expected="one that was judged whole, by this version of payoff or a later one",
            fix="evaluate again.",
        )
    moved = {name: _value(held, name, value) for name, value in values.items()}
    if volume is not None:
        moved[VOLUME] = _volume(held, volume)
    likely = {dial.name: dial.likely for dial in held.dials}
    tried = Tried(
        values={name: value for name, value in moved.items() if value != likely[name]},
        cut=None if threshold is None else _cut(held, threshold),
        room=None if capacity is None else _room(record, held, capacity),
    )
    given = {"threshold": threshold, "capacity": capacity}
    asked = moved | {name: _number(name, value) for name, value in given.items() if value is not None}
    return judged_then(held, record.verdict, record.curves, tried, asked, record.limits)


def _record(result: object) -> Record:
    record = getattr(result, "record", None)
    if isinstance(record, Record):
        return record
    raise NothingToRevalue(
        where="what_if",
        found=_named(result),
        expected="a result",
        fix="pass what evaluate returned, or payoff.read_result(path).",
    )


def _settings(settings: Any) -> Mapping[str, float]:
    if settings is None or isinstance(settings, Mapping):
        return settings or {}
    raise UnusableSetting(
        where="settings",
        found=_named(settings),
        expected="assumption -> its likely value",
        fix='write {"margin": 50}.',
    )


def _named(value: object) -> str:
    """Return what was given, no longer than a line."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a value of the caller's, told only to be refused
        text = "a value"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({type(value).__name__})"


def _value(held: Revaluing, name: str, value: float) -> float:
    dials = {dial.name: dial for dial in held.dials if dial.name != VOLUME}
    if name not in dials:
        raise UnknownSetting(
            where=str(name),
            found=f"{_named(name)}{nearest(str(name), dials)}",
            expected=f"one of {', '.join(dials) or 'none at all'}",
            fix="name an assumption of the result; threshold, volume and capacity are parameters of their own.",
        )
    number, stops = _number(name, value), dials[name].stops
    if stops and number not in stops:
        raise _no_step(name, number, stops, "it is bound to rows, which were counted at these values alone")
    return number


def _number(where: str, value: object) -> float:
    number = None if isinstance(value, bool) or not isinstance(value, Real) else _float(value)
    if number is None or not abs(number) <= LARGEST_AMOUNT:
        raise UnusableSetting(
            where=where,
            found=_named(value),
            expected=f"a finite number, {LARGEST_AMOUNT:g} at most on either side of zero",
            fix="give a number.",
        )
    return number


def _float(value: Any) -> float | None:
    """Return a number of Python or NumPy; a short one of NumPy by the digits that it is written with."""
    try:
        return float(str(value)) if isinstance(value, np.floating) else float(value)
    except OverflowError:
        return None


def _volume(held: Revaluing, volume: float) -> float:
    number = _number("volume", volume)
    if all(dial.name != VOLUME for dial in held.dials):
        raise _not_there("volume", "decision.volume, or data.time to take it from")
    if number < LEAST_VOLUME:
        raise UnusableSetting(
            where="volume",
            found=_named(volume),
            expected=f"decisions per year, above zero, {LEAST_VOLUME:g} at least",
            fix="give more.",
        )
    return number


def _cut(held: Revaluing, threshold: float) -> int | None:
    cuts, number = held.cuts, _number("threshold", threshold)
    if cuts is None:
        raise _not_there("threshold", "a model with one threshold on a score")
    rounded = float(f"{number:.10g}")
    if rounded not in cuts.cuts:
        near = sorted(cuts.cuts, key=lambda one: abs(one - rounded))[:3]
        raise _no_step(
            "threshold", number, sorted(near), "sums are kept at published cuts alone, such as these"
        )
    place = cuts.cuts.index(rounded)
    return None if place == cuts.in_use else place


def _room(record: Record, held: Revaluing, capacity: float) -> int | None:
    curve, number = room_curve(held, record.curves), _number("capacity", capacity)
    if curve is None:
        raise _not_there("capacity", "a model under a capacity without carry_over")
    rooms = [float(one) for one in curve.points["room"] if one is not None]
    near = [place for place, one in enumerate(rooms) if abs(one - number) <= 1e-9 * abs(one)]
    if not near:
        raise _no_step("capacity", number, rooms, "value by room is published at these steps alone")
    return None if near[0] == len(rooms) // 2 else near[0]


def _not_there(what: str, expected: str) -> UnknownSetting:
    return UnknownSetting(
        where=what, found=f"a result that knows no {what}", expected=expected, fix=f"leave {what} out."
    )


def _no_step(where: str, number: float, steps: Iterable[float], why: str) -> NotAStep:
    listed = ", ".join(f"{one:.10g}" for one in steps)
    return NotAStep(where=where, found=f"{number:.10g}", expected=f"one of {listed}", fix=f"take one: {why}.")
