"""Ten significant digits: what a result keeps of every number, in memory as in its file."""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, cast

Kept = TypeVar("Kept")


def ten_digits(value: Kept) -> Kept:
    """Return records, lists and mappings with every number as the file will hold it.

    Told from memory or read back, a number rounds alike then: 3.675 is never 3.6749999999 in one of the two.

    >>> ten_digits((1.23456789012345, "a", {"b": 3}))
    (1.23456789, 'a', {'b': 3})
    """
    return cast("Kept", _kept(value))


def _kept(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, (str, int)) or value is None:
        return value
    if isinstance(value, (tuple, list)):
        return type(value)([_kept(each) for each in value])
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        return kind(**{name: _kept(getattr(value, name)) for name in _names(cast("Hashable", kind))})
    return {key: _kept(each) for key, each in value.items()} if isinstance(value, Mapping) else value


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cast("Any", kind)))
