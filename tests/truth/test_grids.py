"""The same rows by exact scores and on a grid: what is exact stays equal, the rest within what is printed."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn import metrics

import payoff
from payoff.catalogue import score_cells
from payoff.choices import grids
from payoff.engines import open_engine
from payoff.running.gathering import Counted, counted_of
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec
from payoff.stats.ranking import auc_grid_bound
from payoff.tables import PENDING

Floats = NDArray[np.float64]
Rows = dict[str, Any]

N = 3_000
# Means over the same few thousand doubles, added in another order.
ORDER = 1e-12
# Bounds are printed to one significant digit, so that half of that digit may be missing from what is read.
PRINTED = 1.5
# Within a cell the logarithm is taken to the second order. The third falls with the cube of the cell's width over
# the distance to 0 or 1: below 1e-8 of the loss on the coarsest grid in use, wherever scores are not extreme.
SECOND_ORDER = 1e-6
# The bound that the grid puts on the AUC, as a share of its standard error: the promise of `choices.grids`.
SHARE = 0.1


def skilled(seed: int) -> tuple[NDArray[np.bool_], Floats, np.random.Generator]:
    """Return outcomes and a noisy view of what they come from."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, 1, N)
    return rng.random(N) < 1 / (1 + np.exp(1.5 - skill)), skill + rng.normal(0, 0.7, N), rng


def chance(view: Floats) -> Floats:
    return 1 / (1 + np.exp(1.5 - view))


Make = Callable[[Floats, np.random.Generator], Floats]
PROBABILITIES: dict[str, Make] = {
    "smooth": lambda view, rng: chance(view),
    "crowded about a half": lambda view, rng: 0.5 + 2e-4 * (chance(view) - 0.5),
    "of a tree": lambda view, rng: np.round(chance(view) * 12) / 12,
    "round": lambda view, rng: np.round(chance(view), 2),
    "round among others": lambda view, rng: np.where(
        rng.random(N) < 0.6, np.round(chance(view), 2), chance(view)
    ),
    "some certain": lambda view, rng: np.where(rng.random(N) < 0.01, chance(view) > 0.3, chance(view)),
    "next to nothing": lambda view, rng: chance(view) * 1e-9,
    "all but certain": lambda view, rng: 1 - chance(-view) * 1e-9,
}
RANKS: dict[str, Make] = {
    "normal": lambda view, rng: view,
    "negative": lambda view, rng: view - 50.0,
    "huge": lambda view, rng: view * 1e200,
    "at the end of doubles": lambda view, rng: view * 1e307,
    "with a constant part": lambda view, rng: 1000.0 + 1e-6 * view,
    "with a huge constant part": lambda view, rng: 1e15 + np.round(100 * view),
    "of both signs and all sizes": lambda view, rng: np.sinh(60 * view),
    "small": lambda view, rng: view * 1e-200,
}
SCORES = {
    **{f"probability {name}": ("probability", make) for name, make in PROBABILITIES.items()},
    **{f"rank {name}": ("rank", make) for name, make in RANKS.items()},
}
EQUAL: dict[str, tuple[str, float]] = {"probability": ("probability", 0.25), "rank": ("rank", -3.25)}
HARDER = [
    *(("probability smooth", data) for data in ("weights", "clusters", "pending")),
    ("probability round among others", "weights, clusters, pending"),
    ("rank with a constant part", "weights, clusters, pending"),
]


def rows_of(name: str, seed: int = 1, data: str = "plain") -> Rows:
    outcome, view, rng = skilled(seed)
    rows: Rows = {
        "id": np.arange(N),
        "s": SCORES[name][1](view, rng).astype(float),
        "amount": np.round(rng.gamma(2.0, 40.0, N), 2),
        "region": rng.choice(["north", "south", "west"], N),
        "y": outcome.astype(object),
    }
    if "weights" in data:
        rows["w"] = rng.choice([0.5, 1.0, 3.0], N)
    if "clusters" in data:
        rows["person"] = rng.integers(0, N // 4, N)
    if "pending" in data:
        rows["y"] = np.where(rng.random(N) < 0.1, None, rows["y"])
    return rows


def spec_of(kind: str, at: Any, rows: Rows) -> dict[str, Any]:
    named = {"weight": "w", "cluster": "person"}
    keys = {key: column for key, column in named.items() if column in rows}
    return {
        "decision": {"unit": "EUR", "volume": "12000 per year"},
        "data": {"outcome": "y", "id": "id", **keys},
        "value": {"act": "(case when outcome then 0.5 * amount else 0 end) - cost", "skip": 0},
        "assumptions": {"cost": 8},
        "model": {"name": "m", "score": "s", "score_is": kind, "policy": {"threshold": at}},
        "baselines": {"rule": {"when": "amount > 90", "do": "act"}},
        "today": "rule",
        "hurdles": [{"name": "worth it", "gain": "100 per year", "over": "today", "confidence": 0.9}],
        "guardrails": [
            {"metric": "recall", "at_least": 0.2},
            {"metric": "roc_auc", "at_least": 0.3, "in_every": ["region"]},
        ],
        "slices": ["region"],
    }


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rows, dict[str, Any]], tuple[Any, Any]]:
    """Return what evaluates rows by exact scores, and on a grid."""

    def evaluated(rows: Rows, spec: dict[str, Any]) -> tuple[Any, Any]:
        table = pa.table(rows)
        monkeypatch.setattr(grids, "EXACT_ROWS", N)
        exact = payoff.evaluate(table, spec)
        monkeypatch.setattr(grids, "EXACT_ROWS", 0)
        return exact, payoff.evaluate(table, spec)

    return evaluated


def by_key(found: Any) -> dict[str, Any]:
    keys = {repr((one.metric, one.of, one.over, one.per, one.slice)): one for one in found.estimates}
    assert len(keys) == len(found.estimates)
    return keys


def of_model(found: Any, metric: str) -> Any:
    return next(one for one in found.estimates if (one.metric, one.of, one.slice) == (metric, "m", None))


def bound_of(note: str | None) -> float:
    """Return the bound that a note prints; without a note scores turned out to need cells of their own."""
    if note is None:
        return 0.0
    found = re.search(r"within ([0-9.e+-]+) of the number by exact scores", note)
    assert found, note
    return float(found[1]) * PRINTED


def known(rows: Rows) -> tuple[NDArray[np.bool_], Floats, Floats | None]:
    """Return outcomes, scores and weights of the rows whose outcome is known."""
    here = np.array([label is not None for label in rows["y"]])
    weight = rows["w"][here] if "w" in rows else None
    return rows["y"][here].astype(bool), rows["s"][here], weight


def assert_equal_decisions(exact: Any, gridded: Any) -> None:
    """Assert that all but metrics of scores is equal: counts, money, verdict and hash; means but for rounding."""
    assert gridded.record.hash == exact.record.hash
    assert gridded.record.totals == exact.record.totals
    assert gridded.record.policies == exact.record.policies
    for one, other in zip(exact.verdict.hurdles, gridded.verdict.hurdles, strict=True):
        assert (other.status, other.reason) == (one.status, one.reason)
        assert [other.gain, other.low, other.high] == pytest.approx([one.gain, one.low, one.high], rel=1e-9)
    of_scores = ("roc_auc", "average_precision", "log_loss", "brier_score", "calibration")
    mine, theirs = by_key(exact), by_key(gridded)
    assert mine.keys() == theirs.keys()
    for name, one in mine.items():
        if not one.metric.startswith(of_scores) and one.metric != "local_calibration":
            for end in ("value", "low", "high"):
                was = getattr(one, end)
                expected = None if was is None else pytest.approx(was, rel=ORDER, abs=ORDER)
                assert getattr(theirs[name], end) == expected, name


def assert_scores_within_bounds(rows: Rows, found: Any, kind: str) -> None:
    """Assert that metrics of scores are those of scikit-learn, within what the result prints."""
    outcome, score, weight = known(rows)
    # Doubles of 1e307 would overflow in scikit-learn's own differences; ranks keep the metric.
    ranked = np.unique(score, return_inverse=True)[1].astype(float)
    area = of_model(found, "roc_auc")
    bound = bound_of(area.note)
    assert abs(area.value - metrics.roc_auc_score(outcome, ranked, sample_weight=weight)) <= bound + ORDER
    precision = of_model(found, "average_precision")
    exact = metrics.average_precision_score(outcome, ranked, sample_weight=weight)
    assert abs(precision.value - exact) <= bound_of(precision.note) + ORDER
    if kind == "probability":
        w = np.ones(len(score)) if weight is None else weight
        brier = np.average((outcome - score) ** 2, weights=w)
        assert of_model(found, "brier_score").value == pytest.approx(brier, rel=0, abs=ORDER)
        gap = np.average(outcome - score, weights=w)
        assert of_model(found, "calibration_in_the_large").value == pytest.approx(gap, rel=0, abs=ORDER)
        eps = np.finfo(float).eps
        loss = metrics.log_loss(outcome, np.clip(score, eps, 1 - eps), sample_weight=weight)
        assert of_model(found, "log_loss").value == pytest.approx(loss, rel=SECOND_ORDER)


@pytest.mark.parametrize("name", SCORES)
def test_with_a_fixed_threshold_a_grid_changes_no_decision_and_no_money(both: Any, name: str) -> None:
    rows = rows_of(name)
    at = float(np.quantile(rows["s"], 0.7, method="nearest"))
    exact, gridded = both(rows, spec_of(SCORES[name][0], at, rows))
    assert_equal_decisions(exact, gridded)
    assert_scores_within_bounds(rows, gridded, SCORES[name][0])


@pytest.mark.parametrize(("name", "data"), HARDER)
def test_a_grid_keeps_its_promises_under_weights_clusters_and_pending_outcomes(
    both: Any, name: str, data: str
) -> None:
    rows = rows_of(name, 2, data)
    at = float(np.quantile(rows["s"], 0.6, method="nearest"))
    exact, gridded = both(rows, spec_of(SCORES[name][0], at, rows))
    assert_equal_decisions(exact, gridded)
    assert_scores_within_bounds(rows, gridded, SCORES[name][0])


@pytest.mark.parametrize("exact_rows", [N, 0], ids=["exact", "grid"])
@pytest.mark.parametrize("data", ["plain", "weights"])
def test_the_area_in_every_slice_is_that_of_its_own_rows(
    monkeypatch: pytest.MonkeyPatch, exact_rows: int, data: str
) -> None:
    monkeypatch.setattr(grids, "EXACT_ROWS", exact_rows)
    rows = rows_of("probability smooth", 7, data)
    blind = rows["region"] == "west"
    rows["s"][blind] = np.random.default_rng(7).permutation(rows["s"][blind])
    found = payoff.evaluate(pa.table(rows), spec_of("probability", 0.3, rows))
    rails = [rail for rail in found.verdict.guardrails if rail.slice]
    assert {rail.slice["region"] for rail in rails} == {"north", "south", "west"}
    for rail in rails:
        here = rows["region"] == rail.slice["region"]
        weight = rows["w"][here] if "w" in rows else None
        expected = metrics.roc_auc_score(rows["y"][here].astype(bool), rows["s"][here], sample_weight=weight)
        # The grid is chosen for all rows: in a slice its bound is larger by the root of the slices.
        assert rail.value == pytest.approx(expected, abs=ORDER if exact_rows else 2e-3)


@pytest.mark.parametrize("kind", EQUAL)
def test_scores_that_are_all_equal_carry_no_ranking_on_a_grid_either(both: Any, kind: str) -> None:
    rows = rows_of("probability smooth")
    rows["s"] = np.full(N, EQUAL[kind][1])
    exact, gridded = both(rows, spec_of(kind, "best", rows))
    assert_equal_decisions(exact, gridded)
    assert of_model(gridded, "roc_auc").note == of_model(exact, "roc_auc").note


@pytest.mark.parametrize("name", ["probability of a tree", "probability round"])
def test_where_all_scores_of_a_cell_are_tied_every_metric_is_that_of_exact_scores(
    both: Any, name: str
) -> None:
    rows = rows_of(name)
    at = float(np.quantile(rows["s"], 0.7, method="nearest"))
    found = [by_key(one) for one in both(rows, spec_of("probability", at, rows))]
    for key, one in found[0].items():
        for end in ("value", "low", "high"):
            was = getattr(one, end)
            expected = None if was is None else pytest.approx(was, rel=1e-9, abs=ORDER)
            assert getattr(found[1][key], end) == expected, key
    assert bound_of(of_model_of(found[1], "roc_auc").note) == 0.0
    assert bound_of(of_model_of(found[1], "average_precision").note) == 0.0


def of_model_of(keyed: dict[str, Any], metric: str) -> Any:
    return next(one for one in keyed.values() if (one.metric, one.of, one.slice) == (metric, "m", None))


@pytest.mark.parametrize("name", SCORES)
def test_the_bound_on_the_area_is_below_a_tenth_of_its_error(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(grids, "EXACT_ROWS", 0)
    rows = rows_of(name, 3)
    cells = score_cells(gathered(rows, spec_of(SCORES[name][0], 0.5, rows)).scores["m"])
    # DeLong's variance by cells differs from that by exact scores by less than its own tenth.
    bound = 0.0 if cells.within is None else auc_grid_bound(cells)
    assert bound <= SHARE * stderr_of(rows) * 1.1


def stderr_of(rows: Rows) -> float:
    """Return DeLong's error of the AUC of exact scores, from placements of every row."""
    outcome, score, _ = known(rows)
    up, down = score[outcome], score[~outcome]
    above = np.array([np.mean(down < one) + np.mean(down == one) / 2 for one in up])
    below = np.array([np.mean(up > one) + np.mean(up == one) / 2 for one in down])
    return float(np.sqrt(above.var(ddof=1) / len(up) + below.var(ddof=1) / len(down)))


@pytest.mark.parametrize("data", ["plain", "weights, clusters, pending"])
@pytest.mark.parametrize("name", PROBABILITIES)
def test_a_threshold_from_value_splits_exactly_where_it_lies(
    monkeypatch: pytest.MonkeyPatch, name: str, data: str
) -> None:
    rows = rows_of(f"probability {name}", 4, data)
    spec = spec_of("probability", "from value", rows)
    exact = gathered(rows, spec)
    monkeypatch.setattr(grids, "EXACT_ROWS", 0)
    counted = gathered(rows, spec)
    at = threshold(counted)
    # Means of classes over stretches are added in another order than over exact scores.
    assert at == pytest.approx(threshold(exact), rel=ORDER)
    assert at in counted.cuts["m"].at
    states = np.array([PENDING if label is None else int(label) for label in rows["y"]])
    decided = counted.grounds.cells
    for state in (0, 1, PENDING):
        for action, acts in ((0, rows["s"] >= at), (1, rows["s"] < at)):
            cells = (decided.state == state) & (decided.actions["m"] == action)
            assert decided.moments.rows[cells].sum() == (acts & (states == state)).sum()
    cuts = counted.cuts["m"]
    above = cuts.block > int(np.searchsorted(cuts.at, at))
    assert cuts.cells.moments.rows[above].sum() == ((rows["s"] >= at) & (states != PENDING)).sum()


def threshold(counted: Counted) -> float:
    assert counted.grounds is not None
    return float(counted.grounds.choices.thresholds["m"] or 0.0)


@pytest.mark.parametrize("data", ["plain", "weights, clusters, pending"])
@pytest.mark.parametrize("name", SCORES)
def test_cuts_are_scores_of_known_rows_and_money_above_each_is_that_of_a_loop(
    monkeypatch: pytest.MonkeyPatch, name: str, data: str
) -> None:
    monkeypatch.setattr(grids, "EXACT_ROWS", 0)
    rows = rows_of(name, 5, data)
    counted = gathered(rows, spec_of(SCORES[name][0], float(np.max(rows["s"])), rows))
    cuts = counted.cuts["m"]
    outcome, score, weight = known(rows)
    assert set(cuts.at.tolist()) <= {*score.tolist(), rows["s"].max()}
    assert cuts.at[0] == score.min()
    assert (np.diff(cuts.at) > 0).all()
    here = np.array([label is not None for label in rows["y"]])
    worth = np.where(outcome, 0.5 * rows["amount"][here], 0.0) - 8
    worth *= 1.0 if weight is None else weight
    value = cuts.cells.moments.part_sums() @ counted.plan.valuation.values().T[:, 0]
    for t, cut in enumerate(cuts.at):
        above = cuts.block > t
        assert cuts.cells.moments.rows[above].sum() == (score >= cut).sum()
        assert value[above].sum() == pytest.approx(worth[score >= cut].sum(), rel=1e-9, abs=1e-6)


def gathered(rows: Rows, spec: dict[str, Any]) -> Counted:
    with open_engine(pa.table(rows)) as engine:
        return counted_of(tabulate(load_spec(spec), engine, lambda _: None))


@pytest.mark.parametrize("name", ["probability smooth", "rank normal", "probability crowded about a half"])
def test_a_tuned_threshold_is_worth_nearly_as_much_as_the_best_of_all_scores(both: Any, name: str) -> None:
    rows = rows_of(name, 6)
    found = [of_model(one, "claimed_value") for one in both(rows, spec_of(SCORES[name][0], "best", rows))]
    # The two grids of cuts differ by less than a hundredth of the rows, near the top of a flat curve.
    assert found[1].value == pytest.approx(found[0].value, rel=0.05)
