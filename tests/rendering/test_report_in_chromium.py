"""Labels of the report keep off each other and inside their charts at any magnitude of money."""

from dataclasses import replace

import fakes
import pytest
from looking import faults_of_layout

from browser import Visit
from payoff.record import Result
from payoff.rendering.report import to_html

pytestmark = pytest.mark.system


def scaled(result: Result, by: float) -> Result:
    """Return ``result`` with the money of hurdles and gains ``by`` times as large."""

    def times(value: float | None) -> float | None:
        return None if value is None else value * by

    hurdles = tuple(
        replace(h, gain=times(h.gain), low=times(h.low), high=times(h.high), required=h.required * by)
        for h in result.verdict.hurdles
    )
    estimates = tuple(
        e if e.unit == "1" else replace(e, value=times(e.value), low=times(e.low), high=times(e.high))
        for e in result.estimates
    )
    return replace(result, verdict=replace(result.verdict, hurdles=hurdles), estimates=estimates)


@pytest.mark.parametrize("by", [1e-5, 1.0, 1e9])
def test_no_label_overlaps_or_is_clipped(by: float, visit: Visit) -> None:
    assert faults_of_layout(visit(to_html(scaled(fakes.bank(), by)))) == []
