"""Which metrics suit a decision about a quantity."""

from collections.abc import Iterator

from payoff.catalogue import Advice, Regret, Trait, advise_quantities
from payoff.choices import definition
from payoff.spec.model import Spec

WITHOUT_ROWS = (
    "No rows were read: the quantile that the value asks for is read off it over their outcomes. Name them."
)


def quantity_advice(
    spec: Spec, level: float | None, rows: int | None, regrets: tuple[Regret, ...] = ()
) -> Advice:
    """Return the advice; ``rows`` is None where none were read, and ``level`` then the one that the spec states."""
    limits = spec.decision.quantity
    stated = limits is not None and limits.level is not None
    return Advice(
        decision=spec.decision.name,
        unit=spec.decision.unit,
        rows=rows,
        traits=tuple(_traits(spec, level, stated=stated, known=rows is not None)),
        metrics=advise_quantities(level, stated=stated, has_interval=spec.model.interval is not None),
        worth=(),
        regrets=regrets,
        notes=() if rows is not None else (WITHOUT_ROWS,),
    )


def _traits(spec: Spec, level: float | None, *, stated: bool, known: bool) -> Iterator[Trait]:
    unit = "" if spec.decision.quantity is None else f" in {spec.decision.quantity.unit}"
    how = f"{spec.model.name}: {definition(spec.model, spec.decision.row)}"
    yield Trait(question="What is decided?", answer=f"A quantity{unit}, by {how}")
    if level is not None:
        ratio = level / (1.0 - level)
        words = f"The {level:.3g}-quantile" + (" is stated" if stated else "")
        answer = f"{words}: one too few costs {ratio:.3g} times one too many"
    elif known:
        answer = "None: what one too few or too many costs depends on more than on which of the two it is"
    else:
        answer = "Not known without rows"
    yield Trait(question="Which quantile of the outcome does the value ask for?", answer=answer)
