"""Intervals of linearised numbers: where they are trusted."""

import pytest

from payoff.stats.estimates import Interval
from payoff.stats.influence import ROUGH, with_interval


@pytest.mark.parametrize(("events", "tier", "note"), [(10, "A", None), (9, "C", ROUGH), (None, "C", ROUGH)])
def test_ten_rows_of_the_rarer_outcome_are_enough(events: int | None, tier: str, note: str | None) -> None:
    empty = Interval(
        value=None, low=None, high=None, level=0.95, rows=90, events=events, method="linearised", tier="C"
    )
    found = with_interval(empty, 0.5, 0.1)
    assert (found.tier, found.note) == (tier, note)
    assert (found.low, found.high) == pytest.approx((0.5 - 0.1959964, 0.5 + 0.1959964), abs=1e-7)
