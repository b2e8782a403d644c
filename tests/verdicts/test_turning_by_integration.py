"""Where an answer turns, of one gain made by hand, whose chance is integrated over the range of its assumption."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.verdicts.test_ladder_and_rules import hurdle

from payoff.doubt.revaluing import Dial, Revalued, Revaluing
from payoff.verdicts import Overall, Turn, Verdict
from payoff.verdicts.turning import _places, turns

REQUIRED = 4.0
LOW, HIGH = 0.0, 10.0
# Equal chances that the range of the assumption is cut into: the mean over their middles is right to 1e-9.
# No tenth that is looked at is nearer than 0.0008 to the chance that is asked: draws miss the mean by less than that.
PIECES = 10_000


@cache
def chance(likely: float) -> float:
    """Return the chance that a gain, normal about the assumption with standard error 1, is above what is required."""
    middles = (np.arange(PIECES) + 0.5) / PIECES
    assumed = stats.triang.ppf(middles, (likely - LOW) / (HIGH - LOW), LOW, HIGH - LOW)
    return float(stats.norm.cdf(assumed - REQUIRED).mean())


def answer(likely: float, confidence: float) -> Overall:
    found = chance(likely)
    return "ship" if found > confidence else "reject" if found < 1.0 - confidence else "hold"


def turned(likely: float, confidence: float) -> tuple[Turn, ...]:
    """Return where the answer turns: the gain is the assumption itself, from a hundred rows of variance 100."""
    dial = Dial(name="a", likely=likely, low=LOW, high=HIGH, shape="triangle")
    gain = Revalued(
        over="rule",
        kind="moments",
        point=(likely, 1.0),
        mean=(likely, 1.0),
        covariance=(100.0, 0.0, 0.0),
        skewness=0.0,
        units=100,
        rows=100,
        deciding=100,
        degrees_of_freedom=1e9,
        widening=1,
        quantile=1.96,
        tier="A",
        method="t",
        note=None,
    )
    kept: dict[str, Any] = {"looked": (), "cuts": None, "rails": (), "factor": ()}
    revaluing = Revaluing(
        of="m",
        unit="EUR",
        dials=(dial,),
        terms=((("a", 1),),),
        columns=(("a",),),
        gains=(gain,),
        **kept,
    )
    now = answer(likely, confidence)
    status: Any = {"ship": "cleared", "hold": "undecided", "reject": "missed"}[now]
    record = hurdle(
        status,
        required=REQUIRED,
        unit="EUR per decision",
        confidence=confidence,
        probability=chance(likely),
    )
    verdict = Verdict(overall=now, unlocked=None, sentence="", hurdles=(record,), guardrails=())
    return turns(revaluing, verdict)["a"]


@pytest.mark.parametrize("likely", [LOW, 3.21, 5.0, 7.77, HIGH])
@pytest.mark.parametrize("confidence", [0.53, 0.6])
def test_the_answer_turns_at_the_first_value_at_which_the_integral_says_another(
    likely: float, confidence: float
) -> None:
    tenths, expected = [n / 10 for n in range(101)], []
    for places in ([at for at in tenths[::-1] if at < likely], [at for at in tenths if at > likely]):
        other = [at for at in places if answer(at, confidence) != answer(likely, confidence)]
        expected += [Turn(at=at, becomes=answer(at, confidence)) for at in other[:1]]
    expected.sort(key=lambda one: abs(one.at - likely))
    assert turned(likely, confidence) == tuple(expected)


@pytest.mark.parametrize(("likely", "last", "end"), [(0.15, 0.1, LOW), (9.85, 9.9, HIGH)])
def test_an_answer_that_turns_at_the_very_end_of_a_range_is_told_there(
    likely: float, last: float, end: float
) -> None:
    # Half way between what is sure at the end and at the last value before it.
    sure = (chance(last) + chance(end)) / 2
    asked = max(sure, 1.0 - sure)
    assert turned(likely, asked)[0] == Turn(at=end, becomes=answer(end, asked))


def test_a_range_from_nothing_to_one_is_looked_at_in_hundredths_and_likely_is_none_of_them() -> None:
    # 0.29 / 0.01 is a little below 29 in doubles.
    places = _places(Dial(name="a", likely=0.29, low=0.0, high=1.0, shape="triangle"), 1.0)
    assert places == [round(n / 100, 2) for n in range(30, 101)]
