"""Tables of two scores: rows by both at once, where a spec asks how scores differ."""

from collections.abc import Mapping

import numpy as np

from payoff.choices import Choices
from payoff.engines import Columns
from payoff.spec.model import Candidate, Spec
from payoff.spec.names import OF_SCORES
from payoff.tables import ScorePair, Spread
from payoff.tabulation.acting import score_column
from payoff.tabulation.answers import Asking, Columned
from payoff.tabulation.grouping import Grouping, grouped
from payoff.tabulation.plan import Plan
from payoff.tabulation.scales import fine_sql, paired_sql

ASKED = ("paired_differences", "net_benefit")


def score_pairs(spec: Spec) -> tuple[tuple[str, str], ...]:
    """Return the candidates whose scores have to be counted together: model and challengers, each with each other one.

    None where neither the metrics nor a guardrail ask for a difference of scores, nor where rows come in clusters:
    groups tell their error then. Two candidates of one column have one score.
    """
    if spec.data.cluster is not None:
        return ()
    judged = [one for one in (spec.model, *spec.challengers) if one in spec.ranked]
    by_metrics = any(name in spec.metrics for name in ASKED)
    limited = {rail.over for rail in spec.guardrails if rail.metric in OF_SCORES and not rail.in_every}
    found: dict[tuple[str, str], None] = {}
    for one in judged:
        for other in spec.ranked:
            is_asked = by_metrics or (one is spec.model and other.name in limited)
            if is_asked and other.score != one.score and (other.name, one.name) not in found:
                found[one.name, other.name] = None
    return tuple(found)


def count_pairs(asking: Asking, choices: Choices) -> Mapping[tuple[str, str], ScorePair]:
    """Return rows by both scores of every pair: exact scores, or stretches of their grids as money is summed by.

    One scan for all pairs where the engine can share one. Cells of two grids are no more than their stretches
    crossed, whatever the number of rows.
    """
    plan, pairs = asking.plan, score_pairs(asking.plan.spec)
    if not pairs:
        return {}
    named = {name: plan.spec.candidate(name) for pair in pairs for name in pair}
    gridded = {name: one for name, one in named.items() if choices.grids[name].kind != "exact"}
    cells = "".join(
        f", {fine_sql(choices.grids[name], score_column(plan, one))} as c_{score_column(plan, one)}"
        for name, one in gridded.items()
    )
    keys = "".join(
        f", {paired_sql(choices.grids[name], f'c_{score_column(plan, one)}')} as b_{score_column(plan, one)}"
        for name, one in gridded.items()
    )
    groupings = [_grouping(asking, named[one], named[other], gridded) for one, other in pairs]
    found = grouped(asking.engine, Columned(cells, keys).query("prepared"), groupings)
    return {
        pair: _read(one, grouping.keys, asking)
        for pair, one, grouping in zip(pairs, found, groupings, strict=True)
    }


def _grouping(asking: Asking, one: Candidate, other: Candidate, gridded: Mapping[str, Candidate]) -> Grouping:
    plan, weight = asking.plan, "w * " if asking.ready.weighted else ""
    scores = [score_column(plan, each) for each in (one, other)]
    sums = dict(asking.ready.sums.counts())
    sums["n_differ"] = f"count(*) filter (where {scores[0]} <> {scores[1]})"
    for side, each, score in zip("ab", (one, other), scores, strict=True):
        if each.name in gridded:
            sums |= {f"{side}_lo": f"min({score})", f"{side}_hi": f"max({score})"}
            sums |= {f"{side}_1": f"sum({weight}{score})"}
    return Grouping(("st", *(_key(plan, each, gridded) for each in (one, other))), sums)


def _key(plan: Plan, one: Candidate, gridded: Mapping[str, Candidate]) -> str:
    score = score_column(plan, one)
    return f"b_{score}" if one.name in gridded else score


def _read(found: Columns, keys: tuple[str, ...], asking: Asking) -> ScorePair:
    state = np.asarray(found["st"], dtype=np.int64)
    counted = asking.ready.sums.read_counts(found, state)
    first, second = (
        np.asarray(found[key], dtype=np.int64 if key.startswith("b_") else np.float64) for key in keys[1:]
    )
    return ScorePair(
        state=state,
        first=first,
        second=second,
        rows=counted.rows,
        weight=counted.weight,
        weight2=counted.weight2,
        differ=np.asarray(found["n_differ"], dtype=np.int64),
        first_spread=_spread(found, "a"),
        second_spread=_spread(found, "b"),
    )


def _spread(found: Columns, side: str) -> Spread | None:
    if f"{side}_lo" not in found:
        return None
    low, high, first = (np.asarray(found[f"{side}_{name}"], dtype=np.float64) for name in ("lo", "hi", "1"))
    return Spread(low=low, high=high, first=first, second=np.zeros(len(low)))
