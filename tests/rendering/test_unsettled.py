"""What the note says it does not know follows from the doubt, the periods and the parts of the result."""

from dataclasses import replace
from typing import Any

import fakes
import pytest
from test_asking import doubt_of

from payoff.record import Curve, Result
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.charts.slices import is_small, money_by_slice
from payoff.rendering.markdown import to_markdown
from payoff.rendering.terminal import to_text
from payoff.rendering.unsettled import best_figure_lines, unsettled_lines
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
        "period": [f"2025-{month:02}-01" for month in range(1, len(highs) + 1)],
        "value": [-1.0, -2.0, 3.0, -4.0],
        "low": [None if high is None else high - 9.0 for high in highs],
        "high": highs,
    }
    return Curve(kind="stability", of=hurdle.of, over=hurdle.over, unit="EUR per decision", points=points)


def test_the_best_figure_what_is_needed_and_the_chance_are_told_in_one_breath() -> None:
    (said,) = best_figure_lines(judged())
    assert said.startswith(
        "Our best figure is EUR 212,000 per year, more than the EUR 50,000 per year needed."
    )
    assert (
        "Counting what is held possible for the inputs it could be between \N{MINUS SIGN}EUR 2,000 and"
        in said
    )
    assert said.endswith(": hence 97% sure.")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(1e5, 9e5, ", mostly upwards"), (-9e5, 3e5, ", mostly downwards"), (1e5, 3.1e5, "year:")],
)
def test_it_is_said_to_which_side_the_inputs_reach_further(low: float, high: float, said: str) -> None:
    assert said in best_figure_lines(judged(low=low, high=high))[0]


def test_without_a_range_to_trust_nothing_is_said_of_it() -> None:
    assert best_figure_lines(judged(low=None, high=None)) == ()
    assert best_figure_lines(replace(judged(), doubt=None)) == ()


@pytest.mark.parametrize(
    ("highs", "said"),
    [
        ([-0.5, 3.0, 7.0, 1.0], ", in 1 of them surely."),
        ([0.5, 3.0, 7.0, 1.0], ", in none of them surely."),
        ([0.5, None, None, None], "; most of them are too small to be sure of by themselves."),
    ],
)
def test_periods_that_earned_less_are_counted(highs: list[float | None], said: str) -> None:
    told = replace(judged(), doubt=None, curves=(periods(highs),))
    assert unsettled_lines(told) == (
        f"In 3 of 4 months it earned less than choosing “call” every time{said}",
    )


def test_a_part_that_loses_with_its_whole_interval_is_named_and_one_too_small_to_tell_is_not() -> None:
    made = fakes.bank()
    (entry, parts), *_ = [each for each in money_by_slice(made).items() if len(each[1]) > 2]
    worst, few = (repr(each.slice) for each in parts[:2])

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
    (lost, small) = (next(iter(dict(parts[at].slice or {}).values())) for at in (0, 1))
    assert "it surely earns less than choosing “call” every time." in named
    assert f"= {lost}" in named
    assert f"= {small}" not in named
    chart = next(each for each in gallery(told)["slices"] if each.about == " × ".join(entry))
    assert any(is_small(each) for each in money_by_slice(told)[entry])
    assert f"({small}," not in chart.message
    assert "so neither drawn nor told by a number: 1." in chart.message
    assert small not in {row.label for row in chart.figure.rows}


def test_text_and_markdown_say_what_is_asked_and_what_is_not_known() -> None:
    made = judged()
    for told in (to_text(made), to_markdown(made)):
        assert "What is asked of you" in told
        assert "What is not known" in told
        assert "Counting what is held possible for the inputs it could be" in " ".join(told.split())
