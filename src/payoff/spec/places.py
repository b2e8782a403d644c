"""Paths into a document and the lines at which they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a document; ``("hurdles", 0, "gain")``."""

Plain = Mapping[str, "Node"]
Node = object
"""A plain value: mapping, tuple, text, int, float, bool or date."""

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Place(NamedTuple):
    """Where a key or value begins, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document as read: the plain tree, the place of every path that has one, and the text itself."""

    tree: Plain
    text: str
    places: Mapping[Path, Place] = field(default_factory=dict)

    def at(self, path: Path) -> str:
        """Return the path as people write it, with its line where the format knows lines.

        >>> Text(tree={}, text="", places={("hurdles", 0): Place(31, 5)}).at(("hurdles", 0, "gian"))
        'hurdles[0].gian (line 31)'
        """
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return f"{dotted(path)} (line {self.places[path[:length]].line})"
        return dotted(path)


def dotted(path: Path) -> str:
    """Return a path as text.

    >>> dotted(("baselines", "my rule", "as", 0))
    'baselines."my rule".as[0]'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE.fullmatch(part) else f'"{part}"')
    return text or "the document"
