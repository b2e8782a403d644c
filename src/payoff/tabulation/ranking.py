"""Rows by ranking and score, for what is asked of the top of each."""

import numpy as np

from payoff.spec.model import Candidate
from payoff.spec.top import PERIODS
from payoff.stats.top import Rankings
from payoff.tabulation.acting import score_column
from payoff.tabulation.answers import Asking
from payoff.tabulation.rows import top_key


def count_rankings(asking: Asking) -> dict[tuple[str, str], Rankings]:
    """Return (candidate, period or column) -> its rows by ranking and score; an empty text for one ranking of all."""
    spec = asking.plan.spec
    wanted = dict.fromkeys(one.per for one in spec.tops)
    return {
        (candidate.name, per or ""): _counted(asking, candidate, per)
        for candidate in spec.scored
        for per in wanted
    }


def _counted(asking: Asking, candidate: Candidate, per: str | None) -> Rankings:
    plan, score = asking.plan, score_column(asking.plan, candidate)
    last = len(plan.spec.decision.actions) - 1
    key, timed = "g" if per is None else top_key(plan, per), per in PERIODS
    rows = f"select {key}, st, {score} as ps, v0 - v{last} as d from prepared where st >= 0"
    found = asking.engine.columns(
        f"select {key}, ps, count(*) as n_rows, count(case when st = 1 then 1 end) as n_positive, "
        "coalesce(sum(d), 0.0e0) as d_1, coalesce(sum(d * d), 0.0e0) as d_2, "
        "coalesce(sum(d * d * d), 0.0e0) as d_3, count(case when st = 0 and d <> 0 then 1 end) as n_differ_0, "
        "count(case when st = 1 and d <> 0 then 1 end) as n_differ_1 "
        f"from ({rows}) as held group by {key}, ps"
    )
    size = len(found["n_rows"])
    keys, code = np.unique(np.asarray(found[key]).astype(str if not timed else np.int64), return_inverse=True)
    one = per is None
    made = Rankings(
        pool=np.zeros(size, dtype=np.int64) if one else code.astype(np.int64),
        period=keys.astype(np.int64) if timed else np.zeros(1 if one else len(keys), dtype=np.int64),
        group=np.asarray(found["g"], dtype=np.int64) if one else np.zeros(size, dtype=np.int64),
        score=np.asarray(found["ps"], dtype=np.float64),
        rows=np.asarray(found["n_rows"], dtype=np.int64),
        positives=np.asarray(found["n_positive"], dtype=np.int64),
        value=np.asarray(found["d_1"], dtype=np.float64),
        squared=np.asarray(found["d_2"], dtype=np.float64),
        cubed=np.asarray(found["d_3"], dtype=np.float64),
        deciding=np.stack([np.asarray(found[f"n_differ_{one}"], dtype=np.int64) for one in (0, 1)], axis=1),
    )
    return made.take(np.lexsort([-made.score, made.pool]))
