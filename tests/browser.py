"""A real browser for tests: Debian's Chromium, offline, to whom every request and every complaint is a failure.

One browser serves all tests of a worker; each page has a context of its own. What a test asks for is a look: how
wide, dark or light, on paper, with scripts or without. A missing browser is an error, never a skip.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
MILLISECONDS = 30_000

# Runs before anything of the page: what the page's policy refused, and what a hostile string would do.
WATCH = """
window.refused = []; window.executed = [];
addEventListener("securitypolicyviolation",
  found => window.refused.push(`${found.violatedDirective} refused ${found.blockedURI} ${found.sample}`));
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...said) => { window.executed.push(`${name}(${said})`); };
"""
SAID = "[...window.refused ?? [], ...window.executed ?? []]"


@dataclass(frozen=True)
class Look:
    """How a page is opened."""

    width: int = 1280
    height: int = 900
    dark: bool = False
    paper: bool = False
    scripts: bool = True
    finger: bool = False


Visit = Callable[..., "Page"]


@contextmanager
def launched() -> Iterator["Browser"]:
    """Yield the browser of this system, and close it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - half a second, only where it is used

    found = shutil.which("chromium")
    if found is None:
        pytest.fail("chromium is not on the PATH: apt-get install chromium, or run `make system`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Watched:
    """An open page, and what it did that a page of payoff never does."""

    page: "Page"
    heard: list[str]

    def faults(self) -> list[str]:
        """Return requests but of the file itself and ``data:``, lines on the console, exceptions, dialogs, other
        pages, and violations of the page's policy, all since the page was opened.
        """
        own = [one for frame in self.page.frames for one in frame.evaluate(SAID)]
        others = [f"opens {other.url}" for other in self.page.context.pages if other is not self.page]
        return [*self.heard, *own, *others]


@contextmanager
def watching(browser: "Browser", target: Path, look: Look | None = None) -> Iterator[Watched]:
    """Yield the page of a file as somebody with this look has it open."""
    look = look or Look()
    heard: list[str] = []
    with _context(browser, look) as context:
        _listen(context, target.as_uri(), heard)
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        turn(page, look)
        page.goto(target.as_uri(), wait_until="load")
        yield Watched(page, heard)


@contextmanager
def visiting(browser: "Browser", target: Path, look: Look | None = None) -> Iterator["Page"]:
    """Yield the page of a file, and afterwards refuse all that it did and should not have done."""
    with watching(browser, target, look) as watched:
        yield watched.page
        faults = watched.faults()
    if faults:
        raise AssertionError(f"{target.name} at {look}:\n" + "\n".join(faults))


def turn(page: "Page", look: Look) -> None:
    """Give an open page another width, height, scheme and medium; scripts and fingers stay as they were."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(media="print" if look.paper else "null", color_scheme="dark" if look.dark else "light")


@contextmanager
def _context(browser: "Browser", look: Look) -> Iterator["BrowserContext"]:
    context = browser.new_context(
        offline=True, locale="en-GB", java_script_enabled=look.scripts, has_touch=look.finger
    )
    context.add_init_script(WATCH)
    try:
        yield context
    finally:
        context.close()


def _listen(context: "BrowserContext", own: str, heard: list[str]) -> None:
    """Keep in ``heard`` whatever pages of this context ask for, say or open."""

    def asked(url: str) -> None:
        if url.partition("#")[0] != own and not url.startswith(("data:", "blob:")):
            heard.append(f"asks for {url}")

    context.on("request", lambda request: asked(request.url))
    context.on("console", lambda said: heard.append(f"console {said.type}: {said.text}"))
    context.on("weberror", lambda error: heard.append(f"exception: {error.error}"))

    def dismissed(dialog: Any) -> None:
        heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.on("dialog", dismissed)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The browser of this worker."""
    with launched() as found:
        yield found


@pytest.fixture
def visit(browser: "Browser", tmp_path: Path) -> Iterator[Visit]:
    """Opens a page: ``visit(path_or_html, width=360, dark=True, scripts=False, ...)``, see `Look`.

    The page stays open for the test, and is held to the rules of `visiting` when the test ends.
    """
    with ExitStack() as opened:
        count = 0

        def visit(target: Path | str, **look: Any) -> "Page":
            nonlocal count
            if isinstance(target, str):
                count += 1
                written = tmp_path / f"page-{count}.html"
                written.write_text(target, encoding="utf-8")
                target = written
            return opened.enter_context(visiting(browser, target, Look(**look)))

        yield visit
