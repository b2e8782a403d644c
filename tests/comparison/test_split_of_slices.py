"""What a result tells of the split of a slice's difference from the rest: when, of what rows, and why not."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.comparison.shifted import (
    Columns,
    rows_of,
    spec_of,
)
from tests.quantities.conftest import spec_of as order_spec
from tests.truth import many

import payoff
from payoff.errors import PayoffError
from payoff.spec import load_spec
from payoff.stats.estimates import Estimate

# Sums of a thousand doubles in another order.
ROUNDING = 1e-9
METRICS = {"reweighted": "gain_reweighted", "mix": "mix_effect", "performance": "performance_effect"}
PARTS = ("mix_effect", "performance_effect")


def evaluated(rows: Columns, spec: dict[str, Any] | None = None) -> dict[tuple[str, str], Estimate]:
    """Return the estimates of slices by metric and slice."""
    result = payoff.evaluate(pa.table(rows), spec or spec_of())
    return {(one.metric, next(iter(one.slice.values()))): one for one in result.estimates if one.slice}


def test_a_result_holds_the_split_of_every_slice_with_plain_and_adjusted_bounds() -> None:
    found = evaluated(rows_of(1, n=9_000))
    for month in ("01", "02", "03"):
        whole = found["gain_difference", month]
        parts = [found[metric, month] for metric in PARTS]
        assert sum(one.value for one in parts) == pytest.approx(whole.value, rel=1e-12)
        assert found["gain_reweighted", month].value + parts[0].value == pytest.approx(
            found["gain", month].value, rel=1e-12
        )
        for one in (*parts, found["gain_reweighted", month]):
            assert one.low_adjusted < one.low < one.value < one.high < one.high_adjusted
            assert (one.unit, one.over, one.adjustment) == (
                "EUR per decision",
                "everybody",
                "Bonferroni over 3 slices",
            )
            assert one.method.startswith("Hall t against the rest")
            assert (one.rows, one.events) == (whole.rows, whole.events)


def test_they_are_there_only_when_asked_for() -> None:
    spec = spec_of()
    del spec["metrics"]
    assert not {metric for metric, _ in evaluated(rows_of(1), spec)} & set(METRICS.values())


def test_a_slice_without_an_outcome_that_others_have_is_told_nothing_of() -> None:
    rows = rows_of(1)
    rows["y"][rows["month"] == "03"] = 0
    found = evaluated(rows)
    for metric in METRICS.values():
        one = found[metric, "03"]
        assert (one.value, one.low, one.high, one.low_adjusted, one.tier) == (None, None, None, None, "C")
        assert one.note == "not evaluated: no positive outcome in this slice, and some in the others"
        assert found[metric, "01"].value is not None
    rows["y"][rows["month"] == "03"] = 1
    assert evaluated(rows)["mix_effect", "03"].note.startswith("not evaluated: no negative outcome")


def test_an_outcome_that_the_slice_alone_has_gives_no_interval() -> None:
    rows = rows_of(1, n=6_000)
    rows["y"][rows["month"] != "01"] = 0
    found = evaluated(rows)
    # All its positives are mix: none are among the others.
    assert found["mix_effect", "01"].value is not None
    assert found["mix_effect", "01"].low is None
    assert found["mix_effect", "01"].events == 0


def test_pending_rows_are_left_out() -> None:
    rows = rows_of(4, n=3_000)
    known = evaluated(rows)
    extra = {name: np.concatenate([column, column[:500]]) for name, column in rows.items()}
    extra["id"] = np.arange(3_500)
    outcome = pa.array([*rows["y"].tolist(), *[None] * 500], type=pa.int64())
    table = pa.table({**extra, "y": outcome})
    spec = spec_of()
    result = payoff.evaluate(table, spec)
    for one in result.estimates:
        if one.metric in METRICS.values():
            other = known[one.metric, one.slice["month"]]
            assert (one.value, one.low, one.high) == pytest.approx(
                (other.value, other.low, other.high), rel=ROUNDING
            )


def test_where_a_gain_is_refused_an_interval_so_is_its_split() -> None:
    rows = rows_of(4, n=6_000)
    # In the last month only rows without an outcome are decided otherwise than today.
    pending = (rows["month"] == "03") & (rows["p"] < 0.4)
    outcome = pa.array([None if gone else int(y) for gone, y in zip(pending, rows["y"], strict=True)])
    result = payoff.evaluate(pa.table({**rows, "y": outcome}), spec_of())
    told = [one for one in result.estimates if one.metric in METRICS.values()]
    assert {one.low for one in told} == {None}
    assert all("only rows whose outcome is pending" in one.note for one in told)


def test_policies_that_decide_alike_differ_by_exactly_nothing() -> None:
    spec = spec_of() | {"today": "twin", "baselines": {"twin": {"when": "p >= 0.4"}}}
    rows = rows_of(1)
    rows["y"][rows["month"] == "02"] = 0
    found = evaluated(rows, spec)
    for metric in METRICS.values():
        one = found[metric, "02"]
        assert (one.value, one.low, one.high, one.tier) == (0.0, 0.0, 0.0, "A")


@pytest.mark.parametrize("data", [{}, {"cluster": "person"}])
def test_gains_that_outcomes_alone_make_differ_by_the_mix_alone(data: dict[str, str]) -> None:
    spec = spec_of(**data) | {"model": {"name": "m", "policy": {"always": "act"}}, "today": "nobody"}
    spec["value"] = {"act": "case when outcome then 7.3 else -1.1 end", "skip": "0"}
    rows = rows_of(1, n=3_000)
    found = evaluated(rows, spec)
    for month in ("01", "02", "03"):
        here = rows["month"] == month
        mix, performance = found["mix_effect", month], found["performance_effect", month]
        apart = rows["y"][here].mean() - rows["y"][~here].mean()
        assert mix.value == pytest.approx(8.4 * apart, abs=ROUNDING)
        assert mix.low < mix.value < mix.high
        assert (performance.value, performance.low) == (0.0, None)
        assert performance.note == "no interval: the rows show no spread in it"


def test_the_only_slice_has_no_rest_and_says_so() -> None:
    rows = rows_of(1)
    rows["month"] = np.repeat("01", len(rows["y"]))
    found = evaluated(rows)
    assert {found[metric, "01"].note for metric in METRICS.values()} == {
        "not evaluated: there are no other rows to compare with"
    }


def test_without_slices_it_says_so() -> None:
    result = payoff.evaluate(pa.table(rows_of(1)), {**spec_of(), "slices": []})
    (one,) = [each for each in result.estimates if each.metric == "shift_effects"]
    assert (one.value, one.note) == (None, "not evaluated: the spec names no slices")


def test_quantities_have_no_shares_of_outcomes() -> None:
    spec = order_spec()
    spec["metrics"] = ["shift_effects"]
    with pytest.raises(PayoffError, match="shift_effects"):
        load_spec(spec)


def test_of_several_classes_every_one_is_re_weighted() -> None:
    rows = many.rows_of(3, 1_200)
    spec = many.spec_of() | {"slices": ["region"], "metrics": ["accuracy", "shift_effects"]}
    found = evaluated(rows, spec)
    for region in ("north", "south"):
        parts = [found[metric, region].value for metric in PARTS]
        assert sum(parts) == pytest.approx(found["gain_difference", region].value, rel=1e-12)
    rows["y"] = np.where((rows["region"] == "south") & (rows["y"] == "default"), "late", rows["y"])
    lacking = evaluated(rows, spec)["mix_effect", "south"]
    assert (lacking.value, lacking.note) == (
        None, "not evaluated: no outcome 'default' in this slice, and some in the others",
    )  # fmt: skip


def test_rows_drawn_by_outcome_give_the_shares_of_the_world() -> None:
    rows = rows_of(2, n=60_000)
    whole = evaluated(rows)
    rng = np.random.default_rng(0)
    # A tenth of the negatives is kept, wherever they are.
    kept = (rows["y"] == 1) | (rng.random(len(rows["y"])) < 0.1)
    drawn = evaluated(
        {name: column[kept] for name, column in rows.items()},
        spec_of(sampled="by outcome", prevalence=float(rows["y"].mean())),
    )
    for metric in METRICS.values():
        one = drawn[metric, "03"]
        assert one.low < whole[metric, "03"].value < one.high
        assert one.note.startswith("takes rows as drawn by their outcome alone, alike in every slice")
