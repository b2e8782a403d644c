"""The entries of ``metrics``: a name, or a metric with its parameters and perhaps its method."""

from collections.abc import Mapping

from payoff.errors import SpecError, nearest
from payoff.errors.spec import NameTaken, OutOfRange, UnknownKey, UnknownMetric
from payoff.spec.asking import Asked
from payoff.spec.checking import described
from payoff.spec.document import MetricDocument
from payoff.spec.parameters import EXACT, PARAMETERS, Measure, default_of
from payoff.spec.places import Path
from payoff.spec.top import RANKED

NEEDS_SHARE = "a share of rows with a binary outcome"


def measures(asked: Asked) -> tuple[Measure, ...]:
    """Return the metrics that stand in ``metrics``, but for those of the best rows; none where the key is absent.

    Raises
    ------
    UnknownKey, OutOfRange
        For a parameter that the metric has not, or a number that it cannot be.
    UnknownMetric
        For an exact interval of what is no share.
    NameTaken
        For one metric with one set of parameters, and two methods.
    """
    found: dict[tuple[str, tuple[tuple[str, float], ...]], Measure] = {}
    for position, entry in enumerate(asked.document.metrics or ()):
        if isinstance(entry, dict) or entry in RANKED:
            continue
        one = _measure(asked, entry, ("metrics", position))
        if found.setdefault((one.name, one.at), one) != one:
            raise NameTaken(
                where=asked.at("metrics", position),
                found=f"{one.name} again, with another method",
                expected="one interval of one metric",
                fix="remove one of the two.",
            )
    return tuple(found.values())


def _measure(asked: Asked, entry: str | MetricDocument, path: Path) -> Measure:
    if isinstance(entry, str):
        return Measure(name=entry, at=default_of(entry))
    exact = entry.method is not None
    if exact and not has_exact(asked, entry.metric):
        raise UnknownMetric(
            where=asked.text.at((*path, "method")),
            found=f"an exact interval of {entry.metric}",
            expected=f"{NEEDS_SHARE}: {', '.join(EXACT)}",
            fix="leave the method out.",
        )
    return Measure(name=entry.metric, at=_parameters(asked, entry, path), exact=exact)


def has_exact(asked: Asked, metric: str) -> bool:
    """Return whether a metric may have the exact interval of a share."""
    return metric in EXACT and asked.document.data.classes is None and not asked.of_quantity


def _parameters(asked: Asked, entry: MetricDocument, path: Path) -> tuple[tuple[str, float], ...]:
    problem = misstated(entry.metric, entry.at)
    if problem is None:
        return parameters_of(entry.metric, entry.at)
    key, found, expected = problem
    where = asked.text.at((*path, "at") if key is None else (*path, "at", key))
    known = PARAMETERS.get(entry.metric)
    if known is None or key != known.name:
        raise UnknownKey(where=where, found=found, expected=expected, fix="correct the key, or remove it.")
    raise OutOfRange(where=where, found=found, expected=expected, fix="correct the number.")


def misstated(metric: str, at: Mapping[str, float] | None) -> tuple[str | None, str, str] | None:
    """Return what is wrong with the parameters of a metric: the key if it is one, what was found and expected.

    >>> misstated("f_beta", {"bta": 2.0})
    ('bta', 'the unknown parameter "bta" of f_beta (did you mean beta?)', 'a positive beta, as in at: {beta: 2}')
    >>> misstated("f_beta", {"beta": 2.0}) is None, misstated("recall", None) is None
    (True, True)
    """
    known = PARAMETERS.get(metric)
    if at is None:
        return None
    if known is None:
        with_one = ", ".join(f"{name} ({one.name})" for name, one in PARAMETERS.items())
        return None, f"parameters of {metric}", f"none: only these have one: {with_one}"
    for key, number in at.items():
        if key != known.name:
            return key, f'the unknown parameter "{key}" of {metric}{nearest(key, (known.name,))}', known.claim
        if not known.holds(number):
            return key, described(number), known.claim
    return None


def parameters_of(metric: str, at: Mapping[str, float] | None) -> tuple[tuple[str, float], ...]:
    """Return the parameters of a metric, checked by :func:`misstated`; the default where none are given.

    >>> parameters_of("f_beta", {"beta": 2}), parameters_of("f_beta", {})
    ((('beta', 2.0),), (('beta', 1.0),))
    """
    return tuple((key, float(number)) for key, number in (at or {}).items()) or default_of(metric)


def named(asked: Asked) -> tuple[tuple[Path, str], ...]:
    """Return every metric that stands in ``metrics`` with its place, but for those of the best rows.

    Raises
    ------
    UnknownMetric
        When something else than a metric of the best rows has a number of rows.
    """
    out: list[tuple[Path, str]] = []
    for position, entry in enumerate(asked.document.metrics or ()):
        place: Path = ("metrics", position)
        if isinstance(entry, str):
            out += [] if entry in RANKED else [(place, entry)]
        elif isinstance(entry, MetricDocument):
            out.append(((*place, "metric"), _not_ranked(asked, entry, place)))
        else:
            for name in entry:
                if name not in RANKED:
                    raise _no_best_rows(asked, name, (*place, name))
    return tuple(out)


def _not_ranked(asked: Asked, entry: MetricDocument, place: Path) -> str:
    if entry.metric in RANKED:
        raise UnknownMetric(
            where=asked.text.at((*place, "metric")),
            found=f'"{entry.metric}" in the form of other metrics',
            expected=f"the form of the best rows: {{{entry.metric}: {{k: 100}}}}",
            fix="write it so.",
        )
    return entry.metric


def _no_best_rows(asked: Asked, name: str, place: Path) -> SpecError:
    return UnknownMetric(
        where=asked.text.at(place),
        found=f'"{name}" with a number of rows{nearest(name, RANKED)}',
        expected=f"one of {', '.join(RANKED)}",
        fix=f"correct the name, or write {{metric: {name}, at: {{...}}}} where the metric has parameters.",
    )
