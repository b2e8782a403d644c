"""The documentation site: built strictly, whole, linked within itself, and asking the network for nothing.

`make site` is run once for all of these tests, with the reports of the examples.
"""

import fcntl
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from payoff.rendering.charts.gallery import KINDS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import site_pages  # noqa: E402  a script is imported from where it stands

PAGES = sorted((ROOT / "docs").rglob("*.md"))

# What a browser fetches by itself, without anybody following it.
FETCHED = {
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("link", "href"), ("source", "srcset"),
    ("img", "srcset"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src"),
}  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; workers of one run share it."""
    room = tmp_path_factory.getbasetemp()
    room = room.parent if "PYTEST_XDIST_WORKER" in os.environ else room
    built = room / "site" / "site"
    with (room / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (built / "index.html").exists():
            done = subprocess.run(
                [sys.executable, str(ROOT / "scripts" / "build_site.py"), str(room / "site")],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return built


@dataclass(slots=True)
class Seen(HTMLParser):
    """What a page holds: tags within the article, ids, links to follow, addresses fetched."""

    convert_charrefs: bool = True
    tags: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    inside: int = 0

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attributes}
        self.inside += tag == "article"
        if self.inside:
            self.tags[tag] += 1
        self.ids |= {named[key] for key in ("id", "name") if key in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        self.fetched += [value for key, value in named.items() if (tag, key) in FETCHED]

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "article"


@cache
def seen(page: Path) -> Seen:
    parser = Seen()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def pages(site: Path) -> list[Path]:
    """Every page but the one that a server shows where there is none: it has no place of its own."""
    return sorted(page for page in site.rglob("*.html") if page.name != "404.html")


def led_to(page: Path, link: str) -> tuple[Path, str] | None:
    """The file and the anchor that a link within the site leads to."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return (target / "index.html" if target.is_dir() else target), unquote(parts.fragment)


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    reached, waiting = set(), [site / "index.html"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".html":
            continue
        reached.add(page)
        targets = [led_to(page, link) for link in seen(page).links]
        waiting += [target[0] for target in targets if target is not None and target[0].exists()]
    asked = {site / path.relative_to(ROOT / "docs").with_suffix(".html") for path in PAGES}
    assert asked - reached == set(), "link it from another page, or put it into nav of mkdocs.yml"
    assert {
        site / "reports" / f"{name}.html" for name in ("bank", "capacity-bank", "credit", "flights", "plan")
    } <= reached


def test_every_link_and_anchor_leads_somewhere(site: Path) -> None:
    dead = []
    for page in pages(site):
        for link in [*seen(page).links, *seen(page).fetched]:
            target = led_to(page, link)
            if target is None:
                continue
            file, anchor = target
            if not file.exists():
                dead.append(f"{page.relative_to(site)}: {link}")
            elif anchor and file.suffix == ".html" and anchor not in seen(file).ids:
                dead.append(f"{page.relative_to(site)}: {link} has no such anchor")
    assert dead == []


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    asked = []
    for page in pages(site):
        asked += [f"{page.name}: {one}" for one in seen(page).fetched if re.match(r"(https?:)?//", one)]
    for sheet in sorted(site.rglob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        asked += [
            f"{sheet.name}: {one}"
            for one in re.findall(r"(?:url\(|@import)[ '\"]*(?:https?:)?//[^)'\"]*", text)
        ]
    assert asked == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "docs")))
def test_a_page_has_the_lists_tables_and_headings_that_its_text_has(path: Path, site: Path) -> None:
    # Generators read lists and tables by rules of their own; what reads well in the repository must on the site.
    repository = PurePosixPath(path.relative_to(ROOT).as_posix())
    filled = site_pages.fill_in(path.read_text(encoding="utf-8"), repository, Anything())
    asked = Seen()
    asked.feed(f"<article>{MarkdownIt('commonmark').enable('table').render(filled)}</article>")
    built = seen(site / path.relative_to(ROOT / "docs").with_suffix(".html"))
    for tag in ("li", "tr", "h1", "h2", "h3", "h4", "pre", "blockquote", "ol"):
        # Highlighted code is laid out in tables of its own by some generators; none is used here.
        assert built.tags[tag] == asked.tags[tag], tag


class Anything(dict[str, dict[str, tuple[str, str]]]):
    """Marks of every name: what they are filled with has no list, table or heading."""

    def __missing__(self, kind: str) -> dict[str, tuple[str, str]]:
        return AnyName()


class AnyName(dict[str, tuple[str, str]]):
    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> tuple[str, str]:
        return "words", "reports/any.html"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])
def test_every_link_and_anchor_of_a_page_beside_the_docs_leads_somewhere(name: str) -> None:
    text = site_pages.FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    dead = []
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
        file = ROOT / target if target else ROOT / name
        if not file.exists():
            dead.append(target)
        elif anchor and anchor not in anchors(file):
            dead.append(f"{target}#{anchor}")
    assert dead == []


def anchors(page: Path) -> set[str]:
    """The anchors that a repository's host gives to the headings of a Markdown page."""
    text = site_pages.FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_gallery_shows_every_kind_of_chart() -> None:
    shown = re.findall(
        r"^<!-- figure: [\w-]+/(\w+) -->$", (ROOT / "docs" / "gallery.md").read_text(), re.MULTILINE
    )
    assert sorted(shown) == sorted(KINDS)


def test_a_mark_that_nobody_fills_in_is_an_error() -> None:
    with pytest.raises(site_pages.SiteError, match="nothing makes the report banc; there are bank"):
        site_pages.fill_in(
            "<!-- report: banc -->",
            PurePosixPath("docs/index.md"),
            {"report": {"bank": ("Open", "reports/bank.html")}},
        )


def test_links_that_leave_the_docs_are_led_along_and_those_in_code_are_not() -> None:
    page = "[a](../../CHANGELOG.md#x) [b](verdict.md)\n\n```md\n[a](../../CHANGELOG.md)\n```\n"
    led, found = site_pages.led_along(page, PurePosixPath("docs/methods/tiers.md"))
    assert led == "[a](../project/CHANGELOG.md#x) [b](verdict.md)\n\n```md\n[a](../../CHANGELOG.md)\n```\n"
    assert [str(one) for one in found] == ["CHANGELOG.md", "docs/methods/verdict.md"]


@pytest.mark.system
def test_pages_opened_from_a_folder_ask_for_nothing_and_can_be_searched(site: Path, browser: Browser) -> None:
    asked, wrong = [], []
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.on("request", lambda one: asked.append(one.url) if one.url.startswith("http") else None)
    page.on("pageerror", lambda one: wrong.append(f"{page.url}: {one}"))
    page.on("console", lambda one: wrong.append(f"{page.url}: {one.text}") if one.type == "error" else None)
    for path in pages(site):
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{path.relative_to(site)} is {width} wide"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto((site / "methods" / "verdict.html").as_uri())
    page.locator(".md-search__button").click()
    sought = page.get_by_placeholder("Search")
    sought.press_sequentially("pinball")
    page.locator("a", has_text="Which quantile is asked for").first.wait_for()
    assert sought.input_value() == "pinball"
    page.close()
    assert asked + wrong == [], asked + wrong
