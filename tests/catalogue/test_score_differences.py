"""How scores differ on the same rows, through results: exact, weighted, clustered, on grids, saved and added."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from tests.stats.score_tables import cells_of
from tests.stats.test_paired_scores import pairs_of, two_scores

import payoff
from payoff.errors.store import TablesLack
from payoff.stats.paired_scores import PairCells, loss_difference, loss_sums, roc_auc_difference
from payoff.stats.paired_scores import roc_auc_difference_by_products as by_products
from payoff.stats.pairs_on_grid import PairRanges, placement_products, widened_loss_sums
from payoff.stats.ranking import delong_paired

# Sums of at most some hundred terms of order one.
ROUNDING = 1e-10
# Sums over some thousand rows in the order of an engine.
ENGINE = 1e-9
# On a grid placements are read off at the mean score of a cell: of second order in its width.
SECOND_ORDER = 0.005
GRIDDED = 200_100
METRICS = ("roc_auc", "brier_score", "log_loss")


def drawn(count: int, noise: float = 0.2, seed: int = 1) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    score = generator.beta(1.5, 4.0, count)
    other = score + noise * generator.normal(size=count) * np.minimum(score, 1 - score)
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "y": generator.random(count) < score,
            "p": score,
            "q": other.clip(1e-4, 1 - 1e-4),
            "w": generator.choice([1.0, 2.5], count),
            "person": np.arange(count) // 4,
        }
    )


def spec_of(**more: object) -> dict[str, object]:
    both = {"score_is": "probability", "policy": {"threshold": 0.25}}
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 3 else -1 end", "skip": 0},
        "model": {"name": "new", "score": "p", **both},
        "challengers": {"old": {"score": "q", **both}},
        "metrics": ["paired_differences"],
        **more,
    }


def differences(rows: pd.DataFrame, of: str = "new", over: str = "old", **more: object) -> dict[str, object]:
    return picked(payoff.evaluate(rows, spec_of(**more)), of, over)


def picked(found: payoff.Result, of: str = "new", over: str = "old") -> dict[str, object]:
    return {
        one.metric: one
        for one in found.estimates
        if (one.of, one.over) == (of, over) and one.metric in METRICS
    }


def by_row(rows: pd.DataFrame, name: str) -> np.ndarray:
    y, p, q = (rows[column].to_numpy() for column in ("y", "p", "q"))
    if name == "brier_score":
        return (p - y) ** 2 - (q - y) ** 2
    return np.log(np.where(y, q, 1 - q)) - np.log(np.where(y, p, 1 - p))


def test_products_read_off_own_tables_are_the_paired_delong_of_the_rows_on_a_thousand_data_sets() -> None:
    for first, second, y, w in two_scores(11, 1_000):
        pairs = pairs_of(first, second, y, w)
        own, other = cells_of(first, y, w), cells_of(second, y, w)
        found = by_products(own, other, placement_products(pairs, own, other))
        expected = roc_auc_difference(pairs)
        assert found.value == pytest.approx(expected.value, abs=ROUNDING)
        if found.stderr and expected.stderr:
            assert found.stderr**2 == pytest.approx(expected.stderr**2, abs=ROUNDING)
        none = PairRanges(
            first_low=pairs.first, first_high=pairs.first, second_low=pairs.second, second_high=pairs.second
        )
        plain = loss_sums(pairs, "log_loss")
        assert widened_loss_sums(pairs, none, "log_loss", plain.mean) == plain


def test_the_error_read_off_own_tables_is_the_same_however_small_a_weight_all_rows_share() -> None:
    for first, second, y, w in two_scores(12, 20):
        # Cells of a tenth of each score hold several of them; by a power of two no digit changes.
        plain, small = (
            by_products(own, other, placement_products(pairs, own, other))
            for own, other, pairs in (
                (
                    cells_of(first, y, v),
                    cells_of(second, y, v),
                    pairs_of(first.round(1), second.round(1), y, v),
                )
                for v in (w, w / 1024)
            )
        )
        assert small == plain


def test_a_cell_of_two_grids_adds_half_the_reach_of_its_losses_squared() -> None:
    # Popoviciu: a number between a and b has at most a variance of ((b - a) / 2)^2. One positive with a first score
    # of 0 to 1 loses 1 to 0 by Brier's score, and none by a second score that is known: ((1 - 0) / 2)^2.
    one, none = np.ones(1), np.zeros(1)
    pairs = PairCells(
        first=one / 2,
        second=one,
        positive=one,
        negative=none,
        positive_squared=one,
        negative_squared=none,
        positives=1,
        negatives=0,
    )
    ranges = PairRanges(first_low=none, first_high=one, second_low=one, second_high=one)
    plain = loss_sums(pairs, "brier_score")
    wide = widened_loss_sums(pairs, ranges, "brier_score", plain.mean)
    assert wide.spread - plain.spread == pytest.approx(0.25)
    assert wide.squared_spread - plain.squared_spread == pytest.approx(0.25)


def test_on_few_rows_they_are_those_of_all_pairs_of_rows() -> None:
    rows = drawn(900)
    rows[["p", "q"]] = rows[["p", "q"]].round(2).clip(0.01, 0.99)
    found, y = differences(rows), rows["y"].to_numpy()
    gap, variance = delong_paired(rows["p"].to_numpy(), rows["q"].to_numpy(), y)
    assert found["roc_auc"].value == pytest.approx(gap, abs=ENGINE)
    sklearn = roc_auc_score(y, rows["p"]) - roc_auc_score(y, rows["q"])
    assert found["roc_auc"].value == pytest.approx(sklearn, abs=ENGINE)
    reach = 1.959963984540054 * variance**0.5
    assert (found["roc_auc"].low, found["roc_auc"].high) == pytest.approx(
        (gap - reach, gap + reach), abs=ENGINE
    )
    assert (found["roc_auc"].method, found["roc_auc"].tier) == ("delong_paired", "A")
    for name in METRICS[1:]:
        assert found[name].value == pytest.approx(by_row(rows, name).mean(), abs=ENGINE)
        assert found[name].low < found[name].value < found[name].high
        assert found[name].method == "hall_paired"


def test_weights_count_and_rows_of_pending_outcome_do_not() -> None:
    rows = drawn(900)
    found = differences(rows, data={"outcome": "y", "id": "id", "weight": "w"})
    y, w = rows["y"], rows["w"]
    area = roc_auc_score(y, rows["p"], sample_weight=w) - roc_auc_score(y, rows["q"], sample_weight=w)
    assert found["roc_auc"].value == pytest.approx(area, abs=ENGINE)
    assert found["brier_score"].value == pytest.approx(
        np.average(by_row(rows, "brier_score"), weights=w), abs=ENGINE
    )
    later = rows.assign(y=rows["y"].astype(object).where(rows["id"] % 3 > 0, None))
    kept = rows[rows["id"] % 3 > 0]
    pending = differences(later)
    assert pending["roc_auc"].rows == len(kept)
    assert pending["roc_auc"].value == pytest.approx(differences(kept)["roc_auc"].value, abs=ENGINE)


@pytest.mark.parametrize("more", [{}, {"data": {"outcome": "y", "id": "id", "cluster": "person"}}], ids=str)
def test_the_other_way_round_is_what_the_other_model_as_the_judged_one_would_tell(more) -> None:
    rows = drawn(600)
    swapped = spec_of(**more)
    swapped |= {"model": {**swapped["challengers"]["old"], "name": "old"}}
    swapped["challengers"] = {"new": {key: one for key, one in spec_of()["model"].items() if key != "name"}}
    back, first = (
        differences(rows, "old", "new", **more),
        picked(payoff.evaluate(rows, swapped), "old", "new"),
    )
    for name in METRICS:
        one, other = back[name], first[name]
        assert (one.rows, one.events, one.method, one.tier) == (
            other.rows,
            other.events,
            other.method,
            other.tier,
        )
        assert (one.value, one.low, one.high) == pytest.approx(
            (other.value, other.low, other.high), rel=ENGINE
        )


def test_in_clusters_the_groups_tell_the_error() -> None:
    rows = drawn(300)
    copies = pd.concat([rows.assign(person=rows["id"])] * 4).assign(id=range(1_200))
    plain = differences(rows)
    found = differences(copies, data={"outcome": "y", "id": "id", "cluster": "person"})
    for name in METRICS:
        assert found[name].value == pytest.approx(plain[name].value, abs=ENGINE)
        assert found[name].method == "paired, delete-a-group jackknife"
    naive = differences(copies)["brier_score"]
    assert found["brier_score"].high - found["brier_score"].low > 1.4 * (naive.high - naive.low)


def test_ranks_have_no_losses_and_one_column_does_not_differ_from_itself() -> None:
    rows = drawn(600).assign(r=lambda table: table["q"] * 7 - 3)
    rank = {"score": "r", "score_is": "rank", "policy": {"threshold": -1.0}}
    again = {"score": "p", "score_is": "probability", "policy": {"threshold": 0.4}}
    more = {"challengers": {"old": rank, "again": again, "copy": {**again, "score": "p2"}}}
    found = payoff.evaluate(rows.assign(p2=rows["p"]), spec_of(**more))
    assert set(picked(found)) == {"roc_auc"}
    # A rising map of a score has the same difference.
    assert picked(found)["roc_auc"].value == pytest.approx(differences(rows)["roc_auc"].value, abs=ENGINE)
    for name in ("again", "copy"):
        for one in picked(found, "new", name).values():
            assert (one.value, one.low, one.note) == (
                0.0,
                None,
                "no interval: both scores treat every row alike",
            )


def test_nothing_is_counted_unless_a_spec_asks(tmp_path: Path) -> None:
    rows = drawn(400)
    path = tmp_path / "rows.parquet"
    rows.to_parquet(path)
    asked = spec_of()
    plain = {key: value for key, value in asked.items() if key != "metrics"}
    payoff.tabulate(path, plain, tmp_path / "plain.tables")
    with pytest.raises(TablesLack, match="scores of new and old together"):
        payoff.evaluate(None, asked, tables=[tmp_path / "plain.tables"])
    assert not picked(payoff.evaluate(rows, plain))


def test_on_a_grid_the_difference_carries_the_bounds_of_both_and_errors_are_no_smaller() -> None:
    rows = drawn(GRIDDED)
    found, y = differences(rows), rows["y"].to_numpy()
    gap, variance = delong_paired(rows["p"].to_numpy(), rows["q"].to_numpy(), y)
    area = found["roc_auc"]
    bound = float(area.note.rsplit("within ", 1)[1].split(" ")[0])
    # The bound is printed to one digit.
    assert abs(area.value - gap) <= 1.5 * bound + ENGINE
    assert (area.high - area.low) / 2 / 1.959963984540054 == pytest.approx(variance**0.5, rel=SECOND_ORDER)
    for name in METRICS[1:]:
        error = by_row(rows, name).std(ddof=1) / GRIDDED**0.5
        width = (found[name].high - found[name].low) / 2 / 1.96
        assert error * (1 - 1e-4) <= width <= error * (1 + SECOND_ORDER)
    assert found["brier_score"].value == pytest.approx(by_row(rows, "brier_score").mean(), abs=ENGINE)


def test_on_a_grid_scores_that_hardly_differ_are_not_told_apart_and_equal_ones_do_not_differ() -> None:
    rows = drawn(GRIDDED, noise=0.001)
    found = differences(rows)
    assert found["roc_auc"].tier == "C"
    assert "too small to be told on a grid" in found["roc_auc"].note
    for one in differences(rows.assign(q=rows["p"])).values():
        assert (one.value, one.low) == (0.0, None)


def test_saved_tables_of_two_halves_add_up_to_those_of_the_whole(tmp_path: Path) -> None:
    rows = drawn(2_000)
    spec = spec_of()
    whole = picked(payoff.evaluate(rows, spec))
    saved = []
    for number, part in enumerate((rows[:900], rows[900:])):
        path = tmp_path / f"{number}.tables"
        part.to_parquet(tmp_path / f"{number}.parquet")
        payoff.tabulate(
            tmp_path / f"{number}.parquet", spec, path, **({"choices": saved[0]} if saved else {})
        )
        saved.append(path)
    added = picked(payoff.evaluate(None, spec, tables=saved))
    for name in METRICS:
        assert (added[name].value, added[name].low) == pytest.approx(
            (whole[name].value, whole[name].low), abs=ENGINE
        )


drawn_rows = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans()), min_size=4, max_size=30
).map(lambda rows: [*rows, (3, 4, True), (5, 2, False), (6, 2, True), (5, 7, False)])


@given(drawn_rows)
def test_turning_outcomes_and_scores_round_changes_nothing_and_copies_only_narrow(drawn_twice) -> None:
    first, second, y = (np.array(column, float) for column in zip(*drawn_twice, strict=True))
    first, second = first / 10, second / 10
    once = roc_auc_difference(pairs_of(first, second, y))
    turned = roc_auc_difference(pairs_of(1 - first, 1 - second, 1 - y))
    assert turned.value == pytest.approx(once.value, abs=ROUNDING)
    assert (turned.stderr or 0.0) == pytest.approx(once.stderr or 0.0, abs=1e-7)
    twice = roc_auc_difference(pairs_of(*(np.tile(column, 2) for column in (first, second, y))))
    assert twice.value == pytest.approx(once.value, abs=ROUNDING)
    if once.stderr and twice.stderr:
        # Between P - 1 and 2 P - 1 rows of either outcome.
        assert 0.3 < twice.stderr**2 / once.stderr**2 < 0.5
    loss = loss_difference(loss_sums(pairs_of(first, second, y), "brier_score"))
    back = loss_difference(loss_sums(pairs_of(1 - first, 1 - second, 1 - y), "brier_score"))
    assert back.value == pytest.approx(loss.value, abs=ROUNDING)
