"""The browser of the tests notices what it must: each rule is broken once, and the break is found."""

from pathlib import Path

import pytest
from looking import faint, faults_of_layout, tabbed

from browser import Look, Visit, visiting

pytestmark = pytest.mark.system

HEAD = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>x</title>'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<img src="https://example.org/x.png" alt="">', "asks for https://example.org/x.png"),
        ('<link rel="stylesheet" href="beside.css">', "beside.css"),
        ("<script>fetch('http://127.0.0.1:9/x').catch(() => 0)</script>", "asks for http://127.0.0.1:9/x"),
        ("<script>console.log('said')</script>", "console log: said"),
        ("<script>throw new Error('broken')</script>", "exception: broken"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>", "alert(1)"),
        ("<iframe srcdoc='<script>alert(7)</script>'></iframe>", "alert(7)"),
        (
            "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\"><img src=x>",
            "img-src refused",
        ),
    ],
)
def test_a_fault_of_the_page_is_a_failure(body: str, fault: str, browser: object, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(HEAD + body)
    with pytest.raises(AssertionError, match=r"page\.html at") as found, visiting(browser, page) as opened:
        opened.wait_for_timeout(50)
    assert fault in str(found.value)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_page_is_opened_as_asked_and_one_without_faults_passes(
    scripts: bool, browser: object, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(HEAD + "<p>still</p><script>document.querySelector('p').textContent = 'alive'</script>")
    look = Look(width=360, height=640, dark=True, paper=True, scripts=scripts)
    with visiting(browser, page, look) as opened:
        assert opened.inner_text("p") == ("alive" if scripts else "still")
        media = "matchMedia('print').matches && matchMedia('(prefers-color-scheme: dark)').matches"
        assert opened.evaluate(f"[innerWidth, innerHeight, {media}]") == [360, 640, True]


def test_a_hostile_page_cannot_act_when_scripts_are_off(browser: object, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(HEAD + "<img src='data:,' onerror=alert(1) alt=''>")
    with visiting(browser, page, Look(scripts=False)):
        pass


CHART = '<svg class="chart" viewBox="0 0 100 50" width="100" height="50">{}</svg>'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<div style='width: 2000px'>wide</div>", "the page scrolls sideways"),
        (
            "<p style='position: absolute; left: -60px'>cut at the edge</p>",
            "beyond the edge: cut at the edge",
        ),
        ("<p>one</p><p style='margin-top: -34px'>two</p>", "overlap: one | two"),
        (CHART.format("<text x='80' y='20'>too long a label</text>"), "clipped: too long a label"),
        (CHART.format("<text y='20'>a</text><text y='21'>b</text>"), "overlap: a | b"),
    ],
)
def test_what_is_cut_or_covered_is_found(body: str, fault: str, visit: Visit) -> None:
    found = faults_of_layout(visit(HEAD + body, width=360))
    assert [one for one in found if one.startswith(fault)] != []


@pytest.mark.parametrize(
    "body",
    [
        "<p style='color: #999; background: #fff'>pale</p>",
        "<p style='color: #777; background: #222'>dim</p>",
        CHART.format("<text y='20' fill='#aaa'>pale</text>"),
    ],
)
def test_faint_text_is_found(body: str, visit: Visit) -> None:
    assert faint(visit(HEAD + body)) != []


def test_text_that_stands_out_is_not_faint(visit: Visit) -> None:
    body = "<p style='color: #666'>grey</p>" + CHART.format("<text y='20' fill='#111'>dark</text>")
    assert faint(visit(HEAD + body)) == []


def test_a_focus_that_is_not_shown_or_covered_is_found(visit: Visit) -> None:
    body = """<style>a:focus { outline: 0 } .over { position: fixed; inset: 0 }</style>
      <a href="#a">hidden ring</a><button>covered</button><div class="over"></div>"""
    first, second = tabbed(visit(HEAD + body))
    assert not first["ring"]
    assert second["ring"]
    assert second["covered"]
