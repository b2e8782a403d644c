"""Net benefit through results: asked for, on exact scores and on grids, in clusters, at a given prevalence, refused."""

import numpy as np
import pandas as pd
import pytest

import payoff
from payoff.api import read_result

# Sums over some thousand rows in the order of an engine.
ENGINE = 1e-9
GRIDDED = 200_100


def drawn(count: int = 3_000, seed: int = 1) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    score = generator.beta(1.5, 4.0, count)
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "y": generator.random(count) < score,
            "p": score,
            "q": (score + generator.normal(0, 0.1, count)).clip(0.001, 0.999),
            "r": score * 9 - 3,
            "person": np.arange(count) // 3,
        }
    )


def evaluated(rows: pd.DataFrame, **more: object) -> payoff.Result:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 3 else -1 end", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": 0.25}},
        "challengers": {
            "old": {"score": "q", "score_is": "probability", "policy": {"threshold": 0.3}},
            "rank": {"score": "r", "score_is": "rank", "policy": {"threshold": 0.0}},
        },
        "metrics": ["net_benefit"],
        **more,
    }
    return payoff.evaluate(rows, spec)


def curve(found: payoff.Result, over: str, of: str = "new") -> dict[str, np.ndarray]:
    one = next(
        each for each in found.record.curves if (each.kind, each.of, each.over) == ("net_benefit", of, over)
    )
    return {name: np.array(column, dtype=float) for name, column in one.points.items()}


def at_use(found: payoff.Result, over: str, of: str = "new") -> object:
    return next(
        each for each in found.estimates if (each.metric, each.of, each.over) == ("net_benefit", of, over)
    )


def by_row(rows: pd.DataFrame, threshold: float, over: str, score: str = "p") -> np.ndarray:
    y, acted = rows["y"].to_numpy(float), (rows[score] >= threshold).to_numpy(float)
    worth = y - (1 - y) * threshold / (1 - threshold)
    return acted * worth - (worth if over == "everybody" else 0.0)


def test_curves_and_the_number_in_use_are_those_of_the_rows() -> None:
    rows = drawn()
    found = evaluated(rows)
    for over in ("nobody", "everybody"):
        points = curve(found, over)
        assert {0.0, 0.02, 0.25} <= set(points["threshold"].round(9))
        expected = [by_row(rows, t, over).mean() for t in points["threshold"]]
        assert points["value"] == pytest.approx(expected, abs=ENGINE)
        shown = ~np.isnan(points["low"])
        assert (points["band_low"][shown] <= points["low"][shown]).all()
        one = at_use(found, over)
        row = by_row(rows, 0.25, over)
        assert one.value == pytest.approx(row.mean(), abs=ENGINE)
        width = 2 * 1.96 * row.std(ddof=1) / len(row) ** 0.5
        assert one.high - one.low == pytest.approx(width, rel=0.01)  # Hall's bend and t for normal
        assert (one.at, one.unit, one.method, one.tier) == ({"threshold": 0.25}, "1", "hall_paired", "A")
    points = curve(found, "nobody")
    rate, odds = rows["y"].mean(), points["threshold"] / (1 - points["threshold"])
    assert points["everybody"] == pytest.approx(rate - (1 - rate) * odds, abs=ENGINE)
    points = curve(found, "everybody")
    assert np.isnan(points["avoided"][0])
    assert points["avoided"][1:] == pytest.approx((points["value"] / odds.clip(1e-9) * 100)[1:], abs=1e-7)


def test_it_is_there_for_who_asks_and_a_rank_is_told_why_it_has_none() -> None:
    found = evaluated(drawn(500))
    assert {each.of for each in found.record.curves if each.kind == "net_benefit"} == {"new", "old"}
    refused = at_use(found, "nobody", "rank")
    assert (refused.value, refused.at) == (None, None)
    assert refused.note.endswith("this score is a rank")
    plain = evaluated(drawn(500), metrics=["recall"])
    assert not [each for each in plain.record.curves if each.kind == "net_benefit"]
    assert not [each for each in plain.estimates if each.metric == "net_benefit"]


def test_rows_of_pending_outcome_are_left_out() -> None:
    rows = drawn(1_000)
    pending = rows.assign(y=rows["y"].astype(object).where(rows["id"] % 4 > 0, None))
    kept = rows[rows["id"] % 4 > 0]
    one = at_use(evaluated(pending), "everybody")
    assert one.value == pytest.approx(by_row(kept, 0.25, "everybody").mean(), abs=ENGINE)
    assert one.rows == len(kept)


def test_at_a_given_prevalence_rows_of_each_outcome_are_samples_of_their_own() -> None:
    rows, rate = drawn(), 0.05
    found = evaluated(rows, data={"outcome": "y", "id": "id", "prevalence": rate})
    y, acted, odds = rows["y"], rows["p"] >= 0.25, 0.25 / 0.75
    recall, alarms = acted[y].mean(), acted[~y].mean()
    one = at_use(found, "nobody")
    assert one.value == pytest.approx(rate * recall - (1 - rate) * odds * alarms, abs=ENGINE)
    variance = rate**2 * recall * (1 - recall) / (y.sum() - 1)
    variance += ((1 - rate) * odds) ** 2 * alarms * (1 - alarms) / ((~y).sum() - 1)
    assert one.high - one.low == pytest.approx(2 * 1.96 * variance**0.5, rel=0.01)
    assert curve(found, "nobody")["everybody"][0] == pytest.approx(rate, abs=ENGINE)


def test_in_clusters_bounds_come_from_groups_and_no_band_is_given() -> None:
    rows = drawn(500)
    copies = pd.concat([rows.assign(person=rows["id"])] * 4).assign(id=range(2_000))
    data = {"outcome": "y", "id": "id", "cluster": "person"}
    found, naive = evaluated(copies, data=data), evaluated(copies)
    one, other = at_use(found, "nobody"), at_use(naive, "nobody")
    assert one.value == pytest.approx(other.value, abs=ENGINE)
    assert one.high - one.low > 1.4 * (other.high - other.low)
    assert one.method == "paired, delete-a-group jackknife"
    points = curve(found, "nobody")
    assert np.isnan(points["band_low"]).all()
    assert not np.isnan(points["low"]).all()


def test_on_a_grid_thresholds_are_where_cells_begin_and_numbers_there_are_exact() -> None:
    rows = drawn(GRIDDED)
    found = evaluated(rows)
    for over in ("nobody", "everybody"):
        points = curve(found, over)
        expected = [by_row(rows, t, over).mean() for t in points["threshold"]]
        assert points["value"] == pytest.approx(expected, abs=ENGINE)
        row = by_row(rows, 0.25, over)
        assert at_use(found, over).value == pytest.approx(row.mean(), abs=ENGINE)
    hundredths = np.arange(50) / 50
    away = np.abs(points["threshold"][:, None] - hundredths).min(axis=0)
    assert away.max() < 0.001


def test_a_tuned_threshold_is_said_to_be_tuned() -> None:
    tuned = {"name": "new", "score": "p", "score_is": "probability", "policy": {"threshold": "best"}}
    one = at_use(evaluated(drawn(), model=tuned), "nobody")
    assert "threshold tuned on these rows" in one.note
    assert 0.0 < one.at["threshold"] < 1.0


def test_the_report_draws_it_and_the_file_reads_back(tmp_path) -> None:
    found = evaluated(drawn(800), challengers={})
    page = found.to_html()
    for words in (
        "Net benefit of new",
        "Actions that new avoids",
        "acting on everybody",
        "simultaneous band",
    ):
        assert words in page
    found.save(tmp_path)
    assert read_result(tmp_path / "result.json").to_html() == page


def gap(found: payoff.Result, over: str = "old", of: str = "new") -> object:
    return at_use(found, over, of)


def row_gap(rows: pd.DataFrame, at: float) -> np.ndarray:
    return by_row(rows, at, "nobody") - by_row(rows, at, "nobody", "q")


def test_the_gap_to_another_score_is_that_of_the_rows_at_the_models_threshold() -> None:
    rows = drawn()
    one, each = gap(evaluated(rows)), row_gap(rows, 0.25)
    assert one.value == pytest.approx(each.mean(), abs=ENGINE)
    assert one.at == {"threshold": 0.25}
    assert one.tier == "A"
    half = 1.96 * each.std(ddof=1) / len(rows) ** 0.5
    # Hall's bounds of a light tail: within a tenth of the normal interval's half width.
    assert (one.low, one.high) == pytest.approx((one.value - half, one.value + half), abs=half / 10)
    back = gap(evaluated(rows), "new", "old")
    assert back.value == pytest.approx(-row_gap(rows, 0.3).mean(), abs=ENGINE)


def test_a_rank_has_no_gap_and_a_score_none_to_itself() -> None:
    twin = {"score": "p", "score_is": "probability", "policy": {"threshold": 0.4}}
    rank = {"score": "r", "score_is": "rank", "policy": {"threshold": 0.0}}
    found = evaluated(drawn(), challengers={"twin": twin, "rank": rank})
    assert (gap(found, "twin").value, gap(found, "twin").low, gap(found, "twin").high) == (0.0, 0.0, 0.0)
    pairs = {(one.of, one.over) for one in found.estimates if one.metric == "net_benefit"}
    assert {pair for pair in pairs if pair[1] not in ("nobody", "everybody")} == {
        ("new", "twin"),
        ("twin", "new"),
    }


def test_in_clusters_the_gap_is_jackknifed_and_on_a_grid_too() -> None:
    rows = drawn()
    clustered = gap(evaluated(rows, data={"outcome": "y", "id": "id", "cluster": "person"}))
    assert clustered.value == pytest.approx(row_gap(rows, 0.25).mean(), abs=ENGINE)
    assert "jackknife" in clustered.method
    assert clustered.low < clustered.value < clustered.high
    many = drawn(GRIDDED)
    one, each = gap(evaluated(many)), row_gap(many, 0.25)
    error = each.std(ddof=1) / GRIDDED**0.5
    # The other score's threshold moves to an edge of its grid.
    assert one.value == pytest.approx(each.mean(), abs=error)
    # Wider by what the cells that lie on both sides of the threshold may hold.
    assert 3.9 * error < one.high - one.low < 4.5 * error
    assert one.events > 1_000
