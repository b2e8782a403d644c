"""What-if in the page, in a real browser: its numbers are Python's, at random settings of every kind of evidence."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import payoff
from browser import Visit, visiting
from customers import rows_of, spec_of
from payoff.rendering.report import to_html
from tried import FIELD, SAME, SETTLED, SPECS, evaluated

pytestmark = pytest.mark.system

# One draw of 2,000 on the other side of one of 4,000 maxima: a last digit of a statistic decides it.
ONE_DRAW = 2e-7
SETTINGS = 6

COMPUTED = """([values, cut, room]) => {
  const data = JSON.parse(document.getElementById("what-if-data").textContent);
  const then = WhatIf.at(data, {values: new Map(values), cut, room});
  return {...then, retuned: then.retuned && {...then.retuned, gains: [...then.retuned.gains]}};
}"""
SHOWN = """() => [...document.querySelectorAll("#what-if-gains tbody tr")].map(row =>
  [...row.cells].slice(1, 3).map(cell => [...cell.querySelectorAll("data")].map(one => Number(one.value))))"""


@pytest.fixture(scope="module", params=SPECS)
def opened(
    request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A result of every spec with its page, open."""
    result = evaluated(request.param)
    written = tmp_path_factory.mktemp("what-if") / "report.html"
    written.write_text(result.to_html(), encoding="utf-8")
    with visiting(browser, written) as page:
        page.wait_for_function("() => document.getElementById('what-if').dataset.shown === ''")
        yield result, page


def drawn(result: Any, dice: random.Random) -> tuple[dict[str, float], dict[str, float]]:
    """Return random settings: some assumptions, and perhaps volume, threshold or capacity."""
    held, values, more = result.record.revaluing, {}, {}
    for dial in held.dials:
        if dice.random() < 0.4:
            continue
        low, high = dial.low or dial.likely * 0.6, dial.high or dial.likely * 1.5
        at = dice.choice(dial.stops) if dial.stops else dice.uniform(low * 0.8, high * 1.2)
        if dial.name == "decision.volume":
            more["volume"] = at
        else:
            values[dial.name] = at
    if held.cuts is not None and dice.random() < 0.5:
        more["threshold"] = dice.choice(held.cuts.cuts)
    curve = next((one for one in result.record.curves if one.kind == "capacity" and one.of == held.of), None)
    if curve is not None and dice.random() < 0.5:
        more["capacity"] = dice.choice(curve.points["room"])
    return values, more


def in_page(page: Any, result: Any, values: dict[str, float], more: dict[str, float]) -> Any:
    held = result.record.revaluing
    moved = values | ({"decision.volume": more["volume"]} if "volume" in more else {})
    cut = None
    if "threshold" in more:
        cut = held.cuts.cuts.index(more["threshold"])
        cut = None if cut == held.cuts.in_use else cut
    room = None
    if "capacity" in more:
        rooms = next(
            one for one in result.record.curves if one.kind == "capacity" and one.of == held.of
        ).points["room"]
        room = rooms.index(more["capacity"])
        room = None if room == len(rooms) // 2 else room
    likely = {dial.name: dial.likely for dial in held.dials}
    return page.evaluate(
        COMPUTED, [[[name, at] for name, at in moved.items() if at != likely[name]], cut, room]
    )


def assert_close(ours: Any, theirs: Any, scale: float) -> None:
    """Hold two numbers, or their absence, against each other; a gain near zero is a difference of large sums."""
    if theirs is None or ours is None:
        assert ours is theirs
    else:
        assert ours == pytest.approx(theirs, rel=SAME, abs=SAME * scale)


def assert_same_rail(ours: Any, rail: Any) -> None:
    scale = max(abs(end) for end in (rail.value or 0.0, rail.low or 0.0, rail.high or 0.0))
    for name in ("value", "low", "high"):
        assert_close(ours[name], getattr(rail, name), scale)
    for name in ("name", "status", "reason", "note"):
        assert ours[name] == getattr(rail, name)


def test_the_page_says_what_python_says_at_random_settings(opened: Any) -> None:
    result, page = opened
    dice = random.Random(20_261_126)
    for turn in range(SETTINGS):
        values, more = ({}, {}) if turn == 0 else drawn(result, dice)
        then, found = payoff.what_if(result, values, **more), in_page(page, result, values, more)
        for ours, gain in zip(found["gains"], then.gains, strict=True):
            scale = max(abs(end) for end in (gain.value or 0.0, gain.low or 0.0, gain.high or 0.0))
            for name in ("value", "low", "high"):
                assert_close(ours[name], getattr(gain, name), scale)
            for name in ("over", "metric", "unit", "method", "tier", "note"):
                assert ours[name] == getattr(gain, name)
        for ours, hurdle in zip(found["hurdles"], then.hurdles, strict=True):
            scale = max(abs(end) for end in (hurdle.gain or 0.0, hurdle.low or 0.0, hurdle.high or 0.0))
            for name in ("gain", "low", "high"):
                assert_close(ours[name], getattr(hurdle, name), scale)
            assert (ours["probability"] is None) == (hurdle.probability is None)
            if hurdle.probability is not None:
                kinds = {gain.over: gain.kind for gain in result.record.revaluing.gains}
                near = ONE_DRAW if kinds[hurdle.over] == "band" else SAME
                assert ours["probability"] == pytest.approx(hurdle.probability, rel=SAME, abs=near)
            for name in ("name", "status", "over", "reason", "note"):
                assert ours[name] == getattr(hurdle, name)
        for ours, rail in zip(found["guardrails"], then.guardrails, strict=True):
            assert_same_rail(ours, rail)
        assert found["overall"] == then.overall
        if then.retuned is None:
            assert found["retuned"] is None
        else:
            assert found["retuned"]["threshold"] == then.retuned.threshold
            for over, value in found["retuned"]["gains"]:
                assert value == pytest.approx(then.retuned.gains[over], rel=1e-8, abs=1e-6)


def test_what_is_shown_is_what_was_computed_and_the_state_is_in_the_address(opened: Any) -> None:
    result, page = opened
    dial = next(one for one in result.record.revaluing.dials if not one.stops)
    at = dial.likely * 1.1037
    page.locator(f".dial[data-key='{dial.name}'] .exact").fill(repr(at))
    page.wait_for_function(SETTLED, arg=f"#what-if?{dial.name}={at!r}")
    then = payoff.what_if(result, {dial.name: at})
    for (_, shown), gain in zip(page.evaluate(SHOWN), then.gains, strict=True):
        expected = [one for one in (gain.value, gain.low, gain.high) if one is not None]
        assert shown == pytest.approx(expected, rel=SAME, abs=1e-6)
    assert page.evaluate("location.hash") == f"#what-if?{dial.name}={at!r}"
    page.reload()
    page.wait_for_function(SETTLED, arg=f"#what-if?{dial.name}={at!r}")
    again = page.evaluate(SHOWN)
    assert again[0][1] == pytest.approx(shown_values(then.gains[0]), rel=SAME, abs=1e-6)
    page.locator("#what-if-reset").click()
    page.wait_for_function(SETTLED, arg="")
    for judged, now in page.evaluate(SHOWN):
        assert judged == now
    assert page.evaluate("location.hash") == "#what-if"


def shown_values(gain: Any) -> list[float]:
    return [one for one in (gain.value, gain.low, gain.high) if one is not None]


def test_a_point_outside_its_interval_is_said_beside_it(demo: Path, visit: Visit) -> None:
    result = payoff.read_result(demo.parent / "result.json")
    page = visit(demo)
    page.locator(".dial[data-key=call_cost] .exact").fill("8")
    page.wait_for_function(SETTLED, arg="#what-if?call_cost=8")
    cells = page.locator("#what-if-gains tbody tr td:nth-of-type(2)").all_inner_texts()
    for cell, gain in zip(cells, payoff.what_if(result, {"call_cost": 8.0}).gains, strict=True):
        apart = gain.low is not None and not gain.low <= gain.value <= gain.high
        assert ("outside its interval" in cell) == apart


def test_the_keyboard_moves_a_slider_and_says_where_it_is(demo: Path, visit: Visit) -> None:
    page = visit(demo)
    page.wait_for_function(SETTLED, arg="")
    before = page.locator("#what-if-says").inner_text()
    cost = page.locator(".dial[data-key=call_cost] input[type=range]")
    cost.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('what-if').dataset.shown !== ''")
    assert float(cost.get_attribute("aria-valuetext")) > 5.0
    assert page.locator("#what-if-says").inner_text() != before
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(SETTLED, arg="")
    assert cost.get_attribute("aria-valuetext") == "5, as judged"
    cut = page.locator(".dial[data-key='model.threshold'] input[type=range]")
    cut.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('what-if').dataset.shown !== ''")
    assert "chosen on these rows" in page.locator("#what-if-gains").inner_text()
    assert "Guardrail recall at least 0.4: cleared, as judged." in page.locator("#what-if-notes").inner_text()
    assert "At these settings: " in page.locator("#what-if-says").inner_text()


def test_the_verdict_above_stays_as_it_was_judged(demo: Path, visit: Visit) -> None:
    page = visit(demo)
    before = page.locator("#decision").inner_text()
    page.locator(".dial[data-key=call_cost] .exact").fill("6.9")
    page.wait_for_function(SETTLED, arg="#what-if?call_cost=6.9")
    assert page.locator("#decision").inner_text() == before
    assert "At these settings" in page.locator("#what-if-says").inner_text()


def test_without_scripts_and_on_paper_there_are_no_dead_sliders(demo: Path, visit: Visit) -> None:
    page = visit(demo, scripts=False)
    assert not page.locator("#what-if").is_visible()
    assert not page.locator("nav >> text=Try other numbers").is_visible()
    paper = visit(demo, paper=True)
    assert not paper.locator("#what-if").is_visible()


def test_strings_of_the_user_are_text_in_the_data_too(visit: Visit) -> None:
    spec = SPECS["a fixed threshold"](spec_of)
    hostile = "</script><img src=x onerror=alert(1)><!--"
    spec["baselines"] = {**spec["baselines"], "<img src=x onerror=alert(1)>": {"always": "act"}}
    spec["assumptions"]["cost"] = {**spec["assumptions"]["cost"], "owner": hostile}
    page = visit(payoff.evaluate(pa.table(rows_of(11, 3_000)), spec).to_html())
    page.locator(".dial[data-key=cost] .exact").fill("9")
    page.wait_for_function(SETTLED, arg="#what-if?cost=9")
    page.locator("#what-if-copy").click()
    assert page.locator("#what-if img").count() == 0
    assert json.dumps(hostile, ensure_ascii=False) in page.locator("#what-if-text").input_value()


def test_a_result_that_keeps_nothing_has_no_sliders(demo: Path) -> None:
    result = payoff.read_result(demo.parent / "result.json")
    html = to_html(replace(result.record, revaluing=None))
    assert not re.search(r'id="what-if"', html)
    assert "Try other numbers" not in html


def test_the_page_says_what_became_of_guardrails_of_money(visit: Visit) -> None:
    result = evaluated("guardrails of money")
    page = visit(result.to_html())
    page.locator(FIELD.format("cost")).fill("9.5")
    page.wait_for_function(SETTLED, arg="#what-if?cost=9.5")
    then = payoff.what_if(result, {"cost": 9.5})
    notes = page.locator("#what-if-notes").inner_text()
    for rail in then.guardrails:
        assert f"Guardrail {rail.name}: " in notes or rail.name.startswith("recall")
    assert "Guardrail value at least 20000 per year: undecided (as judged: cleared)." in notes
    assert "in every region: 3 cleared, as judged." in notes
    assert "Guardrails that no setting touches stand as judged." in notes
    assert f"At these settings: {then.overall}." in page.locator("#what-if-says").inner_text()
