"""The best of model and challengers: bounds that hold for all of them at once, as a result tells them."""

import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import payoff
from payoff.rendering.best_of import best_of_lines

Maker = Callable[..., Any]
# One multiplier process computed in another order of sums and of candidates.
ORDER = 1e-8


def challenger(score: str, threshold: Any = 0.3) -> dict[str, Any]:
    return {"score": score, "score_is": "probability", "policy": {"threshold": threshold}}


def gains(found: Any, per: str = "decision", metric: str = "gain") -> dict[tuple[str, str], Any]:
    baselines = {one.name for one in found.record.policies if one.role == "baseline"}
    return {
        (one.of, one.over): one
        for one in found.estimates
        if one.metric == metric and one.per == per and one.slice is None and one.over in baselines
    }


def ends(one: Any) -> tuple[float, float]:
    return one.low_adjusted, one.high_adjusted


@pytest.fixture
def evaluated(make_rows: Maker, make_spec: Maker) -> Callable[..., Any]:
    rows = make_rows(3, 4_000)
    rows["third"] = np.round(np.random.default_rng(5).random(4_000), 3)

    def run(challengers: dict[str, Any] | None, threshold: Any = 0.25, **data: str) -> Any:
        spec = make_spec(threshold, id="id", **data)
        if challengers is None:
            del spec["challengers"]
        else:
            spec["challengers"] = challengers
        return payoff.evaluate(pa.table(rows), spec)

    return run


def test_without_a_challenger_nothing_is_adjusted(evaluated: Maker) -> None:
    for one in gains(evaluated(None)).values():
        assert (one.low_adjusted, one.high_adjusted, one.adjustment) == (None, None, None)


def test_the_band_is_wider_than_one_interval_and_narrower_than_bonferronis(evaluated: Maker) -> None:
    found = gains(evaluated({"old": challenger("older"), "luck": challenger("third", 0.5)}))
    for (of, over), one in found.items():
        assert one.adjustment == "band over 3 candidates"
        width = (one.high_adjusted - one.low_adjusted) / (one.high - one.low)
        # By normal quantiles; t quantiles of 4,000 rows and the bend of a light tail move the ratio by less.
        assert 1.0 < width <= stats.norm.ppf(1 - 0.025 / 3) / stats.norm.ppf(0.975) * 1.02, (of, over)


def test_a_copy_of_a_challenger_changes_no_bound(evaluated: Maker) -> None:
    some = {"old": challenger("older"), "luck": challenger("third", 0.5)}
    before, after = gains(evaluated(some)), gains(evaluated({**some, "copy": challenger("older")}))
    for pair, one in before.items():
        assert ends(after[pair]) == pytest.approx(ends(one), rel=ORDER)


def test_a_copy_of_the_model_alone_leaves_its_own_interval(evaluated: Maker) -> None:
    for one in gains(evaluated({"copy": challenger("p", 0.25)})).values():
        assert ends(one) == pytest.approx((one.low, one.high), rel=ORDER)


def test_the_order_of_challengers_does_not_matter(evaluated: Maker) -> None:
    some = {"old": challenger("older"), "luck": challenger("third", 0.5)}
    one, other = (gains(evaluated(dict(items))) for items in (some.items(), reversed(some.items())))
    for pair, gain in one.items():
        assert ends(other[pair]) == pytest.approx(ends(gain), rel=ORDER)


def test_amounts_per_year_are_those_per_decision_at_the_volume(evaluated: Maker) -> None:
    found = evaluated({"old": challenger("older")})
    each, yearly = gains(found), gains(found, "year")
    for pair, one in each.items():
        assert ends(yearly[pair]) == pytest.approx([12_000 * end for end in ends(one)])


def test_a_tuned_threshold_pays_its_part_of_the_error_beside_its_own_band(evaluated: Maker) -> None:
    found = gains(evaluated({"old": challenger("older")}, "best"))
    for one in found.values():
        assert one.low_adjusted < one.low
        assert one.high_adjusted > one.high


def test_a_candidate_that_decides_as_the_baseline_gains_nothing_for_certain(evaluated: Maker) -> None:
    found = gains(evaluated({"all": challenger("older", 0.0)}))
    assert ends(found["all", "everybody"]) == (0.0, 0.0)
    alone = found["new", "everybody"]
    assert ends(alone) == pytest.approx((alone.low, alone.high), rel=ORDER)


def test_clusters_widen_the_band_by_their_own_draws(evaluated: Maker) -> None:
    rows, clustered = (
        gains(evaluated({"old": challenger("older")}, **more)) for more in ({}, {"cluster": "person"})
    )
    for pair, one in clustered.items():
        assert one.low_adjusted < one.low
        assert ends(one) != pytest.approx(ends(rows[pair]), rel=1e-3)


def test_every_teller_says_what_the_best_gains_at_least(evaluated: Maker) -> None:
    found = evaluated({"old": challenger("older"), "<b>luck": challenger("third", 0.5)})
    yearly = gains(found, "year")
    best = max((one.low_adjusted, of) for (of, over), one in yearly.items() if over == "everybody")
    assert best[0] > 0.0
    assert max(one.high_adjusted for (_, over), one in yearly.items() if over == "rule") < 0.0
    for told in (html.unescape(found.to_markdown()), found.to_html()):
        assert "Over everybody: the best of 3 candidates, whichever it was, gains at least EUR" in told
        assert "none of 3 candidates gains; the best loses at least EUR" in told
    assert "97.5% sure" in found.to_html()
    assert "<b>luck" not in found.to_html()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (
            -20.0,
            30.0,
            "is not shown to gain; whichever it was, it may lose up to EUR 20 per year (new; 97.5% sure)",
        ),
        (
            5.0,
            30.0,
            "the best of 2 candidates, whichever it was, gains at least EUR 5 per year (new; 97.5% sure)",
        ),
        (-20.0, -3.0, "none of 2 candidates gains; the best loses at least EUR 3 per year (97.5% sure)"),
        (None, None, "none of 2 candidates has an interval that can be trusted"),
    ],
)
def test_what_is_said_of_the_best_follows_its_bounds(
    evaluated: Maker, low: float | None, high: float | None, words: str
) -> None:
    record = evaluated({"old": challenger("older")}).record
    shift = {"new": 0.0, "old": -1.0}
    moved = tuple(
        one
        if one.adjustment is None or one.low_adjusted is None
        else replace(
            one, low_adjusted=low and low + shift[one.of], high_adjusted=high and high + shift[one.of]
        )
        for one in record.estimates
    )
    lines = best_of_lines(replace(record, estimates=moved))
    assert len(lines) == 5
    assert lines[0].startswith("Over rule (today): ")
    assert all(words in line for line in lines)


def test_challengers_get_no_verdict(evaluated: Maker) -> None:
    found = evaluated({"old": challenger("older")})
    assert {one.of for one in found.verdict.hurdles} == {"new"}
