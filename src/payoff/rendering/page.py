"""What every page shares: the style sheet, the scripts, the policy that lets nothing else in, and the templates.

No request leaves a page. Every string of the user is escaped by the template engine; only the style sheet, the
scripts and the charts (which escape by making) are marked safe, in one place.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from payoff.rendering import numbers
from payoff.rendering.charts.drawing import on_page
from payoff.rendering.charts.marks import Chart
from payoff.rendering.charts.spoken import in_clauses, spoken
from payoff.rendering.charts.style import PAGE, PLAIN, rules
from payoff.rendering.languages.templates import Told, as_it_stands, catalogue_of
from payoff.rendering.languages.voice import Voice
from payoff.rendering.literal import literal, shorten, unbroken
from payoff.rendering.stacking import stacked
from payoff.rendering.wording import opening, reason_text, sentence_case

# Of `rendering/scripts`, in the order in which the report runs them.
SCRIPTS: tuple[str, ...] = (
    "estimates",
    "distributions",
    "assumptions",
    "support",
    "revaluing",
    "limits",
    "whatif",
    "copying",
    "entering",
    "trying",
)
# What fits above a page of paper.
LONGEST_HEAD = 90


def style_sheet(title: str) -> str:
    """Return the one style sheet of reports; on paper ``title`` stands above every page, and its number below.

    How charts look is said once for all of them, in ``charts.style``.
    """
    sheet = files("payoff.rendering").joinpath("templates/report.css").read_text(encoding="utf-8")
    sheet = f"{sheet}{rules('.payoff .chart', PAGE)}\n"
    return f"{sheet}@page {{ @top-left {{ content: {css_string(shorten(title, LONGEST_HEAD))}; }} }}\n"


def css_string(text: str) -> str:
    r"""Return text as a string of a style sheet, in which nothing can end it.

    >>> css_string('a"b')
    '"a\\22 b"'
    """
    letters = (one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):x} " for one in text)
    return f'"{"".join(letters)}"'


def scripts_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return payoff's own scripts of these names, each whole: a page runs them where it may, and stands without."""
    folder = files("payoff.rendering").joinpath("scripts")
    return tuple(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in names)


def content_policy(style: str, scripts: Sequence[str] = ()) -> str:
    """Return the page's policy: nothing loads or runs but what has these hashes, and inline images."""
    allowed = {"style-src": [style], "script-src": scripts}
    listed = "".join(f"; {kind} {' '.join(map(_hash, texts))}" for kind, texts in allowed.items() if texts)
    return f"default-src 'none'{listed}; img-src data:; base-uri 'none'; form-action 'none'"


def environment(voice: Voice) -> Environment:
    """Return the templates, told in one voice, with what they call."""
    found = Environment(
        extensions=["jinja2.ext.i18n", *([] if voice.is_english else [Told])],
        loader=PackageLoader("payoff.rendering", "templates"),
        autoescape=True,
        # A template is rendered once: folding its constants takes longer than it saves.
        optimized=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=partial(_final, voice),
    )
    # Extensions read it from there when they meet a template.
    found.extend(voice=voice)
    found.filters |= {
        "count": numbers.count,
        "exact": _exact,
        "reason": reason_text,
        "svg": partial(_svg, voice),
        "stacked": lambda table: trusted(stacked(table)),
        "finding": partial(_finding, voice),
        "left_in_english": partial(_left_in_english, voice),
    }
    found.filters |= {"as_it_stands": as_it_stands, "sentence_case": sentence_case, "opening": opening}
    found.globals |= {"number": numbers.number, "money": numbers.money, "language": voice.language}
    tell = partial(catalogue_of, voice)
    # Jinja's own extension adds this method; it counts nothing here: one and many are texts of their own.
    found.install_gettext_callables(tell, lambda one, many, n: tell(one if n == 1 else many), newstyle=True)  # type: ignore[attr-defined]
    return found


def trusted(text: str) -> Markup:
    """Mark as safe what payoff itself wrote: the style sheet, and charts, escaped by `charts.svg`."""
    return Markup(text)  # noqa: S704 - the one place; see the docstring


def _svg(voice: Voice, chart: Chart) -> Markup:
    """Return a chart as it is drawn on the page, its texts told before they are broken into lines."""
    return trusted(on_page(*spoken(chart, PLAIN, voice)))


def _finding(voice: Voice, chart: Chart) -> Markup:
    """Return what is seen in a chart, told, so that it is not told again on its way into the page."""
    return as_it_stands(unbroken(in_clauses(chart.message, voice), voice.units))


def _left_in_english(voice: Voice, text: str) -> Markup:
    """Return the attribute of a text that this language has no words for; nothing of any other."""
    return Markup(' lang="en"') if voice.unknown(text) else Markup()


def _hash(text: str) -> str:
    """Return how a policy names what it lets in."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _exact(value: float) -> str:
    """Return a number as the result's JSON holds it."""
    return str(value) if isinstance(value, int) else repr(float(f"{value:.10g}"))


def _final(voice: Voice, value: Any) -> Any:
    """Tell every string on its way into the page, and spell out its control and direction characters."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return literal(unbroken(voice(value), voice.units))
