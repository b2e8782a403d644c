"""Slices: they add up to the whole exactly, however many there are, and coarser entries are queries of their own."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import payoff
from payoff.choices import Choices, Grid
from payoff.tables import PENDING, Cells
from payoff.tabulation import Asking, count_decisions, count_sliced_scores

Make = Callable[..., Any]

MANY = 10_000
# Ten thousand slices take some ten seconds of estimating on one slow core; a minute means that the time
# grows with their square.
SECONDS = 60.0
# Texts that read as the word for something else are quoted, so that no two values share a name.
CHANNELS = ("web", "Web", "", None, "(missing)", '"(missing)"', "(other)", '"')
NAMED = {
    None: "(missing)",
    "(missing)": '"(missing)"',
    '"(missing)"': '""(missing)""',
    "(other)": '"(other)"',
}
# Sums of some thousand doubles in another order.
ORDER = 1e-9
ENTRIES: list[Any] = [
    "region",
    "channel",
    ["region", "channel"],
    ["channel", "grade"],
    ["grade", "region"],
    "grade",
]
FIXED = Choices(thresholds={"m": 0.5}, grids={"m": Grid(kind="exact")})
GRID = Choices(thresholds={"m": 0.5}, grids={"m": Grid(kind="probability", steps=64, coarse=2, at=0.5)})


def rows_of(seed: int, n: int = 2_000) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.3).astype(object)
    return {
        "id": np.arange(n),
        "y": pa.array(
            [None if late else int(one) for one, late in zip(label, rng.random(n) < 0.1, strict=True)]
        ),
        "p": np.round(rng.random(n), 4),
        "a": rng.integers(-4000, 4000, n) / 100,
        "w": rng.choice([0.5, 1.0, 2.0], n),
        "person": rng.integers(0, n // 4, n),
        "region": pa.array([None if one == 0 else "abcd"[one - 1] for one in rng.integers(0, 5, n)]),
        "channel": pa.array([CHANNELS[one] for one in rng.integers(0, len(CHANNELS), n)]),
        "grade": rng.integers(0, 3, n),
    }


def by_state(cells: Cells) -> dict[tuple[int, int, int], list[Any]]:
    """Return rows, exact money and weights by state, action and group."""
    out: dict[tuple[int, int, int], list[Any]] = {}
    keys = zip(cells.state.tolist(), cells.actions["m"].tolist(), strict=True)
    for place, (state, action) in enumerate(keys):
        one = cells.take(np.array([place]))
        here = out.setdefault((state, action), [0, 0, 0, 0.0, 0.0])
        here[0] += int(one.moments.rows[0])
        for a, total in enumerate(one.moments.exact_totals()):
            here[1 + a] += total
        here[3] += float(one.moments.weight[0])
        here[4] += float(one.moments.part_sums()[0].sum())
    return out


def assert_same_sums(one: Cells, other: Cells) -> None:
    mine, theirs = by_state(one), by_state(other)
    assert mine.keys() == theirs.keys()
    for key, sums in mine.items():
        assert sums[:3] == theirs[key][:3], key
        assert sums[3:] == pytest.approx(theirs[key][3:], rel=ORDER, abs=ORDER), key


DATA = {
    "plain": {"id": "id"},
    "weights": {"id": "id", "weight": "w"},
    "clusters": {"id": "id", "cluster": "person"},
}
VALUE = {"act": "case when outcome then a else -fee end", "skip": "rate * a"}


@pytest.fixture
def decided(open_rows: Make, make_spec: Make) -> Callable[..., Any]:
    """Return what counts decisions by slice."""

    def of(rows: dict[str, Any], slices: list[Any], kind: str = "plain", **more: Any) -> Any:
        spec = make_spec(VALUE, **DATA[kind]) | {"slices": slices} | more
        with open_rows(rows, spec) as (plan, engine, ready):
            return count_decisions(Asking(plan, engine, ready), FIXED)

    return of


@pytest.mark.parametrize("kind", DATA)
def test_slices_of_every_entry_add_up_to_the_whole_exactly(decided: Make, kind: str) -> None:
    found = decided(rows_of(1), ENTRIES, kind)
    assert [table.entry for table in found.slices] == [
        (one,) if isinstance(one, str) else tuple(one) for one in ENTRIES
    ]
    for table in found.slices:
        assert_same_sums(table.cells, found.policies)
        assert table.values == tuple(sorted(table.values))
        assert (np.diff(table.index) >= 0).all()


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_an_entry_beside_finer_ones_is_the_entry_asked_for_alone(
    decided: Make, kind: str, entry: Any
) -> None:
    rows = rows_of(2)
    alone = decided(rows, [entry], kind).slices[0]
    beside = decided(rows, ENTRIES, kind).slices[ENTRIES.index(entry)]
    assert beside.values == alone.values
    for (where, cells), (_, others) in zip(beside.parts(), alone.parts(), strict=True):
        assert set(where) == set(alone.entry)
        assert_same_sums(cells, others)


@pytest.mark.parametrize("kind", DATA)
def test_every_slice_holds_the_rows_that_a_mask_picks(decided: Make, kind: str) -> None:
    rows = rows_of(3)
    text = {
        name: np.array([NAMED.get(one, str(one)) for one in pa.array(rows[name]).to_pylist()])
        for name in ("region", "channel", "grade")
    }
    state = np.array([PENDING if one is None else one for one in rows["y"].to_pylist()])
    quanta = np.where(state == 1, np.rint(rows["a"] * 10_000), -30_000).astype(int)
    for table in decided(rows, ENTRIES, kind).slices:
        seen = 0
        for where, cells in table.parts():
            mask = np.all([text[column] == label for column, label in where.items()], axis=0)
            seen += int(mask.sum())
            for key, sums in by_state(cells).items():
                here = mask & (state == key[0]) & ((rows["p"] >= 0.5) == (key[1] == 0))
                assert sums[0] == here.sum()
                assert sums[1] == (quanta[here].sum() if key[0] != PENDING else 0)
        assert seen == len(state)


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("choices", [FIXED, GRID], ids=["exact", "grid"])
def test_sliced_scores_hold_the_scores_of_their_own_rows(
    open_rows: Make, make_spec: Make, kind: str, choices: Choices
) -> None:
    rows = rows_of(4)
    state = np.array([PENDING if one is None else one for one in rows["y"].to_pylist()])
    region = np.array(["(missing)" if one is None else one for one in rows["region"].to_pylist()])
    weight = rows["w"] if kind == "weights" else np.ones(len(state))
    with open_rows(rows, make_spec(VALUE, **DATA[kind]) | {"slices": ["region"]}) as (plan, engine, ready):
        tables = count_sliced_scores(Asking(plan, engine, ready), plan.spec.model, choices)
    for where, cells in tables[0].parts():
        for known in (0, 1, PENDING):
            mask, mine = (region == where["region"]) & (state == known), cells.where(cells.state == known)
            assert mine.moments.rows.sum() == mask.sum()
            sums = mine.score @ mine.moments.weight
            expected = float(rows["p"][mask] @ weight[mask])
            if known == 2:  # weights of pending rows are no part of moments
                continue
            assert sums == pytest.approx(expected, rel=ORDER)
            if mine.spread is None:
                found = np.repeat(mine.score, mine.moments.rows)
                np.testing.assert_array_equal(np.sort(found), np.sort(rows["p"][mask]))
            else:
                assert (mine.spread.low.min(), mine.spread.high.max()) == (
                    rows["p"][mask].min(),
                    rows["p"][mask].max(),
                )


def test_ten_thousand_slices_are_counted_in_one_scan_and_reconcile(decided: Make) -> None:
    rows = rows_of(5, 4 * MANY)
    rows["branch"] = np.array([f"branch {j % MANY:05d}" for j in range(4 * MANY)])
    started = time.process_time()
    found = decided(rows, ["branch", ["branch", "grade"], "region"])
    assert time.process_time() - started < SECONDS
    assert len(found.slices[0].values) == MANY
    assert len(found.slices[1].values) > 2 * MANY
    total = sum(int(cells.moments.rows.sum()) for _, cells in found.slices[0].parts())
    assert total == 4 * MANY
    exact = found.policies.moments.exact_totals()
    for table in found.slices:
        assert table.cells.moments.exact_totals() == exact


def test_a_result_with_ten_thousand_slices_reconciles_with_its_total() -> None:
    rows = rows_of(6, 3 * MANY)
    rows["branch"] = np.array([f"branch {j % MANY:05d}" for j in range(3 * MANY)])
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then a else -3 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
        "slices": ["branch"],
        "metrics": ["value"],
    }
    started = time.process_time()
    found = payoff.evaluate(pa.table(rows), spec)
    assert time.process_time() - started < SECONDS
    known = np.array([one is not None for one in rows["y"].to_pylist()])
    branch = rows["branch"]
    by_branch = {one: int(n) for one, n in zip(*np.unique(branch[known], return_counts=True), strict=True)}
    worth = [one for one in found.estimates if (one.metric, one.of, one.per) == ("value", "m", "decision")]
    whole = next(one for one in worth if one.slice is None)
    parts = sum(
        one.value * by_branch[one.slice["branch"]] for one in worth if one.slice and one.value is not None
    )
    assert parts == pytest.approx(whole.value * known.sum(), rel=ORDER)
