"""Outcomes of several classes: their labels, the probabilities of each, and what a binary outcome alone can have."""

from payoff.errors import nearest
from payoff.errors.classes import InvalidClasses, InvalidScores, NeedsTwoClasses
from payoff.errors.spec import InvalidValue
from payoff.formulas import Formula, walk
from payoff.spec.asking import Asked
from payoff.spec.document import BaselineDocument, CandidateDocument
from payoff.spec.model import Maximise, Policy, Threshold
from payoff.spec.places import Path

MOST_CLASSES = 20
RESERVED_CLASSES = frozenset({"pending", "known"})


def classes(asked: Asked) -> tuple[str, ...] | tuple[float, ...] | None:
    """Return the labels of an outcome of several classes, None of a binary one.

    Raises
    ------
    InvalidClasses
        Fewer than two, more than 20, one twice, text beside numbers, or ``positive`` beside them.
    NeedsTwoClasses
        A prevalence beside them.
    """
    data = asked.document.data
    given = data.classes
    if given is None:
        return None
    if data.positive is not None:
        raise _invalid(
            asked, "`classes` beside `positive`", "one of the two: `positive` is of a binary outcome"
        )
    if data.prevalence is not None or data.sampled == "by outcome":
        key = "prevalence" if data.prevalence is not None else "sampled"
        raise NeedsTwoClasses(
            where=asked.at("data", key),
            found=f"`{key}` beside `classes`",
            expected="a column of weights, where rows are not a fair share of the world",
            fix="give every row the number of decisions it stands for, under data.weight.",
        )
    if not 2 <= len(given) <= MOST_CLASSES:
        raise _invalid(asked, f"{len(given)} classes", f"2 to {MOST_CLASSES}")
    if len({isinstance(one, str) for one in given}) > 1:
        raise _invalid(asked, "text beside numbers", "labels of one kind, as the data spell them")
    doubled = [one for place, one in enumerate(given) if one in given[:place]]
    if doubled:
        raise _invalid(asked, f"{doubled[0]!r} twice", "each class once")
    reserved = [one for one in given if one in RESERVED_CLASSES or not str(one).strip()]
    if reserved:
        raise _invalid(asked, f"the class {reserved[0]!r}", "a label that is no word of tables and not empty")
    texts = tuple(one for one in given if isinstance(one, str))
    return texts or tuple(float(one) for one in given)


def check_labels(asked: Asked, formula: Formula) -> None:
    """Refuse a formula that compares the outcome with a label it does not have.

    Raises
    ------
    InvalidValue
        Naming the nearest class.
    """
    listed = asked.document.data.classes
    if not listed:
        return
    for node in walk(formula.tree):
        if node.op not in ("=", "<>", "in") or not any(arg.op == "outcome" for arg in node.args):
            continue
        for arg in node.args:
            if arg.op in ("text", "number") and arg.value not in listed:
                near = nearest(str(arg.value), [str(one) for one in listed])
                raise InvalidValue(
                    where=f"{formula.where} column {arg.at}",
                    found=f"the class {arg.value!r}{near}",
                    expected=f"one of data.classes: {', '.join(str(one) for one in listed)}",
                    fix="write the class as data.classes does.",
                )


def class_scores(
    asked: Asked, given: CandidateDocument | BaselineDocument, path: Path
) -> tuple[str, ...] | None:
    """Return the columns of the class probabilities of a candidate, in the order of the classes.

    Raises
    ------
    InvalidScores
        A class without a column, a column for what is no class, no classes, or a score beside them.
    """
    if given.scores is None:
        return None
    listed, place = classes(asked), (*path, "scores")
    if listed is None:
        raise _misfit(
            asked,
            place,
            "class probabilities of a binary outcome",
            "data.classes, or `score` with one column",
        )
    if given.score is not None or given.score_is is not None:
        raise _misfit(asked, place, "`scores` beside `score`", "one of the two")
    names = [f"{one:.15g}" if isinstance(one, float) else one for one in listed]
    strange = [name for name in given.scores if name not in names]
    if strange:
        found = f'"{strange[0]}"{nearest(strange[0], names)}'
        raise _misfit(asked, (*place, strange[0]), found, f"the classes {', '.join(names)}")
    missing = [name for name in names if name not in given.scores]
    if missing:
        raise _misfit(asked, place, f"nothing for {' and '.join(missing)}", "a column for every class")
    columns = tuple(asked.label(given.scores[name], (*place, name)) for name in names)
    if len(set(columns)) < len(columns):
        raise _misfit(asked, place, "one column for two classes", "a column of its own for every class")
    return columns


def refuse_for_classes(
    asked: Asked, given: CandidateDocument | BaselineDocument, decided: Policy, path: Path
) -> None:
    """Refuse a policy that needs one probability where the outcome is one of several classes.

    Raises
    ------
    NeedsTwoClasses
        For a threshold that is to be found, and an expected value by one score.
    """
    if asked.document.data.classes is None:
        return
    tuned = isinstance(decided, Threshold) and isinstance(decided.at, str)
    if tuned or (isinstance(decided, Maximise) and given.scores is None):
        raise NeedsTwoClasses(
            where=asked.text.at(path),
            found=f"`{f'threshold: {decided.at}' if isinstance(decided, Threshold) else 'maximise'}` by one score, "
            "for an outcome of several classes",
            expected="thresholds that are given, or `maximise` with a probability of every class",
            fix="write the numbers under `thresholds`, or give `scores: {CLASS: COLUMN, ...}`.",
        )


def _misfit(asked: Asked, place: Path, found: str, expected: str) -> InvalidScores:
    return InvalidScores(
        where=asked.text.at(place),
        found=found,
        expected=expected,
        fix="write scores: {CLASS: COLUMN, ...} with every class of data.classes.",
    )


def _invalid(asked: Asked, found: str, expected: str) -> InvalidClasses:
    return InvalidClasses(
        where=asked.at("data", "classes"),
        found=found,
        expected=expected,
        fix="list every label of the outcome as the data spell it, such as classes: [paid, late, default].",
    )
