"""What an engine is: one relation named ``source``, its columns, and queries over it."""

from collections.abc import Mapping
from typing import Literal, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Kind = Literal["number", "boolean", "text", "date", "timestamp", "timestamptz", "other"]
Columns: TypeAlias = Mapping[str, NDArray[np.generic]]


class Engine(Protocol):
    """A place where the rows are.

    ``schema`` gives every column of ``source`` with its kind, in order. ``columns`` runs one query in DuckDB's
    dialect and returns its columns as arrays: numbers as float64 or int64 (NULL is NaN in float64 and refused in
    int64), text as objects with None.
    """

    name: str
    keeps_order: bool
    """Whether rows come in one order in every query; without it, positions say nothing."""
    shares_scans: bool
    """Whether several groupings of one subquery in a query read its rows once."""

    @property
    def schema(self) -> Mapping[str, Kind]:
        """Return column -> kind."""

    @property
    def types(self) -> Mapping[str, str]:
        """Return column -> the engine's own type name."""

    @property
    def integers(self) -> frozenset[str]:
        """Return the columns of whole numbers of at most 64 bits."""

    @property
    def floats(self) -> frozenset[str]:
        """Return the columns of binary floating point, which may hold NaN and infinity."""

    def columns(self, query: str) -> Columns:
        """Run ``query`` and return its columns."""

    def define(self, name: str, query: str, *, kept: bool = False) -> None:
        """Let ``name`` stand for the rows of ``query`` in every query from now on.

        ``kept`` says that they are few: an engine that can holds them, rather than making them each time.
        """

    def close(self) -> None:
        """Release what the engine holds."""

    def __enter__(self) -> Self:
        """Return the engine, to be closed at the end of the block."""

    def __exit__(self, *_: object) -> None:
        """Close the engine."""
