"""What the best rule on one column already earns, searched over columns and cuts with the honesty that this asks for.

Every cut of every number and every frequent value of everything else is a rule: act from there on, below there, on
that value, on all others. The point is cross-fitted over folds of rows, choice of column and cut included; the interval
holds for all rules at once, so for whichever looks best.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from payoff.choices import shares, switches
from payoff.engines import Engine
from payoff.running.tabulating import Progress, cut
from payoff.spec.model import EVERYBODY, NOBODY, Decided, Spec
from payoff.spec.unfinished import Unfinished
from payoff.spec.volume import World
from payoff.stats.band import multiplier_maxima_from_influence, simultaneous_band
from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of_rules
from payoff.stats.distributions import normal_ppf
from payoff.stats.tiers import candidates
from payoff.tabulation import Asking, Coded, Plan, Searched, coded, count_searched, make_plan, prepare
from payoff.verdicts.plans import RuleFound, SingleRules

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEED = 20_260_101
LEVEL = 0.95
BINS = 20
MOST_VALUES = 8
MOST_COLUMNS = 30
MOST_TOLD = 5
FOLDS = 16
METHOD = "cross-fitted point; simultaneous band over all rules, Hall t"
CLUSTERED = "rows come in clusters: single rules are not searched"
UNTRUSTED = "no interval: no rule decides enough rows, or the tail is too heavy"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rules:
    """The rules of one column: words, (R, buckets) gains over the baseline summed over rows, moments of the money."""

    column: str
    words: tuple[str, ...]
    gains: Floats
    contrast: Contrast


def rule_columns(unfinished: Unfinished, engine: Engine) -> tuple[str, ...]:
    """Return the columns that a rule may use: not the outcome, keys, dates, scores or recorded decisions."""
    data = unfinished.spec.data
    kept = {
        data.outcome,
        data.id,
        data.time,
        data.cluster,
        data.weight,
        data.label_known_on,
        *unfinished.scores,
    }
    kept |= {one.policy.column for one in unfinished.spec.candidates if isinstance(one.policy, Decided)}
    usable = ("number", "text", "boolean")
    return tuple(name for name, kind in engine.schema.items() if kind in usable and name not in kept)


def search_rules(
    spec: Spec, unfinished: Unfinished, engine: Engine, world: World, progress: Progress
) -> SingleRules | None:
    """Return what rules on one column gain over today's policy (else nobody); None without a column to use.

    Parameters
    ----------
    spec : with the baselines that the plan needs.
    """
    every = rule_columns(unfinished, engine)
    columns = every[:MOST_COLUMNS]
    over = spec.today or NOBODY
    yearly = world.scale("year")
    per, factor = ("decision", 1.0) if yearly is None else ("year", yearly)
    unit = f"{spec.decision.unit} per {per}"
    if not columns:
        return None
    if spec.data.cluster is not None:
        return _unsearched(over, unit, CLUSTERED)
    progress("seeking rules on one column")
    found, weights = _searched(spec, engine, columns, over, progress)
    return _told(found, weights, over, unit, factor, every)


def _searched(
    spec: Spec, engine: Engine, columns: Sequence[str], over: str, progress: Progress
) -> tuple[list[_Rules], Floats]:
    bound = make_plan(replace(spec, slices=tuple((one,) for one in columns), guardrails=()), engine)
    divided = [coded(engine, column, BINS, MOST_VALUES) for column in columns]
    plan = replace(bound, coded={one.column: one.sql for one in divided})
    asking = Asking(plan, engine, prepare(plan, engine))
    choices = cut(asking, None, progress)[0]
    acting = count_searched(asking, choices, EVERYBODY, over, len(columns), 1)
    instead = acting if over == NOBODY else count_searched(asking, choices, over, NOBODY, len(columns), 1)
    found = [
        _rules(plan, over, one, mine, None if over == NOBODY else theirs)
        for one, mine, theirs in zip(divided, acting, instead, strict=True)
    ]
    return [one for one in found if one is not None], acting[0].weight.sum(axis=0)


def _rules(plan: Plan, over: str, column: Coded, acting: Searched, instead: Searched | None) -> _Rules | None:
    """Return the rules of one column, None without any; those that act on every row, or on none, are left out."""
    seen = acting.places[:, 0]
    words, masks = [], []
    for word, wanted in _ways(column):
        mask = np.isin(seen, wanted)
        if mask.any() and not mask.all():
            words.append(word)
            masks.append(mask)
    if not words:
        return None
    acts = np.array(masks, dtype=np.bool_)
    skipped = np.zeros_like(acting.gain) if instead is None else -instead.gain
    gains = acts.astype(np.float64) @ acting.gain + (~acts).astype(np.float64) @ skipped
    return _Rules(
        column=column.column, words=tuple(words), gains=gains, contrast=_contrast(plan, over, acting, acts)
    )


def _contrast(plan: Plan, over: str, acting: Searched, acts: Flags) -> Contrast:
    actions, spec = plan.spec.decision.actions, plan.spec
    by_cell = acts[:, acting.part]
    taken = np.zeros((*by_cell.shape, len(actions)))
    taken[..., 0], taken[..., -1] = by_cell, ~by_cell
    instead = shares(spec.candidate(over), acting.cells, actions)
    likely = plan.valuation.contrast()
    found = contrast_of_rules(acting.cells, switches(taken, instead[None]), likely)
    variance = np.einsum("k,rkm,m->r", likely, found.covariance, likely)
    return replace(found, mean=(found.mean @ likely)[:, None], covariance=variance[:, None, None])


def _ways(column: Coded) -> list[tuple[str, list[int]]]:
    """Return every rule of a column in words, with the places on which it acts; a missing value is 0 and not acted on.

    >>> one = Coded(column="age", names=("(missing)", "below 30", "30 and above"), sql="", edges=(30.0,), pooled=0)
    >>> _ways(one)
    [('age >= 30', [2]), ('age < 30', [1])]
    """
    places = list(range(1, len(column.names)))
    if column.edges:
        ways = []
        for j, edge in enumerate(column.edges):
            ways.append((f"{column.column} >= {edge:,.10g}", places[j + 1 :]))
            ways.append((f"{column.column} < {edge:,.10g}", places[: j + 1]))
        return ways
    named = list(zip(places[:-1], column.names[1:-1], strict=True))
    ways = [(f"{column.column} = {name}", [place]) for place, name in named]
    return ways + [
        (f"{column.column} <> {name}", [other for other in places if other != place]) for place, name in named
    ]


def _told(
    found: Sequence[_Rules], weights: Floats, over: str, unit: str, factor: float, every: Sequence[str]
) -> SingleRules:
    if not found or int((weights > 0).sum()) < 2:
        return _unsearched(over, unit, "no column divides the rows")
    gains = np.concatenate([one.gains for one in found])
    words = [word for one in found for word in one.words]
    rule, low, high, tier, note = _bounds(found, gains, weights)
    total = gains.sum(axis=1) / weights.sum() * factor
    starts = np.concatenate([[0], np.cumsum([len(one.words) for one in found])])
    by_column = []
    for one, (first, last) in zip(found, pairwise(starts.tolist()), strict=True):
        best = int(np.argmax(total[first:last]))
        by_column.append(
            RuleFound(column=one.column, rule=one.words[best], claimed=float(total[first + best]))
        )
    left = (
        []
        if len(every) <= MOST_COLUMNS
        else [f"the first {MOST_COLUMNS} of {len(every)} columns were searched"]
    )
    return SingleRules(
        over=over,
        unit=unit,
        columns=tuple(one.column for one in found),
        rules=len(words),
        rule=words[rule],
        gain=honest_gain(gains, weights) * factor,
        low=None if low is None else low * factor,
        high=None if high is None else high * factor,
        claimed=float(total[rule]),
        level=LEVEL,
        rows=found[0].contrast.rows,
        method=METHOD,
        tier="C" if tier == 0 else "A" if tier == 1 else "A-",
        note="; ".join([*([note] if note else []), *left]) or None,
        by_column=tuple(sorted(by_column, key=lambda one: -one.claimed)[:MOST_TOLD]),
    )


def honest_gain(gains: Floats, weights: Floats) -> float:
    """Return the mean gain of the rule that the other folds choose, fold by fold.

    Parameters
    ----------
    gains : (R, B) gain of every rule summed over the rows of each bucket; buckets are made without looking at rows.
    weights : (B,) rows of each.

    The rule with the largest lower bound is chosen, as the band does, not that with the largest mean: between rules
    that are about as good, the mean prefers the one whose bad rows are left out, and is then valued on these.
    """
    folds = np.arange(len(weights)) % FOLDS
    deviate = -float(normal_ppf(np.float64((1.0 - LEVEL) / 2.0 / len(gains))))
    total = 0.0
    for fold in range(FOLDS):
        others, here = folds != fold, folds == fold
        weight = weights[others].sum()
        if weight <= 0:
            continue
        mean = gains[:, others].sum(axis=1) / weight
        influence = gains[:, others] - mean[:, None] * weights[others]
        lower = mean - deviate * np.sqrt((influence**2).sum(axis=1)) / weight
        total += float(gains[int(np.argmax(lower)), here].sum())
    return total / float(weights.sum())


def _bounds(
    found: Sequence[_Rules], gains: Floats, weights: Floats
) -> tuple[int, float | None, float | None, int, str | None]:
    """Return the rule named, the band's ends at it, its widening (0 without), and what is to be said."""
    judged = [candidates(one.contrast) for one in found]
    allowed, factor = (np.concatenate(each) for each in zip(*judged, strict=True))
    if not allowed.any():
        return int(np.argmax(gains.sum(axis=1))), None, None, 0, UNTRUSTED
    mean = gains.sum(axis=1, keepdims=True) / weights.sum()
    influence = (gains - mean * weights)[allowed]
    columns = {
        name: np.concatenate([getattr(one.contrast, name) for one in found])[allowed]
        for name in ("mean", "covariance", "skewness", "deciding_events")
    }
    joint = replace(found[0].contrast, maxima=multiplier_maxima_from_influence(influence, SEED), **columns)
    band = simultaneous_band(joint, np.ones(1), factor[allowed], LEVEL)
    at = int(np.flatnonzero(allowed)[band.deployed])
    return at, float(band.low[band.deployed]), float(band.high[band.deployed]), int(factor[at]), None


def _unsearched(over: str, unit: str, note: str) -> SingleRules:
    return SingleRules(
        over=over,
        unit=unit,
        columns=(),
        rules=0,
        rule=None,
        gain=None,
        low=None,
        high=None,
        claimed=None,
        level=LEVEL,
        rows=0,
        method=METHOD,
        tier="C",
        note=note,
        by_column=(),
    )
