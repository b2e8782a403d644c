"""What-if in the page, in a real browser: what is typed or in the address is taken whole, or named as not taken."""

import re
from pathlib import Path
from typing import Any

import pytest

from browser import visiting
from tried import FIELD, FIGURES, SETTLED

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("#what-if?call_cost=1e999", "call_cost=1e999 (a number that is not on offer here)"),
        ("#what-if?call_cost=abc", "call_cost=abc (not a number)"),
        ("#what-if?call_cost=5;alert(1)", "call_cost=5;alert(1) (not a number)"),
        ("#what-if?nobody=3&__proto__=4", "nobody=3 (there is no such number here); __proto__=4 (there"),
        ("#what-if?call_cost=%35", "call_cost=5 (not a number)"),
        ("#what-if?%E0%A4%A=5", "%E0%A4%A=5 (there is no such number here)"),
        (
            "#what-if?model.threshold=0.1234567",
            "model.threshold=0.1234567 (a number that is not on offer here)",
        ),
        ("#what-if?decision.volume=-3", "decision.volume=-3 (a number that is not on offer here)"),
        (
            "#what-if?call_cost=0x10&=5&call_cost",
            "call_cost=0x10 (not a number); =5 (there is no such number here)",
        ),
    ],
)
def test_what_is_no_setting_in_the_address_is_left_and_named(
    fragment: str, said: str, demo: Path, browser: Any
) -> None:
    with visiting(browser, demo) as page:
        page.goto(demo.as_uri() + fragment)
        page.reload()
        page.wait_for_function(SETTLED, arg="")
        left = page.locator("#what-if-left")
        assert left.inner_text().startswith(f"Not taken from the address: {said}")
        page.locator(".dial[data-key=call_cost] .exact").fill("5.5")
        left.wait_for(state="hidden")


def test_an_address_that_is_taken_whole_leaves_nothing_to_say(demo: Path, browser: Any) -> None:
    with visiting(browser, demo) as page:
        page.goto(demo.as_uri() + "#what-if?call_cost=5.5")
        page.reload()
        page.wait_for_function(SETTLED, arg="#what-if?call_cost=5.5")
        assert not page.locator("#what-if-left").is_visible()


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("decision.volume", "0"),
        ("decision.volume", "-3"),
        ("decision.volume", "1e-320"),
        ("decision.volume", "1e308"),
        ("call_cost", "1e308"),
        ("call_cost", "-1e31"),
    ],
)
def test_a_number_that_the_figures_are_not_of_says_so_beside_its_field(
    key: str, typed: str, browser: Any, demo: Path
) -> None:
    with visiting(browser, demo) as page:
        page.wait_for_function(SETTLED, arg="")
        before = page.evaluate(FIGURES)
        field = page.locator(FIELD.format(key))
        field.fill(typed)
        said = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert said.is_visible()
        assert "Not taken: the figures are of" in said.inner_text()
        assert field.get_attribute("aria-invalid") == "true"
        assert page.evaluate(FIGURES) == before
        field.blur()
        assert said.is_hidden()
        assert field.get_attribute("aria-invalid") == "false"
        assert field.input_value() != typed


def test_a_field_in_use_follows_what_else_moves_its_number(browser: Any, demo: Path) -> None:
    with visiting(browser, demo) as page:
        page.wait_for_function(SETTLED, arg="")
        field = page.locator(FIELD.format("call_cost"))
        field.fill("7")
        page.evaluate("() => { location.hash = '#what-if?call_cost=6'; }")
        page.wait_for_function(SETTLED, arg="#what-if?call_cost=6")
        assert field.input_value() == "6"


def test_an_address_that_changes_before_the_next_frame_is_followed(browser: Any, demo: Path) -> None:
    with visiting(browser, demo) as page:
        page.wait_for_function(SETTLED, arg="")
        page.evaluate(
            """name => {
                let held;
                window.requestAnimationFrame = drawn => { held = drawn; };
                const field = document.querySelector(name);
                field.value = "7";
                field.dispatchEvent(new Event("input"));
                location.hash = "#what-if?call_cost=6";
                held();
            }""",
            FIELD.format("call_cost"),
        )
        page.wait_for_function(SETTLED, arg="#what-if?call_cost=6")
        assert page.locator(FIELD.format("call_cost")).input_value() == "6"
        assert page.evaluate("location.hash") == "#what-if?call_cost=6"


def test_a_link_to_another_part_of_the_page_leaves_the_numbers_as_they_were_set(
    browser: Any, demo: Path
) -> None:
    with visiting(browser, demo) as page:
        page.wait_for_function(SETTLED, arg="")
        page.locator(FIELD.format("call_cost")).fill("7")
        page.wait_for_function(SETTLED, arg="#what-if?call_cost=7")
        page.locator("nav a[href='#technical'], a[href='#technical']").first.click()
        page.wait_for_function("() => location.hash === '#technical'")
        assert page.locator("#what-if").get_attribute("data-shown") == "#what-if?call_cost=7"
        page.locator(FIELD.format("decision.volume")).fill("50000")
        page.wait_for_function("() => location.hash.startsWith('#what-if?')")
        assert "call_cost=7" in page.evaluate("location.hash")


@pytest.mark.parametrize("at", ["1e308", "1e31", "-1e31"])
def test_a_number_too_large_in_the_address_is_not_taken(at: str, browser: Any, demo: Path) -> None:
    with visiting(browser, demo) as page:
        page.evaluate(f"() => {{ location.hash = '#what-if?call_cost={at}&decision.volume={at}'; }}")
        page.wait_for_function(SETTLED, arg="")
        assert not re.search("NaN|∞", page.locator("#what-if").inner_text())


def test_the_largest_numbers_fit_the_page(browser: Any, demo: Path) -> None:
    with visiting(browser, demo) as page:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_function(SETTLED, arg="")
        for key in ("call_cost", "decision.volume"):
            page.locator(FIELD.format(key)).fill("1e30")
        page.wait_for_function("() => document.getElementById('what-if').dataset.shown.includes('volume')")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
        assert not re.search("NaN|∞", page.locator("#what-if").inner_text())
