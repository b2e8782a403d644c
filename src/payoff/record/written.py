"""Records written as plain JSON types, and read back by their annotations: what is exact to ten digits, no NaN."""

import hashlib
import json
import math
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

# Without indentation the encoder is the one in C.
canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False).encode


def digest(content: Mapping[str, Any]) -> str:
    """Return sha256 over canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def on_lines(value: Any) -> str:
    """Return JSON on one line, or a list of records on a line each."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(canonical, value)) + "\n]"
    return canonical(value)


def plain(value: Any) -> Any:
    """Return plain JSON types; floats to ten significant digits; NaN and infinity are refused.

    A record names in ``LATER`` the fields that records of its kind may lack: they are left out where they are
    what they are by default.
    """
    if isinstance(value, (str, int, NoneType)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number that is not finite reached the result")
        return float(f"{value:.10g}")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if is_dataclass(value):
        kind = cast("Hashable", type(value))
        held = {name: getattr(value, name) for name in _field_names(kind)}
        lacking = [name for name, default in _later(kind).items() if held[name] == default]
        return {name: plain(item) for name, item in held.items() if name not in lacking}
    return {str(key): plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value


@cache
def _field_names(kind: Hashable) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cast("Any", kind)))


@cache
def _later(kind: Hashable) -> Mapping[str, Any]:
    """Return the defaults of what records of a kind may lack."""
    later = getattr(kind, "LATER", ())
    return {one.name: one.default for one in fields(cast("Any", kind)) if one.name in later}


def structured(kind: Any, value: Any) -> Any:
    """Rebuild records from plain JSON types, guided by the annotations."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{name: structured(hints[name], item) for name, item in value.items()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType and type(None) in inner:
        return (
            None if value is None else structured(next(arg for arg in inner if arg is not type(None)), value)
        )
    if origin is tuple and value is not None:
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(structured(each, item) for each, item in zip(kinds, value, strict=True))
    if origin is Mapping and is_dataclass(inner[1]):
        return {key: structured(inner[1], item) for key, item in value.items()}
    return value
