"""What the note says it does not know follows from the doubt, the periods and the parts of the result."""

from dataclasses import replace
from typing import Any

import fakes
from test_asking import doubt_of

from payoff.record import Curve, Result
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.charts.slices import is_small, money_by_slice
from payoff.rendering.markdown import to_markdown
from payoff.rendering.terminal import to_text
from payoff.rendering.unsettled import unsettled_lines
from payoff.rendering.views import headline_hurdle


def judged(**doubt: Any) -> Result:
    """Return the hand-made result with doubt about one input and without periods or slices that lose."""
    made = fakes.bank()
    hurdle = headline_hurdle(made)
    assert hurdle is not None
    about = replace(doubt_of(0.0), hurdle=hurdle.name, over=hurdle.over, unit=hurdle.unit, **doubt)
    whole = tuple(each for each in made.estimates if each.slice is None)
    return replace(made, doubt=about, estimates=whole, curves=())


def periods(highs: list[float | None]) -> Curve:
    hurdle = headline_hurdle(fakes.bank())
    assert hurdle is not None
    points = {
        "period": [f"2025-{month:02}" for month in range(1, len(highs) + 1)],
        "value": [-1.0, -2.0, 3.0, -4.0],
        "low": [None if high is None else high - 9.0 for high in highs],
        "high": highs,
    }
    return Curve(kind="stability", of=hurdle.of, over=hurdle.over, unit="EUR per decision", points=points)


def test_the_range_is_said_to_take_the_inputs_as_certain_and_the_wider_one_stands_beside_it() -> None:
    (said,) = unsettled_lines(judged())
    assert said.startswith("The range of the gain, EUR ")
    assert "holds if every input is exactly as it is taken" in said
    assert said.endswith("between \N{MINUS SIGN}EUR 2,000 and EUR 9,000 per year (90%).")


def test_without_a_range_to_trust_nothing_is_said_of_it() -> None:
    assert unsettled_lines(judged(low=None, high=None)) == ()
    assert unsettled_lines(replace(judged(), doubt=None)) == ()


def test_periods_below_zero_are_counted_and_so_are_those_that_cannot_be_judged() -> None:
    told = replace(judged(), doubt=None, curves=(periods([-0.5, 3.0, 7.0, None]),))
    first, second = unsettled_lines(told)
    assert first.startswith("Of 4 periods the gain over ")
    assert first.endswith(" is below zero in 3, in 1 of them with its whole interval.")
    assert second == "1 of the periods has no interval, so cannot be judged."


def test_a_part_that_loses_with_its_whole_interval_is_named_and_one_too_small_to_tell_is_not() -> None:
    made = fakes.bank()
    (entry, parts), *_ = [each for each in money_by_slice(made).items() if len(each[1]) > 2]
    worst, few = (repr(each.slice) for each in parts[-2:])

    def losing(each: Any) -> Any:
        if each.slice is None or each.metric != parts[0].metric or tuple(each.slice) != entry:
            return each
        if repr(each.slice) == worst:
            return replace(
                each, value=-5.0, low=-6.0, high=-4.0, events=90, low_adjusted=None, high_adjusted=None
            )
        if repr(each.slice) == few:
            return replace(
                each, value=-9.0, low=-9.5, high=-8.0, events=3, low_adjusted=None, high_adjusted=None
            )
        return replace(each, value=4.0, low=3.0, high=5.0, events=90, low_adjusted=None, high_adjusted=None)

    told = replace(made, doubt=None, curves=(), estimates=tuple(losing(each) for each in made.estimates))
    named = " ".join(unsettled_lines(told))
    (lost, small) = (next(iter(dict(parts[at].slice or {}).values())) for at in (-2, -1))
    assert "with the whole interval, where" in named
    assert f"= {lost}" in named
    assert f"= {small}" not in named
    chart = next(each for each in gallery(told)["slices"] if each.about == " × ".join(entry))
    assert any(is_small(each) for each in money_by_slice(told)[entry])
    assert f"({small}," not in chart.message
    assert "not told by a number: 1." in chart.message


def test_text_and_markdown_say_what_is_asked_and_what_is_not_known() -> None:
    made = judged()
    for told in (to_text(made), to_markdown(made)):
        assert "What is asked of you" in told
        assert "What is not known" in told
        assert "holds if every input is exactly as" in " ".join(told.split())
