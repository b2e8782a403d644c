"""What values by class give away without rows: nothing to decide, a class left out, an action never best."""

from collections.abc import Iterator

from payoff.errors.linter import ActionsAlike, CellLeftOut
from payoff.errors.spec import ActionNeverBest, NotLinted
from payoff.quantities import readable
from payoff.spec.findings import Finding
from payoff.spec.margins import Margins, margins_by_class
from payoff.spec.model import Spec
from payoff.spec.reckoning import Bounds


def by_class(spec: Spec) -> Iterator[Finding]:
    """Yield what is doubtful about values by class, at the likely assumptions, whatever the columns hold.

    An action that is best for no class may still be best where classes are uncertain, as asking somebody is; one that
    another action beats in every class never is.
    """
    margins = margins_by_class(spec)
    if margins is None:
        text = "not checked: values name the outcome's column or have too many parts"
        yield Finding.of(NotLinted, "note", "value", text, "use `outcome`, and read the confusion in money.")
        return
    left_out = list(_left_out(spec, margins))
    yield from left_out
    if left_out:
        return
    if _are_alike(spec, margins):
        yield Finding.of(
            ActionsAlike,
            "error",
            "value",
            f"{_worth(spec, margins, spec.decision.actions[0])}: every action is worth the same in every class, so "
            "nothing can be gained",
            "state what each action earns and costs; a decision can gain only where its actions differ in value.",
        )
        return
    for action in spec.decision.actions:
        better = next((one for one in spec.decision.actions if _is_beaten(spec, margins, action, one)), None)
        if better is not None:
            yield Finding.of(
                ActionNeverBest,
                "warning",
                f"value.{action}",
                f"{action} is worth {_worth(spec, margins, action)}; {better} is worth more in every class: "
                f"{_worth(spec, margins, better)}",
                f"check the formulas; if they are right, no row calls for {action}.",
            )


def _left_out(spec: Spec, margins: Margins) -> Iterator[Finding]:
    for action in spec.decision.actions:
        for outcome, state in zip(spec.data.outcomes, spec.data.states, strict=True):
            if margins.value(action, outcome) is None:
                yield Finding.of(
                    CellLeftOut,
                    "error",
                    f"value.{action}",
                    f"no value for {action} on a row of {state!r}: a `case` without `else` is NULL there",
                    "write what it is worth, such as `else 0`; a row without a value cannot be judged.",
                )


def _are_alike(spec: Spec, margins: Margins) -> bool:
    last = spec.decision.actions[-1]
    return all(
        margins.gap(action, last, outcome) == (0.0, 0.0)
        for action in spec.decision.actions
        for outcome in spec.data.outcomes
    )


def _is_beaten(spec: Spec, margins: Margins, action: str, other: str) -> bool:
    gaps = [margins.gap(action, other, outcome) for outcome in spec.data.outcomes]
    return action != other and all(gap is not None and gap[1] < 0.0 for gap in gaps)


def _worth(spec: Spec, margins: Margins, action: str) -> str:
    pairs = zip(spec.data.states, spec.data.outcomes, strict=True)
    return ", ".join(f"{_said(margins.value(action, outcome))} on {state}" for state, outcome in pairs)


def _said(found: Bounds | None) -> str:
    if found is None or found[0] == -float("inf") or found[1] == float("inf"):
        return "what its row says"
    low, high = found
    return readable(low) if low == high else f"{readable(low)} to {readable(high)}"
