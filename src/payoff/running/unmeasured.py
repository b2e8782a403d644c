"""What a spec asks for by name and a candidate cannot have: an estimate without a number that says why."""

from collections.abc import Iterator, Sequence

from payoff.catalogue import CATALOGUE, CLASS_METRICS, LEVELLED, SKILL_OF
from payoff.comparison import Grounds
from payoff.running.against_rest import ASKED as SHIFT_EFFECTS
from payoff.running.classes import COST, LIKELIEST
from payoff.running.decision_curves import NET_BENEFIT
from payoff.running.slice_shares import ASKED as SLICE_DIFFERENCES
from payoff.spec.model import Candidate, Spec
from payoff.spec.parameters import Measure
from payoff.stats.estimates import Estimate, Interval

METHOD = "not evaluated"
NO_SCORE = "not evaluated: it has no score"
OF_A_RANK = "not evaluated: its score is a rank, not a probability"
NO_THRESHOLD = "not evaluated: no single threshold is in use"
NO_ANSWERS = "not evaluated: no action is named after each class, and no class probabilities are stated"
NO_FORECAST = "not evaluated: no class probabilities are stated"
NO_INTERVAL = "not evaluated: no predicted interval is stated"
NO_QUANTILE = "not evaluated: no quantile follows from the value"
NO_RIVAL = "not evaluated: no other candidate is judged on the same rows"
NO_SLICES = "not evaluated: the spec names no slices"
NOT_HERE = "not evaluated: these rows cannot give it"
# What names several estimates, none of which is called so, or money that is always there.
GROUPS = frozenset({"paired_differences", "value", "gain"})
BY_SLICE = frozenset({SLICE_DIFFERENCES, SHIFT_EFFECTS})
OF_SCORES_IN_MONEY = frozenset({"expected_maximum_profit", NET_BENEFIT})
OF_FORECASTS = frozenset({"log_loss", "brier_score", "roc_auc_ovr", "roc_auc_ovr_weighted"})


def unmeasured(grounds: Grounds, found: Sequence[Estimate]) -> Iterator[Estimate]:
    """Yield what is asked for by name and missing among the estimates, of every candidate it can be asked of.

    Those are the model and its challengers, and for metrics of scores the baselines with one. The prevalence is one of
    the rows, and told of the model; a second policy of one model shares its score, and what is told of it.
    """
    spec = grounds.spec
    told = {(one.metric, _parameters(one), one.of.removesuffix(f"/{LIKELIEST}")) for one in found}
    names = {(metric, of) for metric, _, of in told}
    for one in spec.measures:
        for candidate in spec.candidates:
            has = (
                (one.name, one.at, candidate.name) in told if one.at else (one.name, candidate.name) in names
            )
            if not has and _may_be_asked(spec, one, candidate):
                yield _nothing(grounds, one, candidate.name, _reason(spec, one.name, candidate))
    for top in spec.tops:
        for candidate in (spec.model, *spec.challengers):
            if candidate.score is None and candidate.variant_of is None:
                name = top.name if top.per is None else f"{top.name}_per_{top.per}"
                at = () if top.k is None else (("k", float(top.k)),)
                yield _nothing(grounds, Measure(name=name, at=at), candidate.name, NO_SCORE)


def _parameters(one: Estimate) -> tuple[tuple[str, object], ...]:
    return tuple((one.at or {}).items())


def _may_be_asked(spec: Spec, one: Measure, candidate: Candidate) -> bool:
    if one.name in BY_SLICE:
        return candidate.role == "model" and not spec.slices
    if one.name in GROUPS or (one.name == "prevalence" and candidate.role != "model"):
        return False
    if candidate.role == "baseline":
        return _is_of_score(one.name) and candidate in spec.ranked and one.name not in OF_SCORES_IN_MONEY
    return candidate.variant_of is None or not _is_of_score(one.name)


def _is_of_score(name: str) -> bool:
    kind = CATALOGUE[name].of if name in CATALOGUE else None
    return name in (*OF_SCORES_IN_MONEY, *OF_FORECASTS) or kind in ("ranking", "probability")


def _reason(spec: Spec, name: str, candidate: Candidate) -> str:
    """Return why a candidate has no such number."""
    if name in BY_SLICE:
        return NO_SLICES
    if spec.data.classes is not None:
        forecast = name in OF_FORECASTS
        return NO_FORECAST if forecast else NO_ANSWERS if name in CLASS_METRICS and name != COST else NOT_HERE
    if spec.of_quantity is not None:
        if name == "interval_coverage":
            return NO_INTERVAL
        return NO_QUANTILE if name in LEVELLED else NO_RIVAL if name in SKILL_OF else NOT_HERE
    if not _is_of_score(name):
        return NOT_HERE
    if candidate.score is None:
        return NO_SCORE
    if CATALOGUE[name].of == "probability" and candidate.score_is != "probability":
        return OF_A_RANK
    return NO_THRESHOLD if name == "local_calibration" else NOT_HERE


def _nothing(grounds: Grounds, one: Measure, of: str, reason: str) -> Estimate:
    cells = grounds.cells
    about = Interval(
        value=None,
        low=None,
        high=None,
        level=0.95,
        rows=int(cells.moments.rows[cells.known].sum()),
        events=None,
        method=METHOD,
        tier="C",
        note=reason,
    )
    return about.keyed(one.name, of, at=dict(one.at) or None)
