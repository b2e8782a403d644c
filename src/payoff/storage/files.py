"""Files written whole or not at all, and results read back."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from payoff.errors.store import UnreadableResult, UnwritableOutput
from payoff.record import Result, from_document


def write_text(path: Path, text: str) -> None:
    """Write ``text`` so that readers see the old file or the new one, never a part.

    Raises
    ------
    UnwritableOutput
        When the folder cannot be made or written, or has no room.
    """
    write_texts({path: text})


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content``, as ``write_text`` writes text."""
    _write({path: content})


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write several files that belong together: none is replaced before all are whole on disk.

    Raises
    ------
    UnwritableOutput
        When a folder cannot be made or written, or has no room. No file has changed then.
    """
    _write({path: text.encode() for path, text in texts.items()})


def _write(contents: Mapping[Path, bytes]) -> None:
    waiting: list[tuple[Path, Path]] = []
    path = Path()
    try:
        try:
            for path, content in contents.items():
                if path.exists() and not path.is_file():
                    # A pipe or a device is written to; it is never replaced by a file.
                    path.write_bytes(content)
                    continue
                # What a link points to is replaced, not the link.
                real = path.resolve()
                real.parent.mkdir(parents=True, exist_ok=True)
                handle, temporary = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
                waiting.append((Path(temporary), real))
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).chmod(0o644)
            for written, path in waiting:
                written.replace(path)
        finally:
            for written, _ in waiting:
                written.unlink(missing_ok=True)
    except OSError as problem:
        raise UnwritableOutput(
            where=str(path),
            found=problem.strerror or "an error",
            expected="a folder to write to",
            fix="free some room, or name another folder.",
        ) from problem


def read_record(path: Path) -> Result:
    """Return the result in a file.

    Raises
    ------
    UnreadableResult
        When there is none, or it was changed after it was written.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise UnreadableResult(
            where=str(path),
            found="no readable JSON",
            expected="a result.json that payoff wrote",
            fix="evaluate first: payoff evaluate SPEC --out DIR.",
        ) from problem
    return from_document(document)
