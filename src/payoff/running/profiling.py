"""A first look at a table nobody has described yet: which columns may be the outcome, the score, the id."""

from collections.abc import Callable, Iterator

from payoff.engines import Engine
from payoff.spec import Profile


def profile_of(engine: Engine, name: str) -> Profile:
    """Guess what the columns of a table mean, from their names, kinds and how many values they hold.

    Parameters
    ----------
    name : of the data, as the spec will say it.
    """
    rows = engine.columns("select " + ", ".join(_facts(engine)) + " from source")
    kinds = engine.schema

    def guess(
        words: tuple[str, ...], kind: tuple[str, ...], fits: Callable[[int], bool] = lambda _: True
    ) -> str | None:
        good = [name for j, name in enumerate(kinds) if kinds[name] in kind and fits(j)]
        exact = [name for name in good if name.lower() in words]
        partly = [name for name in good if any(word in name.lower() for word in words if len(word) > 2)]
        return next(iter(exact or partly), None)

    def two(j: int) -> bool:
        return int(rows[f"d{j}"][0]) == 2

    def unique(j: int) -> bool:
        return int(rows[f"d{j}"][0]) == int(rows["n"][0])

    numbers, labels = ("number",), ("number", "boolean", "text")
    outcome = guess(
        ("y", "outcome", "label", "target", "class", "churned", "fraud", "default", "subscribed"), labels, two
    )
    score = guess(
        ("score", "p", "prob", "probability", "prediction", "p_", "_score", "proba"),
        numbers,
        lambda j: not two(j),
    )
    positive = None
    if outcome is not None and kinds[outcome] == "text":
        j = list(kinds).index(outcome)
        positive = str(rows[f"hi{j}"][0])
    probability = True
    if score is not None:
        j = list(kinds).index(score)
        probability = float(rows[f"hi{j}"][0]) <= 1.0 and float(rows[f"lo{j}"][0]) >= 0.0
    return Profile(
        path=name,
        columns=tuple(kinds),
        outcome=outcome,
        positive=positive,
        score=score,
        score_is="probability" if probability else "rank",
        id=guess(("id", "uuid", "key", "_id"), ("number", "text"), unique),
        time=guess(("date", "time", "day", "_on", "_at"), ("date", "timestamptz")),
        cluster=None,
        amount=guess(
            ("amount", "value", "balance", "price", "revenue", "sum"), numbers, lambda j: not two(j)
        ),
    )


def _facts(engine: Engine) -> Iterator[str]:
    yield "count(*) as n"
    for j, (name, kind) in enumerate(engine.schema.items()):
        column = '"' + name.replace('"', '""') + '"'
        yield f"count(distinct {column}) as d{j}"
        shown = f"cast({column} as double)" if kind == "number" else f"cast({column} as varchar)"
        yield f"min({shown}) as lo{j}, max({shown}) as hi{j}"
