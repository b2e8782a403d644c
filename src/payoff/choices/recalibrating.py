"""Probabilities moved to what came true, for the policies that weigh values by them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from payoff.choices.record import Choices, Recalibration
from payoff.spec.model import Maximise, Spec
from payoff.stats.ranking import ScoreCells
from payoff.stats.recalibration import recalibration_line

NO_LINE = (
    "not recalibrated: no line through the logits is likeliest on these rows, so it decides as the score does"
)


def recalibrate(
    spec: Spec,
    choices: Choices,
    scores: Callable[[str], ScoreCells],
    held: Mapping[str, Recalibration | None] | None = None,
) -> Choices:
    """Return ``choices`` with the line of every candidate whose score is recalibrated.

    Parameters
    ----------
    scores : gives the cells of a candidate's own score.
    held : lines that stand whatever the rows would choose: those of saved tables.

    Two numbers are fitted to all rows, which flatters the policy by about what two coefficients do: little.
    """
    lines: dict[str, Recalibration | None] = {}
    for one in spec.candidates:
        if one.policy == Maximise(recalibrated=True):
            lines[one.name] = _line(scores(str(one.variant_of))) if held is None else held[one.name]
    notes = {name: NO_LINE for name, line in lines.items() if line is None}
    return replace(choices, recalibrations=lines, notes={**choices.notes, **notes})


def _line(cells: ScoreCells) -> Recalibration | None:
    if not (cells.positives and cells.negatives) or len(cells.score) < 2:
        return None
    found = recalibration_line(cells)
    return None if found is None else Recalibration(intercept=found.intercept, slope=found.slope)
