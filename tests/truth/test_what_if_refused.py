"""What if: settings, calls and results that are none are refused by a code, with what to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import payoff
from payoff.errors import PayoffError
from payoff.errors.what_if import NotAStep, NothingToRevalue, UnknownSetting, UnusableSetting
from payoff.record import from_document
from tried import evaluated


@pytest.fixture(scope="module")
def judged() -> Any:
    """A result that everything can be tried on."""
    return evaluated("a fixed threshold")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        ({"settings": {"marginn": 1.0}}, UnknownSetting, "did you mean margin"),
        ({"settings": {"margin": float("nan")}}, UnusableSetting, "finite"),
        ({"settings": {"margin": True}}, UnusableSetting, "finite"),
        ({"volume": 0.0}, UnusableSetting, "above zero"),
        ({"threshold": 0.12345}, NotAStep, "published cuts"),
        ({"capacity": 3.0}, UnknownSetting, "capacity"),
    ],
)
def test_what_cannot_be_tried_is_an_error(call: Any, error: type[Exception], said: str, judged: Any) -> None:
    with pytest.raises(error, match=said):
        payoff.what_if(judged, **call)


@pytest.mark.parametrize(
    "given", [1e308, -1e31, 10**400, "margin", None, [1.0], np.nan, 1j, np.bool_(1)], ids=repr
)
@pytest.mark.parametrize("where", ["margin", "volume", "threshold"])
def test_what_is_no_number_up_to_the_largest_amount_is_refused_by_its_reason(
    given: Any, where: str, judged: Any
) -> None:
    if given is None and where != "margin":
        return
    call = {"settings": {where: given}} if where == "margin" else {where: given}
    with pytest.raises(UnusableSetting, match=r"1e\+30 at most"):
        payoff.what_if(judged, **call)


@pytest.mark.parametrize("given", [[1], "margin", 5, {5: 1}, {None: 1}, {("a",): 1}], ids=repr)
def test_settings_that_are_none_are_refused(given: Any, judged: Any) -> None:
    with pytest.raises((UnusableSetting, UnknownSetting)):
        payoff.what_if(judged, given)


@pytest.mark.parametrize(
    "call",
    [
        lambda one: one.plot.hurdles(5),
        lambda one: one.plot.hurdles([]),
        lambda one: one.plot.hurdles().with_title(None),
        lambda one: one.plot.gains().with_labels(x=5),
        lambda one: one.plot.hurdles().save(None),
        lambda one: one.plot.save(5),
        lambda one: one.plot.in_language(5),
        lambda one: one.plot.in_language([]),
        lambda one: one.to_html(language=5),
        lambda one: one.to_text(language=None),
        lambda one: one.since(5),
        lambda one: one.since(None),
    ],
)
def test_a_wrong_type_in_a_call_of_a_result_is_told_by_a_code(
    call: Callable[[Any], Any], judged: Any
) -> None:
    with pytest.raises(PayoffError, match="PAY"):
        call(judged)


@pytest.mark.parametrize("given", [None, {}, "out/result.json", 5], ids=repr)
def test_what_is_no_result_is_told_as_such(given: Any) -> None:
    with pytest.raises(NothingToRevalue, match="read_result"):
        payoff.what_if(given)


@pytest.mark.parametrize("volume", [0.0, -1.0, 1e-320])
def test_a_volume_too_small_to_divide_by_is_refused(volume: float, judged: Any) -> None:
    with pytest.raises(UnusableSetting, match="above zero"):
        payoff.what_if(judged, volume=volume)


def test_a_result_without_the_sums_cannot_be_revalued(judged: Any) -> None:
    older = replace(judged.record, revaluing=None)
    read = from_document(json.loads(older.to_json()))
    assert "revaluing" not in older.document()
    with pytest.raises(NothingToRevalue):
        payoff.what_if(payoff.Result(read))
