"""What `payoff init` made up and nobody has replaced."""

from collections.abc import Iterator

from payoff.errors.linter import PlaceholderLeft
from payoff.spec.findings import Finding
from payoff.spec.model import Spec
from payoff.spec.writing import NAME, OWNER, PLACEHOLDER, ROW


def invented(spec: Spec) -> Iterator[Finding]:
    """Yield one remark on all that still stands as `payoff init` wrote it: no verdict on it is anybody's."""
    numbers = [
        f"assumptions.{one.name}"
        for one in spec.assumptions.values()
        if OWNER in (one.owner, one.source) or one.source == PLACEHOLDER
    ]
    texts = [
        place
        for place, text, draft in (
            ("decision.name", spec.decision.name, NAME),
            ("decision.row", spec.decision.row, ROW),
        )
        if text == draft
    ]
    left = [*texts, *numbers]
    if left:
        yield Finding.of(
            PlaceholderLeft,
            "warning",
            left[0],
            f"what `payoff init` made up, still at {', '.join(left)}: "
            + ("the money is nobody's estimate" if numbers else "results will carry it"),
            "write what those who know the decision say: the number, its range, who says so and from where.",
        )
