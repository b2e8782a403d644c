"""Pages of real results in a real browser: on a phone, on a desk, on paper, in the dark, by keyboard, by ear.

The pages are made by the real command line. Every visit fails on a request, a line on the console or a violation of
the page's policy (``tests/browser.py``).
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import fakes
import pytest
from axe_playwright_python.sync_playwright import Axe
from looking import faint, faults_of_layout, headings, tabbed
from made import MAKERS, made, page_of
from pypdf import PdfReader

import payoff
from browser import Look, Visit, turn, visiting
from payoff.rendering.asking import asks
from payoff.rendering.report import to_html

pytestmark = pytest.mark.system

KILOBYTES = {"demo": 800, "many": 1_500}
NOTES = ("demo", "many", "capacity", "flights")
PHONE, DESK = Look(width=360, height=740), Look(width=1440)
PAPER = Look(width=680, height=1_000, paper=True)  # A4 less its margins, in CSS pixels
LOOKS = {"phone": PHONE, "desk": DESK, "paper": PAPER}
FAKES = {
    "bank": fakes.bank,
    "without hurdles": fakes.without_hurdles,
    "one class": fakes.one_class,
    "cut short": fakes.partial,
}


HELD = {"hostile", "harmless"}  # to test_hostile_strings.py


@pytest.fixture(scope="module", params=[*(name for name in MAKERS if name not in HELD), *FAKES])
def target(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each page in turn."""
    name = request.param
    if name not in FAKES:
        return page_of(made(name, shared))
    written = tmp_path_factory.mktemp("fakes") / "report.html"
    written.write_text(to_html(FAKES[name]()), encoding="utf-8")
    return written


@pytest.fixture(scope="module")
def page(target: Path, browser: Any) -> Iterator[Any]:
    """Each page, open: opened once for all tests, each of which turns it to the look that it asks about."""
    with visiting(browser, target) as opened:
        yield opened


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_cut_covered_or_beyond_the_edge(look: str, page: Any) -> None:
    turn(page, LOOKS[look])
    assert faults_of_layout(page) == []


def test_headings_go_down_one_step_at_a_time(page: Any) -> None:
    turn(page, DESK)
    levels = [level for level, _ in headings(page)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(dark: bool, page: Any) -> None:
    turn(page, replace(DESK, dark=dark))
    assert faint(page) == []


@pytest.mark.parametrize("look", ["phone", "desk"])
def test_no_rule_of_accessibility_is_broken(look: str, page: Any) -> None:
    turn(page, LOOKS[look])
    assert violations(page) == []


@pytest.mark.parametrize(("dark", "look"), [(False, "phone"), (True, "desk")])
def test_axe_finds_no_faint_text_either(dark: bool, look: str, demo: Path, visit: Visit) -> None:
    """On one page, which uses every class of the sheet: this rule alone takes axe-core seconds."""
    page = visit(demo)
    turn(page, replace(LOOKS[look], dark=dark))
    assert violations(page, "color-contrast") == []


def violations(page: Any, *only: str) -> list[str]:
    """Return what axe-core finds, with the elements it finds it in."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    else:
        options["rules"]["color-contrast"] = {"enabled": False}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]


@pytest.mark.parametrize("look", ["phone", "desk"])
def test_what_opens_and_moves_is_held_to_the_same_rules(look: str, demo: Path, visit: Visit) -> None:
    page = visit(demo)
    turn(page, LOOKS[look])
    for summary in page.locator("summary").all():
        summary.click()
    page.locator("input[type=search]").first.fill("gain")
    page.locator("input[type=range]").first.press("ArrowRight")
    for button in page.get_by_role("button", name="spec").all():
        button.click()
    assert faults_of_layout(page) == []
    assert faint(page) == []
    assert violations(page) == []


@pytest.mark.parametrize("name", KILOBYTES)
def test_a_page_is_small(name: str, shared: Path) -> None:
    assert page_of(made(name, shared)).stat().st_size < KILOBYTES[name] * 1_000


@pytest.mark.parametrize("look", ["phone", "desk"])
def test_the_keyboard_goes_through_the_page_in_its_order_and_shows_where_it_is(
    look: str, demo: Path, visit: Visit
) -> None:
    opened = visit(demo)
    turn(opened, LOOKS[look])
    stops = tabbed(opened)
    orders = [stop["order"] for stop in stops]
    assert len(stops) > 10
    assert orders == sorted(orders)
    assert [stop["name"] for stop in stops if not stop["ring"]] == []
    assert [stop["name"] for stop in stops if not stop["inside"] or stop["covered"]] == []


# Numbers that can be moved need scripts: without them that part is not there.
TEXTS = """() => [...document.querySelectorAll('#decision, table, figure')]
  .filter(each => !each.closest("#what-if")).map(each => each.innerText)"""


def test_nothing_is_lost_without_scripts(page: Any, target: Path, visit: Visit) -> None:
    turn(page, Look())
    assert visit(target, scripts=False).evaluate(TEXTS) == page.evaluate(TEXTS)


def test_the_policy_lets_in_neither_inline_scripts_nor_eval(page: Any) -> None:
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*|blob:|filesystem:", policy)


def test_the_policy_is_in_force(demo: Path, browser: Any, tmp_path: Path) -> None:
    attacked = tmp_path / "attacked.html"
    text = demo.read_text(encoding="utf-8")
    attacked.write_text(text.replace("</body>", "<script>window.executed.push('ran')</script></body>"))
    with pytest.raises(AssertionError) as found, visiting(browser, attacked):
        pass
    assert "script-src" in str(found.value)
    assert "ran" not in str(found.value).splitlines()


@pytest.mark.parametrize("name", NOTES)
@pytest.mark.parametrize(("code", "after"), [("en", "Forthedatascientist"), ("de", "FürDataScientists")])
def test_a_decision_note_is_one_page_of_a4(
    name: str, code: str, after: str, shared: Path, visit: Visit, tmp_path: Path
) -> None:
    target = tmp_path / "note.html"
    result = payoff.read_result(made(name, shared) / "out" / "result.json")
    target.write_text(result.to_html(language=code), encoding="utf-8")
    page = visit(target)
    page.emulate_media(media="print")
    last = re.sub(r"\s+", "", page.inner_text("#decision"))[-60:]
    document = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)  # in points
    sheets = (unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in document.pages[:2])
    first, second = (re.sub(r"\s+", "", text) for text in sheets)
    assert last in first
    assert after in second


BELOW = """height => [...document.querySelectorAll(
  "#decision h1, #decision .more, #decision .facts, .asked li, #chart-hurdles, #chart-gains")]
  .filter(one => one.getBoundingClientRect().bottom > height || !one.checkVisibility())
  .map(one => `${one.tagName} ${one.id} ${one.className} ends at ${one.getBoundingClientRect().bottom}`)"""


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_first_screen_of_a_desk_holds_answer_gain_ladder_and_what_is_asked(
    code: str, shared: Path, visit: Visit, tmp_path: Path
) -> None:
    target = tmp_path / f"{code}.html"
    result = payoff.read_result(made("demo", shared) / "out" / "result.json")
    target.write_text(result.to_html(language=code), encoding="utf-8")
    page = visit(target, width=1440, height=900)
    assert page.locator(".asked li").count() == len(asks(result.record)) > 1
    assert page.locator("#chart-hurdles").is_visible()
    assert page.evaluate(BELOW, 900) == []


KEPT_WHOLE = (
    "() => [...document.querySelectorAll('figure, tr, .facts')].map(e => getComputedStyle(e).breakInside)"
)
MARKS = """() => [...document.querySelectorAll("svg.chart :is(.t, .curve, .whisker, .bar, .other)")]
  .map(e => e.matches(".t, .bar") ? getComputedStyle(e).fill : getComputedStyle(e).stroke)"""


def test_paper_cuts_no_row_and_no_chart_and_charts_read_in_grey(page: Any) -> None:
    turn(page, replace(PAPER, dark=True))
    assert set(page.evaluate(KEPT_WHOLE)) <= {"avoid"}
    for colour in set(page.evaluate(MARKS)):
        assert on_white(colour) >= 4.5, colour


def on_white(colour: str) -> float:
    """Return the contrast of a colour with white, as WCAG counts it: by lightness, which is what grey print keeps."""
    red, green, blue = (float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3])
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
