"""The languages in which a result is told: one file each, and what English says is the key.

payoff writes English. Another language is a file beside this one, ``CODE.toml``: how its numbers and dates read, and
for every English text what is said instead. Nothing else names a language, so that a third is a file too.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from payoff.errors import nearest
from payoff.errors.usage import UnknownLanguage

DEFAULT = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its code as in ``<html lang>``, its own name, and how it reads.

    ``messages`` holds what is said for each English text, none for English itself. A text may have places:
    ``{name}`` is kept as it stands, ``{#rows}`` is a number or an amount and is written anew, ``{~reason}`` is told in
    turn. ``decimal`` and ``thousands`` separate digits, ``percent`` follows a percentage, and ``large`` is what
    stands for thousands, millions and so on at an axis; ``date`` orders year, month and day; ``unit_first`` says
    whether a currency stands before its number.
    """

    code: str
    name: str
    decimal: str
    thousands: str
    percent: str
    large: tuple[str, str, str, str]
    date: str
    unit_first: bool
    messages: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(self.code)


def codes() -> tuple[str, ...]:
    """Return the code of every language that payoff speaks, English first.

    >>> codes()
    ('en', 'de')
    """
    found = (each.name for each in files(__package__).iterdir() if each.name.endswith(".toml"))
    return tuple(
        sorted((name.removesuffix(".toml") for name in found), key=lambda code: (code != DEFAULT, code))
    )


def language(code: str) -> Language:
    """Return the language of a code.

    Raises
    ------
    UnknownLanguage
        When payoff does not speak it.

    >>> language("de").name
    'Deutsch'
    """
    if code not in codes():
        raise UnknownLanguage(
            where="language",
            found=f"{code!r}{nearest(str(code), codes())}",
            expected=f"one of {', '.join(codes())}",
            fix="name one of them; a further language is a file beside them.",
        )
    return _read(code)


@cache
def _read(code: str) -> Language:
    """Return the language of a code that there is."""
    document = tomllib.loads(files(__package__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))
    texts, large = document.pop("texts", {}), document.pop("large")
    return Language(**document, large=tuple(large), messages=dict(_messages(texts)))


def _messages(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return every text of every part of a file."""
    for part in texts.values():
        yield from part.items()


ENGLISH = language(DEFAULT)
