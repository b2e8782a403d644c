"""Which policies are efficient and which one beats another, of records made by hand."""

from typing import Any

import pytest

from payoff.verdicts.costs import CostRecord, keeps, marked


def record(of: str, gain: float | None, **more: Any) -> CostRecord:
    held: dict[str, Any] = {
        "role": "challenger",
        "over": "nobody",
        "unit": "EUR per decision",
        "low": None,
        "high": None,
        "rows": 100,
        "method": "t",
        "tier": "A",
        "recurring": 0.0,
        "net_gain": gain,
    }
    return CostRecord(of=of, gain=gain, **(held | more))


def beaten(*records: CostRecord) -> dict[str, str | None]:
    return {one.of: one.beaten_by for one in marked(records)}


def test_a_policy_is_beaten_by_one_that_gains_more_for_less_and_by_none_that_takes_more() -> None:
    dear, cheap = record("dear", 2.0, recurring=3.0), record("cheap", 1.0, recurring=1.0)
    assert beaten(dear, cheap) == {"dear": None, "cheap": None}
    assert beaten(dear, cheap, record("best", 2.0, recurring=0.5)) == {
        "dear": "best",
        "cheap": "best",
        "best": None,
    }
    assert beaten(cheap, record("its twin", 1.0, recurring=1.0)) == {"cheap": None, "its twin": None}
    assert [one.efficient for one in marked((dear, cheap, record("loss", -1.0, recurring=1.0)))] == [
        True,
        True,
        False,
    ]


def test_of_several_that_beat_it_the_one_with_the_largest_gain_is_named() -> None:
    # A gain of nothing, that of the baseline itself, is less than one of half a cent.
    poor = record("poor", -1.0)
    assert beaten(poor, record("nobody", 0.0), record("half a cent", 0.005))["poor"] == "half a cent"
    assert beaten(poor, record("half a cent", 0.005), record("nobody", 0.0))["poor"] == "half a cent"
    assert beaten(record("unknown", None), poor) == {"unknown": None, "poor": None}


@pytest.mark.parametrize(
    ("first", "second", "is_compared"), [(95.0, 95.0, True), (95.0, 99.0, False), (95.0, None, True)]
)
def test_latencies_are_compared_at_one_percentile_alone(
    first: float, second: float | None, is_compared: bool
) -> None:
    # Where nothing is worked out the latency is 0 at every percentile.
    slow = record("slow", 1.0, latency=30.0, percentile=first)
    quick = record("quick", 1.0, latency=0.0 if second is None else 20.0, percentile=second)
    assert ("latency" in marked((slow, quick))[0].compared) == is_compared
    assert beaten(slow, quick) == {"slow": "quick" if is_compared else None, "quick": None}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-2.0, -1e-9, "loses"),
        (-2.0, 0.0, "cannot be told"),
        (-1e-9, 2.0, "cannot be told"),
        (0.0, 2.0, "keeps"),
        (0.0, 0.0, "keeps"),
    ],
)
def test_a_gain_that_may_be_as_large_as_the_models_is_not_lost(low: float, high: float, said: str) -> None:
    assert keeps(low, high) == said
