"""Model, challengers and baselines: one namespace, one grammar of policies, and who is in use today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from payoff.errors import nearest
from payoff.errors.spec import InvalidName, ScoreNeeded, UnknownCandidate
from payoff.spec.asking import Asked, taken
from payoff.spec.classes import class_scores, refuse_for_classes
from payoff.spec.costs import complexity, costs, latency
from payoff.spec.document import BaselineDocument, CandidateDocument
from payoff.spec.model import (
    EVERYBODY,
    NOBODY,
    Always,
    Candidate,
    Capacity,
    Maximise,
    Policy,
    Role,
    Threshold,
    Thresholds,
)
from payoff.spec.places import Path
from payoff.spec.policies import policy
from payoff.spec.quantity import none_at_all, predicted, refuse_score

TODAY = "today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """All candidates and the one in use today."""

    model: Candidate
    challengers: tuple[Candidate, ...]
    baselines: tuple[Candidate, ...]
    today: str | None

    @property
    def all(self) -> tuple[Candidate, ...]:
        """Return model, challengers, baselines."""
        return (self.model, *self.challengers, *self.baselines)

    def named(self, asked: Asked, name: str, path: Path) -> str:
        """Return the name of an existing candidate, or raise UnknownCandidate."""
        names = [candidate.name for candidate in self.all]
        if name not in names:
            raise UnknownCandidate(
                where=asked.text.at(path),
                found=f'"{name}"{nearest(name, names)}',
                expected=f"one of {', '.join(names)}",
                fix="use one of these names, or add a baseline of that name.",
            )
        return name

    def over(self, asked: Asked, name: str | None, path: Path) -> str:
        """Resolve what a hurdle or guardrail compares with; by default what is done today."""
        if name not in (None, TODAY):
            return self.named(asked, str(name), path)
        if self.today is None:
            raise UnknownCandidate(
                where=asked.text.at(path),
                found="today, which the spec does not state" if name else "nothing to compare with",
                expected="`over` with a candidate's name, or the key `today`",
                fix="say what is done today: `today: nobody`, `today: everybody` or a baseline's name.",
            )
        return self.today


def candidates(asked: Asked) -> Field:
    """Return every candidate of the spec, with nobody and everybody always among the baselines."""
    document = asked.document
    name = "model" if document.model.name is None else document.model.name
    model = _candidate(asked, name, document.model, "model")
    challengers = tuple(
        _candidate(asked, name, given, "challenger") for name, given in (document.challengers or {}).items()
    )
    stated = tuple(
        _candidate(asked, name, given, "baseline") for name, given in (document.baselines or {}).items()
    )
    baselines = (*stated, *_always_there(asked, stated))
    _check_names(asked, (model, *challengers, *baselines))
    field = Field(model=model, challengers=challengers, baselines=baselines, today=None)
    if document.today is None:
        return field
    today = field.named(asked, document.today, ("today",))
    return Field(model=model, challengers=challengers, baselines=baselines, today=today)


def _path(role: Role, name: str) -> Path:
    return ("model",) if role == "model" else (f"{role}s", name)


def _candidate(asked: Asked, name: str, given: CandidateDocument | BaselineDocument, role: Role) -> Candidate:
    path = _path(role, name)
    _check_name(asked, name, (*path, "name") if role == "model" else path)
    if isinstance(given, BaselineDocument):
        decided = policy(asked, given, path)
    else:
        decided = policy(asked, given.policy, (*path, "policy"))
        if role == "challenger" and given.name not in (None, name):
            raise InvalidName(
                where=asked.text.at((*path, "name")),
                found=f'"{given.name}"',
                expected=f'no second name beside "{name}"',
                fix="remove the key; the challenger's name stands before the colon.",
            )
    if given.score is not None:
        asked.label(given.score, (*path, "score"))
    if asked.of_quantity:
        refuse_score(asked, given.score, path)
    _check_score(asked, given, decided, path)
    return Candidate(
        name=name,
        role=role,
        policy=decided,
        score=given.score,
        score_is=(given.score_is or "probability") if given.score is not None else None,
        scores=class_scores(asked, given, path),
        costs=costs(asked, given.costs, path),
        latency=latency(asked, given.latency, path),
        complexity=complexity(asked, given.complexity, path),
        interval=predicted(asked, given.interval, path),
    )


def _check_score(
    asked: Asked, given: CandidateDocument | BaselineDocument, decided: Policy, path: Path
) -> None:
    by_score = None if isinstance(decided, Maximise) and given.scores else _by_score(decided)
    if given.score is None and (by_score is not None or given.score_is is not None):
        raise ScoreNeeded(
            where=asked.text.at(path),
            found=f"{by_score or 'score_is'} without a score",
            expected="`score` with the column of this candidate's own score",
            fix="add `score: COLUMN` beside it.",
        )
    refuse_for_classes(asked, given, decided, path)
    if isinstance(decided, Thresholds) and given.score_is != "rank":
        here = (*path, *(() if isinstance(given, BaselineDocument) else ("policy",)))
        for action, at in decided.steps:
            _probability(asked, at, (*here, "thresholds", action))
    if given.score_is == "rank" and _weighs(decided):
        raise ScoreNeeded(
            where=asked.text.at(path),
            found=f"`{'maximise' if isinstance(decided, Maximise) else 'threshold: from value'}` "
            "with a score that is a rank",
            expected="a probability: only probabilities can be weighed against values",
            fix="use `threshold: best`, or give a calibrated probability.",
        )
    if not isinstance(decided, Threshold) or given.score_is == "rank":
        return
    if isinstance(decided.at, float):
        here = (*path, *(() if isinstance(given, BaselineDocument) else ("policy",)))
        _probability(asked, decided.at, (*here, "threshold"))


def _probability(asked: Asked, at: float, path: Path) -> None:
    claim = "a threshold from 0 to 1, as the score is a probability (else say score_is: rank)"
    asked.within(at, path, claim=claim, holds=0 <= at <= 1)


def _by_score(decided: Policy) -> str | None:
    """Return what of a policy reads a score, in words; None where it reads none."""
    if isinstance(decided, Maximise):
        return "an expected value"
    if isinstance(decided, Capacity):
        return "a capacity"
    return "a threshold" if isinstance(decided, (Threshold, Thresholds)) else None


def _weighs(decided: Policy) -> bool:
    """Return whether the score is taken for a probability that values are weighed by."""
    return isinstance(decided, Maximise) or (isinstance(decided, Threshold) and decided.at == "from value")


def _always_there(asked: Asked, stated: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield every constant action that the spec does not list by its name, and refuse another meaning of the name."""
    by_name = {candidate.name: candidate for candidate in stated}
    meant: dict[str, tuple[Policy, str | int]] = {
        NOBODY: (Always(asked.actions[-1]), asked.actions[-1]),
        EVERYBODY: (Always(asked.actions[0]), asked.actions[0]),
        **{f"always {action}": (Always(action), action) for action in asked.actions[1:-1]},
    }
    if asked.of_quantity:
        meant = {NOBODY: (none_at_all(asked), 0)}
    for name, (policy_of_it, action) in meant.items():
        if name not in by_name:
            yield Candidate(name=name, role="baseline", policy=policy_of_it)
        elif by_name[name].policy != policy_of_it:
            raise InvalidName(
                where=asked.at("baselines", name),
                found=f'the baseline "{name}" with another policy',
                expected=f"{{always: {action}}}, which is what {name} means in every spec",
                fix="rename the baseline.",
            )


def _check_name(asked: Asked, name: str, path: Path) -> None:
    asked.name(name, path)
    if name == TODAY or "/" in name:
        raise InvalidName(
            where=asked.text.at(path),
            found=f'the name "{name}"',
            expected="a name that is not `today` and has no slash (NAME/POLICY is a model's second policy)",
            fix="rename the candidate; which one is in use now is said by the key `today`.",
        )


def _check_names(asked: Asked, found: Sequence[Candidate]) -> None:
    holders: dict[str, Role] = {}
    for candidate in found:
        if candidate.name in holders:
            path = _path(candidate.role, candidate.name)
            raise taken(asked.text.at(path), candidate.name, f"the {holders[candidate.name]}")
        holders[candidate.name] = candidate.role
