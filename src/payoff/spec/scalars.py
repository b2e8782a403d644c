"""Bare scalars of YAML, read one way: numbers, true and false, dates, text; everything doubtful is refused.

YAML 1.1 and 1.2 disagree on many bare words (``NO``, ``012``, ``22:30``, ``1_000``). payoff reads what both
read alike, reads ``1e3`` as the number everybody means, and refuses the rest with a message that names the
surprise.
"""

import re
from datetime import date

from payoff.errors import SpecError
from payoff.errors.spec import AmbiguousScalar, EmptyValue, UnusableNumber

LARGEST_INTEGER = 2**63 - 1

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SURPRISES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"yes|Yes|YES|on|On|ON"), "YAML 1.1 reads it as true"),
    (re.compile(r"no|No|NO|off|Off|OFF"), "YAML 1.1 reads it as false"),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+"), "some readers take it as a hexadecimal number"),
    (re.compile(r"[-+]?0[bB][01_]+"), "some readers take it as a binary number"),
    (re.compile(r"[-+]?0[oO]?[0-7_]+"), "YAML 1.1 reads it as an octal number"),
    (re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?([eE][-+]?[0-9]+)?"), "readers differ on the leading zero"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "YAML 1.1 reads it as a number in base 60"),
    (
        re.compile(r"[-+]?\.?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"),
        "readers differ on the underscore",
    ),
    (re.compile(r"[-+]?[0-9][0-9_]*\.[0-9_]*_[0-9_]*([eE][-+]?[0-9]+)?"), "readers differ on the underscore"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"), "YAML 1.1 reads it as a date or a time"),
)


def read_scalar(word: str, where: str) -> str | int | float | bool | date:
    """Return what an unquoted YAML scalar means.

    Raises
    ------
    EmptyValue
        For nothing, ``null`` and ``~``.
    UnusableNumber
        For ``.inf``, ``.nan``, and numbers that a double or a 64-bit integer cannot hold.
    AmbiguousScalar
        For what YAML versions read differently.

    >>> read_scalar("1e3", "x"), read_scalar("y", "x"), read_scalar("45000 per year", "x")
    (1000.0, 'y', '45000 per year')
    """
    if word in _NULLS:
        raise empty_value(word, where)
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _INTEGER.fullmatch(word):
        return usable_integer(word, where)
    if _FLOAT.fullmatch(word):
        return usable_float(word, where)
    if _NOT_FINITE.fullmatch(word):
        raise unusable_number(word, where)
    if _DATE.fullmatch(word):
        return _date(word, where)
    for pattern, surprise in _SURPRISES:
        if pattern.fullmatch(word):
            raise _ambiguous(word, where, surprise)
    return word


def empty_value(word: str, where: str) -> SpecError:
    """Return the error for a key without a value."""
    return EmptyValue(
        where=where,
        found=f"`{word}`, which means no value" if word else "nothing",
        expected="a value",
        fix="leave the key out, or give it a value; text is written in quotes.",
    )


def unusable_number(word: str, where: str) -> SpecError:
    """Return the error for a number that no sum can hold."""
    shown = word if len(word) <= 40 else f"{word[:20]}... ({len(word)} characters)"
    return UnusableNumber(
        where=where,
        found=shown,
        expected="a finite number that a double or a 64-bit integer can hold",
        fix="write the number itself; for text, use quotes.",
    )


def usable_integer(word: str, where: str) -> int:
    """Return the integer, refusing what 64 bits cannot hold."""
    if len(word) > 20 or abs(int(word)) > LARGEST_INTEGER:
        raise unusable_number(word, where)
    return int(word)


def usable_float(word: str, where: str) -> float:
    """Return the number, refusing what overflows, and what is silently taken for zero."""
    number = float(word)
    lost = number == 0.0 and any(digit in "123456789" for digit in re.split("[eE]", word)[0])
    if lost or number in (float("inf"), float("-inf")) or number != number:
        raise unusable_number(word, where)
    return number


def _date(word: str, where: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise _ambiguous(word, where, "it looks like a date, and the calendar has no such day") from None


def _ambiguous(word: str, where: str, surprise: str) -> SpecError:
    lowered = word.lower()
    meant = {"yes": " or true", "on": " or true", "no": " or false", "off": " or false"}.get(lowered, "")
    digits = word.replace("_", "").lstrip("+")
    if not meant and _FLOAT.fullmatch(digits.lstrip("0") or "0") and ":" not in word:
        meant = f" for text, or {digits.lstrip('0') or '0'} for a number"
    return AmbiguousScalar(
        where=where,
        found=f"unquoted {word} ({surprise})",
        expected="a word that every reader takes alike",
        fix=f'write "{word}"{meant}.',
    )
