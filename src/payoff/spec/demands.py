"""The sections ``hurdles``, ``guardrails``, ``slices`` and ``metrics``: what must be shown."""

from collections.abc import Mapping, Sequence
from typing import Literal

from payoff.errors import nearest
from payoff.errors.spec import (
    InvalidGuardrail,
    InvalidHurdle,
    InvalidName,
    ScoreNeeded,
    UnknownMetric,
    WrongKind,
)
from payoff.quantities import Amount
from payoff.spec.asking import Asked, taken
from payoff.spec.candidates import Field
from payoff.spec.document import GuardrailDocument, HurdleDocument, OneOrMore
from payoff.spec.measures import NEEDS_SHARE, has_exact, misstated, named, parameters_of
from payoff.spec.model import Guardrail, Hurdle
from payoff.spec.names import (
    FURTHER,
    FURTHER_OF_CLASSES,
    GUARDED,
    GUARDED_OF_CLASSES,
    LIMITS,
    METRICS,
    MONEY,
    NORMALISED,
    OF_CLASSES,
    OF_PROBABILITIES,
    OF_QUANTITIES,
    OF_SCORES,
    SKILLS,
)
from payoff.spec.parameters import EXACT
from payoff.spec.places import Path
from payoff.spec.quantity import only_for_quantities, refuse
from payoff.spec.top import RANKED
from payoff.spec.world import TIME_PERIODS

CONFIDENCE = 0.95


def hurdles(asked: Asked, field: Field) -> tuple[Hurdle, ...]:
    """Return the ladder, in the order written."""
    given = asked.hurdles
    needed = _needed(asked, given)
    ladder = tuple(_hurdle(asked, field, position, needed[position]) for position in range(len(given)))
    _check_unique(asked, "hurdles", [hurdle.name for hurdle in ladder])
    return ladder


def _needed(asked: Asked, given: Sequence[HurdleDocument]) -> tuple[bool, ...]:
    """Say which hurdles ship or stop: those marked, or the first alone when none says anything."""
    if all(hurdle.needed_to_ship is None for hurdle in given):
        return tuple(position == 0 for position in range(len(given)))
    if not any(hurdle.needed_to_ship for hurdle in given):
        raise InvalidHurdle(
            where=asked.at("hurdles"),
            found="no hurdle that is needed to ship",
            expected="at least one",
            fix="set needed_to_ship: true on the hurdle that decides.",
        )
    return tuple(bool(hurdle.needed_to_ship) for hurdle in given)


def _hurdle(asked: Asked, field: Field, position: int, needed: bool) -> Hurdle:
    given, path = asked.hurdles[position], ("hurdles", position)
    metric, amount = _required_gain(asked, given, path)
    over = field.over(asked, given.over, (*path, "over"))
    if over == field.model.name:
        raise InvalidHurdle(
            where=asked.at(*path, "over"),
            found=f"the model {over} against itself",
            expected="another candidate: a gain over itself is always zero",
            fix="name a baseline, or run with --model to judge a challenger.",
        )
    return Hurdle(
        name=asked.name(f"hurdle {position + 1}" if given.name is None else given.name, (*path, "name")),
        metric=metric,
        amount=amount,
        over=over,
        confidence=_confidence(asked, given.confidence, path),
        needed_to_ship=needed,
        unlocks=given.unlocks,
    )


def _required_gain(
    asked: Asked, given: HurdleDocument, path: Path
) -> tuple[Literal["gain", "net_gain"], Amount]:
    if (given.gain is None) == (given.net_gain is None):
        raise InvalidHurdle(
            where=asked.text.at(path),
            found="both gain and net_gain" if given.gain is not None else "neither gain nor net_gain",
            expected="exactly one of the two; net_gain counts running costs",
            fix='write, for example, net_gain: "200000 per year".',
        )
    periods, example = ("decision", *TIME_PERIODS), "200000 per year"
    if given.gain is not None:
        return "gain", asked.amount(given.gain, (*path, "gain"), periods=periods, example=example)
    return "net_gain", asked.amount(
        str(given.net_gain), (*path, "net_gain"), periods=periods, example=example
    )


def _confidence(asked: Asked, given: float | None, path: Path) -> float:
    number = CONFIDENCE if given is None else given
    return asked.within(
        number,
        (*path, "confidence"),
        claim="a confidence above 0.5 and below 1",
        holds=0.5 < number < 1,
    )


def _check_unique(asked: Asked, section: str, names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise taken(asked.at(section, position), name, f"the other {section}")


def guardrails(asked: Asked, field: Field) -> tuple[Guardrail, ...]:
    """Return the limits that must hold beside the hurdles."""
    given = asked.document.guardrails or ()
    found = tuple(_guardrail(asked, field, entry, ("guardrails", place)) for place, entry in enumerate(given))
    _check_unique(asked, "guardrails", [guardrail.name for guardrail in found])
    return found


def _guardrail(asked: Asked, field: Field, given: GuardrailDocument, path: Path) -> Guardrail:
    _fits(asked, given.metric, (*path, "metric"))
    if asked.of_quantity:
        _known(asked, given.metric, (*path, "metric"), (*OF_QUANTITIES, "net_gain", "latency"))
    elif asked.document.data.classes is None:
        _known(asked, given.metric, (*path, "metric"), GUARDED)
        _check_scored(asked, field, given.metric, path)
    else:
        _check_class_metric(asked, given, path)
    _check_latency(asked, field, given, path)
    over = given.over
    if over is not None or given.metric in ("gain", "net_gain", *SKILLS):
        over = field.over(asked, given.over, (*path, "over"))
        if over == field.model.name:
            raise _refused(asked, (*path, "over"), f"the model {over} against itself", "another candidate")
    if over is not None and asked.of_quantity and given.metric not in (*MONEY, *SKILLS):
        raise _refused(
            asked, (*path, "over"), f"a difference in {given.metric}", "its skill over the other one"
        )
    paired = over is not None and given.metric not in SKILLS
    at_least, at_most, per = _limits(asked, given, path, paired=paired)
    every = tuple(
        _columns(asked, entry, (*path, "in_every", place)) for place, entry in enumerate(given.in_every or ())
    )
    name = _described(given) if given.name is None else given.name
    return Guardrail(
        name=asked.name(name, (*path, "name")),
        metric=given.metric,
        at=_parameters(asked, given, path),
        exact=_exact(asked, given, over, path),
        at_least=at_least,
        at_most=at_most,
        per=per,
        over=over,
        in_every=every,
        confidence=_confidence(asked, given.confidence, path),
        evidence=given.evidence or ("not refuted" if every else "shown"),
    )


def _check_class_metric(asked: Asked, given: GuardrailDocument, path: Path) -> None:
    """Refuse what cannot be limited where there are several classes, or where actions do not answer them."""
    metric = _known(asked, given.metric, (*path, "metric"), GUARDED_OF_CLASSES)
    if metric in (*MONEY, "act_rate"):
        return
    missing = [str(one) for one in asked.document.data.classes or () if str(one) not in asked.actions]
    if missing or given.over is not None:
        found = (
            f"{metric} over {given.over}"
            if not missing
            else f"{metric}, where no action is named {missing[0]}"
        )
        raise _refused(
            asked, path, found, "a metric of answers, each class being an action too, and without `over`"
        )


def _described(given: GuardrailDocument) -> str:
    """Return a guardrail's name where it has none: what it says."""
    at = "".join(f" {key} {value:g}" for key, value in (given.at or {}).items())
    limit = f"at least {given.at_least}" if given.at_least is not None else f"at most {given.at_most}"
    over = f" over {given.over}" if given.over else ""
    columns = [entry if isinstance(entry, str) else " x ".join(entry) for entry in given.in_every or ()]
    return f"{given.metric}{at}{over} {limit}" + (f" in every {', '.join(columns)}" if columns else "")


def _limits(
    asked: Asked, given: GuardrailDocument, path: Path, *, paired: bool
) -> tuple[float | None, float | None, str | None]:
    if (given.at_least is None) == (given.at_most is None):
        raise _refused(asked, path, "no single limit", "exactly one of at_least and at_most")
    key = "at_least" if given.at_least is not None else "at_most"
    stated = getattr(given, key)
    number, per = _limit(asked, given.metric, stated, (*path, key), paired=paired)
    return (number, None, per) if key == "at_least" else (None, number, per)


def _limit(
    asked: Asked, metric: str, stated: float | str, path: Path, *, paired: bool
) -> tuple[float, str | None]:
    """Return the number of a limit, and for money its period."""
    if metric in MONEY:
        if isinstance(stated, str):
            amount = asked.amount(
                stated, path, periods=("decision", *TIME_PERIODS), example="0.2 per decision"
            )
            return amount.value, amount.per
        return float(stated), "decision"
    if isinstance(stated, str):
        raise WrongKind(
            where=asked.text.at(path),
            found=f'the text "{stated}"',
            expected="a number",
            fix="write 0.4, not 40%.",
        )
    low, high = LIMITS.get(metric, (0.0, 1.0))
    if paired:
        low, high = low - high, high - low
    claim = f"a {'difference in ' if paired else ''}{metric} from {low:g} to {high:g}"
    return asked.within(stated, path, claim=claim, holds=low <= stated <= high), None


def _parameters(asked: Asked, given: GuardrailDocument, path: Path) -> Mapping[str, float] | None:
    """Return a metric's parameters: the percentile of a latency, those of ``metrics``, nothing for any other."""
    if given.metric == "latency":
        return {"percentile": _percentile(asked, given, path)}
    problem = misstated(given.metric, given.at)
    if problem is not None:
        raise _refused(asked, (*path, "at"), problem[1], problem[2])
    return dict(parameters_of(given.metric, given.at)) or None


def _exact(asked: Asked, given: GuardrailDocument, over: str | None, path: Path) -> bool:
    """Return whether a share is told with its exact interval."""
    if given.method is not None and (over is not None or not has_exact(asked, given.metric)):
        found = f"an exact interval of {'a difference' if over else given.metric}"
        raise _refused(asked, (*path, "method"), found, f"{NEEDS_SHARE}: {', '.join(EXACT)}")
    return given.method is not None


def _percentile(asked: Asked, given: GuardrailDocument, path: Path) -> float:
    stated = dict(given.at or {})
    if set(stated) != {"percentile"} or not 0 < stated["percentile"] < 100:
        found = f"{stated}" if stated else "a latency without a percentile"
        raise _refused(
            asked, (*path, "at"), found, "a percentile above 0 and below 100, as in at: {percentile: 95}"
        )
    return float(stated["percentile"])


def _check_latency(asked: Asked, field: Field, given: GuardrailDocument, path: Path) -> None:
    """Refuse a limit on a latency that nothing tells, or that would need a column's place or rival."""
    if given.metric != "latency":
        return
    if field.model.latency is None:
        raise _refused(
            asked,
            (*path, "metric"),
            f"latency, and {field.model.name} declares none",
            'model.latency: {column: COLUMN}, or {p95: "180 ms"}',
        )
    for key in ("over", "in_every"):
        if getattr(given, key) is not None:
            raise _refused(
                asked, (*path, key), f"a latency with `{key}`", "the latency of the model over all rows"
            )


def _refused(asked: Asked, path: Path, found: str, expected: str) -> InvalidGuardrail:
    return InvalidGuardrail(
        where=asked.text.at(path), found=found, expected=expected, fix="correct or remove the guardrail."
    )


def _check_scored(asked: Asked, field: Field, metric: str, path: Path) -> None:
    rank = metric in OF_PROBABILITIES and field.model.score_is == "rank"
    if metric in OF_SCORES and (field.model.score is None or rank):
        raise ScoreNeeded(
            where=asked.text.at((*path, "metric")),
            found=f"{metric} of a model {'whose score is a rank' if rank else 'without a score'}",
            expected="a score that is a probability" if rank else "a model with `score`",
            fix="limit another metric, or add the score.",
        )


def _fits(asked: Asked, metric: str, path: Path) -> None:
    """Refuse a metric of actions where a quantity is decided, and the reverse."""
    if asked.of_quantity and metric in {*METRICS, *FURTHER, *GUARDED} - {*OF_QUANTITIES, *MONEY}:
        expected = f"a metric of quantities, one of {', '.join(OF_QUANTITIES)}"
        raise refuse(asked, path, f"the metric {metric}", expected)
    if not asked.of_quantity and metric in {*OF_QUANTITIES} - {*METRICS}:
        raise only_for_quantities(asked, path, f"the metric {metric}")


def _known(asked: Asked, metric: str, path: Path, known: Sequence[str]) -> str:
    if metric not in known:
        raise UnknownMetric(
            where=asked.text.at(path),
            found=f'"{metric}"{nearest(metric, known)}',
            expected=f"one of {', '.join(known)}",
            fix="correct the name.",
        )
    return metric


def metrics(asked: Asked) -> tuple[str, ...]:
    """Return the metrics to estimate, in the order asked for; by default all but the further ones."""
    given = asked.document.metrics
    several = asked.document.data.classes is not None
    if given is None:
        if asked.of_quantity:
            return OF_QUANTITIES
        return OF_CLASSES if several else (*METRICS, *([NORMALISED] if len(asked.actions) > 2 else []))
    of_classes = (*OF_CLASSES, *FURTHER_OF_CLASSES)
    known = of_classes if several else (*METRICS, *FURTHER, NORMALISED, *RANKED)
    for position, entry in enumerate(given):
        if asked.of_quantity and isinstance(entry, dict):
            raise refuse(asked, ("metrics", position), f"the metric {entry}", "a metric of quantities")
        if isinstance(entry, str):
            _fits(asked, entry, ("metrics", position))
    names = named(asked)
    for place, metric in names:
        _fits(asked, metric, place)
        _known(asked, metric, place, OF_QUANTITIES if asked.of_quantity else known)
    return tuple(dict.fromkeys(metric for _, metric in names))


def slices(
    asked: Asked, guarded: Sequence[Guardrail], mixed: Sequence[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """Return what the rows are cut by: the slices asked for, then those that guardrails and scenarios need."""
    given = asked.document.slices or ()
    stated = [_columns(asked, entry, ("slices", position)) for position, entry in enumerate(given)]
    needed = [entry for guardrail in guarded for entry in guardrail.in_every]
    return tuple(dict.fromkeys([*stated, *needed, *((column,) for column in mixed)]))


def _columns(asked: Asked, entry: OneOrMore, path: Path) -> tuple[str, ...]:
    columns = (entry,) if isinstance(entry, str) else entry
    if not columns or any(not column.strip() for column in columns) or len(set(columns)) != len(columns):
        raise InvalidName(
            where=asked.text.at(path),
            found=f"{list(columns)}",
            expected="a column, or a list of different columns to cross",
            fix="name each column once.",
        )
    return columns
