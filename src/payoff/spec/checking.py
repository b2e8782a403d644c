"""From a plain tree to ``SpecDocument``, with every problem of the document worded and placed."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from payoff.errors import PayoffError, SpecError, nearest
from payoff.errors.spec import MissingKey, UnknownKey, WrongKind
from payoff.spec.document import AssumptionsDocument, SpecDocument
from payoff.spec.places import Node, Path, Text

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2026-01-31",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_QUANTITY = re.compile(r"\d ")
_ONE_UNIT = "state one unit in decision.unit; convert the amounts to it in the data, with dated rates."
_ADVICE = {
    "currency": _ONE_UNIT,
    "currency_column": _ONE_UNIT,
    "positive_label": "use data.positive.",
    "cost": "use costs: {running: ..., build: ...} on a candidate, or a formula under value.",
}


def check_document(text: Text) -> SpecDocument:
    """Return the document, or raise the first of its problems with all of them in ``problems``.

    Raises
    ------
    payoff.errors.SpecError
        UnknownKey, MissingKey or WrongKind.
    """
    try:
        return SpecDocument.model_validate(text.tree)
    except ValidationError as failure:
        raise first_of(_problems(failure, text)) from None


def first_of(problems: list[PayoffError]) -> PayoffError:
    """Return the first problem, carrying all of them."""
    problems[0].problems = tuple(problems)
    return problems[0]


def _problems(failure: ValidationError, text: Text) -> list[PayoffError]:
    by_path: dict[Path, list[ErrorDetails]] = {}
    for detail in failure.errors(include_url=False, include_context=True):
        by_path.setdefault(_path(detail, text.tree), []).append(detail)
    deepest = [path for path in by_path if not any(_inside(other, path) for other in by_path)]
    return [_worded(path, by_path[path], text) for path in deepest]


def _inside(path: Path, outer: Path) -> bool:
    """Say whether a path lies below another: of a union's branches, the one that got further was meant."""
    return len(path) > len(outer) and path[: len(outer)] == outer


def _path(detail: ErrorDetails, tree: Node) -> Path:
    """Drop from pydantic's location what names a branch of a union and no place in the document."""
    path: Path = ()
    node: Any = tree
    for part in detail["loc"]:
        known = range(len(node)) if isinstance(node, tuple) else node if isinstance(node, Mapping) else ()
        if part in known:
            node, path = _node(node, (part,)), (*path, part)
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" else path


def _worded(path: Path, details: list[ErrorDetails], text: Text) -> SpecError:
    first = details[0]
    if first["type"] == "missing":
        return _missing(path, text)
    if first["type"] == "extra_forbidden":
        return _unknown(path, text)
    return _wrong_kind(path, details, text)


def _missing(path: Path, text: Text) -> SpecError:
    return MissingKey(
        where=text.at(path),
        found="no such key",
        expected=f"`{path[-1]}`{_example(path)}",
        fix=f"add `{path[-1]}`; docs/reference/spec.md describes it.",
    )


def _unknown(path: Path, text: Text) -> SpecError:
    key, known = str(path[-1]), sorted(keys_at(path[:-1]))
    return UnknownKey(
        where=text.at(path),
        found=f'the unknown key "{key}"{nearest(key, known)}',
        expected=f"one of {', '.join(known)}",
        fix=_ADVICE.get(key, "correct the key, or remove it."),
    )


def _wrong_kind(path: Path, details: list[ErrorDetails], text: Text) -> SpecError:
    node = _node(text.tree, path)
    kinds = dict.fromkeys(_kind(detail) for detail in details)
    expected = " or ".join(kind for kind in kinds if not (kind == "a whole number" and "a number" in kinds))
    fix = "correct the value."
    if isinstance(node, bool | int | float | date) and "text" in kinds:
        fix = f'write it in quotes: "{_shown(node)}".'
        if _QUANTITY.search(_example(path)):
            fix = f"write it as text{_example(path)}."
    elif isinstance(node, str) and "a number" in kinds:
        fix = "write a plain number with a point and without separators, unit or quotes."
    return WrongKind(
        where=text.at(path), found=described(node), expected=f"{expected}{_example(path)}", fix=fix
    )


def _kind(detail: ErrorDetails) -> str:
    if detail["type"] == "literal_error":
        return str(detail.get("ctx", {}).get("expected", detail["msg"]))
    return _KINDS.get(detail["type"], detail["msg"])


def described(node: Node) -> str:
    """Return what stands there, shortly.

    >>> described("a"), described(3), described(())
    ('the text "a"', 'the number 3', 'a list of 0 entries')
    """
    if isinstance(node, Mapping):
        return f"a mapping with {', '.join(map(str, list(node)[:4])) or 'no keys'}"
    if isinstance(node, tuple):
        return f"a list of {len(node)} entries"
    if isinstance(node, str):
        return f'the text "{node if len(node) <= 60 else node[:57] + "..."}"'
    if isinstance(node, bool | date):
        return _shown(node)
    return f"the number {node}"


def _shown(node: Node) -> str:
    return str(node).lower() if isinstance(node, bool) else str(node)


def _node(tree: Node, path: Path) -> Node:
    node: Any = tree
    for part in path:
        node = node[part]
    return node


def _example(path: Path) -> str:
    """Return `` such as ...`` where the format gives an example for that place."""
    for annotation in _annotations(path[:-1]):
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                if (
                    (field.alias or name) == path[-1]
                    and field.examples
                    and isinstance(field.examples[0], str)
                ):
                    return f' such as "{field.examples[0]}"'
    return ""


def keys_at(path: Path) -> set[str]:
    """Return the keys that a mapping at that place may have, where the format fixes them.

    >>> sorted(keys_at(("cap",)))
    ['gain', 'loss']
    """
    return {
        field.alias or name
        for annotation in _annotations(path)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel)
        for name, field in annotation.model_fields.items()
    }


def _annotations(path: Path) -> list[Any]:
    reached: list[Any] = [SpecDocument]
    for part in path:
        reached = [inner for annotation in reached for inner in _step(annotation, part)]
    return reached


def _step(annotation: Any, part: str | int) -> Iterator[Any]:
    """Yield the plain annotations one step below another one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if (field.alias or name) == part:
                yield from _plain(field.annotation)
        if annotation is AssumptionsDocument:
            yield from _plain(get_args(annotation.__annotations__["__pydantic_extra__"])[1])
    elif get_origin(annotation) is dict or get_origin(annotation) is tuple:
        yield from _plain(get_args(annotation)[1 if get_origin(annotation) is dict else 0])


def _plain(annotation: Any) -> Iterator[Any]:
    """Yield the members of a union, without their metadata."""
    if get_origin(annotation) is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _plain(member)
    else:
        yield annotation
