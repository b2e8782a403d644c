"""A threshold tuned on the rows that judge it: how often luck clears a hurdle, and how often skill does.

Simulated by their sufficient counts (score level x group x outcome), then chosen, compared and judged by the
very functions that an evaluation calls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import payoff
from payoff.choices import Choices, choose_threshold, cut_scores, make_cuts
from payoff.comparison import Grounds, compare
from payoff.formulas import expand
from payoff.spec.coefficients import Valuation
from payoff.spec.volume import make_world
from payoff.tables import Cells, Keyed, Moments
from payoff.verdicts import Circumstances, judge_hurdle

Floats = NDArray[np.float64]

SETS, LEVELS, GROUPS, ROWS = 200, 16, 20, 6_000
CONFIDENCE = 0.95
# Three standard errors of a share of 5% and of 90% of the data sets.
LUCK = 3 * np.sqrt(0.05 * 0.95 / SETS)
SKILL = 3 * np.sqrt(0.90 * 0.10 / SETS)
BINORMAL = np.sqrt(2.0) * stats.norm.ppf(0.80)  # separation of the classes' scores at an AUC of 0.80


@dataclass(frozen=True, slots=True)
class Case:
    """What acting is worth on positives and on negatives, how common positives are, and the hurdle."""

    positive: float
    negative: float
    prevalence: float
    hurdle: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares of data sets."""

    judged: float
    cleared: float


def spec_of(case: Case) -> dict[str, Any]:
    worth = f"case when outcome then {case.positive!r} else {case.negative!r} end"
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": {"act": worth, "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"threshold": "best"}},
        "today": "nobody",
        "hurdles": [{"name": "h", "gain": f"{case.hurdle:.12f} per decision", "confidence": CONFIDENCE}],
    }


def cells_of(counts: NDArray[np.int64], case: Case, parts: int, *, scored: bool) -> Cells:
    """Return the table of (2, levels, groups) counts; every part is constant given outcome."""
    state, level, group = (index.ravel() for index in np.indices(counts.shape))
    rows = counts.ravel()
    kept = rows > 0
    state, level, group, rows = state[kept], level[kept], group[kept], rows[kept]
    n, weight = len(rows), rows.astype(float)
    third = np.zeros((n, 3, 4))
    third[:, :, 0] = weight[:, None]
    worth = np.where(state == 1, case.positive, case.negative)
    moments = Moments(
        rows=rows,
        weight=weight,
        weight2=weight,
        weight3=weight,
        total_high=np.zeros((n, 2), np.int64),
        total_low=np.zeros((n, 2), np.int64),
        nonzero=rows[:, None],
        shift=np.repeat(worth[:, None], parts, axis=1),
        first=np.zeros((n, parts)),
        first2=np.zeros((n, parts)),
        second=np.zeros((n, parts, parts)),
        third=third,
    )
    return Cells(
        group=group,
        state=state,
        actions={} if scored else {"m": level},
        moments=moments,
        score=level.astype(float) if scored else None,
    )


def status_of(spec: Any, valuation: Valuation, counts: NDArray[np.int64], case: Case) -> str:
    """Return the hurdle's status on one data set."""
    scores = cells_of(counts, case, 1, scored=True)
    at = cut_scores(scores)
    block = np.searchsorted(at, scores.score, side="right").astype(np.int64)
    cuts = make_cuts(at, (Keyed(cells=scores, keys={"b": block}),))
    choices = choose_threshold(spec, valuation, spec.model, cuts, Choices())
    threshold = choices.thresholds["m"]
    reached = np.arange(counts.shape[1]) >= (np.inf if threshold is None else threshold)
    decided = np.stack([counts[:, reached].sum(axis=1), counts[:, ~reached].sum(axis=1)], axis=1)
    grounds = Grounds(
        spec=spec,
        valuation=valuation,
        choices=choices,
        cells=cells_of(decided, case, 1, scored=False),
        constants=np.array([[case.negative], [case.positive]]),
        weighted=False,
        beyond_cap=0,
    )
    about = Circumstances(
        spec=spec,
        valuation=valuation,
        world=make_world(spec, int(counts.sum()), None, None),
        known=int(counts.sum()),
        pending_share=0.0,
        acts=threshold is not None,
    )
    return judge_hurdle(spec.hurdles[0], compare(grounds, "m", "nobody"), about).status


def simulated(case: Case, separation: float, seed: int) -> Judged:
    """Return how many of ``SETS`` data sets are judged and cleared; classes' scores lie ``separation`` apart."""
    generator = np.random.default_rng(seed)
    by_class = levels(separation)
    shares = np.array([1 - case.prevalence, case.prevalence])[:, None, None] * by_class[:, :, None]
    flat = np.broadcast_to(shares / GROUPS, (2, LEVELS, GROUPS)).ravel()
    spec = payoff.load_spec(spec_of(case))
    valuation = Valuation(expand(spec.value, {}), spec.decision.actions, {})
    assert valuation.parts == 1
    found = []
    for _ in range(SETS):
        counts = generator.multinomial(ROWS, flat / flat.sum()).reshape(2, LEVELS, GROUPS)
        found.append(status_of(spec, valuation, counts, case))
    statuses = np.array(found)
    return Judged(float((statuses != "not evaluated").mean()), float((statuses == "cleared").mean()))


def levels(separation: float) -> Floats:
    """Return (2, LEVELS) how often each class has each score: normal scores, cut into equal steps."""
    edges = np.concatenate([[-np.inf], np.linspace(-2.0, 2.0 + separation, LEVELS - 1), [np.inf]])
    return np.stack([np.diff(stats.norm.cdf(edges - mean)) for mean in (0.0, separation)])


def best_gain(case: Case, separation: float) -> tuple[float, float]:
    """Return the true gain of the best threshold and the standard error of its estimate on ``ROWS`` rows."""
    above = np.cumsum(levels(separation)[:, ::-1], axis=1)[:, ::-1]
    shares = np.array([1 - case.prevalence, case.prevalence])
    worth = np.array([case.negative, case.positive])
    gain, square = (shares * worth) @ above, (shares * worth**2) @ above
    best = int(np.argmax(gain))
    return float(gain[best]), float(np.sqrt((square[best] - gain[best] ** 2) / ROWS))


# At these prevalences acting at random is worth exactly nothing: luck has its best chance.
EVEN = {
    "gains": Case(20.0, -1.0, 1 / 21),
    "losses": Case(1.0, -20.0, 20 / 21),
}


@pytest.mark.parametrize("kind", EVEN)
def test_a_score_without_skill_clears_a_hurdle_of_zero_in_one_data_set_of_twenty(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    found = simulated(EVEN[kind], 0.0, seed=1)
    record_property("judged", found.judged)
    print(f"no skill, {kind}: judged {found.judged:.1%}, cleared {found.cleared:.1%}")
    assert found.judged > 0.5
    assert found.cleared <= 0.05 + LUCK


@pytest.mark.parametrize("kind", EVEN)
def test_where_every_threshold_loses_none_is_ever_cleared(kind: str) -> None:
    even = EVEN[kind]
    # Each error costs half as much again: acting on anyone loses, whatever the threshold.
    losing = Case(even.positive, 1.5 * even.negative, even.prevalence)
    found = simulated(losing, 0.0, seed=2)
    print(f"every threshold loses, {kind}: judged {found.judged:.1%}, cleared {found.cleared:.1%}")
    assert found.cleared == 0.0


@pytest.mark.parametrize("kind", EVEN)
def test_skill_of_four_standard_errors_clears_in_nine_data_sets_of_ten(kind: str) -> None:
    even = EVEN[kind]
    gain, stderr = best_gain(even, BINORMAL)
    case = Case(even.positive, even.negative, even.prevalence, hurdle=gain - 4 * stderr)
    found = simulated(case, BINORMAL, seed=3)
    print(f"AUC 0.80, {kind}: judged {found.judged:.1%}, cleared {found.cleared:.1%}")
    assert found.judged > 0.9
    assert found.cleared >= 0.90 - SKILL
