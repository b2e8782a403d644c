"""From a file, a text or a dict to a plain tree with the place of every key.

Nothing is substituted (no ``${ENV}``), nothing is executed, nothing is guessed.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Literal

from payoff.errors.spec import (
    DuplicateKey,
    MalformedSpec,
    OversizedSpec,
    UnreadableSpec,
    WrongKind,
)
from payoff.spec.events import DEEPEST, MOST_NODES, read_yaml
from payoff.spec.places import Node, Path, Plain, Text, dotted
from payoff.spec.scalars import empty_value, unusable_number, usable_float, usable_integer

Format = Literal["yaml", "json", "toml"]

LARGEST_FILE = 1024 * 1024
_FORMATS: Mapping[str, Format] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}


def read(source: str | FilePath | Mapping[str, object]) -> Text:
    """Read a spec from a path or a dict.

    Raises
    ------
    payoff.errors.SpecError
        For anything that is not one plain, safe, unambiguous mapping.

    >>> read({"today": "nobody"}).tree
    {'today': 'nobody'}
    """
    if isinstance(source, Mapping):
        tree = _mapping(source, (), _Budget())
        return Text(tree=tree, text=json.dumps(tree, indent=2, default=str, ensure_ascii=False) + "\n")
    if not isinstance(source, str | FilePath):
        raise UnreadableSpec(
            where="the spec",
            found=f"a value of type {type(source).__name__}",
            expected="a path or a dict",
            fix="pass the path of the spec file, or its content as a dict.",
        )
    return _file(source)


def read_text(text: str, form: Format) -> Text:
    """Read a spec from its text.

    >>> read_text('{"today": "nobody"}', "json").tree
    {'today': 'nobody'}
    """
    text = text.removeprefix("\ufeff")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_FILE:
        raise _too_much(f"{size} bytes", f"at most {LARGEST_FILE} bytes")
    if form == "yaml":
        parsed, places = read_yaml(text)
    else:
        parsed, places = (_json(text) if form == "json" else _toml(text)), {}
    if not isinstance(parsed, Mapping):
        raise WrongKind(
            where="the document",
            found=f"a {type(parsed).__name__}",
            expected="a mapping with keys such as decision, data and value",
            fix="begin with `payoff: 1`; `payoff init` writes a commented spec.",
        )
    return Text(tree=_mapping(parsed, (), _Budget()), text=text, places=places)


def _file(source: str | FilePath) -> Text:
    shown = str(source)
    if "\n" in shown:
        raise UnreadableSpec(
            where="the spec",
            found="a text of several lines",
            expected="a path or a dict",
            fix="save the text to a file, or pass it as a dict.",
        )
    path = FilePath(source)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise UnreadableSpec(
            where=shown,
            found=f"the ending {path.suffix or '(none)'}",
            expected="a spec ending in .yaml, .yml, .json or .toml",
            fix="rename the file after its format.",
        )
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 4)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UnreadableSpec(
            where=shown,
            found=(reason or "a path that cannot be opened").lower(),
            expected="a spec file that can be read",
            fix="check the path and its permissions; `payoff init DATA` writes a first spec.",
        ) from None
    if len(raw) > LARGEST_FILE:
        raise _too_much(f"more than {LARGEST_FILE} bytes", f"at most {LARGEST_FILE} bytes")
    return read_text(_decoded(raw, shown), form)


def _decoded(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise UnreadableSpec(
            where=f"{shown} (line {line})",
            found=f"byte 0x{raw[problem.start]:02x}, which is not UTF-8",
            expected="UTF-8 text",
            fix="save the file as UTF-8.",
        ) from None


def _json(text: str) -> object:
    def pairs(items: Sequence[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in items:
            if key in found:
                raise DuplicateKey(
                    where=f'the key "{key}"',
                    found="the key twice in one mapping",
                    expected="each key once",
                    fix="remove one of the two.",
                )
            found[key] = value
        return found

    def constant(word: str) -> float:
        raise unusable_number(word, "the document")

    try:
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_int=lambda word: usable_integer(word, "the document"),
            parse_float=lambda word: usable_float(word, "the document"),
        )
    except json.JSONDecodeError as problem:
        raise _malformed("JSON", f"line {problem.lineno}, column {problem.colno}", problem.msg) from None
    except RecursionError:
        raise _too_much("nesting without end", f"at most {DEEPEST} levels") from None


def _toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _malformed("TOML", "the document", str(problem)) from None
    except RecursionError:
        raise _too_much("nesting without end", f"at most {DEEPEST} levels") from None


def _malformed(language: str, where: str, problem: str) -> MalformedSpec:
    return MalformedSpec(
        where=where,
        found=problem,
        expected=f"well-formed {language}",
        fix="correct the text at that place.",
    )


def _too_much(found: str, expected: str) -> OversizedSpec:
    return OversizedSpec(
        where="the document", found=found, expected=expected, fix="keep rows in the data, not in the spec."
    )


class _Budget:
    """Counts nodes, so that a dict that shares its parts cannot stand for millions of leaves."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def spend(self, path: Path) -> None:
        self.left -= 1
        if self.left < 0:
            raise _too_much(f"more than {MOST_NODES} entries", f"at most {MOST_NODES} entries")
        if len(path) > DEEPEST:
            raise _too_much(f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")


def _mapping(given: Mapping[object, object] | Mapping[str, object], path: Path, budget: _Budget) -> Plain:
    found: dict[str, Node] = {}
    for key, value in given.items():
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise WrongKind(
                where=dotted(path),
                found=f"the key {key!r}",
                expected="keys of text",
                fix="write the key as text.",
            )
        name = _text(str(key), path)
        if name in found:
            raise DuplicateKey(
                where=dotted((*path, name)),
                found="the key twice, once as text and once as a number",
                expected="each key once",
                fix="remove one of the two.",
            )
        found[name] = _node(value, (*path, name), budget)
    return found


def _node(value: object, path: Path, budget: _Budget) -> Node:
    budget.spend(path)
    if isinstance(value, Mapping):
        return _mapping(value, path, budget)
    if isinstance(value, list | tuple):
        return tuple(_node(entry, (*path, position), budget) for position, entry in enumerate(value))
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, bool) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, int):
        return usable_integer(str(value), dotted(path)) if value.bit_length() <= 64 else _huge(value, path)
    if isinstance(value, float):
        return usable_float(repr(float(value)), dotted(path))
    if value is None:
        raise empty_value("null", dotted(path))
    raise WrongKind(
        where=dotted(path),
        found=f"a value of type {type(value).__name__}",
        expected="text, a number, true or false, a date, a list or a mapping",
        fix="turn the value into one of these.",
    )


def _huge(value: int, path: Path) -> int:
    raise unusable_number(f"an integer of {value.bit_length()} bits", dotted(path))


def _text(value: str, path: Path) -> str:
    for character in value:
        if (
            (character < " " and character not in "\n\t")
            or "\ud800" <= character <= "\udfff"
            or "\x7f" <= character <= "\x9f"
        ):
            raise WrongKind(
                where=dotted(path),
                found=f"text with the control character U+{ord(character):04X}",
                expected="text that can be printed",
                fix="remove the character.",
            )
    return value
