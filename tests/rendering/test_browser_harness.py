"""The browser of the tests notices what it must: each rule is broken once, and the break is found."""

from pathlib import Path

import pytest

from browser import Look, visiting

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
