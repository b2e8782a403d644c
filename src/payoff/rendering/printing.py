"""The report on paper: the same page, printed by a browser of the machine that can do so without a window.

The browser runs alone: in a profile that is thrown away, and with every name of a host unknown to it. The page itself
asks for nothing, and its policy lets nothing run but payoff's own scripts.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from payoff.errors.usage import NoBrowser, NotPrinted
from payoff.rendering.literal import shorten

VARIABLE = "PAYOFF_BROWSER"
"""The variable of the environment that names a browser in place of those that are looked for."""

SECONDS = 90.0

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
    "chrome-headless-shell",
)
_APPLICATIONS = ("Google Chrome", "Microsoft Edge", "Chromium")
_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # What stops it is still told, what it merely misses is not.
    "--log-level=3",
    "--no-pdf-header-footer",
    # The same, as browsers before 2023 say it.
    "--print-to-pdf-no-header",
)
_START = b"%PDF-"


def to_pdf(page: str) -> bytes:
    """Return a page as PDF, on A4, as its style for paper says: its title in the document and page numbers below.

    Raises
    ------
    NoBrowser
        When the machine has none that prints.
    NotPrinted
        When the browser gave up, or needed more than ``SECONDS``.
    """
    browser = browser_found()
    # The prefix is that of all folders of this process, which an interrupt removes.
    with tempfile.TemporaryDirectory(prefix=f"payoff-{os.getpid()}-", ignore_cleanup_errors=True) as held:
        folder = Path(held)
        source, target = folder / "report.html", folder / "report.pdf"
        source.write_text(page, encoding="utf-8")
        # Where everybody is root (containers), browsers refuse to start with their sandbox.
        rooted = ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
        own = (f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}")
        remark = _run([str(browser), *_FLAGS, *rooted, *own, source.as_uri()], browser)
        content = target.read_bytes() if target.is_file() else b""
    if not content.startswith(_START):
        raise _not_printed(browser, f"no PDF, {remark}")
    return content


def browser_found() -> Path:
    """Return the browser that prints: the one that ``PAYOFF_BROWSER`` names, else the first that is found.

    Raises
    ------
    NoBrowser
        When there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise _no_browser(VARIABLE, f"no program {shorten(named, 80)!r}")
        return Path(path)
    found = next((path for path in _candidates() if path.is_file()), None)
    if found is None:
        raise _no_browser("--pdf", "neither Chromium, Chrome nor Edge")
    return found


def _candidates() -> Iterator[Path]:
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            yield Path(path)
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            for name in _APPLICATIONS:
                yield folder / f"{name}.app" / "Contents" / "MacOS" / name
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if variable in os.environ:
            yield from (Path(os.environ[variable], *name.split("/")) for name in _PROGRAMS)


def _run(command: list[str], browser: Path) -> str:
    """Run the browser to its end and return how it ended in words: what it printed counts, not how it exits."""
    try:
        done = subprocess.run(  # noqa: S603 - a program of the user's own machine, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise _not_printed(browser, f"no end after {SECONDS:.0f} seconds") from problem
    except OSError as problem:
        raise _not_printed(browser, problem.strerror or "no start") from problem
    said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    return f"exit {done.returncode}" + (f", {shorten(said[-1], 160)}" if said else "")


def _no_browser(where: str, found: str) -> NoBrowser:
    return NoBrowser(
        where=where,
        found=found,
        expected="a browser that prints",
        fix=f"install one, name one in {VARIABLE}, or open the report in any browser and print it from there.",
    )


def _not_printed(browser: Path, found: str) -> NotPrinted:
    return NotPrinted(
        where=str(browser),
        found=found,
        expected="the report as PDF",
        fix=f"name another browser in {VARIABLE}, or open the report in any browser and print it from there.",
    )
