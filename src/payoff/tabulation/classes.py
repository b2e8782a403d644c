"""Tables of class probabilities: rows by the class held likeliest, with what each forecast lost."""

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from payoff.engines import Columns
from payoff.formulas import double
from payoff.spec.model import Candidate
from payoff.tables import Cells, Keyed, Moments, merge
from payoff.tabulation.acting import score_column
from payoff.tabulation.answers import Asking, groups_of
from payoff.tabulation.grouping import Grouping, grouped

PREDICTED = "predicted"
LOSSES = ("b", "l")
CLIPPED = sys.float_info.epsilon  # as scikit-learn: a certain forecast is read as this far from certain

Floats = NDArray[np.float64]


def count_classes(asking: Asking) -> dict[str, Cells]:
    """Return known rows by group, class and the class held likeliest, of every candidate with class probabilities.

    The parts of the moments are the Brier score (summed over classes) and the log loss of a row; thirds are those of
    each loss. ``nonzero`` counts the rows whose loss rests on the clip.
    """
    found = {}
    for one in asking.plan.spec.candidates:
        if one.scores:
            by = Grouping((*asking.clustered, "g", "st", "y"), _aggregates(asking.ready.weighted))
            answer = grouped(asking.engine, _rows_sql(asking, one), [by], asking.texts)[0]
            found[one.name] = merge(Keyed(cells=_cells(answer), keys={})).cells
    return found


def _rows_sql(asking: Asking, candidate: Candidate) -> str:
    spec = asking.plan.spec
    names = [f"{candidate.name}/{label}" for label in spec.data.states]
    scores = [
        score_column(asking.plan, one) for name in names for one in spec.class_scores if one.name == name
    ]
    own = " ".join(f"when {state} then {score}" for state, score in enumerate(scores))
    squares = " + ".join(f"{score} * {score}" for score in scores)
    inner = f"select *, {likeliest_sql(scores)} as y, case st {own} end as o_p, {squares} as sq from prepared"
    clipped = f"least(greatest(o_p, {double(CLIPPED)}), {double(1.0 - CLIPPED)})"
    missed = f"case when o_p < {double(CLIPPED)} then 1 else 0 end"
    losses = f"sq - 2.0e0 * o_p + 1.0e0 as b, -ln({clipped}) as l, {missed} as hopeless"
    return f"select *, {losses} from ({inner} where st >= 0) as forecast"


def likeliest_sql(scores: Sequence[str]) -> str:
    """Return the number of the class held likeliest, the first of several that tie.

    >>> likeliest_sql(["s0", "s1", "s2"])
    'case when s0 >= s1 and s0 >= s2 then 0 when s1 >= s2 then 1 else 2 end'
    """
    whens = [
        f"when {' and '.join(f'{one} >= {other}' for other in scores[place + 1 :])} then {place}"
        for place, one in enumerate(scores[:-1])
    ]
    return f"case {' '.join(whens)} else {len(scores) - 1} end"


def _aggregates(weighted: bool) -> dict[str, str]:
    out = {"n_rows": "count(*)", "n_hopeless": "cast(sum(hopeless) as bigint)"}
    weight = {power: " * ".join(["w"] * power) + " * " if weighted else "" for power in (1, 2, 3)}
    if weighted:
        out |= {f"w_{power}": f"sum({' * '.join(['w'] * power)})" for power in (1, 2, 3)}
    for loss in LOSSES:
        out |= {f"f_{loss}": f"sum({weight[1]}{loss})", f"ff_{loss}": f"sum({weight[2]}{loss})"}
        out |= {f"ss_{loss}": f"sum({weight[2]}{loss} * {loss})"}
        for power in (1, 2, 3):
            out[f"t_{loss}_{power}"] = f"sum({weight[3]}{' * '.join([loss] * power)})"
    return out


def _cells(found: Columns) -> Cells:
    rows = np.asarray(found["n_rows"], dtype=np.int64)
    weights = [_column(found, f"w_{power}") if "w_1" in found else rows.astype(float) for power in (1, 2, 3)]
    whole, second = np.zeros((len(rows), 0), dtype=np.int64), np.zeros((len(rows), 2, 2))
    third = np.zeros((len(rows), 2, 4))
    for place, loss in enumerate(LOSSES):
        second[:, place, place] = _column(found, f"ss_{loss}")
        powers = [_column(found, f"t_{loss}_{power}") for power in (1, 2, 3)]
        third[:, place] = np.stack([weights[2], *powers], axis=1)
    moments = Moments(
        rows=rows,
        weight=weights[0],
        weight2=weights[1],
        weight3=weights[2],
        total_high=whole,
        total_low=whole,
        nonzero=np.asarray(found["n_hopeless"], dtype=np.int64)[:, None],
        shift=np.zeros((len(rows), 2)),
        first=np.stack([_column(found, f"f_{loss}") for loss in LOSSES], axis=1),
        first2=np.stack([_column(found, f"ff_{loss}") for loss in LOSSES], axis=1),
        second=second,
        third=third,
    )
    cluster = np.unique(found["k"], return_inverse=True)[1].astype(np.int64) if "k" in found else None
    return Cells(
        group=groups_of(found),
        state=np.asarray(found["st"], dtype=np.int64),
        actions={PREDICTED: np.asarray(found["y"], dtype=np.int64)},
        moments=moments,
        cluster=cluster,
    )


def _column(found: Columns, name: str) -> Floats:
    return np.asarray(found[name], dtype=np.float64)
