"""Values and gains with their evidence, against arrays of rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from payoff.choices import Choices, choose_threshold
from payoff.comparison import Comparison, Grounds, compare, compare_parts
from payoff.engines import open_engine
from payoff.running import gathering
from payoff.running.gathering import Counted
from payoff.running.tabulating import tabulate
from payoff.spec import load_spec
from payoff.stats.inference import interval, intervals, tier_of

# Means and variances of two thousand amounts below a hundred, summed in another order.
ROUNDING = 1e-9
N = 2000
Columns = dict[str, np.ndarray]


def rows_of(seed: int = 0, n: int = N) -> Columns:
    rng = np.random.default_rng(seed)
    p = rng.random(n).round(2)
    return {
        "y": (rng.random(n) < p).astype(np.int64),
        "p": p,
        "amount": rng.integers(4, 200, n) / 4,
        "seen": rng.choice(["yes", "no"], n),
    }


def counted_of(rows: Columns, at: Any = 0.4, value: dict[str, Any] | None = None, **more: Any) -> Counted:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y"},
        "value": value or {"act": "(case when outcome then amount else 0 end) - 8", "skip": "-1"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": at}},
        "baselines": {
            "recorded": {"decided": "seen", "as": {"yes": "act", "no": "skip"}},
            "coin": {"random": 0.25},
        },
        "today": "recorded",
        **more,
    }
    with open_engine(pa.table(rows)) as engine:
        return gathering.counted_of(tabulate(load_spec(spec), engine, lambda _: None))


def grounds_of(*given: Any, **more: Any) -> Grounds:
    found = counted_of(*given, **more).grounds
    assert found is not None
    return found


def point(grounds: Grounds, found: Comparison) -> float:
    return float(found.point @ grounds.valuation.contrast())


def worth(rows: Columns) -> dict[str, np.ndarray]:
    """Return what every row is worth under each policy."""
    act, skip = np.where(rows["y"] == 1, rows["amount"], 0.0) - 8, np.full(len(rows["y"]), -1.0)
    taken = {
        "m": (rows["p"] >= 0.4).astype(float),
        "recorded": (rows["seen"] == "yes").astype(float),
        "coin": np.full(len(act), 0.25),
        "nobody": np.zeros(len(act)),
        "everybody": np.ones(len(act)),
    }
    return {name: share * act + (1 - share) * skip for name, share in taken.items()}


@pytest.mark.parametrize("of", ["m", "recorded", "coin", "nobody", "everybody"])
@pytest.mark.parametrize("over", [None, "m", "recorded", "coin", "nobody", "everybody"])
def test_every_value_and_gain_is_the_mean_over_rows_with_its_standard_error(
    of: str, over: str | None
) -> None:
    rows = rows_of()
    grounds, by_row = grounds_of(rows), worth(rows)
    found = compare(grounds, of, over)
    gain = by_row[of] - (0.0 if over is None else by_row[over])
    assert point(grounds, found) == pytest.approx(gain.mean(), rel=ROUNDING, abs=ROUNDING)
    made = interval(found.evidence, grounds.valuation.contrast())
    assert made.stderr == pytest.approx(gain.std(ddof=1) / np.sqrt(N), rel=1e-6, abs=ROUNDING)
    assert made.rows == N
    if over is not None and "coin" not in (of, over):
        differ = {
            "m": rows["p"] >= 0.4,
            "recorded": rows["seen"] == "yes",
            "nobody": False,
            "everybody": True,
        }
        assert found.differing == int(np.sum(np.broadcast_to(differ[of] != differ[over], (N,))))


def test_a_part_of_the_cells_is_compared_on_its_own() -> None:
    rows = rows_of(1)
    grounds = grounds_of(rows)
    group = (np.arange(N) + 1) % 20
    part = (grounds.cells.group >= 7).astype(np.int64)
    found = compare_parts(grounds, "m", "recorded", grounds.cells, part, 2)
    gain = worth(rows)["m"] - worth(rows)["recorded"]
    assert point(grounds, found[0]) == pytest.approx(gain[group < 7].mean(), rel=ROUNDING)
    assert point(grounds, found[1]) == pytest.approx(gain[group >= 7].mean(), rel=ROUNDING)


CONSTANT = {"act": "case when outcome then 10 else -2 end", "skip": "0"}


@pytest.mark.parametrize("value", [None, CONSTANT], ids=["amounts", "constants"])
@pytest.mark.parametrize("cluster", [None, "person"], ids=["rows", "clusters"])
@pytest.mark.parametrize("over", [None, "recorded", "coin", "nobody"])
def test_many_parts_at_once_are_what_each_is_alone(
    value: dict[str, str] | None, cluster: str | None, over: str | None
) -> None:
    rows = rows_of(7)
    labels: list[Any] = rows["y"].tolist()
    labels[::5] = [None] * len(labels[::5])
    people = {"person": np.arange(N) // 3}
    data = {"outcome": "y"} | ({"cluster": cluster} if cluster else {})
    grounds = grounds_of(rows | people | {"y": labels}, 0.4, value, data=data)
    cells, likely = grounds.cells, grounds.valuation.contrast()
    part = np.searchsorted([3, 4, 12], cells.group, side="right")
    order = np.argsort(part, kind="stable")
    cells, part = cells.take(order), part[order] + (part[order] > 1)  # part 2 is empty
    together = compare_parts(grounds, "m", over, cells, part, 5)
    assert len(together) == 5
    for number, one in enumerate(together):
        alone = compare(replace(grounds, cells=cells.where(part == number)), "m", over)
        assert (one.differing, one.note) == (alone.differing, alone.note)
        assert one.evidence.about == alone.evidence.about
        mine, theirs = one.evidence.contrast, alone.evidence.contrast
        assert (mine.units, mine.rows, mine.clustered) == (theirs.units, theirs.rows, theirs.clustered)
        for name in ("mean", "covariance", "skewness", "deciding_events", "degrees_of_freedom"):
            assert getattr(mine, name) == pytest.approx(
                getattr(theirs, name), rel=ROUNDING, abs=ROUNDING, nan_ok=True
            )
        if alone.evidence.support is not None:
            assert one.evidence.support is not None
            assert one.evidence.support.counts.tolist() == alone.evidence.support.counts.tolist()
    found = intervals([one.evidence for one in together], likely, 0.9, [None] * 5)
    for one, made in zip(together, found, strict=True):
        alone_made = interval(one.evidence, likely, 0.9)
        assert (made.tier, made.method, made.note) == (alone_made.tier, alone_made.method, alone_made.note)
        for end in ("value", "low", "high"):
            was = getattr(alone_made, end)
            assert getattr(made, end) == (
                None if was is None else pytest.approx(was, rel=ROUNDING, nan_ok=True)
            )


def test_pending_rows_are_in_no_gain() -> None:
    rows = rows_of(2)
    labels: list[Any] = rows["y"].tolist()
    labels[::3] = [None] * len(labels[::3])
    grounds = grounds_of(rows | {"y": labels})
    known = np.arange(N) % 3 != 0
    gain = (worth(rows)["m"] - worth(rows)["nobody"])[known]
    found = compare(grounds, "m", "nobody")
    assert point(grounds, found) == pytest.approx(gain.mean(), rel=ROUNDING)
    assert found.evidence.contrast.rows == int(known.sum())


def test_constant_values_rest_on_counts_of_what_can_happen() -> None:
    rows = rows_of(3)
    value = {"act": "case when outcome then 10 else -2 end", "skip": 0}
    grounds = grounds_of(rows, 0.4, value)
    found = compare(grounds, "m", "nobody")
    support = found.evidence.support
    assert support is not None
    assert tier_of(found.evidence).tier == "F"
    values = support.parts @ grounds.valuation.contrast()
    acted = rows["p"] >= 0.4
    expected = {10.0: int((acted & (rows["y"] == 1)).sum()), -2.0: int((acted & (rows["y"] == 0)).sum())}
    for amount, count in expected.items():
        assert support.counts[np.isclose(values, amount)].sum() == count
    assert support.counts.sum() == N
    assert compare(grounds_of(rows), "m", "nobody").evidence.support is None


def test_a_declared_cap_bounds_what_one_row_can_contribute() -> None:
    value = {"act": "(case when outcome then amount else 0 end) - 8", "skip": 0}
    grounds = grounds_of(rows_of(4), 0.4, value, cap={"gain": 42, "loss": 8})
    for over, ends in (("nobody", (-8.0, 42.0)), ("everybody", (-42.0, 8.0)), ("recorded", (-42.0, 42.0))):
        within = compare(grounds, "m", over).evidence.within
        assert within is not None
        assert (within.low, within.high) == ends
    assert grounds.beyond_cap == 0
    assert grounds_of(rows_of(4), 0.4, value, cap={"gain": 10, "loss": 8}).beyond_cap > 0
    assert compare(grounds_of(rows_of(4)), "m", "nobody").evidence.within is None


def test_a_threshold_tuned_on_few_events_is_judged_on_the_other_half() -> None:
    rows = rows_of(5, n=90)
    grounds = grounds_of(rows, "best")
    tuned = grounds.choices.tuned["m"]
    assert tuned.method == "half-split"
    found = compare(grounds, "m", "recorded")
    group = (np.arange(90) + 1) % 20
    act = np.where(rows["y"] == 1, rows["amount"], 0.0) - 8
    at = grounds.choices.thresholds["m"]
    gain = np.where(rows["p"] >= at, act, -1.0) - np.where(rows["seen"] == "yes", act, -1.0)
    assert point(grounds, found) == pytest.approx(gain[group % 2 == 1].mean(), rel=ROUNDING)
    assert found.claimed is not None
    assert float(found.claimed @ grounds.valuation.contrast()) == pytest.approx(gain.mean(), rel=ROUNDING)
    assert "even groups" in str(found.note)


def test_a_half_says_nothing_where_the_tail_of_all_rows_is_too_heavy() -> None:
    rows = rows_of(11)
    # One great loss among the rows on which the threshold is chosen, above every cut.
    rows["p"][1], rows["y"][1], rows["amount"][1], rows["seen"][1] = 1.0, 0, 5_000.0, "no"
    value = {"act": "case when outcome then 30 else -amount end", "skip": 0}
    grounds = grounds_of(rows, "best", value)
    assert grounds.choices.tuned["m"].method == "half-split"
    found = compare(grounds, "m", "nobody")
    judged = tier_of(found.evidence)
    assert (judged.tier, judged.reason) == ("C", "no_verdict_tier")
    assert "tail" in str(judged.note)
    assert "from value" in str(found.note)
    assert found.claimed is not None


def test_a_half_that_can_take_few_values_is_judged_on_its_declared_support() -> None:
    rows = rows_of(5, n=90)
    grounds = grounds_of(rows, "best", {"act": "case when outcome then 10 else -6 end", "skip": 0})
    assert grounds.choices.tuned["m"].method == "half-split"
    found = compare(grounds, "m", "nobody")
    at, odd = grounds.choices.thresholds["m"], (np.arange(90) + 1) % 2 == 1
    acted = odd & (rows["p"] >= at)
    expected = {10.0: int((acted & (rows["y"] == 1)).sum()), -6.0: int((acted & (rows["y"] == 0)).sum())}
    support = found.evidence.support
    assert support is not None
    assert tier_of(found.evidence).tier == "F"
    values = support.parts @ grounds.valuation.contrast()
    assert {x: int(support.counts[np.isclose(values, x)].sum()) for x in expected} == expected
    assert support.counts.sum() == odd.sum()
    assert interval(found.evidence, grounds.valuation.contrast()).low is not None


@pytest.mark.parametrize("people", [40, 48])
def test_a_cut_of_clusters_that_can_take_few_values_asks_twenty_that_hold_a_loss(people: int) -> None:
    rows = rows_of(8, n=4 * people) | {"person": np.repeat(np.arange(people), 4)}
    rows["p"], rows["y"] = rows["p"].round(1), (np.arange(4 * people) % 4 > 0).astype(np.int64)
    data = {"outcome": "y", "cluster": "person"}
    grounds = grounds_of(rows, "best", CONSTANT, data=data, today="nobody")
    against = grounds.choices.tuned["m"].against["nobody"]
    adverse = [
        len(np.unique(rows["person"][(rows["p"] >= at) & (rows["y"] == 0)]))
        for at in grounds.choices.tuned["m"].cuts.at
    ]
    assert against.contrast.adverse is not None
    assert against.contrast.adverse.tolist() == adverse
    # No cut decides in fifty clusters: there are fewer.
    assert not (against.allowed & (np.array(adverse) < 20)).any()
    assert against.allowed.any()
    assert tier_of(compare(grounds, "m", "nobody").evidence).tier == "A-"
    # Where values come from a column fifty are asked.
    told = grounds_of(
        rows, "best", {"act": "case when outcome then amount else -2 end", "skip": "0"}, data=data
    )
    found = told.choices.tuned["m"].against["nobody"].contrast
    assert found.adverse is None


def test_the_deployed_cut_is_bounded_over_those_that_may_have_been_picked() -> None:
    rows = rows_of(9, n=20_000)
    grounds = grounds_of(rows, "best", {"act": "case when outcome then 10 else -10 end", "skip": "0"})
    tuned, likely = grounds.choices.tuned["m"], grounds.valuation.contrast()
    for over in ("recorded", "nobody", "everybody", "coin"):
        evidence = compare(grounds, "m", over).evidence
        short = evidence.contrast.shortlist
        assert short is not None
        assert short.kept[evidence.rule]
        assert 1 < short.kept.sum() < len(tuned.cuts.at)
        # The list is of the cuts that may be best against today, whatever they are judged against.
        names = tuned.cuts.at[tuned.against[over].allowed][short.kept]
        assert set(names) <= set(tuned.cuts.at[np.abs(tuned.cuts.at - 0.5) < 0.25])
        whole = replace(evidence, contrast=replace(evidence.contrast, shortlist=None))
        near, far = interval(evidence, likely), interval(whole, likely)
        assert far.low < near.low < near.value < near.high < far.high


def test_a_threshold_that_these_rows_would_not_pick_is_bounded_over_all() -> None:
    rows = rows_of(9, n=20_000)
    counted = counted_of(rows, "best", {"act": "case when outcome then 10 else -10 end", "skip": "0"})
    grounds, cuts = counted.grounds, counted.cuts["m"]
    assert grounds is not None
    at = grounds.choices.thresholds["m"]
    for held, listed in ((at, True), (0.8, False)):
        choices = choose_threshold(
            grounds.spec, grounds.valuation, grounds.spec.model, cuts, Choices(), {"m": held}
        )
        band = choices.tuned["m"].against["recorded"].band
        assert band is not None
        assert (band.shortlist is not None) == listed


def test_gains_over_a_threshold_tuned_here_say_so() -> None:
    grounds = grounds_of(rows_of(6), "best")
    part = np.zeros(len(grounds.cells), dtype=np.int64)
    assert "tuned on these rows" in str(compare(grounds, "nobody", "m").note)
    assert "tuned on these rows" in str(compare_parts(grounds, "m", None, grounds.cells, part, 1)[0].note)
    value = compare(grounds, "m", None)
    assert tier_of(value.evidence).tier == "C"
    assert "no interval" in str(value.note)
