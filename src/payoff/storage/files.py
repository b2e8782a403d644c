"""Files written whole or not at all, and results read back."""

import json
import os
import tempfile
from pathlib import Path

from payoff.errors.store import UnreadableResult, UnwritableOutput
from payoff.record import Result, from_document


def write_text(path: Path, text: str) -> None:
    """Write ``text``, as ``write_bytes`` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` so that readers see the old file or the new one, never a part.

    Raises
    ------
    UnwritableOutput
        When the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise UnwritableOutput(
            where=str(path),
            found=problem.strerror or "an error",
            expected="a folder to write to",
            fix="name another.",
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
