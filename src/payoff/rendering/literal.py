"""User strings on their way out: shown literally, whatever they hold.

Names, labels, column values and the spec are written by others. Nothing here trusts them: control and
direction characters are spelled out, so that a name can neither steer a terminal nor reorder a line.
Escaping for HTML, SVG and Markdown is the teller's own work, on top of this.
"""

import re
from functools import cache

# C0 but tab and newline, DEL, C1, line separators, direction overrides and isolates, BOM, surrogates.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_COLONS = re.compile(r"^(\s*)::", re.MULTILINE)
_BRACKETED = re.compile(r"##(?=\w*\[)")


def literal(text: str) -> str:
    r"""Return ``text`` with control and direction characters spelled out.

    >>> literal("job\x1b[2J")
    'job\\x1b[2J'
    >>> literal("Zürich 🏦")
    'Zürich 🏦'
    """
    return _STEERING.sub(lambda match: _spelled(ord(match[0])), text.replace("\r\n", "\n"))


def in_json(text: str) -> str:
    r"""Return JSON with control and direction characters spelled out, so that it is read as it was.

    >>> in_json('"a\u202eb"')
    '"a\\u202eb"'
    """
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    r"""Return ``text`` literally and on one line.

    >>> one_line("two\n  lines")
    'two lines'
    """
    return " ".join(literal(text).split())


def unbroken(text: str, units: frozenset[str]) -> str:
    r"""Return text in which no line ends between a number and its unit, on either side of it.

    >>> unbroken("EUR 5 to EUR 7, 5 EUR bis 7 EUR", frozenset({"EUR"}))
    'EUR\xa05 to EUR\xa07, 5\xa0EUR bis 7\xa0EUR'
    """
    if " " not in text:
        return text
    for unit in units:
        if unit in text:
            text = _beside(unit).sub("\xa0", text)
    return text


def no_command(text: str) -> str:
    r"""Return lines of which no build system takes one for a command of its own, a backslash put in where one could.

    GitHub Actions reads lines that begin with ``::``, and ``##[`` anywhere; Azure ``##vso[``, TeamCity ``##teamcity[``.

    >>> no_command("  ::error::x\nsee ##[group]")
    '  :\\:error::x\nsee #\\#[group]'
    """
    return _BRACKETED.sub(r"#\\#", _COLONS.sub(r"\1:\\:", text))


def shorten(text: str, length: int) -> str:
    """Return ``text`` on one line and no longer than ``length`` characters, cut with an ellipsis.

    >>> shorten("blue-collar workers", 12)
    'blue-collar…'
    """
    line = one_line(text)
    return line if len(line) <= length else line[: max(length - 1, 0)].rstrip() + "…"


def _spelled(point: int) -> str:
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"


@cache
def _beside(unit: str) -> re.Pattern[str]:
    """Return the space between a number and a unit."""
    word = re.escape(unit)
    return re.compile(rf"(?<=(?<!\w){word}) (?=\d)|(?<=\d) (?={word}(?!\w))")
