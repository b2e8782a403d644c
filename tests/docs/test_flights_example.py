"""The story of the flights tells the numbers that the example gives."""

import re
from pathlib import Path

import pytest

import payoff
from payoff.stats.estimates import Estimate

ROOT = Path(__file__).resolve().parents[2]
PAGE = " ".join((ROOT / "docs/examples/flights.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def result() -> payoff.Result:
    return payoff.evaluate(None, ROOT / "examples/flights/flights.yaml")


def estimate(result: payoff.Result, metric: str, of: str, over: str | None = None) -> Estimate:
    return next(
        one
        for one in result.estimates
        if (one.metric, one.of, one.over, one.slice) == (metric, of, over, None)
        and one.per in (None, "decision")
    )


@pytest.mark.parametrize(
    ("words", "over"),
    [
        ("fifteen minutes for all (today)", "fifteen"),
        ("no buffer", "nobody"),
        ("one number for all, the best of the months before", "best so far"),
        ("one number per origin, the best of the months before", "best by origin"),
        ("yesterday's delay", "yesterday"),
        ("a table by hour of the day", "hourly"),
    ],
)
def test_every_gain_of_the_table_is_that_of_the_result(result: payoff.Result, words: str, over: str) -> None:
    gain = estimate(result, "gain", "boosted", over)
    row = re.search(rf"\| {re.escape(words)} \| (-?\d+) \| (-?\d+) to (-?\d+) \|", PAGE)
    assert row is not None
    assert tuple(int(one) for one in row.groups()) == tuple(
        round(one) for one in (gain.value, gain.low, gain.high)
    )


def test_the_sentences_say_what_the_result_says(result: payoff.Result) -> None:
    record = result.record
    assert f"{record.data.rows:,} flights" in PAGE
    assert f"by day, {record.data.clusters} of them" in PAGE
    parts = [estimate(result, "gain", "boosted", over).value for over in ("fifteen", "best so far")]
    assert f"{parts[0] - parts[1]:.0f} come from giving all flights another number" in PAGE
    errors = [estimate(result, "mean_absolute_error", one).value for one in ("boosted", "best so far")]
    assert f"({errors[0]:.1f} against {errors[1]:.1f} minutes)" in PAGE
    coverage = estimate(result, "interval_coverage", "boosted").value
    assert f"covers {100 * coverage:.0f}%" in PAGE
    first, second = record.verdict.hurdles
    assert (first.status, second.status) == ("cleared", "undecided")
    assert f"{100 * first.probability:.0f}% confident" in PAGE
    assert f"it is {100 * second.probability_sampling:.1f}%" in PAGE
    assert f"below {second.reason.rpartition(' ')[2]} the model is not worth it" in PAGE
    note = next(one.note for one in record.curves if one.kind == "cost_ratio" and one.over == "fifteen")
    assert note == "boosted costs less for ratios 0.01 to 0.82; fifteen costs less for ratios 0.88 to 0.99"
    assert "at most 82%" in PAGE
    assert "from 88% on" in PAGE
    level = next(one.at["alpha"] for one in result.estimates if one.metric == "mean_pinball_loss")
    assert level == pytest.approx(2 / 3)
