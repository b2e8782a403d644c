"""The cells of one slice entry, slice by slice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from payoff.tables import Cells, Keyed, joined, merge


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceTable:
    """The cells of one slice entry.

    Attributes
    ----------
    entry : the slicing columns.
    values : their text in every slice, sorted.
    index : (c,) the slice of each cell, ascending.
    """

    entry: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    index: NDArray[np.int64]
    cells: Cells

    def part(self, number: int) -> Cells:
        """Return the cells of one slice; a share of positives that is given of all rows is not given of it."""
        first, last = np.searchsorted(self.index, [number, number + 1])
        return replace(self.cells.take(np.arange(first, last)), prevalence=None)

    def parts(self) -> Iterator[tuple[dict[str, str], Cells]]:
        """Yield every slice as its columns with their text, and its cells."""
        for number, texts in enumerate(self.values):
            yield dict(zip(self.entry, texts, strict=True)), self.part(number)


def slice_table(entry: Sequence[str], columns: Sequence[NDArray[np.generic]], cells: Cells) -> SliceTable:
    """Return the table of one entry; ``columns`` hold the text of each slicing column, cell by cell.

    Cells that differ only in columns that are not among these are added up.
    """
    codes, texts = [], []
    for column in columns:
        found, code = np.unique(np.asarray(column, dtype=object), return_inverse=True)
        texts.append([str(one) for one in found])
        codes.append(code.astype(np.int64))
    joint = np.zeros(len(cells), dtype=np.int64)
    for code, held in zip(codes, texts, strict=True):
        joint = joint * len(held) + code
    numbers, index = np.unique(joint, return_inverse=True)
    values = []
    for number in numbers.tolist():
        row: list[str] = []
        rest = number
        for held in reversed(texts):
            rest, place = divmod(rest, len(held))
            row.insert(0, held[place])
        values.append(tuple(row))
    merged = merge(Keyed(cells=cells, keys={"slice": index.astype(np.int64)}))
    return SliceTable(
        entry=tuple(entry),
        values=tuple(values),
        index=np.asarray(merged.keys["slice"], dtype=np.int64),
        cells=merged.cells,
    )


def joined_slices(several: Sequence[SliceTable]) -> SliceTable:
    """Return the table of all rows of several parts, for one entry; a slice may be in some of them alone."""
    texts = [[table.values[number] for number in table.index.tolist()] for table in several]
    columns = []
    for place in range(len(several[0].entry)):
        column = np.empty(sum(len(part) for part in texts), dtype=object)
        column[:] = [row[place] for part in texts for row in part]
        columns.append(column)
    cells = joined([Keyed(cells=table.cells, keys={}) for table in several]).cells
    return slice_table(several[0].entry, columns, cells)
