"""Saved tables: a zip of plain arrays beside one JSON document that says what they are.

No pickle is written or read. What a file may hold is a list of record types; anything else is refused.
"""

import hashlib
import io
import json
import types
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from payoff.choices import Grid, Recalibration
from payoff.errors.store import UnreadableTables
from payoff.stats.top import Rankings
from payoff.storage.files import write_bytes
from payoff.tables import Cells, Filled, Keyed, Moments, ScorePair, Spread
from payoff.tables.forecast_duels import Duel
from payoff.tables.losses import Losses, SlicedLosses
from payoff.tabulation import Columns, Fixed, SliceTable, Tabulated
from payoff.tabulation.counts import Counts, Shape
from payoff.tabulation.findings import Finding
from payoff.tabulation.outcomes import Facts
from payoff.tabulation.tabulated import FORMAT

DOCUMENT = "tables.json"
# A fixed date, so that equal tables are equal files.
WRITTEN = (1980, 1, 1, 0, 0, 0)
RECORDS: Mapping[str, type] = {
    one.__name__: one
    for one in (
        Cells,
        Columns,
        Counts,
        Duel,
        Facts,
        Filled,
        Finding,
        Fixed,
        Grid,
        Keyed,
        Losses,
        Moments,
        Recalibration,
        Rankings,
        ScorePair,
        Shape,
        SliceTable,
        SlicedLosses,
        Spread,
        Tabulated,
    )
}


def write_tables(path: Path, tables: Tabulated, spec_hash: str, version: str) -> None:
    """Write tables so that readers see the old file or the new one, never a part.

    Raises
    ------
    UnwritableOutput
        When the folder cannot be made or written.
    """
    arrays: dict[str, bytes] = {}
    body = _encoded(tables, arrays)
    document = {"payoff tables": FORMAT, "payoff_version": version, "spec_hash": spec_hash, "body": body}
    text = json.dumps({**document, "digest": _digest(document, arrays)}, sort_keys=True, ensure_ascii=False)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in ((DOCUMENT, text.encode()), *arrays.items()):
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), content, zipfile.ZIP_DEFLATED)
    write_bytes(path, held.getvalue())


def read_tables(path: Path) -> Tabulated:
    """Return the tables in a file.

    Raises
    ------
    UnreadableTables
        When there are none, they are of another version, or were changed after they were written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            document = json.loads(archive.read(DOCUMENT))
            arrays = {name: archive.read(name) for name in archive.namelist() if name != DOCUMENT}
        digest = document.pop("digest")
        if document["payoff tables"] != FORMAT:
            raise _unreadable(path, f"tables of format {document['payoff tables']!r}")
        if digest != _digest(document, arrays):
            raise _unreadable(path, "a digest that does not fit the content")
        tables = _decoded(document["body"], arrays)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
        RecursionError,
    ) as problem:
        raise _unreadable(path, "something else, or a part of it") from problem
    if not isinstance(tables, Tabulated):
        raise _unreadable(path, "something else")
    return tables


def _encoded(value: Any, arrays: dict[str, bytes]) -> Any:
    """Return plain JSON types; arrays of numbers go into files of their own."""
    if isinstance(value, np.ndarray):
        return _array(value, arrays)
    if is_dataclass(value) and not isinstance(value, type):
        held = {one.name: _encoded(getattr(value, one.name), arrays) for one in fields(value)}
        return {"record": type(value).__name__, "fields": held}
    if isinstance(value, Mapping):
        return {"map": [[_encoded(key, arrays), _encoded(item, arrays)] for key, item in value.items()]}
    if isinstance(value, frozenset):
        return {"set": sorted(value)}
    if isinstance(value, (list, tuple)):
        return {"list": [_encoded(item, arrays) for item in value]}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, float) and not np.isfinite(value):
        return {"float": repr(value)}
    return value


def _array(value: Any, arrays: dict[str, bytes]) -> Any:
    if value.dtype.kind == "O":
        return {"texts": [str(one) for one in value.tolist()]}
    held = io.BytesIO()
    np.lib.format.write_array(held, np.ascontiguousarray(value), allow_pickle=False)
    name = f"{len(arrays)}.npy"
    arrays[name] = held.getvalue()
    return {"array": name}


def _decoded(value: Any, arrays: Mapping[str, bytes]) -> Any:
    if not isinstance(value, dict):
        return value
    kind, held = next(iter(value.items()))
    if "record" in value:
        record = RECORDS[value["record"]]
        return record(**{name: _decoded(item, arrays) for name, item in value["fields"].items()})
    if kind == "array":
        return np.lib.format.read_array(io.BytesIO(arrays[held]), allow_pickle=False)
    if kind == "map":
        return types.MappingProxyType({_decoded(k, arrays): _decoded(item, arrays) for k, item in held})
    if kind == "list":
        return tuple(_decoded(item, arrays) for item in held)
    return _leaf(kind, held)


def _leaf(kind: str, held: Any) -> Any:
    if kind == "texts":
        texts = np.empty(len(held), dtype=object)
        texts[:] = held
        return texts
    if kind == "set":
        return frozenset(held)
    if kind == "date":
        return date.fromisoformat(held)
    if kind == "float":
        return float(held)
    raise ValueError(kind)


def _digest(document: Mapping[str, Any], arrays: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(arrays):
        whole.update(name.encode() + hashlib.sha256(arrays[name]).digest())
    return whole.hexdigest()


def _unreadable(path: Path, found: str) -> UnreadableTables:
    return UnreadableTables(
        where=path.name,
        found=found,
        expected="tables that this version of payoff saved, unchanged",
        fix="count them again: payoff tabulate SPEC --data DATA --out FILE.",
    )
