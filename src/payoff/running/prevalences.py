"""A gain over shares of positives: the curve, and the share at which it meets its hurdle."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.comparison import Grounds
from payoff.doubt.records import PrevalenceRecord
from payoff.doubt.shift import break_even_prevalence, break_even_range, shifting
from payoff.record import Curve
from payoff.running.stakes import Held, headline
from payoff.tables.cells import NEGATIVE, POSITIVE

Floats = NDArray[np.float64]

POINTS = 21
# The curve goes to so many times the prevalence of the rows, and to the break-even where that is not much further.
REACH, FURTHEST = 3.0, 10.0
LABELS = "valid where scores given the outcome stay as they are (label shift)"


def prevalence_records(
    grounds: Grounds, every: Sequence[Held]
) -> tuple[tuple[Curve, ...], tuple[PrevalenceRecord, ...]]:
    """Return the curve of the headline's gain, and the break-even of every hurdle; nothing where a class is missing.

    Parameters
    ----------
    every : the hurdles with their gains.
    """
    cells = grounds.cells
    known = cells.where(cells.known)
    if grounds.spec.data.classes is not None or any(
        not (known.state == state).any() for state in (NEGATIVE, POSITIVE)
    ):
        return (), ()
    curves, records = [], []
    first = headline(every)
    for one in every:
        if one.gain.is_alike:
            continue
        part = np.asarray(cells.state == POSITIVE, dtype=np.int64)
        world = shifting(grounds, one.gain, cells, part, 2)
        scale, cost = one.stake.scale, one.stake.judged.cost
        coefficients = grounds.valuation.contrast()
        required = one.stake.required / scale + cost
        at = break_even_prevalence(world, coefficients, required)
        low, high = break_even_range(world, coefficients, required)
        here = float(world.shares[POSITIVE])
        records.append(
            PrevalenceRecord(
                hurdle=one.name,
                of=one.gain.of,
                over=one.hurdle.over,
                metric=one.hurdle.metric,
                prevalence=here,
                break_even=at,
                low=low,
                high=high,
                note="; ".join(text for text in (LABELS, world.note) if text),
            )
        )
        if one is first:
            grid = _grid(here, at)
            contrasts = [world.contrast(np.array([1.0 - share, share]), coefficients) for share in grid]
            found = world.intervals(contrasts)
            listed = {
                name: [None if end is None else (end - cost) * scale for end in ends]
                for name, ends in (
                    ("value", [each.value for each in found]),
                    ("low", [each.low for each in found]),
                    ("high", [each.high for each in found]),
                )
            }
            curves.append(
                Curve(
                    kind="prevalence",
                    of=one.gain.of,
                    over=one.hurdle.over,
                    unit=one.unit,
                    points={"prevalence": grid.tolist(), **listed},
                    note="; ".join(text for text in (LABELS, world.note) if text),
                )
            )
    return tuple(curves), tuple(records)


def _grid(here: float, even: float | None) -> Floats:
    """Return shares of positives from none, with that of the rows among them."""
    top = REACH * here
    if even is not None and even <= FURTHEST * here:
        top = max(top, 1.25 * even)
    return np.unique(np.append(np.linspace(0.0, min(top, 1.0), POINTS), here))
