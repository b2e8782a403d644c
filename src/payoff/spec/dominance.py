"""Actions that no policy has a use for: worth the same as all others, or less than another in every class."""

from collections.abc import Iterator, Mapping, Sequence

from payoff.errors.classes import NothingToDecide
from payoff.errors.spec import ActionNeverBest
from payoff.spec.findings import Finding
from payoff.spec.model import Spec


def dominated(spec: Spec, table: Mapping[str, tuple[float, ...]]) -> Iterator[Finding]:
    """Yield what cannot be decided by any policy: actions that are all alike, or worse than another in every class."""
    states = spec.data.states
    if len(set(table.values())) == 1:
        yield Finding.of(
            NothingToDecide,
            "error",
            "value",
            f"every action is worth the same in every class: {_shown(states, next(iter(table.values())))}",
            "check the formulas: a decision can gain only where its actions differ in value.",
        )
        return
    for action, values in table.items():
        better = [
            other
            for other, theirs in table.items()
            if all(mine < best for mine, best in zip(values, theirs, strict=True))
        ]
        if better:
            yield Finding.of(
                ActionNeverBest,
                "warning",
                f"value.{action}",
                f"{action} is worth {_shown(states, values)}; {better[0]} is worth more in every class: "
                f"{_shown(states, table[better[0]])}",
                f"check the formulas; if they are right, no row calls for {action}.",
            )


def _shown(states: Sequence[str], values: Sequence[float]) -> str:
    return ", ".join(f"{value:g} on {state}" for state, value in zip(states, values, strict=True))
