"""A share of the rows acted on, where the values of the spec are constants: intervals on the declared support."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from studies.coverage import topk
from studies.coverage.populations import Amounts
from studies.coverage.topk import LIKELY, TopShare

import payoff
from payoff.choices.supporting import Taking, support_of_share
from payoff.stats.contributions import contrast_of

GAIN, COST, SHARE = 20.0, 5.0, 0.1
# Two divisions of sums of a few hundred.
CLOSE = 1e-12


def rows_of(seed: int, n: int, *, digits: int | None = None, clusters: int | None = None) -> dict[str, Any]:
    """Return rows whose score is their chance of the outcome; of few digits it is tied."""
    rng = np.random.default_rng(seed)
    p = 0.7 * rng.random(n)
    rows = {"id": np.arange(n), "y": (rng.random(n) < p).astype(np.int64), "p": p, "q": rng.random(n)}
    if digits is not None:
        rows["p"] = np.round(p, digits)
    if clusters is not None:
        rows["who"] = rng.integers(0, clusters, n)
    return rows


def gain_of(rows: dict[str, Any], over: str = "nobody", **more: Any) -> Any:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"} | ({"cluster": "who"} if "who" in rows else {}),
        "value": {"act": f"(case when outcome then {GAIN} else 0 end) - {COST}", "skip": 0},
        "model": {"name": "m", "score": "p", "policy": {"capacity": SHARE}},
        "baselines": {"other": {"score": "q", "capacity": SHARE}},
        "today": over,
    } | more
    record = payoff.evaluate(pa.table(rows), spec).record
    return next(
        one
        for one in record.estimates
        if (one.metric, one.of, one.over, one.per, one.slice) == ("gain", "m", over, "decision", None)
    )


def by_influence(rows: dict[str, Any], places: float) -> tuple[float, float]:
    """Return value per row and its error, row by row: the best so many, less what the row at the cut is worth."""
    n = len(rows["p"])
    worth = np.where(np.asarray(rows["y"]) == 1, GAIN, 0.0) - COST
    worth = worth[np.argsort(-np.asarray(rows["p"]), kind="stable")]
    acted = np.clip(places - np.arange(n), 0.0, 1.0)
    near = np.clip(places + 0.01 * n - np.arange(n), 0.0, 1.0)
    near -= np.clip(places - 0.01 * n - np.arange(n), 0.0, 1.0)
    influence = (worth - near @ worth / near.sum()) * acted
    return float(acted @ worth / n), float(influence.std(ddof=1) / np.sqrt(n))


def test_few_events_have_an_interval_because_the_values_are_declared() -> None:
    found = gain_of(rows_of(1, 400))
    assert (found.tier, found.method) == ("F", "finite support")
    assert found.events is not None
    assert found.events < 50
    value, error = by_influence(rows_of(1, 400), 40.0)
    assert found.value == pytest.approx(value, abs=CLOSE)
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1.0, abs=0.15)


def test_with_many_rows_the_interval_is_that_of_the_value_above_the_one_at_the_cut() -> None:
    rows = rows_of(2, 20_000)
    found = gain_of(rows)
    value, error = by_influence(rows, 2_000.0)
    # Half a step of 20 in 20,000 rows, and a skewness that is nearly gone.
    assert found.low == pytest.approx(value - 1.96 * error, abs=0.05 * error)
    assert found.high == pytest.approx(value + 1.96 * error, abs=0.05 * error)


def test_no_row_found_a_gain_and_yet_the_upper_bound_knows_that_one_may() -> None:
    rows = rows_of(3, 300)
    rows["y"] = np.where(np.asarray(rows["p"]) > 0.4, 0, rows["y"])
    found = gain_of(rows)
    assert found.value == pytest.approx(-COST * SHARE)
    assert found.value < found.high <= SHARE * (GAIN - COST)


def test_tied_rows_that_are_few_are_shared_out_and_the_mean_stays() -> None:
    rows = rows_of(4, 400, digits=2)
    found = gain_of(rows)
    contrast = found.value
    assert found.tier == "F"
    assert found.low < contrast < found.high


def test_over_another_share_of_the_rows_both_cuts_move() -> None:
    found = gain_of(rows_of(5, 3_000), over="other")
    assert found.tier == "F"
    alone = gain_of(rows_of(5, 3_000))
    assert found.low < found.value < found.high
    assert found.high - found.low > alone.high - alone.low


def test_pending_rows_take_room_and_the_bounds_still_hold_the_mean() -> None:
    rows = rows_of(6, 2_000)
    rows["y"] = pa.array([None if j % 50 == 7 else int(one) for j, one in enumerate(rows["y"])])
    found = gain_of(rows)
    assert found.low < found.value < found.high


def test_teams_and_clusters_are_judged_by_their_moments() -> None:
    clustered = gain_of(rows_of(7, 3_000, clusters=900))
    assert clustered.tier in ("A", "A-")
    few = gain_of(rows_of(8, 240, clusters=120))
    assert few.tier in ("A-", "C")
    if few.tier == "C":
        assert "clusters hold an adverse row, 20 are needed" in few.note


def test_the_mean_over_the_support_and_what_it_is_more_is_the_gain_to_the_last_digit() -> None:
    top = TopShare(events=40, amounts=Amounts("constant"), sign=-1, clustered=False)
    rows = top.draw(np.random.default_rng(1))
    evidence = topk.evidence(rows)
    support = evidence.support
    assert support is not None
    mean = support.counts @ support.parts / support.counts.sum() + support.beyond(np.eye(2))
    assert mean @ LIKELY == pytest.approx(evidence.contrast.mean[0] @ LIKELY, abs=CLOSE)
    assert support.counts.sum() == len(rows.score)


def test_ties_of_ten_rows_of_each_outcome_stand_as_one_value() -> None:
    top = TopShare(events=40, amounts=Amounts("constant"), sign=1, clustered=False)
    rows = top.draw(np.random.default_rng(2))
    cells, many = topk._cells(rows), np.arange(len(rows.score)) < 300
    for tied, expected in ((many, 6), (np.arange(len(many)) < 3, 4)):
        acted = np.where(tied, 0.25, 0.0)
        taking = Taking(
            shares=np.stack([acted, 1.0 - acted], axis=1), options=np.eye(2), do=0, room=np.array([0.0, 1.5])
        )
        support = support_of_share(cells, np.array([[-1.0], [8.0]]), [taking])
        assert len(support.counts) == expected
        assert support.shift[1] == pytest.approx(1.5 * acted.mean(), abs=CLOSE)


def test_the_tail_of_a_moving_cut_is_that_of_what_the_rows_contribute() -> None:
    """A great loss among the few rows at the cut inflates the error of all; it must not hide the tail of the rest."""
    top = TopShare(events=100, amounts=Amounts("lognormal", 2.0), sign=-1, clustered=True)
    rows = top.draw(np.random.default_rng(3))
    acted, _ = topk._acted(rows, None)
    switches = np.stack([np.zeros(len(acted)), acted], axis=1)
    fixed = contrast_of(topk._cells(rows), switches, LIKELY)
    for at_the_cut in (0.0, -5.0, -500.0):
        offset = np.stack([np.zeros(len(acted)), (acted - topk.SHARE) * at_the_cut], axis=1)
        moving = contrast_of(topk._cells(rows), switches, LIKELY, offset)
        assert moving.skewness.tolist() == fixed.skewness.tolist()
    assert LIKELY @ moving.covariance[0] @ LIKELY > 10 * (LIKELY @ fixed.covariance[0] @ LIKELY)
