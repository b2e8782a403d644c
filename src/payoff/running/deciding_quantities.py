"""The deployed quantity at work: id and quantity of rows whose outcome nobody knows yet."""

from collections.abc import Iterator

from payoff.engines import Engine
from payoff.errors.data import MissingColumn
from payoff.errors.quantity import InvalidNaive, QuantityMissing, QuantityOutOfRange
from payoff.formulas import quote, resolve, to_sql
from payoff.spec.model import Naive, Spec
from payoff.spec.quantity import quantity_of


def quantities_decided(spec: Spec, engine: Engine) -> Iterator[tuple[str, float | None, str]]:
    """Yield (id, None, quantity as text) of every row by the model's policy; no row is left out.

    Raises
    ------
    InvalidNaive
        When the model is a naive rule, which needs the outcomes of earlier rows.
    MissingColumn, QuantityMissing, QuantityOutOfRange
        When a row cannot be decided.
    """
    model, limits = spec.model, spec.decision.quantity
    if isinstance(model.policy, Naive):
        raise InvalidNaive(
            where="model.policy",
            found="a naive rule, which needs the outcomes of earlier rows",
            expected="a quantity that follows from the row itself",
            fix="decide by a column or a formula.",
        )
    if spec.data.id is not None and spec.data.id not in engine.schema:
        raise MissingColumn(
            where="data", found=f"no column {spec.data.id!r}", expected="the id", fix="add the column."
        )
    plain = {name: "timestamp" if kind == "timestamptz" else kind for name, kind in engine.schema.items()}
    names = {
        name: f"cast({quote(name)} as double)" if kind == "number" else quote(name)
        for name, kind in engine.schema.items()
    }
    formula = resolve(quantity_of(spec, model.name), plain, wants="number")
    identity = (
        f"cast({quote(spec.data.id)} as varchar)" if spec.data.id else "cast(row_number() over () as varchar)"
    )
    decided = f"cast({to_sql(formula, names=names, outcome=None, values={})} as double)"
    found = engine.columns(f"select {identity} as i, {decided} as q from source")
    least = 0.0 if limits is None else limits.least
    most = None if limits is None else limits.most
    for who, value in zip(found["i"], found["q"], strict=True):
        if value is None or not abs(float(value)) < float("inf"):
            raise QuantityMissing(
                where=model.name,
                found=f"no quantity for {who}",
                expected="one for every row",
                fix="fill the column.",
            )
        if float(value) < least or (most is not None and float(value) > most):
            raise QuantityOutOfRange(
                where=model.name,
                found=f"{float(value):g} for {who}",
                expected=f"at least {least:g}" + ("" if most is None else f" and at most {most:g}"),
                fix="correct the column, or state decision.quantity.",
            )
        yield str(who), None, f"{float(value):.15g}"
