"""What payoff wrote, read again without knowing beforehand what it is."""

from pathlib import Path

from payoff.api import Result
from payoff.api.plans import Plan
from payoff.storage import read_stored
from payoff.verdicts.plans import Plan as PlanRecord


def read(path: str | Path) -> Result | Plan:
    """Read a result or a plan that payoff wrote, whichever the file holds.

    Raises
    ------
    UnreadableResult, UnreadablePlan
        When it holds neither, or was changed since.
    NewerResult
        When a later version of payoff wrote it.
    """
    found = read_stored(Path(path))
    return Plan(found) if isinstance(found, PlanRecord) else Result(found)
