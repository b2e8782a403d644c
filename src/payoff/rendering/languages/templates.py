"""Templates told in a language: what stands between their tags is looked up when they are compiled.

A template is written in English and knows no language. Every text between its tags, and in the attributes that are read
aloud or shown, is a text of the catalogue. A sentence with something in its middle stands in ``{% trans %}``, so that
another language can order it anew.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from payoff.rendering.languages.voice import Voice
from payoff.rendering.literal import literal

READ_ALOUD = ("aria-label", "data-label", "title", "alt", "placeholder")
_TAG = re.compile(r"(<[^<>]*>?)")
_OPEN = re.compile(r"""([\w-]+)=(["'])[^"']*$""")
# Attributes that are read, and data of scripts that are words rather than a name.
_SPOKEN = re.compile(rf"""\b({"|".join(READ_ALOUD)}|data-[a-z-]+(?==\"[^"]* ))="([^"]*)\"""")
_HELD = re.compile(r"%\((\w+)\)s")


class Told(Extension):
    """Tells the words of a template in the environment's ``voice`` and leaves machine-read attributes alone."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Return the tokens with every text told."""
        # Jinja hands every extension the environment whose voice tells.
        return _told(stream, self.environment.voice)  # type: ignore[attr-defined]


def texts_of(source: str) -> Iterator[str]:
    """Return every text of a template's source, as the catalogue must hold it.

    >>> list(texts_of('<p title="Aloud">Two <b>texts</b>{{ x }}</p>'))
    ['Aloud', 'Two', 'texts']
    """
    from_blocks = re.compile(r"\{%-?\s*trans\b.*?%\}(.*?)\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
    for block in from_blocks.findall(source):
        yield re.sub(r"\{\{\s*(\w+)\s*\}\}", r"{\1}", " ".join(block.split()))
    bare = re.sub(r"\{#.*?#\}", "", from_blocks.sub("\0", source), flags=re.DOTALL)
    inside = ""
    for data in re.split(r"\{\{.*?\}\}|\{%.*?%\}|\0", bare, flags=re.DOTALL):
        for piece, tag in _pieces(data, inside):
            if tag:
                yield from (each[1] for each in _SPOKEN.findall(piece) if _worded(each[1]))
            elif _worded(piece):
                yield unescape(piece.strip())
        inside = _after(inside, data)


def catalogue_of(voice: Voice, text: str) -> str:
    """Return what ``{% trans %}`` calls: a text whose places are written ``%(name)s``."""
    known = voice.language.messages.get(_HELD.sub(r"{\1}", text))
    return text if known is None else re.sub(r"\{(\w+)\}", r"%(\1)s", known)


def as_it_stands(value: object) -> Markup:
    """Return what a machine reads: escaped, told in no language."""
    return value if isinstance(value, Markup) else Markup(escape(literal(str(value))))  # noqa: S704 - escaped here


def _told(stream: TokenStream, voice: Voice) -> Iterator[Token]:
    """Tell what stands between tags; keep what stands in an attribute of a machine."""
    inside, kept, whole = "", False, 0
    for token in stream:
        if token.type == "name" and token.value in ("trans", "endtrans"):
            whole = 1 if token.value == "trans" else 0
        if token.type == "data":
            value = str(token.value)
            yield token if whole else Token(token.lineno, "data", "".join(_spoken(value, inside, voice)))
            inside = _after(inside, value)
            continue
        if token.type == "variable_begin":
            kept = _is_machine(inside)
            yield token
            if kept:
                yield Token(token.lineno, "lparen", "(")
            continue
        if token.type == "variable_end" and kept:
            kept = False
            yield Token(token.lineno, "rparen", ")")
            yield Token(token.lineno, "pipe", "|")
            yield Token(token.lineno, "name", "as_it_stands")
        yield token


def _spoken(data: str, inside: str, voice: Voice) -> Iterator[str]:
    for piece, tag in _pieces(data, inside):
        if tag:
            yield _SPOKEN.sub(lambda match: f'{match[1]}="{_retold(match[2], voice)}"', piece)
        else:
            yield _retold(piece, voice) if _worded(piece) else piece


def _pieces(data: str, inside: str) -> Iterator[tuple[str, bool]]:
    """Return data cut into tags and what stands between them; ``inside``: the tag that is open before it."""
    if inside:
        head, mark, data = data.partition(">")
        yield head + mark, True
    for piece in _TAG.split(data):
        if piece:
            yield piece, piece.startswith("<")


def _after(inside: str, data: str) -> str:
    """Return the tag that is still open after ``data``, from its first letter on; nothing between tags."""
    every = inside + data
    return every[every.rfind("<") :] if every.rfind("<") > every.rfind(">") else ""


def _is_machine(inside: str) -> bool:
    found = _OPEN.search(inside)
    return bool(inside) and (found is None or found[1] not in READ_ALOUD)


def _worded(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _retold(text: str, voice: Voice) -> str:
    return escape(voice(unescape(text)))
