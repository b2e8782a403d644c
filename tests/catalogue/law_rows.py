"""Rows to try laws on, their tables, and every metric of the catalogue as numbers of a table."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import isclose

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from payoff.catalogue import CATALOGUE, decision_metrics, score_cells, score_metrics
from payoff.stats.contributions import contrast_of
from payoff.stats.retuned import expected_maximum_profit
from payoff.tables import PENDING, Cells, Keyed, Moments, joined, merge

Floats = NDArray[np.float64]
Number = tuple[float | None, ...]
LEVELS, GROUPS, PARTS = 20, 20, 3
NEGATIVE, POSITIVE = 0, 1
# What value and gain are made of: doing nothing, and acting less doing nothing, each by the parts act and skip.
LIKELY = np.array([0.0, 1.0, 1.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Columns of (n,): a score, an outcome, what two policies do (1 acts), what acting and skipping are worth."""

    score: Floats
    state: NDArray[np.int64]
    acted: NDArray[np.int64]
    rival: NDArray[np.int64]
    weight: Floats
    worth: Floats
    spared: Floats
    group: NDArray[np.int64]
    part: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.score)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> "Rows":
        """Return the rows at ``index``, in that order."""
        return Rows(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Setting:
    """What metrics take beside the rows: a threshold, a cost per decision, and worth by outcome in one draw."""

    threshold: float = 0.5
    cost: float = 2.0
    gain: float = 5.0
    loss: float = 3.0
    shift: tuple[float, float] = (3.0, -1.0)


def rows_from(drawn: Sequence[tuple[int, ...]]) -> Rows:
    """Return drawn whole numbers as rows; two of each outcome at least, so that most metrics are defined."""
    tenths, state, rival, weight, worth, spared, group, part = np.array(drawn, dtype=np.int64).T
    state = state.copy()
    state[:4] = [NEGATIVE, POSITIVE, NEGATIVE, POSITIVE]
    score = tenths / LEVELS
    return Rows(
        score=score,
        state=state,
        acted=(score >= 0.5).astype(np.int64),
        rival=rival,
        weight=weight.astype(np.float64),
        worth=worth.astype(np.float64),
        spared=spared.astype(np.float64),
        group=group,
        part=part,
    )


ROW = st.tuples(
    st.integers(1, LEVELS - 1),
    st.integers(0, 1),
    st.integers(0, 1),
    st.integers(1, 4),
    st.integers(-50, 50),
    st.integers(-9, 9),
    st.integers(0, GROUPS - 1),
    st.integers(0, PARTS - 1),
)
some_rows = st.lists(ROW, min_size=8, max_size=40).map(rows_from)


def seeded_rows(seed: int, count: int = 24) -> Rows:
    """Return rows of a seed, for claims that some table breaks a law."""
    rng = np.random.default_rng(seed)
    ends = ((1, LEVELS), (0, 2), (0, 2), (1, 5), (-50, 51), (-9, 10), (0, GROUPS), (0, PARTS))
    return rows_from(list(zip(*(rng.integers(*end, count) for end in ends), strict=True)))


def cells_of(
    rows: Rows, shift: tuple[float, float] = (3.0, -1.0), cluster: NDArray[np.int64] | None = None
) -> Cells:
    """Return the table of rows by group, outcome, actions, exact score and cluster, centred by ``shift``."""
    n, w = len(rows), rows.weight
    known = rows.state != PENDING
    parts = np.stack([rows.worth, rows.spared], axis=1) * known[:, None]
    centred = (parts - np.array(shift)) * known[:, None]
    lean = np.stack([centred[:, 0], centred[:, 1], centred[:, 0] - centred[:, 1]], axis=1)
    moments = Moments(
        rows=np.ones(n, dtype=np.int64),
        weight=w,
        weight2=w**2,
        weight3=w**3,
        total_high=np.zeros((n, 2), dtype=np.int64),
        total_low=np.zeros((n, 2), dtype=np.int64),
        nonzero=(rows.worth != rows.spared).astype(np.int64)[:, None],
        shift=np.tile(np.array(shift), (n, 1)),
        first=w[:, None] * centred,
        first2=w[:, None] ** 2 * centred,
        second=w[:, None, None] ** 2 * centred[:, :, None] * centred[:, None, :],
        third=np.stack([w[:, None] ** 3 * lean**power for power in range(4)], axis=2),
    )
    each = Cells(
        group=rows.group,
        state=rows.state,
        actions={"model": 1 - rows.acted, "rival": 1 - rows.rival},
        moments=moments,
        score=rows.score,
        cluster=cluster,
    )
    return merge(Keyed(cells=each, keys={})).cells


def added(several: Sequence[Cells]) -> Cells:
    """Return the table of several parts of the rows."""
    return merge(joined([Keyed(cells=one, keys={}) for one in several])).cells


def numbers(name: str, cells: Cells, setting: Setting = Setting()) -> Number:
    """Return a metric of the table with what its interval is made of; the first is the metric itself."""
    acted = (cells.actions["model"] == 0).astype(np.float64)
    metric = CATALOGUE[name]
    if name == "expected_maximum_profit":
        gain, loss = np.array([setting.gain]), np.array([setting.loss])
        found = expected_maximum_profit(score_cells(cells), gain, loss)
        return found.value, found.low, found.high
    if metric.of == "money":
        return _money(name, cells, acted, setting)
    if metric.of == "decisions":
        found = dict(decision_metrics(cells, acted, (name,)))[name]
    else:
        found = dict(score_metrics(cells, (name,), setting.threshold, probability=True))[name]
    return found.value, found.low, found.high


def _money(name: str, cells: Cells, acted: Floats, setting: Setting) -> Number:
    rival = (cells.actions["rival"] == 0).astype(np.float64)
    is_value = name == "value"
    switches = np.stack([np.full(len(cells), float(is_value)), acted if is_value else acted - rival], axis=1)
    contrast = contrast_of(cells, switches, LIKELY)
    mean = float(contrast.mean[0] @ LIKELY) - (setting.cost if name == "net_gain" else 0.0)
    return mean, float(LIKELY @ contrast.covariance[0] @ LIKELY)


def of_rows(name: str, rows: Rows, setting: Setting = Setting()) -> Number:
    """Return the numbers of a metric of rows."""
    return numbers(name, cells_of(rows, setting.shift), setting)


def alike(one: Number, other: Number, tolerance: float) -> bool:
    """Return whether both are undefined in the same places, and elsewhere equal within the tolerance."""
    return len(one) == len(other) and all(
        (a is None) == (b is None)
        and (a is None or b is None or isclose(a, b, rel_tol=tolerance, abs_tol=tolerance))
        for a, b in zip(one, other, strict=True)
    )


def repeated(rows: Rows) -> Rows:
    """Return every row as often as its weight says, each of weight one."""
    times = rows.weight.astype(np.int64)
    whole = rows.take(np.repeat(np.arange(len(rows)), times))
    return replace(whole, weight=np.ones(len(whole)))
