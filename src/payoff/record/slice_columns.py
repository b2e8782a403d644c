"""The order of columns in slices of several: the spec's, which keys that are sorted when written would lose."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def unsorted_columns(slices: Iterable[Mapping[str, str] | None]) -> list[list[str]]:
    """Return the columns of slices that stand in another order than that of the alphabet, each order once.

    >>> unsorted_columns([{"wet": "yes", "area": "north"}, {"area": "north"}, None])
    [['wet', 'area']]
    """
    found = dict.fromkeys(tuple(each) for each in slices if each is not None and len(each) > 1)
    return [list(columns) for columns in found if list(columns) != sorted(columns)]


def restored(
    records: Iterable[Mapping[str, Any]], orders: Sequence[Sequence[str]]
) -> list[Mapping[str, Any]]:
    """Return records whose slices have the order of columns that writing took from them.

    >>> restored([{"slice": {"area": "north", "wet": "yes"}}], [["wet", "area"]])
    [{'slice': {'wet': 'yes', 'area': 'north'}}]
    """
    known = {frozenset(columns): columns for columns in orders}
    kept = ((one, known.get(frozenset(one["slice"] or ()))) for one in records)
    return [
        one if columns is None else {**one, "slice": {name: one["slice"][name] for name in columns}}
        for one, columns in kept
    ]
