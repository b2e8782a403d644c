"""A first look at a table nobody has described yet: which columns may be the outcome, the score, the id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from payoff.engines import Engine
from payoff.spec import Profile

OUTCOMES = ("y", "outcome", "label", "target", "class", "churned", "fraud", "default", "subscribed", "status")
FEWEST_CLASSES, MOST_CLASSES = 3, 12
BEFORE = ("p_", "prob_", "proba_", "score_", "")


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
        partly = [name for name in good if _holds(name.lower(), words)]
        return next(iter(exact or partly), None)

    def two(j: int) -> bool:
        return int(rows[f"d{j}"][0]) == 2

    def few(j: int) -> bool:
        return FEWEST_CLASSES <= int(rows[f"d{j}"][0]) <= MOST_CLASSES

    def unique(j: int) -> bool:
        return int(rows[f"d{j}"][0]) == int(rows["n"][0])

    numbers, labels = ("number",), ("number", "boolean", "text")
    outcome = guess(OUTCOMES, labels, two)
    several = None if outcome is not None else guess(OUTCOMES, ("number", "text"), few)
    if outcome is None and several is None:
        outcome = _lone_flag(kinds, rows)
    classes = None if several is None else _classes(engine, several)
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
        outcome=several if outcome is None else outcome,
        positive=positive,
        score=score,
        score_is="probability" if probability else "rank",
        id=guess(("id", "uuid", "key", "_id"), ("number", "text"), unique),
        time=guess(("date", "time", "day", "_on", "_at"), ("date", "timestamptz")),
        cluster=None,
        amount=guess(
            ("amount", "value", "balance", "price", "revenue", "sum"), numbers, lambda j: not two(j)
        ),
        classes=classes,
        probabilities=None if classes is None else _probabilities(engine, classes),
    )


def _holds(name: str, words: tuple[str, ...]) -> bool:
    """Say whether a name holds a word, or begins with one that asks for more, such as ``p_``."""
    begun = tuple(word for word in words if word.endswith("_"))
    return name.startswith(begun) or any(word in name for word in words if len(word) > 2)


def _lone_flag(kinds: Mapping[str, str], rows: Mapping[str, Any]) -> str | None:
    """Return the column that holds yes and no and nothing else, where it is the only one: no name tells."""
    flags = [
        name
        for j, (name, kind) in enumerate(kinds.items())
        if int(rows[f"d{j}"][0]) == 2
        and (kind == "boolean" or (kind == "number" and (rows[f"lo{j}"][0], rows[f"hi{j}"][0]) == (0.0, 1.0)))
    ]
    return flags[0] if len(flags) == 1 else None


def _classes(engine: Engine, column: str) -> tuple[str, ...] | tuple[float, ...]:
    """Return the labels of an outcome, the most common first, as formulas take them."""
    name = '"' + column.replace('"', '""') + '"'
    found = engine.columns(
        f"select {name} as v, count(*) as n from source where {name} is not null group by 1 order by 2 desc, 1"
    )
    if engine.schema[column] == "number":
        return tuple(float(one) for one in found["v"])
    return tuple(str(one) for one in found["v"])


def _probabilities(engine: Engine, classes: Sequence[str | float]) -> tuple[str, ...] | None:
    """Return the columns named after every class, such as ``p_late``; None where one has none."""
    numbers = {name.lower(): name for name, kind in engine.schema.items() if kind == "number"}
    found = []
    for one in classes:
        label = (one if isinstance(one, str) else f"{one:.15g}").lower()
        named = next(
            (numbers[f"{before}{label}"] for before in BEFORE if f"{before}{label}" in numbers), None
        )
        if named is None:
            return None
        found.append(named)
    return tuple(found)


def _facts(engine: Engine) -> Iterator[str]:
    yield "count(*) as n"
    for j, (name, kind) in enumerate(engine.schema.items()):
        column = '"' + name.replace('"', '""') + '"'
        yield f"count(distinct {column}) as d{j}"
        shown = f"cast({column} as double)" if kind == "number" else f"cast({column} as varchar)"
        yield f"min({shown}) as lo{j}, max({shown}) as hi{j}"
