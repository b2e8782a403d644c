"""Ten significant digits: what a result keeps of every number, in memory as in its file."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
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
    if isinstance(value, tuple):
        return tuple(_kept(each) for each in value)
    if isinstance(value, Mapping):
        return {key: _kept(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{one.name: _kept(getattr(value, one.name)) for one in fields(value)})
    return [_kept(each) for each in value] if isinstance(value, list) else value
