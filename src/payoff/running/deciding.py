"""The deployed policy at work: id, score and action for rows whose outcome nobody knows yet."""

from collections.abc import Iterator, Mapping, Sequence

from payoff.engines import Engine
from payoff.errors.classes import ProbabilitiesUnsummed
from payoff.errors.data import DecisionMissing, MissingColumn, ScoreMissing, WrongColumnType
from payoff.errors.usage import ResultNeeded
from payoff.formulas import double, literal, quote, resolve, to_sql
from payoff.running.deciding_quantities import quantities_decided
from payoff.running.listing import listed
from payoff.spec.model import (
    Always,
    Candidate,
    Capacity,
    Decided,
    Maximise,
    Random,
    Rule,
    Spec,
    Threshold,
    Thresholds,
)
from payoff.tabulation.counts import SUMMED
from payoff.tabulation.maximising import maximised_sql, weighed_sql
from payoff.tabulation.rows import ladder_sql

LARGEST = "1.7976931348623157e308"


def decisions(
    spec: Spec, engine: Engine, threshold: float | None, acts: bool = True
) -> Iterator[tuple[str, float | None, str]]:
    """Yield (id, score, action) of every row by the model's policy; where a quantity is decided it is the action.

    Parameters
    ----------
    threshold : the deployed one, where the policy is a threshold; None with ``acts`` False acts on nobody.

    Raises
    ------
    ResultNeeded
        When the threshold was chosen from data and none is given, or the policy is random.
    MissingColumn, WrongColumnType, ScoreMissing, DecisionMissing
        When a row cannot be decided; no row is left out.
    """
    if spec.of_quantity is not None:
        yield from quantities_decided(spec, engine)
        return
    model = spec.model
    for column in (spec.data.id, model.score, *(model.scores or ())):
        if column is not None and column not in engine.schema:
            raise MissingColumn(
                where="data",
                found=f"no column {column!r}",
                expected="the id and every score",
                fix="add the column.",
            )
    for column in (*((model.score,) if model.score else ()), *(model.scores or ())):
        if engine.schema[column] != "number":
            raise WrongColumnType(
                where=column,
                found=engine.types[column],
                expected="number",
                fix="store scores as numbers.",
            )
    identity = (
        f"cast({quote(spec.data.id)} as varchar)" if spec.data.id else "cast(row_number() over () as varchar)"
    )
    score = f"cast({quote(model.score)} as double)" if model.score else "cast(null as double)"
    if model.score is not None:
        _refuse_missing(spec, engine, score)
    if model.scores is not None:
        _refuse_unsummed(model.scores, engine)
    if isinstance(model.policy, Capacity):
        found = engine.columns(listed(spec, model, model.policy, engine))
    else:
        action = _action(spec, model, engine, score, threshold, acts)
        found = engine.columns(
            f"select {identity} as i, {score} as s, cast({action} as double) as a from source"
        )
    for who, value, which in zip(found["i"], found["s"], found["a"], strict=True):
        if which is None or which != which:
            raise DecisionMissing(
                where=model.name,
                found=f"no decision for {who}",
                expected="one for every row",
                fix="fill the columns.",
            )
        yield str(who), None if model.score is None else float(value), spec.decision.actions[int(which)]


def _refuse_missing(spec: Spec, engine: Engine, score: str) -> None:
    bad = f"not coalesce(abs({score}) <= {LARGEST}, false)"
    count = int(engine.columns(f"select count(*) as n from source where {bad}")["n"][0])
    if count:
        raise ScoreMissing(
            where=str(spec.model.score),
            found=f"{count} scores missing, NaN or infinite",
            expected="a score for every row",
            fix="score these rows; payoff decides none without a score.",
        )


def _refuse_unsummed(columns: Sequence[str], engine: Engine) -> None:
    numbers = [f"cast({quote(column)} as double)" for column in columns]
    within = " and ".join(f"coalesce({one} between 0.0e0 and 1.0e0, false)" for one in numbers)
    summed = f"coalesce(abs({' + '.join(numbers)} - 1.0e0) <= {double(SUMMED)}, false)"
    bad = f"not ({within} and {summed})"
    count = int(engine.columns(f"select count(*) as n from source where {bad}")["n"][0])
    if count:
        raise ProbabilitiesUnsummed(
            where=", ".join(columns),
            found=f"{count} rows whose class probabilities are missing, outside 0 to 1, or do not sum to 1",
            expected=f"probabilities that sum to 1 within {SUMMED:g} in every row",
            fix="divide each by their sum, or list the column of the class that is missing.",
        )


def _action(
    spec: Spec, model: Candidate, engine: Engine, score: str, threshold: float | None, acts: bool
) -> str:
    policy, actions = model.policy, spec.decision.actions
    if isinstance(policy, Always):
        return str(actions.index(policy.action))
    if isinstance(policy, Thresholds):
        return ladder_sql(policy, score, actions)
    if isinstance(policy, Threshold):
        at = policy.at if not isinstance(policy.at, str) else threshold
        if at is None and acts:
            raise _result_needed(model, f"threshold: {policy.at}")
        reached = "false" if at is None else f"{score} >= {double(at)}"
        return (
            f"case when {reached} then {actions.index(policy.do)} else {actions.index(policy.otherwise)} end"
        )
    names = {
        name: f"cast({quote(name)} as double)" if kind == "number" else quote(name)
        for name, kind in engine.schema.items()
    }
    if isinstance(policy, Rule):
        plain = {name: "timestamp" if kind == "timestamptz" else kind for name, kind in engine.schema.items()}
        values = {item.name: item.likely for item in spec.assumptions.values()}
        condition = to_sql(
            resolve(policy.when, plain, wants="boolean"), names=names, outcome=None, values=values
        )
        yes, no = actions.index(policy.do), actions.index(policy.otherwise)
        return f"case when {condition} then {yes} when not ({condition}) then {no} end"
    if isinstance(policy, Maximise):
        return _maximised(spec, engine, score, names)
    if isinstance(policy, Decided):
        column = f"cast({quote(policy.column)} as varchar)"
        whens = " ".join(
            f"when {column} = '{label.replace(chr(39), chr(39) * 2)}' then {actions.index(action)}"
            for label, action in policy.mapping.items()
        )
        return f"case {whens} end"
    if isinstance(policy, Random):
        raise _result_needed(model, "a random share")
    raise TypeError(type(policy).__name__)


def _maximised(spec: Spec, engine: Engine, score: str, names: Mapping[str, str]) -> str:
    """Return the action of the largest expected value; the rows need no outcome, only what values are made of."""
    plain = {name: "timestamp" if kind == "timestamptz" else kind for name, kind in engine.schema.items()}
    likely = {item.name: item.likely for item in spec.assumptions.values()}
    formulas = [resolve(spec.value[action], plain, wants="number") for action in spec.decision.actions]
    by_class = [
        [
            f"cast({to_sql(one, names=names, outcome=literal(side), values=likely)} as double)"
            for one in formulas
        ]
        for side in spec.data.outcomes
    ]
    if spec.model.scores is None:
        return maximised_sql(score, by_class[1], by_class[0])
    return weighed_sql([f"cast({quote(column)} as double)" for column in spec.model.scores], by_class)


def _result_needed(model: Candidate, found: str) -> ResultNeeded:
    return ResultNeeded(
        where=f"{model.name}.policy",
        found=found,
        expected="a threshold that is known",
        fix="pass the result that chose it, with --result result.json, or write the number into the spec.",
    )
